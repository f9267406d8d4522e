#include "cli/judge.h"

#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "studio/random_patch.h"
#include "tonesmith/sound/shape.h"

enum { MAX_CALLS = 16 };

/* What the model did in a turn. */
typedef struct watched {
    char *name[MAX_CALLS], *arguments[MAX_CALLS];
    int n;
} watched;

static void watch(void *arg, const tone_agent_event *e)
{
    watched *w = arg;
    if (e->kind != TONE_AGENT_CALL || w->n == MAX_CALLS)
        return;
    w->name[w->n] = strdup(e->name);
    w->arguments[w->n] = strdup(e->arguments ? e->arguments : "{}");
    w->n += w->name[w->n] && w->arguments[w->n];
}

static void watched_clear(watched *w)
{
    for (int i = 0; i < w->n; i++) {
        free(w->name[i]);
        free(w->arguments[i]);
    }
    *w = (watched){0};
}

static bool called(const watched *w, const char *tool)
{
    for (int i = 0; i < w->n; i++)
        if (strcmp(w->name[i], tool) == 0)
            return true;
    return false;
}

static tone_status find_head(void *arg, const tone_node *node, tone_error *err)
{
    (void)err;
    *(int64_t *)arg = node->id;
    return TONE_OK;
}

static int64_t head_of(tone_studio *s)
{
    int64_t id = 0;
    return tone_history_head(tone_studio_history(s), tone_studio_project(s), find_head, &id, NULL) ? 0 : id;
}

/* ---- directions */

typedef struct wish {
    int family, direction; /* 0: keep */
    tone_degree degree;
} wish;

/* "brightness:down:small,punch:keep" */
static tone_status read_wishes(wish *out, size_t *n, const tone_words *words, const char *expect, tone_error *err)
{
    char text[256];
    snprintf(text, sizeof text, "%s", expect);
    *n = 0;
    char *save = NULL;
    for (char *item = strtok_r(text, ",; ", &save); item && *n < TONE_MAX_GOALS; item = strtok_r(NULL, ",; ", &save)) {
        char *way = strchr(item, ':'), *degree = way ? strchr(way + 1, ':') : NULL;
        if (way)
            *way++ = 0;
        if (degree)
            *degree++ = 0;
        wish w = {.family = tone_words_family(words, item), .degree = TONE_DEGREE_MEDIUM};
        bool known = way && (strcmp(way, "up") == 0 || strcmp(way, "down") == 0 || strcmp(way, "keep") == 0);
        if (w.family < 0 || !known)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%s' is no direction; write brightness:down, brightness:up:large or punch:keep", expect);
        w.direction = way[0] == 'u' ? 1 : way[0] == 'd' ? -1 : 0;
        if (degree)
            w.degree = degree[0] == 's' ? TONE_DEGREE_SMALL : degree[0] == 'l' ? TONE_DEGREE_LARGE : TONE_DEGREE_MEDIUM;
        out[(*n)++] = w;
    }
    return *n ? TONE_OK : tone_fail(err, TONE_ERR_ARGUMENT, 0, "a direction is expected, such as brightness:down");
}

/* Whether a shape call of the turn has the goals that were wished; a degree that was wished must be met. */
static bool goals_match(const watched *w, const tone_words *words, const wish *wishes, size_t n)
{
    for (int i = 0; i < w->n; i++) {
        json_t *args = json_loads(w->arguments[i], 0, NULL);
        const char *text = json_string_value(json_object_get(args, "goals"));
        tone_goals goals;
        bool read = strcmp(w->name[i], "shape") == 0 && text && !tone_goals_parse(&goals, words, text, NULL), all = read;
        json_decref(args);
        for (size_t k = 0; all && k < n; k++) {
            bool found = false;
            for (size_t g = 0; g < goals.n; g++)
                found |= (int)goals.goal[g].family == wishes[k].family && goals.goal[g].direction == wishes[k].direction &&
                         (wishes[k].direction == 0 || wishes[k].degree == TONE_DEGREE_MEDIUM || goals.goal[g].degree == wishes[k].degree);
            all = found;
        }
        if (all)
            return true;
    }
    return false;
}

