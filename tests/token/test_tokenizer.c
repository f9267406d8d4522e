/* The small vocabulary of tests/golden/token in all the forms a file can have it, and the edges of the interface. */
#include <time.h>

#include "base/file.h"
#include "base/random.h"
#include "golden.h"
#include "token/from_gguf.h"

static tone_tokenizer *open_golden(const char *name)
{
    char *path = golden_path(name);
    tone_tokenizer *t = NULL;
    tone_error err = {0};
    tone_status status = tone_tokenizer_open(&t, path, &err);
    CHECK_CASE(status == TONE_OK, "%s: %s", path, err.text);
    free(path);
    return t;
}

static void check_scored(const json_t *line, const tone_tokenizer *t, const void *with)
{
    (void)with;
    golden_check_ids(line, t, 0, json_object_get(line, "ids_scored"));
}

static void test_files(void)
{
    static const char *const same[] = {"token/tokenizer.json", "token/listed.gguf", "token/derived.gguf", "token"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        tone_tokenizer *t = open_golden(same[i]);
        if (!t)
            continue;
        const tone_tokenizer_facts *info = tone_tokenizer_info(t);
        CHECK(info->family == TONE_VOCAB_GEMMA4 && info->n_vocab == 1074 && info->bos == 2 && info->eos == 1);
        CHECK(info->unk == 3 && info->pad == 0 && info->longest_bytes == 54);
        bool stops[3] = {0};
        for (size_t k = 0; k < info->n_stops; k++) {
            stops[0] |= info->stops[k] == 1;
            stops[1] |= info->stops[k] == 106;
            stops[2] |= info->stops[k] == 50;
        }
        CHECK(info->n_stops == 3 && stops[0] && stops[1] && stops[2]);
        CHECK(info->n_suppressed == 16);
        golden_lines("token/cases.jsonl", golden_check_case, t, NULL);
        golden_lines("token/decode.jsonl", golden_check_decode, t, NULL);
        tone_tokenizer_close(t);
    }
    tone_tokenizer *t = open_golden("token/scored.gguf");
    if (t) {
        CHECK(tone_tokenizer_info(t)->family == TONE_VOCAB_GEMMA3);
        golden_lines("token/cases.jsonl", check_scored, t, NULL);
    }
    tone_tokenizer_close(t);
}

static void test_lookup(const tone_tokenizer *t)
{
    size_t n;
    CHECK(tone_tokenizer_find(t, "<|turn>") == 105 && tone_tokenizer_kind(t, 105) == TONE_TOKEN_CONTROL);
    CHECK(tone_tokenizer_find(t, "<|turn") == TONE_TOKEN_NONE && tone_tokenizer_find(t, "") == TONE_TOKEN_NONE);
    CHECK(tone_tokenizer_find(t, "<unused3>") == TONE_TOKEN_NONE); /* an ordinary piece */
    CHECK(tone_tokenizer_kind(t, 238 + 'A') == TONE_TOKEN_BYTE && tone_tokenizer_kind(t, 1u << 30) == TONE_TOKEN_UNUSED);
    const char *bytes = tone_tokenizer_bytes(t, 238 + 'A', &n);
    CHECK(n == 1 && bytes[0] == 'A');
    bytes = tone_tokenizer_bytes(t, 140, &n);
    CHECK(n == 4 && memcmp(bytes, "    ", 4) == 0);
    CHECK(tone_tokenizer_bytes(t, 1074, &n) == NULL && n == 0);
    tone_decoder *d;
    tone_error err;
    if (CHECK(tone_decoder_open(&d, t, 0, &err) == TONE_OK)) {
        CHECK_STR(tone_decoder_next(d, TONE_TOKEN_NONE, &n), "");
        CHECK_STR(tone_decoder_next(d, 238 + 0xE3, &n), "");
        CHECK_STR(tone_decoder_finish(d, &n), "\xEF\xBF\xBD");
        CHECK_STR(tone_decoder_finish(d, &n), "");
    }
    tone_decoder_close(d);
    tone_tokenizer_close(NULL);
    tone_decoder_close(NULL);
}

