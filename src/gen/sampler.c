/* The vocabulary has a quarter of a million tokens and a choice is made among some dozens, so the row of logits is read
 * once, 64 at a time, past a threshold that rises as good candidates are found.  Tokens whose logit is changed by bias
 * or penalties are few: they are left out of that pass and looked at one by one after it. */
#include "gen/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/random.h"

enum { WINDOW_DEFAULT = 64, WINDOW_MAX = 65536, BIAS_MAX = 1 << 20 };

typedef struct candidate {
    float logit;
    tone_token id;
    double weight; /* unnormalised probability */
} candidate;

struct tone_sampler {
    tone_sampling_options options; /* its bias pointer is not used after opening */
    uint32_t n_vocab, n_words;     /* words of 64 tokens */
    tone_random random;

    tone_logit_bias *bias; /* sorted by id, each id once */
    size_t n_bias;

    bool penalties;
    tone_token *window; /* ring of the last tokens */
    uint32_t window_size, window_n, window_at;
    uint32_t *seen; /* (n_vocab) how often each is in the window */

    uint64_t *edited; /* (n_words) bit set: the token's logit is not the model's; all zero between calls */
    candidate *best;  /* heap, the worst of the best on top; room for n_keep */
    size_t n_best, n_keep;
};

static tone_status no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the sampler");
}

/* ---- options ---- */

static bool within(double x, double low, double high)
{
    return x >= low && x <= high; /* false for NaN */
}

static tone_status check_options(const tone_sampling_options *o, uint32_t n_vocab, tone_error *err)
{
    const struct {
        const char *name;
        double value, low, high;
    } ranges[] = {
        {"temperature", o->temperature, 0, 100},
        {"top-p", o->top_p, 0, 1},
        {"min-p", o->min_p, 0, 1},
        {"repeat penalty", o->repeat_penalty, 0.01, 100},
        {"frequency penalty", o->frequency_penalty, -100, 100},
        {"presence penalty", o->presence_penalty, -100, 100},
        {"penalty window", o->penalty_window, 0, WINDOW_MAX},
        {"number of log-probabilities", o->top_logprobs, 0, TONE_TOP_LOGPROBS_MAX},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (!within(ranges[i].value, ranges[i].low, ranges[i].high))
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%s %g is outside %g…%g", ranges[i].name, ranges[i].value,
                             ranges[i].low, ranges[i].high);
    for (size_t i = 0; i < o->n_bias; i++) {
        if (o->bias[i].id >= n_vocab)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "logit bias for token %u, but ids end at %u", o->bias[i].id, n_vocab - 1);
        if (isnan(o->bias[i].bias) || o->bias[i].bias == INFINITY)
            return tone_fail(err, TONE_ERR_ARGUMENT, 0, "logit bias of token %u is not a number", o->bias[i].id);
    }
    return TONE_OK;
}

static int compare_ids(const void *a, const void *b)
{
    tone_token x = ((const tone_logit_bias *)a)->id, y = ((const tone_logit_bias *)b)->id;
    return x < y ? -1 : x > y;
}

/* Merge more[0..n) into the sorted list; what an id has twice adds up. */
static tone_status add_bias(tone_sampler *s, const tone_logit_bias *more, size_t n, tone_error *err)
{
    if (n > BIAS_MAX || s->n_bias > BIAS_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "more than %d logit biases", BIAS_MAX);
    tone_logit_bias *list = realloc(s->bias, (s->n_bias + n + 1) * sizeof *list);
    if (!list)
        return no_memory(err);
    s->bias = list;
    for (size_t i = 0; i < n; i++)
        if (more[i].id < s->n_vocab)
            list[s->n_bias++] = more[i];
    qsort(list, s->n_bias, sizeof *list, compare_ids);
    size_t kept = 0;
    for (size_t i = 0; i < s->n_bias; i++) {
        if (kept && list[kept - 1].id == list[i].id)
            list[kept - 1].bias += list[i].bias;
        else
            list[kept++] = list[i];
    }
    s->n_bias = kept;
    return TONE_OK;
}

