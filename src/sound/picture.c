/* Sounds as pictures.  Every kind is lanes of boxes with axes; the numbers in a box come from picture_data.c. */
#include "tonesmith/sound/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "sound/picture_parts.h"

enum { SIDE_MIN = 160, SIDE_MAX = 4096, CLIPS_MAX = 4 };

static const rgb line_colour[CLIPS_MAX] = {0x1F5FBF, 0xD9480F, 0x2B8A3E, 0x862E9C};
static const rgb fill_colour[CLIPS_MAX] = {0x9DBCE8, 0xF5B895, 0x9FD3AA, 0xD1A7DD};

typedef struct sketch {
    tone_image *image;
    tone_analyzer *ears;
    const tone_clip *clips;
    const char *const *names;
    size_t n;
    int scale;      /* of the letters */
    double seconds; /* the longest clip: all share one time axis */
    double gain_db[CLIPS_MAX];
} sketch;

static const char *const kind_names[TONE_N_PICTURES] = {"waveform", "spectrogram", "mel", "spectrum", "ab"};

const char *tone_picture_name(tone_picture_kind kind)
{
    return (unsigned)kind < TONE_N_PICTURES ? kind_names[kind] : NULL;
}

tone_picture_options tone_picture_options_defaults(void)
{
    return (tone_picture_options){.kind = TONE_PICTURE_MEL, .width = 800};
}

void tone_image_free(tone_image *image)
{
    if (!image)
        return;
    free(image->rgb);
    free(image);
}

static tone_status hear_clip(tone_hearing *h, sketch *s, size_t i, tone_error *err)
{
    *h = (tone_hearing){.a = s->ears};
    return hear_prepare(h, &s->clips[i], SLOT_LEFT, SLOT_RIGHT, SLOT_FOLD, err);
}

static int title_height(const sketch *s)
{
    return (LETTER_H + 3) * s->scale;
}

static void title(sketch *s, box b, size_t i, bool swatch)
{
    int y = b.y - title_height(s) + s->scale, x = b.x + s->scale;
    if (swatch) {
        canvas_fill(s->image, (box){x, y, LETTER_TALL * s->scale, LETTER_TALL * s->scale}, line_colour[i]);
        x += (LETTER_TALL + 3) * s->scale;
    }
    canvas_text_cut(s->image, x, y, s->scale, b.x + b.w - x, s->names[i], INK);
}

/* ---- waveform ---- */

static void draw_wave(sketch *s, box b, const float *wave, double most, size_t colour)
{
    double middle = b.y + 0.5 * (b.h - 1), reach = 0.5 * (b.h - 1) / most;
    for (int x = 0; x < b.w; x++) {
        const float *w = wave + 3 * x;
        int top = (int)lround(middle - reach * (double)w[1]), bottom = (int)lround(middle - reach * (double)w[0]);
        canvas_fill(s->image, (box){b.x + x, top, 1, bottom - top + 1}, fill_colour[colour]);
        int half = (int)lround(reach * (double)w[2]), low = (int)middle + half, high = (int)middle - half;
        high = high > top ? high : top;
        low = low < bottom ? low : bottom;
        if (low > high)
            canvas_fill(s->image, (box){b.x + x, high, 1, low - high + 1}, line_colour[colour]);
    }
}

/* One lane a channel. */
static tone_status waveform(sketch *s, box b, size_t i, double most, bool amplitude_labels, bool time_labels, tone_error *err)
{
    tone_hearing h;
    tone_status st = hear_clip(&h, s, i, err);
    float *wave = malloc((size_t)b.w * 3 * sizeof *wave);
    if (!st && !wave)
        st = hear_no_memory(err);
    for (unsigned c = 0; !st && c < h.channels; c++) {
        int gap = h.channels == 2 ? 2 * s->scale : 0, height = (b.h - gap) / (int)h.channels;
        box lane = {b.x, b.y + (int)c * (height + gap), b.w, height};
        axes_amplitude(s->image, lane, s->scale, most, amplitude_labels);
        picture_wave(wave, h.x[c], h.n, (size_t)b.w, s->seconds);
        draw_wave(s, lane, wave, most, i);
        canvas_frame(s->image, lane, FRAME);
        if (h.channels == 2 && height > LETTER_H * s->scale)
            canvas_text(s->image, lane.x + 2 * s->scale, lane.y + 2 * s->scale, s->scale, c ? "R" : "L", INK);
    }
    axes_time(s->image, b, s->scale, s->seconds, time_labels);
    free(wave);
    return st;
}

