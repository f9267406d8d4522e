/* Reading the table of words: the one that was built in, with the user's on top. */
#include "sound/words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

enum { USER_BYTES_MOST = 1 << 20 };

static tone_status wrong(tone_error *err, const char *where, const char *name, const char *what)
{
    return tone_fail(err, TONE_ERR_FORMAT, 0, "words: %s '%s': %s", where, name, what);
}

static bool one_of(const char *key, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(key, *names) == 0)
            return true;
    return false;
}

/* Every key of an object must be known: a misspelt one would otherwise do nothing, silently. */
static tone_status only(const json_t *o, const char *const *known, const char *where, const char *name, tone_error *err)
{
    const char *key;
    json_t *value;
    if (!json_is_object(o))
        return wrong(err, where, name, "is no object");
    json_object_foreach((json_t *)(size_t)o, key, value)
        if (!one_of(key, known))
            return tone_fail(err, TONE_ERR_FORMAT, 0, "words: %s '%s' has an unknown field '%s'", where, name, key);
    return TONE_OK;
}

static const char *text_of(const json_t *o, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? text : otherwise;
}

/* ---- merging ---- */

static tone_status merge_families(json_t *tree, const json_t *user, tone_error *err)
{
    json_t *families = json_object_get(tree, "families"), *theirs;
    const json_t *all = json_object_get(user, "families");
    const char *name;
    if (all && !json_is_object(all))
        return wrong(err, "field", "families", "is no object");
    json_object_foreach((json_t *)(size_t)all, name, theirs) {
        json_t *ours = json_object_get(families, name);
        if (!json_is_object(theirs))
            return wrong(err, "family", name, "is no object");
        if ((ours ? json_object_update(ours, theirs) : json_object_set(families, name, theirs)) != 0)
            return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the words");
    }
    return TONE_OK;
}

static tone_status merge(json_t *tree, const char *text, size_t n, tone_error *err)
{
    static const char *const known[] = {"version", "words", "families", "guards", "modifiers", NULL};
    json_error_t bad;
    if (n > USER_BYTES_MOST)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "words: %zu bytes are more than %d", n, USER_BYTES_MOST);
    json_t *user = json_loadb(text, n, JSON_REJECT_DUPLICATES, &bad);
    if (!user)
        return tone_fail(err, TONE_ERR_FORMAT, (uint64_t)bad.position, "words: line %d: %s", bad.line, bad.text);
    tone_status st = only(user, known, "file", "words", err);
    if (!st)
        st = merge_families(tree, user, err);
    static const char *const maps[] = {"guards", "modifiers", "words"};
    for (int i = 0; i < 3 && !st; i++) {
        json_t *theirs = json_object_get(user, maps[i]), *ours = json_object_get(tree, maps[i]);
        if (theirs && !json_is_object(theirs))
            st = wrong(err, "field", maps[i], "is no object");
        else if (theirs && (ours ? json_object_update(ours, theirs) : json_object_set(tree, maps[i], theirs)) != 0)
            st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the words");
    }
    json_decref(user);
    return st;
}

/* ---- reading the merged tree ---- */

static tone_status read_guards(tone_words *w, tone_error *err)
{
    static const char *const known[] = {"metric", "most", "limit", "text", NULL};
    json_t *all = json_object_get(w->tree, "guards"), *g;
    const char *name;
    w->guards = calloc(json_object_size(all) + 1, sizeof *w->guards);
    if (!w->guards)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the words");
    json_object_foreach(all, name, g) {
        tone_status st = only(g, known, "guard", name, err);
        if (st)
            return st;
        int metric = tone_metric_find(text_of(g, "metric", ""));
        const json_t *most = json_object_get(g, "most"), *limit = json_object_get(g, "limit");
        if (metric < 0)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "words: guard '%s' names no metric: '%s'", name, text_of(g, "metric", ""));
        if (!json_is_number(most) == !json_is_number(limit))
            return wrong(err, "guard", name, "wants either \"most\" or \"limit\"");
        w->guards[w->n_guards++] = (tone_word_guard){.name = name,
                                                     .metric = (tone_metric)metric,
                                                     .most = json_number_value(limit ? limit : most),
                                                     .limit = limit != NULL,
                                                     .text = text_of(g, "text", name)};
    }
    return TONE_OK;
}

