/* token/from_gguf.h - the vocabulary of an open GGUF file. */
#ifndef TONE_TOKEN_FROM_GGUF_H
#define TONE_TOKEN_FROM_GGUF_H

#include "format/gguf.h"
#include "tonesmith/tokenizer.h"

/* Read tokenizer.ggml.*; the tokenizer keeps nothing of `g`. */
TONE_NODISCARD tone_status tone_tokenizer_from_gguf(tone_tokenizer **out, const tone_gguf *g, tone_error *err);

#endif
