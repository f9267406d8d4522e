/* Answers of tiny random models: a second turn evaluates what is new and nothing else, a thought ends with its budget, stop
 * strings and cancelling end an answer and leave a message.  A guide says what may be said, so that chance decides nothing
 * that is tested. */
#include <stdlib.h>

#include "check.h"
#include "format/json_tree.h"
#include "tonesmith/conversation.h"
#include "tonesmith/respond.h"

typedef struct rig {
    tone_model *model;
    tone_session *session;
    const tone_tokenizer *tokenizer;
} rig;

static bool open_rig(rig *g, const char *path)
{
    tone_error err = {0};
    *g = (rig){0};
    tone_status st = tone_model_open(&g->model, path, NULL, &err);
    tone_session_options o = tone_session_defaults();
    o.context = 512;
    if (!st)
        st = tone_session_open(&g->session, g->model, &o, &err);
    CHECK_CASE(!st, "%s: %s", path, err.text);
    if (!st)
        g->tokenizer = tone_model_tokenizer(g->model);
    return !st;
}

static void close_rig(rig *g)
{
    tone_session_close(g->session);
    tone_model_close(g->model);
}

/* ---- guides: only the letters a to e; or a given text, then whatever the letters say */

typedef struct script {
    const tone_tokenizer *tokenizer;
    tone_token_list ids; /* to say first */
    size_t said;
} script;

static tone_status letters(void *arg, uint64_t *bits, tone_error *err)
{
    const script *s = arg;
    (void)err;
    for (char c = 'a'; c <= 'e'; c++) {
        tone_token_list one = {0};
        CHECK(!tone_tokenizer_encode(s->tokenizer, &c, 1, 0, &one, NULL) && one.n == 1);
        bits[one.ids[0] / 64] |= 1ull << one.ids[0] % 64;
        tone_token_list_clear(&one);
    }
    return TONE_OK;
}

static tone_status accept(void *arg, tone_token id, tone_error *err)
{
    (void)arg, (void)id, (void)err;
    return TONE_OK;
}

static tone_status forced(void *arg, tone_token_list *out, tone_error *err)
{
    script *s = arg;
    return s->said < s->ids.n ? tone_token_list_push(out, s->ids.ids[s->said++], err) : TONE_OK;
}

static tone_gen_guide guide_of(script *s)
{
    return (tone_gen_guide){.arg = s, .mask = letters, .accept = accept, .forced = forced};
}

/* ---- one turn */

typedef struct turn {
    size_t n_prompt, n_reused, n_ids;
} turn;

/* Prompt, answer of at most n tokens, and the answer into the conversation. */
static turn answer(rig *g, tone_conversation *c, size_t n)
{
    tone_prompt *p;
    tone_token_list ids = {0};
    tone_error err = {0};
    turn t = {0};
    tone_status st = tone_conversation_prompt(c, &p, &err);
    if (!st)
        st = tone_prompt_encode(p, g->tokenizer, &ids, &err);
    script s = {.tokenizer = g->tokenizer};
    tone_gen_guide guide = guide_of(&s);
    tone_respond_options o = tone_respond_defaults();
    o.gen.max_tokens = n;
    o.gen.guide = &guide;
    tone_response r = {0};
    if (!st)
        st = tone_respond(g->session, &(tone_input){.ids = ids.ids, .n = ids.n}, &o, &r, &err);
    CHECK_CASE(!st, "%s", err.text);
    if (!st) {
        CHECK(r.message->faithful && r.message->finish == TONE_FINISH_LENGTH && r.message->content_n == n);
        CHECK(!tone_conversation_add_reply(c, r.message, r.ids, r.n_ids, &err));
        t = (turn){.n_prompt = r.gen.n_prompt, .n_reused = r.gen.n_reused, .n_ids = r.n_ids};
    }
    tone_response_clear(&r);
    tone_prompt_free(p);
    tone_token_list_clear(&ids);
    return t;
}

