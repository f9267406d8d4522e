/* signal/window.h - the windows of the analyses, all periodic: w[0] is the zero, w[n/2] the middle. */
#ifndef TONE_SIGNAL_WINDOW_H
#define TONE_SIGNAL_WINDOW_H

#include <stddef.h>

/* 0.5 - 0.5 cos(2 pi i / n) */
void tone_window_hann(double *w, size_t n);
/* 0.42 - 0.5 cos(2 pi i / n) + 0.08 cos(4 pi i / n): side lobes at -58 dB where Hann's are at -31. */
void tone_window_blackman(double *w, size_t n);

#endif
