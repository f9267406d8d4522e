/* Ears: the analyzer's memory, what a clip must be, and the order in which the parts run. */
#include "tonesmith/sound/analysis.h"

#include <math.h>
#include <soxr.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "signal/window.h"
#include "sound/hearing.h"

enum { RATE_MIN = 8000, RATE_MAX = 384000, SECONDS_MAX = 600 };

/* What nothing but DC leaves behind when the mean is removed: below the last bit of 24. */
static const double nothing = 0x1p-24;

tone_status hear_no_memory(tone_error *err)
{
    return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory to analyse a sound of this length");
}

double *hear_scratch(tone_analyzer *a, hear_slot slot, size_t n)
{
    size_t bytes = (n ? n : 1) * sizeof(double);
    if (a->slot[slot].bytes < bytes) {
        free(a->slot[slot].data); /* contents are not kept: no copy */
        a->slot[slot].data = malloc(bytes);
        a->slot[slot].bytes = a->slot[slot].data ? bytes : 0;
    }
    return a->slot[slot].data;
}

/* Zwicker and Terhardt 1980. */
static double bark(double hz)
{
    return 13 * atan(0.00076 * hz) + 3.5 * atan((hz / 7500) * (hz / 7500));
}

static void fill_bark(tone_analyzer *a)
{
    for (size_t b = 0; b < HEAR_BINS; b++) {
        int cell = (int)(bark(hear_bin_hz(b)) / 0.1);
        a->bark.cell[b] = (uint8_t)(cell < BARK_CELLS ? cell : BARK_CELLS - 1);
    }
    int low = 0; /* the inverse, linear between whole Hz */
    for (int i = 0; i < BARK_CELLS; i++) {
        double z = i * 0.1 + 0.05, b0, b1;
        while (bark(low + 1) < z)
            low++;
        b0 = bark(low);
        b1 = bark(low + 1);
        a->bark.hz[i] = low + (z - b0) / (b1 - b0);
        /* threshold in quiet, dB SPL (Terhardt 1979) */
        double k = fmax(a->bark.hz[i], 20) / 1000, bump = k - 3.3;
        double quiet = 3.64 * pow(k, -0.8) - 6.5 * exp(-0.6 * bump * bump) + 1e-3 * k * k * k * k;
        a->bark.quiet[i] = pow(10, quiet / 10);
        /* Fastl and Zwicker's g(z) with the upper part of DIN 45692 */
        a->bark.weight[i] = z * (z <= 15.8 ? 1 : 0.15 * exp(0.42 * (z - 15.8)) + 0.85);
    }
}

static tone_status new_windows(tone_analyzer *a, tone_error *err)
{
    a->blackman_rough = malloc(ROUGH_N * sizeof(double));
    a->blackman_partials = malloc(PARTIALS_N * sizeof(double));
    a->blackman_hnr = malloc(HNR_N * sizeof(double));
    if (!a->blackman_rough || !a->blackman_partials || !a->blackman_hnr)
        return hear_no_memory(err);
    tone_window_hann(a->hann, HEAR_N);
    tone_window_blackman(a->blackman_rough, ROUGH_N);
    tone_window_blackman(a->blackman_partials, PARTIALS_N);
    tone_window_blackman(a->blackman_hnr, HNR_N);
    return TONE_OK;
}

tone_status tone_analyzer_new(tone_analyzer **out, tone_error *err)
{
    *out = NULL;
    tone_analyzer *a = calloc(1, sizeof *a);
    if (!a)
        return hear_no_memory(err);
    struct {
        tone_fft **fft;
        size_t n;
    } plans[] = {{&a->frame, HEAR_N}, {&a->yin, YIN_FFT}, {&a->rough, ROUGH_FFT}, {&a->partials, PARTIALS_FFT},
                 {&a->hnr, HNR_N},     {&a->half_frame, HEAR_N / 2}, {&a->quarter_frame, HEAR_N / 4}};
    tone_status st = new_windows(a, err);
    for (size_t i = 0; !st && i < sizeof plans / sizeof *plans; i++)
        st = tone_fft_new(plans[i].fft, plans[i].n, err);
    if (st) {
        tone_analyzer_free(a);
        return st;
    }
    fill_bark(a);
    *out = a;
    return TONE_OK;
}

