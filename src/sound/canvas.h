/* sound/canvas.h - drawing into an RGB image: boxes, lines, text.  Everything is clipped at the edges of the image. */
#ifndef TONE_SOUND_CANVAS_H
#define TONE_SOUND_CANVAS_H

#include "tonesmith/sound/picture.h"

/* 0xRRGGBB */
typedef uint32_t rgb;

typedef struct box {
    int x, y, w, h; /* pixels from the top left */
} box;

/* White.  NULL when memory ran out. */
tone_image *canvas_new(uint32_t width, uint32_t height);

void canvas_dot(tone_image *to, int x, int y, rgb colour);
/* `cover` 0 … 1 of the colour over what is there. */
void canvas_blend(tone_image *to, int x, int y, rgb colour, double cover);
void canvas_fill(tone_image *to, box b, rgb colour);
void canvas_frame(tone_image *to, box b, rgb colour);
/* Antialiased, `width` pixels thick. */
void canvas_line(tone_image *to, double x0, double y0, double x1, double y1, double width, rgb colour);

/* Text of 5 x 9 pixel letters (the lowest two for descenders), 6 apart, times `scale`.  UTF-8; what the font lacks is
 * shown as '?'.  x, y: top left. */
enum { LETTER_W = 6, LETTER_H = 9, LETTER_TALL = 7 };
void canvas_text(tone_image *to, int x, int y, int scale, const char *text, rgb colour);
int canvas_text_width(int scale, const char *text);
/* The same, cut with ".." where it does not fit into `room` pixels. */
void canvas_text_cut(tone_image *to, int x, int y, int scale, int room, const char *text, rgb colour);

/* Nine rows of five bits, the leftmost highest; NULL for what the font lacks. */
const uint8_t *canvas_glyph(char c);

/* A perceptual colour map: 0 dark violet … 1 light yellow, lightness rising evenly. */
rgb canvas_heat(double v);

#endif
