/* Every allocation on the way of a picture into a prompt fails once: an error that says so, nothing half done, nothing leaked. */
#include "failing_alloc.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "tonesmith/media.h"

enum { BOI = 60, IMAGE = 62, N_SOFT = 62 };

static void at(char out[512], const char *rest)
{
    const char *root = getenv("TONE_GOLDEN");
    snprintf(out, 512, "%s/%s", root ? root : "tests/golden", rest);
}

int main(void)
{
    char path[512], picture[512];
    tone_error err = {0};
    tone_model *model;
    at(path, "multimodal/small");
    at(picture, "vision/images/37x512.png");
    if (!CHECK(tone_model_open(&model, path, &(tone_model_options){.no_tokenizer = true}, &err) == TONE_OK))
        return check_done();
    const tone_medium medium = {.kind = TONE_INPUT_IMAGE, .path = picture, .budget = 70};
    tone_token one[] = {2, IMAGE, 5}, each[N_SOFT + 2] = {2, BOI};
    for (int i = 0; i < N_SOFT; i++)
        each[2 + i] = IMAGE;
    long live = alloc_live, n = 0;
    for (; alloc_run(n); n++) {
        tone_media *m;
        tone_media_prompt p = {0}, q = {0};
        tone_status st = tone_media_open(&m, model, path, &(tone_media_options){.n_threads = 1, .exact = true}, &err);
        if (!st)
            st = tone_media_expand(m, &p, one, 3, &medium, 1, &err);
        if (!st)
            st = tone_media_fill(m, &q, each, N_SOFT + 2, &medium, 1, &err);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK), "round %ld: %d %s", n, (int)st, err.text);
        CHECK(st || (p.n_soft == N_SOFT && q.n_soft == N_SOFT && q.ids.n == N_SOFT + 2));
        CHECK(!st || (!q.ids.ids && !q.kinds && !q.soft));
        tone_media_prompt_clear(&p);
        tone_media_prompt_clear(&q);
        tone_media_close(m);
        CHECK_CASE(alloc_live == live, "round %ld leaves %ld blocks", n, alloc_live - live);
    }
    CHECK_CASE(n > 40, "%ld rounds", n);
    tone_model_close(model);
    return check_done();
}
