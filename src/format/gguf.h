/* format/gguf.h - GGUF v2 and v3, one file or a split set, mapped and never copied.
 *
 *     tone_gguf *g;
 *     if (tone_gguf_open(&g, "model.gguf", &err))
 *         …
 *     uint64_t n_layers;
 *     if (!tone_gguf_get_u64(tone_gguf_find(g, "gemma4.block_count"), &n_layers))
 *         …                                             // absent, or no whole number
 *     const tone_tensor *t = tone_gguf_find_tensor(g, "blk.0.attn_q.weight");
 *     tone_gguf_close(g);
 *
 * The reader checks everything before it hands it out: counts, offsets, products, alignment, types, duplicate names.
 * A file that somebody cuts short while it is mapped is beyond that: touching what is gone raises SIGBUS.
 * A tone_gguf owns its maps; every name, string, array and tensor pointer is borrowed from it.  Once open it never
 * changes: any number of threads may read it. */
#ifndef TONE_FORMAT_GGUF_H
#define TONE_FORMAT_GGUF_H

#include "base/types.h"
#include "tonesmith/base.h"

enum { TONE_MAX_DIMS = 4 };

typedef struct tone_tensor {
    const char *name; /* terminated, no zero byte inside */
    size_t name_n;
    tone_type type;
    bool is_unsigned; /* of whole numbers in safetensors: U8 … U64, BOOL */
    uint32_t n_dims; /* at least 1: a scalar has one dimension of 1 */
    uint64_t dims[TONE_MAX_DIMS]; /* row-major as written on paper: dims[n_dims-1] is contiguous (GGUF's order reversed) */
    const uint8_t *data; /* aligned for its element type (GGUF: to general.alignment, 8 at least) */
    uint64_t n_bytes, n_values;
} tone_tensor;

typedef enum tone_gguf_type {
    TONE_GGUF_U8, TONE_GGUF_I8, TONE_GGUF_U16, TONE_GGUF_I16, TONE_GGUF_U32, TONE_GGUF_I32, TONE_GGUF_F32,
    TONE_GGUF_BOOL, TONE_GGUF_STRING, TONE_GGUF_ARRAY, TONE_GGUF_U64, TONE_GGUF_I64, TONE_GGUF_F64
} tone_gguf_type;

typedef struct tone_gguf_string {
    const char *text; /* not terminated */
    size_t n;
} tone_gguf_string;

typedef struct tone_gguf_value tone_gguf_value; /* one metadata entry */
typedef struct tone_gguf tone_gguf;

/* Open `path`; when its name is the first (or any) of a split set the whole set is opened. */
TONE_NODISCARD tone_status tone_gguf_open(tone_gguf **out, const char *path, tone_error *err);
/* The same from memory (borrowed, must outlive the reader), one file only: for tests and fuzzing.  The tensors are as
 * aligned as `bytes` is. */
TONE_NODISCARD tone_status tone_gguf_open_memory(tone_gguf **out, const void *bytes, size_t n, tone_error *err);
void tone_gguf_close(tone_gguf *g);

size_t tone_gguf_n_tensors(const tone_gguf *g);
const tone_tensor *tone_gguf_tensor(const tone_gguf *g, size_t i);
const tone_tensor *tone_gguf_find_tensor(const tone_gguf *g, const char *name); /* NULL when absent; hashed */

size_t tone_gguf_n_values(const tone_gguf *g);
const tone_gguf_value *tone_gguf_value_at(const tone_gguf *g, size_t i, tone_gguf_string *key);
const tone_gguf_value *tone_gguf_find(const tone_gguf *g, const char *key); /* NULL when absent */
tone_gguf_type tone_gguf_value_type(const tone_gguf_value *v); /* v not NULL */
/* Bytes of all parts together. */
uint64_t tone_gguf_file_bytes(const tone_gguf *g);

/* Typed reads.  true and *out set when the entry exists and converts without loss; false otherwise (v may be NULL). */
bool tone_gguf_get_u64(const tone_gguf_value *v, uint64_t *out);
bool tone_gguf_get_f64(const tone_gguf_value *v, double *out);
bool tone_gguf_get_bool(const tone_gguf_value *v, bool *out);
bool tone_gguf_get_string(const tone_gguf_value *v, tone_gguf_string *out);

/* Arrays: element type and count; 0 when v is NULL or no array. */
size_t tone_gguf_array_n(const tone_gguf_value *v, tone_gguf_type *element);
bool tone_gguf_array_u64(const tone_gguf_value *v, size_t i, uint64_t *out);
bool tone_gguf_array_i64(const tone_gguf_value *v, size_t i, int64_t *out);
bool tone_gguf_array_f64(const tone_gguf_value *v, size_t i, double *out);
/* Strings have no fixed stride: read them in order with a cursor (start at 0), O(1) each. */
bool tone_gguf_array_next_string(const tone_gguf_value *v, size_t *cursor, tone_gguf_string *out);

#endif
