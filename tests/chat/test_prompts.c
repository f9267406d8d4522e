/* Every golden request gives its prompt byte for byte: as the published template prints it, and as the engine does. */
#include "cases.h"
#include "chat/prompt.h"

static unsigned long n_prompts, n_refused;

/* Build and compare; `want` NULL: the request must be refused. */
static void compare(const tone_json_value *c, bool exact, const tone_json_value *want)
{
    tone_prompt_options o = {.template_exact = exact,
                             .family = tone_json_is(tone_json_get(c, "size"),
                                                    "large") ? TONE_CHAT_GEMMA4_LARGE : TONE_CHAT_GEMMA4_SMALL};
    tone_prompt *p;
    tone_error err = {0};
    tone_status st = tone_chat_prompt_build_json(&p, tone_json_get(c, "request"), &o, &err);
    if (!want) {
        n_refused++;
        CHECK_CASE(st == TONE_ERR_FORMAT && !p && err.text[0], "case %d, exact %d: not refused", cases_id(c), exact);
        tone_prompt_free(p);
        return;
    }
    n_prompts++;
    CHECK_CASE(!st, "case %d, exact %d: %s", cases_id(c), exact, err.text);
    if (st)
        return;
    size_t n;
    const char *text = tone_prompt_text(p, &n);
    bool same = n == want->n && memcmp(text, want->text, n) == 0;
    CHECK_CASE(same, "case %d, exact %d\n    got  %s\n    want %s", cases_id(c), exact, text, want->text);
    /* The segments are the text, cut; no two texts touch. */
    size_t n_segments, sum = 0;
    const tone_segment *s = tone_prompt_segments(p, &n_segments);
    for (size_t i = 0; i < n_segments; i++) {
        CHECK(s[i].text == text + sum);
        CHECK(s[i].kind != TONE_SEGMENT_TEXT || !i || s[i - 1].kind != TONE_SEGMENT_TEXT);
        sum += s[i].n;
    }
    CHECK(sum == n);
    tone_prompt_free(p);
}

int main(void)
{
    cases all;
    if (!cases_open(&all, "prompts/cases.jsonl"))
        return 1;
    for (const tone_json_value *c; (c = cases_next(&all)) != NULL;) {
        const tone_json_value *exact = tone_json_get(c, "prompt"), *engine = tone_json_get(c, "prompt_engine");
        compare(c, true, exact);
        compare(c, false, tone_json_get(c, "status") ? NULL : engine ? engine : exact);
    }
    cases_close(&all);
    printf("%lu prompts, %lu refusals\n", n_prompts, n_refused);
    CHECK(n_prompts > 700 && n_refused > 10);
    return check_done();
}
