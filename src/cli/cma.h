/* cli/cma.h - a plain CMA-ES (Hansen 2016, "The CMA Evolution Strategy: A Tutorial"), to measure `shape --like` against. */
#ifndef TONE_CLI_CMA_H
#define TONE_CLI_CMA_H

#include "sound/shape_like.h"

/* Minimise the distance within 0…1 from the patch's own position, initial step 0.25, default population.  trace[i] gets the
 * best distance after i renders, i < n_trace; n_trace is the budget. */
TONE_NODISCARD tone_status cli_cma(tone_like *l, uint64_t seed, double *trace, size_t n_trace, tone_error *err);

#endif