void tone_analyzer_free(tone_analyzer *a)
{
    if (!a)
        return;
    tone_fft_free(a->frame);
    tone_fft_free(a->yin);
    tone_fft_free(a->rough);
    tone_fft_free(a->partials);
    tone_fft_free(a->hnr);
    tone_fft_free(a->half_frame);
    tone_fft_free(a->quarter_frame);
    free(a->blackman_rough);
    free(a->blackman_partials);
    free(a->blackman_hnr);
    for (int i = 0; i < SLOT_COUNT; i++)
        free(a->slot[i].data);
    free(a);
}

tone_status hear_check(const tone_clip *clip, tone_error *err)
{
    if (clip->n_channels < 1 || clip->n_channels > 2)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%u channels: mono or stereo is measured; mix it down first",
                         (unsigned)clip->n_channels);
    if (clip->rate_hz < RATE_MIN || clip->rate_hz > RATE_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "a sample rate of %u Hz is outside %d to %d", (unsigned)clip->rate_hz,
                         RATE_MIN, RATE_MAX);
    if (!clip->frames || !clip->n_frames)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "there are no samples to measure");
    if (clip->n_frames / clip->rate_hz >= SECONDS_MAX)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "%.0f s of sound: at most %d s are measured; cut it first",
                         (double)clip->n_frames / clip->rate_hz, SECONDS_MAX);
    return TONE_OK;
}

tone_status hear_check_finite(const tone_clip *clip, tone_error *err)
{
    tone_status st = hear_check(clip, err);
    for (size_t i = 0; !st && i < clip->n_frames * clip->n_channels; i++)
        if (!isfinite(clip->frames[i]))
            st = tone_fail(err, TONE_ERR_ARGUMENT, 0, "NaN or infinite samples, the first in frame %zu", i / clip->n_channels);
    return st;
}

const double *hear_fold(tone_analyzer *a, hear_slot slot, const double *const x[2], unsigned channels, size_t n)
{
    if (channels == 1)
        return x[0];
    double *mid = hear_scratch(a, slot, n), left = 0, right = 0, both = 0;
    if (!mid)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        mid[i] = (x[0][i] + x[1][i]) / 2;
        left += x[0][i] * x[0][i];
        right += x[1][i] * x[1][i];
        both += mid[i] * mid[i];
    }
    if (both > (left + right) / 2 * pow(10, -0.6))
        return mid;
    return right > left ? x[1] : x[0];
}

/* Interleaved float at any rate to interleaved double at 48 kHz. */
static tone_status resample(tone_analyzer *a, const tone_clip *clip, const double **out, size_t *n, tone_error *err)
{
    size_t room = (size_t)((double)clip->n_frames * HEAR_RATE / clip->rate_hz) + 2;
    double *to = hear_scratch(a, SLOT_RESAMPLED, room * clip->n_channels);
    if (!to)
        return hear_no_memory(err);
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT64_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    soxr_error_t bad = soxr_oneshot(clip->rate_hz, HEAR_RATE, clip->n_channels, clip->frames, clip->n_frames, NULL, to, room, n,
                                    &io, &quality, NULL);
    if (bad || !*n)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "cannot resample from %u Hz: %s", (unsigned)clip->rate_hz,
                         bad ? bad : "nothing came out");
    *out = to;
    return TONE_OK;
}

tone_status hear_prepare(tone_hearing *h, const tone_clip *clip, hear_slot left, hear_slot right, hear_slot fold, tone_error *err)
{
    const double *resampled = NULL;
    unsigned channels = h->channels = clip->n_channels;
    h->n = clip->n_frames;
    if (clip->rate_hz != HEAR_RATE) {
        tone_status st = resample(h->a, clip, &resampled, &h->n, err);
        if (st)
            return st;
    }
    for (unsigned c = 0; c < channels; c++) {
        double *x = hear_scratch(h->a, c ? right : left, h->n), mean = 0;
        if (!x)
            return hear_no_memory(err);
        for (size_t i = 0; i < h->n; i++) {
            x[i] = resampled ? resampled[i * channels + c] : (double)clip->frames[i * channels + c];
            mean += x[i];
        }
        mean /= (double)h->n;
        for (size_t i = 0; i < h->n; i++)
            x[i] -= mean;
        h->x[c] = x;
    }
    h->fold = hear_fold(h->a, fold, h->x, channels, h->n);
    return h->fold ? TONE_OK : hear_no_memory(err);
}

