/* tonesmith/tokenizer.h - text to token ids and back, for the Gemma vocabularies.
 * Module: token
 *
 * A tone_tokenizer is immutable once opened and may be shared by threads.  Ids are positions in the model's
 * vocabulary.  Two kinds of text exist and must never be confused: a frame that the program writes, in which the
 * literal "<|turn>" means the control token, and text from a user, a tool or a file, in which it is seven ordinary
 * characters.  Only the first is encoded with TONE_ENCODE_CONTROL.
 *
 *     tone_tokenizer *t;
 *     if (tone_tokenizer_open(&t, "tokenizer.json", &err)) …
 *     tone_token_list ids = {0};
 *     tone_token_list_push(&ids, tone_tokenizer_info(t)->bos, &err);
 *     tone_tokenizer_encode(t, text, strlen(text), 0, &ids, &err);
 *     …
 *     tone_decoder *d;
 *     tone_decoder_open(&d, t, 0, &err);
 *     const char *shown = tone_decoder_next(d, id, &n);       // whole characters only; may be none
 *     const char *rest = tone_decoder_finish(d, &n);
 */
#ifndef TONESMITH_TOKENIZER_H
#define TONESMITH_TOKENIZER_H

#include "tonesmith/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tone_tokenizer tone_tokenizer;
typedef struct tone_decoder tone_decoder;

/* What an id stands for on output, and when text gives it. */
typedef enum tone_token_kind {
    TONE_TOKEN_NORMAL,  /* a piece of text                                                                     */
    TONE_TOKEN_BYTE,    /* one byte; the only kind that can leave a character incomplete                       */
    TONE_TOKEN_CONTROL, /* a marker such as <|turn>: encoded with TONE_ENCODE_CONTROL only, hidden on request  */
    TONE_TOKEN_LITERAL, /* a string that is always one token where it occurs in text (Gemma 3: <table>, …)     */
    TONE_TOKEN_UNUSED   /* a hole in the numbering: no text gives it, its bytes are empty                       */
} tone_token_kind;

typedef enum tone_vocab_family {
    TONE_VOCAB_OTHER,
    TONE_VOCAB_GEMMA3, /* has <start_of_turn> */
    TONE_VOCAB_GEMMA4  /* has <|turn>         */
} tone_vocab_family;

/* Facts of a vocabulary; an id that the file does not name is TONE_TOKEN_NONE. */
typedef struct tone_tokenizer_facts {
    tone_vocab_family family;
    uint32_t n_vocab;     /* ids are 0 … n_vocab-1                                                   */
    size_t longest_bytes; /* of any token                                                           */
    tone_token bos, eos, unk, pad;
    const tone_token *stops; /* ids that end a generation: the file's own and those known by text   */
    size_t n_stops;
    const tone_token *suppressed; /* ids that may never be generated in a model's turn (media ids, …) */
    size_t n_suppressed;
} tone_tokenizer_facts;

/* A growing list of ids, the caller's; start from {0}. */
typedef struct tone_token_list {
    tone_token *ids;
    size_t n, room;
} tone_token_list;

TONE_API TONE_NODISCARD tone_status tone_token_list_push(tone_token_list *list, tone_token id, tone_error *err);
/* Free the ids; the list is as {0}. */
TONE_API void tone_token_list_clear(tone_token_list *list);

/* Open a tokenizer.json, a folder that holds one, or the vocabulary inside a GGUF file.  A generation_config.json beside
 * a tokenizer.json adds its stops and suppressed ids. */
TONE_API TONE_NODISCARD tone_status tone_tokenizer_open(tone_tokenizer **out, const char *path, tone_error *err);
/* The text of a tokenizer.json; not needed after the call. */
TONE_API TONE_NODISCARD tone_status tone_tokenizer_open_memory(tone_tokenizer **out, const char *json, size_t n,
                                                               tone_error *err);
TONE_API void tone_tokenizer_close(tone_tokenizer *t);

/* Borrowed, for as long as `t` lives. */
TONE_API const tone_tokenizer_facts *tone_tokenizer_info(const tone_tokenizer *t);

/* What `id` adds to the output: the text with its spaces, the one byte of a byte token, a control token's literal.
 * O(1), borrowed, not terminated.  NULL and *n = 0 for an id outside the vocabulary. */
TONE_API const char *tone_tokenizer_bytes(const tone_tokenizer *t, tone_token id, size_t *n);
/* TONE_TOKEN_UNUSED outside the vocabulary. */
TONE_API tone_token_kind tone_tokenizer_kind(const tone_tokenizer *t, tone_token id);
/* The control or literal token spelled exactly `text` ("<|turn>"); TONE_TOKEN_NONE when there is none. */
TONE_API tone_token tone_tokenizer_find(const tone_tokenizer *t, const char *text);

/* Flags of tone_tokenizer_encode() */
enum { TONE_ENCODE_CONTROL = 1 /* literals of control tokens in the text become these tokens */ };

/* Append the ids of text[0..n) to *out; no BOS is added.  The text is UTF-8; each maximal ill-formed part counts as
 * one U+FFFD.  A U+2581 in the text cannot be told from a space.  On failure *out keeps what it had. */
TONE_API TONE_NODISCARD tone_status tone_tokenizer_encode(const tone_tokenizer *t, const char *text, size_t n,
                                                          unsigned flags, tone_token_list *out, tone_error *err);

/* Flags of decoders */
enum { TONE_DECODE_HIDE_CONTROL = 1 /* control tokens give no text */ };

/* A decoder turns ids into text as they come.  Text leaves in whole characters: bytes of an unfinished one are held
 * back, and each maximal part that cannot become a character leaves as one U+FFFD.  One thread at a time; `t` must
 * outlive it. */
TONE_API TONE_NODISCARD tone_status tone_decoder_open(tone_decoder **out, const tone_tokenizer *t, unsigned flags,
                                                      tone_error *err);
TONE_API void tone_decoder_close(tone_decoder *d);
/* The text that `id` sets free, "" for none; zero-terminated (it may contain zeros, *n tells), borrowed until the
 * next call on `d`.  An id outside the vocabulary gives no text.  Cannot fail. */
TONE_API const char *tone_decoder_next(tone_decoder *d, tone_token id, size_t *n);
/* What is still held back (one U+FFFD or nothing); the decoder is as new afterwards. */
TONE_API const char *tone_decoder_finish(tone_decoder *d, size_t *n);

/* All at once: the text of ids[0..n), zero-terminated; the caller frees *out. */
TONE_API TONE_NODISCARD tone_status tone_tokenizer_decode(const tone_tokenizer *t, const tone_token *ids, size_t n,
                                                          unsigned flags, char **out, size_t *out_n, tone_error *err);

#ifdef __cplusplus
}
#endif
#endif
