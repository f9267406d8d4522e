/* tonesmith/hearing.h - the ears of a Gemma 4 model (E2B, E4B): speech to soft tokens.
 * Module: model
 *
 * A tone_hearing is immutable once open and may be shared by threads.  The weights stay in the file's map.
 *
 *     tone_hearing *h;
 *     if (tone_hearing_open(&h, "gemma-4-E2B-it", &err)) …       // the model's folder, or its mmproj GGUF file
 *     tone_heard heard;
 *     if (tone_hearing_encode_file(&heard, h, "question.flac", NULL, &err)) …
 *     for (size_t i = 0; i < heard.n; i++)
 *         … heard.parts[i].soft: 25 rows a second for the text model …
 *     tone_heard_clear(&heard);
 *     tone_hearing_close(h);
 *
 * The model hears at most 30 s at a time.  Longer sound is cut at pauses into several parts; none of it is left out.
 *
 * While somebody still speaks, a stream takes what is there and does the work for it at once:
 *
 *     tone_hearing_stream *s;
 *     if (tone_hearing_stream_open(&s, h, 48000, 1, NULL, &err)) …
 *     while (…) st = tone_hearing_feed(s, frames, n_frames, &err);
 *     st = tone_hearing_finish(s, &heard, &err);                 // only the last second is left to do
 *     tone_hearing_stream_close(s);
 */
#ifndef TONESMITH_HEARING_H
#define TONESMITH_HEARING_H

#include "tonesmith/soft.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TONE_HEARING_RATE_HZ = 16000,
    TONE_HEARING_MAX_SAMPLES = 480000, /* 30 s: the longest part        */
    TONE_HEARING_MIN_SAMPLES = 161     /* fewer make no soft token      */
};

/* Peaks below this, 60 dB under full scale, are hardly anything to hear. */
#define TONE_HEARING_FAINT 1e-3F

typedef struct tone_hearing tone_hearing;

typedef struct tone_hearing_facts {
    uint32_t soft_width; /* of a soft token: must equal the hidden size of the text model */
    uint32_t hidden, n_layers, n_heads, ffn, window; /* window: soft tokens a layer looks back, itself included */
    bool clipped;        /* linears with bounds */
    uint64_t n_parameters, weight_bytes;
} tone_hearing_facts;

/* `path`: a Hugging Face folder with config.json, an mmproj GGUF file, a GGUF file that holds ears beside the text model, or
 * a folder with one GGUF file named mmproj*.  TONE_ERR_NOT_FOUND when the model is there but has no ears. */
TONE_API TONE_NODISCARD tone_status tone_hearing_open(tone_hearing **out, const char *path, tone_error *err);
TONE_API void tone_hearing_close(tone_hearing *h);

/* Borrowed, for as long as `h` lives. */
TONE_API const tone_hearing_facts *tone_hearing_info(const tone_hearing *h);

typedef struct tone_hearing_options {
    uint32_t n_threads; /* 0: the cores this process may use                                        */
    bool exact;         /* float32 throughout: slow, for comparing                                  */
    bool low_priority;  /* worker threads give way to other programs                                */
    bool keep_mel;      /* give the features too                                                    */
    tone_encode_progress_fn *progress; /* NULL: none; of each part of a file, the steps are layers  */
    void *progress_arg;
} tone_hearing_options;

/* Fast, everything else chosen by us. */
TONE_API tone_hearing_options tone_hearing_defaults(void);

/* Soft tokens of a part of n samples: one for each 40 ms begun, less the last 10 ms; 0 below TONE_HEARING_MIN_SAMPLES. */
TONE_API size_t tone_hearing_count(size_t n_samples);

/* One part: n samples of one channel at 16 kHz, full scale 1.  `opt` may be NULL.  On success *out is the caller's:
 * tone_soft_clear().  On failure it is empty: TONE_ERR_LIMIT for more than 30 s (tone_hearing_cut() says where to cut),
 * TONE_ERR_ARGUMENT for less than 10 ms, TONE_ERR_FORMAT for a sample that is no number. */
TONE_API TONE_NODISCARD tone_status tone_hearing_encode(tone_soft *out, const tone_hearing *h, const float *samples, size_t n,
                                                        const tone_hearing_options *opt, tone_error *err);

/* A stretch of samples at 16 kHz. */
typedef struct tone_hearing_span {
    size_t first, n;
} tone_hearing_span;

/* Where to cut a sound into parts of at most `most` samples (5 s to 30 s; 0: 30 s): in the quietest 0.3 s of the second half of
 * each part, less its last second.  The spans follow each other and cover every sample.  *out, *n of them, is the caller's
 * (free). */
TONE_API TONE_NODISCARD tone_status tone_hearing_cut(tone_hearing_span **out, size_t *n, const float *samples, size_t n_samples,
                                                     size_t most, tone_error *err);

typedef struct tone_heard_part {
    tone_hearing_span span;
    tone_soft soft;
    float peak;    /* the largest absolute sample: TONE_HEARING_FAINT */
    float *mel;    /* (n_mel, 128) the features; NULL unless keep_mel was asked for */
    size_t n_mel;
} tone_heard_part;

typedef struct tone_heard {
    tone_heard_part *parts; /* (n), owned */
    size_t n;
    size_t n_samples; /* at 16 kHz, of all parts together */
} tone_heard;

TONE_API void tone_heard_clear(tone_heard *heard);

/* A sound file of any rate and channel count (WAV, FLAC, Ogg, Opus, MP3 …), cut where it is longer than 30 s.  On success
 * *out is the caller's: tone_heard_clear().  On failure it is empty. */
TONE_API TONE_NODISCARD tone_status tone_hearing_encode_file(tone_heard *out, const tone_hearing *h, const char *path,
                                                             const tone_hearing_options *opt, tone_error *err);

/* One sound as it arrives; belongs to one thread at a time, tone_hearing_stream_cancel() excepted.  `h` must outlive it. */
typedef struct tone_hearing_stream tone_hearing_stream;

/* Frames of n_channels values at rate_hz will come.  `opt` may be NULL; its progress is not used. */
TONE_API TONE_NODISCARD tone_status tone_hearing_stream_open(tone_hearing_stream **out, const tone_hearing *h, uint32_t rate_hz,
                                                             uint32_t n_channels, const tone_hearing_options *opt, tone_error *err);
TONE_API void tone_hearing_stream_close(tone_hearing_stream *s);

/* frames (n, n_channels).  Every second or so there is enough for the tower and the call takes some ten milliseconds: not
 * for the audio thread.  After a failure the stream can only be closed. */
TONE_API TONE_NODISCARD tone_status tone_hearing_feed(tone_hearing_stream *s, const float *frames, size_t n, tone_error *err);

/* What is left of the work.  *out as by tone_hearing_encode_file() for the same samples: the same parts, and, where exact,
 * the same bits.  The stream can only be closed then. */
TONE_API TONE_NODISCARD tone_status tone_hearing_finish(tone_hearing_stream *s, tone_heard *out, tone_error *err);

/* From any thread: the call under way, and every later one, ends soon with TONE_ERR_CANCELLED. */
TONE_API void tone_hearing_stream_cancel(tone_hearing_stream *s);

#ifdef __cplusplus
}
#endif
#endif