/* `empty_thought`: the frame shows the model one before its answer and forgets it afterwards. */
static void second_turn(const char *path, bool keep_all, bool empty_thought)
{
    rig g;
    tone_conversation *c;
    if (!open_rig(&g, path))
        return;
    if (CHECK(!tone_conversation_open(&c, g.tokenizer, tone_model_chat_family(g.model), NULL))) {
        tone_conversation_set_keep_all(c, keep_all);
        CHECK(!tone_conversation_set_system(c, "Be brief.", NULL));
        CHECK(!tone_conversation_add_user(c, "one two three", 13, NULL));
        turn first = answer(&g, c, 40);
        CHECK(first.n_reused == 0 && first.n_ids == 40);
        CHECK(!tone_conversation_add_user(c, "four", 4, NULL));
        turn second = answer(&g, c, 5);
        /* The last token of an answer has been chosen, not evaluated. */
        size_t held = first.n_prompt + first.n_ids - 1, lost = empty_thought ? first.n_ids - 1 + 4 : 0;
        tone_token_list label = {0};
        CHECK(!tone_tokenizer_encode(g.tokenizer, "thought\n", 8, 0, &label, NULL));
        if (empty_thought)
            lost += label.n - 2; /* <|channel>, the label's tokens, <channel|> */
        tone_token_list_clear(&label);
        CHECK_CASE(second.n_reused == held - lost, "%s: %zu of %zu tokens reused, expected %zu", path, second.n_reused,
                   held, held - lost);
        printf("second turn: %zu tokens, %zu evaluated\n", second.n_prompt, second.n_prompt - second.n_reused);
        /* To answer again evaluates the last token of the prompt at most. */
        tone_conversation_cut(c, tone_conversation_last_user(c) + 1);
        turn again = answer(&g, c, 5);
        CHECK_CASE(again.n_prompt == second.n_prompt && again.n_prompt - again.n_reused <= 1, "%zu of %zu reused",
                   again.n_reused, again.n_prompt);
        tone_conversation_close(c);
    }
    close_rig(&g);
}

static tone_token_list encode(const rig *g, const char *text)
{
    tone_token_list ids = {0};
    CHECK(!tone_tokenizer_encode(g->tokenizer, text, strlen(text), TONE_ENCODE_CONTROL, &ids, NULL));
    return ids;
}

static void budget(const char *path)
{
    rig g;
    if (!open_rig(&g, path))
        return;
    tone_token_list ids = encode(&g, "<bos><|turn>user\nx<turn|>\n<|turn>model\n");
    script s = {.tokenizer = g.tokenizer, .ids = encode(&g, "<|channel>thought\n")};
    tone_gen_guide guide = guide_of(&s);
    tone_respond_options o = tone_respond_defaults();
    o.gen.max_tokens = 60;
    o.gen.guide = &guide;
    o.thinking = true;
    o.thought_tokens = 20;
    tone_response r;
    tone_error err = {0};
    if (CHECK(!tone_respond(g.session, &(tone_input){.ids = ids.ids, .n = ids.n}, &o, &r, &err))) {
        const tone_message *m = r.message;
        CHECK(r.thought_cut && m->faithful);
        /* 20 tokens, of which the label has some, then the line break and the closing token. */
        CHECK_CASE(m->reasoning_n == 20 - (s.ids.n - 1), "a thought of %zu bytes", m->reasoning_n);
        CHECK(r.n_thought == 22);
        CHECK(m->content_n == 60 - 1 - 22);
        tone_response_clear(&r);
    }
    /* A budget that is not used up changes nothing. */
    s.said = 0;
    tone_token_list whole = encode(&g, "<|channel>thought\nab\n<channel|>cd<turn|>");
    tone_token_list_clear(&s.ids);
    s.ids = whole;
    if (CHECK(!tone_respond(g.session, &(tone_input){.ids = ids.ids, .n = ids.n}, &o, &r, &err))) {
        CHECK_STR(r.message->reasoning, "ab");
        CHECK_STR(r.message->content, "cd");
        CHECK(!r.thought_cut && r.message->finish == TONE_FINISH_STOP && r.gen.end == TONE_END_STOP_TOKEN &&
              r.n_ids == s.ids.n);
        tone_response_clear(&r);
    }
    tone_token_list_clear(&s.ids);
    tone_token_list_clear(&ids);
    close_rig(&g);
}

