/* The first convolution of the ears with its norm and its ReLU in one pass: 3x3, stride 2, zeros around, one channel in, N out. */
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { N = 128 };

static uint16_t half(float x)
{
    uint32_t u;
    memcpy(&u, &x, 4);
    return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

static float whole(uint16_t h)
{
    uint32_t u = (uint32_t)h << 16;
    float x;
    memcpy(&x, &u, 4);
    return x;
}

/* The 3x3 values around row 2t, column 2f of a clip (rows, width). */
static void around(float p[9], const float *x, long rows, long width, long t, long f)
{
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++) {
            long i = 2 * t + a - 1, j = 2 * f + b - 1;
            p[3 * a + b] = i < 0 || i >= rows || j < 0 || j >= width ? 0 : x[i * width + j];
        }
}

/* h = (c - mean c) / deviation, c = p w; returns 1 / deviation. */
static float normed(float h[N], const float p[9], const float *w, float eps)
{
    float c[N], sum = 0, squares = 0;
    for (int i = 0; i < N; i++)
        c[i] = p[0] * w[i];
    for (int k = 1; k < 9; k++)
        for (int i = 0; i < N; i++)
            c[i] += p[k] * w[k * N + i];
    for (int i = 0; i < N; i++)
        sum += c[i];
    for (int i = 0; i < N; i++) {
        c[i] -= sum / N;
        squares += c[i] * c[i];
    }
    float r = 1 / sqrtf(squares / N + eps);
    for (int i = 0; i < N; i++)
        h[i] = c[i] * r;
    return r;
}

/* y (clips, ceil rows/2, ceil width/2, N) bfloat16 of x (clips, rows, width); w (9, N), gain (N). */
void front(uint16_t *y, const float *x, const float *w, const float *gain, long clips, long rows, long width, float eps)
{
    for (long b = 0; b < clips; b++)
        for (long t = 0; t < (rows + 1) / 2; t++)
            for (long f = 0; f < (width + 1) / 2; f++, y += N) {
                float p[9], h[N];
                around(p, x + b * rows * width, rows, width, t, f);
                normed(h, p, w, eps);
                for (int i = 0; i < N; i++)
                    y[i] = half(fmaxf(h[i] * gain[i], 0));
            }
}

/* Adds to dw (9, N) and dgain (N) what dy says. */
void front_back(float *dw, float *dgain, const uint16_t *dy, const float *x, const float *w, const float *gain, long clips, long rows,
                long width, float eps)
{
    for (long b = 0; b < clips; b++)
        for (long t = 0; t < (rows + 1) / 2; t++)
            for (long f = 0; f < (width + 1) / 2; f++, dy += N) {
                float p[9], h[N], d[N], mean = 0, along = 0;
                around(p, x + b * rows * width, rows, width, t, f);
                float r = normed(h, p, w, eps);
                for (int i = 0; i < N; i++) {
                    d[i] = h[i] * gain[i] > 0 ? whole(dy[i]) : 0;
                    dgain[i] += d[i] * h[i];
                    d[i] *= gain[i];
                    mean += d[i];
                    along += d[i] * h[i];
                }
                for (int i = 0; i < N; i++)
                    d[i] = r * (d[i] - mean / N - h[i] * along / N);
                for (int k = 0; k < 9; k++)
                    for (int i = 0; i < N; i++)
                        dw[k * N + i] += p[k] * d[i];
            }
}
