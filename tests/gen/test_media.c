/* Pictures and sounds in prompts: what a session keeps of them from turn to turn, what the placeholders become, who sees whom,
 * and what is refused. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "check.h"
#include "format/safetensors.h"
#include "model/tap.h"
#include "tonesmith/media.h"

enum { BOI = 60, EOI = 61, IMAGE = 62, BOA = 64, EOA = 65, AUDIO = 66, N_PICTURE = 62 };

static const char *at(char out[512], const char *rest)
{
    const char *root = getenv("TONE_GOLDEN");
    snprintf(out, 512, "%s/%s", root ? root : "tests/golden", rest);
    return out;
}

static tone_model *open_model(const char *name)
{
    char path[512];
    tone_error err = {0};
    tone_model *m;
    if (tone_model_open(&m, at(path, name), &(tone_model_options){.no_tokenizer = true}, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return m;
}

static tone_session *open_session(const tone_model *m, uint32_t batch)
{
    tone_error err = {0};
    tone_session_options o = tone_session_defaults();
    tone_session *s;
    o.exact = true;
    o.cache = TONE_CACHE_F32;
    o.context = 512;
    o.batch = batch;
    if (tone_session_open(&s, m, &o, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return s;
}

static tone_input input_of(const tone_media_prompt *p)
{
    return (tone_input){p->ids.ids, p->kinds, p->soft, p->ids.n};
}

/* Half a second of a falling tone. */
static void write_wav(const char *path, size_t n, float level)
{
    const uint32_t words[] = {0x46464952, (uint32_t)(36 + 4 * n), 0x45564157, 0x20746d66, 16, 0x00010003, 16000, 64000, 0x00200004,
                              0x61746164, (uint32_t)(4 * n)};
    char *bytes = malloc(sizeof words + 4 * n);
    memcpy(bytes, words, sizeof words);
    for (size_t i = 0; i < n; i++) {
        float x = level * sinf((float)i * (0.4F - 1e-5F * (float)i));
        memcpy(bytes + sizeof words + 4 * i, &x, 4);
    }
    tone_error err = {0};
    CHECK(tone_file_write(path, bytes, sizeof words + 4 * n, &err) == TONE_OK);
    free(bytes);
}

/* A second turn evaluates what is new and nothing else; another picture in the same place is another prompt. */
static void check_reuse(const char *name, const char *sound)
{
    char path[512], picture[512], other[512];
    tone_error err = {0};
    tone_model *model = open_model(name);
    tone_media *m;
    const bool ears = sound != NULL;
    if (!CHECK(tone_media_open(&m, model, at(path, name), &(tone_media_options){.exact = true, .budget = 70}, &err) == TONE_OK))
        exit(1);
    const tone_medium media[] = {{.kind = TONE_INPUT_IMAGE, .path = at(picture, "vision/images/37x512.png")},
                                 {.kind = TONE_INPUT_AUDIO, .path = sound}};
    const tone_token first[] = {2, 5, IMAGE, 6, ears ? AUDIO : 7, 8}, second[] = {2, 5, IMAGE, 6, ears ? AUDIO : 7, 8, 9, 10, 11};
    tone_media_prompt a = {0}, b = {0};
    tone_session *s = open_session(model, 0), *fresh = open_session(model, 0);
    CHECK(tone_media_expand(m, &a, first, 6, media, ears ? 2 : 1, &err) == TONE_OK);
    CHECK(a.longest == N_PICTURE && a.n_soft == (ears ? N_PICTURE + 13 : N_PICTURE) && a.ids.n == (ears ? 4 + 64 + 15 : 5 + 64));
    CHECK(a.ids.ids[2] == BOI && a.ids.ids[3] == IMAGE && a.kinds[3] == TONE_INPUT_IMAGE && a.ids.ids[3 + N_PICTURE] == EOI &&
          a.kinds[3 + N_PICTURE] == TONE_INPUT_TEXT);
    if (ears)
        CHECK(a.ids.ids[67] == BOA && a.ids.ids[68] == AUDIO && a.kinds[68] == TONE_INPUT_AUDIO && a.ids.ids[81] == EOA);
    tone_input in = input_of(&a);
    CHECK(tone_session_sync_input(s, &in, &err) == TONE_OK && tone_session_last(s).n_evaluated == a.ids.n);
    CHECK(tone_media_expand(m, &b, second, 9, media, ears ? 2 : 1, &err) == TONE_OK);
    in = input_of(&b);
    CHECK(tone_session_sync_input(s, &in, &err) == TONE_OK);
    CHECK_CASE(tone_session_last(s).n_evaluated == 3 && tone_session_last(s).n_reused == a.ids.n, "%s: %zu evaluated", name,
               tone_session_last(s).n_evaluated);
    CHECK(tone_session_sync_input(fresh, &in, &err) == TONE_OK);
    for (uint32_t i = 0; i < tone_model_info(model)->vocab; i++)
        CHECK(fabsf(tone_session_logits(s)[i] - tone_session_logits(fresh)[i]) < 1e-4F);
    tone_media_prompt_clear(&b);

    const tone_medium changed[] = {{.kind = TONE_INPUT_IMAGE, .path = at(other, "vision/images/20x20.png")}, media[1]};
    CHECK(tone_media_expand(m, &b, second, 9, changed, ears ? 2 : 1, &err) == TONE_OK);
    in = input_of(&b);
    CHECK(tone_session_sync_input(s, &in, &err) == TONE_OK && tone_session_last(s).n_reused <= 3);
    tone_media_prompt_clear(&a);
    tone_media_prompt_clear(&b);
    tone_session_close(s);
    tone_session_close(fresh);
    tone_media_close(m);
    tone_model_close(model);
}