static tone_status read_metric(tone_word_metric *out, const json_t *m, const char *family, tone_error *err)
{
    static const char *const known[] = {"metric", "direction", "weight", "absent", NULL};
    tone_status st = only(m, known, "a metric of family", family, err);
    if (st)
        return st;
    const char *name = text_of(m, "metric", "");
    int metric = tone_metric_find(name);
    if (metric < 0)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "words: family '%s' names no metric: '%s'", family, name);
    tone_metric_info info;
    (void)tone_metric_describe(&info, (tone_metric)metric);
    if (info.scale == TONE_JND_NONE)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "words: family '%s': %s has no just noticeable difference", family, name);
    const json_t *weight = json_object_get(m, "weight"), *absent = json_object_get(m, "absent");
    json_int_t direction = json_integer_value(json_object_get(m, "direction"));
    double w = weight ? json_number_value(weight) : 1;
    if (direction != 1 && direction != -1)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "words: family '%s': the direction of %s is neither 1 nor -1", family, name);
    if (!(w > 0 && w <= 100))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "words: family '%s': the weight of %s is not above 0 and up to 100", family, name);
    *out = (tone_word_metric){.metric = (tone_metric)metric,
                              .direction = (int)direction,
                              .weight = w,
                              .absent = json_is_number(absent) ? json_number_value(absent) : (double)NAN};
    return TONE_OK;
}

static uint32_t group_of(tone_metric metric)
{
    tone_metric_info info;
    return tone_metric_describe(&info, metric) ? (uint32_t)info.group : 0;
}

static const tone_word_guard *find_guard(const tone_words *w, const char *name)
{
    for (size_t i = 0; name && i < w->n_guards; i++)
        if (strcmp(w->guards[i].name, name) == 0)
            return &w->guards[i];
    return NULL;
}

static tone_status read_family(tone_words *w, const char *name, const json_t *f, tone_word_metric **metric,
                               const tone_word_guard ***guard, tone_error *err)
{
    static const char *const known[] = {"up",    "down",     "help",       "metrics", "guards",
                                        "words", "words_up", "words_down", "combine", NULL};
    tone_status st = only(f, known, "family", name, err);
    if (st)
        return st;
    tone_word_family *out = &w->families[w->n_families];
    const char *combine = text_of(f, "combine", "mean");
    *out = (tone_word_family){.name = name, .up = text_of(f, "up", NULL), .down = text_of(f, "down", NULL),
                              .help = text_of(f, "help", ""), .metrics = *metric, .guards = *guard,
                              .largest = strcmp(combine, "largest") == 0, .groups = TONE_HEAR_HEALTH};
    if (!out->up || !out->down)
        return wrong(err, "family", name, "wants \"up\" and \"down\"");
    if (!out->largest && strcmp(combine, "mean") != 0)
        return wrong(err, "family", name, "\"combine\" is neither \"mean\" nor \"largest\"");
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(f, "metrics"), i, item) {
        st = read_metric(*metric, item, name, err);
        if (st)
            return st;
        out->groups |= group_of((*metric)++->metric);
        out->n_metrics++;
    }
    if (!out->n_metrics)
        return wrong(err, "family", name, "has no metrics");
    json_array_foreach(json_object_get(f, "guards"), i, item) {
        const char *text = json_string_value(item);
        const tone_word_guard *g = find_guard(w, text);
        if (!g)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "words: family '%s' names no guard: '%s'", name, text ? text : "");
        out->groups |= group_of(g->metric);
        *(*guard)++ = g;
        out->n_guards++;
    }
    w->n_families++;
    return TONE_OK;
}

static tone_status read_families(tone_words *w, tone_error *err)
{
    json_t *all = json_object_get(w->tree, "families"), *f;
    const char *name;
    size_t n_metrics = 1, n_guards = 1;
    json_object_foreach(all, name, f) {
        n_metrics += json_array_size(json_object_get(f, "metrics"));
        n_guards += json_array_size(json_object_get(f, "guards"));
    }
    w->families = calloc(json_object_size(all) + 1, sizeof *w->families);
    w->metrics = calloc(n_metrics, sizeof *w->metrics);
    w->family_guards = calloc(n_guards, sizeof *w->family_guards);
    if (!w->families || !w->metrics || !w->family_guards)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the words");
    tone_word_metric *metric = w->metrics;
    const tone_word_guard **guard = w->family_guards;
    json_object_foreach(all, name, f) {
        tone_status st = read_family(w, name, f, &metric, &guard, err);
        if (st)
            return st;
    }
    return TONE_OK;
}

