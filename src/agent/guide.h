/* agent/guide.h - calls that cannot go wrong: the constraint of a set of tools as a guide for generations.
 *
 * Compiling takes longer than a call, so constraints are kept: one for each way the same tools are asked for. */
#ifndef TONE_AGENT_GUIDE_H
#define TONE_AGENT_GUIDE_H

#include "tonesmith/constrain.h"
#include "tonesmith/gen.h"

typedef struct tone_guides tone_guides;

/* `tokenizer` must outlive the guides. */
TONE_NODISCARD tone_status tone_guides_open(tone_guides **out, const tone_tokenizer *tokenizer, tone_error *err);
void tone_guides_close(tone_guides *g);

/* The guide of one answer from its beginning; borrowed, until the next call.  `tools` is the text of the declarations. */
TONE_NODISCARD tone_status tone_guides_begin(tone_guides *g, const char *tools, tone_tool_choice choice, tone_thought thought,
                                             const tone_gen_guide **out, tone_error *err);

#endif
