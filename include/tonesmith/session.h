/* tonesmith/session.h - one conversation: keys and values of its tokens, and the logits of what may come next.
 * Module: model
 *
 * A session belongs to one thread at a time; only tone_session_cancel() may be called from anywhere.  The caller hands
 * over the whole prompt every time and the session works out how much of what it holds still applies.
 *
 *     tone_session_options o = tone_session_defaults();
 *     o.context = 4096;
 *     tone_session *s;
 *     if (tone_session_open(&s, model, &o, &err)) …
 *     if (tone_session_sync(s, ids, n, &err)) …
 *     const float *logits = tone_session_logits(s);   // of the token that follows ids[n - 1]
 *     ids[n++] = choose(logits);
 *     tone_session_sync(s, ids, n, &err);             // evaluates one token
 */
#ifndef TONESMITH_SESSION_H
#define TONESMITH_SESSION_H

#include "tonesmith/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_session tone_session;

typedef enum tone_cache_type {
    TONE_CACHE_F16, /* half precision, the default                 */
    TONE_CACHE_F32,
    TONE_CACHE_Q8_0 /* 8 bits and a scale for each 32 values       */
} tone_cache_type;

typedef struct tone_session_options {
    uint32_t context;   /* tokens; 0 takes the model's limit, or 8192 where that is less  */
    uint32_t batch;     /* tokens evaluated together; 0 lets us choose                    */
    uint32_t n_threads; /* 0: the cores this process may use                              */
    tone_cache_type cache;
    bool exact;         /* float32 throughout: slow, for comparing                        */
    bool low_priority;  /* worker threads give way to other programs                      */
    uint64_t checkpoint_bytes; /* for going back behind a sliding window without evaluating all again */
    uint64_t memory_bytes;     /* what the session may take; 0: what the machine has free             */
} tone_session_options;

/* f16 cache, 256 MiB for checkpoints, everything else chosen by us. */
TONE_API tone_session_options tone_session_defaults(void);

/* What a session takes, before anything is allocated. */
typedef struct tone_session_cost {
    uint32_t context, batch; /* as they would be */
    uint64_t cache_bytes;    /* keys and values */
    uint64_t work_bytes;     /* rows of activations, logits */
    uint64_t checkpoint_bytes;
    uint64_t total_bytes;
} tone_session_cost;

TONE_API TONE_NODISCARD tone_status tone_session_cost_of(tone_session_cost *out, const tone_model *model,
                                                         const tone_session_options *opt, tone_error *err);

/* Open a session on `model`, which must outlive it.  `opt` may be NULL.  A context that does not fit in memory is refused
 * with the largest that does (TONE_ERR_NO_MEMORY); one beyond the model's limit with that limit (TONE_ERR_ARGUMENT). */
TONE_API TONE_NODISCARD tone_status tone_session_open(tone_session **out, const tone_model *model,
                                                      const tone_session_options *opt, tone_error *err);
TONE_API void tone_session_close(tone_session *s);

/* What a position of a prompt is. */
typedef enum tone_input_kind { TONE_INPUT_TEXT = 0, TONE_INPUT_IMAGE = 1, TONE_INPUT_VIDEO = 2, TONE_INPUT_AUDIO = 3 } tone_input_kind;

/* A prompt with soft tokens: embeddings that stand in the place of a token's. */
typedef struct tone_input {
    const tone_token *ids;  /* (n); ignored at soft positions */
    const uint8_t *kinds;   /* (n) of tone_input_kind; NULL: all text */
    const float *soft;      /* (soft positions, hidden), in their order, inserted as they are */
    size_t n;
} tone_input;

/* Make the session hold exactly ids[0..n), n > 0, and the logits after the last.  A prefix that it already holds is kept,
 * the rest evaluated.  On TONE_ERR_CONTEXT_FULL and TONE_ERR_ARGUMENT nothing has changed; after any other error (cancelling
 * is one) it holds a prefix of the ids and stays usable. */
TONE_API TONE_NODISCARD tone_status tone_session_sync(tone_session *s, const tone_token *ids, size_t n, tone_error *err);
TONE_API TONE_NODISCARD tone_status tone_session_sync_input(tone_session *s, const tone_input *input, tone_error *err);

/* Add ids[0..n) to what the session holds.  The same errors. */
TONE_API TONE_NODISCARD tone_status tone_session_append(tone_session *s, const tone_token *ids, size_t n, tone_error *err);

/* The same as tone_session_sync_input(), and fn gets the logits (vocab floats, borrowed during the call) after each of the
 * last n_rows positions, in order; returning false ends the calls. */
typedef bool tone_logits_fn(void *arg, size_t position, const float *logits);
TONE_API TONE_NODISCARD tone_status tone_session_score(tone_session *s, const tone_input *input, size_t n_rows,
                                                       tone_logits_fn *fn, void *arg, tone_error *err);

/* Logits after the last token, tone_model_info()->vocab floats, borrowed until the next call on `s`; NULL while the session
 * holds no tokens or the last call failed. */
TONE_API const float *tone_session_logits(const tone_session *s);

/* Tokens held, and how many it can hold. */
TONE_API size_t tone_session_n(const tone_session *s);
TONE_API size_t tone_session_context(const tone_session *s);
TONE_API const tone_model *tone_session_model(const tone_session *s);

/* Forget everything. */
TONE_API void tone_session_reset(tone_session *s);

/* From any thread or signal handler: the running call, or else the next one that evaluates something, returns
 * TONE_ERR_CANCELLED within the time of one layer. */
TONE_API void tone_session_cancel(tone_session *s);

/* fn is called by the evaluating thread after each batch of a prompt; NULL takes it off. */
typedef void tone_progress_fn(void *arg, size_t n_done, size_t n_all);
TONE_API void tone_session_on_progress(tone_session *s, tone_progress_fn *fn, void *arg);

/* What the last evaluating call did. */
typedef struct tone_session_report {
    size_t n_prompt;    /* tokens it was asked to hold */
    size_t n_reused;    /* of those, kept from before  */
    size_t n_evaluated;
    double seconds;
} tone_session_report;

TONE_API tone_session_report tone_session_last(const tone_session *s);

#ifdef __cplusplus
}
#endif
#endif
