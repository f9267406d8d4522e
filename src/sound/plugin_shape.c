/* Shape for plug-ins: which controls are candidates, and how steps are heard.  Nobody knows what a control does until it
 * was heard; its name only says which ones to try first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "sound/plugin_parts.h"
#include "sound/shape_search.h"
#include "sound/shape_solve.h"

typedef struct search {
    const tone_plugin_shape_request *r;
    tone_analyzer *ears;
    tone_solver solver;
    size_t control[TONE_SOLVER_CANDIDATES]; /* of the solver's candidates */
    double *start;                          /* (n_controls) */
} search;

/* Parts of names, in the order in which they are tried. */
static const struct {
    const char *family, *parts;
} hints[] = {
    {"brightness", "cutoff|vcf freq|vcf_freq|filter|bright|treble|high|hf|tone|env2cutoff|env|damp|harm|mod|ratio|drive"},
    {"warmth", "bass|low|lf|warm|cutoff|vcf_freq|drive|sat|harm"},
    {"hardness", "attack|att|vel|punch|hard|env|decay|dec"},
    {"harshness", "drive|res|dist|sat|fm|mod|cutoff|vcf_freq|detune"},
    {"punch", "attack|att|punch|transient|decay|dec|sustain|sus|ratio|thresh"},
    {"pluck", "sustain|sus|decay|dec|release|rel|attack|att|env"},
    {"fatness", "sub|bass|low|detune|unison|voices|fat|chorus|cutoff|vcf_freq"},
    {"width", "width|spread|stereo|pan|chorus|unison|detune|mix|wet|amount"},
    {"metallic", "ratio|fm|mod|ring|comb|harm|coarse|fine"},
    {"hollow", "pw|pulse|width|mix|notch|phas|comb"},
    {"wobble", "lfo|vib|trem|wob|depth|rate|mod"},
    {"air", "treble|high|hf|air|noise|cutoff|vcf_freq|damp"},
    {"boom", "bass|low|lf|decay|release|damp|cutoff"},
    {"distance", "wet|mix|amount|dry|reverb|decay|room|size|predelay|damp"},
};

/* Not for a search: they change something else than the sound's character, or everything. */
static const char never[] = "bypass|enable|volume|master|tuning|tune|transpose|octave|xpose|pitch|solo|mute|meter|zoom|level_in|level_out|channel";

/* Whether one of the parts[0…] split by '|' is in `text`, ignoring case; *rank tells which. */
static bool suggests(const char *parts, const char *text, size_t *rank)
{
    *rank = 0;
    for (const char *at = parts; *at; ++*rank) {
        size_t n = strcspn(at, "|");
        for (const char *t = text; *t; t++)
            if (strncasecmp(t, at, n) == 0)
                return true;
        at += n + (at[n] == '|');
    }
    return false;
}

static bool usable(const tone_plugin_control *c)
{
    size_t rank;
    return c->curve != TONE_CURVE_CHOICE && c->max > c->min && !suggests(never, c->name, &rank) && !suggests(never, c->label, &rank);
}

static void add_candidate(search *s, size_t control)
{
    tone_solver *to = &s->solver;
    const tone_plugin *p = s->r->plugin;
    if (to->n_cand == TONE_SOLVER_CANDIDATES)
        return;
    for (size_t j = 0; j < to->n_cand; j++)
        if (s->control[j] == control)
            return;
    double knob = tone_plugin_to_knob(&p->controls[control], p->values[control]);
    s->control[to->n_cand] = control;
    to->cand[to->n_cand++] = (tone_solver_candidate){.low = -knob, .high = 1 - knob, .sign = knob <= 0.5 ? 1 : -1};
}

/* By the names' hints for each goal in turn; what room is left goes to controls that hint at nothing. */
static void choose_candidates(search *s)
{
    const tone_plugin *p = s->r->plugin;
    for (size_t i = 0; i < s->r->goals.n; i++) {
        const char *family = tone_words_at(s->r->words, s->r->goals.goal[i].family)->name;
        const char *parts = "";
        for (size_t k = 0; k < sizeof hints / sizeof *hints; k++)
            if (strcmp(hints[k].family, family) == 0 && s->r->goals.goal[i].direction)
                parts = hints[k].parts;
        size_t most = s->solver.n_cand + 10, rank;
        for (size_t want = 0; want < 16; want++)
            for (size_t c = 0; c < p->n_controls && s->solver.n_cand < most; c++)
                if (usable(&p->controls[c]) && ((suggests(parts, p->controls[c].name, &rank) && rank == want) || (suggests(parts, p->controls[c].label, &rank) && rank == want)))
                    add_candidate(s, c);
    }
    for (size_t c = 0; c < p->n_controls; c++)
        if (usable(&p->controls[c]))
            add_candidate(s, c);
}

static void set_step(const search *s, const double *t)
{
    tone_plugin *p = s->r->plugin;
    memcpy(p->values, s->start, p->n_controls * sizeof *p->values);
    for (size_t j = 0; j < s->solver.n_cand; j++) {
        const tone_plugin_control *c = &p->controls[s->control[j]];
        double *v = &p->values[s->control[j]];
        if (t[j] != 0)
            *v = tone_solver_round(tone_plugin_from_knob(c, tone_plugin_to_knob(c, *v) + t[j]), c->min, c->max);
    }
}

