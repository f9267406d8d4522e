/* Every golden variant in float32: every recorded stage, all logits, every argmax and greedy token.
 * Tolerance of tests/golden/text/README.md: NMSE 1e-10. */
#include "golden.h"
#include "model/tap.h"

static const double bound = 1e-10;

/* Compares every stage it sees with the tensor of that name, when there is one. */
typedef struct stage_check {
    const tone_safetensors *want;
    const char *variant;
    size_t n_seen;
    double worst;
    float *ple;    /* (positions, layers * width), put together from its two parts */
    size_t ple_n, ple_at;
} stage_check;

static void compare(stage_check *c, const char *name, const float *rows, size_t n_rows, size_t n_cols, size_t stride)
{
    const tone_tensor *t = tone_safetensors_find(c->want, name);
    if (!t)
        return;
    c->n_seen++;
    CHECK_CASE(t->n_values == n_rows * n_cols, "%s %s has %llu values, not %zu x %zu", c->variant, name, (unsigned long long)t->n_values,
               n_rows, n_cols);
    if (t->n_values != n_rows * n_cols)
        return;
    float *got = malloc(n_rows * n_cols * sizeof *got), *want = malloc(n_rows * n_cols * sizeof *want);
    for (size_t i = 0; i < n_rows; i++)
        memcpy(got + i * n_cols, rows + i * stride, n_cols * sizeof *got);
    for (size_t i = 0; i < t->n_values; i++) {
        int64_t whole;
        if (t->type == TONE_TYPE_I64) {
            memcpy(&whole, t->data + 8 * i, 8);
            want[i] = (float)whole;
        } else {
            memcpy(want + i, t->data + 4 * i, 4);
        }
    }
    double error = golden_nmse(got, want, t->n_values);
    c->worst = fmax(c->worst, error);
    CHECK_CASE(t->type == TONE_TYPE_I64 ? error == 0 : error <= bound, "%s %s: %g", c->variant, name, error);
    free(got);
    free(want);
}

static void see(void *arg, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols, size_t stride)
{
    stage_check *c = arg;
    char name[64];
    if (strncmp(stage, "per_layer_inputs.", 17) == 0) {
        const tone_tensor *t = tone_safetensors_find(c->want, "per_layer_inputs");
        size_t all = t ? t->dims[1] * t->dims[2] : 0;
        if (!c->ple)
            c->ple = calloc(n_rows * all, sizeof *c->ple);
        for (size_t i = 0; i < n_rows; i++)
            memcpy(c->ple + i * all + c->ple_at, rows + i * stride, n_cols * sizeof *rows);
        c->ple_at += n_cols;
        if (strcmp(stage, "per_layer_inputs.rest") == 0)
            compare(c, "per_layer_inputs", c->ple, n_rows, all, all);
        return;
    }
    if (layer < 0)
        snprintf(name, sizeof name, "%s", stage);
    else
        snprintf(name, sizeof name, "layers.%d.%s", layer, stage);
    compare(c, name, rows, n_rows, n_cols, stride);
}

static tone_session_options exact_options(void)
{
    tone_session_options o = tone_session_defaults();
    o.exact = true;
    o.cache = TONE_CACHE_F32;
    o.context = 128;
    return o;
}

static void check_stages(const char *variant, const tone_model *m)
{
    tone_session_options o = exact_options();
    tone_session *s = golden_session(m, &o);
    tone_safetensors *want = golden_tensors(variant, "stages.safetensors");
    size_t n, vocab = tone_model_info(m)->vocab;
    tone_token *ids = golden_ids(want, "ids", &n);
    stage_check c = {.want = want, .variant = variant};
    tone_session_tap(s, &(tone_tap){see, &c});
    const tone_input p = {.ids = ids, .n = n};
    float *logits = golden_score(s, &p, n);
    tone_session_tap(s, NULL);
    compare(&c, "logits", logits, n, vocab, vocab);
    /* ids and the logits of the short prompt are the two tensors that are no stages of this run */
    CHECK_CASE(c.n_seen == tone_safetensors_n(want) - 2, "%s: %zu of %zu stages seen", variant, c.n_seen,
               tone_safetensors_n(want) - 2);
    printf("%-7s %zu stages, the worst %.1e\n", variant, c.n_seen, c.worst);
    free(logits);
    free(c.ple);
    free(ids);
    tone_safetensors_close(want);
    tone_session_close(s);
}

static void check_prompts(const char *variant, const tone_model *m)
{
    json_t *expect = golden_expect(variant), *prompts = json_object_get(expect, "prompts");
    tone_safetensors *stages = golden_tensors(variant, "stages.safetensors");
    size_t vocab = tone_model_info(m)->vocab;
    for (size_t i = 0; i < json_array_size(prompts); i++) {
        json_t *prompt = json_array_get(prompts, i);
        size_t n, n_argmax, n_greedy;
        tone_token *ids = golden_json_ids(json_object_get(prompt, "ids"), &n);
        tone_token *argmax = golden_json_ids(json_object_get(prompt, "argmax"), &n_argmax);
        tone_token *greedy = golden_json_ids(json_object_get(prompt, "greedy"), &n_greedy);
        tone_session_options o = exact_options();
        tone_session *s = golden_session(m, &o);
        const tone_input p = {.ids = ids, .n = n};
        float *logits = golden_score(s, &p, n);
        for (size_t t = 0; t < n; t++)
            CHECK_CASE(golden_argmax(logits + t * vocab, vocab) == argmax[t], "%s prompt %zu position %zu", variant, i, t);
        const tone_tensor *short_logits = tone_safetensors_find(stages, "logits.0");
        if (i == 0 && CHECK(short_logits && short_logits->n_values == n * vocab)) {
            double error = golden_nmse(logits, (const float *)(const void *)short_logits->data, n * vocab);
            CHECK_CASE(error <= bound, "%s short prompt: %g", variant, error);
        }
        size_t wrong = golden_greedy(s, ids, n, greedy, n_greedy);
        CHECK_CASE(wrong == 0, "%s prompt %zu: %zu greedy tokens differ", variant, i, wrong);
        free(logits);
        free(ids);
        free(argmax);
        free(greedy);
        tone_session_close(s);
    }
    tone_safetensors_close(stages);
    json_decref(expect);
}

int main(void)
{
    static const char *const variants[] = {"e2b", "e4b", "a4b", "d31b", "u12b", "gemma3"};
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        tone_model *m = golden_model(variants[i], "");
        check_stages(variants[i], m);
        check_prompts(variants[i], m);
        tone_model_close(m);
    }
    return check_done();
}
