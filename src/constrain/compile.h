/* constrain/compile.h - the compilers other than the schema's. */
#ifndef TONE_CONSTRAIN_COMPILE_H
#define TONE_CONSTRAIN_COMPILE_H

#include "constrain/program.h"

/* A rule of its own; `d` is kept by the program already. */
TONE_NODISCARD tone_status tone_compile_rule(tone_program *p, uint32_t *call, const tone_dfa *d, tone_error *err);

TONE_NODISCARD tone_status tone_compile_answer(tone_program *p, const tone_constraint_vocab *vocab, const tone_constraint_answer *answer,
                                               const tone_constraint_options *options, tone_error *err);

TONE_NODISCARD tone_status tone_compile_grammar(tone_program *p, const char *grammar, size_t n, tone_error *err);

#endif
