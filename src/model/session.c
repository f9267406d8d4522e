/* Sessions: what is already evaluated, what a prompt adds to it, in which batches. */
#include "model/session.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fail.h"
#include "base/memory.h"

enum {
    BATCH_DEFAULT = 512,
    CONTEXT_DEFAULT = 8192,
    CONTEXT_MIN = 16,
    CHECKPOINT_BYTES = 256 << 20,
    LOGIT_ROWS = 16,    /* of tone_session_score(), evaluated together */
    PROMPT_ENOUGH = 32  /* evaluating fewer tokens than this is no turn worth a checkpoint at its end */
};

tone_session_options tone_session_defaults(void)
{
    return (tone_session_options){.checkpoint_bytes = CHECKPOINT_BYTES};
}

static tone_kv_type kv_type(tone_cache_type t)
{
    return t == TONE_CACHE_F32 ? TONE_KV_F32 : t == TONE_CACHE_Q8_0 ? TONE_KV_Q8_0 : TONE_KV_F16;
}

/* ---- what it takes */

static uint64_t logit_bytes(const tone_plan *p)
{
    return (uint64_t)p->config.vocab * sizeof(float);
}

static void cost_of(tone_session_cost *out, const tone_model *m, const tone_session_options *o, uint32_t context)
{
    const tone_plan *p = &m->plan;
    uint32_t batch = o->batch ? o->batch : BATCH_DEFAULT;
    *out = (tone_session_cost){.context = context, .batch = batch < context ? batch : context};
    out->cache_bytes = tone_cache_bytes(p, kv_type(o->cache), context, out->batch);
    out->checkpoint_bytes = tone_cache_checkpoint_bytes(p, kv_type(o->cache), context, out->batch, o->checkpoint_bytes);
    out->work_bytes = tone_work_bytes(p, out->batch) + logit_bytes(p) + context * sizeof(uint64_t);
    out->total_bytes = out->cache_bytes + out->checkpoint_bytes + out->work_bytes;
}

static tone_status check_options(const tone_model *m, const tone_session_options *o, tone_error *err)
{
    uint32_t max = m->plan.config.max_context;
    if (o->context > max)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a context of %u tokens; this model was made for up to %u", o->context, max);
    if (o->context && o->context < CONTEXT_MIN && o->context < max)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a context of %u tokens is of no use; the least is %d", o->context, CONTEXT_MIN);
    if (o->batch > TONE_MAX_CONTEXT)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a batch of %u tokens; the most is %d", o->batch, TONE_MAX_CONTEXT);
    if ((unsigned)o->cache > TONE_CACHE_Q8_0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "cache type %d does not exist", (int)o->cache);
    if (o->cache == TONE_CACHE_Q8_0)
        for (uint32_t i = 0; i < m->plan.n_owners; i++)
            if (m->plan.layers[i].head_dim % 32)
                return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a q8_0 cache needs heads of a multiple of 32 values; layer %u has %u", i,
                                 m->plan.layers[i].head_dim);
    return TONE_OK;
}

static uint32_t wanted_context(const tone_model *m, const tone_session_options *o)
{
    uint32_t max = m->plan.config.max_context;
    return o->context ? o->context : max < CONTEXT_DEFAULT ? max : CONTEXT_DEFAULT;
}

tone_status tone_session_cost_of(tone_session_cost *out, const tone_model *model, const tone_session_options *opt, tone_error *err)
{
    tone_session_options o = opt ? *opt : tone_session_defaults();
    tone_status st = check_options(model, &o, err);
    if (!st)
        cost_of(out, model, &o, wanted_context(model, &o));
    return st;
}

/* The weights that every token reads must stay in memory beside the session; where that leaves next to nothing, the model
 * runs from the disk and an eighth of the memory is what a session may have. */
static uint64_t memory_for(const tone_model *m, const tone_session_options *o)
{
    if (o->memory_bytes)
        return o->memory_bytes;
    const tone_matrix *table = &m->plan.ple_embed;
    uint64_t available = tone_memory_available(), weights = m->facts.weight_bytes;
    if (table->data)
        weights -= table->rows * table->row_bytes;
    uint64_t least = available / 8;
    return available > weights && available - weights > least ? available - weights : least;
}

static tone_status check_memory(const tone_model *m, const tone_session_options *o, uint32_t context, tone_error *err)
{
    tone_session_cost cost;
    uint64_t limit = memory_for(m, o);
    cost_of(&cost, m, o, context);
    if (cost.total_bytes <= limit)
        return TONE_OK;
    unsigned long long needed = cost.total_bytes >> 20, have = limit >> 20;
    uint32_t low = 0, high = context; /* low fits (or is 0), high does not */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        cost_of(&cost, m, o, middle);
        if (cost.total_bytes <= limit)
            low = middle;
        else
            high = middle;
    }
    if (low < CONTEXT_MIN)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "a context of %u tokens takes %llu MB, there are %llu MB: none fits", context, needed,
                         have);
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "a context of %u tokens takes %llu MB, there are %llu MB: the largest that fits is %u",
                     context, needed, have, low);
}

