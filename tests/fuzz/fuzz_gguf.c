#include "format/gguf.h"
#include "fuzz/fuzz.h"

static uint64_t read_value(const tone_gguf_value *v)
{
    tone_gguf_string s;
    uint64_t u, sum = 0;
    int64_t i;
    double d;
    bool b;
    sum += tone_gguf_get_u64(v, &u);
    sum += tone_gguf_get_f64(v, &d);
    sum += tone_gguf_get_bool(v, &b);
    if (tone_gguf_get_string(v, &s))
        sum += fuzz_touch(s.text, s.n);
    size_t n = tone_gguf_array_n(v, NULL), cursor = 0;
    for (size_t k = 0; k < n; k++) {
        sum += tone_gguf_array_u64(v, k, &u);
        sum += tone_gguf_array_i64(v, k, &i);
        sum += tone_gguf_array_f64(v, k, &d);
    }
    while (tone_gguf_array_next_string(v, &cursor, &s))
        sum += fuzz_touch(s.text, s.n);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_gguf *g;
    tone_error err = {0};
    if (tone_gguf_open_memory(&g, bytes, n, &err)) {
        fuzz_require(!g && err.text[0]);
        return 0;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < tone_gguf_n_tensors(g); i++) {
        const tone_tensor *t = tone_gguf_tensor(g, i);
        fuzz_require(tone_gguf_find_tensor(g, t->name) == t);
        sum += fuzz_touch(t->data, (size_t)t->n_bytes);
    }
    for (size_t i = 0; i < tone_gguf_n_values(g); i++)
        sum += read_value(tone_gguf_value_at(g, i, NULL));
    fuzz_keep(sum);
    tone_gguf_close(g);
    return 0;
}
