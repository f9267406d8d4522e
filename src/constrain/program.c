/* A program's memory, and what is worked out once all its parts are there: how high and how long everything is at
 * least, and so what can be finished at all. */
#include "constrain/program.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

void tone_program_clear(tone_program *p)
{
    for (uint32_t i = 0; i < p->n_dfas; i++)
        tone_dfa_free(p->dfas[i]);
    for (int k = 0; k < TONE_TEXT_KINDS; k++)
        tone_dfa_free(p->any[k]);
    tone_arena_clear(&p->arena);
    *p = (tone_program){.n_values = 0};
}

bool tone_program_keep(tone_program *p, tone_dfa *d)
{
    p->dfas = tone_arena_grow(&p->arena, p->dfas, p->n_dfas, sizeof *p->dfas);
    if (p->arena.failed) {
        tone_dfa_free(d);
        return false;
    }
    p->dfas[p->n_dfas++] = d;
    return true;
}

const tone_dfa *tone_program_any(tone_program *p, tone_text_kind kind)
{
    if (!p->any[kind] && tone_text_any(&p->any[kind], kind))
        return NULL;
    return p->any[kind];
}

bool tone_program_warn(tone_program *p, const char *sentence)
{
    for (uint32_t i = 0; i < p->n_warnings; i++)
        if (strcmp(p->warnings[i], sentence) == 0)
            return true;
    p->warnings = tone_arena_grow(&p->arena, p->warnings, p->n_warnings, sizeof *p->warnings);
    char *text = tone_arena_copy(&p->arena, sentence, strlen(sentence));
    if (p->arena.failed)
        return false;
    p->warnings[p->n_warnings++] = text;
    return true;
}

static uint32_t plus(uint32_t a, uint32_t b)
{
    uint64_t sum = (uint64_t)a + b;
    return sum > TONE_COST_MAX ? TONE_COST_MAX : (uint32_t)sum;
}

static uint32_t value_height(const tone_program *p, uint32_t value)
{
    return value == TONE_NO_VALUE ? TONE_HEIGHT_NEVER : p->values[value].height;
}

static uint32_t value_cost(const tone_program *p, uint32_t value)
{
    return value == TONE_NO_VALUE ? TONE_COST_MAX : p->values[value].cost;
}

uint32_t tone_program_height(const tone_program *p, uint32_t call)
{
    if (!(call & 1))
        return p->values[call / 2].height;
    const tone_rule *r = &p->rules[call / 2];
    return r->height[r->dfa->start];
}

uint32_t tone_program_cost(const tone_program *p, uint32_t call)
{
    if (!(call & 1))
        return p->values[call / 2].cost;
    const tone_rule *r = &p->rules[call / 2];
    return r->cost[r->dfa->start];
}

/* --- arrays ------------------------------------------------------------------------------------------------------ */

bool tone_array_possible(const tone_program *p, const tone_array *a, uint32_t n, uint32_t count, uint32_t height)
{
    if (n > a->max || (a->unique && a->n_values != TONE_DFA_MANY && a->min > a->n_values))
        return false;
    if (a->contains && count > a->max_count)
        return false;
    /* How many counting items there may be after i items: low … high.  Past the listed places every item is alike, and
     * once all minima lie behind nothing new can come. */
    uint64_t low = count, high = count, last = a->n_items;
    last = last > a->min ? last : a->min;
    last += a->contains ? a->min_count : 0;
    for (uint32_t i = n;; i++) {
        if (i >= a->min && (!a->contains || (low <= a->max_count && high >= a->min_count)))
            return true;
        if (i >= a->max || i > last)
            return false;
        const tone_item *item = tone_array_item(a, i);
        bool plain = value_height(p, item->plain) <= height, counting = a->contains && value_height(p, item->counting) <= height;
        if (!plain && !counting)
            return false;
        low += !plain;
        high += counting;
        if (i >= a->n_items && !a->contains)
            return i < a->min ? a->min <= a->max : true; /* the same item again and again */
    }
}

