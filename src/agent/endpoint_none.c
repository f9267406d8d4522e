/* A build without libcurl. */
#include "agent/backend.h"
#include "base/fail.h"

bool tone_backend_has_endpoints(void)
{
    return false;
}

tone_status tone_backend_open_endpoint(tone_backend **out, const tone_endpoint_options *opt, tone_error *err)
{
    (void)opt;
    *out = NULL;
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "this build has no endpoints: it was made without libcurl");
}
