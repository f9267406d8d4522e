/* Writing, and the names of types. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/utf8.h"
#include "format/names.h"
#include "format/safetensors.h"
#include "format/safetensors_types.h"

/* A type is written under the first name that it has here. */
static const struct {
    const char *name;
    tone_type type;
    bool is_unsigned;
} types[] = {
    {"F64", TONE_TYPE_F64, false}, {"F32", TONE_TYPE_F32, false}, {"F16", TONE_TYPE_F16, false}, {"BF16", TONE_TYPE_BF16, false},
    {"I64", TONE_TYPE_I64, false}, {"I32", TONE_TYPE_I32, false}, {"I16", TONE_TYPE_I16, false}, {"I8", TONE_TYPE_I8, false},
    {"U64", TONE_TYPE_I64, true},  {"U32", TONE_TYPE_I32, true},  {"U16", TONE_TYPE_I16, true},  {"U8", TONE_TYPE_I8, true},
    {"BOOL", TONE_TYPE_I8, true},
};

bool tone_safetensors_type(tone_type *out, bool *is_unsigned, const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0) {
            *out = types[i].type;
            *is_unsigned = types[i].is_unsigned;
            return true;
        }
    return false;
}

const char *tone_safetensors_type_name(tone_type type, bool is_unsigned)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].type == type && types[i].is_unsigned == is_unsigned)
            return types[i].name;
    return NULL;
}

static tone_status n_bytes_of(uint64_t *out, const tone_tensor *t, tone_error *err)
{
    if (!tone_safetensors_type_name(t->type, t->is_unsigned))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "tensor '%.64s' is of a type that a safetensors file cannot hold",
                         t->name);
    uint64_t n = tone_type_find(t->type)->block_bytes;
    for (uint32_t i = 0; i < t->n_dims; i++)
        if (!tone_mul_u64(&n, n, t->dims[i]))
            return tone_fail(err, TONE_ERR_LIMIT, 0, "tensor '%.64s' is too large to write", t->name);
    *out = n;
    return TONE_OK;
}

static void put_string(tone_buf *b, const char *s, size_t n)
{
    tone_buf_putc(b, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c < 0x20)
            tone_buf_printf(b, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            tone_buf_printf(b, "\\%c", c);
        else
            tone_buf_putc(b, (char)c);
    }
    tone_buf_putc(b, '"');
}

/* Numbers of the tensors in the order of the file: the widest elements first, otherwise as given. */
static size_t *file_order(const tone_tensor *tensors, size_t n)
{
    size_t *order = malloc((n + 1) * sizeof *order), k = 0;
    for (uint32_t wide = 8; order && wide > 0; wide /= 2)
        for (size_t i = 0; i < n; i++) {
            const tone_type_info *info = tone_type_find(tensors[i].type);
            if (info && info->block_values == 1 && info->block_bytes == wide)
                order[k++] = i;
        }
    return order;
}

static tone_status put_header(tone_buf *header, const tone_tensor *tensors, const size_t *order, size_t n,
                              tone_error *err)
{
    uint64_t at = 0;
    tone_buf_putc(header, '{');
    for (size_t i = 0; i < n; i++) {
        const tone_tensor *t = &tensors[order[i]];
        uint64_t n_bytes, end;
        tone_status st = n_bytes_of(&n_bytes, t, err);
        if (st)
            return st;
        if (!tone_utf8_valid((const uint8_t *)t->name, strlen(t->name), NULL))
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "the name of tensor '%.64s' is not UTF-8", t->name);
        if (!tone_add_u64(&end, at, n_bytes))
            return tone_fail(err, TONE_ERR_LIMIT, 0, "tensor '%.64s' is too large to write", t->name);
        if (i)
            tone_buf_putc(header, ',');
        put_string(header, t->name, strlen(t->name));
        tone_buf_printf(header, ":{\"dtype\":\"%s\",\"shape\":[", tone_safetensors_type_name(t->type, t->is_unsigned));
        for (uint32_t d = 0; d < t->n_dims; d++)
            tone_buf_printf(header, "%s%" PRIu64, d ? "," : "", t->dims[d]);
        tone_buf_printf(header, "],\"data_offsets\":[%" PRIu64 ",%" PRIu64 "]}", at, end);
        at = end;
    }
    tone_buf_putc(header, '}');
    while (header->n % 8) /* the data begins aligned */
        tone_buf_putc(header, ' ');
    return header->failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the header of %zu tensors", n)
                          : TONE_OK;
}

static tone_status check_tensors(const tone_tensor *tensors, size_t n, tone_error *err)
{
    if (n > TONE_NAMES_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "%zu tensors are more than %d", n, TONE_NAMES_MAX);
    tone_names names;
    if (!tone_names_init(&names, n))
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu tensors", n);
    tone_status st = TONE_OK;
    for (size_t i = 0; i < n && !st; i++) {
        uint64_t n_bytes;
        st = n_bytes_of(&n_bytes, &tensors[i], err);
        if (!st && !tone_names_add(&names, tensors[i].name, strlen(tensors[i].name), (uint32_t)i))
            st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "two tensors are named '%.64s'", tensors[i].name);
    }
    tone_names_clear(&names);
    return st;
}

tone_status tone_safetensors_write(const char *path, const tone_tensor *tensors, size_t n, tone_error *err)
{
    tone_status st = check_tensors(tensors, n, err);
    if (st)
        return st;
    tone_buf header = {0};
    tone_draft d = {.fd = -1};
    size_t *order = file_order(tensors, n);
    if (!order) {
        st = tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %zu tensors", n);
        goto done;
    }
    st = put_header(&header, tensors, order, n, err);
    if (st)
        goto done;
    uint8_t size[8];
    for (int i = 0; i < 8; i++)
        size[i] = (uint8_t)((uint64_t)header.n >> (8 * i));
    st = tone_draft_open(&d, path, err);
    if (!st)
        st = tone_draft_write(&d, size, sizeof size, err);
    if (!st)
        st = tone_draft_write(&d, header.data, header.n, err);
    for (size_t i = 0; i < n && !st; i++) {
        const tone_tensor *t = &tensors[order[i]];
        uint64_t n_bytes;
        st = n_bytes_of(&n_bytes, t, err);
        if (!st)
            st = tone_draft_write(&d, t->data, (size_t)n_bytes, err);
    }
    st = tone_draft_commit(&d, st, err);
done:
    free(order);
    tone_buf_clear(&header);
    return st;
}
