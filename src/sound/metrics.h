/* sound/metrics.h - what the report writers of this module and the command line share beyond the public header. */
#ifndef TONE_SOUND_METRICS_H
#define TONE_SOUND_METRICS_H

#include <jansson.h>

#include "tonesmith/sound/analysis.h"

/* The report as a tree, the caller's (json_decref); NULL when memory ran out. */
json_t *tone_measures_to_json(const tone_measures *m);

/* The same of a comparison. */
json_t *tone_comparison_to_json(const tone_comparison *c);

#endif
