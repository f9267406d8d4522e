/* gen/media.h - what is behind a tone_media. */
#ifndef TONE_GEN_MEDIA_H
#define TONE_GEN_MEDIA_H

#include "tonesmith/media.h"

/* What was made of one content with one budget. */
typedef struct tone_made {
    uint64_t hash;
    uint32_t budget;
    tone_input_kind kind;
    uint64_t used; /* when it was wanted last, on the clock of tone_media */
    tone_soft *parts; /* (n_parts) */
    size_t n_parts;
    tone_medium_facts facts;
} tone_made;

struct tone_media {
    const tone_model *model;
    char *path, *projector;
    tone_media_options o;
    tone_vision *eyes;   /* NULL until needed */
    tone_hearing *ears;
    tone_made *made;
    size_t n_made, room;
    uint64_t clock;
};

/* The soft tokens of `medium`, borrowed until the next call. */
TONE_NODISCARD tone_status tone_media_make(tone_media *m, const tone_medium *medium, const tone_made **out, tone_error *err);

#endif
