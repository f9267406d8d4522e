/* From metrics to a verdict: where one sound lies from another along a family of words. */
#include <math.h>

#include "sound/words.h"

/* No single metric counts more than this many JNDs: beyond, it is simply very different. */
static const double most_jnds = 24;

/* A decay whose line does not fit (the level only falls at note-off, or swells) is none. */
static bool is_crooked(tone_metric metric, const tone_measures *x)
{
    return (metric == TONE_METRIC_T60_S || metric == TONE_METRIC_EDT_S || metric == TONE_METRIC_T60_LOW_S) &&
           !(x->value[metric + 1] >= 0.9);
}

static double value_of(const tone_word_metric *m, const tone_measures *x)
{
    tone_metric_info info;
    double v = is_crooked(m->metric, x) ? (double)NAN : x->value[m->metric];
    if (!isnan(v) || isnan(m->absent) || !tone_metric_describe(&info, m->metric))
        return v;
    return x->groups & info.group ? m->absent : v; /* measured, and not there */
}

static double change_of(const tone_word_metric *m, const tone_measures *before, const tone_measures *after)
{
    double jnds = m->direction * tone_metric_change(m->metric, value_of(m, before), value_of(m, after));
    return isnan(jnds) ? jnds : fmin(fmax(jnds, -most_jnds), most_jnds);
}

double tone_word_part(const tone_words *w, size_t family, size_t i, const tone_measures *before, const tone_measures *after)
{
    const tone_word_family *f = tone_words_at(w, family);
    if (!f || i >= f->n_metrics)
        return NAN;
    double mine = change_of(&f->metrics[i], before, after), weight = 0, largest = 0;
    if (isnan(mine))
        return NAN;
    size_t winner = i;
    for (size_t k = 0; k < f->n_metrics; k++) {
        double c = change_of(&f->metrics[k], before, after);
        if (isnan(c))
            continue;
        weight += f->metrics[k].weight;
        if (fabs(c) * f->metrics[k].weight > largest) {
            largest = fabs(c) * f->metrics[k].weight;
            winner = k;
        }
    }
    if (f->largest)
        return winner == i ? mine * f->metrics[i].weight : 0;
    return mine * f->metrics[i].weight / weight;
}

static bool broken(const tone_word_guard *g, const tone_measures *before, const tone_measures *after)
{
    double a = before->value[g->metric], b = after->value[g->metric];
    if (g->limit)
        return b > g->most && !(a >= b); /* it was no better before */
    /* the pitch of a sound that hardly has one is no promise */
    if (g->metric == TONE_METRIC_F0_HZ &&
        !(before->value[TONE_METRIC_VOICING] >= 0.8 && after->value[TONE_METRIC_VOICING] >= 0.8))
        return false;
    return fabs(tone_metric_change(g->metric, a, b)) > g->most;
}

tone_verdict tone_word_score(const tone_words *w, size_t family, const tone_measures *before, const tone_measures *after)
{
    tone_verdict v = {.score = NAN, .size = TONE_VERDICT_UNDEFINED};
    const tone_word_family *f = tone_words_at(w, family);
    if (!f)
        return v;
    for (size_t i = 0; i < f->n_metrics; i++) {
        double part = tone_word_part(w, family, i, before, after);
        if (!isnan(part))
            v.score = isnan(v.score) ? part : v.score + part;
    }
    double size = fabs(v.score);
    if (!isnan(size))
        v.size = size < 1 ? TONE_VERDICT_UNCHANGED : size < 3 ? TONE_VERDICT_SMALL : size < 8 ? TONE_VERDICT_MEDIUM : TONE_VERDICT_LARGE;
    for (size_t i = 0; i < f->n_guards && v.n_broken < TONE_VERDICT_MAX_BROKEN; i++)
        if (broken(f->guards[i], before, after))
            v.broken[v.n_broken++] = f->guards[i];
    return v;
}
