/* tonesmith plugins: LV2 plug-ins, listed, described, played and used as effects. */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "format/audio.h"
#include "tonesmith/sound/plugin.h"

static const cli_spec spec = {
    "plugins", "tonesmith plugins [options] [WORD...]",
    "List the LV2 plug-ins of this machine (all words in name, class or URI), describe one, play it, or send a sound through it.\n"
    "A plug-in runs in a process of its own: one that crashes, hangs or writes NaN is put in quarantine.",
    "  tonesmith plugins reverb\n"
    "  tonesmith plugins --describe http://drobilla.net/plugins/mda/JX10\n"
    "  tonesmith plugins --render http://drobilla.net/plugins/mda/JX10 -n \"C3@0:1\" -s vcf_freq=0.3 -o a.wav\n"
    "  tonesmith plugins --effect http://calf.sourceforge.net/plugins/Reverb -i a.wav -o b.wav\n"
    "  tonesmith plugins --shape http://drobilla.net/plugins/mda/JX10 \"darker\" -n \"C3@0:1\" --save dark.json -o dark.wav"};

typedef struct plugins {
    const char *describe, *render, *effect, *shape, *goals, *notes, *preset, *state, *save, *save_preset, *input, *output, *forgive;
    cli_list set;
    long bits, rate;
    double seconds, tail_s;
    bool quarantine, json;
} plugins;

static int print_json(json_t *root)
{
    char *text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    tone_error err;
    json_decref(root);
    if (!text && tone_fail(&err, TONE_ERR_NO_MEMORY, 0, "no memory for the report"))
        return cli_error("plugins", &err);
    puts(text);
    free(text);
    return cli_finish("plugins", 0);
}

static json_t *info_json(const tone_plugin_info *i)
{
    return json_pack("{s:s,s:s,s:s,s:i,s:i,s:i,s:i,s:o}", "uri", i->uri, "name", i->name, "class", i->kind, "audio_in", (int)i->n_audio_in, "audio_out",
                     (int)i->n_audio_out, "midi_in", (int)i->n_midi_in, "controls", (int)i->n_controls, "cannot_run",
                     i->why_not[0] ? json_string(i->why_not) : json_null());
}

