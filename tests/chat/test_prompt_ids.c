/* The ids of every golden prompt, with Gemma 4's own vocabulary: the frame as control tokens, all text of the caller as
 * ordinary text; and, when the text is trusted, the control tokens it spells. */
#include "cases.h"
#include "chat/prompt.h"
#include "vocabulary.h"

static void compare(const tone_json_value *c, const tone_tokenizer *t, tone_prompt_options o, const tone_json_value *want)
{
    if (!want)
        return;
    o.family = tone_json_is(tone_json_get(c, "size"), "large") ? TONE_CHAT_GEMMA4_LARGE : TONE_CHAT_GEMMA4_SMALL;
    tone_prompt *p;
    tone_error err = {0};
    tone_token_list ids = {0};
    tone_status st = tone_chat_prompt_build_json(&p, tone_json_get(c, "request"), &o, &err);
    if (!st)
        st = tone_prompt_encode(p, t, &ids, &err);
    CHECK_CASE(!st, "case %d: %s", cases_id(c), err.text);
    bool same = ids.n == want->count;
    const tone_json_value *id = want->first;
    for (size_t i = 0; same && i < ids.n; i++, id = id->next) {
        int64_t v = -1;
        same = tone_json_int(id, &v) && v == ids.ids[i];
    }
    CHECK_CASE(same, "case %d, exact %d, trusted %d: other ids", cases_id(c), o.template_exact, o.trust_text);
    tone_token_list_clear(&ids);
    tone_prompt_free(p);
}

int main(void)
{
    char path[1024];
    if (!vocabulary_path(path, sizeof path))
        return check_skip(VOCABULARY_MISSING);
    tone_tokenizer *t;
    tone_error err = {0};
    cases all;
    CHECK_CASE(tone_tokenizer_open(&t, path, &err) == TONE_OK, "%s", err.text);
    if (!t || !cases_open(&all, "prompts/cases.jsonl"))
        return 1;
    for (const tone_json_value *c; (c = cases_next(&all)) != NULL;) {
        const tone_json_value *ids = tone_json_get(c, "ids"), *engine = tone_json_get(c, "ids_engine"),
            *parsed = tone_json_get(c, "ids_parsed");
        compare(c, t, (tone_prompt_options){.template_exact = true}, ids);
        compare(c, t, (tone_prompt_options){0}, engine ? engine : ids);
        compare(c, t, (tone_prompt_options){.template_exact = true, .trust_text = true}, parsed ? parsed : ids);
    }
    cases_close(&all);
    tone_tokenizer_close(t);
    return check_done();
}