tone_status tone_sampler_forbid(tone_sampler *s, const tone_token *ids, size_t n, tone_error *err)
{
    if (n > BIAS_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "more than %d forbidden tokens", BIAS_MAX);
    tone_logit_bias *more = malloc((n + 1) * sizeof *more);
    if (!more)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        more[i] = (tone_logit_bias){ids[i], -INFINITY};
    tone_status status = add_bias(s, more, n, err);
    free(more);
    return status;
}

tone_status tone_sampler_open(tone_sampler **out, uint32_t n_vocab, const tone_sampling_options *options, tone_error *err)
{
    *out = NULL;
    if (n_vocab == 0)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a vocabulary without tokens");
    tone_status status = check_options(options, n_vocab, err);
    if (status)
        return status;
    tone_sampler *s = calloc(1, sizeof *s);
    if (!s)
        return no_memory(err);
    const tone_sampling_options *o = options;
    s->options = *o;
    s->n_vocab = n_vocab;
    s->n_words = (n_vocab + 63) / 64;
    s->penalties = o->repeat_penalty != 1 || o->frequency_penalty != 0 || o->presence_penalty != 0;
    s->n_keep = o->temperature == 0 ? 1 : o->top_k == 0 || o->top_k > n_vocab ? n_vocab : o->top_k;
    s->edited = calloc(s->n_words, sizeof *s->edited);
    /* The heap also serves the list of the likeliest tokens. */
    s->best = malloc((s->n_keep > TONE_TOP_LOGPROBS_MAX ? s->n_keep : TONE_TOP_LOGPROBS_MAX) * sizeof *s->best);
    bool ok = s->edited && s->best;
    if (s->penalties) {
        s->window_size = o->penalty_window ? o->penalty_window : WINDOW_DEFAULT;
        s->window = calloc(s->window_size, sizeof *s->window);
        s->seen = calloc(n_vocab, sizeof *s->seen);
        ok = ok && s->window && s->seen;
    }
    status = ok ? add_bias(s, o->bias, o->n_bias, err) : no_memory(err);
    if (status) {
        tone_sampler_close(s);
        return status;
    }
    tone_random_seed(&s->random, o->seed);
    *out = s;
    return TONE_OK;
}

void tone_sampler_close(tone_sampler *s)
{
    if (!s)
        return;
    free(s->bias);
    free(s->window);
    free(s->seen);
    free(s->edited);
    free(s->best);
    free(s);
}

void tone_sampler_accept(tone_sampler *s, tone_token id)
{
    if (!s->penalties || id >= s->n_vocab)
        return;
    if (s->window_n == s->window_size)
        s->seen[s->window[s->window_at]]--;
    else
        s->window_n++;
    s->window[s->window_at] = id;
    s->seen[id]++;
    s->window_at = (s->window_at + 1) % s->window_size;
}

void tone_sampler_reset(tone_sampler *s, uint64_t seed)
{
    for (uint32_t i = 0; i < s->window_n; i++)
        s->seen[s->window[i]] = 0;
    s->window_n = s->window_at = 0;
    tone_random_seed(&s->random, seed);
}

/* ---- finding the best ---- */

static bool better(const candidate *a, const candidate *b)
{
    return a->logit != b->logit ? a->logit > b->logit : a->id < b->id;
}

/* Restore the heap of n below i: no parent is better than its child when `worst_first`, no child better otherwise. */
static void sift_down(candidate *heap, size_t n, size_t i, bool worst_first)
{
    candidate moving = heap[i];
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && better(&heap[child + 1], &heap[child]) != worst_first)
            child++;
        if (better(&heap[child], &moving) == worst_first)
            break;
        heap[i] = heap[child];
    }
    heap[i] = moving;
}

/* Offer a candidate to the n_keep best. */
static void offer(tone_sampler *s, size_t n_keep, candidate c)
{
    if (c.logit == -INFINITY)
        return;
    if (s->n_best < n_keep) {
        s->best[s->n_best++] = c;
        if (s->n_best == n_keep && n_keep < s->n_vocab)
            for (size_t i = n_keep / 2; i-- > 0;)
                sift_down(s->best, n_keep, i, true);
    } else if (better(&c, &s->best[0])) {
        s->best[0] = c;
        sift_down(s->best, n_keep, 0, true);
    }
}

