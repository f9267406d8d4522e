/* Rendering and measuring batches of patches on a few threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fail.h"
#include "sound/shape_search.h"

enum { MAX_THREADS = 16 };

tone_status tone_shape_ears_open(tone_shape_ears *e, const tone_shape_request *r, uint32_t groups, tone_error *err)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint32_t n = r->n_threads ? r->n_threads : cores > 0 ? (uint32_t)cores : 1;
    *e = (tone_shape_ears){
        .request = r,
        .groups = groups,
        .n_threads = n < MAX_THREADS ? n : MAX_THREADS,
        .max_renders = r->max_renders ? r->max_renders : r->like ? 300 : 40,
    };
    e->analyzers = calloc(e->n_threads, sizeof *e->analyzers);
    if (!e->analyzers)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to measure with");
    for (uint32_t i = 0; i < e->n_threads; i++) {
        tone_status st = tone_analyzer_new(&e->analyzers[i], err);
        if (st) {
            tone_shape_ears_clear(e);
            return st;
        }
    }
    return TONE_OK;
}

void tone_shape_ears_clear(tone_shape_ears *e)
{
    for (uint32_t i = 0; e->analyzers && i < e->n_threads; i++)
        tone_analyzer_free(e->analyzers[i]);
    free(e->analyzers);
    e->analyzers = NULL;
}

tone_status tone_shape_sound(tone_sound *out, const tone_shape_request *r, const tone_patch *patch, tone_error *err)
{
    tone_render_options o = tone_render_defaults();
    o.rate = r->rate;
    o.seed = r->seed;
    if (r->source)
        return tone_render_effects(out, patch, r->source, 120, &o, err);
    o.tail_s = 2; /* what decides a word is heard by then */
    return tone_render(out, patch, r->notes, &o, err);
}

typedef struct batch {
    tone_shape_ears *ears;
    const tone_patch *patches;
    tone_shape_fn *fn;
    void *arg;
    tone_status status[TONE_SHAPE_BATCH];
    tone_error error[TONE_SHAPE_BATCH];
    size_t n;
    atomic_size_t next;
} batch;

typedef struct worker {
    batch *b;
    tone_analyzer *analyzer;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    batch *b = w->b;
    for (size_t i; (i = atomic_fetch_add(&b->next, 1)) < b->n;) {
        tone_sound s;
        b->status[i] = tone_shape_sound(&s, b->ears->request, &b->patches[i], &b->error[i]);
        if (b->status[i])
            continue;
        b->status[i] = b->fn(b->arg, i, w->analyzer, &s, &b->error[i]);
        tone_sound_clear(&s);
    }
    return NULL;
}

tone_status tone_shape_each(tone_shape_ears *e, const tone_patch *patches, size_t n, tone_shape_fn *fn, void *arg,
                            tone_error *err)
{
    batch b = {.ears = e, .patches = patches, .fn = fn, .arg = arg, .n = n};
    worker workers[MAX_THREADS];
    pthread_t threads[MAX_THREADS];
    uint32_t started = 0;
    for (uint32_t i = 0; i < e->n_threads && i < n; i++) {
        workers[i] = (worker){&b, e->analyzers[i]};
        /* The last one is this thread; where no thread can be had this one does all. */
        if (i + 1 == e->n_threads || i + 1 == n || pthread_create(&threads[i], NULL, work, &workers[i]) != 0) {
            work(&workers[i]);
            break;
        }
        started++;
    }
    for (uint32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    e->n_renders += (uint32_t)n;
    for (size_t i = 0; i < n; i++)
        if (b.status[i]) {
            if (err)
                *err = b.error[i];
            return b.status[i];
        }
    const tone_shape_request *r = e->request;
    if (r->progress && !r->progress(r->user, e->n_renders, 0))
        return tone_fail(err, TONE_ERR_CANCELLED, 0, "stopped after %u renders", e->n_renders);
    return TONE_OK;
}

typedef struct hearing {
    uint32_t groups;
    tone_measures *out;
} hearing;

static tone_status measure(void *arg, size_t i, tone_analyzer *a, const tone_sound *s, tone_error *err)
{
    const hearing *h = arg;
    tone_clip clip = {.frames = s->frames, .n_frames = s->n_frames, .n_channels = s->n_channels, .rate_hz = s->rate};
    return tone_analyze(&h->out[i], a, &clip, &(tone_analyze_options){.groups = h->groups}, err);
}

tone_status tone_shape_hear(tone_shape_ears *e, tone_measures *out, const tone_patch *patches, size_t n, tone_error *err)
{
    return tone_shape_each(e, patches, n, measure, &(hearing){e->groups, out}, err);
}