/* What was encoded comes back, with U+2581 as a space, however long the text and wherever it can be cut. */
static void test_round_trip(const tone_tokenizer *t)
{
    static const char *const parts[] = {" ", "  ", "\n", "\t", "a", "the ", "filter", "> </", "\xE2\x96\x81", "\xC3\xA9", "\xE3\x81\x95",
                                        "<|turn>", "0", "\xF0\x9D\x84\x9E", "\xE2\x98\x83", "wider", ";", "\xE2\x80\x94"};
    enum { N_PARTS = sizeof parts / sizeof *parts };
    const uint64_t seed = 20260502;
    tone_random r;
    tone_random_seed(&r, seed);
    tone_error err;
    for (int round = 0; round < 300; round++) {
        tone_buf text = {0}, want = {0};
        /* Every third text has no place to cut for long stretches, so that it needs the heap. */
        uint64_t kinds = round % 3 == 0 ? 2 : N_PARTS, first = round % 3 == 0 ? 4 + tone_random_below(&r, 11) : 0;
        for (uint64_t n = tone_random_below(&r, 400); n > 0; n--) {
            size_t k = (size_t)((first + tone_random_below(&r, kinds)) % N_PARTS);
            tone_buf_puts(&text, parts[k]);
            tone_buf_puts(&want, strcmp(parts[k], "\xE2\x96\x81") == 0 ? " " : parts[k]);
        }
        tone_token_list ids = {0};
        char *back = NULL;
        size_t n = 0;
        CHECK(tone_tokenizer_encode(t, tone_buf_text(&text), text.n, 0, &ids, &err) == TONE_OK);
        CHECK(tone_tokenizer_decode(t, ids.ids, ids.n, 0, &back, &n, &err) == TONE_OK);
        CHECK_CASE(n == want.n && memcmp(back, tone_buf_text(&want), n) == 0, "round %d, seed %llu", round, (unsigned long long)seed);
        for (size_t i = 0; i < ids.n; i++)
            CHECK(tone_tokenizer_kind(t, ids.ids[i]) != TONE_TOKEN_CONTROL);
        free(back);
        tone_token_list_clear(&ids);
        tone_buf_clear(&text);
        tone_buf_clear(&want);
    }
}

/* A megabyte of one letter or of spaces.  Work that grew with the square of the length would take hours. */
static void test_long_runs(const tone_tokenizer *t)
{
    enum { LONG = 1 << 20 };
    static const char letters[] = " a\n";
    char *text = malloc(LONG);
    tone_error err;
    for (size_t k = 0; text && k < sizeof letters - 1; k++) {
        memset(text, letters[k], LONG);
        tone_token_list ids = {0};
        clock_t start = clock();
        CHECK(tone_tokenizer_encode(t, text, LONG, 0, &ids, &err) == TONE_OK);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        CHECK_CASE(seconds < 20, "%.1f s", seconds);
        size_t total = 0, n;
        for (size_t i = 0; i < ids.n; i++) {
            tone_tokenizer_bytes(t, ids.ids[i], &n);
            total += n;
        }
        CHECK(total == LONG);
        if (letters[k] != 'a')
            CHECK(ids.n == (LONG + 30) / 31);
        tone_token_list_clear(&ids);
    }
    free(text);
}

static void test_failures(void)
{
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"", "tokenizer.json"},
        {"[]", "an object should begin here"},
        {"{}", "model.vocab is missing"},
        {"{\"model\":{\"type\":\"Unigram\",\"vocab\":{}}}", "other than BPE"},
        {"{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}", "byte_fallback"},
        {"{\"model\":{\"vocab\":{}}} x", "byte 23"},
        {"{\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"vocab\":{\"a\":0}}}", "normalizer"},
        {"{\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,\"ignore_merges\":true,\"vocab\":{\"a\":0}}}", "ignore_merges"},
#define HEAD "{\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\" \"},\"content\":\"\xE2\x96\x81\"},\"model\":{\"type\":\"BPE\",\"byte_fallback\":true,"
        {HEAD "\"vocab\":{}}}", "empty"},
        {HEAD "\"vocab\":{\"a\":-1}}}", "whole number"},
        {HEAD "\"vocab\":{\"a\":0,\"b\":0}}}", "same id 0"},
        {HEAD "\"vocab\":{\"a\":0,\"b\":99999}}}", "too large"},
        {HEAD "\"vocab\":{\"a\":0}}}", "neither the byte token <0x00> nor <unk>"},
        {HEAD "\"vocab\":{\"a\":0,\"<unk>\":1},\"merges\":[[\"a\",\"a\"]]}}", "merge 0 makes 'aa', which is no token"},
        {HEAD "\"vocab\":{\"a\":0,\"<unk>\":1},\"merges\":[[\"a\"]]}}", "a merge is not two pieces"},
        {HEAD "\"vocab\":{\"a\":0,\"<unk>\":1},\"merges\":[\"aa\"]}}", "a merge is not two pieces"},
        {HEAD "\"vocab\":{\"a\":0,\"<unk>\":1}},\"added_tokens\":[{\"id\":2}]}", "added token 0"},
        {HEAD "\"vocab\":{\"a\":0,\"<unk>\":1}},\"added_tokens\":[{\"id\":2,\"content\":\"x\",\"lstrip\":true}]}", "lstrip"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_tokenizer *t = NULL;
        tone_error err = {0};
        CHECK_CASE(tone_tokenizer_open_memory(&t, cases[i].json, strlen(cases[i].json), &err) != TONE_OK && !t, "case %zu", i);
        CHECK_CASE(strstr(err.text, cases[i].says) != NULL, "case %zu says: %s", i, err.text);
        tone_tokenizer_close(t);
    }
    /* The smallest that works: one letter, a hole, and <unk> for the rest. */
    static const char small[] = HEAD "\"vocab\":{\"a\":0,\"<unk>\":1,\"aa\":3},\"merges\":[\"a a\"]}}";
    tone_tokenizer *t;
    tone_error err;
    if (CHECK(tone_tokenizer_open_memory(&t, small, strlen(small), &err) == TONE_OK)) {
        tone_token_list ids = {0};
        CHECK(tone_tokenizer_encode(t, "aaab", 4, 0, &ids, &err) == TONE_OK);
        CHECK(ids.n == 3 && ids.ids[0] == 3 && ids.ids[1] == 0 && ids.ids[2] == 1);
        CHECK(tone_tokenizer_kind(t, 2) == TONE_TOKEN_UNUSED);
        tone_token_list_clear(&ids);
        tone_tokenizer_close(t);
    }
    CHECK(tone_tokenizer_open(&t, "/nonexistent/tokenizer.json", &err) == TONE_ERR_NOT_FOUND && t == NULL);
}