/* Some of x[0..64) is above `threshold` or not a number. */
static bool any_above(const float *x, float threshold)
{
    int any = 0;
    for (int i = 0; i < 64; i++)
        any |= !(x[i] <= threshold);
    return any;
}

/* Find the n_keep best of those tokens whose bit is set in `mask` (nullable) and clear in `edited`.  Returns false
 * when a logit is NaN or +infinity. */
static bool scan(tone_sampler *s, size_t n_keep, const float *logits, const uint64_t *mask, const uint64_t *edited)
{
    s->n_best = 0;
    float threshold = -INFINITY;
    for (uint32_t w = 0; w < s->n_words; w++) {
        uint32_t first = w * 64, n = s->n_vocab - first < 64 ? s->n_vocab - first : 64;
        uint64_t allowed = (mask ? mask[w] : UINT64_MAX) & ~edited[w];
        if (n < 64)
            allowed &= UINT64_MAX >> (64 - n);
        if (allowed == UINT64_MAX && !any_above(logits + first, threshold))
            continue;
        for (; allowed; allowed &= allowed - 1) {
            tone_token id = first + (uint32_t)__builtin_ctzll(allowed);
            float x = logits[id];
            if (x <= threshold)
                continue;
            if (!(x < INFINITY))
                return false;
            offer(s, n_keep, (candidate){x, id, 0});
            if (s->n_best == n_keep && n_keep < s->n_vocab)
                threshold = s->best[0].logit;
        }
    }
    return true;
}

static float penalised(const tone_sampler *s, tone_token id, float logit)
{
    const tone_sampling_options *o = &s->options;
    uint32_t times = s->penalties ? s->seen[id] : 0;
    if (times == 0)
        return logit;
    double x = logit > 0 ? logit / o->repeat_penalty : logit * o->repeat_penalty;
    return (float)(x - o->frequency_penalty * times - o->presence_penalty);
}

static bool is_set(const uint64_t *bits, tone_token id)
{
    return bits[id / 64] >> (id % 64) & 1;
}

/* Mark (or unmark) the tokens whose logit is not the model's own. */
static void mark_edited(tone_sampler *s)
{
    for (size_t i = 0; i < s->n_bias; i++)
        s->edited[s->bias[i].id / 64] |= 1ull << (s->bias[i].id % 64);
    for (uint32_t i = 0; i < s->window_n; i++)
        s->edited[s->window[i] / 64] |= 1ull << (s->window[i] % 64);
}

/* Offer the edited tokens, clearing their marks; false as in scan(). */
static bool offer_edited(tone_sampler *s, const float *logits, const uint64_t *mask)
{
    bool finite = true;
    for (size_t i = 0; i < s->n_bias; i++) {
        tone_token id = s->bias[i].id;
        s->edited[id / 64] &= ~(1ull << (id % 64));
        finite = finite && logits[id] < INFINITY;
        if (!mask || is_set(mask, id))
            offer(s, s->n_keep, (candidate){penalised(s, id, logits[id] + s->bias[i].bias), id, 0});
    }
    for (uint32_t i = 0; i < s->window_n; i++) {
        tone_token id = s->window[i];
        if (!is_set(s->edited, id))
            continue; /* biased, or met before */
        s->edited[id / 64] &= ~(1ull << (id % 64));
        finite = finite && logits[id] < INFINITY;
        if (!mask || is_set(mask, id))
            offer(s, s->n_keep, (candidate){penalised(s, id, logits[id]), id, 0});
    }
    return finite;
}

/* ---- choosing ---- */

/* Weights exp((logit - max) / temperature); returns their sum.  What is 50 below the best has less weight than the
 * sum's last bit, all quarter million of them together. */
static double weigh(candidate *c, size_t n, float max, double temperature)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double x = ((double)c[i].logit - max) / temperature;
        c[i].weight = x > -50 ? exp(x) : 0;
        sum += c[i].weight;
    }
    return sum;
}

static int compare_candidates(const void *a, const void *b)
{
    return better(a, b) ? -1 : 1; /* no two have the same id */
}

