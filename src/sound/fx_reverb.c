/* A room: pre-delay, four diffusing all-passes for each side, and eight delay lines that feed each other through a
 * Hadamard matrix (Jot's feedback delay network).
 *
 * Line i is d_i long; its gain 10^(-3 d_i / T) makes all decay alike, and a one-pole low-pass in each makes the highs decay
 * in a shorter time.  The lines swing slowly by a fraction of a millisecond, each at its own speed, so that no single
 * resonance stands out.  All lines are longer than a block, so a block of each is read and written at once. */
#include <string.h>

#include "sound/fx.h"
#include "sound/maths.h"

enum { LINES = TONE_REVERB_LINES, MAX = TONE_FX_BLOCK_MAX };

/* Of the mean free path; chosen without simple ratios. */
static const double line_length[LINES] = {0.62, 0.716, 0.823, 0.937, 1.051, 1.187, 1.318, 1.471};
static const double swing_hz[LINES] = {0.31, 0.47, 0.37, 0.59, 0.43, 0.53, 0.29, 0.41};
static const double diffuser_s[2][4] = {{0.00477, 0.00359, 0.01273, 0.00931}, {0.00463, 0.00379, 0.01237, 0.00967}};
static const float diffuser_gain[4] = {0.7f, 0.7f, 0.6f, 0.6f};
static const double swing_s = 0.00012;

/* Seconds between walls in a room of this many metres: 4 V / S of a cube over the speed of sound. */
static double free_path_s(double metres)
{
    return metres * (2.0 / 3) / 343;
}

bool tone_reverb_init(tone_reverb *r, double rate, int block)
{
    memset(r, 0, sizeof *r);
    r->rate = rate;
    bool ok = true;
    for (int l = 0; l < LINES; l++) {
        ok &= tone_line_init(&r->lines[l], (free_path_s(60) * line_length[l] + 0.001) * rate, block);
        r->phase[l / 4][l % 4] = (uint32_t)l * 0x20000000u;
        r->turn[l / 4][l % 4] = (uint32_t)(swing_hz[l] / rate * block * 4294967296.0);
    }
    for (int side = 0; side < 2; side++) {
        ok &= tone_line_init(&r->before[side], 0.26 * rate, block);
        for (int k = 0; k < 4; k++) {
            r->diffuser_delay[side][k] = (int)(diffuser_s[side][k] * rate);
            ok &= tone_line_init(&r->diffusers[side][k], r->diffuser_delay[side][k], block);
        }
    }
    return ok;
}

void tone_reverb_clear(tone_reverb *r)
{
    for (int l = 0; l < LINES; l++)
        tone_line_clear(&r->lines[l]);
    for (int side = 0; side < 2; side++) {
        tone_line_clear(&r->before[side]);
        for (int k = 0; k < 4; k++)
            tone_line_clear(&r->diffusers[side][k]);
    }
}

static void reset(tone_reverb *r)
{
    for (int l = 0; l < LINES; l++)
        tone_line_reset(&r->lines[l]);
    for (int side = 0; side < 2; side++) {
        tone_line_reset(&r->before[side]);
        for (int k = 0; k < 4; k++)
            tone_line_reset(&r->diffusers[side][k]);
    }
    memset(r->low, 0, sizeof r->low);
    memcpy(r->delay, r->target, sizeof r->delay);
    memcpy(r->gain, r->gain_to, sizeof r->gain);
    r->predelay = r->predelay_target;
    r->silent = 1 << 30;
    r->fresh = true;
    r->feed = r->wet.from > 0 ? 1 : 0; /* on from the beginning: nothing was before */
}

void tone_reverb_set(tone_reverb *r, const float *values)
{
    double path = free_path_s(values[TONE_P_REVERB_SIZE]), decay = values[TONE_P_REVERB_DECAY];
    double high = decay * tone_exp2(-4 * values[TONE_P_REVERB_DAMPING] * 0.01); /* decay time of the highest highs */
    double mix = values[TONE_P_REVERB_MIX] * 0.01, energy = 0;
    for (int l = 0; l < LINES; l++) {
        double d = path * line_length[l];
        double g = tone_exp2(-9.9657842846620870 * d / decay), g_high = tone_exp2(-9.9657842846620870 * d / high);
        double ratio = g_high / g, pole = (1 - ratio) / (1 + ratio);
        r->target[l] = (float)(d * r->rate);
        r->gain_to[l / 4][l % 4] = (float)g;
        r->damping[l / 4][l % 4] = (float)(1 - pole);
        energy += 1 / (1 - g * g) / LINES;
    }
    /* A long decay sums more of the input: the room is scaled to about the power of what goes in. */
    tone_glide_set(&r->wet, (float)(mix * 2.2 / __builtin_sqrt(energy) * (1 + 0.6 * values[TONE_P_REVERB_DAMPING] * 0.01)));
    tone_glide_set(&r->dry, (float)(1 - mix));
    r->predelay_target = (float)(values[TONE_P_REVERB_PREDELAY] * 0.001 * r->rate);
}

static void fade(float *x, const tone_glide *gain, int n)
{
    v4 g = tone_glide_four(gain, n);
    for (int i = 0; i < n; i += 4, g += 4 * tone_glide_by(gain, n))
        v4_store(x + i, v4_load(x + i) * g);
}

/* y = -g x + z, z = x + g y one delay later. */
static void diffuse(tone_line *line, int delay, float g, float *x, int n)
{
    float in[MAX];
    const float *z = tone_line_back(line, delay);
    for (int i = 0; i < n; i += 4) {
        v4 held = v4_load(z + i), fed = v4_flush(v4_load(x + i) + g * held);
        v4_store(in + i, fed);
        v4_store(x + i, held - g * fed);
    }
    tone_line_write(line, in, n);
}

static void transpose_lines(v4 *lanes, float lines[4][MAX], int n, bool back)
{
    for (int i = 0; i < n; i += 4) {
        v4 *x = lanes + i;
        if (!back)
            for (int k = 0; k < 4; k++)
                x[k] = v4_load(&lines[k][i]);
        v4_transpose(&x[0], &x[1], &x[2], &x[3]);
        if (back)
            for (int k = 0; k < 4; k++)
                v4_store(&lines[k][i], x[k]);
    }
}

/* Losses of air and walls: the four lines of vector v, in place. */
static void damp(tone_reverb *r, int v, float lines[4][MAX], int n)
{
    v4 lanes[MAX], low = r->low[v], share = r->damping[v], gain = r->gain[v], by = (r->gain_to[v] - gain) * (1.0f / (float)n);
    transpose_lines(lanes, lines, n, false);
    for (int i = 0; i < n; i++) {
        gain += by;
        low += share * (lanes[i] * gain - low);
        lanes[i] = low;
    }
    r->low[v] = v4_tame(low);
    r->gain[v] = r->gain_to[v];
    transpose_lines(lanes, lines, n, true);
}

/* Every line hears every other with equal power. */
static void mix_lines(float lines[LINES][MAX], int n)
{
    for (int i = 0; i < n; i += 4) {
        v4 x[LINES];
        for (int l = 0; l < LINES; l++)
            x[l] = v4_load(&lines[l][i]);
        for (int span = 1; span < LINES; span *= 2)
            for (int l = 0; l < LINES; l++)
                if (!(l & span)) {
                    v4 a = x[l], b = x[l + span];
                    x[l] = a + b;
                    x[l + span] = a - b;
                }
        for (int l = 0; l < LINES; l++)
            v4_store(&lines[l][i], x[l] * 0.35355339f);
    }
}

static void read_lines(tone_reverb *r, float lines[LINES][MAX], int n)
{
    v4 swing[2];
    for (int v = 0; v < 2; v++) {
        r->phase[v] += r->turn[v];
        swing[v] = v4_sin_phase((v4i)r->phase[v]) * (float)(swing_s * r->rate);
    }
    for (int l = 0; l < LINES; l++) {
        float limit = 0.3f * (float)n; /* a size that moves bends the tail a little */
        r->delay[l] = (float)tone_clamp(r->target[l], r->delay[l] - limit, r->delay[l] + limit);
        float to = r->delay[l] + swing[l / 4][l % 4];
        tone_line_read(&r->lines[l], lines[l], r->fresh ? to : r->moved[l], to, n, true);
        r->moved[l] = to;
    }
    r->fresh = false;
}

void tone_reverb_run(tone_reverb *r, float *left, float *right, int n)
{
    float lines[LINES][MAX], in[2][MAX], *sides[2] = {left, right};
    bool on = !tone_glide_off(&r->wet);
    if (on && !r->running)
        reset(r);
    r->running = on;
    if (!on)
        return;
    float limit = 0.3f * (float)n, from = r->predelay;
    r->predelay = (float)tone_clamp(r->predelay_target, from - limit, from + limit);
    tone_glide feed = {.from = r->feed, .to = (float)tone_min(r->feed + n * 100 / r->rate, 1)}; /* 10 ms */
    r->feed = feed.to;
    for (int side = 0; side < 2; side++) {
        memcpy(in[side], sides[side], (size_t)n * sizeof *left);
        if (feed.from < 1)
            fade(in[side], &feed, n);
        tone_line_write(&r->before[side], in[side], n);
        tone_line_read(&r->before[side], in[side], from + 2, r->predelay + 2, n, false);
        for (int k = 0; k < 4; k++)
            diffuse(&r->diffusers[side][k], r->diffuser_delay[side][k], diffuser_gain[k], in[side], n);
    }
    read_lines(r, lines, n);
    damp(r, 0, lines, n);
    damp(r, 1, lines + 4, n);
    v4 peak = v4_all(0), wet = tone_glide_four(&r->wet, n) * 0.35355339f, dry = tone_glide_four(&r->dry, n);
    float wet_by = 4 * tone_glide_by(&r->wet, n) * 0.35355339f, dry_by = 4 * tone_glide_by(&r->dry, n);
    for (int i = 0; i < n; i += 4, wet += wet_by, dry += dry_by) {
        v4 x[LINES];
        for (int l = 0; l < LINES; l++)
            x[l] = v4_load(&lines[l][i]);
        /* Each ear hears all lines, with signs that have nothing in common. */
        v4 out_left = ((x[0] - x[1]) + (x[2] - x[3])) + ((x[4] + x[5]) - (x[6] + x[7]));
        v4 out_right = ((x[0] + x[1]) - (x[2] + x[3])) + ((x[4] - x[5]) - (x[6] - x[7]));
        v4_store(left + i, v4_load(left + i) * dry + out_left * wet);
        v4_store(right + i, v4_load(right + i) * dry + out_right * wet);
        peak = v4_max(peak, v4_max(v4_abs(out_left), v4_abs(out_right)));
        peak = v4_max(peak, v4_max(v4_abs(v4_load(&in[0][i])), v4_abs(v4_load(&in[1][i]))));
    }
    bool loud = peak[0] > 1e-5f || peak[1] > 1e-5f || peak[2] > 1e-5f || peak[3] > 1e-5f;
    r->silent = loud ? 0 : r->silent < 1 << 30 ? r->silent + n : r->silent;
    tone_glide_done(&r->wet);
    tone_glide_done(&r->dry);
    mix_lines(lines, n);
    for (int l = 0; l < LINES; l++) {
        float sign = l & 2 ? -0.5f : 0.5f;
        for (int i = 0; i < n; i += 4)
            v4_store(&lines[l][i], v4_flush(v4_load(&lines[l][i]) + v4_load(&in[l % 2][i]) * sign));
        tone_line_write(&r->lines[l], lines[l], n);
    }
}

bool tone_reverb_idle(const tone_reverb *r)
{
    return !r->running || r->silent >= r->lines[LINES - 1].size + r->before[0].size;
}
