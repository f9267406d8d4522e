/* A conversation's prompts begin with what the model has already read and said, token for token; where the frame wants
 * something forgotten they part exactly there.  Files, and going back. */
#include <unistd.h>

#include "cases.h"
#include "tonesmith/conversation.h"

static const char tools[] = "[{\"type\":\"function\",\"function\":{\"name\":\"get_x\",\"description\":\"d\",\"parameters\":{\"type\":\"object\","
                            "\"properties\":{\"b\":{\"type\":\"number\"},\"a\":{\"type\":\"string\"}}}}}]";
static tone_tokenizer *tokenizer;

static tone_token_list prompt_ids(tone_conversation *c, bool *open_thought)
{
    tone_prompt *p;
    tone_error err = {0};
    tone_token_list ids = {0};
    tone_status st = tone_conversation_prompt(c, &p, &err);
    CHECK_CASE(!st, "%s", err.text);
    if (!st) {
        CHECK(!tone_prompt_encode(p, tokenizer, &ids, &err));
        if (open_thought)
            *open_thought = tone_prompt_open_thought(p);
    }
    tone_prompt_free(p);
    return ids;
}

/* Tokens of an answer: control tokens as spelled, other text one character at a time, as no tokenizer would write it. */
static tone_token_list answer_ids(const char *text)
{
    tone_token_list ids = {0};
    while (*text) {
        char literal[32];
        const char *end = *text == '<' ? strchr(text, '>') : NULL;
        tone_token id = TONE_TOKEN_NONE;
        if (end && (size_t)(end + 1 - text) < sizeof literal) {
            snprintf(literal, sizeof literal, "%.*s", (int)(end + 1 - text), text);
            id = tone_tokenizer_find(tokenizer, literal);
        }
        if (id != TONE_TOKEN_NONE) {
            CHECK(!tone_token_list_push(&ids, id, NULL));
            text = end + 1;
        } else {
            CHECK(!tone_tokenizer_encode(tokenizer, text, 1, 0, &ids, NULL));
            text++;
        }
    }
    return ids;
}

/* Read the answer and add it; returns its tokens. */
static tone_token_list answer(tone_conversation *c, const char *text, bool open_thought, bool faithful)
{
    tone_token_list ids = answer_ids(text);
    size_t tools_n;
    const char *t = tone_conversation_tools(c, &tools_n);
    tone_reply_options o = {.tokenizer = tokenizer, .tools = t, .tools_n = tools_n, .open_thought = open_thought,
        .thinking = tone_conversation_thinking(c)};
    tone_reply *r;
    const tone_message *m;
    if (CHECK(!tone_reply_open(&r, &o, NULL))) {
        for (size_t i = 0; i < ids.n; i++)
            tone_reply_token(r, ids.ids[i]);
        CHECK(!tone_reply_finish(r, TONE_FINISH_STOP, &m, NULL));
        CHECK_CASE(m->faithful == faithful, "%s", text);
        CHECK(!tone_conversation_add_reply(c, m, ids.ids, ids.n, NULL));
    }
    tone_reply_close(r);
    return ids;
}

static void append(tone_token_list *to, tone_token_list *more)
{
    for (size_t i = 0; i < more->n; i++)
        CHECK(!tone_token_list_push(to, more->ids[i], NULL));
    tone_token_list_clear(more);
}

static size_t common(const tone_token_list *a, const tone_token_list *b)
{
    size_t n = 0;
    while (n < a->n && n < b->n && a->ids[n] == b->ids[n])
        n++;
    return n;
}

static tone_conversation *start(tone_chat_family family, bool thinking)
{
    tone_conversation *c;
    CHECK(!tone_conversation_open(&c, tokenizer, family, NULL));
    CHECK(!tone_conversation_set_system(c, "Be brief.", NULL));
    tone_conversation_set_thinking(c, thinking);
    CHECK(!tone_conversation_add_user(c, "one two", 7, NULL));
    return c;
}

