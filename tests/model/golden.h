/* golden.h - what the tests of the model share: files of tests/golden/text, distances, greedy continuations. */
#ifndef TONE_TESTS_GOLDEN_H
#define TONE_TESTS_GOLDEN_H

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "format/safetensors.h"
#include "tonesmith/session.h"

static inline const char *golden_path(char out[512], const char *variant, const char *file)
{
    const char *root = getenv("TONE_GOLDEN");
    snprintf(out, 512, "%s/text/%s%s%s", root ? root : "tests/golden", variant, *file ? "/" : "", file);
    return out;
}

/* Ends the program when the model cannot be opened: nothing after that would mean anything. */
static inline tone_model *golden_model(const char *variant, const char *file)
{
    char path[512];
    tone_error err = {0};
    tone_model *m;
    if (tone_model_open(&m, golden_path(path, variant, file), &(tone_model_options){.no_tokenizer = true}, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    return m;
}

static inline tone_session *golden_session(const tone_model *m, const tone_session_options *o)
{
    tone_error err = {0};
    tone_session *s;
    if (tone_session_open(&s, m, o, &err)) {
        fprintf(stderr, "session: %s\n", err.text);
        exit(1);
    }
    return s;
}

static inline tone_safetensors *golden_tensors(const char *variant, const char *file)
{
    char path[512];
    tone_error err = {0};
    tone_safetensors *s;
    if (tone_safetensors_open(&s, golden_path(path, variant, file), &err)) {
        fprintf(stderr, "%s: %s\n", path, err.text);
        exit(1);
    }
    return s;
}

/* The I64 tensor as ids; *n of them, the caller frees. */
static inline tone_token *golden_ids(const tone_safetensors *s, const char *name, size_t *n)
{
    const tone_tensor *t = tone_safetensors_find(s, name);
    if (!t || t->type != TONE_TYPE_I64) {
        fprintf(stderr, "no ids '%s'\n", name);
        exit(1);
    }
    tone_token *ids = malloc(t->n_values * sizeof *ids);
    for (size_t i = 0; i < t->n_values; i++) {
        int64_t v;
        memcpy(&v, t->data + 8 * i, 8);
        ids[i] = (tone_token)v;
    }
    *n = t->n_values;
    return ids;
}

/* sum (got - want)^2 / sum want^2 */
static inline double golden_nmse(const float *got, const float *want, size_t n)
{
    double above = 0, below = 0;
    for (size_t i = 0; i < n; i++) {
        double e = (double)got[i] - (double)want[i];
        above += e * e;
        below += (double)want[i] * (double)want[i];
    }
    return below > 0 ? above / below : above;
}

static inline size_t golden_argmax(const float *x, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}

typedef struct golden_rows {
    float *rows;
    size_t n, vocab, first;
} golden_rows;

static inline bool golden_take_row(void *arg, size_t position, const float *logits)
{
    golden_rows *r = arg;
    memcpy(r->rows + (position - r->first) * r->vocab, logits, r->vocab * sizeof *logits);
    r->n++;
    return true;
}

/* Logits of the last n_rows positions (the caller frees), through a fresh start. */
static inline float *golden_score(tone_session *s, const tone_input *p, size_t n_rows)
{
    tone_error err = {0};
    golden_rows r = {.vocab = tone_model_info(tone_session_model(s))->vocab, .first = p->n - n_rows};
    r.rows = calloc(n_rows * r.vocab, sizeof *r.rows);
    tone_status st = tone_session_score(s, p, n_rows, golden_take_row, &r, &err);
    CHECK_CASE(st == TONE_OK, "%s", err.text);
    CHECK(r.n == n_rows);
    return r.rows;
}

/* Continue ids[0..n) by n_new argmax tokens; tokens that differ from want are counted. */
static inline size_t golden_greedy(tone_session *s, const tone_token *ids, size_t n, const tone_token *want, size_t n_new)
{
    tone_error err = {0};
    tone_token *all = malloc((n + n_new) * sizeof *all);
    size_t wrong = 0, vocab = tone_model_info(tone_session_model(s))->vocab;
    memcpy(all, ids, n * sizeof *ids);
    for (size_t i = 0; i < n_new; i++) {
        if (tone_session_sync(s, all, n + i, &err)) {
            fprintf(stderr, "%s\n", err.text);
            wrong += n_new - i;
            break;
        }
        all[n + i] = (tone_token)golden_argmax(tone_session_logits(s), vocab);
        if (all[n + i] != want[i]) {
            wrong += n_new - i;
            break;
        }
    }
    free(all);
    return wrong;
}

/* expect.json of a variant */
static inline json_t *golden_expect(const char *variant)
{
    char path[512];
    json_error_t at;
    json_t *j = json_load_file(golden_path(path, variant, "expect.json"), 0, &at);
    if (!j) {
        fprintf(stderr, "%s: %s\n", path, at.text);
        exit(1);
    }
    return j;
}

static inline tone_token *golden_json_ids(const json_t *array, size_t *n)
{
    *n = json_array_size(array);
    tone_token *ids = malloc((*n + 1) * sizeof *ids);
    for (size_t i = 0; i < *n; i++)
        ids[i] = (tone_token)json_integer_value(json_array_get(array, i));
    return ids;
}

#endif
