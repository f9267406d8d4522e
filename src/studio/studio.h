/* studio/studio.h - a project that can be listened to and changed: what the tools of docs/AGENT.md do.
 *
 *     tone_studio *s;
 *     if (tone_studio_open(&s, &(tone_studio_options){.preset = "Warm Strings"}, &err)) …
 *     tone_studio_turn(s, "make it darker");                       // the words that the next steps are done for
 *     char *result;
 *     if (tone_studio_call(s, "shape", "{\"goals\":\"brightness down medium\"}", &result, &changed, &err)) …
 *
 * Belongs to one thread at a time.  Every call that changes the patch is one step of the history.  A call that cannot be
 * done is TONE_OK with a result {"error":"…"}: that is for the model; only what the program must hear about (no
 * memory, the history cannot be written, cancelled) is a failure. */
#ifndef TONE_STUDIO_STUDIO_H
#define TONE_STUDIO_STUDIO_H

#include "base/buf.h"
#include "studio/history.h"
#include "tonesmith/sound/analysis.h"
#include "tonesmith/sound/render.h"
#include "tonesmith/sound/words.h"

typedef struct tone_studio tone_studio;

typedef struct tone_studio_options {
    const char *history; /* path of the database; NULL: the user's own; ":memory:" keeps nothing */
    const char *project; /* NULL: the one last worked on */
    const char *preset;  /* a preset to begin with; NULL: go on where the project stands, an empty one begins with the first preset */
    const tone_patch *patch; /* the same with a patch */
    const char *notes;   /* what is played; NULL: what the patch says */
    const char *folder;  /* where exports go; NULL: the current one */
    const char *who;     /* for the history; NULL: "user" */
    uint64_t seed;
} tone_studio_options;

TONE_NODISCARD tone_status tone_studio_open(tone_studio **out, const tone_studio_options *opt, tone_error *err);
void tone_studio_close(tone_studio *s);

/* One line that the user must see (a damaged history was moved aside), or NULL. */
const char *tone_studio_notice(const tone_studio *s);

/* The declarations of the eight tools: a JSON array of {"type":"function","function":{…}}; static. */
const char *tone_studio_tools(void);
/* The words that the next steps answer to; copied. */
TONE_NODISCARD tone_status tone_studio_turn(tone_studio *s, const char *words, tone_error *err);

/* The lines of state that the model is told ("patch …", "changed …", "sound …", "last …", "words …"), appended to out. */
TONE_NODISCARD tone_status tone_studio_state(tone_studio *s, tone_buf *out, tone_error *err);

/* Execute a call.  `arguments` is the text of a JSON object.  *result is a JSON object, the caller's (free); *changed
 * tells whether the sound is another one now. */
TONE_NODISCARD tone_status tone_studio_call(tone_studio *s, const char *tool, const char *arguments, char **result,
                                            bool *changed, tone_error *err);

/* The user's yes to overwriting files, for the calls to come; no by default. */
void tone_studio_allow_overwrite(tone_studio *s, bool yes);

/* Stop a running call from another thread: it fails with TONE_ERR_CANCELLED. */
void tone_studio_cancel(tone_studio *s);
/* Called while a call works; NULL takes it off. */
void tone_studio_on_progress(tone_studio *s, void (*fn)(void *arg, uint32_t renders), void *arg);

/* The patch as it stands, its measures and its render: borrowed until the next call. */
const tone_patch *tone_studio_patch(const tone_studio *s);
TONE_NODISCARD tone_status tone_studio_hear(tone_studio *s, const tone_measures **measures, const tone_sound **sound,
                                            tone_error *err);
tone_history *tone_studio_history(tone_studio *s);
int64_t tone_studio_project(const tone_studio *s);
const tone_words *tone_studio_words(const tone_studio *s);

/* The patch of a place: "now", "before", "original", "A", "B", a name, a branch or a step number. */
TONE_NODISCARD tone_status tone_studio_patch_at(tone_studio *s, const char *place, tone_patch *out, tone_error *err);
/* Play a patch as the project plays; the sound is the caller's. */
TONE_NODISCARD tone_status tone_studio_render(tone_studio *s, const tone_patch *patch, tone_sound *out, tone_error *err);

#endif