/* ── listing ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool holds(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (; *text; text++)
        if (strncasecmp(text, word, n) == 0)
            return true;
    return n == 0;
}

static int list(const plugins *a, int n_words, char **words)
{
    tone_error err;
    tone_plugin_list all;
    if (tone_plugins_list(&all, &err))
        return cli_error("plugins", &err);
    json_t *found = json_array();
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++) {
        const tone_plugin_info *p = &all.items[i];
        bool match = true;
        for (int w = 0; w < n_words; w++)
            match = match && (holds(p->name, words[w]) || holds(p->kind, words[w]) || holds(p->uri, words[w]));
        if (!match)
            continue;
        n++;
        if (a->json)
            json_array_append_new(found, info_json(p));
        else
            printf("%-32s %-14s %u in %u out%s, %u controls%s%s\n    %s\n", p->name, p->kind, p->n_audio_in, p->n_audio_out, p->n_midi_in ? " MIDI" : "",
                   p->n_controls, p->why_not[0] ? "; " : "", p->why_not, p->uri);
    }
    if (!a->json)
        printf("%zu of %zu plug-ins\n", n, all.n);
    tone_plugins_clear(&all);
    if (a->json)
        return print_json(found);
    json_decref(found);
    return cli_finish("plugins", 0);
}

static int quarantine(const plugins *a)
{
    tone_error err;
    char *text;
    if (a->forgive) {
        if (tone_quarantine_forgive(a->forgive, &err))
            return cli_error("plugins", &err);
        if (!a->json)
            printf("%s may run again\n", a->forgive);
        return cli_finish("plugins", 0);
    }
    if (tone_quarantine_json(&text, &err))
        return cli_error("plugins", &err);
    json_t *o = json_loads(text, 0, NULL), *why;
    const char *uri;
    if (a->json)
        puts(text);
    else
        json_object_foreach (o, uri, why) {
            char line[1024];
            snprintf(line, sizeof line, "%s: %s", uri, json_string_value(why));
            tone_make_printable(line);
            puts(line);
        }
    json_decref(o);
    free(text);
    return cli_finish("plugins", 0);
}

/* ── one plug-in ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *curve_name(tone_curve c)
{
    return c == TONE_CURVE_LOG ? "log" : c == TONE_CURVE_COUNT ? "count" : c == TONE_CURVE_CHOICE ? "choice" : "linear";
}

static json_t *control_json(const tone_plugin *p, const tone_plugin_control *c, size_t i)
{
    json_t *choices = json_array();
    for (size_t k = 0; k < c->n_choices; k++)
        json_array_append_new(choices, json_pack("{s:s,s:f}", "label", c->choices[k].label, "value", c->choices[k].value));
    return json_pack("{s:s,s:s,s:s,s:s,s:f,s:f,s:f,s:f,s:s,s:o}", "name", c->name, "label", c->label, "group", c->group, "unit", c->unit, "min", c->min,
                     "max", c->max, "default", c->def, "value", tone_plugin_value(p, i), "curve", curve_name(c->curve), "choices", choices);
}

static void print_control(const tone_plugin *p, const tone_plugin_control *c, size_t i)
{
    char low[32], high[32], now[32];
    printf("  %-24s %10s %-8s %s…%s", c->name, cli_number(now, tone_plugin_value(p, i)), c->unit, cli_number(low, c->min), cli_number(high, c->max));
    if (c->curve == TONE_CURVE_LOG)
        printf(", log");
    if (strcmp(c->name, c->label) != 0)
        printf("  %s", c->label);
    for (size_t k = 0; k < c->n_choices; k++)
        printf("%s%s", k ? " | " : "  [", c->choices[k].label);
    puts(c->n_choices ? "]" : "");
}

static int describe(const plugins *a, const tone_plugin *p)
{
    size_t n_controls, n_presets;
    const tone_plugin_control *c = tone_plugin_controls(p, &n_controls);
    const tone_plugin_preset *presets = tone_plugin_presets(p, &n_presets);
    if (a->json) {
        json_t *controls = json_array(), *names = json_array(), *o = info_json(tone_plugin_facts(p));
        for (size_t i = 0; i < n_controls; i++)
            json_array_append_new(controls, control_json(p, &c[i], i));
        for (size_t i = 0; i < n_presets; i++)
            json_array_append_new(names, json_pack("{s:s,s:s}", "name", presets[i].name, "uri", presets[i].uri));
        json_object_set_new(o, "controls", controls);
        json_object_set_new(o, "presets", names);
        return print_json(o);
    }
    const tone_plugin_info *f = tone_plugin_facts(p);
    printf("%s, %s: %u audio in, %u out, %u MIDI in, %zu controls, %zu presets%s%s\n", f->name, f->kind, f->n_audio_in, f->n_audio_out, f->n_midi_in,
           n_controls, n_presets, f->why_not[0] ? "; " : "", f->why_not);
    /* Groups in the order in which they first appear. */
    for (size_t i = 0; i < n_controls; i++) {
        size_t first = 0;
        while (strcmp(c[first].group, c[i].group) != 0)
            first++;
        if (first != i)
            continue;
        if (c[i].group[0])
            printf("%s\n", c[i].group);
        for (size_t k = i; k < n_controls; k++)
            if (strcmp(c[k].group, c[i].group) == 0)
                print_control(p, &c[k], k);
    }
    for (size_t i = 0; i < n_presets; i++)
        printf("%s%s", i ? ", " : "presets: ", presets[i].name);
    if (n_presets)
        putchar('\n');
    return cli_finish("plugins", 0);
}