static bool three_tokens(void *user)
{
    return ++*(int *)user < 3;
}

static void other_ends(const char *path)
{
    rig g;
    if (!open_rig(&g, path))
        return;
    static const char *const stops[] = {"dce"};
    tone_token_list ids = encode(&g, "<bos>ab");
    script s = {.tokenizer = g.tokenizer, .ids = encode(&g, "abdcdceab")};
    tone_gen_guide guide = guide_of(&s);
    tone_respond_options o = tone_respond_defaults();
    o.gen.max_tokens = 60;
    o.gen.guide = &guide;
    o.gen.stops = stops;
    o.gen.n_stops = 1;
    tone_response r;
    if (CHECK(!tone_respond(g.session, &(tone_input){.ids = ids.ids, .n = ids.n}, &o, &r, NULL))) {
        CHECK_STR(r.message->content, "abdc");
        CHECK(r.gen.end == TONE_END_STOP_STRING && r.message->finish == TONE_FINISH_STOP && !r.message->faithful);
        tone_response_clear(&r);
    }
    int asked = 0;
    o.go_on = three_tokens;
    o.user = &asked;
    s.said = s.ids.n;
    if (CHECK(!tone_respond(g.session, &(tone_input){.ids = ids.ids, .n = ids.n}, &o, &r, NULL))) {
        CHECK(r.gen.end == TONE_END_CANCELLED && r.message->content_n == 3 && r.message->finish == TONE_FINISH_LENGTH &&
              r.n_ids == 3);
        tone_response_clear(&r);
    }
    tone_token_list_clear(&s.ids);
    tone_token_list_clear(&ids);
    close_rig(&g);
}

/* ---- rules: what a random model says under them is right ---- */

static const char tools[] = "[{\"type\":\"function\",\"function\":{\"name\":\"set_level\",\"description\":\"d\",\"parameters\":{\"type\":\"object\","
                            "\"properties\":{\"which\":{\"type\":\"string\",\"enum\":[\"dry\",\"wet\"]},\"level\":{\"type\":\"integer\",\"minimum\":0,\"maximum\":127},"
                            "\"note\":{\"type\":\"string\",\"maxLength\":6}},\"required\":[\"which\",\"level\"]}}},"
                            "{\"type\":\"function\",\"function\":{\"name\":\"now\"}}]";

typedef struct pieces {
    size_t n_begun, n_pieces;
} pieces;

static void count_pieces(void *user, const tone_reply_event *e)
{
    pieces *p = user;
    p->n_begun += e->kind == TONE_REPLY_CALL_BEGIN;
    p->n_pieces += e->kind == TONE_REPLY_CALL_ARGUMENTS;
}

static bool is_right_call(const tone_call *call)
{
    if (strcmp(call->name, "now") == 0)
        return strcmp(call->arguments, "{}") == 0;
    tone_json_tree *tree;
    if (strcmp(call->name, "set_level") != 0 || tone_json_tree_read(&tree, call->arguments, strlen(call->arguments),
                                                                    TONE_JSON_REJECT_DUPLICATES, NULL))
        return false;
    const tone_json_value *root = tone_json_tree_root(tree), *which = tone_json_get(root, "which");
    int64_t level = -1;
    bool right = (tone_json_is(which, "dry") || tone_json_is(which, "wet")) &&
        tone_json_int(tone_json_get(root, "level"), &level) && level >= 0 && level <= 127;
    for (const tone_json_value *v = root->first; v; v = v->next)
        right = right && (tone_json_key_is(v, "which") || tone_json_key_is(v, "level") ||
                          (tone_json_key_is(v, "note") && v->kind == TONE_JSON_STRING));
    tone_json_tree_free(tree);
    return right;
}