/* "air down" -> family and direction. */
static tone_status read_own_word(tone_words *w, const char *phrase, const json_t *value, tone_error *err)
{
    const char *text = json_string_value(value), *space = text ? strrchr(text, ' ') : NULL;
    int direction = !space ? 0 : strcmp(space + 1, "up") == 0 ? 1 : strcmp(space + 1, "down") == 0 ? -1 : 0;
    for (size_t i = 0; direction && i < w->n_families; i++)
        if (strlen(w->families[i].name) == (size_t)(space - text) && strncmp(w->families[i].name, text, (size_t)(space - text)) == 0) {
            w->phrases[w->n_phrases++] = (word_phrase){phrase, i, direction};
            return TONE_OK;
        }
    return wrong(err, "word", phrase, "wants a family and up or down, such as \"air down\"");
}

static tone_status read_phrases(tone_words *w, tone_error *err)
{
    static const struct {
        const char *key;
        int direction;
    } lists[] = {{"words", 0}, {"words_up", 1}, {"words_down", -1}};
    json_t *own = json_object_get(w->tree, "words"), *item;
    const char *name;
    size_t n = json_object_size(own), k;
    for (size_t i = 0; i < w->n_families; i++)
        for (int l = 0; l < 3; l++)
            n += 3 + json_array_size(json_object_get(json_object_get(json_object_get(w->tree, "families"), w->families[i].name), lists[l].key));
    w->phrases = calloc(n + 1, sizeof *w->phrases);
    if (!w->phrases)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the words");
    json_object_foreach(own, name, item) {
        tone_status st = read_own_word(w, name, item, err);
        if (st)
            return st;
    }
    for (size_t i = 0; i < w->n_families; i++) {
        const tone_word_family *f = &w->families[i];
        w->phrases[w->n_phrases++] = (word_phrase){f->name, i, 0};
        w->phrases[w->n_phrases++] = (word_phrase){f->up, i, 1};
        w->phrases[w->n_phrases++] = (word_phrase){f->down, i, -1};
        const json_t *tree = json_object_get(json_object_get(w->tree, "families"), f->name);
        for (int l = 0; l < 3; l++)
            json_array_foreach(json_object_get(tree, lists[l].key), k, item) {
                if (!json_is_string(item) || !*json_string_value(item))
                    return wrong(err, "family", f->name, "a word is no text");
                w->phrases[w->n_phrases++] = (word_phrase){json_string_value(item), i, lists[l].direction};
            }
    }
    return TONE_OK;
}

static tone_status read_modifiers(tone_words *w, tone_error *err)
{
    json_t *all = json_object_get(w->tree, "modifiers"), *value;
    const char *text;
    w->modifiers = calloc(json_object_size(all) + 1, sizeof *w->modifiers);
    if (!w->modifiers)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the words");
    json_object_foreach(all, text, value) {
        json_int_t sign = json_integer_value(value);
        if (sign != 1 && sign != -1)
            return wrong(err, "modifier", text, "is neither 1 nor -1");
        w->modifiers[w->n_modifiers++] = (word_modifier){text, (int)sign};
    }
    return TONE_OK;
}

tone_status tone_words_open(tone_words **out, const char *user_json, size_t n, tone_error *err)
{
    *out = NULL;
    tone_words *w = calloc(1, sizeof *w);
    if (!w)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the words");
    tone_status st = TONE_OK;
    w->tree = json_loadb((const char *)tone_words_json, tone_words_json_n, JSON_REJECT_DUPLICATES, NULL);
    if (!w->tree)
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the words");
    if (!st && n)
        st = merge(w->tree, user_json, n, err);
    tone_status (*const steps[])(tone_words *, tone_error *) = {read_guards, read_families, read_phrases, read_modifiers};
    for (int i = 0; i < 4 && !st; i++)
        st = steps[i](w, err);
    if (st) {
        tone_words_free(w);
        return st;
    }
    *out = w;
    return TONE_OK;
}

void tone_words_free(tone_words *w)
{
    if (!w)
        return;
    free(w->families);
    free(w->guards);
    free(w->metrics);
    free(w->family_guards);
    free(w->phrases);
    free(w->modifiers);
    json_decref(w->tree);
    free(w);
}

size_t tone_words_count(const tone_words *w)
{
    return w->n_families;
}

const tone_word_family *tone_words_at(const tone_words *w, size_t family)
{
    return family < w->n_families ? &w->families[family] : NULL;
}

int tone_words_family(const tone_words *w, const char *name)
{
    for (size_t i = 0; i < w->n_families; i++)
        if (strcmp(w->families[i].name, name) == 0)
            return (int)i;
    return -1;
}
