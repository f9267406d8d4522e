#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "tonesmith/respond.h"

enum { KEPT = 4 };

/* One constraint, and what it was made from. */
typedef struct kept {
    tone_buf made_from;
    tone_constraint *constraint;
    tone_constraint_state *state; /* NULL: the place is free */
} kept;

struct tone_rules {
    tone_constraint_vocab *vocab;
    kept all[KEPT];
    size_t oldest; /* the place that is given up next */
    kept *now;     /* NULL: nothing is set */
    tone_gen_guide guide;
};

static tone_status mask(void *arg, uint64_t *bits, tone_error *err)
{
    return tone_constraint_mask(((tone_rules *)arg)->now->state, bits, err);
}

static tone_status accept(void *arg, tone_token id, tone_error *err)
{
    return tone_constraint_accept_token(((tone_rules *)arg)->now->state, id, err);
}

static tone_status forced(void *arg, tone_token_list *out, tone_error *err)
{
    return tone_constraint_forced(((tone_rules *)arg)->now->state, out, err);
}

static tone_status closing(void *arg, tone_token id, uint64_t left, tone_token_list *out, tone_error *err)
{
    return tone_constraint_closing(((tone_rules *)arg)->now->state, id, left, out, err);
}

tone_status tone_rules_open(tone_rules **out, const tone_tokenizer *t, tone_error *err)
{
    tone_rules *r = *out = calloc(1, sizeof *r);
    if (!r)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for rules");
    r->guide = (tone_gen_guide){.arg = r, .mask = mask, .accept = accept, .forced = forced, .closing = closing};
    tone_status st = tone_constraint_vocab_of(&r->vocab, t, err);
    if (st) {
        tone_rules_close(r);
        *out = NULL;
    }
    return st;
}

static void give_up(kept *k)
{
    tone_constraint_state_close(k->state);
    tone_constraint_free(k->constraint);
    tone_buf_clear(&k->made_from);
    *k = (kept){0};
}

void tone_rules_close(tone_rules *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < KEPT; i++)
        give_up(&r->all[i]);
    tone_constraint_vocab_close(r->vocab);
    free(r);
}

/* An answer's description as one run of bytes: equal runs, equal constraints. */
static void describe(tone_buf *b, const tone_constraint_answer *a, const tone_constraint_options *o)
{
    const char *name = a->name ? a->name : "";
    tone_buf_printf(b, "%d %d %d %zu %zu %s ", (int)a->choice, (int)a->one_call, (int)a->thought,
                    a->tools ? a->tools_bytes : 0,
                    a->schema ? a->schema_bytes + 1 : 0, name);
    if (o)
        tone_buf_printf(b, "%d%d%d%d%d %u ", o->lenient, o->any_order, o->spaces, o->closed, o->allow_none, o->max_depth);
    tone_buf_append(b, a->tools, a->tools ? a->tools_bytes : 0);
    tone_buf_append(b, a->schema, a->schema ? a->schema_bytes : 0);
}

static tone_status compile(const tone_rules *r, kept *k, const tone_constraint_answer *a,
                           const tone_constraint_options *o, tone_error *err)
{
    /* Families without calls and thoughts have JSON documents all the same. */
    bool document = a->schema && !a->tools && a->thought == TONE_THOUGHT_NONE;
    tone_status st;
    if (document)
        st = tone_constraint_compile_schema(&k->constraint, r->vocab, a->schema, a->schema_bytes, o, err);
    else
        st = tone_constraint_compile_answer(&k->constraint, r->vocab, a, o, err);
    return st ? st : tone_constraint_state_open(&k->state, k->constraint, err);
}

static kept *find(tone_rules *r, const tone_buf *made_from)
{
    for (size_t i = 0; i < KEPT; i++) {
        kept *k = &r->all[i];
        if (k->state && k->made_from.n == made_from->n && memcmp(k->made_from.data, made_from->data, made_from->n) == 0)
            return k;
    }
    return NULL;
}

tone_status tone_rules_set(tone_rules *r, const tone_constraint_answer *a, const tone_constraint_options *o,
                           tone_error *err)
{
    tone_buf made_from = {0};
    r->now = NULL;
    describe(&made_from, a, o);
    if (made_from.failed) {
        tone_buf_clear(&made_from);
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for rules");
    }
    kept *k = find(r, &made_from);
    tone_status st;
    if (k) {
        tone_buf_clear(&made_from);
        st = tone_constraint_state_reset(k->state, err);
    } else {
        k = &r->all[r->oldest];
        r->oldest = (r->oldest + 1) % KEPT;
        give_up(k);
        k->made_from = made_from;
        st = compile(r, k, a, o, err);
    }
    if (st)
        give_up(k);
    else
        r->now = k;
    return st;
}

const tone_gen_guide *tone_rules_guide(const tone_rules *r)
{
    return r->now ? &r->guide : NULL;
}

const char *tone_rules_missing(tone_rules *r)
{
    const char *text;
    size_t n;
    return r->now && !tone_constraint_finish_text(r->now->state, &text, &n, NULL) && n ? text : "";
}

const char *tone_rules_warning(const tone_rules *r, size_t i)
{
    return r->now ? tone_constraint_warning(r->now->constraint, i) : NULL;
}
