/* The sparse half of a mixture layer: which experts, their products grouped by expert over the batch, their sum. */
#include <math.h>
#include <string.h>

#include "model/step.h"

/* One token: the k most likely of n experts (the lower number on a tie), likeliest first, and their shares renormalised
 * over the k and times the expert's own scale.  logits (n) become probabilities over all n. */
static void choose(float *logits, uint32_t n, uint32_t k, const float *expert_scale, uint32_t *chosen, float *share)
{
    float max = logits[0];
    for (uint32_t e = 1; e < n; e++)
        max = logits[e] > max ? logits[e] : max;
    double sum = 0, of_chosen = 0;
    for (uint32_t e = 0; e < n; e++) {
        logits[e] = expf(logits[e] - max);
        sum += (double)logits[e];
    }
    for (uint32_t e = 0; e < n; e++)
        logits[e] = (float)((double)logits[e] / sum);
    uint32_t n_chosen = 0;
    for (uint32_t e = 0; e < n; e++) { /* insertion into a list of k; an equal one that came first stays in front */
        uint32_t at = n_chosen;
        while (at > 0 && logits[e] > logits[chosen[at - 1]])
            at--;
        if (at == k)
            continue;
        n_chosen += n_chosen < k;
        memmove(chosen + at + 1, chosen + at, (n_chosen - 1 - at) * sizeof *chosen);
        chosen[at] = e;
    }
    for (uint32_t j = 0; j < k; j++)
        of_chosen += (double)logits[chosen[j]];
    for (uint32_t j = 0; j < k; j++)
        share[j] = (float)((double)logits[chosen[j]] / of_chosen * (double)expert_scale[chosen[j]]);
}

/* Sort the (token, choice) pairs by expert: pair_of (n, k) holds the experts on entry and the pair's number after. */
static void group(tone_work *w, uint32_t n_experts, size_t n, uint32_t k)
{
    memset(w->begin, 0, (n_experts + 1) * sizeof *w->begin);
    for (size_t i = 0; i < n * k; i++)
        w->begin[w->pair_of[i] + 1]++;
    for (uint32_t e = 0; e < n_experts; e++)
        w->begin[e + 1] += w->begin[e];
    for (size_t i = 0; i < n * k; i++) {
        uint32_t at = w->begin[w->pair_of[i]]++;
        w->pair_row[at] = (uint32_t)(i / k);
        w->pair_of[i] = at;
    }
    memmove(w->begin + 1, w->begin, n_experts * sizeof *w->begin); /* each begin had moved to the next one's */
    w->begin[0] = 0;
}

static void tap_choice(const tone_stepper *s, uint32_t i, size_t n)
{
    const tone_model_config *c = &s->plan->config;
    tone_work *w = s->work;
    float *ids = w->pair_out; /* free until the experts are done */
    for (size_t j = 0; j < n * c->n_experts_used; j++)
        ids[j] = (float)w->pair_of[j];
    tone_step_tap(s, (int)i, "router_probs", w->router, n, c->n_experts, c->n_experts);
    tone_step_tap(s, (int)i, "expert_ids", ids, n, c->n_experts_used, c->n_experts_used);
    tone_step_tap(s, (int)i, "expert_weights", w->share, n, c->n_experts_used, c->n_experts_used);
}

float *tone_step_experts(const tone_stepper *s, uint32_t i, const float *x, size_t n)
{
    const tone_model_config *c = &s->plan->config;
    const tone_mixture *m = s->plan->layers[i].mixture;
    tone_work *w = s->work;
    size_t d = c->hidden, width = c->expert_ffn, experts = c->n_experts;
    uint32_t k = c->n_experts_used;
    float eps = (float)c->eps;
    tone_rms_norm(s->ops, w->h, d, x, d, m->router_scale, d, n, eps);
    tone_linear(s->ops, &(tone_product){&m->router, w->router, experts}, 1, w->h, d, n);
    tone_step_tap(s, (int)i, "router_logits", w->router, n, experts, experts);
    for (size_t t = 0; t < n; t++)
        choose(w->router + t * experts, c->n_experts, k, m->expert_scale, w->pair_of + t * k, w->share + t * k);
    if (s->tap)
        tap_choice(s, i, n);
    group(w, c->n_experts, n, k);

    const tone_groups from_tokens = {w->begin, w->pair_row, c->n_experts}, from_pairs = {w->begin, NULL, c->n_experts};
    size_t n_pairs = n * k;
    const tone_product stacked = {&m->gate_up, w->pair_gate, 2 * width};
    const tone_product split[2] = {{&m->gate, w->pair_gate, 2 * width}, {&m->up, w->pair_gate + width, 2 * width}};
    tone_rms_norm(s->ops, w->h, d, x, d, m->pre_norm, d, n, eps);
    if (m->gate_up.data)
        tone_linear_experts(s->ops, &stacked, 1, w->h, d, n, &from_tokens);
    else
        tone_linear_experts(s->ops, split, 2, w->h, d, n, &from_tokens);
    tone_geglu(s->ops, w->pair_gate, 2 * width, w->pair_gate + width, 2 * width, width, n_pairs);
    tone_linear_experts(s->ops, &(tone_product){&m->down, w->pair_out, d}, 1, w->pair_gate, 2 * width, n_pairs, &from_pairs);
    float *sum = w->gate; /* free: the dense branch is done */
    tone_combine_experts(s->ops, sum, d, w->pair_out, d, w->pair_of, w->share, k, d, n);
    tone_step_tap(s, (int)i, "experts_out", sum, n, d, d);
    return sum;
}
