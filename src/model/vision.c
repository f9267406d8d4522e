/* Opening the eyes of a model, and what a picture will become. */
#include "model/vision.h"

#include <stdlib.h>

#include "base/fail.h"
#include "format/image.h"

tone_status tone_vision_open(tone_vision **out, const char *path, tone_error *err)
{
    *out = NULL;
    tone_vision *v = calloc(1, sizeof *v);
    if (!v)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a vision tower");
    tone_status st = tone_tower_file_open(&v->file, path, err);
    if (!st)
        st = tone_vision_config_read(&v->config, &v->file, err);
    if (!st)
        st = tone_vision_plan(v, err);
    if (st) {
        tone_vision_close(v);
        return st;
    }
    *out = v;
    return TONE_OK;
}

void tone_vision_close(tone_vision *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n_vectors; i++)
        free(v->vectors[i]);
    free(v->vectors);
    free(v->layers);
    free(v->inv_freq);
    tone_tower_file_close(&v->file);
    free(v);
}

const tone_vision_facts *tone_vision_info(const tone_vision *v)
{
    return &v->facts;
}

tone_vision_options tone_vision_defaults(void)
{
    return (tone_vision_options){.resize = TONE_RESIZE_PILLOW};
}

static tone_status as_it_is(tone_vision_fit *out, const tone_vision_config *c, uint32_t width, uint32_t height, uint32_t budget,
                            tone_error *err)
{
    uint32_t cell = c->patch * c->pool;
    if (width % cell || height % cell)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a picture of %u x %u cannot be taken as it is: its sides are no multiples of %u",
                         width, height, cell);
    uint64_t n = (uint64_t)(width / cell) * (height / cell);
    if (n > budget)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a picture of %u x %u makes %llu soft tokens, more than the budget of %u", width,
                         height, (unsigned long long)n, budget);
    *out = (tone_vision_fit){width, height, width / c->patch, height / c->patch, (uint32_t)n};
    return TONE_OK;
}

tone_status tone_vision_fit_of(tone_vision_fit *out, const tone_vision *v, uint32_t width, uint32_t height,
                               const tone_vision_options *opt, tone_error *err)
{
    const tone_vision_config *c = &v->config;
    uint32_t budget = opt && opt->budget ? opt->budget : c->budget;
    if (!width || !height)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a picture without pixels (%u x %u)", width, height);
    if (!tone_budget_known(budget))
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a budget of %u soft tokens: 70, 140, 280, 560 and 1120 are possible", budget);
    if (opt && opt->resize == TONE_RESIZE_NONE)
        return as_it_is(out, c, width, height, budget, err);
    tone_patches_fit(out, width, height, budget, c->patch, c->pool);
    return TONE_OK;
}

tone_status tone_vision_encode(tone_soft *out, const tone_vision *v, const tone_rgb *picture, const tone_vision_options *opt,
                               tone_error *err)
{
    *out = (tone_soft){0};
    const tone_vision_options given = opt ? *opt : tone_vision_defaults();
    tone_vision_fit fit;
    tone_patches p;
    tone_status st = tone_vision_fit_of(&fit, v, picture->width, picture->height, &given, err);
    if (!st)
        st = tone_patches_init(&p, picture, &fit, v->config.patch, given.resize, err);
    if (st)
        return st;
    st = tone_vision_run(out, v, &p, &given, NULL, err);
    tone_patches_clear(&p);
    return st;
}

tone_status tone_vision_encode_file(tone_soft *out, const tone_vision *v, const char *path, const tone_vision_options *opt,
                                    tone_error *err)
{
    *out = (tone_soft){0};
    tone_pixels pixels;
    tone_status st = tone_pixels_read(&pixels, path, opt ? opt->max_pixels : 0, err);
    if (st)
        return st;
    st = tone_vision_encode(out, v, &(tone_rgb){pixels.rgb, pixels.width, pixels.height}, opt, err);
    tone_pixels_clear(&pixels);
    return st;
}
