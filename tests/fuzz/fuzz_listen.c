/* Samples in pieces, both of any kind, through the resampler, the features and the end of speech: as many rows as were
 * announced, and cuts inside the sound. */
#include <math.h>
#include <string.h>

#include "fuzz.h"

#include "signal/mel.h"
#include "signal/pause.h"
#include "signal/resample.h"
#include "signal/utterance.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n < 8 || n > 1 << 16)
        return 0;
    uint32_t rate = 1000u * (1 + bytes[0] % 96), n_channels = 1 + bytes[1] % 3, piece = 1 + bytes[2] % 64;
    size_t n_frames = (n - 8) / sizeof(float) / n_channels;
    float *frames = malloc((n_frames * n_channels + 1) * sizeof *frames);
    tone_samples x = {0};
    tone_resampler *r = NULL;
    tone_mel *m = NULL;
    fuzz_require(frames && !tone_resampler_open(&r, rate, n_channels, 16000, NULL) && !tone_mel_new(&m, NULL));
    memcpy(frames, bytes + 8, n_frames * n_channels * sizeof *frames);
    tone_utterance e;
    tone_utterance_init(&e, NULL);
    tone_utterance_feed(&e, frames, n_frames);
    tone_status st = TONE_OK;
    for (size_t at = 0; at < n_frames && !st; at += piece)
        st = tone_resampler_feed(r, &x, frames + at * n_channels, at + piece < n_frames ? piece : n_frames - at, NULL);
    if (!st && !tone_resampler_finish(r, &x, NULL)) {
        size_t n_rows = tone_mel_ready(m, x.n);
        float *rows = malloc((n_rows * TONE_MEL_BANDS + 1) * sizeof *rows);
        fuzz_require(rows && n_rows == tone_mel_rows(x.n) && tone_mel_feed(m, rows, x.x, x.n) == n_rows);
        fuzz_keep(fuzz_touch(rows, n_rows * TONE_MEL_BANDS * sizeof *rows));
        if (x.n >= 480) {
            size_t cut = tone_pause_find(x.x, 0, x.n, 480);
            fuzz_require(cut >= 240 && cut + 240 <= x.n);
        }
        free(rows);
    }
    tone_resampler_close(r);
    tone_mel_free(m);
    tone_samples_clear(&x);
    free(frames);
    return 0;
}
