#include <string.h>

#include "format/audio.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_audio a;
    tone_error err = {0};
    tone_audio_limits limits = {.max_s = 5, .max_channels = 4};
    if (tone_audio_decode(&a, bytes, n, &limits, &err)) {
        fuzz_require(!a.frames && err.text[0]);
        return 0;
    }
    fuzz_require(a.n_frames > 0 && a.n_channels >= 1 && a.n_channels <= 4);
    fuzz_require((double)a.n_frames <= 5.0 * a.rate_hz);
    fuzz_keep(fuzz_touch(a.frames, a.n_frames * a.n_channels * sizeof *a.frames));
    tone_audio_clear(&a);
    return 0;
}