uint32_t tone_array_cost(const tone_program *p, const tone_array *a, uint32_t n, uint32_t count)
{
    uint32_t cost = 1;
    uint32_t missing = a->contains && a->min_count > count ? a->min_count - count : 0;
    for (uint32_t i = n; i < a->min || missing; i++) {
        const tone_item *item = tone_array_item(a, i);
        uint32_t plain = value_cost(p, item->plain), counting = a->contains ? value_cost(p, item->counting) : TONE_COST_MAX;
        bool take = missing && counting < TONE_COST_MAX;
        if (i >= a->max || cost >= TONE_COST_MAX)
            return TONE_COST_MAX;
        if (!take && plain >= TONE_COST_MAX)
            take = true;
        missing -= take && missing;
        cost = plus(cost, plus(i ? 1 : 0, take ? counting : plain));
        if (i >= a->n_items && !missing && i + 1 < a->min) { /* all the others alike */
            uint64_t rest = (uint64_t)(a->min - i - 1) * (1 + (uint64_t)(plain < counting ? plain : counting));
            return plus(cost, rest > TONE_COST_MAX ? TONE_COST_MAX : (uint32_t)rest);
        }
    }
    return cost;
}

/* --- objects ----------------------------------------------------------------------------------------------------- */

static bool is_used(const tone_object_place *at, uint32_t member)
{
    return at->used && at->used[member / 64] >> member % 64 & 1;
}

/* Call for each member that may still come. */
typedef struct open_members {
    uint32_t n, required; /* that may come; of these must */
    bool possible;        /* all that must come may come  */
} open_members;

static open_members count_open(const tone_program *p, const tone_object *o, const tone_object_place *at, uint32_t height)
{
    open_members m = {.possible = true};
    for (uint32_t c = 0; c < o->n_chains; c++) {
        uint32_t first = o->chain_first[c], end = o->chain_first[c + 1];
        if (!o->any_order) /* what stands before a used one is past */
            for (uint32_t i = first; i < end; i++)
                if (is_used(at, o->chain_members[i]))
                    first = i + 1;
        for (uint32_t i = o->chain_first[c]; i < end; i++) {
            uint32_t k = o->chain_members[i];
            const tone_member *member = &o->members[k];
            if (is_used(at, k))
                continue;
            bool open = i >= first && value_height(p, member->value) <= height;
            m.n += open;
            m.required += open && member->required;
            m.possible &= open || !member->required;
        }
    }
    return m;
}

bool tone_object_possible(const tone_program *p, const tone_object *o, const tone_object_place *at, uint32_t height)
{
    open_members m = count_open(p, o, at, height);
    if (!m.possible || (uint64_t)at->n + m.required > o->max)
        return false;
    if (at->n >= o->min)
        return true;
    uint64_t most = (uint64_t)at->n + m.n;
    for (uint32_t e = 0; e < o->n_extras && most < o->min; e++) {
        if (value_height(p, o->extras[e].value) > height)
            continue;
        uint32_t keys = o->extras[e].keys->counts[o->extras[e].keys->start];
        uint32_t gone = o->extras[e].n_named + (at->n_extra_used ? at->n_extra_used[e] : 0);
        most += keys == TONE_DFA_MANY ? UINT32_MAX : keys - (gone < keys ? gone : keys);
    }
    return most >= o->min;
}

