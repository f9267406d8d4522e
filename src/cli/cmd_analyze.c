/* tonesmith analyze: what a sound file measures. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "cli/args.h"
#include "cli/clip.h"
#include "cli/commands.h"
#include "sound/metrics.h"

static const cli_spec spec = {
    "analyze", "tonesmith analyze [options] FILE...",
    "Measure sound files: loudness, true peak, spectrum, envelope, roughness, sharpness, pitch, partials, modulation,\n"
    "stereo, and faults such as clipping or a cut tail.  Reads WAV, FLAC, Ogg, MP3, Opus, AIFF; mono or stereo.",
    "A dash stands for what is not defined for a sound (no decay, no pitch).  With --json there is one line a file, with\n"
    "null for a dash.  docs/SOUND.md says what each measure is, and how small a change of it is heard."};

/* "health.clipped_runs" -> 6 */
static size_t group_length(const char *name)
{
    return strcspn(name, ".");
}

static bool ends(const char *name, const char *end)
{
    size_t n = strlen(name), k = strlen(end);
    return n >= k && strcmp(name + n - k, end) == 0;
}

static void print_value(const tone_metric_info *info, double v)
{
    char text[32];
    if (info->kind == TONE_METRIC_FLAG)
        printf("%11s", isnan(v) ? "-" : v > 0 ? "yes" : "no");
    else if (info->kind == TONE_METRIC_COUNT && !isnan(v))
        printf("%11.0f", v);
    else
        printf("%11s", cli_number(text, v));
}

/* Metrics with a median print it with their range and weighted mean on one line. */
static int print_metric(const tone_measures *m, int i, size_t group)
{
    tone_metric_info info, next;
    (void)tone_metric_describe(&info, (tone_metric)i);
    const char *label = info.name[group] ? info.name + group + 1 : info.name;
    if (!ends(info.name, "median")) {
        printf("  %-30s", label);
        print_value(&info, m->value[i]);
        printf(" %-8s %s\n", info.unit, info.help);
        return 1;
    }
    int n = tone_metric_describe(&next, (tone_metric)(i + 2)) && ends(next.name, ".weighted") ? 3 : 2;
    char text[32];
    int length = (int)strlen(label) - (int)strlen("median");
    length = length > 0 && label[length - 1] == '.' ? length - 1 : length;
    printf("  %-30.*s", length ? length : 6, label);
    print_value(&info, m->value[i]);
    printf(" %-8s %s; IQR %s", info.unit, info.help, cli_number(text, m->value[i + 1]));
    if (n == 3)
        printf(", weighted %s", cli_number(text, m->value[i + 2]));
    printf("\n");
    return n;
}

static void print_table(const tone_measures *m)
{
    const char *before = "";
    for (int i = 0; i < TONE_N_METRICS;) {
        tone_metric_info info;
        (void)tone_metric_describe(&info, (tone_metric)i);
        if (!(m->groups & info.group)) {
            i++;
            continue;
        }
        size_t n = group_length(info.name);
        if (strncmp(before, info.name, n) != 0 || group_length(before) != n)
            if (info.name[n])
                printf("%.*s\n", (int)n, info.name);
        before = info.name;
        i += print_metric(m, i, n);
    }
}

/* With several files each line says which one it is about. */
static tone_status print_json(const tone_measures *m, const char *path, bool several, tone_error *err)
{
    json_t *root = tone_measures_to_json(m);
    if (root && several)
        json_object_set_new(root, "file", json_string(path));
    char *text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    json_decref(root);
    if (!text)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the report");
    puts(text);
    free(text);
    return TONE_OK;
}

static tone_status analyze_file(tone_analyzer *ears, const char *path, bool json, bool several, tone_error *err)
{
    tone_audio audio = {0};
    tone_clip clip;
    tone_measures m;
    tone_status st = cli_clip_read(&clip, &audio, path, err);
    if (!st)
        st = cli_clip_analyze(&m, ears, &clip, path, err);
    if (!st && json)
        st = print_json(&m, path, several, err);
    else if (!st) {
        char safe[512];
        printf("%s: %.3f s, %s, %u Hz\n", cli_safe_path(safe, path), (double)clip.n_frames / clip.rate_hz, clip.n_channels == 1 ? "mono" : "stereo",
               (unsigned)clip.rate_hz);
        if (m.groups == TONE_HEAR_HEALTH)
            printf("%s: only its health is measured\n",
                   m.value[TONE_METRIC_NOT_FINITE] > 0 ? "NaN or infinite samples" : m.value[TONE_METRIC_SILENT] > 0 ? "silence" : "nothing but DC");
        print_table(&m);
    }
    tone_audio_clear(&audio);
    return st;
}

int cli_analyze(int argc, char **argv)
{
    bool json = false;
    const cli_option options[] = {{0, "json", CLI_FLAG, &json, NULL, "print one line of JSON a file", 0, 0}, {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc < 1)
        return cli_misuse("analyze", "which file?");
    tone_error err;
    tone_analyzer *ears;
    if (tone_analyzer_new(&ears, &err))
        return cli_error("analyze", &err);
    int status = 0;
    for (int i = 0; i < argc; i++) {
        if (analyze_file(ears, argv[i], json, argc > 1, &err))
            status = cli_error("analyze", &err);
        else if (!json && i + 1 < argc)
            printf("\n");
    }
    tone_analyzer_free(ears);
    return cli_finish("analyze", status);
}
