/* Every allocation of the vocabulary readers, the encoder and the decoder may fail: an error that says so, nothing
 * leaked, and what the caller had is as it was. */
#include <stdlib.h>

#include "base/file.h"
#include "check.h"
#include "failing_alloc.h"
#include "tonesmith/tokenizer.h"

static char *golden(const char *name)
{
    const char *folder = getenv("TONE_GOLDEN");
    return tone_path_join(folder ? folder : "tests/golden", name);
}

static void test_open(const char *name)
{
    char *path = golden(name);
    tone_error err;
    long before = alloc_live, n;
    for (n = 0; alloc_run(n); n++) {
        tone_tokenizer *t;
        tone_status st = tone_tokenizer_open(&t, path, &err);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK) && !t == !!st, "%s, round %ld: %s", name, n, err.text);
        tone_tokenizer_close(t);
        CHECK_CASE(alloc_live == before, "%s, round %ld", name, n);
    }
    CHECK_CASE(n > 10, "%s: only %ld allocations seen", name, n);
    free(path);
}

static void test_use(void)
{
    char *path = golden("token/listed.gguf");
    tone_tokenizer *t = NULL;
    tone_error err;
    CHECK(tone_tokenizer_open(&t, path, &err) == TONE_OK);
    free(path);
    if (!t)
        return;
    /* Ill-formed bytes, a marker, and a stretch long enough for the heap. */
    static const char text[] = "make \xFF it<|turn>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    long before = alloc_live, n;
    size_t n_ids = 0;
    for (n = 0; alloc_run(n); n++) {
        tone_token_list ids = {0};
        if (tone_token_list_push(&ids, 2, &err) == TONE_OK) {
            tone_status st = tone_tokenizer_encode(t, text, sizeof text - 1, TONE_ENCODE_CONTROL, &ids, &err);
            CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK), "encode, round %ld", n);
            CHECK_CASE(ids.ids[0] == 2 && (ids.n == 1) == (st != TONE_OK), "encode, round %ld", n);
            n_ids = ids.n;
        }
        tone_token_list_clear(&ids);
        CHECK(alloc_live == before);
    }
    CHECK(n > 5 && n_ids > 5);
    const tone_token ids[] = {238 + 0xE3, 105, 238 + 0x80, 500};
    for (n = 0; alloc_run(n); n++) {
        char *out;
        size_t out_n;
        tone_status st = tone_tokenizer_decode(t, ids, 4, 0, &out, &out_n, &err);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK) && !out == !!st, "decode, round %ld", n);
        free(out);
        CHECK(alloc_live == before);
    }
    CHECK(n > 2);
    tone_tokenizer_close(t);
}

int main(void)
{
    test_open("token/tokenizer.json");
    test_open("token"); /* the folder */
    test_open("token/listed.gguf");
    test_open("token/scored.gguf");
    test_use();
    return check_done();
}