static tone_status apply_set(tone_plugin *p, const char *text, json_t *changes, bool json, tone_error *err)
{
    char name[128];
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof name)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%.64s' is not NAME=VALUE", text);
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    size_t at, n;
    double value;
    tone_plugin_change c;
    tone_status st = tone_plugin_find(&at, p, name, err);
    if (!st)
        st = tone_plugin_read_value(&value, p, at, equals + 1, err);
    if (!st)
        st = tone_plugin_set(p, at, value, &c, err);
    if (st)
        return st;
    const tone_plugin_control *control = &tone_plugin_controls(p, &n)[at];
    if (c.clamped)
        fprintf(stderr, "tonesmith plugins: %s: %g is outside %g to %g, %g is used\n", control->name, value, control->min, control->max, c.after);
    json_array_append_new(changes, json_pack("{s:s,s:f,s:f,s:f,s:b}", "name", control->name, "before", c.before, "after", c.after, "asked", c.asked, "clamped",
                                             c.clamped));
    if (!json)
        printf("%s %g to %g%s%s\n", control->name, c.before, c.after, control->unit[0] ? " " : "", control->unit);
    return TONE_OK;
}

static tone_status read_notes(tone_notes *notes, const char *text, tone_error *err)
{
    if (!text || strpbrk(text, "@[{"))
        return tone_notes_parse(notes, text ? text : tone_notes_default_text(), err);
    return tone_notes_read_file(notes, text, err);
}

static int print_render(const plugins *a, const tone_plugin *p, const tone_sound *s, const tone_plugin_report *r, size_t n_clipped, json_t *changes)
{
    double seconds = (double)s->n_frames / s->rate, speed = r->seconds > 0 ? seconds / r->seconds : 0;
    float peak = 0;
    for (size_t i = 0; i < s->n_frames * s->n_channels; i++)
        peak = fmaxf(peak, fabsf(s->frames[i]));
    double peak_db = 20 * log10((double)peak);
    const char *name = tone_plugin_facts(p)->name;
    if (r->silent)
        fprintf(stderr, "tonesmith plugins: %s was silent\n", name);
    if (r->n_rounded)
        fprintf(stderr, "tonesmith plugins: %u notes between two keys were played on the nearest\n", r->n_rounded);
    if (a->json)
        return print_json(json_pack("{s:s,s:s,s:s,s:f,s:I,s:i,s:i,s:o,s:b,s:i,s:I,s:f,s:f,s:O}", "file", a->output, "uri", tone_plugin_facts(p)->uri, "name", name,
                                    "seconds", seconds, "frames", (json_int_t)s->n_frames, "channels", (int)s->n_channels, "rate", (int)s->rate, "peak_db",
                                    isfinite(peak_db) ? json_real(peak_db) : json_null(), "silent", r->silent, "latency", (int)r->latency, "clipped",
                                    (json_int_t)n_clipped, "render_seconds", r->seconds, "times_real_time", speed, "changes", changes));
    printf("%s: %s, %.3f s, %u Hz, %u channel%s", a->output, name, seconds, s->rate, s->n_channels, s->n_channels == 1 ? "" : "s");
    if (isfinite(peak_db))
        printf(", peak %.1f dB", peak_db);
    if (n_clipped)
        printf(", %zu samples clipped", n_clipped);
    printf(" (%.0f times real time)\n", speed);
    return cli_finish("plugins", 0);
}

/* Values are set, in this order: state file, preset, --set. */
static tone_status prepare(const plugins *a, tone_plugin *p, json_t *changes, tone_error *err)
{
    tone_status st = a->state ? tone_plugin_read_state(p, a->state, err) : TONE_OK;
    if (!st && a->preset)
        st = tone_plugin_load_preset(p, a->preset, err);
    for (int i = 0; i < a->set.n && !st; i++)
        st = apply_set(p, a->set.items[i], changes, a->json || a->describe, err);
    return st;
}

