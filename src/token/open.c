#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "token/from_gguf.h"

tone_status tone_tokenizer_open(tone_tokenizer **out, const char *path, tone_error *err)
{
    *out = NULL;
    char *inside = tone_is_folder(path) ? tone_path_join(path, "tokenizer.json") : NULL;
    if (tone_is_folder(path) && !inside)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "%s: no memory to open it", path);
    tone_map map;
    tone_status status = tone_map_open(&map, inside ? inside : path, err);
    free(inside);
    if (status)
        return status;
    bool gguf = map.n >= 4 && memcmp(map.data, "GGUF", 4) == 0;
    if (!gguf)
        status = tone_tokenizer_open_memory(out, (const char *)map.data, map.n, err);
    tone_map_close(&map);
    if (gguf) {
        tone_gguf *g;
        status = tone_gguf_open(&g, path, err);
        if (!status)
            status = tone_tokenizer_from_gguf(out, g, err);
        tone_gguf_close(g);
    }
    return status;
}
