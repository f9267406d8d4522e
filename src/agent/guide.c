#include "agent/guide.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { KEPT = 4 };

typedef struct kept {
    char *tools; /* NULL: the place is free */
    tone_tool_choice choice;
    tone_thought thought;
    tone_constraint *constraint;
    tone_constraint_state *state;
} kept;

struct tone_guides {
    tone_constraint_vocab *vocab;
    kept all[KEPT];
    size_t oldest; /* the place that is given up next */
    tone_gen_guide guide;
};

/* ---- what a generation asks */

static tone_status mask(void *arg, uint64_t *bits, tone_error *err)
{
    return tone_constraint_mask(arg, bits, err);
}

static tone_status accept(void *arg, tone_token id, tone_error *err)
{
    return tone_constraint_accept_token(arg, id, err);
}

static tone_status forced(void *arg, tone_token_list *out, tone_error *err)
{
    return tone_constraint_forced(arg, out, err);
}

/* ---- keeping */

tone_status tone_guides_open(tone_guides **out, const tone_tokenizer *tokenizer, tone_error *err)
{
    tone_guides *g = calloc(1, sizeof *g);
    *out = NULL;
    if (!g)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a guide");
    tone_status st = tone_constraint_vocab_of(&g->vocab, tokenizer, err);
    if (st) {
        free(g);
        return st;
    }
    *out = g;
    return TONE_OK;
}

static void give_up(kept *k)
{
    tone_constraint_state_close(k->state);
    tone_constraint_free(k->constraint);
    free(k->tools);
    *k = (kept){0};
}

void tone_guides_close(tone_guides *g)
{
    if (!g)
        return;
    for (size_t i = 0; i < KEPT; i++)
        give_up(&g->all[i]);
    tone_constraint_vocab_close(g->vocab);
    free(g);
}

static kept *find(tone_guides *g, const char *tools, tone_tool_choice choice, tone_thought thought)
{
    for (size_t i = 0; i < KEPT; i++) {
        kept *k = &g->all[i];
        if (k->tools && k->choice == choice && k->thought == thought && strcmp(k->tools, tools) == 0)
            return k;
    }
    return NULL;
}

static tone_status compile(tone_guides *g, kept *k, tone_error *err)
{
    /* What a declaration asks for and no mask can enforce is left to the check of the arguments. */
    const tone_constraint_options options = {.lenient = true};
    const tone_constraint_answer answer = {.tools = k->choice == TONE_TOOL_NONE ? NULL : k->tools,
        .tools_bytes = k->choice == TONE_TOOL_NONE ? 0 : strlen(k->tools), .choice = k->choice, .thought = k->thought};
    tone_status st = tone_constraint_compile_answer(&k->constraint, g->vocab, &answer, &options, err);
    if (!st)
        st = tone_constraint_state_open(&k->state, k->constraint, err);
    if (st == TONE_ERR_LIMIT && err) /* to callers of a backend that means time */
        err->code = TONE_ERR_UNSUPPORTED;
    return st == TONE_ERR_LIMIT ? TONE_ERR_UNSUPPORTED : st;
}

tone_status tone_guides_begin(tone_guides *g, const char *tools, tone_tool_choice choice, tone_thought thought,
                              const tone_gen_guide **out, tone_error *err)
{
    kept *k = find(g, tools, choice, thought);
    tone_status st;
    if (k) {
        st = tone_constraint_state_reset(k->state, err);
    } else {
        k = &g->all[g->oldest];
        g->oldest = (g->oldest + 1) % KEPT;
        give_up(k);
        *k = (kept){.tools = strdup(tools), .choice = choice, .thought = thought};
        st = k->tools ? compile(g, k, err) : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a guide");
        if (st)
            give_up(k);
    }
    g->guide = (tone_gen_guide){.arg = k->state, .mask = mask, .accept = accept, .forced = forced};
    *out = &g->guide;
    return st;
}
