#include "studio/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/file.h"
#include "studio/studio_inside.h"
#include "tonesmith/sound/picture.h"

static void escape(tone_buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '<')
            tone_buf_puts(out, "&lt;");
        else if (*c == '&')
            tone_buf_puts(out, "&amp;");
        else if (*c == '"')
            tone_buf_puts(out, "&quot;");
        else
            tone_buf_putc(out, *c);
    }
}

static void base64(tone_buf *out, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)bytes[i] << 16 | (i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0) | (i + 2 < n ? bytes[i + 2] : 0);
        char four[4] = {digits[v >> 18], digits[v >> 12 & 63], i + 1 < n ? digits[v >> 6 & 63] : '=', i + 2 < n ? digits[v & 63] : '='};
        tone_buf_append(out, four, 4);
    }
}

/* The A/B sheet of the original and the sound of now, as a data URL. */
static tone_status put_picture(tone_buf *out, tone_studio *s, const tone_sound *before, const tone_sound *after, tone_error *err)
{
    const tone_sound *sounds[2] = {before, after};
    tone_clip clips[2];
    for (int i = 0; i < 2; i++)
        clips[i] = (tone_clip){.frames = sounds[i]->frames, .n_frames = sounds[i]->n_frames, .n_channels = sounds[i]->n_channels, .rate_hz = sounds[i]->rate};
    const char *const names[2] = {"original", "now"};
    tone_picture_options o = tone_picture_options_defaults();
    o.kind = TONE_PICTURE_AB;
    o.width = 1000;
    tone_image *image;
    tone_status st = tone_picture_draw(&image, s->ears, clips, names, 2, &o, err);
    if (st)
        return st;
    uint8_t *png = NULL;
    size_t n = 0;
    st = tone_image_png(&png, &n, image, err);
    tone_image_free(image);
    if (!st) {
        tone_buf_puts(out, "<img alt=\"original and now\" src=\"data:image/png;base64,");
        base64(out, png, n);
        tone_buf_puts(out, "\">\n");
    }
    free(png);
    return st;
}

static tone_status put_step(void *arg, const tone_node *node, tone_error *err)
{
    (void)err;
    tone_buf *b = arg;
    time_t at = (time_t)node->at_s;
    struct tm tm;
    char when[32] = "";
    if (localtime_r(&at, &tm))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &tm);
    json_t *diff = node->diff ? json_loads(node->diff, 0, NULL) : NULL;
    json_t *metrics = node->metrics ? json_loads(node->metrics, 0, NULL) : NULL;
    tone_buf_printf(b, "<tr><td>%lld<td>%lld<td>%s<td>", (long long)node->id, (long long)node->parent, when);
    escape(b, node->why ? node->why : node->tool ? node->tool : "");
    tone_buf_puts(b, "<td>");
    const char *name;
    json_t *pair;
    json_object_foreach(json_object_get(diff, "changes"), name, pair)
    {
        const tone_param_info *p = tone_param_find(name);
        char was[32], is[32];
        if (p && json_array_size(pair) == 2)
            tone_buf_printf(b, "%s %s \xE2\x86\x92 %s<br>", p->name,
                            tone_param_print(was, p->id, json_number_value(json_array_get(pair, 0))),
                            tone_param_print(is, p->id, json_number_value(json_array_get(pair, 1))));
    }
    const json_t *loudness = json_object_get(json_object_get(metrics, "loudness"), "integrated_lufs");
    const json_t *centroid = json_object_get(json_object_get(json_object_get(metrics, "spectrum"), "centroid_hz"), "median");
    tone_buf_puts(b, "<td>");
    if (json_is_number(centroid))
        tone_buf_printf(b, "%.0f Hz", json_number_value(centroid));
    tone_buf_puts(b, "<td>");
    if (json_is_number(loudness))
        tone_buf_printf(b, "%.1f LUFS", json_number_value(loudness));
    tone_buf_puts(b, "\n");
    json_decref(diff);
    json_decref(metrics);
    return TONE_OK;
}

static tone_status put_body(tone_buf *b, tone_studio *s, tone_error *err)
{
    tone_measures was;
    tone_sound before = {0};
    const tone_measures *is;
    const tone_sound *after;
    char *sentence = NULL;
    tone_status st = tone_studio_measure(s, &s->original, &was, &before, err);
    if (!st)
        st = tone_studio_hear(s, &is, &after, err);
    if (!st)
        st = tone_compare_sentence(&sentence, &was, is, err);
    if (!st) {
        tone_buf_puts(b, "<h2>From the original to now</h2><p>");
        escape(b, sentence);
        tone_buf_puts(b, "</p>\n");
        st = put_picture(b, s, &before, after, err);
    }
    free(sentence);
    tone_sound_clear(&before);
    if (!st) {
        tone_difference changes[TONE_N_METRICS];
        size_t n = tone_differences(changes, &was, is);
        tone_buf_puts(b, "<table><tr><th>measure<th>original<th>now<th>just noticeable differences\n");
        for (size_t i = 0; i < n && i < 14; i++) {
            tone_metric_info info;
            if (tone_metric_describe(&info, changes[i].metric) && isfinite(changes[i].jnd))
                tone_buf_printf(b, "<tr><td>%s<td>%.4g %s<td>%.4g %s<td>%+.1f\n", info.name, changes[i].before, info.unit, changes[i].after, info.unit, changes[i].jnd);
        }
        tone_buf_puts(b, "</table>\n<h2>Steps</h2><table><tr><th>step<th>from<th>when<th>asked<th>parameters<th>centroid<th>loudness\n");
        st = tone_history_each(s->history, s->project, put_step, b, err);
        tone_buf_puts(b, "</table>\n");
    }
    return st;
}

tone_status tone_studio_report(tone_studio *s, const char *path, tone_error *err)
{
    tone_buf b = {0};
    tone_buf_puts(&b, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>");
    escape(&b, s->patch.name);
    tone_buf_puts(&b, "</title><style>body{font:15px/1.5 sans-serif;max-width:1000px;margin:2em auto;padding:0 1em}"
                      "table{border-collapse:collapse}td,th{border-bottom:1px solid #ccc;padding:.2em .7em;text-align:left;vertical-align:top}"
                      "img{max-width:100%}</style>\n<h1>");
    escape(&b, s->patch.name);
    tone_buf_puts(&b, "</h1>\n");
    tone_status st = put_body(&b, s, err);
    tone_buf_puts(&b, "</html>\n");
    if (!st && b.failed)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the report");
    if (!st)
        st = tone_file_write(path, b.data, b.n, err);
    tone_buf_clear(&b);
    return st;
}
