/* Every allocation of opening a model, opening a session and evaluating fails once; and decoding allocates nothing. */
#include "failing_alloc.h"

#include "golden.h"

static const tone_token prompt[] = {2, 44, 262, 107, 405, 482, 425};

/* TONE_ERR_NO_MEMORY or success; anything else is a mistake. */
static bool fine(tone_status st, const tone_error *err)
{
    CHECK_CASE(st == TONE_OK || st == TONE_ERR_NO_MEMORY, "%d: %s", (int)st, err->text);
    return st == TONE_OK;
}

static void check_opening(const char *variant, const char *file)
{
    char path[512];
    golden_path(path, variant, file);
    long n = 0;
    for (; alloc_run(n); n++) {
        tone_error err = {0};
        tone_model *m = NULL;
        if (fine(tone_model_open(&m, path, NULL, &err), &err))
            tone_model_close(m);
        else
            CHECK(!m);
    }
    CHECK(alloc_live == 0 && n > 20);
}

static void check_sessions(const tone_model *m)
{
    tone_session_options o = tone_session_defaults();
    o.context = 64;
    o.batch = 8;
    o.n_threads = 2;
    long live = alloc_live, n = 0;
    for (; alloc_run(n); n++) {
        tone_error err = {0};
        tone_session *s = NULL;
        if (fine(tone_session_open(&s, m, &o, &err), &err)) {
            golden_rows rows = {.vocab = tone_model_info(m)->vocab, .first = 0};
            float room[7 * 512];
            rows.rows = room;
            const tone_input input = {.ids = prompt, .n = 7};
            (void)fine(tone_session_score(s, &input, 7, golden_take_row, &rows, &err), &err);
        } else {
            CHECK(!s);
        }
        tone_session_close(s);
    }
    CHECK_CASE(alloc_live == live && n > 5, "%ld blocks live of %ld after %ld rounds", alloc_live, live, n);
}

static void check_decoding(const tone_model *m)
{
    tone_error err = {0};
    tone_session_options o = tone_session_defaults();
    o.context = 128;
    o.batch = 8;
    tone_session *s = golden_session(m, &o);
    CHECK(tone_session_sync(s, prompt, 7, &err) == TONE_OK);
    alloc_failed = false;
    alloc_left = 0; /* any allocation fails from here, and is noticed */
    for (tone_token id = 0; id < 100; id++)
        CHECK(tone_session_append(s, &id, 1, &err) == TONE_OK);
    CHECK(tone_session_sync(s, prompt, 7, &err) == TONE_OK);
    alloc_left = -1;
    CHECK(!alloc_failed);
    tone_session_close(s);
}

int main(void)
{
    check_opening("e2b", "model-q4_0.gguf");
    check_opening("a4b", "");
    check_opening("gemma3", "");
    static const char *const variants[] = {"e2b", "a4b", "d31b"};
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        tone_model *m = golden_model(variants[i], "");
        check_sessions(m);
        check_decoding(m);
        tone_model_close(m);
    }
    CHECK(alloc_live == 0);
    return check_done();
}
