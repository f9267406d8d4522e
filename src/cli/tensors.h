/* cli/tensors.h - named tensors on their way to one safetensors file.
 *
 *     cli_tensors t = {0};
 *     float *rows = cli_tensors_add(&t, "soft_tokens", TONE_TYPE_F32, n, width);
 *     if (rows) memcpy(rows, …);
 *     rc = cli_tensors_write(&t, "encode", path);       // also says when memory had run out on the way
 *     cli_tensors_clear(&t);
 */
#ifndef TONE_CLI_TENSORS_H
#define TONE_CLI_TENSORS_H

#include "format/safetensors.h"

typedef struct cli_tensors {
    tone_tensor *list; /* name and data owned */
    size_t n, room;
    bool failed;
} cli_tensors;

/* Memory for the values of a plain type, (rows, cols), to be filled in; NULL when there is none. */
void *cli_tensors_add(cli_tensors *t, const char *name, tone_type type, uint64_t rows, uint64_t cols);

/* Rows of F32, stride floats apart, behind those that stand under the same name already; the tensor, or NULL when there is no
 * memory. */
tone_tensor *cli_tensors_append(cli_tensors *t, const char *name, const float *rows, size_t n_rows, size_t n_cols, size_t stride);

/* The same for a stage of a tower as a tap sees it: "layer_2" is the end of a layer, "l0_lconv" inside one, "conv0" outside of all.
 * NULL also for soft_tokens, which are written in any case. */
tone_tensor *cli_tensors_stage(cli_tensors *t, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols,
                               size_t stride);

/* Writes the file and a line about each tensor on stderr; 0, or 1 after a line that says why not. */
int cli_tensors_write(const cli_tensors *t, const char *command, const char *path);

void cli_tensors_clear(cli_tensors *t);

#endif
