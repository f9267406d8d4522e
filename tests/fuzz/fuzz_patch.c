#include <string.h>

#include "fuzz/fuzz.h"
#include "tonesmith/sound/patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_patch p, back;
    tone_report report;
    tone_error err = {0};
    if (tone_patch_read(&p, (const char *)bytes, n, &report, &err)) {
        fuzz_require(err.text[0]);
        return 0;
    }
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        const tone_param_info *info = tone_param_get((tone_param)i);
        fuzz_require(p.values[i] >= info->min && p.values[i] <= info->max);
    }
    /* What was accepted can be written and read back, and is the same. */
    char *text;
    if (tone_patch_write(&text, &p, &err))
        return 0;
    fuzz_require(tone_patch_read(&back, text, strlen(text), &report, &err) == TONE_OK && report.n == 0);
    fuzz_require(memcmp(&p, &back, sizeof p) == 0);
    free(text);
    return 0;
}
