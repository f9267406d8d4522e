/* An mmproj file, or a config.json when it begins with a brace: what is accepted is within its bounds, and eyes that open look. */
#include <jansson.h>
#include <string.h>

#include "fuzz.h"

#include "model/vision.h"

static void look(const tone_vision *v)
{
    const tone_vision_facts *f = tone_vision_info(v);
    uint32_t side = f->patch * f->pool;
    uint8_t *rgb = calloc((size_t)side * side, 3);
    const tone_vision_options o = {.resize = TONE_RESIZE_NONE, .n_threads = 1};
    const tone_rgb picture = {rgb, side, side};
    tone_soft soft;
    tone_error err = {0};
    tone_status st = rgb ? tone_vision_encode(&soft, v, &picture, &o, &err) : TONE_ERR_NO_MEMORY;
    if (!st) {
        fuzz_require(soft.n == 1 && soft.width == f->soft_width);
        fuzz_keep(fuzz_touch(soft.rows, soft.width * sizeof *soft.rows));
        tone_soft_clear(&soft);
    }
    free(rgb);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    tone_error err = {0};
    tone_vision *v = calloc(1, sizeof *v);
    if (!v)
        return 0;
    v->file.name = strdup("fuzz");
    tone_status st;
    if (n && bytes[0] == '{') {
        v->file.config = json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, NULL);
        st = json_is_object(v->file.config) ? tone_vision_config_read(&v->config, &v->file, &err) : TONE_ERR_FORMAT;
        fuzz_require(st == TONE_OK || st == TONE_ERR_FORMAT || st == TONE_ERR_UNSUPPORTED || st == TONE_ERR_NOT_FOUND);
    } else {
        st = tone_gguf_open_memory(&v->file.gguf, bytes, n, &err);
        if (!st)
            st = tone_vision_config_read(&v->config, &v->file, &err);
        if (!st)
            st = tone_vision_plan(v, &err);
        if (!st)
            look(v);
        fuzz_require(!st || err.text[0]);
    }
    tone_vision_close(v);
    return 0;
}
