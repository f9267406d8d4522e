#include "format/image.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    enum { PIXELS = 1 << 16 };
    tone_pixels img;
    tone_error err = {0};
    if (tone_pixels_decode(&img, bytes, n, PIXELS, &err)) {
        fuzz_require(!img.rgb && err.text[0]);
        return 0;
    }
    fuzz_require(img.width > 0 && img.height > 0 && (uint64_t)img.width * img.height <= PIXELS);
    fuzz_keep(fuzz_touch(img.rgb, (size_t)img.width * img.height * 3));
    tone_pixels_clear(&img);
    return 0;
}