/* Two turns of plain text; `lost`: tokens at the end of what was held that the second prompt cannot use. */
static void plain_turns(tone_chat_family family, bool keep_all, size_t lost_of_prompt, bool lose_answer)
{
    tone_conversation *c = start(family, false);
    tone_conversation_set_keep_all(c, keep_all);
    tone_token_list held = prompt_ids(c, NULL);
    size_t n_prompt = held.n;
    tone_token_list said = answer(c, family == TONE_CHAT_GEMMA3 ? "three four\n<end_of_turn>" : "three four\n<turn|>",
                                  false, true);
    size_t n_said = said.n;
    append(&held, &said);
    CHECK(!tone_conversation_add_user(c, "five", 4, NULL));
    tone_token_list next = prompt_ids(c, NULL);
    size_t kept = common(&held, &next), want = lose_answer ? n_prompt - lost_of_prompt : n_prompt + n_said;
    CHECK_CASE(kept == want, "family %d: %zu tokens kept of %zu + %zu, not %zu", (int)family, kept, n_prompt, n_said,
               want);
    CHECK(next.n > kept);
    tone_token_list_clear(&held);
    tone_token_list_clear(&next);
    tone_conversation_close(c);
}

/* A thought and a call, its result, a thought and an answer; then the next question. */
static void tool_turns(bool keep_all)
{
    tone_conversation *c = start(TONE_CHAT_GEMMA4_LARGE, true);
    tone_conversation_set_keep_all(c, keep_all);
    CHECK(!tone_conversation_set_tools(c, tools, sizeof tools - 1, NULL));
    bool open;
    tone_token_list held = prompt_ids(c, &open);
    size_t n_first = held.n;
    CHECK(!open);
    /* Not in the order and spacing in which a template would print it. */
    tone_token_list said = answer(c,
                                  "<|channel>thought\nhm\n<channel|><|tool_call>call:get_x{b:1.50, a:<|\"|>x<|\"|>}<tool_call|><|tool_response>", false, true);
    append(&held, &said);
    if (CHECK(tone_conversation_n_pending(c) == 1)) {
        tone_conversation_call call = tone_conversation_pending(c, 0);
        CHECK_STR(call.name, "get_x");
        CHECK_STR(call.arguments, "{\"b\":1.50,\"a\":\"x\"}");
        CHECK(!tone_conversation_add_result(c, call.id, "{\"y\":2}", 7, true, NULL));
    }
    CHECK(tone_conversation_n_pending(c) == 0);
    tone_token_list next = prompt_ids(c, &open);
    CHECK(open);
    CHECK_CASE(common(&held, &next) == held.n, "%zu of %zu tokens kept after a call", common(&held, &next), held.n);
    tone_token_list_clear(&held);
    held = next;
    said = answer(c, "so\n<channel|>It is 2.<turn|>", true, true);
    append(&held, &said);
    CHECK(!tone_conversation_add_user(c, "and", 3, NULL));
    next = prompt_ids(c, NULL);
    size_t want = keep_all ? held.n : n_first; /* thoughts are forgotten: the first one opens the answer */
    CHECK_CASE(common(&held, &next) == want, "keep %d: %zu tokens kept, not %zu of %zu", keep_all, common(&held, &next),
               want, held.n);
    tone_token_list_clear(&held);
    tone_token_list_clear(&next);
    tone_conversation_close(c);
}

/* What had to be mended is said again as it was understood. */
static void mended(void)
{
    tone_conversation *c = start(TONE_CHAT_GEMMA4_SMALL, false);
    CHECK(!tone_conversation_set_tools(c, tools, sizeof tools - 1, NULL));
    tone_token_list held = prompt_ids(c, NULL), said = answer(c,
                                                              "<|tool_call>call:get_x{\"b\"=1}<tool_call|><|tool_response>", false, false);
    tone_prompt *p;
    size_t n;
    if (CHECK(!tone_conversation_prompt(c, &p, NULL)))
        CHECK(strstr(tone_prompt_text(p, &n), "<|tool_call>call:get_x{b:1}<tool_call|>"));
    tone_prompt_free(p);
    tone_token_list_clear(&held);
    tone_token_list_clear(&said);
    tone_conversation_close(c);
}

