/* config.json to a configuration: whatever is accepted is within its bounds. */
#include "fuzz.h"

#include "model/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static tone_model_config c;
    tone_error err = {0};
    if (tone_config_from_json(&c, (const char *)bytes, n, "config.json", &err))
        return 0;
    for (uint32_t i = 0; i < c.n_layers; i++) {
        const tone_layer_config *l = &c.layers[i];
        if (l->source > i || c.n_heads % l->n_kv || (uint64_t)c.n_heads * l->head_dim > TONE_MAX_WIDTH || l->ffn > TONE_MAX_WIDTH)
            __builtin_trap();
    }
    return 0;
}