static double largest_sample(const sketch *s)
{
    float top = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < s->clips[i].n_frames * s->clips[i].n_channels; k++)
            top = fmaxf(top, fabsf(s->clips[i].frames[k]));
    return top > 0 ? 1.05 * (double)top : 1;
}

/* ---- spectrogram ---- */

static void draw_grid(sketch *s, box b, const float *grid, double top)
{
    for (int x = 0; x < b.w; x++)
        for (int y = 0; y < b.h; y++) {
            double v = (double)grid[x * b.h + (b.h - 1 - y)];
            canvas_dot(s->image, b.x + x, b.y + y, canvas_heat(1 + (v - top) / picture_range_db));
        }
}

/* Boxes of equal size, one a clip, with one colour scale. */
static tone_status spectrograms(sketch *s, const box *b, hz_scale mapping, tone_error *err)
{
    size_t cells = (size_t)b->w * (size_t)b->h;
    float *grid = malloc(s->n * cells * sizeof *grid);
    if (!grid)
        return hear_no_memory(err);
    tone_status st = TONE_OK;
    double top = -200;
    for (size_t i = 0; i < s->n && !st; i++) {
        tone_hearing h;
        st = hear_clip(&h, s, i, err);
        if (!st)
            st = picture_grid(grid + i * cells, &h, (size_t)b->w, (size_t)b->h, s->seconds, mapping, err);
        for (size_t k = i * cells; !st && k < (i + 1) * cells; k++) {
            grid[k] += (float)s->gain_db[i];
            top = fmax(top, (double)grid[k]);
        }
    }
    for (size_t i = 0; i < s->n && !st; i++) {
        draw_grid(s, b[i], grid + i * cells, top);
        canvas_frame(s->image, b[i], FRAME);
    }
    free(grid);
    return st;
}

/* ---- spectrum ---- */

static tone_status spectra(sketch *s, box b, tone_error *err)
{
    float *curve = malloc(s->n * (size_t)b.w * sizeof *curve);
    if (!curve)
        return hear_no_memory(err);
    tone_status st = TONE_OK;
    double top = -200;
    for (size_t i = 0; i < s->n && !st; i++) {
        tone_hearing h;
        st = hear_clip(&h, s, i, err);
        if (!st)
            st = picture_curve(curve + i * (size_t)b.w, &h, (size_t)b.w, err);
        for (size_t k = i * (size_t)b.w; !st && k < (i + 1) * (size_t)b.w; k++) {
            curve[k] += (float)s->gain_db[i];
            top = fmax(top, (double)curve[k]);
        }
    }
    axes_db_up(s->image, b, s->scale, 0, -picture_range_db);
    axes_hz_across(s->image, b, s->scale);
    for (size_t i = 0; i < s->n && !st; i++)
        for (int x = 0; x + 1 < b.w; x++) {
            double y[2];
            for (int k = 0; k < 2; k++)
                y[k] = b.y + fmin(fmax((top - (double)curve[i * (size_t)b.w + (size_t)(x + k)]) / picture_range_db, 0), 1) * (b.h - 1) + 0.5;
            if (fmin(y[0], y[1]) < b.y + b.h - 1) /* what lies below the scale is not drawn along its edge */
                canvas_line(s->image, b.x + x + 0.5, y[0], b.x + x + 1.5, y[1], 0.9 * s->scale, line_colour[i]);
        }
    canvas_frame(s->image, b, FRAME);
    free(curve);
    return st;
}

/* Names beside squares of their colours, in the line above the box. */
static void legend(sketch *s, box b)
{
    int room = b.w / (int)s->n;
    for (size_t i = 0; i < s->n; i++)
        title(s, (box){b.x + (int)i * room, b.y, room - 4 * s->scale, b.h}, i, s->n > 1);
}

/* Bring all to -23 LUFS where they have a loudness. */
static tone_status match_levels(sketch *s, tone_error *err)
{
    for (size_t i = 0; i < s->n; i++) {
        tone_measures m;
        tone_analyze_options opt = {.groups = TONE_HEAR_LOUDNESS};
        tone_status st = tone_analyze(&m, s->ears, &s->clips[i], &opt, err);
        if (st)
            return st;
        double lufs = m.value[TONE_METRIC_INTEGRATED_LUFS];
        s->gain_db[i] = isnan(lufs) ? 0 : -23 - lufs;
    }
    return TONE_OK;
}