static tone_status judge_direction(cli_judge *j, cli_judgement *out, const watched *w, const char *expect, const tone_measures *before, tone_error *err)
{
    tone_studio *s = j->talk.project.studio;
    const tone_words *words = tone_studio_words(s);
    wish wishes[TONE_MAX_GOALS];
    size_t n;
    tone_status st = read_wishes(wishes, &n, words, expect, err);
    const tone_measures *after;
    if (!st)
        st = tone_studio_hear(s, &after, NULL, err);
    if (st)
        return st;
    out->right = goals_match(w, words, wishes, n);
    out->judged = true;
    out->measured = true;
    for (size_t k = 0; k < n; k++) {
        double score = tone_word_score(words, (size_t)wishes[k].family, before, after).score;
        if (wishes[k].direction)
            out->measured &= score * wishes[k].direction > 0.3;
    }
    return TONE_OK;
}

/* ---- exact values */

/* "cutoff=800 Hz", "cutoff*2", "attack+20 ms", several with commas: the patch that should come of it. */
static tone_status apply_expected(tone_patch *p, const char *expect, tone_error *err)
{
    char text[256];
    snprintf(text, sizeof text, "%s", expect);
    char *save = NULL;
    for (char *item = strtok_r(text, ",;", &save); item; item = strtok_r(NULL, ",;", &save)) {
        size_t name = strcspn(item, "=*+-/");
        char assignment[300], op = item[name];
        if (!op || name == 0)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%s' is no exact value; write cutoff=800 Hz, cutoff*2 or cutoff+200 Hz", item);
        const char *value = item + name + 1 + (op != '=' && item[name + 1] == '=');
        snprintf(assignment, sizeof assignment, op == '=' ? "%.*s=%s" : op == '*' ? "%.*s*=%s" : op == '+' ? "%.*s+=%s" : "%.*s-=%s", (int)name, item + strspn(item, " "), value);
        tone_status st = tone_patch_set_text(p, assignment, NULL, err);
        if (st)
            return st;
    }
    return TONE_OK;
}

static bool same_values(const tone_patch *a, const tone_patch *b)
{
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        double x = tone_param_to_knob((tone_param)i, (double)a->values[i]), y = tone_param_to_knob((tone_param)i, (double)b->values[i]);
        double v = fabs((double)a->values[i] - (double)b->values[i]);
        if (fabs(x - y) > 0.004 && v > 0.01 * fabs((double)b->values[i]))
            return false;
    }
    return true;
}

/* ---- the rest */

static int files_in(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    if (d)
        closedir(d);
    return n;
}

/* A project with three steps, standing on the third (on the second for redo); *want is where `expect` leads. */
static tone_status prepare(cli_judge *j, const char *kind, const char *expect, int64_t *want, tone_random *r, tone_error *err)
{
    tone_studio *s = j->talk.project.studio;
    int64_t ids[3] = {head_of(s)};
    tone_status st = TONE_OK;
    for (int i = 1; i < 3 && !st; i++) {
        char arguments[96], *result = NULL;
        bool changed;
        snprintf(arguments, sizeof arguments, "{\"changes\":\"filter_resonance=%d; eq_high=%d\"}", (int)tone_random_below(r, 90), i * 2 - 5);
        st = tone_studio_turn(s, i == 1 ? "more resonance" : "a bit of treble", err);
        if (!st)
            st = tone_studio_call(s, "set_parameters", arguments, &result, &changed, err);
        free(result);
        ids[i] = head_of(s);
    }
    *want = strcmp(expect, "redo") == 0 ? ids[2] : strcmp(expect, "undo") == 0 ? ids[1] : ids[0];
    if (!st && strcmp(kind, "history") == 0 && strcmp(expect, "redo") == 0) {
        char *result = NULL;
        bool changed;
        st = tone_studio_call(s, "history", "{\"action\":\"undo\"}", &result, &changed, err);
        free(result);
    }
    int step = 0;
    if (!st && sscanf(expect, "goto %d", &step) == 1)
        *want = step;
    return st;
}

static void tell(cli_judgement *out, const watched *w, const char *answer)
{
    tone_buf b = {0};
    for (int i = 0; i < w->n; i++)
        tone_buf_printf(&b, "%s%s ", w->name[i], w->arguments[i]);
    tone_buf_printf(&b, "| %s", answer ? answer : "");
    snprintf(out->what, sizeof out->what, "%s", tone_buf_text(&b));
    tone_buf_clear(&b);
}

