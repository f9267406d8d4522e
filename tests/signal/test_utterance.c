/* Made-up speech (a buzz in syllables, words and pauses) under noise, at many levels: begun and ended where it is. */
#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "check.h"
#include "signal/utterance.h"

enum { RATE = 16000 };

static double gauss(tone_random *r)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += tone_random_unit(r);
    return sum - 6;
}

/* Syllables of 120 … 300 ms with dips between them and a pause of up to 0.4 s after some, from `first` s for `length` s. */
static void speak(float *x, double first, double length, double level, tone_random *r)
{
    size_t at = (size_t)(first * RATE), end = (size_t)((first + length) * RATE);
    double phase = 0;
    while (at < end) {
        size_t n = (size_t)((0.12 + 0.18 * tone_random_unit(r)) * RATE), gap = (size_t)((0.02 + 0.04 * tone_random_unit(r)) * RATE);
        double hz = 90 + 120 * tone_random_unit(r), loud = level * pow(10, -0.4 * tone_random_unit(r));
        if (n > end - at || end - at - n < RATE / 8) { /* the last syllable goes right to the end */
            n = end - at;
            loud = level;
        }
        for (size_t i = 0; i < n; i++) {
            phase += hz / RATE;
            double shape = sin(3.14159265 * (double)i / (double)n), v = 0;
            for (int k = 1; k < 20; k++)
                v += sin(6.2831853 * k * phase) / k * exp(-pow((k * hz - 700) / 600, 2));
            x[at + i] += (float)(loud * pow(shape, 0.3) * v);
        }
        at += n + gap;
        if (tone_random_below(r, 4) == 0)
            at += (size_t)(0.35 * tone_random_unit(r) * RATE);
    }
}

static void add_noise(float *x, size_t n, double level, tone_random *r)
{
    double low = 0;
    for (size_t i = 0; i < n; i++) {
        low = 0.9 * low + 0.4 * gauss(r); /* louder below, as rooms are */
        x[i] += (float)(level * low);
    }
}

/* Fed in pieces of any size; the state after all of them. */
static tone_utterance run(const float *x, size_t n, tone_random *r, const tone_utterance_options *opt)
{
    tone_utterance e;
    tone_utterance_init(&e, opt);
    for (size_t at = 0; at < n;) {
        size_t m = 1 + tone_random_below(r, 3000);
        m = m < n - at ? m : n - at;
        tone_utterance_feed(&e, x + at, m);
        at += m;
    }
    return e;
}

static void check_speech(uint64_t seed, double level, double noise, double first)
{
    tone_random r;
    tone_random_seed(&r, seed);
    size_t n = 8 * RATE;
    double length = 1.5 + 2 * tone_random_unit(&r);
    float *x = calloc(n, sizeof *x);
    speak(x, first, length, level, &r);
    add_noise(x, n, noise, &r);
    tone_utterance e = run(x, n, &r, NULL);
    double begun = (double)e.first / RATE, ended = (double)e.end / RATE, known = (double)e.n_fed / RATE;
    CHECK_CASE(e.state == TONE_UTTERANCE_ENDED, "seed %llu level %g noise %g: state %d", (unsigned long long)seed, level, noise, e.state);
    CHECK_CASE(begun > first - 0.1 && begun < first + 0.4, "seed %llu level %g noise %g: begun at %.2f, not %.2f",
               (unsigned long long)seed, level, noise, begun, first);
    CHECK_CASE(ended > first + length - 0.25 && ended < first + length + 0.15, "seed %llu level %g noise %g: ended at %.2f, not %.2f",
               (unsigned long long)seed, level, noise, ended, first + length);
    CHECK_CASE(known < ended + 0.75, "known at %.2f", known);
    free(x);
}

static void check_none(void)
{
    tone_random r;
    tone_random_seed(&r, 9);
    size_t n = 12 * RATE;
    float *x = calloc(n, sizeof *x);
    tone_utterance e = run(x, n, &r, NULL);
    CHECK(e.state == TONE_UTTERANCE_NOTHING && (double)e.n_fed / RATE < 10.1); /* digital silence */
    add_noise(x, n, 0.02, &r);
    e = run(x, n, &r, NULL);
    CHECK(e.state == TONE_UTTERANCE_NOTHING); /* steady noise */
    for (size_t i = 0; i < 200; i++)
        x[40000 + i] += 0.8f; /* a click */
    e = run(x, n, &r, NULL);
    CHECK(e.state == TONE_UTTERANCE_NOTHING);
    for (size_t i = 0; i < n; i++)
        x[i] = NAN;
    e = run(x, n, &r, NULL);
    CHECK(e.state == TONE_UTTERANCE_NOTHING);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(0.2 * sin(6.2831853 * 50 * (double)i / RATE)); /* hum */
    e = run(x, n, &r, NULL);
    CHECK(e.state == TONE_UTTERANCE_NOTHING);
    free(x);
}

static void check_long(void)
{
    tone_random r;
    tone_random_seed(&r, 10);
    size_t n = 40 * RATE;
    float *x = calloc(n, sizeof *x);
    speak(x, 1, 39, 0.3, &r);
    add_noise(x, n, 0.001, &r);
    tone_utterance e = run(x, n, &r, NULL);
    CHECK_CASE(e.state == TONE_UTTERANCE_ENDED && e.n_fed - e.first >= 30 * RATE - 160 && e.n_fed - e.first <= 30 * RATE + 160, "%llu",
               (unsigned long long)e.n_fed);
    tone_utterance_options o = tone_utterance_defaults();
    o.silence_s = -1;
    o.rate_hz = 0;
    o.most_s = NAN;
    tone_utterance_init(&e, &o);
    CHECK(e.opt.silence_s == 0.1 && e.opt.rate_hz == 8000 && e.opt.most_s == 1);
    free(x);
}

int main(void)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        check_speech(seed, 0.3, 0.0002, 0.8);
        check_speech(seed, 0.02, 0.0002, 0.8); /* quiet */
        check_speech(seed, 0.3, 0.02, 0.8);    /* in noise, some 10 dB */
        check_speech(seed, 0.3, 0.003, 0);     /* at once, as the key goes down */
        check_speech(seed, 0.3, 0, 0.5);       /* digital silence around */
    }
    check_none();
    check_long();
    return check_done();
}
