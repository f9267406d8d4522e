/* cli/sampling.h - the options that every command which generates shares. */
#ifndef TONE_CLI_SAMPLING_H
#define TONE_CLI_SAMPLING_H

#include "cli/args.h"
#include "tonesmith/gen.h"

typedef struct cli_sampling {
    long max_tokens, seed, top_k; /* max_tokens 0: until the context is full; seed below 0: another one each time */
    double temperature, top_p, min_p, repeat, frequency, presence;
    cli_list stops;
} cli_sampling;

cli_sampling cli_sampling_defaults(void);

/* Entries for a command's table of options. */
#define CLI_SAMPLING_OPTIONS(s)                                                                                          \
    {'n', "max-tokens", CLI_INT, &(s).max_tokens, "N", "tokens to generate at most (default: until the context is full)", 1, 1 << 24},\
    {0, "stop", CLI_LIST, &(s).stops, "TEXT", "end before this text appears; may be given several times", 0, 0},         \
    {0, "temp", CLI_REAL, &(s).temperature, "X", "temperature (default 1); 0 takes the likeliest token", 0, 100},        \
    {0, "top-k", CLI_INT, &(s).top_k, "N", "choose among the N likeliest (default 64); 0: all", 0, 1 << 24},             \
    {0, "top-p", CLI_REAL, &(s).top_p, "X", "choose among the likeliest that make up this much (default 0.95)", 0, 1},   \
    {0, "min-p", CLI_REAL, &(s).min_p, "X", "drop what is less likely than X times the likeliest (default 0)", 0, 1},    \
    {0, "repeat-penalty", CLI_REAL, &(s).repeat, "X", "make tokens that were there less likely (default 1: off)", 0.01, 100},\
    {0, "frequency-penalty", CLI_REAL, &(s).frequency, "X", "for each time a token was there (default 0)", -100, 100},   \
    {0, "presence-penalty", CLI_REAL, &(s).presence, "X", "for a token that was there at all (default 0)", -100, 100},   \
    {0, "seed", CLI_INT, &(s).seed, "N", "equal seeds give equal text (default: another one each time)", 0, 0}

/* Fill in what generating takes; `s` must outlive *out. */
void cli_sampling_fill(const cli_sampling *s, tone_gen_options *out);

#endif
