/* Every allocation of the sampler and the stop rules may fail: an error that says so, and nothing leaked. */
#include <stdlib.h>

#include "check.h"
#include "failing_alloc.h"
#include "gen/sampler.h"
#include "gen/stop.h"

int main(void)
{
    enum { VOCAB = 200 };
    float logits[VOCAB] = {0};
    const tone_logit_bias bias[] = {{3, 1}, {5, 2}};
    const tone_token ids[] = {1, 106};
    tone_sampling_options o = tone_sampling_defaults();
    o.bias = bias;
    o.n_bias = 2;
    o.presence_penalty = 1;
    o.top_logprobs = 5;
    tone_error err;
    long before = alloc_live, n;
    for (n = 0; alloc_run(n); n++) {
        tone_sampler *s;
        tone_status st = tone_sampler_open(&s, VOCAB, &o, &err);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK) && !s == !!st, "sampler, round %ld", n);
        if (s) {
            tone_choice c;
            st = tone_sampler_forbid(s, ids, 2, &err);
            CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK), "forbid, round %ld", n);
            alloc_left = 0; /* choosing allocates nothing */
            CHECK(tone_sampler_pick(s, logits, NULL, &c, &err) == TONE_OK && c.n_top == 5);
            alloc_left = -1;
        }
        tone_sampler_close(s);
        CHECK(alloc_live == before);
    }
    CHECK(n > 6);
    const char *const strings[] = {"stop here", "END"};
    for (n = 0; alloc_run(n); n++) {
        tone_stop *s;
        tone_status st = tone_stop_open(&s, &(tone_stop_options){.tokens = ids, .n_tokens = 2, .strings = strings, .n_strings = 2}, &err);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK) && !s == !!st, "stop, round %ld", n);
        static char text[2000];
        memset(text, 'x', sizeof text);
        const char *shown;
        size_t shown_n;
        tone_end end;
        if (s) {
            st = tone_stop_text(s, text, sizeof text, &shown, &shown_n, &end, &err);
            CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK), "text, round %ld", n);
            CHECK(st || shown_n == sizeof text);
        }
        tone_stop_close(s);
        CHECK(alloc_live == before);
    }
    CHECK(n > 6);
    return check_done();
}