/* ---- the kinds ---- */

/* Margins around the boxes, in letters of the current size. */
static int left_margin(const sketch *s)
{
    return (5 * LETTER_W + 3) * s->scale;
}

static int right_margin(const sketch *s, bool colours)
{
    return colours ? (3 * LETTER_W + 14) * s->scale : 9 * s->scale;
}

static int below(const sketch *s)
{
    return (LETTER_TALL + 5) * s->scale;
}

static tone_status draw_lanes(sketch *s, tone_picture_kind kind, tone_error *err)
{
    bool colours = kind != TONE_PICTURE_WAVEFORM;
    int w = (int)s->image->width, height = (int)s->image->height / (int)s->n;
    box b[CLIPS_MAX] = {{0, 0, 0, 0}};
    for (size_t i = 0; i < s->n; i++)
        b[i] = (box){left_margin(s), (int)i * height + title_height(s), w - left_margin(s) - right_margin(s, colours),
                     height - title_height(s) - below(s)};
    tone_status st = TONE_OK;
    if (colours)
        st = spectrograms(s, b, kind == TONE_PICTURE_MEL ? SCALE_MEL : SCALE_LOG, err);
    double most = largest_sample(s);
    for (size_t i = 0; i < s->n && !st; i++) {
        title(s, b[i], i, false);
        if (!colours) {
            st = waveform(s, b[i], i, most, true, true, err);
            continue;
        }
        axes_time(s->image, b[i], s->scale, s->seconds, true);
        axes_hz_up(s->image, b[i], s->scale, kind == TONE_PICTURE_MEL ? SCALE_MEL : SCALE_LOG, true);
        axes_colours(s->image, (box){b[i].x + b[i].w + 5 * s->scale, b[i].y, 4 * s->scale, b[i].h}, s->scale);
    }
    return st;
}

static tone_status draw_spectrum(sketch *s, tone_error *err)
{
    box b = {left_margin(s), title_height(s), (int)s->image->width - left_margin(s) - right_margin(s, false),
             (int)s->image->height - title_height(s) - below(s)};
    tone_status st = s->n > 1 ? match_levels(s, err) : TONE_OK;
    if (!st)
        st = spectra(s, b, err);
    legend(s, b);
    return st;
}

/* The comparison as a sentence, broken into lines of the sheet's width. */
static void write_sentence(sketch *s, int y, const char *text)
{
    int x = 2 * s->scale, right = (int)s->image->width - 2 * s->scale;
    for (const char *word = text; *word;) {
        size_t n = strcspn(word, " ");
        char one[64];
        snprintf(one, sizeof one, "%.*s", (int)n, word);
        int w = canvas_text_width(s->scale, one);
        if (x + w > right && x > 2 * s->scale) {
            x = 2 * s->scale;
            y += (LETTER_H + 2) * s->scale;
        }
        canvas_text(s->image, x, y, s->scale, one, INK);
        x += w + LETTER_W * s->scale;
        word += n + (word[n] == ' ');
    }
}

static tone_status sentence(sketch *s, int y, tone_error *err)
{
    tone_measures m[2];
    char *text = NULL;
    tone_status st = tone_analyze(&m[0], s->ears, &s->clips[0], NULL, err);
    if (!st)
        st = tone_analyze(&m[1], s->ears, &s->clips[1], NULL, err);
    if (!st)
        st = tone_compare_sentence(&text, &m[0], &m[1], err);
    if (!st)
        write_sentence(s, y, text);
    free(text);
    return st;
}