static void check_refused(const char *sound)
{
    char path[512], picture[512], hash[17];
    tone_error err = {0};
    tone_model *small = open_model("multimodal/small"), *large = open_model("multimodal/large"), *text = open_model("text/e2b");
    tone_media *m;
    tone_media_prompt p;
    const tone_medium image = {.kind = TONE_INPUT_IMAGE, .path = at(picture, "vision/images/37x512.png"), .budget = 70}, audio = {.kind = TONE_INPUT_AUDIO, .path = sound};
    CHECK(tone_media_open(&m, small, at(path, "multimodal/small"), NULL, &err) == TONE_OK);
    const tone_token ids[] = {2, IMAGE, AUDIO};
    const tone_medium both[] = {image, audio}, swapped[] = {audio, image};
    CHECK(tone_media_expand(m, &p, ids, 3, both, 2, &err) == TONE_OK);
    tone_media_prompt_clear(&p);
    CHECK(tone_media_expand(m, &p, ids, 3, both, 1, &err) == TONE_ERR_ARGUMENT && !p.ids.n && !p.soft);
    CHECK(tone_media_expand(m, &p, ids, 2, both, 2, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_media_expand(m, &p, ids, 3, swapped, 2, &err) == TONE_ERR_ARGUMENT && strstr(err.text, "a sound") && strstr(err.text, "place of a picture"));
    CHECK(tone_media_fill(m, &p, ids, 3, both, 2, &err) == TONE_ERR_ARGUMENT && strstr(err.text, "1 placeholders"));
    tone_medium changed = image;
    changed.hash = "0123456789abcdef";
    CHECK(tone_media_expand(m, &p, ids, 2, &changed, 1, &err) == TONE_ERR_FORMAT && strstr(err.text, "has changed"));
    CHECK(tone_media_hash(hash, picture, &err) == TONE_OK && strlen(hash) == 16);
    changed.hash = hash;
    CHECK(tone_media_expand(m, &p, ids, 2, &changed, 1, &err) == TONE_OK);
    tone_media_prompt_clear(&p);
    changed.path = "/nowhere/x.png";
    CHECK(tone_media_expand(m, &p, ids, 2, &changed, 1, &err) != TONE_OK && strstr(err.text, "/nowhere/x.png"));
    tone_media_close(m);

    CHECK(tone_media_open(&m, large, at(path, "multimodal/large"), NULL, &err) == TONE_OK);
    CHECK(tone_media_need(m, TONE_INPUT_AUDIO, &err) == TONE_ERR_NOT_FOUND && strstr(err.text, "no ears") && strstr(err.text, "E2B"));
    CHECK(tone_media_need(m, TONE_INPUT_IMAGE, &err) == TONE_OK);
    tone_media_close(m);
    CHECK(tone_media_open(&m, large, "x", &(tone_media_options){.projector = at(path, "multimodal/mmproj-small.gguf")}, &err) == TONE_OK);
    CHECK(tone_media_need(m, TONE_INPUT_IMAGE, &err) == TONE_ERR_FORMAT && strstr(err.text, "another model"));
    tone_media_close(m);
    CHECK(tone_media_open(&m, text, at(path, "text/e2b/model-q4_0.gguf"), NULL, &err) == TONE_OK);
    CHECK(tone_media_need(m, TONE_INPUT_IMAGE, &err) == TONE_ERR_NOT_FOUND && strstr(err.text, "mmproj-model-q4_0.gguf"));
    tone_media_close(m);
    tone_model_close(small);
    tone_model_close(large);
    tone_model_close(text);
}

/* ---- who sees whom */

typedef struct watch {
    float *rows; /* (n, cols) of attn_out in layer 0 */
    size_t n, cols;
} watch;

static void see(void *arg, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols, size_t stride)
{
    watch *w = arg;
    if (layer != 0 || strcmp(stage, "attn_out") != 0)
        return;
    w->rows = realloc(w->rows, (w->n + n_rows) * n_cols * sizeof *w->rows);
    for (size_t i = 0; i < n_rows; i++)
        memcpy(w->rows + (w->n + i) * n_cols, rows + i * stride, n_cols * sizeof *rows);
    w->n += n_rows;
    w->cols = n_cols;
}

static watch attend(tone_session *s, const tone_input *in)
{
    watch w = {0};
    const tone_tap tap = {see, &w};
    tone_error err = {0};
    tone_session_reset(s);
    tone_session_tap(s, &tap);
    CHECK(tone_session_sync_input(s, in, &err) == TONE_OK);
    tone_session_tap(s, NULL);
    return w;
}

/* Layer 0 is a sliding one: changing position k changes what the attention gives at q exactly where the mask lets q see k. */
static int check_mask(const tone_safetensors *stages, const json_t *prompt)
{
    char name[96];
    const char *key = json_string_value(json_object_get(prompt, "key"));
    const json_t *ids_json = json_object_get(prompt, "input_ids"), *kinds_json = json_object_get(prompt, "mm_token_type_ids");
    size_t n = json_array_size(ids_json), n_soft = 0;
    snprintf(name, sizeof name, "%s.mask_sliding", key);
    const tone_tensor *mask = tone_safetensors_find(stages, name);
    if (!mask) /* the prompts of text alone have none */
        return 0;
    if (!CHECK(mask->dims[0] == n && mask->dims[1] == n))
        exit(1);
    snprintf(name, sizeof name, "multimodal/%s", json_string_value(json_object_get(prompt, "model")));
    tone_model *m = open_model(name);
    tone_session *s = open_session(m, 0);
    tone_token *ids = calloc(n, sizeof *ids);
    uint8_t *kinds = calloc(n, 1);
    size_t hidden = tone_model_info(m)->hidden, *soft_at = calloc(n, sizeof *soft_at);
    float *soft = calloc(n * hidden, sizeof *soft);
    for (size_t i = 0; i < n; i++) {
        ids[i] = (tone_token)json_integer_value(json_array_get(ids_json, i));
        kinds[i] = (uint8_t)json_integer_value(json_array_get(kinds_json, i));
        soft_at[i] = n_soft;
        for (size_t k = 0; kinds[i] && k < hidden; k++)
            soft[n_soft * hidden + k] = cosf((float)(n_soft * 7 + k * k));
        n_soft += kinds[i] != 0;
    }
    const tone_input in = {ids, kinds, soft, n};
    watch before = attend(s, &in);
    CHECK(before.n == n);
    size_t wrong = 0;
    for (size_t k = 0; k < n; k++) {
        tone_token id = ids[k];
        if (kinds[k])
            for (size_t c = 0; c < hidden; c++) /* powers of two: exactly undone below */
                soft[soft_at[k] * hidden + c] *= (c & 1) ? -1.0F : 2.0F;
        else
            ids[k] = id == 40 ? 41 : 40;
        watch after = attend(s, &in);
        for (size_t q = 0; q < n && after.n == n; q++) {
            bool differs = memcmp(before.rows + q * before.cols, after.rows + q * before.cols, before.cols * sizeof(float)) != 0;
            wrong += differs != (mask->data[q * n + k] != 0);
        }
        free(after.rows);
        ids[k] = id;
        if (kinds[k])
            for (size_t c = 0; c < hidden; c++)
                soft[soft_at[k] * hidden + c] /= (c & 1) ? -1.0F : 2.0F;
    }
    CHECK_CASE(wrong == 0, "%s: %zu of %zu pairs", key, wrong, n * n);
    free(before.rows);
    free(ids);
    free(kinds);
    free(soft);
    free(soft_at);
    tone_session_close(s);
    tone_model_close(m);
    return 1;
}

static void check_masks(void)
{
    char path[512];
    tone_error err = {0};
    json_error_t why;
    tone_safetensors *stages;
    if (!CHECK(tone_safetensors_open(&stages, at(path, "multimodal/stages.safetensors"), &err) == TONE_OK))
        exit(1);
    json_t *expect = json_load_file(at(path, "multimodal/expect.json"), 0, &why);
    size_t i;
    int n_masks = 0;
    json_t *prompt;
    json_array_foreach(json_object_get(expect, "prompts"), i, prompt)
        n_masks += check_mask(stages, prompt);
    CHECK(i == 10 && n_masks == 8);
    json_decref(expect);
    tone_safetensors_close(stages);
}

int main(void)
{
    char sound[] = "/tmp/tone-test-media-XXXXXX";
    int fd = mkstemp(sound);
    if (!CHECK(fd >= 0))
        return 1;
    write_wav(sound, 8000, 0.3F);
    check_reuse("multimodal/small", sound);
    check_reuse("multimodal/large", NULL);
    check_refused(sound);
    check_masks();
    remove(sound);
    return check_done();
}