/* Bring the best to the front, in order, until their weight reaches `enough` of the sum; returns how many. */
static size_t nucleus(candidate *c, size_t n, double enough)
{
    enum { SORT_MAX = 1024 };
    double total = 0;
    if (n <= SORT_MAX) {
        qsort(c, n, sizeof *c, compare_candidates);
        for (size_t i = 0; i < n; i++)
            if ((total += c[i].weight) >= enough)
                return i + 1;
        return n;
    }
    /* Take them off a heap, best first, into the room that it leaves at its end; then turn that round. */
    for (size_t i = n / 2; i-- > 0;)
        sift_down(c, n, i, false);
    size_t left = n;
    do {
        candidate top = c[0];
        c[0] = c[--left];
        if (left > 0)
            sift_down(c, left, 0, false);
        c[left] = top;
        total += top.weight;
    } while (left > 0 && total < enough);
    size_t kept = n - left;
    for (size_t i = 0; i < n / 2; i++) {
        candidate swap = c[i];
        c[i] = c[n - 1 - i];
        c[n - 1 - i] = swap;
    }
    return kept;
}

static const candidate *draw(tone_sampler *s)
{
    const tone_sampling_options *o = &s->options;
    candidate *c = s->best;
    size_t n = s->n_best;
    float max = c[0].logit;
    for (size_t i = 1; i < n; i++)
        if (c[i].logit > max)
            max = c[i].logit;
    double sum = weigh(c, n, max, o->temperature_last ? 1 : o->temperature);
    if (o->top_p < 1)
        n = nucleus(c, n, o->top_p * sum);
    if (o->min_p > 0) {
        size_t kept = 0;
        for (size_t i = 0; i < n; i++)
            if (c[i].weight >= o->min_p) /* the likeliest has weight 1 */
                c[kept++] = c[i];
        n = kept;
    }
    if (o->temperature_last)
        weigh(c, n, max, o->temperature);
    sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += c[i].weight;
    double at = tone_random_unit(&s->random) * sum;
    const candidate *chosen = c;
    for (size_t i = 0; i < n && at >= 0; i++) {
        if (c[i].weight > 0)
            chosen = &c[i]; /* rounding may leave a trace of `at` after the last: then the last it is */
        at -= c[i].weight;
    }
    return chosen;
}

/* log of the sum of exp over the whole row; not finite when the row is not. */
static double log_sum_exp(const float *logits, uint32_t n)
{
    float max = -INFINITY;
    for (uint32_t i = 0; i < n; i++)
        max = logits[i] > max ? logits[i] : max;
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += (double)expf(logits[i] - max);
    return max + log(sum);
}

static tone_status not_numbers(tone_error *err)
{
    return tone_fail(err, TONE_ERR_FORMAT, 0, "the model computed a logit that is not a number");
}

static tone_status report(tone_sampler *s, const float *logits, tone_choice *out, tone_error *err)
{
    double total = log_sum_exp(logits, s->n_vocab);
    size_t n = s->options.top_logprobs < s->n_vocab ? s->options.top_logprobs : s->n_vocab;
    if (!isfinite(total) || (n > 0 && !scan(s, n, logits, NULL, s->edited)))
        return not_numbers(err);
    out->logprob = (float)(logits[out->id] - total);
    if (n == 0)
        return TONE_OK;
    qsort(s->best, s->n_best, sizeof *s->best, compare_candidates);
    out->n_top = (uint32_t)s->n_best;
    for (uint32_t i = 0; i < out->n_top; i++)
        out->top[i] = (tone_logprob){s->best[i].id, (float)(s->best[i].logit - total)};
    return TONE_OK;
}

tone_status tone_sampler_pick(tone_sampler *s, const float *logits, const uint64_t *mask, tone_choice *out, tone_error *err)
{
    out->logprob = 0;
    out->n_top = 0;
    mark_edited(s);
    bool finite = scan(s, s->n_keep, logits, mask, s->edited);
    finite = offer_edited(s, logits, mask) && finite;
    if (!finite)
        return not_numbers(err);
    if (s->n_best == 0)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "every token is forbidden: there is nothing to choose from");
    out->id = s->options.temperature == 0 ? s->best[0].id : draw(s)->id;
    return s->options.logprobs || s->options.top_logprobs ? report(s, logits, out, err) : TONE_OK;
}
