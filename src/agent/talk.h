/* agent/talk.h - a conversation as a list of messages, in the form that backends take.
 *
 * A turn begins with tone_talk_begin() and ends with tone_talk_end(); tone_talk_undo() takes back all of it.  Of a model
 * that was trained with the tools only the running turn is kept. */
#ifndef TONE_AGENT_TALK_H
#define TONE_AGENT_TALK_H

#include <jansson.h>

#include "tonesmith/agent.h"

extern const char *const tone_agent_instructions;

typedef struct tone_talk {
    json_t *messages;   /* [0] is the system's */
    char *instructions; /* NULL: turns stand alone */
    size_t turn;        /* index of the running turn's first message */
} tone_talk;

/* `instructions` NULL: turns stand alone and the state is the system's message; else they are, and each turn has its
 * state before the user's words: what was said before stays the beginning of the prompt, which an engine need not
 * evaluate again. */
TONE_NODISCARD tone_status tone_talk_open(tone_talk *out, const char *instructions, tone_error *err);
void tone_talk_close(tone_talk *t);

/* What comes now is one turn. */
void tone_talk_begin(tone_talk *t);
TONE_NODISCARD tone_status tone_talk_user(tone_talk *t, const char *state, const tone_medium *media, size_t n_media, const char *words,
                                          tone_error *err);
/* The running turn was spoken, and these were the words: from now on it reads as if they had been typed, which is what a model that
 * was trained with the tools knows. */
TONE_NODISCARD tone_status tone_talk_heard(tone_talk *t, const char *words, tone_error *err);
/* What the model said and called. */
TONE_NODISCARD tone_status tone_talk_answer(tone_talk *t, const tone_answer *a, tone_error *err);
TONE_NODISCARD tone_status tone_talk_result(tone_talk *t, const char *id, const char *result, tone_error *err);

/* Make a turn that was stopped whole: every call has a result, and the model has the last word. */
TONE_NODISCARD tone_status tone_talk_end(tone_talk *t, const char *last_word, tone_error *err);
void tone_talk_undo(tone_talk *t);
/* Forget the oldest turn; false when only the running one is left. */
bool tone_talk_drop_oldest(tone_talk *t);

/* The text of the list; the caller frees; NULL when memory ran out. */
char *tone_talk_text(const tone_talk *t);

#endif