static bool has_sound(const tone_hearing *h)
{
    for (unsigned c = 0; c < h->channels; c++)
        for (size_t i = 0; i < h->n; i++)
            if (fabs(h->x[c][i]) > nothing)
                return true;
    return false;
}

uint32_t hear_closure(uint32_t groups)
{
    if (groups & TONE_HEAR_PEAK)
        groups |= TONE_HEAR_LOUDNESS;
    if (groups & TONE_HEAR_SHARPNESS)
        groups |= TONE_HEAR_LOUDNESS | TONE_HEAR_SPECTRUM;
    if (groups & (TONE_HEAR_HARMONIC | TONE_HEAR_MODULATION))
        groups |= TONE_HEAR_PITCH;
    return (groups | TONE_HEAR_HEALTH) & TONE_HEAR_ALL;
}

tone_status hear_all(tone_hearing *h, tone_error *err)
{
    const uint32_t g = h->groups;
    const uint32_t needs_frames =
        TONE_HEAR_SPECTRUM | TONE_HEAR_ENVELOPE | TONE_HEAR_ONSET | TONE_HEAR_SHARPNESS | TONE_HEAR_MODULATION;
    const uint32_t needs_envelope = TONE_HEAR_ENVELOPE | TONE_HEAR_ONSET | TONE_HEAR_HARMONIC | TONE_HEAR_MODULATION;
    tone_status st = TONE_OK;
    if (g & needs_frames || (g & TONE_HEAR_STEREO && h->channels == 2))
        st = hear_spectrum(h, err);
    if (!st && g & needs_envelope)
        st = hear_envelope(h, err);
    if (!st && g & TONE_HEAR_ENVELOPE)
        st = hear_envelope_metrics(h, err);
    if (!st && g & TONE_HEAR_ONSET)
        hear_onset(h);
    if (!st && g & TONE_HEAR_LOUDNESS)
        st = hear_loudness(h, err);
    if (!st && g & TONE_HEAR_ROUGHNESS)
        st = hear_roughness(h, err);
    if (!st && g & TONE_HEAR_SHARPNESS)
        hear_sharpness(h);
    if (!st && g & TONE_HEAR_PITCH)
        st = hear_pitch(h, err);
    if (!st && g & TONE_HEAR_HARMONIC)
        st = hear_harmonic(h, err);
    if (!st && g & TONE_HEAR_MODULATION)
        st = hear_modulation(h, err);
    if (!st && g & TONE_HEAR_STEREO)
        hear_stereo(h);
    return st;
}

tone_analyze_options tone_analyze_options_defaults(void)
{
    return (tone_analyze_options){.groups = TONE_HEAR_ALL};
}

tone_status tone_analyze(tone_measures *out, tone_analyzer *a, const tone_clip *clip, const tone_analyze_options *opt,
                         tone_error *err)
{
    tone_analyze_options all = tone_analyze_options_defaults();
    uint32_t groups = hear_closure((opt ? opt : &all)->groups);
    for (int i = 0; i < TONE_N_METRICS; i++)
        out->value[i] = NAN;
    out->groups = 0;
    tone_status st = hear_check(clip, err);
    if (!st)
        st = hear_health(a, out, clip, err);
    if (st)
        return st;
    out->groups = TONE_HEAR_HEALTH;
    double *v = out->value;
    if (v[TONE_METRIC_SILENT] > 0 || v[TONE_METRIC_NOT_FINITE] > 0)
        return TONE_OK;
    tone_hearing h = {.a = a, .m = out, .groups = groups};
    st = hear_prepare(&h, clip, SLOT_LEFT, SLOT_RIGHT, SLOT_FOLD, err);
    if (st || !has_sound(&h)) /* nothing but DC is not "silent", but there is nothing to measure */
        return st;
    if (groups & TONE_HEAR_PEAK)
        st = hear_true_peak(a, &v[TONE_METRIC_TRUE_PEAK_DB], clip, err);
    if (!st)
        st = hear_all(&h, err);
    if (st)
        return st;
    v[TONE_METRIC_PLR_DB] = v[TONE_METRIC_TRUE_PEAK_DB] - v[TONE_METRIC_INTEGRATED_LUFS];
    if (v[TONE_METRIC_VOICING] >= 0.5)
        v[TONE_METRIC_CENTROID_OCTAVES] = log2(v[TONE_METRIC_CENTROID_HZ] / v[TONE_METRIC_F0_HZ]);
    out->groups = groups;
    return TONE_OK;
}
