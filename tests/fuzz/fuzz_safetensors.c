#include "format/safetensors.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_safetensors *s;
    tone_error err = {0};
    if (tone_safetensors_open_memory(&s, bytes, n, &err)) {
        fuzz_require(!s && err.text[0]);
        return 0;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < tone_safetensors_n(s); i++) {
        const tone_tensor *t = tone_safetensors_at(s, i);
        fuzz_require(tone_safetensors_find(s, t->name) == t && t->n_dims >= 1);
        fuzz_require(t->n_bytes == 0 || (uintptr_t)t->data % tone_type_find(t->type)->block_bytes == 0);
        sum += fuzz_touch(t->data, (size_t)t->n_bytes);
    }
    fuzz_keep(sum);
    tone_safetensors_close(s);
    return 0;
}
