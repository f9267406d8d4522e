#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "tonesmith/respond.h"

struct tone_rules {
    tone_constraint_vocab *vocab;
    tone_constraint *constraint;
    tone_constraint_state *state; /* NULL: nothing is set */
    tone_buf last;                /* what the constraint was made from */
    tone_gen_guide guide;
};

static tone_status mask(void *arg, uint64_t *bits, tone_error *err)
{
    return tone_constraint_mask(((tone_rules *)arg)->state, bits, err);
}

static tone_status accept(void *arg, tone_token id, tone_error *err)
{
    return tone_constraint_accept_token(((tone_rules *)arg)->state, id, err);
}

static tone_status forced(void *arg, tone_token_list *out, tone_error *err)
{
    return tone_constraint_forced(((tone_rules *)arg)->state, out, err);
}

tone_status tone_rules_open(tone_rules **out, const tone_tokenizer *t, tone_error *err)
{
    tone_rules *r = *out = calloc(1, sizeof *r);
    if (!r)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for rules");
    r->guide = (tone_gen_guide){.arg = r, .mask = mask, .accept = accept, .forced = forced};
    tone_status st = tone_constraint_vocab_of(&r->vocab, t, err);
    if (st) {
        tone_rules_close(r);
        *out = NULL;
    }
    return st;
}

static void forget(tone_rules *r)
{
    tone_constraint_state_close(r->state);
    tone_constraint_free(r->constraint);
    r->state = NULL;
    r->constraint = NULL;
    tone_buf_reset(&r->last);
}

void tone_rules_close(tone_rules *r)
{
    if (!r)
        return;
    forget(r);
    tone_buf_clear(&r->last);
    tone_constraint_vocab_close(r->vocab);
    free(r);
}

/* An answer's description as one run of bytes: equal runs, equal constraints. */
static void describe(tone_buf *b, const tone_constraint_answer *a, const tone_constraint_options *o)
{
    const char *name = a->name ? a->name : "";
    tone_buf_printf(b, "%d %d %d %zu %zu %s ", (int)a->choice, (int)a->one_call, (int)a->thought, a->tools ? a->tools_bytes : 0,
                    a->schema ? a->schema_bytes + 1 : 0, name);
    if (o)
        tone_buf_printf(b, "%d%d%d%d%d %u ", o->lenient, o->any_order, o->spaces, o->closed, o->allow_none, o->max_depth);
    tone_buf_append(b, a->tools, a->tools ? a->tools_bytes : 0);
    tone_buf_append(b, a->schema, a->schema ? a->schema_bytes : 0);
}

static tone_status compile(tone_rules *r, const tone_constraint_answer *a, const tone_constraint_options *o, tone_error *err)
{
    /* Families without calls and thoughts have JSON documents all the same. */
    bool document = a->schema && !a->tools && a->thought == TONE_THOUGHT_NONE;
    tone_status st = document ? tone_constraint_compile_schema(&r->constraint, r->vocab, a->schema, a->schema_bytes, o, err)
                              : tone_constraint_compile_answer(&r->constraint, r->vocab, a, o, err);
    return st ? st : tone_constraint_state_open(&r->state, r->constraint, err);
}

tone_status tone_rules_set(tone_rules *r, const tone_constraint_answer *a, const tone_constraint_options *o, tone_error *err)
{
    tone_buf now = {0};
    describe(&now, a, o);
    tone_status st = now.failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for rules") : TONE_OK;
    bool same = !st && r->state && now.n == r->last.n && memcmp(now.data, r->last.data, now.n) == 0;
    if (same) {
        st = tone_constraint_state_reset(r->state, err);
    } else {
        forget(r);
        if (!st)
            st = compile(r, a, o, err);
        tone_buf_append(&r->last, now.data, now.n);
        if (!st && r->last.failed)
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for rules");
    }
    tone_buf_clear(&now);
    if (st)
        forget(r);
    return st;
}

const tone_gen_guide *tone_rules_guide(const tone_rules *r)
{
    return r->state ? &r->guide : NULL;
}

const char *tone_rules_missing(tone_rules *r)
{
    const char *text;
    size_t n;
    return r->state && !tone_constraint_finish_text(r->state, &text, &n, NULL) && n ? text : "";
}

const char *tone_rules_warning(const tone_rules *r, size_t i)
{
    return r->constraint ? tone_constraint_warning(r->constraint, i) : NULL;
}
