/* agent/claims.h - the numbers that an answer claims against those that were measured.
 *
 *     tone_claims c = {0};
 *     tone_claims_know(&c, "\"moved\":\"filter_cutoff 4.2 kHz to 1.8 kHz\"");
 *     tone_claims_check(&c, "The cutoff is at 1800 Hz now, 3 dB less bright.", tell, arg);     // tell(arg, "3 dB", 4)
 *     tone_claims_clear(&c);
 *
 * A claim is a number with a unit.  It is true when a known number of the same kind of unit equals it within what its
 * digits say (1.2 kHz is 1150 … 1250 Hz); signs are not compared, since "3 dB less" is -3 dB.  Of a known "4.2 kHz to
 * 1.8 kHz" the difference is known too. */
#ifndef TONE_AGENT_CLAIMS_H
#define TONE_AGENT_CLAIMS_H

#include "base/buf.h"
#include "tonesmith/base.h"

/* One number of a text. */
typedef struct tone_quantity {
    double value;     /* without sign, in the first unit of its kind */
    double tolerance; /* half of the last digit that was written */
    int kind;
    size_t start, n; /* where it stands */
} tone_quantity;

typedef struct tone_claims {
    tone_quantity *known;
    size_t n, room;
    tone_buf words; /* the texts themselves, one a line */
    bool failed; /* memory ran out: nothing can be said */
} tone_claims;

/* The next number with a unit at or after *at; moves *at behind it. */
bool tone_quantity_next(tone_quantity *out, const char *text, size_t n, size_t *at);

/* Learn the numbers of a text: a result, the lines of state. */
void tone_claims_know(tone_claims *c, const char *text);

/* Call fn for each number of the answer that is not known; returns how many. */
typedef void tone_claim_fn(void *arg, const char *text, size_t n);
uint32_t tone_claims_check(const tone_claims *c, const char *answer, tone_claim_fn *fn, void *arg);

/* The same for the clauses without numbers of an answer that is made of what was measured, as the small model's are: those
 * that stand in no known text ("Done: brightness down" after a result without "brightness down"). */
uint32_t tone_claims_check_words(const tone_claims *c, const char *answer, tone_claim_fn *fn, void *arg);

void tone_claims_clear(tone_claims *c);

#endif