/* One answer under rules, hot and so without sense; the caller clears it. */
static bool ruled(rig *g, tone_rules *rules, const tone_constraint_answer *a, uint64_t max_tokens, uint64_t seed, pieces *p,
                  tone_response *r)
{
    tone_error err = {0};
    tone_token_list ids = encode(g, "<bos><|turn>user\nx<turn|>\n<|turn>model\n");
    tone_status st = tone_rules_set(rules, a, NULL, &err);
    tone_respond_options o = tone_respond_defaults();
    o.gen.max_tokens = max_tokens;
    o.gen.sampling.temperature = 1.5;
    o.gen.sampling.seed = seed;
    o.gen.guide = tone_rules_guide(rules);
    o.tools = a->tools;
    o.tools_n = a->tools_bytes;
    o.thinking = a->thought == TONE_THOUGHT_ALLOWED;
    o.thought_tokens = 12;
    o.strict_calls = true;
    o.sink = count_pieces;
    o.user = p;
    if (!st)
        st = tone_respond(g->session, &(tone_input){.ids = ids.ids, .n = ids.n}, &o, r, &err);
    CHECK_CASE(!st, "seed %llu: %s", (unsigned long long)seed, err.text);
    tone_token_list_clear(&ids);
    return !st;
}

/* Tokens run out in the middle: the document is closed before they do. */
static void closed_in_time(const char *path)
{
    static const char schema[] = "{\"type\":\"object\",\"properties\":{\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":2},"
                                 "\"ok\":{\"type\":\"boolean\"}},\"required\":[\"tags\",\"ok\"],\"additionalProperties\":false}";
    rig g;
    tone_rules *rules;
    if (!open_rig(&g, path))
        return;
    CHECK(!tone_rules_open(&rules, g.tokenizer, NULL));
    size_t n_cut = 0;
    for (uint64_t seed = 1; seed <= 20 && rules; seed++) {
        tone_response r;
        pieces p = {0};
        tone_json_tree *tree = NULL;
        tone_constraint_answer a = {.schema = schema, .schema_bytes = sizeof schema - 1};
        uint64_t limit = 40 + seed;
        if (!ruled(&g, rules, &a, limit, seed, &p, &r))
            continue;
        const tone_message *m = r.message;
        CHECK_CASE(!tone_json_tree_read(&tree, m->content, m->content_n, TONE_JSON_REJECT_DUPLICATES, NULL) &&
                       tone_json_get(tone_json_tree_root(tree), "ok"),
                   "seed %llu: %s", (unsigned long long)seed, m->content);
        CHECK(r.gen.n_generated <= limit);
        n_cut += r.gen.end == TONE_END_MAX_TOKENS;
        tone_json_tree_free(tree);
        tone_response_clear(&r);
    }
    CHECK_CASE(n_cut > 5, "only %zu of 20 ran out of tokens", n_cut);
    tone_rules_close(rules);
    close_rig(&g);
}

