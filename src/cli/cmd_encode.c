/* What a model's eyes or ears make of a picture or a sound, in a file that a reference can be compared with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/encode_audio.h"
#include "cli/engine.h"
#include "cli/media.h"
#include "cli/model_path.h"
#include "cli/tensors.h"
#include "format/image.h"
#include "model/vision.h"

typedef struct wish {
    const char *model, *projector, *image, *audio, *resize, *out;
    long budget, threads;
    bool exact, stages, features;
} wish;

typedef struct watch {
    cli_tensors *tensors;
    uint32_t head_dim;
} watch;

/* What is made of heads gets their dimension. */
static void split_heads(tone_tensor *t, const char *stage, uint32_t head_dim)
{
    if (strcmp(stage, "q_rope") != 0 && strcmp(stage, "k_rope") != 0 && strcmp(stage, "v_norm") != 0)
        return;
    t->n_dims = 3;
    t->dims[1] /= head_dim;
    t->dims[2] = head_dim;
}

static void see(void *arg, int layer, const char *stage, const float *rows, size_t n_rows, size_t n_cols, size_t stride)
{
    watch *w = arg;
    tone_tensor *t = cli_tensors_stage(w->tensors, layer, stage, rows, n_rows, n_cols, stride);
    if (t)
        split_heads(t, stage, w->head_dim);
}

/* The picture as the tower takes it: bytes, values between 0 and 1, column and row of each patch. */
static void add_patches(cli_tensors *t, const tone_patches *p)
{
    size_t n = tone_patches_n(p), cols = 3 * (size_t)p->patch * p->patch;
    float level[256];
    tone_patches_levels(level, p->resize);
    uint8_t *bytes = cli_tensors_add(t, "pixels", TONE_TYPE_I8, n, cols);
    if (bytes)
        t->list[t->n - 1].is_unsigned = true;
    float *values = cli_tensors_add(t, "pixel_values", TONE_TYPE_F32, n, cols);
    int32_t *position = cli_tensors_add(t, "positions", TONE_TYPE_I32, n, 2);
    if (t->failed)
        return;
    for (size_t i = 0; i < n; i++) {
        tone_patches_bytes(p, (uint32_t)i, bytes + i * cols);
        position[2 * i] = (int32_t)(i % p->fit.columns);
        position[2 * i + 1] = (int32_t)(i / p->fit.columns);
    }
    for (size_t i = 0; i < n * cols; i++)
        values[i] = level[bytes[i]];
}

/* *took gets the seconds. */
static tone_status look(const wish *w, const tone_vision *v, const tone_vision_options *o, const tone_rgb *picture, cli_tensors *t,
                        double *took, tone_error *err)
{
    tone_vision_fit fit;
    tone_patches p;
    tone_status st = tone_vision_fit_of(&fit, v, picture->width, picture->height, o, err);
    if (!st)
        st = tone_patches_init(&p, picture, &fit, tone_vision_info(v)->patch, o->resize, err);
    if (st)
        return st;
    add_patches(t, &p);
    watch eye = {t, v->config.head_dim};
    const tone_tap tap = {see, &eye};
    tone_soft soft = {0};
    double start = cli_now_s();
    if (!w->features)
        st = tone_vision_run(&soft, v, &p, o, w->stages ? &tap : NULL, err);
    tone_patches_clear(&p);
    *took = cli_now_s() - start;
    if (st || w->features)
        return st;
    cli_tensors_append(t, "soft_tokens", soft.rows, soft.n, soft.width, soft.width);
    tone_soft_clear(&soft);
    return TONE_OK;
}

static int encode_image(const wish *w, const char *path, const tone_vision_options *o)
{
    tone_error err = {0};
    tone_pixels img = {0};
    tone_vision *v = NULL;
    cli_tensors t = {0};
    double took = 0;
    tone_status st = tone_vision_open(&v, path, &err);
    if (!st)
        st = tone_pixels_read(&img, w->image, 0, &err);
    if (!st)
        st = look(w, v, o, &(tone_rgb){img.rgb, img.width, img.height}, &t, &took, &err);
    int rc = st ? cli_error("encode", &err) : cli_tensors_write(&t, "encode", w->out);
    if (!rc && !w->features)
        fprintf(stderr, "encoded in %.2f s\n", took);
    cli_tensors_clear(&t);
    tone_pixels_clear(&img);
    tone_vision_close(v);
    return rc;
}

