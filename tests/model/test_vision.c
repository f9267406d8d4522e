/* Every stage of the vision tower against the published code, both shapes, from folders and from GGUF files; and the fast way
 * against the exact one. */
#include "golden_vision.h"

static void check_stages(const tone_vision *v, const tone_safetensors *want, const char *model, const char *input, size_t n_stages)
{
    char prefix[64];
    snprintf(prefix, sizeof prefix, "%s.%s", model, input);
    golden_watch w = {.want = want, .prefix = prefix, .most = 1e-11};
    const tone_tap tap = {golden_see, &w};
    tone_vision_options o = tone_vision_defaults();
    o.exact = true;
    tone_patches p = golden_patches(want, input);
    tone_soft soft;
    tone_error err = {0};
    tone_status st = tone_vision_run(&soft, v, &p, &o, &tap, &err);
    CHECK_CASE(st == TONE_OK, "%s", err.text);
    CHECK_CASE(w.n == n_stages, "%s: %zu stages", prefix, w.n);
    printf("%s: %zu stages, NMSE %.1e at most\n", prefix, w.n, w.worst);
    tone_soft_clear(&soft);
    tone_patches_clear(&p);
}

static void check_folder(const char *model, const tone_safetensors *want)
{
    tone_vision *v = golden_vision("vision", model);
    check_stages(v, want, model, "g9x6", 14);
    check_stages(v, want, model, "g12x21", 3);
    check_stages(v, want, model, "real70", 2);
    tone_vision_close(v);
}

/* Soft rows of the twins, whose weights are others than those of the folders: pictures as they are, one after the other. */
static void check_gguf(const char *model, const tone_safetensors *pictures)
{
    static const char *const inputs[] = {"g9x6", "g12x21"};
    char name[64];
    tone_safetensors *want = golden_media_tensors("multimodal", "stages.safetensors");
    snprintf(name, sizeof name, "mmproj-%s.gguf", model);
    tone_vision *v = golden_vision("multimodal", name);
    snprintf(name, sizeof name, "%s.two_images.image_soft", model);
    const tone_tensor *t = tone_safetensors_find(want, name);
    const float *row = (const float *)(const void *)t->data;
    for (size_t i = 0; i < 2; i++) {
        tone_patches p = golden_patches(pictures, inputs[i]);
        const tone_rgb rgb = {p.rgb, p.fit.width, p.fit.height};
        tone_soft soft;
        tone_error err = {0};
        tone_status st = tone_vision_encode(&soft, v, &rgb, &(tone_vision_options){.resize = TONE_RESIZE_NONE, .exact = true}, &err);
        CHECK_CASE(st == TONE_OK, "%s", err.text);
        double e = golden_nmse(soft.rows, row, soft.n * soft.width);
        CHECK_CASE(e <= 1e-11, "%s %s: %.2e", model, inputs[i], e);
        printf("mmproj-%s.gguf %s: NMSE %.1e\n", model, inputs[i], e);
        row += soft.n * soft.width;
        tone_soft_clear(&soft);
        tone_patches_clear(&p);
    }
    tone_vision_close(v);
    tone_safetensors_close(want);
}

/* From the file of a picture to soft rows. */
static void check_file(const char *model)
{
    char path[512], name[64];
    tone_safetensors *want = golden_media_tensors("multimodal", "stages.safetensors");
    snprintf(name, sizeof name, "mmproj-%s.gguf", model);
    tone_vision *v = golden_vision("multimodal", name);
    tone_soft soft;
    tone_error err = {0};
    const tone_vision_options o = {.budget = 70, .exact = true};
    tone_status st = tone_vision_encode_file(&soft, v, golden_media_path(path, "vision", "images/37x512.png"), &o, &err);
    CHECK_CASE(st == TONE_OK, "%s", err.text);
    snprintf(name, sizeof name, "%s.image.image_soft", model);
    const tone_tensor *t = tone_safetensors_find(want, name);
    if (CHECK(t && soft.n == t->dims[0] && soft.width == t->dims[1]))
        CHECK(golden_nmse(soft.rows, (const float *)(const void *)t->data, soft.n * soft.width) <= 1e-11);
    tone_soft_clear(&soft);
    tone_vision_close(v);
    tone_safetensors_close(want);
}

/* Rounded activations move soft tokens by no more than one level of noise on a few bytes would. */
static void check_fast(const char *model, const tone_safetensors *want)
{
    char name[64];
    tone_vision *v = golden_vision("vision", model);
    tone_patches p = golden_patches(want, "real70");
    const tone_rgb rgb = {p.rgb, p.fit.width, p.fit.height};
    tone_soft soft[2];
    tone_error err = {0};
    for (uint32_t i = 0; i < 2; i++) {
        const tone_vision_options o = {.resize = TONE_RESIZE_NONE, .n_threads = 1 + 2 * i};
        tone_status st = tone_vision_encode(&soft[i], v, &rgb, &o, &err);
        CHECK_CASE(st == TONE_OK, "%s", err.text);
    }
    snprintf(name, sizeof name, "%s.real70.soft_tokens", model);
    const tone_tensor *t = tone_safetensors_find(want, name);
    double e = golden_nmse(soft[0].rows, (const float *)(const void *)t->data, t->n_values);
    CHECK_CASE(e <= 1e-4, "%s fast: %.2e", model, e);
    printf("%s fast: NMSE %.1e\n", model, e);
    CHECK(memcmp(soft[0].rows, soft[1].rows, t->n_values * sizeof(float)) == 0); /* whatever the number of threads */
    tone_soft_clear(&soft[0]);
    tone_soft_clear(&soft[1]);
    tone_patches_clear(&p);
    tone_vision_close(v);
}

static bool stop_after_two(void *arg, uint32_t n_done, uint32_t n_all)
{
    uint32_t *seen = arg;
    *seen = n_done;
    CHECK(n_all == 3);
    return n_done < 2;
}

static void check_cancelling(const tone_safetensors *want)
{
    uint32_t seen = 0;
    tone_vision *v = golden_vision("vision", "small");
    tone_patches p = golden_patches(want, "g9x6");
    const tone_rgb rgb = {p.rgb, p.fit.width, p.fit.height};
    const tone_vision_options o = {.resize = TONE_RESIZE_NONE, .progress = stop_after_two, .progress_arg = &seen};
    tone_soft soft;
    tone_error err = {0};
    CHECK(tone_vision_encode(&soft, v, &rgb, &o, &err) == TONE_ERR_CANCELLED && seen == 2 && !soft.rows);
    tone_patches_clear(&p);
    tone_vision_close(v);
}

int main(void)
{
    static const char *const models[] = {"small", "large"};
    tone_safetensors *want = golden_media_tensors("vision", "stages.safetensors");
    for (size_t i = 0; i < 2; i++) {
        check_folder(models[i], want);
        check_gguf(models[i], want);
        check_file(models[i]);
        check_fast(models[i], want);
    }
    check_cancelling(want);
    tone_safetensors_close(want);
    return check_done();
}