uint32_t tone_object_cost(const tone_program *p, const tone_object *o, const tone_object_place *at)
{
    uint32_t cost = 1, n = at->n;
    for (uint32_t k = 0; k < o->n_members; k++) {
        const tone_member *m = &o->members[k];
        if (m->required && !is_used(at, k))
            cost = plus(cost, plus(n++ ? 1 : 0, plus(m->n_spelled, value_cost(p, m->value))));
    }
    if (n >= o->min || cost >= TONE_COST_MAX)
        return cost;
    /* The rest from the cheapest of what may come: near enough, as lengths of keys differ little. */
    uint32_t cheapest = TONE_COST_MAX;
    for (uint32_t k = 0; k < o->n_members; k++) {
        const tone_member *m = &o->members[k];
        if (!m->required && !is_used(at, k) && plus(m->n_spelled, value_cost(p, m->value)) < cheapest)
            cheapest = plus(m->n_spelled, value_cost(p, m->value));
    }
    for (uint32_t e = 0; e < o->n_extras; e++) {
        const tone_dfa *keys = o->extras[e].keys;
        uint32_t one = keys->start ? plus(plus(keys->dist[keys->start], 1), value_cost(p, o->extras[e].value)) : TONE_COST_MAX;
        cheapest = one < cheapest ? one : cheapest;
    }
    uint64_t rest = (uint64_t)(o->min - n) * ((uint64_t)cheapest + 1);
    return rest > TONE_COST_MAX ? TONE_COST_MAX : plus(cost, (uint32_t)rest);
}

/* --- everything -------------------------------------------------------------------------------------------------- */

static bool has_scalars(const tone_value *v)
{
    for (uint32_t i = 0; i < v->n_scalars; i++)
        if (v->scalars[i]->start)
            return true;
    return v->any_text && v->min_chars <= v->max_chars;
}

static bool rule_heights(const tone_program *p, const tone_rule *r)
{
    const tone_dfa *d = r->dfa;
    bool changed = false;
    for (uint32_t s = d->n_states; s-- > 1;) {
        uint32_t best = d->flags[s] & TONE_DFA_ACCEPT ? 0 : r->height[s];
        for (uint32_t c = 0; c < d->n_classes; c++) {
            uint32_t to = d->next[s * d->n_classes + c];
            if (to && r->height[to] < best)
                best = r->height[to];
        }
        for (uint32_t i = d->first_call[s]; i < d->first_call[s + 1]; i++) {
            uint32_t inside = tone_program_height(p, d->calls[i].what), after = r->height[d->calls[i].back];
            uint32_t both = inside == TONE_HEIGHT_NEVER ? inside : inside + 1;
            both = both > after ? both : after;
            best = both < best ? both : best;
        }
        changed |= best != r->height[s];
        r->height[s] = best;
    }
    return changed;
}

static bool rule_costs(const tone_program *p, const tone_rule *r)
{
    const tone_dfa *d = r->dfa;
    bool changed = false;
    for (uint32_t s = d->n_states; s-- > 1;) {
        uint32_t best = d->flags[s] & TONE_DFA_ACCEPT ? 0 : r->cost[s];
        for (uint32_t c = 0; c < d->n_classes; c++) {
            uint32_t to = d->next[s * d->n_classes + c];
            if (to && plus(r->cost[to], 1) < best)
                best = plus(r->cost[to], 1);
        }
        for (uint32_t i = d->first_call[s]; i < d->first_call[s + 1]; i++) {
            uint32_t both = plus(tone_program_cost(p, d->calls[i].what), r->cost[d->calls[i].back]);
            best = both < best ? both : best;
        }
        changed |= best != r->cost[s];
        r->cost[s] = best;
    }
    return changed;
}

/* One round: what can be finished with parts at most `height` high is height + 1 high. */
static bool raise_heights(tone_program *p, uint32_t height)
{
    static const tone_object_place empty = {0};
    bool changed = false;
    for (uint32_t i = 0; i < p->n_arrays; i++) {
        tone_array *a = &p->arrays[i];
        if (a->height == TONE_HEIGHT_NEVER && tone_array_possible(p, a, 0, 0, height)) {
            a->height = height + 1;
            changed = true;
        }
    }
    for (uint32_t i = 0; i < p->n_objects; i++) {
        tone_object *o = &p->objects[i];
        if (o->height == TONE_HEIGHT_NEVER && tone_object_possible(p, o, &empty, height)) {
            o->height = height + 1;
            changed = true;
        }
    }
    for (uint32_t i = 0; i < p->n_values; i++) {
        tone_value *v = &p->values[i];
        for (uint32_t k = 0; k < v->n_arrays; k++)
            v->height = p->arrays[v->arrays[k]].height < v->height ? p->arrays[v->arrays[k]].height : v->height;
        for (uint32_t k = 0; k < v->n_objects; k++)
            v->height = p->objects[v->objects[k]].height < v->height ? p->objects[v->objects[k]].height : v->height;
    }
    return changed;
}

