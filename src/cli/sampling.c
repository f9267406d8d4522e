#include "cli/sampling.h"

#include <sys/random.h>

#include "cli/engine.h"

cli_sampling cli_sampling_defaults(void)
{
    const tone_sampling_options d = tone_sampling_defaults();
    return (cli_sampling){.seed = -1, .temperature = d.temperature, .top_k = (long)d.top_k, .top_p = d.top_p,
        .min_p = d.min_p,
        .repeat = d.repeat_penalty, .frequency = d.frequency_penalty, .presence = d.presence_penalty};
}

void cli_sampling_fill(const cli_sampling *s, tone_gen_options *out)
{
    out->max_tokens = (uint64_t)s->max_tokens;
    out->stops = (const char *const *)s->stops.items;
    out->n_stops = (size_t)s->stops.n;
    out->sampling.temperature = s->temperature;
    out->sampling.top_k = (uint32_t)s->top_k;
    out->sampling.top_p = s->top_p;
    out->sampling.min_p = s->min_p;
    out->sampling.repeat_penalty = s->repeat;
    out->sampling.frequency_penalty = s->frequency;
    out->sampling.presence_penalty = s->presence;
    out->sampling.seed = (uint64_t)s->seed;
    if (s->seed < 0 && getrandom(&out->sampling.seed, sizeof out->sampling.seed, 0) < 0)
        out->sampling.seed = (uint64_t)(cli_now_s() * 1e9);
}