static void going_back(void)
{
    tone_conversation *c = start(TONE_CHAT_GEMMA4_SMALL, false);
    tone_token_list first = prompt_ids(c, NULL), said = answer(c, "three<turn|>", false, true);
    tone_token_list_clear(&said);
    CHECK(tone_conversation_n(c) == 2 && tone_conversation_last_user(c) == 0);
    size_t n;
    CHECK_STR(tone_conversation_role(c, 1), "assistant");
    CHECK_STR(tone_conversation_text(c, 1, &n), "three");
    CHECK(n == 5 && *tone_conversation_reasoning(c, 1, &n) == 0 && tone_conversation_n_calls(c, 1) == 0);
    tone_conversation_cut(c, tone_conversation_last_user(c) + 1);
    tone_token_list again = prompt_ids(c, NULL);
    CHECK(first.n == again.n && common(&first, &again) == first.n);
    tone_conversation_cut(c, tone_conversation_last_user(c));
    CHECK(tone_conversation_n(c) == 0 && tone_conversation_last_user(c) == 0);
    tone_token_list_clear(&first);
    tone_token_list_clear(&again);
    /* Two results for three calls, out of order. */
    static const char calls[] = "{\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"p\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
                                "{\"id\":\"q\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}},{\"id\":\"r\",\"function\":{\"name\":\"h\",\"arguments\":\"{}\"}}]}";
    CHECK(!tone_conversation_add(c, calls, sizeof calls - 1, NULL));
    CHECK(tone_conversation_n_pending(c) == 3 && tone_conversation_n_calls(c, 0) == 3);
    CHECK(!tone_conversation_add_result(c, "q", "x", 1, false, NULL));
    CHECK(tone_conversation_n_pending(c) == 2);
    CHECK_STR(tone_conversation_pending(c, 1).name, "h");
    CHECK_STR(tone_conversation_call_at(c, 0, 1).id, "q");
    tone_error err;
    CHECK(tone_conversation_add_result(c, "p", "[1]", 3, true, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_conversation_add_user(c, "\xFF", 1, &err) == TONE_ERR_ARGUMENT && tone_conversation_n(c) == 2);
    CHECK(tone_conversation_add(c, "{\"role\":1}", 10, &err) == TONE_ERR_FORMAT && tone_conversation_n(c) == 2);
    CHECK(tone_conversation_set_tools(c, "[{}]", 4, &err) == TONE_ERR_FORMAT);
    tone_conversation_close(c);
}

static void files(void)
{
    tone_conversation *c = start(TONE_CHAT_GEMMA4_LARGE, true), *d;
    CHECK(!tone_conversation_set_tools(c, tools, sizeof tools - 1, NULL));
    tone_token_list ids = prompt_ids(c, NULL);
    tone_token_list_clear(&ids);
    ids = answer(c, "<|channel>thought\nhm\n<channel|>a\"b\n<|tool_call>call:get_x{b:12345678901234567890}<tool_call|><|tool_response>", false, true);
    tone_token_list_clear(&ids);
    char path[] = "/tmp/tone-conversation-XXXXXX", *text, *other;
    size_t n, other_n;
    tone_error err = {0};
    int fd = mkstemp(path);
    CHECK(fd >= 0);
    close(fd);
    CHECK_CASE(!tone_conversation_save(c, path, &err), "%s", err.text);
    CHECK(!tone_conversation_open(&d, tokenizer, TONE_CHAT_GEMMA4_LARGE, NULL));
    CHECK_CASE(!tone_conversation_load(d, path, &err), "%s", err.text);
    CHECK(!tone_conversation_write(c, &text, &n, NULL) && !tone_conversation_write(d, &other, &other_n, NULL));
    CHECK_STR(other, text);
    CHECK(tone_conversation_thinking(d) && tone_conversation_n(d) == 2 && tone_conversation_n_pending(d) == 1);
    CHECK_STR(tone_conversation_system(d), "Be brief.");
    free(other);
    /* No part of a file is taken for one, and a file that is refused changes nothing. */
    for (size_t i = 0; i + 2 < n; i++)
        CHECK_CASE(tone_conversation_read(d, text, i, &err) == TONE_ERR_FORMAT, "%zu bytes of %zu", i, n);
    static const char *const bad[] = {
        "{\"format\":\"tonesmith conversation 2\",\"messages\":[]}",
        "{\"messages\":[{\"role\":\"user\",\"role\":\"system\"}]}",
        "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}]}",
        "{\"messages\":[],\"tools\":[{\"function\":{\"name\":\"f\",\"parameters\":{\"required\":3}}}]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"image\"}]}]}",
        "[]", "null", "{}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_CASE(tone_conversation_read(d, bad[i], strlen(bad[i]), &err) != TONE_OK && err.text[0], "%s", bad[i]);
    CHECK(!tone_conversation_write(d, &other, &other_n, NULL));
    CHECK_STR(other, text);
    free(other);
    /* A request as clients send it is a conversation too. */
    static const char request[] = "{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"A\"},{\"type\":\"text\",\"text\":\"B\"}]},{\"role\":\"user\",\"content\":\"x\"}]}";
    CHECK(!tone_conversation_read(d, request, sizeof request - 1, NULL) && tone_conversation_n(d) == 1);
    CHECK_STR(tone_conversation_system(d), "A B ");
    free(text);
    unlink(path);
    tone_conversation_close(c);
    tone_conversation_close(d);
}

/* A turn of several parts: a prompt that says where each file stands, and a file that says it again. */
static void parts(void)
{
    tone_error err = {0};
    tone_conversation *c, *d;
    tone_prompt *p;
    char *text;
    size_t n, m = 0;
    CHECK(!tone_conversation_open(&c, tokenizer, TONE_CHAT_GEMMA4_SMALL, &err) && !tone_conversation_open(&d, tokenizer, TONE_CHAT_GEMMA4_SMALL, &err));
    const tone_part all[] = {{.kind = TONE_PART_IMAGE, .text = "/a \"b\".png", .hash = "0123", .budget = 560}, {.kind = TONE_PART_TEXT, .text = " one ", .n = 5},
                             {.kind = TONE_PART_AUDIO, .text = "/c.wav"}};
    CHECK_CASE(!tone_conversation_add_parts(c, all, 3, &err), "%s", err.text);
    const tone_part bad = {.kind = TONE_PART_IMAGE, .text = "/\xff.png"};
    CHECK(tone_conversation_add_parts(c, &bad, 1, &err) == TONE_ERR_ARGUMENT && tone_conversation_n(c) == 1);
    CHECK_STR(tone_conversation_text(c, 0, &n), " one ");
    CHECK(!tone_conversation_write(c, &text, &n, &err) && !tone_conversation_read(d, text, n, &err));
    free(text);
    CHECK(!tone_conversation_prompt(d, &p, &err));
    CHECK(strstr(tone_prompt_text(p, &n), "<|turn>user\n<|image|>one<|audio|><turn|>"));
    const tone_segment *s = tone_prompt_segments(p, &n), *media[2] = {NULL, NULL};
    for (size_t i = 0; i < n; i++)
        if (s[i].kind == TONE_SEGMENT_MEDIA && m < 2)
            media[m++] = &s[i];
    if (CHECK(m == 2)) {
        CHECK_STR(media[0]->path, "/a \"b\".png");
        CHECK_STR(media[0]->hash, "0123");
        CHECK_STR(media[1]->path, "/c.wav");
        CHECK(media[0]->budget == 560 && !media[1]->hash && !media[1]->budget && media[1]->part == 2);
    }
    tone_prompt_free(p);
    /* What is no path, and no number, from anywhere. */
    static const char hostile[] = "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image\",\"path\":\"a\\u0000b\",\"hash\":7,\"budget\":-3},"
                                  "{\"type\":\"image\",\"path\":[],\"budget\":99999999999}]}]}";
    CHECK(!tone_conversation_read(d, hostile, sizeof hostile - 1, &err) && !tone_conversation_prompt(d, &p, &err));
    s = tone_prompt_segments(p, &n);
    for (size_t i = 0; i < n; i++)
        CHECK(!s[i].path && !s[i].hash && !s[i].budget);
    tone_prompt_free(p);
    tone_conversation_close(c);
    tone_conversation_close(d);
}

int main(void)
{
    char path[1024];
    const char *folder = getenv("TONE_GOLDEN");
    tone_error err = {0};
    snprintf(path, sizeof path, "%s/token/tokenizer.json", folder ? folder : "tests/golden");
    CHECK_CASE(!tone_tokenizer_open(&tokenizer, path, &err), "%s", err.text);
    if (!tokenizer)
        return 1;
    plain_turns(TONE_CHAT_GEMMA4_SMALL, false, 0, false);
    plain_turns(TONE_CHAT_GEMMA4_LARGE, true, 0, false);
    size_t empty_thought = 2; /* <|channel> and <channel|>, and the label's tokens */
    tone_token_list label = {0};
    CHECK(!tone_tokenizer_encode(tokenizer, "thought\n", 8, 0, &label, NULL));
    plain_turns(TONE_CHAT_GEMMA4_LARGE, false, empty_thought + label.n, true);
    tone_token_list_clear(&label);
    tool_turns(false);
    tool_turns(true);
    mended();
    going_back();
    files();
    parts();
    tone_tokenizer_close(tokenizer);
    return check_done();
}
