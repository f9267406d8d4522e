/* sound/line.h - a delay line that is written a block at a time and read in runs that never meet its end.
 *
 * A ring whose size is a whole number of blocks, followed by a copy of its beginning: `pad` samples from any place on can
 * be read in one go. */
#ifndef TONE_SOUND_LINE_H
#define TONE_SOUND_LINE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tone_line {
    float *data; /* (size + pad) */
    int size, pad, at;
} tone_line;

/* [setup] Room for delays of up to `longest` samples, written in blocks of up to `block`.  false: no memory. */
bool tone_line_init(tone_line *l, double longest, int block);
void tone_line_clear(tone_line *l); /* frees */

/* [audio] Everything in it becomes 0. */
void tone_line_reset(tone_line *l);
/* [audio] n divides the block size it was made for, and is always the same or a divisor of where writing stands. */
void tone_line_write(tone_line *l, const float *x, int n);
/* [audio] The sample `delay` before the next one to be written (1 is the newest), with what follows it. */
const float *tone_line_back(const tone_line *l, int delay);
/* [audio] n samples whose delay moves from `from` to `to`, counted from each sample's own time: sample i of a block that
 * has just been written lies n - i before the next one.  With `ahead`, the block is still to be written, and the delay at
 * least n + 2; otherwise at least 2.  Cubic interpolation. */
void tone_line_read(const tone_line *l, float *out, float from, float to, int n, bool ahead);

#endif
