/* Every golden output gives its message: whole, cut at each byte, byte by byte, and token by token where the vocabulary is
 * at hand.  What the events say, joined, is the message; nothing is taken back. */
#include "heard.h"
#include "vocabulary.h"

/* How the text of a case is cut. */
typedef struct cutting {
    size_t step; /* bytes at a time; 0: whole */
    size_t once; /* one cut after this byte of all the text; 0: none */
    const tone_tokenizer *tokenizer; /* by the tokens of `ids` */
    bool strict;
} cutting;

static bool same_text(const tone_json_value *want, const char *text, size_t n)
{
    if (!want || want->kind == TONE_JSON_NULL)
        return !text;
    return text && want->n == n && memcmp(want->text, text, n) == 0;
}

/* Equal as JSON with the digits and the order of keys kept: escapes may differ. */
static bool same_json(const char *got, const tone_json_value *want)
{
    tone_json_tree *a = NULL, *b = NULL;
    tone_buf p = {0}, q = {0};
    if (!tone_json_tree_read(&a, got, strlen(got), 0, NULL) && !tone_json_tree_read(&b, want->text, want->n, 0, NULL)) {
        tone_json_write(&p, tone_json_tree_root(a));
        tone_json_write(&q, tone_json_tree_root(b));
    }
    bool same = p.n && p.n == q.n && memcmp(p.data, q.data, p.n) == 0;
    tone_json_tree_free(a);
    tone_json_tree_free(b);
    tone_buf_clear(&p);
    tone_buf_clear(&q);
    return same;
}

static bool same_message(const tone_message *m, const tone_json_value *want)
{
    const tone_json_value *calls = tone_json_get(want, "tool_calls");
    bool same = same_text(tone_json_get(want, "content"), m->content, m->content_n) &&
                same_text(tone_json_get(want, "reasoning"), m->reasoning, m->reasoning_n) &&
                tone_json_is(tone_json_get(want, "finish_reason"), tone_finish_text(m->finish)) &&
                tone_json_truthy(tone_json_get(want, "repaired")) == m->repaired && calls->count == m->n_calls;
    const tone_json_value *c = calls->first;
    for (size_t i = 0; same && i < m->n_calls; i++, c = c->next)
        same = tone_json_is(tone_json_get(c, "name"), m->calls[i].name) &&
            same_json(m->calls[i].arguments, tone_json_get(c, "arguments"));
    return same;
}

static bool same_events(const heard *h, const tone_message *m)
{
    bool same = !h->disorder && h->over && h->finish == m->finish && h->begun == m->n_calls && h->ended == m->n_calls;
    same = same && h->content.n == m->content_n && memcmp(tone_buf_text(&h->content), m->content ? m->content : "",
                                                          m->content_n) == 0;
    same = same && h->reasoning.n == m->reasoning_n && memcmp(tone_buf_text(&h->reasoning),
                                                              m->reasoning ? m->reasoning : "", m->reasoning_n) == 0;
    for (size_t i = 0; same && i < m->n_calls; i++)
        same = strcmp(tone_buf_text(&h->names[i]), m->calls[i].name) == 0 &&
            strcmp(tone_buf_text(&h->arguments[i]), m->calls[i].arguments) == 0;
    return same;
}

static void give_text(tone_reply *r, const tone_json_value *text, const cutting *cut, size_t *given)
{
    size_t step = cut->step ? cut->step : text->n;
    if (cut->once > *given && cut->once < *given + text->n) {
        step = cut->once - *given;
        tone_reply_text(r, text->text, step);
        tone_reply_text(r, text->text + step, text->n - step);
    } else {
        for (size_t at = 0; at < text->n; at += step)
            tone_reply_text(r, text->text + at, text->n - at < step ? text->n - at : step);
    }
    *given += text->n;
}

/* Returns how many bytes of text the case has. */
static size_t run(const tone_json_value *c, cutting cut)
{
    const tone_json_value *tools = tone_json_get(c, "tools");
    tone_buf text = {0};
    heard h = {0};
    tone_json_write(&text, tools);
    tone_reply_options o = {.tokenizer = cut.tokenizer, .tools = text.data, .tools_n = text.n, .sink = heard_event,
        .user = &h, .strict_calls = cut.strict,
                            .thinking = tone_json_truthy(tone_json_get(c, "thinking")),
                            .open_thought = tone_json_is(tone_json_get(c, "prompt_ends"), "open-thought")};
    tone_reply *r;
    tone_error err = {0};
    size_t given = 0;
    tone_status st = tone_reply_open(&r, &o, &err);
    CHECK_CASE(!st, "%s", err.text);
    tone_buf_clear(&text);
    if (st)
        return 0;
    const tone_json_value *events = tone_json_get(c, cut.tokenizer ? "ids" : "events");
    for (const tone_json_value *e = events->first; e; e = e->next) {
        int64_t id;
        if (e->kind == TONE_JSON_STRING)
            give_text(r, e, &cut, &given);
        else if (tone_json_int(e, &id))
            tone_reply_token(r, (tone_token)id);
    }
    const tone_message *m;
    st = tone_reply_finish(r, tone_json_is(tone_json_get(c, "end"), "length") ? TONE_FINISH_LENGTH : TONE_FINISH_STOP,
                           &m, &err);
    CHECK_CASE(!st, "%s", err.text);
    if (m) {
        const char *shown = tone_json_get(c, "text")->text;
        CHECK_CASE(same_message(m, tone_json_get(c, "expect")), "case %d, step %zu, cut %zu, strict %d: %s", cases_id(c),
                   cut.step, cut.once, cut.strict, shown);
        CHECK_CASE(same_events(&h, m), "case %d, step %zu, cut %zu, strict %d: the events are not the message: %s",
                   cases_id(c), cut.step, cut.once, cut.strict, shown);
    }
    heard_clear(&h);
    tone_reply_close(r);
    return given;
}

int main(void)
{
    cases all;
    char path[1024];
    tone_tokenizer *t = NULL;
    tone_error err = {0};
    size_t n_cuts = 0, n_strict = 0;
    if (vocabulary_path(path, sizeof path))
        CHECK_CASE(!tone_tokenizer_open(&t, path, &err), "%s", err.text);
    else
        printf("skipped: token by token, " VOCABULARY_MISSING "\n");
    if (!cases_open(&all, "parse/cases.jsonl"))
        return 1;
    for (const tone_json_value *c; (c = cases_next(&all)) != NULL;) {
        size_t n = run(c, (cutting){0});
        for (size_t step = 1; step <= 4; step++)
            run(c, (cutting){.step = step});
        for (size_t i = 1; i < n; i++, n_cuts++)
            run(c, (cutting){.once = i});
        if (t)
            run(c, (cutting){.tokenizer = t});
        /* What a constraint lets through can be handed out as it comes, and comes to the same. */
        if (tone_json_is(tone_json_get(c, "tag"), "well-formed")) {
            run(c, (cutting){.strict = true});
            run(c, (cutting){.strict = true, .step = 1});
            n_strict++;
        }
    }
    cases_close(&all);
    tone_tokenizer_close(t);
    printf("%zu single cuts, %zu cases handed out as they came\n", n_cuts, n_strict);
    CHECK(n_cuts > 10000 && n_strict > 100);
    return check_done();
}