/* ---- open and close */

static uint32_t max_u32(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static tone_status reserve(tone_session *s, tone_error *err)
{
    const tone_plan *p = &s->model->plan;
    const tone_model_config *c = &p->config;
    uint32_t ple = c->n_layers * c->ple_width, hd = 0;
    uint32_t cols = max_u32(max_u32(c->hidden, p->max_q), p->max_ffn);
    uint32_t rows = max_u32(max_u32(cols, ple), max_u32(c->vocab, 2 * c->expert_ffn));
    size_t tokens = (size_t)s->batch * (c->n_experts ? c->n_experts_used : 1);
    for (uint32_t i = 0; i < c->n_layers; i++)
        hd = max_u32(hd, p->layers[i].head_dim);
    tone_status st = tone_ops_reserve(s->ops, tokens, cols, rows, err);
    return st ? st : tone_attention_reserve(s->ops, c->n_heads, hd, s->context, err);
}

static tone_status open_parts(tone_session *s, const tone_session_options *o, tone_error *err)
{
    const tone_plan *p = &s->model->plan;
    tone_ops_options ops = {.n_threads = o->n_threads, .low_priority = o->low_priority};
    ops.precision = o->exact ? TONE_EXACT : TONE_FAST;
    tone_status st;
    s->held = calloc(s->context, sizeof *s->held);
    s->logits = calloc(p->config.vocab, sizeof *s->logits);
    if (!s->held || !s->logits)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a session");
    if ((st = tone_cache_init(&s->cache, p, kv_type(o->cache), s->context, s->batch, o->checkpoint_bytes, err)) ||
        (st = tone_work_init(&s->work, p, s->batch, err)) || (st = tone_ops_open(&s->ops, &ops, err)))
        return st;
    s->stepper = (tone_stepper){.plan = p, .ops = s->ops, .cache = &s->cache, .work = &s->work};
    return reserve(s, err);
}

tone_status tone_session_open(tone_session **out, const tone_model *model, const tone_session_options *opt, tone_error *err)
{
    *out = NULL;
    tone_session_options o = opt ? *opt : tone_session_defaults();
    tone_status st = check_options(model, &o, err);
    uint32_t context = wanted_context(model, &o);
    if (st || (st = check_memory(model, &o, context, err)))
        return st;
    tone_session *s = calloc(1, sizeof *s);
    if (!s)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a session");
    s->model = model;
    s->context = context;
    s->batch = o.batch ? o.batch : BATCH_DEFAULT;
    if (s->batch > context)
        s->batch = context;
    st = open_parts(s, &o, err);
    if (st) {
        tone_session_close(s);
        return st;
    }
    *out = s;
    return TONE_OK;
}

void tone_session_close(tone_session *s)
{
    if (!s)
        return;
    tone_ops_close(s->ops);
    tone_work_clear(&s->work);
    tone_cache_clear(&s->cache);
    free(s->held);
    free(s->logits);
    free(s->rows);
    free(s);
}

/* ---- what a position is */

/* Text is its id; a soft token is a hash of its values under a mark of its kind. */
enum { MARK_SHIFT = 62 };

static bool is_visual(uint64_t identity)
{
    uint64_t mark = identity >> MARK_SHIFT;
    return mark == TONE_INPUT_IMAGE || mark == TONE_INPUT_VIDEO;
}

static uint64_t soft_identity(const float *row, size_t n, unsigned kind)
{
    uint64_t h = 0x9E3779B97F4A7C15u ^ n;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, row + i, sizeof bits);
        h = (h ^ bits) * 0xD6E8FEB86659FD93u;
        h ^= h >> 32;
    }
    return (uint64_t)kind << MARK_SHIFT | h >> 2;
}

static bool is_soft(const tone_input *p, size_t t)
{
    return p->kinds && p->kinds[t] != TONE_INPUT_TEXT;
}