static uint32_t scalar_cost(const tone_value *v)
{
    uint32_t best = TONE_COST_MAX;
    for (uint32_t i = 0; i < v->n_scalars; i++)
        if (v->scalars[i]->start && v->scalars[i]->dist[v->scalars[i]->start] < best)
            best = v->scalars[i]->dist[v->scalars[i]->start];
    if (v->any_text && v->min_chars <= v->max_chars && plus(v->min_chars, 2) < best)
        best = plus(v->min_chars, 2);
    return best;
}

static bool lower_costs(tone_program *p)
{
    static const tone_object_place empty = {0};
    bool changed = false;
    for (uint32_t i = 0; i < p->n_arrays; i++) {
        tone_array *a = &p->arrays[i];
        uint32_t cost = a->height == TONE_HEIGHT_NEVER ? TONE_COST_MAX : plus(1, tone_array_cost(p, a, 0, 0));
        changed |= cost < a->cost;
        a->cost = cost < a->cost ? cost : a->cost;
    }
    for (uint32_t i = 0; i < p->n_objects; i++) {
        tone_object *o = &p->objects[i];
        uint32_t cost = o->height == TONE_HEIGHT_NEVER ? TONE_COST_MAX : plus(1, tone_object_cost(p, o, &empty));
        changed |= cost < o->cost;
        o->cost = cost < o->cost ? cost : o->cost;
    }
    for (uint32_t i = 0; i < p->n_values; i++) {
        tone_value *v = &p->values[i];
        for (uint32_t k = 0; k < v->n_arrays; k++)
            v->cost = p->arrays[v->arrays[k]].cost < v->cost ? p->arrays[v->arrays[k]].cost : v->cost;
        for (uint32_t k = 0; k < v->n_objects; k++)
            v->cost = p->objects[v->objects[k]].cost < v->cost ? p->objects[v->objects[k]].cost : v->cost;
    }
    for (uint32_t i = 0; i < p->n_rules; i++)
        changed |= rule_costs(p, &p->rules[i]);
    return changed;
}

tone_status tone_program_measure(tone_program *p, tone_error *err)
{
    for (uint32_t i = 0; i < p->n_values; i++) {
        p->values[i].height = has_scalars(&p->values[i]) ? 0 : TONE_HEIGHT_NEVER;
        p->values[i].cost = scalar_cost(&p->values[i]);
    }
    for (uint32_t i = 0; i < p->n_arrays; i++)
        p->arrays[i].height = TONE_HEIGHT_NEVER, p->arrays[i].cost = TONE_COST_MAX;
    for (uint32_t i = 0; i < p->n_objects; i++)
        p->objects[i].height = TONE_HEIGHT_NEVER, p->objects[i].cost = TONE_COST_MAX;
    for (uint32_t i = 0; i < p->n_rules; i++) {
        tone_rule *r = &p->rules[i];
        r->height = tone_arena_take(&p->arena, r->dfa->n_states * sizeof *r->height);
        r->cost = tone_arena_take(&p->arena, r->dfa->n_states * sizeof *r->cost);
        if (p->arena.failed)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the constraint");
        for (uint32_t s = 0; s < r->dfa->n_states; s++)
            r->height[s] = TONE_HEIGHT_NEVER, r->cost[s] = TONE_COST_MAX;
    }
    uint32_t height = 0;
    while (raise_heights(p, height))
        height++;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t i = 0; i < p->n_rules; i++)
            changed |= rule_heights(p, &p->rules[i]);
    }
    for (uint32_t i = 0; i < p->n_rules; i++)
        for (uint32_t s = 1; s < p->rules[i].dfa->n_states; s++)
            if (p->rules[i].height[s] > p->rules[i].highest)
                p->rules[i].highest = p->rules[i].height[s];
    while (lower_costs(p))
        ;
    return TONE_OK;
}
