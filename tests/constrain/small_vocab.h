/* small_vocab.h - a vocabulary for tests: every byte, pieces that straddle the joints of JSON and of calls, marks, a stop. */
#ifndef TONE_TESTS_SMALL_VOCAB_H
#define TONE_TESTS_SMALL_VOCAB_H

#include <string.h>

#include "tonesmith/constrain.h"

static const char *const small_pieces[] = {
    "{\"",     "\":",   "\",\"",  "\"},{\"", "]}",     "}]",      ":[",      ":{",     "},",     "],",     "[]",     "{}",   "[[",    "{\"a\":",
    "\"a\"",   "\"b\":", ",\"b\":", "null",    "true",   "false",   " true",   "tr",     "ue",     "nul",    "12",     "0.5",  "-1",    "1,2",
    "00",      ".25",   "1e5",    "e+",      "a",      "ab",      "abc",     "name",   "value",  "low",    "high",   "lp12", "lp",    "é",
    "日本",    "日",    "🎹",     "\\n",     "\\\"",   "\\\\",    "\\u00",   "\\u00e9", "\\ud83d", "\\ude00", "x\"",   "x\",", "\"\"",  "\"\",",
    " ",       "  ",    ", ",     ": ",      "\n",     "\n  ",    "a\":",    "a:",     "b:",     ",b:",    "{a:",    "}}",   "call:", "call:f",
    "f{",      "<|\"|>", "<|",    "|>",      "\"|>",   "2026-07", "-09",     "T12:30:00Z", "r1", "r12",    "0f",     "zzz",  "on",    "id",
    "gain_db", "tags",  "Mix",    "mode",    "p",      "q",       "r s",     "free",   "xy",     "x",      "hought\n", "thought\n", "thought"};

enum { SMALL_BYTES = 256, SMALL_PIECES = sizeof small_pieces / sizeof *small_pieces };
enum { SMALL_MARKS = SMALL_BYTES + SMALL_PIECES, SMALL_STOP = SMALL_MARKS + TONE_MARK_COUNT, SMALL_UNUSED, SMALL_N };
enum { SMALL_WORDS = (SMALL_N + 63) / 64 };

static const char *const small_marks[TONE_MARK_COUNT] = {"<|\"|>", "<|tool_call>", "<tool_call|>", "<|channel>", "<channel|>"};

typedef struct small_vocab {
    char bytes[SMALL_BYTES];
    tone_constraint_piece pieces[SMALL_N];
    tone_token marks[TONE_MARK_COUNT];
    tone_constraint_vocab *vocab;
} small_vocab;

static inline tone_status small_vocab_open(small_vocab *v)
{
    for (int i = 0; i < SMALL_BYTES; i++) {
        v->bytes[i] = (char)i;
        v->pieces[i] = (tone_constraint_piece){&v->bytes[i], 1, TONE_PIECE_TEXT};
    }
    for (int i = 0; i < (int)SMALL_PIECES; i++)
        v->pieces[SMALL_BYTES + i] = (tone_constraint_piece){small_pieces[i], strlen(small_pieces[i]), TONE_PIECE_TEXT};
    for (int i = 0; i < TONE_MARK_COUNT; i++) {
        v->pieces[SMALL_MARKS + i] = (tone_constraint_piece){small_marks[i], strlen(small_marks[i]), TONE_PIECE_MARK};
        v->marks[i] = (tone_token)(SMALL_MARKS + i);
    }
    v->pieces[SMALL_STOP] = (tone_constraint_piece){"<stop>", 6, TONE_PIECE_STOP};
    v->pieces[SMALL_UNUSED] = (tone_constraint_piece){"", 0, TONE_PIECE_NEVER};
    return tone_constraint_vocab_open(&v->vocab, v->pieces, SMALL_N, v->marks, NULL);
}

#endif