static void under_rules(const char *path)
{
    rig g;
    tone_rules *rules;
    tone_error err = {0};
    if (!open_rig(&g, path))
        return;
    CHECK_CASE(!tone_rules_open(&rules, g.tokenizer, &err), "%s", err.text);
    size_t n_calls = 0, n_streamed = 0, n_forced = 0;
    for (uint64_t seed = 1; seed <= 40 && rules; seed++) {
        tone_response r;
        pieces p = {0};
        tone_constraint_answer a = {.tools = tools, .tools_bytes = sizeof tools - 1, .choice = TONE_TOOL_REQUIRED,
            .one_call = true,
                                    .thought = seed % 2 ? TONE_THOUGHT_ALLOWED : TONE_THOUGHT_NONE};
        if (!ruled(&g, rules, &a, 300, seed, &p, &r))
            continue;
        const tone_message *m = r.message;
        CHECK_CASE(m->n_calls == 1 && is_right_call(&m->calls[0]) && !m->repaired, "seed %llu: %zu calls, %s %s",
                   (unsigned long long)seed, m->n_calls,
                   m->n_calls ? m->calls[0].name : "", m->n_calls ? m->calls[0].arguments : "");
        CHECK_CASE(m->finish == TONE_FINISH_TOOL_CALLS && m->faithful && !m->content, "seed %llu",
                   (unsigned long long)seed);
        CHECK(p.n_begun == 1);
        n_calls += m->n_calls;
        n_streamed += p.n_pieces > 1;
        n_forced += r.gen.n_forced;
        tone_response_clear(&r);
    }
    CHECK(n_calls == 40 && n_streamed > 5 && n_forced > 40);
    /* A document; and by name; and what is refused. */
    static const char schema[] = "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"},\"tag\":{\"type\":\"string\",\"maxLength\":5}},"
                                 "\"required\":[\"ok\",\"tag\"],\"additionalProperties\":false}";
    for (uint64_t seed = 1; seed <= 20 && rules; seed++) {
        tone_response r;
        pieces p = {0};
        tone_constraint_answer a = {.schema = schema, .schema_bytes = sizeof schema - 1,
            .thought = seed % 2 ? TONE_THOUGHT_ALLOWED : TONE_THOUGHT_NONE};
        if (!ruled(&g, rules, &a, 300, seed, &p, &r))
            continue;
        tone_json_tree *tree = NULL;
        bool json = !tone_json_tree_read(&tree, r.message->content, r.message->content_n, TONE_JSON_REJECT_DUPLICATES,
                                         NULL);
        CHECK_CASE(json && tone_json_tree_root(tree)->count == 2 && r.message->finish == TONE_FINISH_STOP &&
                   *tone_rules_missing(rules) == 0,
                   "seed %llu: %s", (unsigned long long)seed, r.message->content);
        tone_json_tree_free(tree);
        tone_response_clear(&r);
    }
    tone_response r;
    pieces p = {0};
    tone_constraint_answer named = {.tools = tools, .tools_bytes = sizeof tools - 1, .choice = TONE_TOOL_REQUIRED,
        .name = "now", .one_call = true};
    if (rules && ruled(&g, rules, &named, 300, 7, &p, &r)) {
        CHECK(r.message->n_calls == 1 && strcmp(r.message->calls[0].name, "now") == 0);
        tone_response_clear(&r);
    }
    tone_constraint_answer bad = {.schema = "{\"type\":\"banana\"}", .schema_bytes = 17};
    CHECK(rules && tone_rules_set(rules, &bad, NULL, &err) != TONE_OK && err.text[0] && !tone_rules_guide(rules) &&
          *tone_rules_missing(rules) == 0);
    tone_constraint_answer unlike = {.schema = "{\"type\":\"array\",\"uniqueItems\":true}", .schema_bytes = 35};
    CHECK(rules && tone_rules_set(rules, &unlike, NULL, &err) == TONE_ERR_UNSUPPORTED && !tone_rules_warning(rules, 0));
    CHECK(rules && !tone_rules_set(rules, &unlike, &(tone_constraint_options){.lenient = true}, &err) &&
          tone_rules_warning(rules, 0));
    tone_rules_close(rules);
    close_rig(&g);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: test_respond SMALL.gguf LARGE.gguf\n");
        return 2;
    }
    second_turn(argv[1], false, false);
    second_turn(argv[2], true, false);
    second_turn(argv[2], false, true);
    budget(argv[1]);
    other_ends(argv[1]);
    under_rules(argv[1]);
    under_rules(argv[2]);
    closed_in_time(argv[1]);
    return check_done();
}
