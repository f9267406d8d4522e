/* Axes of the pictures: round numbers, never on top of each other, the unit at the end. */
#include <math.h>
#include <stdio.h>

#include "sound/picture_parts.h"

static const double round_hz[] = {50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000};
enum { N_ROUND_HZ = sizeof round_hz / sizeof *round_hz };

static const char *hz_text(char out[16], double hz)
{
    if (hz >= 1000)
        snprintf(out, 16, "%gk", hz / 1000);
    else
        snprintf(out, 16, "%g", hz);
    return out;
}

/* Below the box, centred on x but inside `left` … `right`. */
static void label_below(tone_image *to, box b, int scale, int x, int left, int right, const char *text)
{
    int w = canvas_text_width(scale, text), at = x - w / 2;
    at = at + w > right ? right - w : at;
    at = at < left ? left : at;
    canvas_text(to, at, b.y + b.h + 2 * scale, scale, text, INK);
}

/* Left of the box, ending at its edge, centred on y. */
static void label_left(tone_image *to, box b, int scale, int y, const char *text)
{
    int at = y - LETTER_TALL * scale / 2;
    at = at < b.y - 1 ? b.y - 1 : at;
    at = at + LETTER_TALL * scale > b.y + b.h + 1 ? b.y + b.h + 1 - LETTER_TALL * scale : at;
    canvas_text(to, b.x - 2 * scale - canvas_text_width(scale, text), at, scale, text, INK);
}

/* The largest of 1, 2, 5 times a power of ten that gives at most `most` steps in `span`. */
static double round_step(double span, int most)
{
    double step = pow(10, floor(log10(span / most)));
    static const double factors[] = {1, 2, 5, 10};
    for (int i = 0; i < 4; i++)
        if (span / (step * factors[i]) <= most)
            return step * factors[i];
    return step * 10;
}

void axes_time(tone_image *to, box b, int scale, double seconds, bool labels)
{
    int label = canvas_text_width(scale, "0.25 s") + 6 * scale, most = b.w / label > 1 ? b.w / label : 1;
    double step = round_step(seconds, most);
    bool ms = seconds < 0.5;
    for (int i = 0; i * step <= seconds * 1.0001; i++) {
        int x = b.x + (int)(i * step / seconds * b.w);
        x = x < b.x + b.w ? x : b.x + b.w - 1;
        canvas_fill(to, (box){x, b.y + b.h, 1, 2 * scale - 1}, FRAME);
        char text[32];
        bool last = (i + 1) * step > seconds * 1.0001;
        snprintf(text, sizeof text, "%g%s", ms ? i * step * 1000 : i * step, last ? ms ? " ms" : " s" : "");
        if (labels)
            label_below(to, b, scale, x, b.x - 10 * scale, b.x + b.w + 2 * scale, text);
    }
}

void axes_hz_across(tone_image *to, box b, int scale)
{
    int end = b.x - 100; /* right end of the last label */
    for (int i = 0; i < N_ROUND_HZ; i++) {
        char text[24];
        int x = b.x + (int)(picture_hz_place(SCALE_LOG, round_hz[i]) * b.w);
        x = x < b.x + b.w ? x : b.x + b.w - 1;
        canvas_fill(to, (box){x, b.y, 1, b.h}, FAINT);
        hz_text(text, round_hz[i]);
        if (i == N_ROUND_HZ - 1)
            snprintf(text, sizeof text, "%g kHz", round_hz[i] / 1000);
        int w = canvas_text_width(scale, text), right = b.x + b.w + 8 * scale;
        int at = x - w / 2 + w > right ? right - w : x - w / 2;
        /* the last one carries the unit: those that would touch it give way */
        int last_at = right - canvas_text_width(scale, "20 kHz");
        if (at < end + 4 * scale || (i < N_ROUND_HZ - 1 && at + w > last_at - 4 * scale))
            continue;
        canvas_text(to, at, b.y + b.h + 2 * scale, scale, text, INK);
        end = at + w;
    }
}

void axes_hz_up(tone_image *to, box b, int scale, hz_scale mapping, bool labels)
{
    int above = b.y + b.h + 100; /* top of the last label */
    for (int i = 0; i < N_ROUND_HZ; i++) {
        double v = picture_hz_place(mapping, round_hz[i]);
        if (v < 0 || v > 1.001)
            continue;
        int y = b.y + b.h - 1 - (int)(v * (b.h - 1));
        canvas_fill(to, (box){b.x - 2 * scale, y, 2 * scale, 1}, FRAME);
        if (!labels || y + LETTER_TALL * scale / 2 + 2 * scale > above)
            continue;
        char text[16];
        label_left(to, b, scale, y, hz_text(text, round_hz[i]));
        above = y - LETTER_TALL * scale / 2;
    }
    if (labels)
        canvas_text(to, b.x - 2 * scale - canvas_text_width(scale, "Hz"), b.y - (LETTER_TALL + 3) * scale, scale, "Hz", INK);
}

void axes_db_up(tone_image *to, box b, int scale, double top, double bottom)
{
    int most = b.h / ((LETTER_TALL + 5) * scale);
    double step = (top - bottom) / 10 > most ? 20 : 10;
    for (double v = ceil(bottom / step) * step; v <= top; v += step) {
        int y = b.y + (int)((top - v) / (top - bottom) * (b.h - 1));
        char text[16];
        canvas_fill(to, (box){b.x, y, b.w, 1}, FAINT);
        snprintf(text, sizeof text, "%g", v == 0 ? 0.0 : v);
        label_left(to, b, scale, y, text);
    }
    canvas_text(to, b.x - 2 * scale - canvas_text_width(scale, "dB"), b.y - (LETTER_TALL + 3) * scale, scale, "dB", INK);
}

void axes_amplitude(tone_image *to, box b, int scale, double most, bool labels)
{
    double step = round_step(most, 1); /* one line above and one below 0, inside */
    step = step > most ? round_step(most * 0.4, 1) : step;
    step = step > most ? step / 2 : step;
    for (int i = -1; i <= 1; i++) {
        int y = b.y + (int)((0.5 - 0.5 * i * step / most) * (b.h - 1));
        char text[16];
        canvas_fill(to, (box){b.x, y, b.w, 1}, FAINT);
        snprintf(text, sizeof text, "%g", i * step);
        if (labels)
            label_left(to, b, scale, y, text);
    }
}

void axes_colours(tone_image *to, box b, int scale)
{
    for (int y = 0; y < b.h; y++)
        canvas_fill(to, (box){b.x, b.y + y, b.w, 1}, canvas_heat(1 - (y + 0.5) / b.h));
    canvas_frame(to, b, FRAME);
    char text[16];
    snprintf(text, sizeof text, "-%g", picture_range_db);
    int x = b.x + b.w + 3 * scale;
    canvas_text(to, x, b.y - 1, scale, "0", INK);
    canvas_text(to, x, b.y + b.h - LETTER_TALL * scale, scale, text, INK);
    canvas_text(to, x, b.y + b.h / 2 - LETTER_TALL * scale / 2, scale, "dB", INK);
}
