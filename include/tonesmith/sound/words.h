/* tonesmith/sound/words.h - what people call it: from "darker" to metrics, and from metrics to a verdict.
 * Module: sound
 *
 *     tone_words *words;
 *     if (tone_words_open(&words, NULL, 0, err)) …            // the table that comes with the program
 *     tone_word_match hit;
 *     if (tone_words_find(words, "a bit darker", &hit)) {     // brightness, direction -1
 *         tone_verdict v = tone_word_score(words, hit.family, &before, &after);
 *         if (v.score * hit.direction > 1) …                  // it did get darker
 *     }
 *     tone_words_free(words);
 *
 * A family ("brightness") is an axis with a direction that counts as up.  Its score is a weighted mean of changes
 * in just noticeable differences: 1 is barely heard, 10 obvious.  Measure both sides at the same note start; loudness
 * is taken out by construction (every metric used is relative).  Immutable after opening: share between threads. */
#ifndef TONESMITH_SOUND_WORDS_H
#define TONESMITH_SOUND_WORDS_H

#include "tonesmith/sound/metrics.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_words tone_words;

/* The built-in table (src/sound/data/words.json), then the user's corrections on top: n bytes of JSON, NULL and 0 for
 * none.
 *
 *     {"words": {"darker": "air down"},                                    a word that means something else to them
 *      "families": {"warmth": {"metrics": [{"metric": "harmonic.even_db",  a field that replaces the built-in one
 *                                           "direction": 1, "weight": 1}]}}}
 *
 * TONE_ERR_FORMAT, with the place and what is wrong there: broken JSON, an unknown metric, family, guard or field.
 * *out is the caller's: tone_words_free(). */
TONE_API TONE_NODISCARD tone_status tone_words_open(tone_words **out, const char *user_json, size_t n, tone_error *err);
TONE_API void tone_words_free(tone_words *w);

typedef struct tone_word_metric {
    tone_metric metric;
    int direction; /* +1: rises when the family goes up; -1: falls */
    double weight; /* primary metrics 1, secondary less */
    double absent; /* what counts where it is not defined (a mono file has correlation 1); NaN: it is left out */
} tone_word_metric;

typedef struct tone_word_guard {
    const char *name; /* "pitch" */
    tone_metric metric;
    double most;      /* JNDs it may move either way, or with `limit` the value it must not rise above */
    bool limit;
    const char *text; /* what breaking it means: "the pitch moved" */
} tone_word_guard;

typedef struct tone_word_family {
    const char *name; /* "brightness" */
    const char *up, *down; /* how the verdict says it: "brighter", "darker" */
    const char *help;      /* one line */
    const tone_word_metric *metrics;
    size_t n_metrics;
    bool largest; /* the score is the largest change, not the weighted mean */
    const tone_word_guard *const *guards;
    size_t n_guards;
    uint32_t groups; /* tone_metric_group bits that scoring and guarding need */
} tone_word_family;

TONE_API size_t tone_words_count(const tone_words *w);
/* Borrowed from `w`; NULL past the end. */
TONE_API const tone_word_family *tone_words_at(const tone_words *w, size_t family);

typedef struct tone_word_match {
    size_t family;
    int direction;     /* +1 up, -1 down; 0: the family's own name, which has no direction */
    size_t at, length; /* where in the text, bytes */
} tone_word_match;

/* The family of that name, or -1. */
TONE_API int tone_words_family(const tone_words *w, const char *name);

/* The first word or phrase of the table in `text` (the longest at that place; case, hyphens and runs of spaces do not
 * matter).  Words before it count: "less bright" and "too bright" are down, "more bass" is up.  false when there is none.
 * For the next one search on from at + length. */
TONE_API bool tone_words_find(const tone_words *w, const char *text, tone_word_match *out);

/* Scores to aim at for "a bit", plainly, and "a lot". */
#define TONE_WORD_SMALL 2.0
#define TONE_WORD_MEDIUM 5.0
#define TONE_WORD_LARGE 10.0

typedef enum tone_verdict_size {
    TONE_VERDICT_UNDEFINED, /* no metric of the family is defined on both sides */
    TONE_VERDICT_UNCHANGED, /* |score| < 1 */
    TONE_VERDICT_SMALL,     /* < 3         */
    TONE_VERDICT_MEDIUM,    /* < 8         */
    TONE_VERDICT_LARGE
} tone_verdict_size;

enum { TONE_VERDICT_MAX_BROKEN = 8 };

typedef struct tone_verdict {
    double score; /* JNDs, signed: positive is the family's up; NaN when undefined */
    tone_verdict_size size;
    const tone_word_guard *broken[TONE_VERDICT_MAX_BROKEN]; /* guards that did not hold, borrowed from the table */
    size_t n_broken;
} tone_verdict;

/* Where `after` lies from `before` along a family. */
TONE_API tone_verdict tone_word_score(const tone_words *w, size_t family, const tone_measures *before,
                                      const tone_measures *after);

/* One metric's part in that score, JNDs times its share of the weight; NaN when undefined.  `i` < n_metrics. */
TONE_API double tone_word_part(const tone_words *w, size_t family, size_t i, const tone_measures *before,
                               const tone_measures *after);

#ifdef __cplusplus
}
#endif
#endif
