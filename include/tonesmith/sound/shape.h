/* tonesmith/sound/shape.h - reaching a described change: "brightness down medium; keep punch" or "like target.wav".
 * Module: sound
 *
 * The search renders, measures, moves as few parameters as little as will do, and measures again.  What it says is what
 * was measured.  Equal inputs and seed give equal results, on any number of threads.
 *
 *     tone_shape_request r = tone_shape_defaults();
 *     r.patch = &patch;  r.notes = &notes;  r.words = words;
 *     if (tone_goals_parse(&r.goals, words, "brightness down medium; keep punch", &err)) …
 *     tone_shape_result *got;
 *     if (tone_shape(&got, &r, &err)) …
 *     … got->patch, got->reached[i], got->summary …
 *     tone_shape_free(got); */
#ifndef TONESMITH_SOUND_SHAPE_H
#define TONESMITH_SOUND_SHAPE_H

#include "tonesmith/sound/analysis.h"
#include "tonesmith/sound/render.h"
#include "tonesmith/sound/words.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tone_degree { TONE_DEGREE_SMALL = 1, TONE_DEGREE_MEDIUM, TONE_DEGREE_LARGE } tone_degree;

enum { TONE_MAX_GOALS = 8, TONE_SHAPE_MAX_MOVES = 8 };

typedef struct tone_goal {
    size_t family;     /* in the tone_words table */
    int direction;     /* +1, -1; 0: keep         */
    tone_degree degree;
} tone_goal;

typedef struct tone_goals {
    tone_goal goal[TONE_MAX_GOALS];
    size_t n;
} tone_goals;

/* Read "FAMILY up|down small|medium|large; keep FAMILY; …" and also plain words: "darker, a bit wider, keep the punch".
 * Items are split by ';' or ','.  What is said twice is one goal, by the stronger word.
 * An item without a known word, or two that contradict each other, is TONE_ERR_ARGUMENT with the families there are. */
TONE_API TONE_NODISCARD tone_status tone_goals_parse(tone_goals *out, const tone_words *words, const char *text,
                                                     tone_error *err);
/* The fixed form of goals, "brightness down medium; keep punch"; *out is the caller's. */
TONE_API TONE_NODISCARD tone_status tone_goals_print(char **out, const tone_words *words, const tone_goals *goals,
                                                     tone_error *err);

typedef struct tone_shape_request {
    const tone_patch *patch;  /* where to begin */
    const tone_notes *notes;  /* what is played; ignored with `source` */
    const tone_sound *source; /* NULL, or a recording: only the effects of the patch may move */
    const tone_words *words;
    tone_goals goals;         /* may be empty with `like` */
    const tone_sound *like;   /* NULL, or a sound to come near to */
    uint32_t rate;
    uint64_t seed;
    uint32_t max_renders;     /* 0: 40 for goals and up to 160 more where the usual moves do nothing, 300 for like */
    uint32_t n_threads;       /* 0: the cores there are */
    const tone_param *locked; /* parameters that must not move; n_locked of them */
    size_t n_locked;
    bool (*progress)(void *user, uint32_t renders, double distance); /* false cancels */
    void *user;
} tone_shape_request;

TONE_API tone_shape_request tone_shape_defaults(void);

typedef struct tone_shape_goal_result {
    tone_verdict verdict; /* of the final sound, at equal loudness */
    bool reached;         /* right direction and at least the degree's lower bound (keep: less than 1.5 JND) */
    char text[96];        /* "brightness down 0.9 octaves" */
    char why[160];        /* "" when reached; else why not: "a sine has no overtones to take away" */
} tone_shape_goal_result;

typedef struct tone_shape_result {
    tone_patch patch;                            /* equal to the request's when nothing could be done */
    tone_change moves[TONE_SHAPE_MAX_MOVES];     /* what moved, largest effect first */
    size_t n_moves;
    tone_shape_goal_result goal[TONE_MAX_GOALS]; /* in the order of the request */
    size_t n_goals;
    tone_measures before, after;
    double level_change_lu;                      /* loudness after - before, which the level parameter was not asked to hide */
    uint32_t n_renders;
    double distance_before, distance_after;      /* to `like`; NaN without */
    char *summary;                               /* one plain sentence */
} tone_shape_result;

/* TONE_ERR_ARGUMENT: nothing to do, or silent to begin with.  TONE_ERR_CANCELLED.  *out is the caller's. */
TONE_API TONE_NODISCARD tone_status tone_shape(tone_shape_result **out, const tone_shape_request *r, tone_error *err);
TONE_API void tone_shape_free(tone_shape_result *s);

#ifdef __cplusplus
}
#endif
#endif
