/* Four bands of equaliser and the high-pass: second-order sections by the bilinear transform (R. Bristow-Johnson's audio
 * EQ cookbook), in double so that 40 Hz at 192 kHz stays clean. */
#include <string.h>

#include "sound/fx.h"
#include "sound/maths.h"

typedef enum section_kind { LOW_SHELF, BELL, HIGH_SHELF, HIGH_PASS } section_kind;

/* A first design is there at once, a later one is reached at the end of the next block. */
static void design(tone_section *s, section_kind kind, double hz, double rate, double db, double q)
{
    double turns = tone_min(hz / rate, 0.49), c = tone_cos_turns(turns), alpha = tone_sin_turns(turns) / (2 * q);
    double a = tone_db_to_gain(db / 2), root = 2 * __builtin_sqrt(a) * alpha;
    double b0, b1, b2, a0, a1, a2;
    switch (kind) {
    case LOW_SHELF:
    case HIGH_SHELF: {
        double sign = kind == LOW_SHELF ? 1 : -1;
        b0 = a * (a + 1 - sign * (a - 1) * c + root);
        b1 = sign * 2 * a * (a - 1 - sign * (a + 1) * c);
        b2 = a * (a + 1 - sign * (a - 1) * c - root);
        a0 = a + 1 + sign * (a - 1) * c + root;
        a1 = sign * -2 * (a - 1 + sign * (a + 1) * c);
        a2 = a + 1 + sign * (a - 1) * c - root;
        break;
    }
    case BELL:
        b0 = 1 + alpha * a;
        b1 = a1 = -2 * c;
        b2 = 1 - alpha * a;
        a0 = 1 + alpha / a;
        a2 = 1 - alpha / a;
        break;
    default:
        b0 = b2 = (1 + c) / 2;
        b1 = -(1 + c);
        a0 = 1 + alpha;
        a1 = -2 * c;
        a2 = 1 - alpha;
        break;
    }
    s->to = (struct tone_section_shape){b0 / a0, b1 / a0, b2 / a0, a1 / a0, a2 / a0};
    if (!s->known)
        s->now = s->to;
    s->known = true;
    s->moving = memcmp(&s->now, &s->to, sizeof s->now) != 0;
}

void tone_eq_init(tone_eq *e, double rate)
{
    memset(e, 0, sizeof *e);
    e->rate = rate;
}

void tone_eq_set(tone_eq *e, const float *values)
{
    static const struct {
        section_kind kind;
        tone_param gain, freq;
        double q;
    } bands[4] = {{LOW_SHELF, TONE_P_EQ_LOW, TONE_P_EQ_LOW_FREQ, 0.7071},
                  {BELL, TONE_P_EQ_LOWMID, TONE_P_EQ_LOWMID_FREQ, 0.9},
                  {BELL, TONE_P_EQ_HIGHMID, TONE_P_EQ_HIGHMID_FREQ, 0.9},
                  {HIGH_SHELF, TONE_P_EQ_HIGH, TONE_P_EQ_HIGH_FREQ, 0.7071}};
    for (int i = 0; i < 4; i++) {
        float db = values[bands[i].gain];
        bool flat = db < 0.005f && db > -0.005f;
        if (flat && !e->active[i])
            continue;
        if (flat && !e->bands[i].moving) { /* it has been flat for a block: let it go */
            e->active[i] = false;
            e->bands[i].s1 = e->bands[i].s2 = (v2){0, 0};
            continue;
        }
        if (!e->active[i] && e->running) { /* comes in from flat */
            design(&e->bands[i], bands[i].kind, values[bands[i].freq], e->rate, 0, bands[i].q);
            e->bands[i].now = e->bands[i].to;
        }
        design(&e->bands[i], bands[i].kind, values[bands[i].freq], e->rate, db, bands[i].q);
        e->active[i] = true;
    }
    design(&e->highpass, HIGH_PASS, values[TONE_P_HIGHPASS_FREQ], e->rate, 0, 0.7071);
}

static inline v2 section(tone_section *s, v2 x)
{
    v2 y = s->now.b0 * x + s->s1;
    s->s1 = s->now.b1 * x - s->now.a1 * y + s->s2;
    s->s2 = s->now.b2 * x - s->now.a2 * y;
    return y;
}

static void tame(tone_section *s)
{
    for (int i = 0; i < 2; i++) {
        s->s1[i] = tone_tame(s->s1[i]);
        s->s2[i] = tone_tame(s->s2[i]);
    }
}

/* Through one section whose coefficients move. */
static void run_moving(tone_section *s, float *left, float *right, int n)
{
    double part = 1.0 / n;
    struct tone_section_shape by = {(s->to.b0 - s->now.b0) * part, (s->to.b1 - s->now.b1) * part, (s->to.b2 - s->now.b2) * part,
                                    (s->to.a1 - s->now.a1) * part, (s->to.a2 - s->now.a2) * part};
    for (int i = 0; i < n; i++) {
        s->now.b0 += by.b0;
        s->now.b1 += by.b1;
        s->now.b2 += by.b2;
        s->now.a1 += by.a1;
        s->now.a2 += by.a2;
        v2 y = section(s, (v2){left[i], right[i]});
        left[i] = (float)y[0];
        right[i] = (float)y[1];
    }
    s->now = s->to;
    s->moving = false;
    tame(s);
}

static void run_one(tone_section *kept, float *left, float *right, int n)
{
    if (kept->moving) {
        run_moving(kept, left, right, n);
        return;
    }
    tone_section s = *kept;
    for (int i = 0; i < n; i++) {
        v2 y = section(&s, (v2){left[i], right[i]});
        left[i] = (float)y[0];
        right[i] = (float)y[1];
    }
    tame(&s);
    *kept = s;
}

void tone_eq_run(tone_eq *e, float *left, float *right, int n)
{
    bool together = true; /* four chains side by side take hardly longer than one */
    e->running = true;
    for (int i = 0; i < 4; i++)
        together &= e->active[i] && !e->bands[i].moving;
    if (!together) {
        for (int i = 0; i < 4; i++)
            if (e->active[i])
                run_one(&e->bands[i], left, right, n);
        return;
    }
    tone_section a = e->bands[0], b = e->bands[1], c = e->bands[2], d = e->bands[3];
    for (int i = 0; i < n; i++) {
        v2 y = section(&d, section(&c, section(&b, section(&a, (v2){left[i], right[i]}))));
        left[i] = (float)y[0];
        right[i] = (float)y[1];
    }
    e->bands[0] = a;
    e->bands[1] = b;
    e->bands[2] = c;
    e->bands[3] = d;
    for (int i = 0; i < 4; i++)
        tame(&e->bands[i]);
}

void tone_eq_run_highpass(tone_eq *e, float *left, float *right, int n)
{
    run_one(&e->highpass, left, right, n);
}
