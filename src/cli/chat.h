/* cli/chat.h - a conversation in the terminal: what its parts share. */
#ifndef TONE_CLI_CHAT_H
#define TONE_CLI_CHAT_H

#include "cli/ask.h"
#include "cli/engine.h"
#include "cli/input.h"
#include "cli/media.h"
#include "cli/sampling.h"
#include "cli/show.h"
#include "tonesmith/conversation.h"
#include "tonesmith/respond.h"

typedef struct chat {
    cli_engine engine;
    cli_sampling sampling;
    cli_ask ask; /* its tools and schema are those given last; thinking is the conversation's as well */
    cli_show show;
    cli_input *input;
    char *choice; /* the text of a /tool-choice */
    tone_conversation *c;
    cli_media media;
    cli_attached attached; /* goes with the next message */
    bool person;         /* remarks and prompts make sense */
    bool quit;
    bool wants_answer;   /* the conversation ends with something to be answered */
    bool failed;         /* something could not be done; a program that drives us should know */
} chat;

/* Do what a line that begins with '/' says. */
void cli_chat_command(chat *c, const char *line);

/* Let the model answer, and go on while it calls tools that have their results.  Ctrl-C stops the answer. */
void cli_chat_answer(chat *c);

/* Say which pictures and sounds of a conversation that was loaded are gone or have changed. */
void cli_chat_check_media(chat *c);

/* A line for a person only, dimmed. */
void cli_chat_remark(chat *c, const char *fmt, ...) TONE_PRINTF(2, 3);
/* A line that a program that drives us gets as well, on standard error. */
void cli_chat_warn(chat *c, const char *fmt, ...) TONE_PRINTF(2, 3);
/* The same about something that could not be done; the conversation goes on, the exit status tells. */
void cli_chat_complain(chat *c, const char *fmt, ...) TONE_PRINTF(2, 3);

#endif