/* generation_config.json beside the file: one more stop, two more that are never generated, or a sentence. */
static void test_generation_config(void)
{
    static const struct {
        const char *text, *says; /* NULL: it opens */
    } cases[] = {
        {"{\"eos_token_id\":[1,106,50,700],\"suppress_tokens\":[701,702,199],\"top_k\":64}", NULL},
        {"{\"eos_token_id\":700,\"suppress_tokens\":[701,702]}", NULL},
        {"{\"eos_token_id\":1074}", "eos_token_id names an id outside the vocabulary"},
        {"{\"suppress_tokens\":[\"x\"]}", "suppress_tokens names an id"},
        {"{", "not JSON"},
    };
    char folder[] = "/tmp/tone-token-XXXXXX", *from = golden_path("token/tokenizer.json"), *bytes = NULL;
    size_t n;
    tone_error err;
    if (!CHECK(mkdtemp(folder) != NULL) || !CHECK(tone_file_read(&bytes, &n, from, 1 << 24, &err) == TONE_OK))
        return;
    char *vocabulary = tone_path_join(folder, "tokenizer.json"), *config = tone_path_join(folder, "generation_config.json");
    CHECK(tone_file_write(vocabulary, bytes, n, &err) == TONE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_tokenizer *t;
        CHECK(tone_file_write(config, cases[i].text, strlen(cases[i].text), &err) == TONE_OK);
        tone_status status = tone_tokenizer_open(&t, i % 2 ? folder : vocabulary, &err);
        CHECK_CASE((status == TONE_OK) == !cases[i].says, "case %zu", i);
        if (t) {
            const tone_tokenizer_facts *info = tone_tokenizer_info(t);
            CHECK(info->n_stops == 4 && info->stops[3] == 700);
            CHECK(info->n_suppressed == 18 && info->suppressed[16] == 701 && info->suppressed[17] == 702);
        } else {
            CHECK_CASE(cases[i].says && strstr(err.text, cases[i].says), "case %zu says: %s", i, err.text);
        }
        tone_tokenizer_close(t);
    }
    remove(config);
    remove(vocabulary);
    remove(folder);
    free(config);
    free(vocabulary);
    free(from);
    free(bytes);
}

static tone_status open_bytes(tone_tokenizer **t, const char *bytes, size_t n, tone_error *err)
{
    if (n < 4 || memcmp(bytes, "GGUF", 4) != 0)
        return tone_tokenizer_open_memory(t, bytes, n, err);
    tone_gguf *g;
    tone_status status = tone_gguf_open_memory(&g, bytes, n, err);
    if (!status)
        status = tone_tokenizer_from_gguf(t, g, err);
    tone_gguf_close(g);
    return status;
}

/* A GGUF file or a tokenizer.json cut anywhere is refused in one line, never read past its end. */
static void test_cut_files(void)
{
    static const char *const names[] = {"token/tokenizer.json", "token/listed.gguf", "token/scored.gguf"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char *path = golden_path(names[k]), *bytes;
        size_t n;
        tone_error err;
        if (CHECK(tone_file_read(&bytes, &n, path, 1 << 24, &err) == TONE_OK)) {
            for (size_t at = 0; at < n; at += 1 + n / 211) {
                char *cut = malloc(at ? at : 1); /* of exactly that size, for the sanitizer */
                tone_tokenizer *t = NULL;
                if (CHECK(cut != NULL)) {
                    memcpy(cut, bytes, at);
                    CHECK_CASE(open_bytes(&t, cut, at, &err) != TONE_OK && !t, "%s cut at %zu", names[k], at);
                    CHECK(err.text[0] && !strchr(err.text, '\n'));
                }
                free(cut);
            }
            free(bytes);
        }
        free(path);
    }
}

int main(void)
{
    test_files();
    tone_tokenizer *t = open_golden("token/listed.gguf");
    if (t) {
        test_lookup(t);
        test_round_trip(t);
        test_long_runs(t);
        tone_tokenizer_close(t);
    }
    t = open_golden("token/scored.gguf");
    if (t) {
        test_round_trip(t);
        test_long_runs(t);
        tone_tokenizer_close(t);
    }
    test_failures();
    test_cut_files();
    test_generation_config();
    return check_done();
}
