#include "sound/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

tone_image *canvas_new(uint32_t width, uint32_t height)
{
    tone_image *image = calloc(1, sizeof *image);
    size_t bytes = (size_t)width * height * 3; /* callers keep both below 65536 */
    if (!image)
        return NULL;
    image->rgb = malloc(bytes);
    if (!image->rgb) {
        free(image);
        return NULL;
    }
    memset(image->rgb, 0xFF, bytes);
    image->width = width;
    image->height = height;
    return image;
}

static uint8_t *pixel(tone_image *to, int x, int y)
{
    if (x < 0 || y < 0 || (uint32_t)x >= to->width || (uint32_t)y >= to->height)
        return NULL;
    return to->rgb + 3 * ((size_t)y * to->width + (size_t)x);
}

void canvas_dot(tone_image *to, int x, int y, rgb colour)
{
    uint8_t *p = pixel(to, x, y);
    if (!p)
        return;
    p[0] = (uint8_t)(colour >> 16);
    p[1] = (uint8_t)(colour >> 8);
    p[2] = (uint8_t)colour;
}

void canvas_blend(tone_image *to, int x, int y, rgb colour, double cover)
{
    uint8_t *p = pixel(to, x, y);
    if (!p || cover <= 0)
        return;
    cover = cover < 1 ? cover : 1;
    for (int i = 0; i < 3; i++)
        p[i] = (uint8_t)lround(p[i] + cover * ((double)(colour >> (16 - 8 * i) & 0xFF) - p[i]));
}

void canvas_fill(tone_image *to, box b, rgb colour)
{
    for (int y = b.y; y < b.y + b.h; y++)
        for (int x = b.x; x < b.x + b.w; x++)
            canvas_dot(to, x, y, colour);
}

void canvas_frame(tone_image *to, box b, rgb colour)
{
    canvas_fill(to, (box){b.x - 1, b.y - 1, b.w + 2, 1}, colour);
    canvas_fill(to, (box){b.x - 1, b.y + b.h, b.w + 2, 1}, colour);
    canvas_fill(to, (box){b.x - 1, b.y, 1, b.h}, colour);
    canvas_fill(to, (box){b.x + b.w, b.y, 1, b.h}, colour);
}

/* A pixel is covered by how near its middle lies to the segment. */
void canvas_line(tone_image *to, double x0, double y0, double x1, double y1, double width, rgb colour)
{
    double dx = x1 - x0, dy = y1 - y0, length = dx * dx + dy * dy, reach = width / 2 + 1;
    int left = (int)floor(fmin(x0, x1) - reach), right = (int)ceil(fmax(x0, x1) + reach);
    int top = (int)floor(fmin(y0, y1) - reach), bottom = (int)ceil(fmax(y0, y1) + reach);
    for (int y = top; y <= bottom; y++)
        for (int x = left; x <= right; x++) {
            double px = x + 0.5 - x0, py = y + 0.5 - y0;
            double t = length > 0 ? fmin(fmax((px * dx + py * dy) / length, 0), 1) : 0;
            double off = hypot(px - t * dx, py - t * dy);
            canvas_blend(to, x, y, colour, width / 2 + 0.5 - off);
        }
}

/* ---- text ---- */

/* The next character of UTF-8 as one the font may have; *step bytes long. */
static char next_letter(const char *text, size_t *step)
{
    unsigned char c = (unsigned char)*text;
    *step = 1;
    if (c < 0x80)
        return *text;
    while (((unsigned char)text[*step] & 0xC0) == 0x80)
        ++*step;
    return '?';
}

static bool bit(const uint8_t *glyph, int x, int y)
{
    return x >= 0 && x < 5 && y >= 0 && y < LETTER_H && glyph[y] >> (4 - x) & 1;
}

/* Twice the size with the corners of diagonals filled in (the rule of Scale2x): quadrant (qx, qy) of pixel (x, y). */
static bool double_bit(const uint8_t *g, int x, int y, int qx, int qy)
{
    bool across = bit(g, x + (qx ? 1 : -1), y), along = bit(g, x, y + (qy ? 1 : -1));
    bool other_across = bit(g, x + (qx ? -1 : 1), y), other_along = bit(g, x, y + (qy ? -1 : 1));
    if (across == along && across != other_along && along != other_across)
        return across;
    return bit(g, x, y);
}

void canvas_text(tone_image *to, int x, int y, int scale, const char *text, rgb colour)
{
    size_t step;
    for (; *text; text += step, x += LETTER_W * scale) {
        const uint8_t *g = canvas_glyph(next_letter(text, &step));
        if (!g)
            g = canvas_glyph('?');
        for (int v = 0; v < LETTER_H * scale; v++)
            for (int u = 0; u < 5 * scale; u++)
                if (scale == 2 ? double_bit(g, u / 2, v / 2, u % 2, v % 2) : bit(g, u / scale, v / scale))
                    canvas_dot(to, x + u, y + v, colour);
    }
}

int canvas_text_width(int scale, const char *text)
{
    size_t step;
    int n = 0;
    for (; *text && n < 4096; text += step, n++)
        (void)next_letter(text, &step);
    return n ? (n * LETTER_W - 1) * scale : 0;
}

void canvas_text_cut(tone_image *to, int x, int y, int scale, int room, const char *text, rgb colour)
{
    if (canvas_text_width(scale, text) <= room) {
        canvas_text(to, x, y, scale, text, colour);
        return;
    }
    char cut[256];
    size_t n = 0, step;
    int letters = room / (LETTER_W * scale) - 2;
    for (; letters > 0 && *text && n + 8 < sizeof cut; letters--, text += step) {
        (void)next_letter(text, &step);
        memcpy(cut + n, text, step > 4 ? 4 : step);
        n += step > 4 ? 4 : step;
    }
    memcpy(cut + n, "..", 3);
    if (room >= 2 * LETTER_W * scale)
        canvas_text(to, x, y, scale, cut, colour);
}

/* ---- colour ---- */

static double srgb(double linear)
{
    linear = fmin(fmax(linear, 0), 1);
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

/* CIE L*a*b* (D65) to sRGB. */
static rgb from_lab(double l, double a, double b)
{
    double f[3] = {(l + 16) / 116 + a / 500, (l + 16) / 116, (l + 16) / 116 - b / 200}, xyz[3];
    static const double white[3] = {0.95047, 1, 1.08883};
    for (int i = 0; i < 3; i++)
        xyz[i] = white[i] * (f[i] > 6.0 / 29 ? f[i] * f[i] * f[i] : (f[i] - 4.0 / 29) * 3 * 36 / 841);
    double r = 3.2406 * xyz[0] - 1.5372 * xyz[1] - 0.4986 * xyz[2], g = -0.9689 * xyz[0] + 1.8758 * xyz[1] + 0.0415 * xyz[2];
    double blue = 0.0557 * xyz[0] - 0.2040 * xyz[1] + 1.0570 * xyz[2];
    return (rgb)lround(255 * srgb(r)) << 16 | (rgb)lround(255 * srgb(g)) << 8 | (rgb)lround(255 * srgb(blue));
}

/* Lightness rises in a straight line from 6 to 94; the hue turns from violet through red and orange to yellow. */
rgb canvas_heat(double v)
{
    v = fmin(fmax(v, 0), 1);
    double hue = (300 + 155 * v) * 3.14159265358979 / 180, chroma = 12 + 58 * sin(3.14159265358979 * fmin(0.04 + 0.86 * v, 1));
    return from_lab(6 + 88 * v, chroma * cos(hue), chroma * sin(hue));
}
