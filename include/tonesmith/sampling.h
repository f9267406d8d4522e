/* tonesmith/sampling.h - how the next token is chosen, and the reasons for which a generation ends.
 * Module: gen
 *
 *     tone_sampling_options o = tone_sampling_defaults();
 *     o.temperature = 0;                 // always the most likely token
 */
#ifndef TONESMITH_SAMPLING_H
#define TONESMITH_SAMPLING_H

#include "tonesmith/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Added to the logit of one token; -INFINITY forbids it. */
typedef struct tone_logit_bias {
    tone_token id;
    float bias;
} tone_logit_bias;

enum { TONE_TOP_LOGPROBS_MAX = 20 };

/* The steps run in this order: bias, penalties, mask, temperature, top-k, top-p, min-p, draw.  With temperature_last
 * the temperature follows min-p instead, as some other programs do; the two agree at temperature 1. */
typedef struct tone_sampling_options {
    double temperature;       /* 0 … 100; 0 takes the largest logit and draws nothing                              */
    uint32_t top_k;           /* keep the k largest, ties at the border go to the smaller id; 0 keeps all          */
    double top_p;             /* keep the fewest whose probabilities reach this; 1 keeps all                       */
    double min_p;             /* drop what is less likely than this times the likeliest; 0 keeps all               */
    double repeat_penalty;    /* logits of tokens seen: positive ones divided, negative ones multiplied by this; 1 */
    double frequency_penalty; /* subtracted once for each time the token was seen                                  */
    double presence_penalty;  /* subtracted once from every token seen                                             */
    uint32_t penalty_window;  /* how many of the last tokens count as seen; 0 takes 64, at most 65536              */
    bool temperature_last;
    uint64_t seed; /* equal seeds and equal logits give equal choices */
    uint32_t top_logprobs; /* alternatives reported with each choice, at most TONE_TOP_LOGPROBS_MAX */
    bool logprobs;         /* report the log-probability of each choice                             */
    const tone_logit_bias *bias; /* read while the sampler is opened */
    size_t n_bias;
} tone_sampling_options;

/* What Gemma's files ask for: temperature 1, top-k 64, top-p 0.95, no penalties; seed 0. */
TONE_API tone_sampling_options tone_sampling_defaults(void);

typedef struct tone_logprob {
    tone_token id;
    float logprob;
} tone_logprob;

/* Log-probabilities are of the model's own distribution: before bias, penalties, mask and temperature. */
typedef struct tone_choice {
    tone_token id;
    float logprob; /* when asked for, else 0 */
    uint32_t n_top;
    tone_logprob top[TONE_TOP_LOGPROBS_MAX]; /* likeliest first */
} tone_choice;

/* Why a generation ended. */
typedef enum tone_end {
    TONE_END_NONE,        /* it goes on                                               */
    TONE_END_STOP_TOKEN,  /* the model finished its turn                              */
    TONE_END_STOP_STRING, /* one of the caller's stop strings appeared                */
    TONE_END_MAX_TOKENS,  /* the caller's limit                                       */
    TONE_END_CONTEXT,     /* the session can hold no more tokens                      */
    TONE_END_REPETITION,  /* the same words over and over: it would never have ended  */
    TONE_END_CONSTRAINT,  /* the grammar is complete                                  */
    TONE_END_CANCELLED,   /* somebody asked to stop                                   */
    TONE_END_ERROR        /* evaluation failed; the call's tone_error says how        */
} tone_end;

/* "stop", "stop_string", "length", "context", "repetition", "grammar", "cancelled", "error"; "" for NONE. */
TONE_API const char *tone_end_text(tone_end end);

#ifdef __cplusplus
}
#endif
#endif