static tone_status judge_rest(cli_judge *j, cli_judgement *out, const watched *w, const char *kind, const char *expect, const tone_patch *before, int64_t head, int64_t want,
                              const char *answer, tone_error *err)
{
    tone_studio *s = j->talk.project.studio;
    bool same = memcmp(tone_studio_patch(s), before, sizeof *before) == 0 && head_of(s) == head;
    if (strcmp(kind, "exact") == 0) {
        tone_patch p = *before;
        tone_status st = apply_expected(&p, expect, err);
        if (st)
            return st;
        out->right = same_values(tone_studio_patch(s), &p);
    } else if (strcmp(kind, "history") == 0) {
        out->right = head_of(s) == want;
    } else if (strcmp(kind, "question") == 0) {
        out->right = same && answer && *answer && !called(w, "export") && !called(w, "render");
    } else if (strcmp(kind, "render") == 0) {
        out->right = same && called(w, "render");
    } else if (strcmp(kind, "export") == 0) {
        out->right = same && files_in(j->talk.project.folder) > 0;
    } else if (strcmp(kind, "find") == 0) {
        out->right = called(w, "find_presets");
    } else {
        out->right = same && files_in(j->talk.project.folder) == 0;
    }
    return TONE_OK;
}

/* The turn itself.  A clip that a model cannot take is no failure of the program. */
static tone_status take_turn(cli_judge *j, cli_judgement *out, const cli_instruction *in, tone_turn *turn, tone_error *err)
{
    if (!in->clip)
        return cli_talk_turn(&j->talk, in->words, turn, err);
    const tone_medium clip = {.kind = TONE_INPUT_AUDIO, .path = in->clip};
    tone_status st = cli_talk_turn_media(&j->talk, &clip, 1, "", turn, err);
    out->unheard = st && st != TONE_ERR_NO_MEMORY && st != TONE_ERR_CANCELLED;
    if (out->unheard)
        snprintf(out->what, sizeof out->what, "%s", err->text);
    return out->unheard ? TONE_OK : st;
}

static tone_status judge(cli_judge *j, cli_judgement *out, const cli_instruction *in, watched *w, int64_t want, tone_error *err)
{
    tone_studio *s = j->talk.project.studio;
    const tone_measures *heard;
    tone_status st = tone_studio_hear(s, &heard, NULL, err);
    if (st)
        return st;
    const tone_measures before = *heard;
    const tone_patch patch = *tone_studio_patch(s);
    const int64_t head = head_of(s);
    tone_turn turn;
    st = take_turn(j, out, in, &turn, err);
    if (!st && !out->unheard) {
        out->n_calls = (int)turn.n_calls;
        out->n_refused = (int)turn.n_refused;
        out->seconds = turn.seconds;
        out->change_s = turn.change_s;
        out->heard = turn.heard;
        turn.heard = NULL;
        tell(out, w, turn.answer);
        st = strcmp(in->kind, "direction") == 0 ? judge_direction(j, out, w, in->expect, &before, err)
                                                : judge_rest(j, out, w, in->kind, in->expect, &patch, head, want, turn.answer, err);
    }
    tone_turn_clear(&turn);
    return st;
}

tone_status cli_judge_one(cli_judge *j, cli_judgement *out, const cli_instruction *in, tone_error *err)
{
    *out = (cli_judgement){0};
    tone_random r;
    tone_patch patch;
    tone_random_seed(&r, (uint64_t)j->seed * 1000003 + in->number);
    char folder[] = "/tmp/tonesmith-eval-XXXXXX";
    if (!mkdtemp(folder))
        return tone_fail(err, TONE_ERR_IO, 0, "%s: cannot be made", folder);
    j->talk.project.folder = folder;
    tone_status st = tone_random_patch(&patch, &r, err);
    if (!st)
        st = tone_studio_open(&j->talk.project.studio, &(tone_studio_options){.history = ":memory:", .project = "eval", .patch = &patch, .folder = folder, .who = "model"}, err);
    watched w = {0};
    int64_t want = 0;
    if (!st)
        st = prepare(j, in->kind, in->expect, &want, &r, err);
    if (!st && cli_talk_open(&j->talk, "eval", watch, &w))
        st = tone_fail(err, TONE_ERR_IO, 0, "the model cannot be used");
    if (!st)
        st = judge(j, out, in, &w, want, err);
    watched_clear(&w);
    cli_talk_close_project(&j->talk);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "tonesmith eval: %s could not be removed\n", folder);
    return st;
}
