/* gen/sampler.h - one token from a row of logits.
 *
 *     tone_sampler *s;
 *     tone_sampler_open(&s, n_vocab, &options, &err);
 *     tone_sampler_forbid(s, info->suppressed, info->n_suppressed);
 *     tone_sampler_accept(s, prompt ids…);                  // matters for the penalties only
 *     tone_choice c;
 *     tone_sampler_pick(s, logits, mask or NULL, &c, &err);
 *     tone_sampler_accept(s, c.id);
 */
#ifndef TONE_GEN_SAMPLER_H
#define TONE_GEN_SAMPLER_H

#include "tonesmith/sampling.h"

typedef struct tone_sampler tone_sampler;

/* Options out of range and bias for ids outside the vocabulary are refused by name.  Allocates everything the sampler
 * will ever need. */
TONE_NODISCARD tone_status tone_sampler_open(tone_sampler **out, uint32_t n_vocab, const tone_sampling_options *options,
                                             tone_error *err);
void tone_sampler_close(tone_sampler *s);

/* Never choose these ids (bias -INFINITY); ids outside the vocabulary are ignored. */
TONE_NODISCARD tone_status tone_sampler_forbid(tone_sampler *s, const tone_token *ids, size_t n, tone_error *err);

/* Choose from logits[0..n_vocab).  `mask` (nullable) has one bit for each token, word id/64, bit id%64; 0 forbids.
 * Fails when nothing is left to choose from or when the logits are not numbers. */
TONE_NODISCARD tone_status tone_sampler_pick(tone_sampler *s, const float *logits, const uint64_t *mask, tone_choice *out,
                                             tone_error *err);

/* The token has become part of the text: penalties will see it. */
void tone_sampler_accept(tone_sampler *s, tone_token id);

/* Forget what was seen and start the random numbers again from `seed`. */
void tone_sampler_reset(tone_sampler *s, uint64_t seed);

#endif