static tone_status check_input(const tone_session *s, const tone_input *p, size_t base, tone_error *err)
{
    uint32_t vocab = s->model->plan.config.vocab;
    if (p->n == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a prompt needs at least one token");
    if (p->n > s->context - base)
        return tone_fail(err, TONE_ERR_CONTEXT_FULL, 0, "%zu tokens are more than the context of %u holds", base + p->n, s->context);
    for (size_t t = 0; t < p->n; t++) {
        if (p->kinds && p->kinds[t] > TONE_INPUT_AUDIO)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "position %zu is of the unknown kind %u", base + t, p->kinds[t]);
        if (is_soft(p, t) && !p->soft)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "position %zu is a soft token without an embedding", base + t);
        if (!is_soft(p, t) && p->ids[t] >= vocab)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "token %lu at position %zu is outside the vocabulary of %u", (unsigned long)p->ids[t],
                             base + t, vocab);
    }
    if (!s->model->plan.config.bidirectional)
        return TONE_OK;
    for (size_t t = 0, run = 0; p->kinds && t < p->n; t++) {
        run = p->kinds[t] == TONE_INPUT_IMAGE || p->kinds[t] == TONE_INPUT_VIDEO ? run + 1 : 0;
        if (run > s->batch)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a picture of more than %u soft tokens needs a session with a larger batch",
                             s->batch);
    }
    return TONE_OK;
}

/* ---- evaluating */

typedef struct rows_out {
    tone_logits_fn *fn; /* NULL: only the last row is wanted, in s->logits */
    void *arg;
    size_t from; /* position of the first row */
} rows_out;

/* Logits of the wanted rows of the batch that ends at position `end`. */
static bool emit_rows(tone_session *s, const tone_batch *b, rows_out *out)
{
    size_t vocab = s->model->plan.config.vocab, end = (size_t)b->first + b->n;
    for (size_t row = 0; row < b->n_want && out->fn;) {
        size_t n = b->n_want - row < LOGIT_ROWS ? b->n_want - row : LOGIT_ROWS;
        tone_step_head(&s->stepper, row, n, s->rows);
        if (tone_ops_cancelled(s->ops))
            return false;
        for (size_t i = 0; i < n && out->fn; i++)
            if (!out->fn(out->arg, end - b->n_want + row + i, s->rows + i * vocab))
                out->fn = NULL;
        row += n;
    }
    return true;
}

/* How many of the tokens from `at` go into one batch: a picture that is seen whole is not cut. */
static size_t batch_size(const tone_session *s, const tone_input *p, size_t at)
{
    size_t n = p->n - at < s->batch ? p->n - at : s->batch;
    if (at + n == p->n || !s->model->plan.config.bidirectional || !p->kinds)
        return n;
    size_t end = at + n;
    while (end > at && (p->kinds[end - 1] == TONE_INPUT_IMAGE || p->kinds[end - 1] == TONE_INPUT_VIDEO) &&
           (p->kinds[end] == TONE_INPUT_IMAGE || p->kinds[end] == TONE_INPUT_VIDEO))
        end--;
    return end > at ? end - at : n;
}

/* A checkpoint every so often in a long prompt: where a window has passed since the last one. */
static void remember(tone_session *s, size_t n_evaluated, bool end)
{
    int64_t last = s->cache.n_checkpoints ? s->cache.checkpoints[s->cache.n_checkpoints - 1].end : 0;
    int64_t now = (int64_t)s->n_held;
    if (end ? n_evaluated >= PROMPT_ENOUGH : now - last >= 2 * (int64_t)s->cache.window)
        tone_cache_checkpoint(&s->cache, now);
}

/* Evaluate p[from …] behind the s->n_held positions that are held (base + from of them). */
static tone_status evaluate(tone_session *s, const tone_input *p, size_t base, size_t from, rows_out *out, tone_error *err)
{
    size_t d = s->model->plan.config.hidden, n_soft = 0;
    for (size_t t = 0; t < from; t++)
        n_soft += is_soft(p, t);
    s->has_logits = false;
    size_t first_row = out->fn ? out->from : base + p->n - 1;
    for (size_t at = from; at < p->n;) {
        size_t n = batch_size(s, p, at), end = base + at + n;
        tone_batch b = {.ids = p->ids + at, .kinds = p->kinds ? p->kinds + at : NULL, .first = (int64_t)(base + at), .n = n};
        b.soft = p->soft ? p->soft + n_soft * d : NULL;
        b.n_want = end <= first_row ? 0 : end - first_row < n ? end - first_row : n;
        if (!tone_step_run(&s->stepper, &b) || !emit_rows(s, &b, out))
            goto cancelled;
        if (at + n == p->n) {
            tone_step_head(&s->stepper, b.n_want - 1, 1, s->logits);
            if (tone_ops_cancelled(s->ops))
                goto cancelled;
        }
        for (size_t t = at; t < at + n; t++)
            s->held[base + t] = is_soft(p, t) ? soft_identity(p->soft + n_soft++ * d, d, p->kinds[t]) : p->ids[t];
        s->n_held = end;
        s->last.n_evaluated += n;
        at += n;
        remember(s, s->last.n_evaluated, at == p->n);
        if (s->progress && p->n - from > 1)
            s->progress(s->progress_arg, end, base + p->n);
    }
    s->has_logits = true;
    return TONE_OK;

cancelled:
    tone_ops_cancel(s->ops, false);
    return tone_fail(err, TONE_ERR_CANCELLED, 0, "cancelled");
}

