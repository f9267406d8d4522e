/* Pictures for terminals: half blocks and letters, and the graphics protocols of sixel and kitty. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "sound/picture_parts.h"

enum { GUTTER = 5, COLUMNS_MIN = 20, COLUMNS_MAX = 400, ROWS_MIN = 4, ROWS_MAX = 200 };

static tone_status take(char **out, tone_buf *b, tone_error *err)
{
    *out = b->failed ? NULL : tone_buf_take(b);
    tone_buf_clear(b);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a picture");
}

/* ---- half blocks ---- */

/* The nearest of the 6 x 6 x 6 cube of xterm's 256 colours. */
static int cube(rgb c)
{
    int index = 16;
    static const int weight[3] = {36, 6, 1};
    for (int i = 0; i < 3; i++) {
        int v = (int)(c >> (16 - 8 * i) & 0xFF);
        index += weight[i] * (v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40);
    }
    return index;
}

static void ink(tone_buf *b, rgb c, bool behind, bool true_colour)
{
    if (true_colour)
        tone_buf_printf(b, "\x1b[%d;2;%u;%u;%um", behind ? 48 : 38, (unsigned)(c >> 16), (unsigned)(c >> 8 & 0xFF), (unsigned)(c & 0xFF));
    else
        tone_buf_printf(b, "\x1b[%d;5;%dm", behind ? 48 : 38, cube(c));
}

/* One row of cells; `upper` and `lower` are 0 … 1 of the column's two halves. */
static void cells(tone_buf *b, const float *grid, size_t columns, size_t height, size_t row, tone_terminal terminal)
{
    static const char shades[] = " .:-=+*#%@";
    rgb fore = 1u << 24, back = 1u << 24; /* no colour yet */
    for (size_t x = 0; x < columns; x++) {
        const float *column = grid + x * height;
        double upper = (double)column[height - 1 - 2 * row], lower = (double)column[height - 2 - 2 * row];
        if (terminal == TONE_TERMINAL_PLAIN) {
            double v = fmin(fmax(fmax(upper, lower), 0), 0.999);
            tone_buf_putc(b, shades[(int)(v * 10)]);
            continue;
        }
        rgb f = canvas_heat(upper), k = canvas_heat(lower);
        if (f != fore)
            ink(b, fore = f, false, terminal == TONE_TERMINAL_TRUE_COLOUR);
        if (k != back)
            ink(b, back = k, true, terminal == TONE_TERMINAL_TRUE_COLOUR);
        tone_buf_puts(b, "\xE2\x96\x80"); /* upper half block */
    }
    if (terminal != TONE_TERMINAL_PLAIN)
        tone_buf_puts(b, "\x1b[0m");
    tone_buf_putc(b, '\n');
}

/* The round frequency that lies in this row, or 0. */
static double row_label(size_t row, size_t rows)
{
    static const double hz[] = {100, 500, 1000, 2000, 5000, 10000};
    for (size_t i = 0; i < sizeof hz / sizeof *hz; i++)
        if ((size_t)((1 - picture_hz_place(SCALE_MEL, hz[i])) * (double)rows) == row)
            return hz[i];
    return 0;
}

