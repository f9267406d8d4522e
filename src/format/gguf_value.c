/* What an entry of GGUF metadata says: conversions that lose nothing, or refuse. */
#include "format/gguf_value.h"

#include <string.h>

size_t tone_gguf_scalar_bytes(uint32_t type)
{
    static const uint8_t bytes[] = {
        [TONE_GGUF_U8] = 1,  [TONE_GGUF_I8] = 1,  [TONE_GGUF_U16] = 2, [TONE_GGUF_I16] = 2,
        [TONE_GGUF_U32] = 4, [TONE_GGUF_I32] = 4, [TONE_GGUF_F32] = 4, [TONE_GGUF_BOOL] = 1,
        [TONE_GGUF_U64] = 8, [TONE_GGUF_I64] = 8, [TONE_GGUF_F64] = 8,
    };
    return type < sizeof bytes ? bytes[type] : 0;
}

/* A number in the widest form of its kind. */
typedef struct number {
    enum { NOTHING, WHOLE, REAL } kind;
    bool negative; /* WHOLE: `bits` is then an int64_t */
    uint64_t bits;
    double real;
} number;

static number read_number(tone_gguf_type type, const uint8_t *p)
{
    number v = {0};
    uint64_t raw = 0;
    size_t n = tone_gguf_scalar_bytes(type);
    for (size_t i = 0; i < n; i++)
        raw |= (uint64_t)p[i] << (8 * i);
    switch (type) {
    case TONE_GGUF_I8:
    case TONE_GGUF_I16:
    case TONE_GGUF_I32:
    case TONE_GGUF_I64:
        v.kind = WHOLE;
        v.negative = raw >> (8 * n - 1) & 1;
        if (v.negative && n < 8)
            raw |= ~(uint64_t)0 << (8 * n);
        v.bits = raw;
        break;
    case TONE_GGUF_BOOL:
        v.kind = raw < 2 ? WHOLE : NOTHING;
        v.bits = raw;
        break;
    case TONE_GGUF_U8:
    case TONE_GGUF_U16:
    case TONE_GGUF_U32:
    case TONE_GGUF_U64:
        v.kind = WHOLE;
        v.bits = raw;
        break;
    case TONE_GGUF_F32: {
        uint32_t bits = (uint32_t)raw;
        float f;
        memcpy(&f, &bits, sizeof f);
        v.kind = REAL;
        v.real = (double)f;
        break;
    }
    case TONE_GGUF_F64:
        v.kind = REAL;
        memcpy(&v.real, &raw, sizeof v.real);
        break;
    case TONE_GGUF_STRING:
    case TONE_GGUF_ARRAY:
        break;
    }
    return v;
}

static bool as_u64(number v, uint64_t *out)
{
    if (v.kind != WHOLE || v.negative)
        return false;
    *out = v.bits;
    return true;
}

static bool as_i64(number v, int64_t *out)
{
    if (v.kind != WHOLE || (!v.negative && v.bits > INT64_MAX))
        return false;
    *out = (int64_t)v.bits;
    return true;
}

static bool as_f64(number v, double *out)
{
    if (v.kind == REAL) {
        *out = v.real;
        return true;
    }
    int64_t i;
    if (!as_i64(v, &i) || i > 1ll << 53 || i < -(1ll << 53))
        return false;
    *out = (double)i;
    return true;
}

static number scalar(const tone_gguf_value *v)
{
    return v ? read_number(v->type, v->data) : (number){0};
}

static number element(const tone_gguf_value *v, size_t i)
{
    if (!v || v->type != TONE_GGUF_ARRAY || i >= v->n || v->element == TONE_GGUF_STRING)
        return (number){0};
    return read_number(v->element, v->data + i * tone_gguf_scalar_bytes(v->element));
}

tone_gguf_type tone_gguf_value_type(const tone_gguf_value *v)
{
    return v->type;
}

bool tone_gguf_get_u64(const tone_gguf_value *v, uint64_t *out)
{
    return as_u64(scalar(v), out);
}

bool tone_gguf_get_f64(const tone_gguf_value *v, double *out)
{
    return as_f64(scalar(v), out);
}

bool tone_gguf_get_bool(const tone_gguf_value *v, bool *out)
{
    uint64_t u;
    if (!as_u64(scalar(v), &u) || u > 1)
        return false;
    *out = u != 0;
    return true;
}

bool tone_gguf_get_string(const tone_gguf_value *v, tone_gguf_string *out)
{
    if (!v || v->type != TONE_GGUF_STRING)
        return false;
    *out = (tone_gguf_string){(const char *)v->data, v->n_bytes};
    return true;
}

size_t tone_gguf_array_n(const tone_gguf_value *v, tone_gguf_type *type)
{
    if (!v || v->type != TONE_GGUF_ARRAY)
        return 0;
    if (type)
        *type = v->element;
    return v->n;
}

bool tone_gguf_array_u64(const tone_gguf_value *v, size_t i, uint64_t *out)
{
    return as_u64(element(v, i), out);
}

bool tone_gguf_array_i64(const tone_gguf_value *v, size_t i, int64_t *out)
{
    return as_i64(element(v, i), out);
}

bool tone_gguf_array_f64(const tone_gguf_value *v, size_t i, double *out)
{
    return as_f64(element(v, i), out);
}

bool tone_gguf_array_next_string(const tone_gguf_value *v, size_t *cursor, tone_gguf_string *out)
{
    /* The lengths were walked at opening; checked again because the file may have changed since. */
    if (!v || v->type != TONE_GGUF_ARRAY || v->element != TONE_GGUF_STRING || *cursor > v->n_bytes ||
        v->n_bytes - *cursor < 8)
        return false;
    uint64_t n = tone_load_u64(v->data + *cursor);
    if (n > v->n_bytes - *cursor - 8)
        return false;
    *out = (tone_gguf_string){(const char *)v->data + *cursor + 8, (size_t)n};
    *cursor += 8 + (size_t)n;
    return true;
}