/* Search for controls that do what `a->goals` says, and print what was found; the plug-in keeps it. */
static tone_status shape(const plugins *a, tone_plugin *p, const tone_notes *notes, const tone_sound *source, json_t *changes, tone_error *err)
{
    tone_words *words;
    tone_plugin_shape_request r = {.plugin = p, .notes = notes, .source = source};
    tone_plugin_shape_result *got = NULL;
    tone_status st = tone_words_open(&words, NULL, 0, err);
    if (st)
        return st;
    r.words = words;
    st = tone_goals_parse(&r.goals, words, a->goals, err);
    if (!st)
        st = tone_shape_plugin(&got, &r, err);
    if (!st && a->json && !a->output) {
        json_t *moves = json_array();
        size_t n;
        for (size_t i = 0; i < got->n_moves; i++)
            json_array_append_new(moves, json_pack("{s:s,s:f,s:f}", "name", tone_plugin_controls(p, &n)[got->moves[i].control].name, "before", got->moves[i].before,
                                                   "after", got->moves[i].after));
        (void)print_json(json_pack("{s:s,s:i,s:o}", "summary", got->summary, "renders", (int)got->n_renders, "moves", moves));
    } else if (!st && !a->json)
        printf("%s (%u renders)\n", got->summary, got->n_renders);
    for (size_t i = 0; !st && i < got->n_moves; i++) {
        size_t n;
        json_array_append_new(changes, json_pack("{s:s,s:f,s:f,s:f,s:b}", "name", tone_plugin_controls(p, &n)[got->moves[i].control].name, "before",
                                                 got->moves[i].before, "after", got->moves[i].after, "asked", got->moves[i].asked, "clamped", false));
    }
    tone_plugin_shape_free(got);
    tone_words_free(words);
    return st;
}

static int on_plugin(const plugins *a)
{
    tone_error err;
    tone_audio in = {0};
    tone_notes notes = {0};
    tone_plugin *p = NULL;
    tone_sound sound = {0};
    tone_plugin_report report;
    tone_audio_format format = TONE_AUDIO_WAV_24;
    size_t n_clipped = 0;
    int rc = -1;
    json_t *changes = json_array();
    tone_plugin_options options = tone_plugin_defaults();
    tone_render_options render = tone_render_defaults();
    render.seconds = a->seconds;
    render.tail_s = a->tail_s;
    bool through = a->input != NULL;
    tone_status st = a->output ? tone_audio_format_find(&format, a->output, (unsigned)a->bits, &err) : TONE_OK;
    if (!st && through)
        st = tone_audio_read(&in, a->input, &(tone_audio_limits){.max_s = 3600, .max_channels = 2}, &err);
    options.rate = through ? in.rate_hz : (uint32_t)a->rate;
    if (!st && !a->describe && !through)
        st = read_notes(&notes, a->notes, &err);
    if (!st)
        st = tone_plugin_open(&p, a->describe ? a->describe : a->render ? a->render : a->effect ? a->effect : a->shape, &options, &err);
    if (!st)
        st = prepare(a, p, changes, &err);
    tone_sound source = {in.frames, in.n_frames, in.n_channels, in.rate_hz};
    if (!st && a->shape)
        st = shape(a, p, through ? NULL : &notes, through ? &source : NULL, changes, &err);
    if (!st && a->save)
        st = tone_plugin_write_state(p, a->save, &err);
    if (!st && a->save_preset)
        st = tone_plugin_write_preset(p, a->save_preset, &err);
    if (!st && a->describe)
        rc = describe(a, p);
    if (!st && a->output)
        st = tone_plugin_render(&sound, p, through ? NULL : &notes, through ? &source : NULL, &render, &report, &err);
    if (!st && a->output)
        st = tone_audio_write(a->output, &(tone_audio){sound.frames, sound.n_frames, sound.n_channels, sound.rate}, format, &n_clipped, &err);
    if (!st && a->output)
        rc = print_render(a, p, &sound, &report, n_clipped, changes);
    if (st)
        rc = cli_error("plugins", &err);
    tone_plugin_close(p);
    tone_sound_clear(&sound);
    tone_notes_clear(&notes);
    tone_audio_clear(&in);
    json_decref(changes);
    return rc < 0 ? cli_finish("plugins", 0) : rc;
}

