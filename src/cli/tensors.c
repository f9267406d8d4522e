#include "cli/tensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"
#include "cli/args.h"

static bool grow(cli_tensors *t)
{
    if (t->n < t->room)
        return true;
    size_t room = t->room ? 2 * t->room : 16;
    tone_tensor *list = realloc(t->list, room * sizeof *list);
    if (!list)
        return false;
    t->list = list;
    t->room = room;
    return true;
}

void *cli_tensors_add(cli_tensors *t, const char *name, tone_type type, uint64_t rows, uint64_t cols)
{
    uint64_t n, bytes;
    bool fits = tone_mul_u64(&n, rows, cols) && tone_mul_u64(&bytes, n, tone_type_find((uint32_t)type)->block_bytes);
    char *own = strdup(name);
    void *data = fits && bytes < SIZE_MAX ? malloc((size_t)bytes + 1) : NULL;
    if (!own || !data || !grow(t)) {
        t->failed = true;
        free(own);
        free(data);
        return NULL;
    }
    t->list[t->n++] = (tone_tensor){.name = own, .name_n = strlen(own), .type = type, .n_dims = 2, .dims = {rows, cols}, .data = data,
                                    .n_bytes = bytes, .n_values = n};
    return data;
}

static tone_tensor *find(const cli_tensors *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->list[i].name, name) == 0)
            return &t->list[i];
    return NULL;
}

tone_tensor *cli_tensors_append(cli_tensors *t, const char *name, const float *rows, size_t n_rows, size_t n_cols, size_t stride)
{
    if (t->failed)
        return NULL;
    tone_tensor *to = find(t, name);
    if (!to) {
        cli_tensors_add(t, name, TONE_TYPE_F32, 0, n_cols);
        to = find(t, name);
    }
    uint64_t bytes = to ? to->n_bytes + n_rows * n_cols * sizeof(float) : 0;
    uint8_t *data = to ? realloc((void *)(uintptr_t)to->data, bytes + 1) : NULL;
    if (!data) {
        t->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < n_rows; i++)
        memcpy(data + to->n_bytes + i * n_cols * sizeof(float), rows + i * stride, n_cols * sizeof(float));
    to->data = data;
    to->n_bytes = bytes;
    to->n_values += n_rows * n_cols;
    to->dims[0] += n_rows;
    return to;
}

tone_tensor *cli_tensors_stage(cli_tensors *t, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols,
                               size_t stride)
{
    char name[64];
    if (layer < 0)
        snprintf(name, sizeof name, "%s", stage);
    else if (strcmp(stage, "out") == 0)
        snprintf(name, sizeof name, "layer_%d", layer);
    else
        snprintf(name, sizeof name, "l%d_%s", layer, stage);
    return strcmp(name, "soft_tokens") == 0 ? NULL : cli_tensors_append(t, name, rows, n_rows, n_cols, stride);
}

int cli_tensors_write(const cli_tensors *t, const char *command, const char *path)
{
    tone_error err = {0};
    if (t->failed) {
        fprintf(stderr, "tonesmith %s: no memory for what is to be written\n", command);
        return 1;
    }
    if (tone_safetensors_write(path, t->list, t->n, &err))
        return cli_error(command, &err);
    for (size_t i = 0; i < t->n; i++) {
        const tone_tensor *one = &t->list[i];
        fprintf(stderr, "%s: %s (", path, one->name);
        for (uint32_t d = 0; d < one->n_dims; d++)
            fprintf(stderr, "%s%" PRIu64, d ? ", " : "", one->dims[d]);
        fprintf(stderr, ")\n");
    }
    return 0;
}

void cli_tensors_clear(cli_tensors *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free((void *)(uintptr_t)t->list[i].name);
        free((void *)(uintptr_t)t->list[i].data);
    }
    free(t->list);
    *t = (cli_tensors){0};
}
