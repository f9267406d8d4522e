/* agent/endpoint.h - the address and the key of an endpoint. */
#ifndef TONE_AGENT_ENDPOINT_H
#define TONE_AGENT_ENDPOINT_H

#include "tonesmith/agent.h"

typedef struct tone_endpoint_address {
    char *url;   /* ends in /chat/completions */
    char *root;  /* the same without it       */
    char *where; /* scheme, host and port: for people, never with credentials */
    bool local;  /* this machine              */
    bool secure; /* https                     */
} tone_endpoint_address;

/* "http://host:8080" (then /v1 is meant), "…/v1", or the whole address.  TONE_ERR_ARGUMENT. */
TONE_NODISCARD tone_status tone_endpoint_address_read(tone_endpoint_address *out, const char *url, tone_error *err);
void tone_endpoint_address_clear(tone_endpoint_address *a);

/* The header line with the key, or NULL when no key is named.  The key is in no error. */
TONE_NODISCARD tone_status tone_endpoint_key(char **out, const tone_endpoint_options *opt, const tone_endpoint_address *address,
                                             tone_error *err);

#endif
