#include "model/fields.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"

const json_t *tone_field(const json_t *object, const char *key)
{
    const json_t *v = json_object_get(object, key);
    return json_is_null(v) ? NULL : v;
}

tone_status tone_field_missing(const tone_fields *f, const char *key)
{
    return tone_fail(f->err, TONE_ERR_FORMAT, 0, "%s: '%s' is missing", f->name, key);
}

tone_status tone_field_u32(const tone_fields *f, const char *key, uint32_t *out)
{
    const json_t *v = tone_field(f->object, key);
    if (!v)
        return TONE_OK;
    json_int_t n = json_integer_value(v);
    if (json_is_real(v) && json_real_value(v) >= 0 && json_real_value(v) < 0x1p31 && floor(json_real_value(v)) == json_real_value(v))
        n = (json_int_t)json_real_value(v); /* "8.0" appears in the wild */
    else if (!json_is_integer(v))
        return tone_fail(f->err, TONE_ERR_FORMAT, 0, "%s: '%s' must be a whole number", f->name, key);
    if (n < 0 || n > INT32_MAX)
        return tone_fail(f->err, TONE_ERR_FORMAT, 0, "%s: '%s' is out of range", f->name, key);
    *out = (uint32_t)n;
    return TONE_OK;
}

tone_status tone_field_require_u32(const tone_fields *f, const char *key, uint32_t *out)
{
    return tone_field(f->object, key) ? tone_field_u32(f, key, out) : tone_field_missing(f, key);
}

tone_status tone_field_real(const tone_fields *f, const char *key, double *out)
{
    const json_t *v = tone_field(f->object, key);
    if (!v)
        return TONE_OK;
    if (!json_is_number(v))
        return tone_fail(f->err, TONE_ERR_FORMAT, 0, "%s: '%s' must be a number", f->name, key);
    *out = json_number_value(v);
    return TONE_OK;
}

tone_status tone_field_bool(const tone_fields *f, const char *key, bool *out)
{
    const json_t *v = tone_field(f->object, key);
    if (!v)
        return TONE_OK;
    if (!json_is_boolean(v))
        return tone_fail(f->err, TONE_ERR_FORMAT, 0, "%s: '%s' must be true or false", f->name, key);
    *out = json_is_true(v);
    return TONE_OK;
}

tone_status tone_field_only(const tone_fields *f, const char *key, const char *known)
{
    const json_t *v = tone_field(f->object, key);
    if (!v || (json_is_string(v) && strcmp(json_string_value(v), known) == 0))
        return TONE_OK;
    return tone_fail(f->err, TONE_ERR_UNSUPPORTED, 0, "%s: '%s' is \"%s\"; this program computes \"%s\"", f->name, key,
                     json_is_string(v) ? json_string_value(v) : "?", known);
}
