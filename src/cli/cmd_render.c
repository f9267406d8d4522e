/* tonesmith render: a patch and notes, or a recording and effects, to a sound file. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/commands.h"
#include "cli/sound_args.h"
#include "format/audio.h"
#include "tonesmith/sound/analysis.h"

static const cli_spec spec = {
    "render", "tonesmith render [options] -o FILE",
    "Play notes on a patch, or send a recording through its effects, and write the sound to a WAV or FLAC file.\n"
    "The same patch, notes, seed and rate give the same samples on every x86 machine.",
    "Without --preset or --patch the sound is a plain saw.  Notes are PITCH@START:LENGTH[:VELOCITY] in seconds, or beats\n"
    "after bpm=120 (C3@0b:1b); '+' joins chords.  Without --notes the patch's own example is played.\n"
    "  tonesmith render -p \"Slow Honey\" -s cutoff*=0.5 -n \"C2@0:2 G2@1:1\" -o honey.wav\n"
    "  tonesmith render -i drums.wav -s comp_mix=60 -s comp_punch=6 -o punchy.wav"};

typedef struct measured {
    double peak_db, lufs; /* NaN: silence */
} measured;

static tone_status measure(measured *m, const tone_sound *s, tone_error *err)
{
    *m = (measured){NAN, NAN};
    float peak = 0;
    for (size_t i = 0; i < s->n_frames * s->n_channels; i++)
        peak = fmaxf(peak, fabsf(s->frames[i]));
    if (!(peak > 0))
        return TONE_OK;
    m->peak_db = 20 * log10(peak);
    tone_analyzer *ears;
    tone_measures measures;
    tone_clip clip = {s->frames, s->n_frames, s->n_channels, s->rate};
    tone_analyze_options opt = tone_analyze_options_defaults();
    opt.groups = TONE_HEAR_LOUDNESS;
    if (s->n_frames > 600 * (size_t)s->rate) /* the ears take ten minutes at most */
        return TONE_OK;
    tone_status st = tone_analyzer_new(&ears, err);
    if (st)
        return st;
    st = tone_analyze(&measures, ears, &clip, &opt, err);
    tone_analyzer_free(ears);
    if (!st && measures.groups & TONE_HEAR_LOUDNESS)
        m->lufs = measures.value[TONE_METRIC_INTEGRATED_LUFS];
    return st;
}

static json_t *real_or_null(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

static tone_status print_json(const cli_sound *s, const measured *m, const char *path, size_t n_clipped, tone_error *err)
{
    json_t *changes = json_array(), *told = json_array();
    for (int i = 0; i < s->n_changes; i++) {
        const tone_change *c = &s->changes[i];
        json_array_append_new(changes, json_pack("{s:s,s:f,s:f,s:f,s:b}", "name", tone_param_get(c->param)->name, "before",
                                                 (double)c->before, "after", (double)c->after, "asked", c->asked, "clamped",
                                                 c->clamped));
    }
    for (size_t i = 0; i < s->report.n && i < TONE_REPORT_LINES; i++)
        json_array_append_new(told, json_string(s->report.lines[i]));
    double seconds = (double)s->sound.n_frames / s->sound.rate;
    json_t *root = json_pack("{s:s,s:s,s:f,s:I,s:i,s:o,s:o,s:I,s:f,s:f,s:o,s:o}", "file", path, "patch", s->patch.name, "seconds",
                             seconds, "frames", (json_int_t)s->sound.n_frames, "rate", (int)s->sound.rate, "peak_db",
                             real_or_null(m->peak_db), "integrated_lufs", real_or_null(m->lufs), "clipped",
                             (json_int_t)n_clipped, "render_seconds", s->render_s, "times_real_time",
                             s->render_s > 0 ? seconds / s->render_s : 0.0, "changes", changes, "notices", told);
    char *text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(root);
    if (!text)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the report");
    puts(text);
    free(text);
    return TONE_OK;
}

static void print_line(const cli_sound *s, const measured *m, const char *path, size_t n_clipped)
{
    double seconds = (double)s->sound.n_frames / s->sound.rate;
    for (int i = 0; i < s->n_changes; i++) {
        char text[128];
        printf("%s\n", tone_change_print(text, &s->changes[i]));
    }
    printf("%s: %s, %.3f s, %u Hz", path, s->patch.name, seconds, s->sound.rate);
    if (isnan(m->peak_db))
        printf(", silence");
    else
        printf(", peak %.1f dB", m->peak_db);
    if (!isnan(m->lufs))
        printf(", %.1f LUFS", m->lufs);
    if (n_clipped)
        printf(", %zu samples clipped", n_clipped);
    printf(" (%.0f times real time)\n", s->render_s > 0 ? seconds / s->render_s : 0);
}

int cli_render(int argc, char **argv)
{
    cli_sound_args a = cli_sound_args_defaults();
    const char *output = NULL, *save = NULL;
    long bits = 24;
    bool json = false;
    const cli_option options[] = {CLI_SOUND_OPTIONS(a),
                                  {'o', "output", CLI_TEXT, &output, "FILE", "where to write: .wav or .flac", 0, 0},
                                  {0, "bits", CLI_INT, &bits, "N", "16, 24 or 32 (float; WAV only) (24)", 16, 32},
                                  {0, "save", CLI_TEXT, &save, "FILE", "write the patch, changes included, as JSON", 0, 0},
                                  {0, "json", CLI_FLAG, &json, NULL, "print one line of JSON", 0, 0},
                                  {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc > 0)
        return cli_misuse("render", "what is '%s'?", argv[0]);
    if (!output && !save)
        return cli_misuse("render", "where to? -o FILE");
    tone_error err;
    static cli_sound s; /* large; zeroed by cli_sound_load() */
    tone_audio_format format = TONE_AUDIO_WAV_24;
    measured m = {NAN, NAN};
    size_t n_clipped = 0;
    tone_status st = output ? tone_audio_format_find(&format, output, (unsigned)bits, &err) : TONE_OK;
    if (!st)
        st = cli_sound_load(&s, &a, &err);
    if (!st)
        cli_sound_tell("render", &s);
    if (!st && save)
        st = tone_patch_write_file(&s.patch, save, &err);
    if (!st && output)
        st = cli_sound_render(&s, &a, !json, &err);
    if (!st && output) {
        tone_audio audio = {s.sound.frames, s.sound.n_frames, s.sound.n_channels, s.sound.rate};
        st = tone_audio_write(output, &audio, format, &n_clipped, &err);
        if (!st)
            st = measure(&m, &s.sound, &err);
        if (!st && json)
            st = print_json(&s, &m, output, n_clipped, &err);
        else if (!st)
            print_line(&s, &m, output, n_clipped);
    }
    cli_sound_clear(&s);
    return cli_finish("render", st ? cli_error("render", &err) : 0);
}