/* How many leading positions of p are held already. */
static size_t common_prefix(const tone_session *s, const tone_input *p)
{
    size_t d = s->model->plan.config.hidden, n = p->n < s->n_held ? p->n : s->n_held, n_soft = 0, t = 0;
    for (; t < n; t++) {
        uint64_t identity = is_soft(p, t) ? soft_identity(p->soft + n_soft++ * d, d, p->kinds[t]) : p->ids[t];
        if (s->held[t] != identity)
            break;
    }
    return t;
}

/* A picture that is seen whole is kept whole or not at all, in what is held as in what comes. */
static size_t before_picture(const tone_session *s, const tone_input *p, size_t at)
{
    if (!s->model->plan.config.bidirectional)
        return at;
    bool comes = p->kinds && at < p->n && (p->kinds[at] == TONE_INPUT_IMAGE || p->kinds[at] == TONE_INPUT_VIDEO);
    bool was = at < s->n_held && is_visual(s->held[at]);
    if (!comes && !was)
        return at;
    while (at > 0 && is_visual(s->held[at - 1]))
        at--;
    return at;
}

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The rows of tone_session_score() need logits of all positions from out->from on. */
static tone_status sync(tone_session *s, const tone_input *p, rows_out *out, tone_error *err)
{
    tone_status st = check_input(s, p, 0, err);
    if (st)
        return st;
    double start = now_s();
    s->last = (tone_session_report){.n_prompt = p->n};
    size_t keep = common_prefix(s, p);
    if (keep == p->n && keep == s->n_held && s->has_logits && !out->fn) {
        s->last.n_reused = keep;
        return TONE_OK;
    }
    size_t first_row = out->fn ? out->from : p->n - 1;
    if (keep > first_row)
        keep = first_row;
    keep = before_picture(s, p, keep);
    keep = (size_t)tone_cache_rewind(&s->cache, (int64_t)keep);
    s->n_held = keep;
    s->last.n_reused = keep;
    st = evaluate(s, p, 0, keep, out, err);
    s->last.seconds = now_s() - start;
    return st;
}

tone_status tone_session_sync_input(tone_session *s, const tone_input *input, tone_error *err)
{
    return sync(s, input, &(rows_out){0}, err);
}

tone_status tone_session_sync(tone_session *s, const tone_token *ids, size_t n, tone_error *err)
{
    return sync(s, &(tone_input){.ids = ids, .n = n}, &(rows_out){0}, err);
}

tone_status tone_session_append(tone_session *s, const tone_token *ids, size_t n, tone_error *err)
{
    const tone_input p = {.ids = ids, .n = n};
    tone_status st = check_input(s, &p, s->n_held, err);
    if (st)
        return st;
    double start = now_s();
    s->last = (tone_session_report){.n_prompt = s->n_held + n, .n_reused = s->n_held};
    st = evaluate(s, &p, s->n_held, 0, &(rows_out){0}, err);
    s->last.seconds = now_s() - start;
    return st;
}

tone_status tone_session_score(tone_session *s, const tone_input *input, size_t n_rows, tone_logits_fn *fn, void *arg, tone_error *err)
{
    if (n_rows == 0 || n_rows > input->n)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "logits after %zu of %zu tokens cannot be had", n_rows, input->n);
    if (!s->rows)
        s->rows = malloc(LOGIT_ROWS * (size_t)s->model->plan.config.vocab * sizeof *s->rows);
    if (!s->rows)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %d rows of logits", LOGIT_ROWS);
    return sync(s, input, &(rows_out){.fn = fn, .arg = arg, .from = input->n - n_rows}, err);
}

/* ---- small questions */

const float *tone_session_logits(const tone_session *s)
{
    return s->has_logits ? s->logits : NULL;
}

size_t tone_session_n(const tone_session *s)
{
    return s->n_held;
}

size_t tone_session_context(const tone_session *s)
{
    return s->context;
}

const tone_model *tone_session_model(const tone_session *s)
{
    return s->model;
}

void tone_session_reset(tone_session *s)
{
    s->n_held = 0;
    s->has_logits = false;
    tone_cache_reset(&s->cache);
}

void tone_session_cancel(tone_session *s)
{
    tone_ops_cancel(s->ops, true);
}

void tone_session_on_progress(tone_session *s, tone_progress_fn *fn, void *arg)
{
    s->progress = fn;
    s->progress_arg = arg;
}

tone_session_report tone_session_last(const tone_session *s)
{
    return s->last;
}

void tone_session_tap(tone_session *s, const tone_tap *tap)
{
    s->stepper.tap = tap;
}
