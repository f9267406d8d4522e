/* The golden models as GGUF files of every type: in float32 against the reference on the same weights (NMSE 1e-10, equal
 * greedy tokens), and by default (8-bit activations, half-precision keys and values) within 3e-3. */
#include "golden.h"

static const struct {
    const char *variant, *file, *want; /* want NULL: the checkpoint's own logits, in stages.safetensors */
} cases[] = {
    {"e2b", "model-f32.gguf", NULL},          {"a4b", "model-f32.gguf", NULL},
    {"d31b", "model-f32.gguf", NULL},         {"e2b", "model-q4_0.gguf", "logits-q4_0.safetensors"},
    {"a4b", "model-q4_0.gguf", "logits-q4_0.safetensors"},   {"d31b", "model-q4_1.gguf", "logits-q4_1.safetensors"},
    {"d31b", "model-q5_0.gguf", "logits-q5_0.safetensors"},  {"d31b", "model-q5_1.gguf", "logits-q5_1.safetensors"},
    {"k256", "model-q4_0.gguf", "logits-q4_0.safetensors"},  {"k256", "model-q8_0.gguf", "logits-q8_0.safetensors"},
    {"k256", "model-q4_k_m.gguf", "logits-q4_k_m.safetensors"}, {"k256", "model-mix.gguf", "logits-mix.safetensors"},
};

static double distance(tone_session *s, const tone_token *ids, size_t n, const tone_tensor *want)
{
    const tone_input p = {.ids = ids, .n = n};
    float *got = golden_score(s, &p, n);
    double error = golden_nmse(got, (const float *)(const void *)want->data, want->n_values);
    free(got);
    return error;
}

static void check_prompt(size_t c, const tone_model *m, const tone_token *ids, size_t n, const tone_tensor *want, const tone_token *greedy,
                         size_t n_greedy)
{
    tone_session_options o = tone_session_defaults();
    o.context = 128;
    tone_session *s = golden_session(m, &o);
    double fast = distance(s, ids, n, want);
    tone_session_close(s);
    o.exact = true;
    o.cache = TONE_CACHE_F32;
    s = golden_session(m, &o);
    double exact = distance(s, ids, n, want);
    CHECK_CASE(exact <= 1e-10, "%s %s, %zu tokens, exact: %g", cases[c].variant, cases[c].file, n, exact);
    CHECK_CASE(fast <= 3e-3, "%s %s, %zu tokens, fast: %g", cases[c].variant, cases[c].file, n, fast);
    if (greedy) {
        size_t wrong = golden_greedy(s, ids, n, greedy, n_greedy);
        CHECK_CASE(wrong == 0, "%s %s: %zu greedy tokens differ", cases[c].variant, cases[c].file, wrong);
    }
    printf("%-5s %-17s %2zu tokens: exact %.1e  fast %.1e\n", cases[c].variant, cases[c].file, n, exact, fast);
    tone_session_close(s);
}

int main(void)
{
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        tone_model *m = golden_model(cases[c].variant, cases[c].file);
        tone_safetensors *want = golden_tensors(cases[c].variant, cases[c].want ? cases[c].want : "stages.safetensors");
        for (int i = 0; i < 2; i++) {
            char name[32];
            size_t n, n_greedy = 0;
            snprintf(name, sizeof name, cases[c].want ? "ids.%d" : "ids", i);
            if (!cases[c].want && i)
                break;
            tone_token *ids = golden_ids(want, name, &n), *greedy = NULL;
            if (cases[c].want) {
                snprintf(name, sizeof name, "greedy.%d", i);
                greedy = golden_ids(want, name, &n_greedy);
            }
            snprintf(name, sizeof name, cases[c].want ? "logits.%d" : "logits", i);
            const tone_tensor *logits = tone_safetensors_find(want, name);
            if (CHECK(logits && logits->n_values == n * tone_model_info(m)->vocab))
                check_prompt(c, m, ids, n, logits, greedy, n_greedy);
            free(ids);
            free(greedy);
        }
        tone_safetensors_close(want);
        tone_model_close(m);
    }
    return check_done();
}