/* Two columns of waveform and mel spectrogram, then both spectra, then the sentence.  Spectra are loudness-matched. */
static tone_status draw_ab(sketch *s, tone_error *err)
{
    int w = (int)s->image->width, h = (int)s->image->height, left = left_margin(s), gap = 6 * s->scale;
    int column = (w - left - gap - right_margin(s, true)) / 2, text = 3 * (LETTER_H + 2) * s->scale;
    int rest = h - title_height(s) * 2 - 3 * below(s) - text;
    int wave_h = rest * 22 / 100, mel_h = rest * 42 / 100, spectrum_h = rest - wave_h - mel_h;
    box wave[2], mel[2];
    for (int i = 0; i < 2; i++) {
        wave[i] = (box){left + i * (column + gap), title_height(s), column, wave_h};
        mel[i] = (box){wave[i].x, wave[i].y + wave_h + below(s) + 2 * s->scale, column, mel_h - 2 * s->scale};
    }
    double most = largest_sample(s);
    tone_status st = match_levels(s, err);
    if (!st)
        st = spectrograms(s, mel, SCALE_MEL, err);
    for (size_t i = 0; i < 2 && !st; i++) {
        title(s, wave[i], i, true);
        st = waveform(s, wave[i], i, most, i == 0, false, err);
        axes_time(s->image, mel[i], s->scale, s->seconds, true);
        axes_hz_up(s->image, mel[i], s->scale, SCALE_MEL, i == 0);
    }
    axes_colours(s->image, (box){mel[1].x + column + 5 * s->scale, mel[1].y, 4 * s->scale, mel[1].h}, s->scale);
    box b = {left, mel[0].y + mel[0].h + below(s) + title_height(s), w - left - right_margin(s, false), spectrum_h - 2 * s->scale};
    if (!st)
        st = spectra(s, b, err);
    return st ? st : sentence(s, b.y + b.h + below(s) + s->scale, err);
}

static uint32_t default_height(tone_picture_kind kind, uint32_t width, size_t n)
{
    switch (kind) {
    case TONE_PICTURE_WAVEFORM:
        return (uint32_t)(width * (n == 1 ? 0.4 : 0.3 * (double)n));
    case TONE_PICTURE_SPECTRUM:
        return (uint32_t)(width * 0.55);
    case TONE_PICTURE_AB:
        return (uint32_t)(width * 1.05);
    case TONE_PICTURE_SPECTROGRAM:
    case TONE_PICTURE_MEL:
    case TONE_N_PICTURES:
        break;
    }
    return (uint32_t)(width * (n == 1 ? 0.55 : 0.4 * (double)n));
}

static tone_status check(const tone_picture_options *opt, uint32_t height, size_t n, tone_error *err)
{
    if ((unsigned)opt->kind >= TONE_N_PICTURES)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "there is no picture of kind %d", (int)opt->kind);
    if (opt->kind == TONE_PICTURE_AB ? n != 2 : n < 1 || n > CLIPS_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a picture of kind '%s' shows %s, not %zu", kind_names[opt->kind],
                         opt->kind == TONE_PICTURE_AB ? "2 sounds" : "1 to 4 sounds", n);
    if (opt->width < SIDE_MIN || opt->width > SIDE_MAX || height < SIDE_MIN / 2 || height > SIDE_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a picture of %u x %u pixels: width %d to %d, height %d to %d", (unsigned)opt->width,
                         (unsigned)height, SIDE_MIN, SIDE_MAX, SIDE_MIN / 2, SIDE_MAX);
    return TONE_OK;
}

tone_status tone_picture_draw(tone_image **out, tone_analyzer *ears, const tone_clip *clips, const char *const *names, size_t n_clips,
                              const tone_picture_options *opt, tone_error *err)
{
    tone_picture_options standard = tone_picture_options_defaults();
    *out = NULL;
    opt = opt ? opt : &standard;
    uint32_t natural = default_height(opt->kind, opt->width, n_clips), least = SIDE_MIN / 2;
    uint32_t height = opt->height ? opt->height : natural > least ? natural : least;
    tone_status st = check(opt, height, n_clips, err);
    sketch s = {.ears = ears, .clips = clips, .names = names, .n = n_clips, .scale = opt->width < 520 ? 1 : opt->width < 1500 ? 2 : 3};
    for (size_t i = 0; i < n_clips && !st; i++) {
        st = hear_check_finite(&clips[i], err);
        if (!st)
            s.seconds = fmax(s.seconds, (double)clips[i].n_frames / clips[i].rate_hz);
    }
    if (!st) {
        s.image = canvas_new(opt->width, height);
        st = s.image ? TONE_OK : hear_no_memory(err);
    }
    if (!st)
        st = opt->kind == TONE_PICTURE_AB ? draw_ab(&s, err)
             : opt->kind == TONE_PICTURE_SPECTRUM ? draw_spectrum(&s, err) : draw_lanes(&s, opt->kind, err);
    if (st) {
        tone_image_free(s.image);
        return st;
    }
    *out = s.image;
    return TONE_OK;
}