int cli_plugins(int argc, char **argv)
{
    plugins a = {.bits = 24, .rate = 48000, .tail_s = 8};
    const cli_option options[] = {
        {0, "describe", CLI_TEXT, &a.describe, "URI", "its controls by group, with units, ranges and choices; its presets", 0, 0},
        {0, "render", CLI_TEXT, &a.render, "URI", "play notes on it", 0, 0},
        {0, "effect", CLI_TEXT, &a.effect, "URI", "send the sound of -i through it", 0, 0},
        {0, "shape", CLI_TEXT, &a.shape, "URI", "change it as the words say, by measuring; plays notes, or takes -i", 0, 0},
        {'n', "notes", CLI_TEXT, &a.notes, "NOTES", "\"C3@0:1 E3@0.5:1\", or a file of text, JSON or MIDI", 0, 0},
        {'i', "input", CLI_TEXT, &a.input, "FILE", "the sound for --effect and --shape", 0, 0},
        {'p', "preset", CLI_TEXT, &a.preset, "NAME", "begin with this preset of the plug-in (name or URI)", 0, 0},
        {'s', "set", CLI_LIST, &a.set, "NAME=VALUE", "set a control by name or label; choices by their label", 0, 0},
        {0, "state", CLI_TEXT, &a.state, "FILE", "begin with a state that --save wrote", 0, 0},
        {0, "save", CLI_TEXT, &a.save, "FILE", "write its state, changes included, as JSON", 0, 0},
        {0, "save-preset", CLI_TEXT, &a.save_preset, "FOLDER", "write it as an LV2 preset for other hosts: a new folder, NAME.lv2", 0, 0},
        {'o', "output", CLI_TEXT, &a.output, "FILE", "where to write the sound: .wav or .flac", 0, 0},
        {0, "bits", CLI_INT, &a.bits, "N", "16, 24 or 32 (float; WAV only) (24)", 16, 32},
        {0, "rate", CLI_INT, &a.rate, "HZ", "44100 to 192000 (48000; that of the input)", TONE_RATE_MIN, TONE_RATE_MAX},
        {0, "seconds", CLI_REAL, &a.seconds, "S", "length (until the sound has died away)", 0.001, 3600},
        {0, "tail", CLI_REAL, &a.tail_s, "S", "without --seconds, at most this long after the end (8)", 0, 3600},
        {0, "quarantine", CLI_FLAG, &a.quarantine, NULL, "list the plug-ins that misbehaved, and how", 0, 0},
        {0, "forgive", CLI_TEXT, &a.forgive, "URI", "take one out of quarantine", 0, 0},
        {0, "json", CLI_FLAG, &a.json, NULL, "print one line of JSON", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    int n_modes = !!a.describe + !!a.render + !!a.effect + !!a.shape + !!a.forgive + a.quarantine;
    if (n_modes > 1)
        return cli_misuse("plugins", "one of --describe, --render, --effect, --shape, --quarantine and --forgive at a time");
    if (a.forgive || a.quarantine)
        return argc ? cli_misuse("plugins", "what is '%s'?", argv[0]) : quarantine(&a);
    if (n_modes == 0)
        return list(&a, argc, argv);
    if (a.shape && argc != 1)
        return cli_misuse("plugins", "say how it should change, in one argument");
    a.goals = a.shape ? argv[0] : NULL;
    if (argc && !a.shape)
        return cli_misuse("plugins", "what is '%s'?", argv[0]);
    if (a.effect && !a.input)
        return cli_misuse("plugins", "which sound? -i FILE");
    if (!a.effect && !a.shape && a.input)
        return cli_misuse("plugins", "-i belongs to --effect or --shape");
    if (!a.describe && !a.shape && !a.output && !a.save && !a.save_preset)
        return cli_misuse("plugins", "where to? -o FILE");
    if (a.describe && a.output)
        return cli_misuse("plugins", "--describe makes no sound");
    return on_plugin(&a);
}