/* A name must not steer the terminal: control characters, also those of two bytes, become '?'. */
static void put_name(tone_buf *b, const char *name)
{
    for (const char *c = name; *c; c++) {
        bool wide = *c == '\xC2' && (unsigned char)c[1] >= 0x80 && (unsigned char)c[1] < 0xA0;
        tone_buf_putc(b, wide || (unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c);
        c += wide;
    }
}

static tone_status blocks(char **out, tone_hearing *h, const char *name, double seconds, tone_terminal terminal, size_t columns,
                          size_t rows, tone_error *err)
{
    size_t width = columns - GUTTER - 1, height = 2 * rows;
    float *grid = malloc(width * height * sizeof *grid), top = -200;
    tone_buf b = {0};
    if (!grid)
        return hear_no_memory(err);
    tone_status st = picture_grid(grid, h, width, height, seconds, SCALE_MEL, err);
    if (st) {
        free(grid);
        return st;
    }
    for (size_t i = 0; i < width * height; i++)
        top = fmaxf(top, grid[i]);
    for (size_t i = 0; i < width * height; i++)
        grid[i] = (float)(1 + (double)(grid[i] - top) / picture_range_db);
    tone_buf_printf(&b, "%*s ", GUTTER, "Hz");
    put_name(&b, name);
    tone_buf_putc(&b, '\n');
    for (size_t row = 0; row < rows; row++) {
        double hz = row_label(row, rows);
        if (hz > 0)
            tone_buf_printf(&b, "%*g%s", hz >= 1000 ? GUTTER - 1 : GUTTER, hz >= 1000 ? hz / 1000 : hz, hz >= 1000 ? "k" : "");
        else
            tone_buf_printf(&b, "%*s", GUTTER, "");
        tone_buf_putc(&b, ' ');
        cells(&b, grid, width, height, row, terminal);
    }
    char end[32];
    int n = snprintf(end, sizeof end, "%.3g s", seconds);
    tone_buf_printf(&b, "%*s0%*s\n", GUTTER + 1, "", (int)width - 1 > n ? (int)width - 1 : n, end);
    free(grid);
    return take(out, &b, err);
}

/* ---- sixel ---- */

enum { CUBE = 216 };

static int cube_of_pixel(const tone_image *image, size_t x, size_t y)
{
    const uint8_t *p = image->rgb + 3 * (y * image->width + x);
    return cube((rgb)p[0] << 16 | (rgb)p[1] << 8 | p[2]) - 16;
}

/* "!12@" for twelve of the same. */
static void run(tone_buf *b, int sixel, size_t n)
{
    if (n > 3)
        tone_buf_printf(b, "!%zu%c", n, 63 + sixel);
    else
        for (; n > 0; n--)
            tone_buf_putc(b, (char)(63 + sixel));
}

/* Six rows, one colour after the other. */
static void band(tone_buf *b, const tone_image *image, size_t top)
{
    bool used[CUBE] = {false};
    size_t rows = image->height - top < 6 ? image->height - top : 6;
    for (size_t y = 0; y < rows; y++)
        for (size_t x = 0; x < image->width; x++)
            used[cube_of_pixel(image, x, top + y)] = true;
    for (int c = 0; c < CUBE; c++) {
        if (!used[c])
            continue;
        tone_buf_printf(b, "#%d", c);
        int before = -1;
        size_t n = 0;
        for (size_t x = 0; x < image->width; x++) {
            int sixel = 0;
            for (size_t y = 0; y < rows; y++)
                sixel |= (cube_of_pixel(image, x, top + y) == c) << y;
            if (sixel != before) {
                run(b, before, n);
                before = sixel;
                n = 0;
            }
            n++;
        }
        run(b, before, n);
        tone_buf_putc(b, '$');
    }
    tone_buf_putc(b, '-');
}

static void sixel(tone_buf *b, const tone_image *image)
{
    static const int level[6] = {0, 37, 53, 69, 84, 100}; /* of xterm's cube, per cent */
    tone_buf_printf(b, "\x1bP0;1q\"1;1;%u;%u", (unsigned)image->width, (unsigned)image->height);
    for (int c = 0; c < CUBE; c++)
        tone_buf_printf(b, "#%d;2;%d;%d;%d", c, level[c / 36], level[c / 6 % 6], level[c % 6]);
    for (size_t y = 0; y < image->height; y += 6)
        band(b, image, y);
    tone_buf_puts(b, "\x1b\\\n");
}

/* ---- kitty ---- */

static void base64(tone_buf *b, const uint8_t *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
        tone_buf_putc(b, digits[v >> 18]);
        tone_buf_putc(b, digits[v >> 12 & 63]);
        tone_buf_putc(b, i + 1 < n ? digits[v >> 6 & 63] : '=');
        tone_buf_putc(b, i + 2 < n ? digits[v & 63] : '=');
    }
}

static tone_status kitty(tone_buf *b, const tone_image *image, tone_error *err)
{
    enum { CHUNK = 3072 }; /* 4096 letters of base64, the most a message may have */
    uint8_t *png;
    size_t n;
    tone_status st = tone_image_png(&png, &n, image, err);
    if (st)
        return st;
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t length = n - at < CHUNK ? n - at : CHUNK;
        tone_buf_printf(b, "\x1b_G%sm=%d;", at ? "" : "a=T,f=100,", at + length < n);
        base64(b, png + at, length);
        tone_buf_puts(b, "\x1b\\");
    }
    tone_buf_putc(b, '\n');
    free(png);
    return TONE_OK;
}

tone_status tone_image_text(char **out, const tone_image *image, tone_terminal terminal, tone_error *err)
{
    tone_buf b = {0};
    tone_status st = TONE_OK;
    *out = NULL;
    if (terminal == TONE_TERMINAL_SIXEL)
        sixel(&b, image);
    else if (terminal == TONE_TERMINAL_KITTY)
        st = kitty(&b, image, err);
    else
        st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "only sixel and kitty show a picture as it is");
    if (st) {
        tone_buf_clear(&b);
        return st;
    }
    return take(out, &b, err);
}

tone_status tone_picture_text(char **out, tone_analyzer *ears, const tone_clip *clip, const char *name, tone_terminal terminal,
                              uint32_t columns, uint32_t rows, tone_error *err)
{
    *out = NULL;
    if (columns < COLUMNS_MIN || columns > COLUMNS_MAX || rows < ROWS_MIN || rows > ROWS_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a terminal of %u x %u cells: %d to %d columns, %d to %d rows", (unsigned)columns,
                         (unsigned)rows, COLUMNS_MIN, COLUMNS_MAX, ROWS_MIN, ROWS_MAX);
    if (terminal == TONE_TERMINAL_SIXEL || terminal == TONE_TERMINAL_KITTY) {
        tone_picture_options opt = tone_picture_options_defaults();
        opt.width = 8 * columns;
        opt.height = 16 * rows < 80 ? 80 : 16 * rows;
        tone_image *image;
        tone_status st = tone_picture_draw(&image, ears, clip, &name, 1, &opt, err);
        if (!st)
            st = tone_image_text(out, image, terminal, err);
        tone_image_free(image);
        return st;
    }
    tone_hearing h = {.a = ears};
    tone_status st = hear_check_finite(clip, err);
    if (!st)
        st = hear_prepare(&h, clip, SLOT_LEFT, SLOT_RIGHT, SLOT_FOLD, err);
    return st ? st : blocks(out, &h, name, (double)clip->n_frames / clip->rate_hz, terminal, columns, rows, err);
}
