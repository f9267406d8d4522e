/* What a search did, in words made by rule from what was measured. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "sound/shape_search.h"

/* "0.9 octaves", "3.1 dB", "2.1 times": how far a metric went, without sign; false when it says nothing to people. */
static bool print_distance(char *out, size_t room, tone_metric metric, double before, double after)
{
    tone_metric_info info;
    if (!tone_metric_describe(&info, metric) || isnan(before) || isnan(after))
        return false;
    double d = fabs(after - before);
    if (strcmp(info.unit, "Hz") == 0 && before > 0 && after > 0)
        snprintf(out, room, "%.1f octaves", fabs(log2(after / before)));
    else if (strcmp(info.unit, "dB") == 0 || strcmp(info.unit, "LU") == 0 || strcmp(info.unit, "dB/oct") == 0 || strcmp(info.unit, "cents") == 0)
        snprintf(out, room, "%.1f %s", d, info.unit);
    else if (strcmp(info.unit, "oct") == 0)
        snprintf(out, room, "%.1f octaves", d);
    else if (strcmp(info.unit, "log10 s") == 0)
        snprintf(out, room, "%.2g times", pow(10, d));
    else if ((strcmp(info.unit, "s") == 0 || strcmp(info.unit, "ms") == 0) && before > 0 && after > 0)
        snprintf(out, room, "%.2g times", fmax(after / before, before / after));
    else
        return false;
    return true;
}

void tone_shape_describe_goal(tone_shape_goal_result *out, const tone_words *words, const tone_goal *g, const tone_measures *before,
                              const tone_measures *after)
{
    const tone_word_family *f = tone_words_at(words, g->family);
    out->verdict = tone_word_score(words, g->family, before, after);
    double score = out->verdict.score;
    if (g->direction == 0) {
        out->reached = !(fabs(score) > 1.5);
        snprintf(out->text, sizeof out->text, out->reached ? "%s kept" : "%s %s by %.1f steps", f->name, score > 0 ? "up" : "down", fabs(score));
        if (!out->reached)
            snprintf(out->why, sizeof out->why, "what was asked for moves %s too", f->name);
        return;
    }
    double least, most, aim, along = score * g->direction;
    tone_degree_band(g->degree, &least, &most, &aim);
    out->reached = along >= least;
    /* The first metric that went the family's way says how far in a unit people know. */
    char distance[48] = "";
    for (size_t i = 0; i < f->n_metrics && !distance[0]; i++) {
        tone_metric m = f->metrics[i].metric;
        double part = tone_word_part(words, g->family, i, before, after);
        if (part * g->direction > 0.3)
            (void)print_distance(distance, sizeof distance, m, before->value[m], after->value[m]);
    }
    if (isnan(score))
        snprintf(out->text, sizeof out->text, "%s cannot be measured here", f->name);
    else if (fabs(score) < 0.5)
        snprintf(out->text, sizeof out->text, "%s unchanged", f->name);
    else if (distance[0] && along > 0)
        snprintf(out->text, sizeof out->text, "%s %s %s", f->name, score > 0 ? "up" : "down", distance);
    else
        snprintf(out->text, sizeof out->text, "%s %s %.1f steps", f->name, score > 0 ? "up" : "down", fabs(score));
    if (out->reached)
        return;
    double centroid = before->value[TONE_METRIC_CENTROID_HZ], f0 = before->value[TONE_METRIC_F0_HZ];
    if (isnan(score))
        snprintf(out->why, sizeof out->why, "this sound has nothing that %s could be measured by", f->name);
    else if (strcmp(f->name, "brightness") == 0 && g->direction < 0 && f0 > 0 && centroid < 1.4 * f0)
        snprintf(out->why, sizeof out->why, "nearly all of it is the fundamental: there are no overtones left to take away");
    else if (along < 0.5)
        snprintf(out->why, sizeof out->why, "nothing that usually moves %s moves it in this patch", f->name);
    else
        snprintf(out->why, sizeof out->why, "only %.1f of %.0f steps can be had without breaking something else", along, aim);
}

/* A choice's or number's value, as people write it. */
static void add_move(tone_shape_result *s, const tone_shape_request *r, tone_param p)
{
    float before = r->patch->values[p], after = s->patch.values[p];
    if (before == after || s->n_moves == TONE_SHAPE_MAX_MOVES)
        return;
    s->moves[s->n_moves++] = (tone_change){.param = p, .before = before, .after = after, .asked = (double)after};
}

static double travel(const tone_change *c)
{
    return fabs(tone_param_to_knob(c->param, (double)c->after) - tone_param_to_knob(c->param, (double)c->before));
}

static int by_travel(const void *a, const void *b)
{
    const tone_change *x = a, *y = b;
    double d = travel(y) - travel(x);
    if ((x->param == TONE_P_LEVEL) != (y->param == TONE_P_LEVEL))
        return x->param == TONE_P_LEVEL ? 1 : -1; /* the level only follows */
    return d > 0 ? 1 : d < 0 ? -1 : (int)x->param - (int)y->param;
}

/* What is to be kept may be why a goal that moves was out of reach. */
static void blame_guards(tone_shape_goal_result *g, const tone_shape_request *r)
{
    size_t n = strlen(g->why);
    const char *kept = NULL;
    for (size_t i = 0; i < r->goals.n; i++)
        if (r->goals.goal[i].direction == 0)
            kept = tone_words_at(r->words, r->goals.goal[i].family)->name;
    if (kept && strstr(g->why, "moves it in this patch"))
        snprintf(g->why + n, sizeof g->why - n, ", or not while %s is kept", kept);
}

tone_status tone_shape_describe(tone_shape_result *s, const tone_shape_request *r, tone_error *err)
{
    for (int p = 0; p < TONE_N_PARAMS; p++)
        add_move(s, r, (tone_param)p);
    qsort(s->moves, s->n_moves, sizeof *s->moves, by_travel);
    s->level_change_lu = s->after.value[TONE_METRIC_INTEGRATED_LUFS] - s->before.value[TONE_METRIC_INTEGRATED_LUFS];
    s->n_goals = r->goals.n;
    tone_buf b = {0};
    for (size_t i = 0; i < s->n_goals; i++) {
        tone_shape_describe_goal(&s->goal[i], r->words, &r->goals.goal[i], &s->before, &s->after);
        blame_guards(&s->goal[i], r);
        tone_buf_printf(&b, "%s%s", i ? ", " : "", s->goal[i].text);
    }
    if (r->like)
        tone_buf_printf(&b, "%sdistance %.2f, was %.2f", b.n ? ", " : "", s->distance_after, s->distance_before);
    if (s->n_moves == 0)
        tone_buf_puts(&b, "; nothing was moved");
    for (size_t i = 0; i < s->n_moves; i++) {
        char was[32], is[32];
        tone_param p = s->moves[i].param;
        tone_buf_printf(&b, "%s%s %s to %s", i ? ", " : "; moved ", tone_param_get(p)->name,
                        tone_param_print(was, p, (double)s->moves[i].before), tone_param_print(is, p, (double)s->moves[i].after));
    }
    for (size_t i = 0; i < s->n_goals; i++)
        if (s->goal[i].why[0])
            tone_buf_printf(&b, "; %s", s->goal[i].why);
    tone_buf_putc(&b, '.');
    s->summary = tone_buf_take(&b);
    return s->summary ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the summary");
}