static int vision_options(const wish *w, tone_vision_options *o)
{
    *o = tone_vision_defaults();
    o->budget = (uint32_t)w->budget;
    o->n_threads = (uint32_t)w->threads;
    o->exact = w->exact;
    return cli_resize_named(&o->resize, w->resize, "encode");
}

static int encode_audio(const wish *w, const char *path)
{
    tone_hearing_options o = tone_hearing_defaults();
    o.n_threads = (uint32_t)w->threads;
    o.exact = w->exact;
    const cli_encode_audio what = {.tower = path, .audio = w->audio, .out = w->out, .features = w->features, .stages = w->stages};
    return cli_encode_audio_run(&what, &o);
}

int cli_encode(int argc, char **argv)
{
    wish w = {0};
    static const cli_spec spec = {"encode", "tonesmith encode -m MODEL (--image FILE | --audio FILE) --out FILE.safetensors [options]",
        "Turn a picture or a sound into the soft tokens that the text model reads, and write them: tensor `soft_tokens`, F32, "
        "(tokens, width). Beside it stand, of a picture, `pixels` (U8) and `pixel_values` (F32), (patches, 768), and `positions`, "
        "I32, (patches, 2): column, row; of a sound, `features`, F32, (frames, 128): its log-mel rows, `spans`, I64, (parts, 2): "
        "first sample and number of samples at 16 kHz, and `lengths`, I32, (parts): the soft tokens of each part.",
        "A picture is stretched to fill its budget: 70, 140, 280, 560 or 1120 soft tokens. The default is the model's, 280 for all "
        "that are published; small print wants more.\n\n"
        "A sound makes 25 soft tokens a second. One of more than 30 s is cut at pauses; its parts are heard one by one, and their "
        "rows stand one after the other."};
    const cli_option options[] = {
        {'m', "model", CLI_TEXT, &w.model, "MODEL", "a Hugging Face folder, a GGUF file with its mmproj file beside it, or a name", 0, 0},
        {0, "mmproj", CLI_TEXT, &w.projector, "FILE", "the GGUF file of the eyes and ears, where it stands elsewhere", 0, 0},
        {0, "image", CLI_TEXT, &w.image, "FILE", "JPEG, PNG, WebP or GIF (first frame)", 0, 0},
        {0, "audio", CLI_TEXT, &w.audio, "FILE", "WAV, FLAC, Ogg, Opus or MP3 of any rate", 0, 0},
        {0, "budget", CLI_INT, &w.budget, "N", "soft tokens at most", 1, 1 << 20},
        {0, "resize", CLI_TEXT, &w.resize, "HOW", "round as pillow (default) or torch does, or none: the picture as it is", 0, 0},
        {'o', "out", CLI_TEXT, &w.out, "FILE", "the .safetensors file to write", 0, 0},
        {0, "features", CLI_FLAG, &w.features, NULL, "only what the tower takes, no soft tokens", 0, 0},
        {0, "stages", CLI_FLAG, &w.stages, NULL, "also write what every stage of every layer gives", 0, 0},
        {'t', "threads", CLI_INT, &w.threads, "N", "threads (default: the cores this process may use)", 1, 1024},
        {0, "exact", CLI_FLAG, &w.exact, NULL, "float32 throughout: slow, for comparing with a reference", 0, 0},
        {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc)
        return cli_misuse("encode", "unexpected argument '%s'", argv[0]);
    if (!w.image == !w.audio || !w.out)
        return cli_misuse("encode", w.image && w.audio ? "either --image or --audio, not both"
                                    : w.image || w.audio ? "--out FILE is missing" : "--image FILE or --audio FILE is missing");
    if (w.audio && (w.budget || w.resize))
        return cli_misuse("encode", "%s is for pictures", w.budget ? "--budget" : "--resize");
    if (!w.model && !w.projector)
        return cli_misuse("encode", "-m MODEL is missing");
    tone_vision_options o;
    char *path = NULL;
    rc = vision_options(&w, &o);
    if (!rc && !w.projector)
        rc = cli_model_path("encode", w.model, &path);
    if (!rc)
        rc = w.audio ? encode_audio(&w, w.projector ? w.projector : path) : encode_image(&w, w.projector ? w.projector : path, &o);
    free(path);
    return rc;
}