static tone_status hear_steps(void *user, tone_measures *out, const double (*steps)[TONE_SOLVER_CANDIDATES], size_t n, tone_error *err)
{
    search *s = user;
    const tone_plugin_shape_request *r = s->r;
    tone_render_options o = tone_render_defaults();
    o.tail_s = 2; /* what decides a word is heard by then */
    for (size_t k = 0; k < n; k++) {
        tone_sound sound;
        set_step(s, steps[k]);
        tone_status st = tone_plugin_render(&sound, r->plugin, r->notes, r->source, &o, NULL, err);
        if (st)
            return st;
        tone_clip clip = {.frames = sound.frames, .n_frames = sound.n_frames, .n_channels = sound.n_channels, .rate_hz = sound.rate};
        st = tone_analyze(&out[k], s->ears, &clip, &(tone_analyze_options){.groups = tone_solver_groups(r->words, &r->goals)}, err);
        tone_sound_clear(&sound);
        if (st)
            return st;
    }
    if (r->progress && !r->progress(r->user, s->solver.n_renders, 0))
        return tone_fail(err, TONE_ERR_CANCELLED, 0, "stopped after %u renders", s->solver.n_renders);
    return TONE_OK;
}

static tone_status describe(tone_plugin_shape_result *out, const search *s, tone_error *err)
{
    const tone_plugin *p = s->r->plugin;
    tone_buf b = {0};
    for (size_t i = 0; i < p->n_controls && out->n_moves < TONE_SHAPE_MAX_MOVES; i++)
        if (p->values[i] != s->start[i])
            out->moves[out->n_moves++] = (tone_plugin_change){.control = i, .before = s->start[i], .after = p->values[i], .asked = p->values[i]};
    out->n_goals = s->r->goals.n;
    for (size_t i = 0; i < out->n_goals; i++) {
        tone_shape_describe_goal(&out->goal[i], s->r->words, &s->r->goals.goal[i], &out->before, &out->after);
        tone_buf_printf(&b, "%s%s", i ? ", " : "", out->goal[i].text);
    }
    if (out->n_moves == 0)
        tone_buf_puts(&b, "; nothing was moved");
    for (size_t i = 0; i < out->n_moves; i++) {
        const tone_plugin_control *c = &p->controls[out->moves[i].control];
        tone_buf_printf(&b, "%s%s %.4g to %.4g%s%s", i ? ", " : "; moved ", c->name, out->moves[i].before, out->moves[i].after, c->unit[0] ? " " : "", c->unit);
    }
    for (size_t i = 0; i < out->n_goals; i++)
        if (out->goal[i].why[0])
            tone_buf_printf(&b, "; %s", out->goal[i].why);
    tone_buf_putc(&b, '.');
    out->summary = tone_buf_take(&b);
    return out->summary ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the summary");
}

static tone_status reach(tone_plugin_shape_result *out, search *s, tone_error *err)
{
    tone_solver *solver = &s->solver;
    solver->words = s->r->words;
    solver->goals = &s->r->goals;
    solver->hear = hear_steps;
    solver->user = s;
    solver->max_renders = s->r->max_renders ? s->r->max_renders : 40;
    choose_candidates(s);
    tone_status st = tone_solver_run(solver, err);
    if (st)
        return st;
    static const double nothing[TONE_SOLVER_CANDIDATES] = {0};
    bool worth = tone_solver_worth(solver);
    set_step(s, worth ? solver->best_t : nothing);
    out->before = solver->base;
    out->after = worth ? solver->best : solver->base;
    out->n_renders = solver->n_renders;
    out->level_change_lu = out->after.value[TONE_METRIC_INTEGRATED_LUFS] - out->before.value[TONE_METRIC_INTEGRATED_LUFS];
    return describe(out, s, err);
}

tone_status tone_shape_plugin(tone_plugin_shape_result **out, const tone_plugin_shape_request *r, tone_error *err)
{
    *out = NULL;
    bool any = false;
    for (size_t i = 0; i < r->goals.n; i++)
        any |= r->goals.goal[i].direction != 0;
    if (!any)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "no goal says what should change");
    tone_plugin *p = r->plugin;
    tone_plugin_shape_result *got = calloc(1, sizeof *got);
    search *s = calloc(1, sizeof *s);
    double *start = calloc(p->n_controls + 1, sizeof *start);
    tone_status st = got && s && start ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the search");
    if (!st) {
        memcpy(start, p->values, p->n_controls * sizeof *start);
        s->r = r;
        s->start = start;
        st = tone_analyzer_new(&s->ears, err);
    }
    if (!st) {
        st = reach(got, s, err);
        if (st)
            memcpy(p->values, start, p->n_controls * sizeof *start);
        tone_analyzer_free(s->ears);
    }
    free(s);
    free(start);
    if (st) {
        tone_plugin_shape_free(got);
        return st;
    }
    *out = got;
    return TONE_OK;
}

void tone_plugin_shape_free(tone_plugin_shape_result *s)
{
    if (s)
        free(s->summary);
    free(s);
}
