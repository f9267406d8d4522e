/* Prompts with soft tokens: E2B sees pictures causally, 31B whole in its sliding layers.  Splitting the prompt anywhere
 * gives the same logits, and a picture is never cut. */
#include "golden.h"

typedef struct soft_case {
    tone_token *ids;
    uint8_t *kinds;
    tone_input p;
    const tone_tensor *want;
} soft_case;

static void load(soft_case *c, const tone_safetensors *s)
{
    size_t n, m;
    tone_token *kinds = golden_ids(s, "kind", &m);
    c->ids = golden_ids(s, "ids", &n);
    c->kinds = malloc(n);
    for (size_t i = 0; i < n; i++)
        c->kinds[i] = (uint8_t)kinds[i];
    free(kinds);
    c->p = (tone_input){.ids = c->ids, .kinds = c->kinds, .n = n};
    c->p.soft = (const float *)(const void *)tone_safetensors_find(s, "soft")->data;
    c->want = tone_safetensors_find(s, "logits");
    CHECK(n == m);
}

static float *row(const tone_tensor *t, size_t i, size_t vocab)
{
    return (float *)(uintptr_t)t->data + i * vocab;
}

int main(void)
{
    static const char *const variants[] = {"e2b", "d31b"};
    for (size_t v = 0; v < 2; v++) {
        tone_model *m = golden_model(variants[v], "");
        tone_safetensors *file = golden_tensors(variants[v], "soft.safetensors");
        soft_case c;
        load(&c, file);
        size_t n = c.p.n, vocab = tone_model_info(m)->vocab;
        tone_error err = {0};
        for (uint32_t batch = 5; batch <= n; batch++) {
            tone_session_options o = tone_session_defaults();
            o.exact = true;
            o.cache = TONE_CACHE_F32;
            o.context = 64;
            o.batch = batch;
            tone_session *s = golden_session(m, &o);
            if (v == 1 && batch < 8) { /* the picture has 8 soft tokens */
                CHECK(tone_session_sync_input(s, &c.p, &err) == TONE_ERR_ARGUMENT);
                CHECK(strstr(err.text, "larger batch") && tone_session_n(s) == 0);
                tone_session_close(s);
                continue;
            }
            float *got = golden_score(s, &c.p, n);
            double error = golden_nmse(got, row(c.want, 0, vocab), n * vocab);
            CHECK_CASE(error <= 1e-10, "%s in batches of %u: %g", variants[v], batch, error);
            free(got);
            /* A prompt that ends inside the picture is another prompt: what is kept of it must not change the result. */
            for (size_t cut = 7; cut < 16; cut++) {
                tone_input part = c.p;
                part.n = cut;
                tone_status st = tone_session_sync_input(s, &part, &err);
                CHECK_CASE(st == TONE_OK, "%s", err.text);
                st = tone_session_sync_input(s, &c.p, &err);
                CHECK_CASE(st == TONE_OK, "%s", err.text);
                error = golden_nmse(tone_session_logits(s), row(c.want, n - 1, vocab), vocab);
                CHECK_CASE(error <= 1e-10, "%s after its first %zu: %g", variants[v], cut, error);
            }
            tone_session_close(s);
        }
        /* Other embeddings at the same places are another prompt. */
        tone_session_options o = tone_session_defaults();
        tone_session *s = golden_session(m, &o);
        size_t d = tone_model_info(m)->hidden, n_soft = tone_safetensors_find(file, "soft")->dims[0];
        float *other = malloc(n_soft * d * sizeof *other);
        memcpy(other, c.p.soft, n_soft * d * sizeof *other);
        other[(n_soft - 1) * d + 3] += 1;
        tone_input changed = c.p;
        changed.soft = other;
        CHECK(tone_session_sync_input(s, &c.p, &err) == TONE_OK);
        CHECK(tone_session_sync_input(s, &changed, &err) == TONE_OK);
        CHECK(tone_session_last(s).n_reused == 18); /* the last audio token is at 18 */
        CHECK(tone_session_sync_input(s, &changed, &err) == TONE_OK);
        CHECK(tone_session_last(s).n_evaluated == 0);
        free(other);
        tone_session_close(s);
        free(c.ids);
        free(c.kinds);
        tone_safetensors_close(file);
        tone_model_close(m);
    }
    return check_done();
}
