/* tonesmith/media.h - pictures and sounds in a prompt: what a model's eyes and ears make of files, in the place of placeholders.
 * Module: gen
 *
 * A tone_media belongs to one model.  Eyes and ears are opened when the first picture or sound comes, and what they made is
 * kept by the content of the file, so that a conversation encodes each file once; equal soft tokens let a session keep its
 * keys and values.
 *
 *     tone_media *m;
 *     tone_media_open(&m, model, "gemma-4-E2B-it-Q4_0.gguf", NULL, &err);
 *     const tone_medium media[] = {{.kind = TONE_INPUT_IMAGE, .path = "screenshot.png"}, {.kind = TONE_INPUT_AUDIO, .path = "question.wav"}};
 *     tone_media_prompt p = {0};
 *     if (tone_media_expand(m, &p, ids, n, media, 2, &err)) …    // ids: one <|image|> or <|audio|> a file
 *     tone_session_sync_input(session, &(tone_input){p.ids.ids, p.kinds, p.soft, p.ids.n}, &err);
 *     tone_media_prompt_clear(&p);
 *     tone_media_close(m);
 *
 * One thread at a time. */
#ifndef TONESMITH_MEDIA_H
#define TONESMITH_MEDIA_H

#include "tonesmith/hearing.h"
#include "tonesmith/session.h"
#include "tonesmith/vision.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_media tone_media;

typedef struct tone_media_options {
    const char *projector; /* GGUF file of the eyes and ears; NULL: in the model's folder, or mmproj*.gguf beside its file; copied */
    uint32_t budget;       /* soft tokens of a picture at most; 0: the model's default    */
    tone_resize resize;
    uint32_t n_threads;    /* 0: the cores this process may use                           */
    bool exact;            /* float32 throughout                                          */
    bool low_priority;
    uint64_t keep_bytes;   /* of soft tokens that are not in use just now; 0: 256 MiB     */
    tone_encode_progress_fn *progress; /* NULL: none */
    void *progress_arg;
} tone_media_options;

/* `path` is where `model`, which must outlive *out, was opened from; copied.  Nothing is read yet.  `opt` may be NULL. */
TONE_API TONE_NODISCARD tone_status tone_media_open(tone_media **out, const tone_model *model, const char *path,
                                                    const tone_media_options *opt, tone_error *err);
TONE_API void tone_media_close(tone_media *m);

/* Take eyes and ears from another mmproj file from now on; NULL: from the usual place.  What was made before is forgotten. */
TONE_API TONE_NODISCARD tone_status tone_media_set_projector(tone_media *m, const char *path, tone_error *err);

/* Open the eyes (TONE_INPUT_IMAGE, TONE_INPUT_VIDEO) or ears (TONE_INPUT_AUDIO) now.  TONE_ERR_NOT_FOUND: the model has none; the
 * text says which file is missing or which models have some. */
TONE_API TONE_NODISCARD tone_status tone_media_need(tone_media *m, tone_input_kind kind, tone_error *err);

/* A file in a prompt. */
typedef struct tone_medium {
    tone_input_kind kind; /* TONE_INPUT_IMAGE or TONE_INPUT_AUDIO */
    const char *path;
    uint32_t budget;      /* of a picture; 0: that of the options */
    const char *hash;     /* what tone_media_hash() said when it was first shown; NULL: whatever is there now */
} tone_medium;

/* What became of it. */
typedef struct tone_medium_facts {
    size_t n_soft;
    size_t n_parts; /* a sound of more than 30 s has several */
    float peak;     /* of a sound; TONE_HEARING_FAINT */
    double seconds; /* of a sound */
} tone_medium_facts;

/* Encode `medium` unless that was done before.  TONE_ERR_NOT_FOUND: no such file, or no such sense; TONE_ERR_FORMAT: it is broken, or
 * no longer the file it was (`hash`); further errors as of tone_vision_encode_file() and tone_hearing_encode_file(). */
TONE_API TONE_NODISCARD tone_status tone_media_take(tone_media *m, const tone_medium *medium, tone_medium_facts *out, tone_error *err);

/* The model hears while somebody still speaks: feed and finish the stream, write the same frames to a file, and keep what was
 * heard as what that file makes.  The stream must be closed before `m`. */
TONE_API TONE_NODISCARD tone_status tone_media_stream(tone_media *m, tone_hearing_stream **out, uint32_t rate_hz, uint32_t n_channels,
                                                      tone_error *err);
/* *heard is used up, also on failure. */
TONE_API TONE_NODISCARD tone_status tone_media_keep(tone_media *m, const char *path, tone_heard *heard, tone_error *err);

/* 16 hexadecimal digits that stand for the content of a file. */
TONE_API TONE_NODISCARD tone_status tone_media_hash(char out[17], const char *path, tone_error *err);

/* A prompt with everything in its place: start from {0}.  It is a tone_input: {ids.ids, kinds, soft, ids.n}. */
typedef struct tone_media_prompt {
    tone_token_list ids;
    uint8_t *kinds; /* (ids.n) of tone_input_kind */
    float *soft;    /* (n_soft, the model's hidden size) */
    size_t n_soft;
    size_t longest; /* consecutive soft tokens of pictures: a session that sees them whole needs such a batch */
} tone_media_prompt;

TONE_API void tone_media_prompt_clear(tone_media_prompt *p);

/* ids[0..n) hold one placeholder for each medium, in order; a placeholder becomes begin, soft tokens, end, once for each part.
 * TONE_ERR_ARGUMENT when they are not as many, or of another kind.  On failure *out is empty. */
TONE_API TONE_NODISCARD tone_status tone_media_expand(tone_media *m, tone_media_prompt *out, const tone_token *ids, size_t n,
                                                      const tone_medium *media, size_t n_media, tone_error *err);

/* ids[0..n) hold one placeholder for each soft token already: they are filled in order, those of images and videos from the
 * pictures among `media`, those of audio from the sounds.  TONE_ERR_ARGUMENT when they are not as many. */
TONE_API TONE_NODISCARD tone_status tone_media_fill(tone_media *m, tone_media_prompt *out, const tone_token *ids, size_t n,
                                                    const tone_medium *media, size_t n_media, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif
