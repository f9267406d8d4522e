/* The sound of a group of four voices in one control block. */
#include "sound/voice.h"

#include <stdlib.h>
#include <string.h>

enum { MAX = TONE_VOICE_FRAMES_MAX };

/* A single full oscillator at velocity 1 peaks here: room for chords before the effects. */
static const float voice_gain = 0.35f;

static void unison_init(tone_voice_patch *p, const float *values)
{
    int n = (int)values[TONE_P_UNISON_VOICES];
    double cents = values[TONE_P_UNISON_DETUNE], spread = values[TONE_P_UNISON_SPREAD] * 0.01;
    double share = 1 / __builtin_sqrt((double)n);
    p->unison = n;
    p->stereo = n > 1 && spread > 0;
    for (int u = 0; u < n; u++) {
        /* x: -1 … 1; a slight bow keeps the beats of neighbours from being equal. */
        double x = n > 1 ? 2.0 * u / (n - 1) - 1 : 0, bow = x * (0.8 + 0.2 * x * x);
        /* Sharp and flat copies alternate sides, so that neither ear hears only one of them. */
        double pan = n > 1 ? spread * x * (u % 2 ? -1 : 1) : 0;
        if (n == 2)
            pan = spread * x;
        p->detune[u] = (float)tone_exp2(bow * cents / 1200);
        p->gains.left[u] = (float)(share * __builtin_sqrt(1 - pan));
        p->gains.right[u] = (float)(share * __builtin_sqrt(1 + pan));
    }
}

/* One-pole low-passes two octaves apart, weighted by the root of their frequency, add up to -3 dB an octave. */
static void pink_init(tone_voice_patch *p)
{
    static const float hz[8] = {4, 15, 58, 220, 840, 3200, 12000, 46000};
    for (int i = 0; i < 8; i++) {
        float a = 6.2831853f * hz[i] / p->rate;
        p->pink_pole[i / 4][i % 4] = a / (1 + a);
        p->pink_weight[i / 4][i % 4] = (float)__builtin_sqrt(220 / (double)hz[i]) * 1.4f;
    }
}

void tone_voice_patch_init(tone_voice_patch *p, const float values[TONE_N_PARAMS], uint32_t rate)
{
    const float *v = values;
    bool doubled = rate < 60000;
    p->rate = (float)(doubled ? 2 * rate : rate);
    p->n = rate < 120000 ? 32 : 64;
    p->wave_a = (int)v[TONE_P_OSC1_WAVE];
    p->wave_b = (int)v[TONE_P_OSC2_WAVE];
    p->filter_mode = (int)v[TONE_P_FILTER_MODE];
    p->voice_mode = (int)v[TONE_P_VOICE_MODE];
    p->lfo1_shape = (int)v[TONE_P_LFO1_SHAPE];
    p->lfo2_shape = (int)v[TONE_P_LFO2_SHAPE];
    p->sync = v[TONE_P_OSC_SYNC] > 0;
    p->pink = v[TONE_P_NOISE_COLOR] > 0;
    unison_init(p, v);
    if (p->pink)
        pink_init(p);
    double mix = v[TONE_P_OSC_MIX] * 0.01, osc = v[TONE_P_OSC_LEVEL] * 0.01;
    p->gains.a = (float)(osc * __builtin_sqrt(1 - mix));
    p->gains.b = (float)(osc * __builtin_sqrt(mix));
    p->hear_a = p->gains.a > 0;
    p->hear_b = p->gains.b > 0;
    p->gains.sub = v[TONE_P_SUB_LEVEL] * 0.01f;
    /* White noise of equal density at every rate, as strong in the audible band as a saw; pink is about as loud. */
    p->gains.noise = v[TONE_P_NOISE_LEVEL] * 0.02f * (float)__builtin_sqrt((double)p->rate / 96000);
    p->ratio_b = (float)(v[TONE_P_OSC2_RATIO] * tone_exp2(v[TONE_P_OSC2_DETUNE] / 1200));
    p->fm_index = (float)(v[TONE_P_FM_INDEX] / (2 * TONE_PI));
    p->fm = p->fm_index > 0;
    p->fm_env = v[TONE_P_FM_ENV] * 0.01f;
    p->width = v[TONE_P_PULSE_WIDTH] * 0.01f;
    p->width_lfo = v[TONE_P_LFO1_WIDTH] * 0.01f;
    p->transpose = v[TONE_P_TRANSPOSE];
    p->pitch_env = v[TONE_P_PITCH_ENV];
    p->pitch_lfo = v[TONE_P_LFO1_PITCH] * 0.01f;
    p->glide_blocks = v[TONE_P_GLIDE_TIME] * 0.001f * p->rate / (float)p->n;
    p->cutoff_octave = (float)tone_log2(v[TONE_P_FILTER_CUTOFF]);
    p->cutoff_env = v[TONE_P_FILTER_ENV];
    p->cutoff_lfo = v[TONE_P_LFO2_CUTOFF];
    p->cutoff_velocity = v[TONE_P_FILTER_VELOCITY];
    p->keytrack = v[TONE_P_FILTER_KEYTRACK] * 0.01f / 12;
    p->damping = tone_filter_k(p->filter_mode, v4_all(v[TONE_P_FILTER_RESONANCE] * 0.01f));
    p->gains.drive = (float)tone_db_to_gain(v[TONE_P_FILTER_DRIVE]);
    p->gains.dirt = (float)tone_min(v[TONE_P_FILTER_DRIVE] / 6, 1);
    tone_env_shape_init(&p->amp, v[TONE_P_AMP_ATTACK], v[TONE_P_AMP_DECAY], v[TONE_P_AMP_SUSTAIN], v[TONE_P_AMP_RELEASE],
                        v[TONE_P_AMP_CURVE], p->rate);
    tone_env_shape_init(&p->mod, v[TONE_P_MOD_ATTACK], v[TONE_P_MOD_DECAY], v[TONE_P_MOD_SUSTAIN], v[TONE_P_MOD_RELEASE],
                        v[TONE_P_MOD_CURVE], p->rate);
    p->amp_velocity = v[TONE_P_AMP_VELOCITY] * 0.01f;
    p->lfo1_turns = v[TONE_P_LFO1_RATE] / p->rate;
    p->lfo2_turns = v[TONE_P_LFO2_RATE] / p->rate;
    p->lfo1_fade = v[TONE_P_LFO1_DELAY] > 0 ? 1000 / (v[TONE_P_LFO1_DELAY] * p->rate) : 1;
    p->tremolo = (float)(v[TONE_P_LFO2_LEVEL] * 0.16609640474436811739);
    p->pan = v[TONE_P_LFO2_PAN] * 0.01f;
    p->twin = !p->stereo && !(p->pan > 0);
}

/* Where every lane stands at the end of the block. */
typedef struct control {
    v4 step_a, step_b, step_sub; /* of the phases, as floats */
    v4 index, width;
    tone_filter_motion filter;
    v4 gain[2];
} control;

static void work_out(control *c, tone_voice_group *s, const tone_voice_patch *p, const tone_voice_gains *from)
{
    v4 frames = v4_all((float)p->n);
    for (int lane = 0; lane < 4; lane++)
        if (s->voices[lane].struck)
            frames[lane] = (float)(p->n - s->voices[lane].start);
    tone_env_step(&s->amp, &p->amp, frames);
    tone_env_step(&s->mod, &p->mod, frames);
    v4 lfo1 = tone_lfo_step(&s->lfo1, p->lfo1_shape, frames * p->lfo1_turns);
    v4 lfo2 = tone_lfo_step(&s->lfo2, p->lfo2_shape, frames * p->lfo2_turns);
    s->fade = v4_min(s->fade + frames * p->lfo1_fade, v4_all(1));
    lfo1 *= s->fade;

    s->pitch += (v4)((v4i)s->glide & (s->glide_left > v4_all(0)));
    s->glide_left = v4_max(s->glide_left - 1.0f, v4_all(0));
    v4 semitones = s->pitch + s->bend + p->transpose + p->pitch_lfo * lfo1, sweep = p->pitch_env * s->mod.value;
    v4 hz = v4_exp2((semitones + sweep - 69.0f) * (1.0f / 12)) * 440.0f;
    /* Above a quarter of the rate nothing is heard, and the oscillators need not cope with it. */
    v4 per_hz = v4_all(4294967296.0f / p->rate), most = v4_all(0.2f * 4294967296.0f);
    c->step_b = v4_min(hz * per_hz * p->ratio_b, most);
    if (p->sync) /* the envelope sweeps what is restarted, not what restarts it */
        hz = v4_exp2((semitones - 69.0f) * (1.0f / 12)) * 440.0f;
    c->step_a = v4_min(hz * per_hz, most);
    c->step_sub = c->step_a * 0.5f;
    c->index = v4_all(0);
    if (p->fm) { /* the modulated frequency, f_a + index f_b, stays below the Nyquist frequency of the voice */
        v4 limit = (v4_all(0.45f * 4294967296.0f) - c->step_a) / (c->step_b * 6.2831853f);
        c->index = v4_min(p->fm_index * (1.0f - p->fm_env + p->fm_env * s->mod.value), limit);
    }
    c->width = v4_clamp(p->width + p->width_lfo * lfo1, 0.02f, 0.98f) * 4294967296.0f;

    v4 octave = p->cutoff_octave + p->cutoff_env * s->mod.value + p->cutoff_lfo * lfo2 +
                p->keytrack * (s->pitch + s->bend + p->transpose - 60.0f) - p->cutoff_velocity * (1.0f - s->velocity);
    v4 g = tone_filter_g(v4_exp2(v4_clamp(octave, 3, 14.5f)), p->rate);
    v4 k = p->damping;
    v4 touch = 1.0f - p->amp_velocity * (1.0f - s->velocity * s->velocity);
    v4 gain = s->amp.value * touch * voice_gain;
    if (p->tremolo > 0)
        gain *= v4_exp2(p->tremolo * (lfo2 - 1.0f) * 0.5f);
    v4 pan = p->pan * lfo2;
    c->gain[0] = gain * v4_min(1.0f - pan, v4_all(1));
    c->gain[1] = gain * v4_min(1.0f + pan, v4_all(1));

    for (int lane = 0; lane < 4; lane++)
        if (s->voices[lane].fresh) { /* nothing to glide from */
            s->g[lane] = g[lane];
            s->k[lane] = k[lane];
        }
    float one = 1.0f / (float)p->n;
    c->filter = (tone_filter_motion){.mode = p->filter_mode, .g = s->g, .k = s->k, .g_turn = (g - s->g) * one,
                                     .k_turn = (k - s->k) * one, .drive = from->drive, .drive_to = p->gains.drive,
                                     .dirt = from->dirt, .dirt_to = p->gains.dirt};
    s->g = g;
    s->k = k;
}

static int32_t turn(uint32_t from, uint32_t to, int n)
{
    return (int32_t)(((int64_t)to - (int64_t)from) / n);
}

/* The oscillators come TONE_BLEP_HALF samples late and a note may start anywhere in a block: run a new voice for a block
 * that is not heard, so that the first sample of the note has the phase it was started with. */
static void warm_up(tone_osc_pair *pair, const tone_blep *blep, const tone_osc_motion *m, int start, int n)
{
    _Alignas(16) float a[MAX], b[MAX];
    tone_osc_motion steady = *m;
    steady.turn_a = steady.turn_b = steady.width_turn = 0;
    steady.index_turn = 0;
    uint32_t frames = (uint32_t)(start - TONE_BLEP_HALF + n);
    pair->a.phase -= m->step_a * frames;
    pair->b.phase -= m->step_b * frames;
    pair->a.bent = pair->a.phase;
    tone_osc_run(pair, blep, &steady, a, b, n);
}

static void add_noise(float *x, tone_voice *v, const tone_voice_patch *p, v4 gain, float by)
{
    v4 low[2] = {v->pink[0], v->pink[1]};
    v4u dice = v->noise;
    for (int i = 0; i < p->n; i += 4, gain += by) {
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        v4 white = __builtin_convertvector((v4i)dice, v4) * 0x1p-31f;
        if (p->pink) {
            for (int k = 0; k < 4; k++) {
                low[0] += p->pink_pole[0] * (white[k] - low[0]);
                low[1] += p->pink_pole[1] * (white[k] - low[1]);
                v4 sum = low[0] * p->pink_weight[0] + low[1] * p->pink_weight[1];
                x[i + k] += ((sum[0] + sum[1]) + (sum[2] + sum[3])) * gain[k];
            }
        } else {
            v4_store(x + i, v4_load(x + i) + white * gain);
        }
    }
    v->noise = dice;
    v->pink[0] = v4_tame(low[0]);
    v->pink[1] = v4_tame(low[1]);
}

static void add_sub(float *x, tone_voice *v, uint32_t step, int n, v4 gain, float by)
{
    uint32_t phase = v->sub_phase;
    v4u at = {phase + step, phase + 2 * step, phase + 3 * step, phase + 4 * step};
    for (int i = 0; i < n; i += 4, gain += by) {
        v4_store(x + i, v4_load(x + i) + v4_sin_phase((v4i)at) * gain);
        at += 4 * step;
    }
    v->sub_phase = phase + step * (uint32_t)n;
}

/* Four values of a factor that goes from one value to another within n samples; *by is what the next four add. */
static v4 gliding(float *by, float from, float to, int n)
{
    float one = (to - from) / (float)n;
    *by = 4 * one;
    return from + (v4){1, 2, 3, 4} * one;
}

/* Both oscillators of one copy, at their levels, added to the sides. */
static void add_copy(float *left, float *right, const float *a, const float *b, const tone_voice_patch *p,
                     const tone_voice_gains *from, int u)
{
    const tone_voice_gains *to = &p->gains;
    float a_by, b_by, left_by, right_by;
    v4 gain_a = gliding(&a_by, from->a, to->a, p->n), gain_b = gliding(&b_by, from->b, to->b, p->n);
    v4 gain_l = gliding(&left_by, from->left[u], to->left[u], p->n), gain_r = gliding(&right_by, from->right[u], to->right[u], p->n);
    for (int i = 0; i < p->n; i += 4) {
        v4 sum = v4_all(0);
        if (p->hear_a)
            sum += gain_a * v4_load(a + i);
        if (p->hear_b)
            sum += gain_b * v4_load(b + i);
        v4_store(left + i, v4_load(left + i) + sum * gain_l);
        if (p->stereo)
            v4_store(right + i, v4_load(right + i) + sum * gain_r);
        gain_a += a_by;
        gain_b += b_by;
        gain_l += left_by;
        gain_r += right_by;
    }
}

/* The oscillators of one voice into left and right (right is not touched when the patch is mono). */
static void draw_voice(float *left, float *right, tone_voice *v, const control *c, int lane, const tone_voice_patch *p,
                       const tone_voice_gains *from, const tone_blep *blep)
{
    _Alignas(16) float a[MAX], b[MAX];
    int n = p->n;
    float step_a = c->step_a[lane], step_b = c->step_b[lane], width = c->width[lane];
    uint32_t to_width = (uint32_t)width;
    if (v->fresh) {
        v->width = to_width;
        v->index = c->index[lane];
    }
    tone_osc_motion m = {.wave_a = p->wave_a, .wave_b = p->wave_b, .fm = p->fm || v->index > 0, .sync = p->sync, .hear_a = p->hear_a,
                         .hear_b = p->hear_b, .width = v->width, .width_turn = turn(v->width, to_width, n),
                         .index = v->index, .index_turn = (c->index[lane] - v->index) / (float)n};
    uint32_t from_a = v->step_a, from_b = v->step_b, to_a = (uint32_t)step_a, to_b = (uint32_t)step_b;
    if (v->fresh) {
        from_a = to_a;
        from_b = to_b;
    }
    memset(left, 0, (size_t)n * sizeof *left);
    if (p->stereo)
        memset(right, 0, (size_t)n * sizeof *right);
    for (int u = 0; u < p->unison; u++) {
        float detune = p->detune[u];
        m.step_a = (uint32_t)((float)from_a * detune);
        m.step_b = (uint32_t)((float)from_b * detune);
        m.turn_a = turn(m.step_a, (uint32_t)(step_a * detune), n);
        m.turn_b = turn(m.step_b, (uint32_t)(step_b * detune), n);
        if (v->fresh)
            warm_up(&v->copies[u], blep, &m, v->start, n);
        tone_osc_run(&v->copies[u], blep, &m, a, b, n);
        add_copy(left, right, a, b, p, from, u);
    }
    v->step_a = to_a;
    v->step_b = to_b;
    v->width = to_width;
    v->index = c->index[lane];
    if (p->gains.sub > 0 || p->gains.noise > 0) {
        float extra[MAX] = {0}, by;
        v4 gain = gliding(&by, from->sub, p->gains.sub, n);
        if (p->gains.sub > 0)
            add_sub(extra, v, (uint32_t)c->step_sub[lane], n, gain, by);
        gain = gliding(&by, from->noise, p->gains.noise, n);
        if (p->gains.noise > 0)
            add_noise(extra, v, p, gain, by);
        for (int i = 0; i < n; i++) {
            left[i] += extra[i];
            if (p->stereo)
                right[i] += extra[i];
        }
    }
    if (v->fresh) { /* nothing reaches the filter before the note */
        memset(left, 0, (size_t)v->start * sizeof *left);
        if (p->stereo)
            memset(right, 0, (size_t)v->start * sizeof *right);
    }
}

static void gather(v4 *x, float lanes[4][MAX], int n)
{
    for (int i = 0; i < n; i += 4) {
        for (int k = 0; k < 4; k++)
            x[i + k] = v4_load(lanes[k] + i);
        v4_transpose(&x[i], &x[i + 1], &x[i + 2], &x[i + 3]);
    }
}

/* bus += x times a gain that moves from `from` to `to`; a note that starts in this block begins at its start. */
static void add_to_bus(v4 *bus, const v4 *x, v4 from, v4 to, const tone_voice_group *s, int n)
{
    v4 gains[MAX], gain = from, by = (to - from) * (1.0f / (float)n);
    for (int i = 0; i < n; i++) {
        gain += by;
        gains[i] = gain;
    }
    for (int lane = 0; lane < 4; lane++) {
        const tone_voice *v = &s->voices[lane];
        if (!v->serial || !v->struck)
            continue;
        float rise = (to[lane] - from[lane]) / (float)(n - v->start), at = from[lane];
        for (int i = 0; i < n; i++) {
            at += i < v->start ? 0 : rise;
            gains[i][lane] = at;
        }
    }
    for (int i = 0; i < n; i++)
        bus[i] += x[i] * gains[i];
}

static void run_group(tone_voice_group *s, const tone_voice_patch *p, const tone_voice_gains *from, const tone_blep *blep,
                      v4 *bus_left, v4 *bus_right)
{
    float left[4][MAX], right[4][MAX];
    v4 x_left[MAX], x_right[MAX];
    control c;
    int n = p->n;
    work_out(&c, s, p, from);
    for (int lane = 0; lane < 4; lane++) {
        if (s->voices[lane].serial) {
            draw_voice(left[lane], right[lane], &s->voices[lane], &c, lane, p, from, blep);
        } else {
            memset(left[lane], 0, (size_t)n * sizeof(float));
            memset(right[lane], 0, (size_t)n * sizeof(float));
        }
    }
    gather(x_left, left, n);
    if (p->stereo)
        gather(x_right, right, n);
    tone_filter_run(&s->filter[0], p->stereo ? &s->filter[1] : NULL, &c.filter, x_left, x_right, n);
    tone_filter_tame(&s->filter[0]);
    if (p->stereo)
        tone_filter_tame(&s->filter[1]);
    else
        s->filter[1] = s->filter[0];
    add_to_bus(bus_left, x_left, s->gain[0], c.gain[0], s, n);
    if (!p->twin)
        add_to_bus(bus_right, p->stereo ? x_right : x_left, s->gain[1], c.gain[1], s, n);
    s->gain[0] = c.gain[0];
    s->gain[1] = c.gain[1];
    for (int lane = 0; lane < 4; lane++) {
        tone_voice *v = &s->voices[lane];
        v->fresh = v->struck = false;
        bool spent = s->amp.stage[lane] == TONE_ENV_SUSTAIN && s->amp.value[lane] < 1e-5f;
        if (v->serial && (s->amp.stage[lane] == TONE_ENV_IDLE || spent)) {
            v->serial = 0;
            v->held = false;
            for (int side = 0; side < 2; side++) {
                s->gain[side][lane] = 0;
                tone_filter_reset(&s->filter[side], lane);
            }
        }
    }
}

void tone_voices_run(tone_voices *v, const tone_voice_patch *p, v4 *bus_left, v4 *bus_right)
{
    const tone_voice_gains *from = v->known ? &v->gains : &p->gains;
    for (int g = 0; g < TONE_VOICE_GROUPS; g++) {
        tone_voice_group *s = &v->groups[g];
        if (s->voices[0].serial || s->voices[1].serial || s->voices[2].serial || s->voices[3].serial)
            run_group(s, p, from, &v->blep, bus_left, bus_right);
    }
    v->gains = p->gains;
    v->known = true;
}

bool tone_voices_idle(const tone_voices *v)
{
    for (int g = 0; g < TONE_VOICE_GROUPS; g++)
        for (int lane = 0; lane < 4; lane++)
            if (v->groups[g].voices[lane].serial)
                return false;
    return true;
}
