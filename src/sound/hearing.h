/* sound/hearing.h - one sound being measured: the samples at 48 kHz and what the parts of the analysis hand on.
 *
 * tone_hear() runs the parts in this order; each fills in its group of tone_measures and its fields here:
 *
 *     spectrum -> envelope -> onset, roughness, sharpness, pitch -> harmonic, modulation, stereo
 *
 * Everything is float64, everything lives in the analyzer's scratch memory and is lost at its next use. */
#ifndef TONE_SOUND_HEARING_H
#define TONE_SOUND_HEARING_H

#include "signal/fft.h"
#include "tonesmith/sound/analysis.h"

enum {
    HEAR_RATE = 48000,
    HEAR_N = 2048,      /* frame of the spectra: 42.7 ms            */
    HEAR_HOP = 512,     /* 10.7 ms; frame i is centred on 512 i     */
    HEAR_BINS = 853,    /* bins 1 … 853: 23 Hz to 20 kHz            */
    HEAR_BANDS = 7,
    ENV_HOP = 48,       /* the envelopes have one value a ms        */
    ENV_FAST = 240,     /* 5 ms: attack, modulation                 */
    ENV_SLOW = 1920,    /* 40 ms: decay, sustain, durations         */
    ROUGH_N = 9600,     /* 200 ms                                   */
    ROUGH_HOP = 2400,
    ROUGH_FFT = 32768,
    YIN_WINDOW = 2048,
    YIN_MAX = 2047,     /* longest lag: 23.4 Hz                     */
    YIN_MIN = 10,       /* shortest: 4.8 kHz                        */
    YIN_FFT = 4096,     /* window + longest lag: nothing wraps      */
    PARTIALS_N = 16384, /* 341 ms                                   */
    PARTIALS_FFT = 65536,
    HNR_N = 8192,
    HNR_HOP = 2048,
    BARK_CELLS = 240    /* a tenth of a Bark each                   */
};

/* Hz of element b of a power spectrum of HEAR_BINS values. */
static inline double hear_bin_hz(size_t b)
{
    return (double)(b + 1) * ((double)HEAR_RATE / HEAR_N);
}

/* Edges of the seven bands, Hz: band i is edge[i] <= f < edge[i + 1]. */
extern const double hear_band_edge[HEAR_BANDS + 1];

/* Scratch memory by purpose; one block a slot, grown when needed, kept until the analyzer goes. */
typedef enum hear_slot {
    SLOT_LEFT,
    SLOT_RIGHT,
    SLOT_FOLD,
    SLOT_MATCH_A, /* the two sounds of a comparison */
    SLOT_MATCH_B,
    SLOT_FOLD_A,
    SLOT_FOLD_B,
    SLOT_MEL_A,
    SLOT_MEL_B,
    SLOT_WARP,
    SLOT_POWER,
    SLOT_FRAMES, /* per-frame values of the spectrum */
    SLOT_SORT,
    SLOT_ENVELOPE,
    SLOT_SLOW_ENVELOPE,
    SLOT_PREFIX,
    SLOT_PITCH,
    SLOT_FFT, /* work of the transform that runs */
    SLOT_RE,
    SLOT_IM,
    SLOT_RE_2,
    SLOT_IM_2,
    SLOT_FRAME,
    SLOT_PEAKS,
    SLOT_BLOCKS,
    SLOT_LEVELS,
    SLOT_RESAMPLED,
    SLOT_COUNT
} hear_slot;

struct tone_analyzer {
    tone_fft *frame, *yin, *rough, *partials, *hnr, *half_frame, *quarter_frame;
    double hann[HEAR_N];
    double *blackman_rough, *blackman_partials, *blackman_hnr;
    struct {
        uint8_t cell[HEAR_BINS];   /* tenth of a Bark of a bin             */
        double hz[BARK_CELLS];     /* of the middle of a cell              */
        double quiet[BARK_CELLS];  /* threshold in quiet, power re 0 dB SPL */
        double weight[BARK_CELLS]; /* g z of the sharpness integral        */
    } bark;
    struct {
        void *data;
        size_t bytes;
    } slot[SLOT_COUNT];
};

/* At least `n` doubles in a slot; its contents are undefined.  NULL when memory ran out. */
double *hear_scratch(tone_analyzer *a, hear_slot slot, size_t n);

typedef struct tone_hearing {
    tone_analyzer *a;
    tone_measures *m;
    uint32_t groups;

    size_t n; /* samples at HEAR_RATE */
    unsigned channels;
    const double *x[2]; /* (n) each, mean removed */
    const double *fold; /* (n): (L+R)/2, or the louder channel where folding loses more than 6 dB */

    /* spectrum */
    size_t n_frames;
    double *power;       /* (n_frames, HEAR_BINS): |X|^2, mean over the channels */
    double *frame_power; /* (n_frames) sum over the bins */
    double *centroid;    /* (n_frames) Hz */
    double *gated;       /* (n_frames) 1 within 60 dB of the loudest frame, else 0 */
    size_t n_gated;
    double mean_power[HEAR_BINS]; /* over the gated frames */

    /* envelope */
    size_t n_env;
    double *env; /* (n_env) 5 ms RMS, one a ms */
    double env_top, t10, t90;

    /* pitch */
    size_t n_pitch;
    double *f0;     /* (n_pitch) Hz, NaN where there is none */
    double *voiced; /* (n_pitch) 1 or 0 */
} tone_hearing;

/* What a group needs besides itself. */
uint32_t hear_closure(uint32_t groups);

/* Put every measured group's values to NaN, run the parts of h->groups.  n, channels, x, fold, a, m and groups are set. */
tone_status hear_all(tone_hearing *h, tone_error *err);

/* The parts. */
tone_status hear_spectrum(tone_hearing *h, tone_error *err);   /* also the stereo bands when asked for */
tone_status hear_envelope(tone_hearing *h, tone_error *err);   /* h->env, t10, t90 */
tone_status hear_envelope_metrics(tone_hearing *h, tone_error *err); /* needs the spectrum */
void hear_onset(tone_hearing *h);
tone_status hear_roughness(tone_hearing *h, tone_error *err);
void hear_sharpness(tone_hearing *h); /* at -23 LUFS when the loudness is known */
tone_status hear_pitch(tone_hearing *h, tone_error *err);
tone_status hear_harmonic(tone_hearing *h, tone_error *err);
tone_status hear_modulation(tone_hearing *h, tone_error *err);
void hear_stereo(tone_hearing *h);
tone_status hear_loudness(tone_hearing *h, tone_error *err);

/* Of the caller's samples, at their own rate. */
tone_status hear_health(tone_analyzer *a, tone_measures *m, const tone_clip *clip, tone_error *err);
tone_status hear_true_peak(tone_analyzer *a, double *out_db, const tone_clip *clip, tone_error *err);

/* ---- shared by the parts and by the comparison ---- */

/* RMS over `width` samples and over the channels, one value every `hop`: e[i] is centred on sample hop * i, zeros
 * outside; (1 + (n - 1) / hop) values into e.  n > 0. */
tone_status hear_rms(tone_analyzer *a, double *e, const double *const x[2], unsigned channels, size_t n, size_t width,
                     size_t hop, tone_error *err);
static inline size_t hear_rms_count(size_t n, size_t hop)
{
    return 1 + (n - 1) / hop;
}

/* (n) -> re, im of frame i of a sound: HEAR_N samples around HEAR_HOP * i, Hann, HEAR_N/2 + 1 bins. */
void hear_frame(tone_analyzer *a, double *re, double *im, const double *x, size_t n, size_t i, double *frame, double *work);

/* Sum of lo <= f < hi over the sum of all. */
double hear_band_share(const double *power, double lo, double hi);

/* fold of x into the slot (or a channel itself); NULL when memory ran out. */
const double *hear_fold(tone_analyzer *a, hear_slot slot, const double *const x[2], unsigned channels, size_t n);

/* A local maximum of a spectrum: parabola through the logarithms of three magnitudes. */
typedef struct hear_peak {
    double bin, amplitude; /* of the parabola's top */
    double power;          /* of the middle bin     */
} hear_peak;

/* Peaks of the power spectrum p[from..to) whose middle bin reaches `floor` (a power), at most `room`; returns how many
 * there are. */
size_t hear_peaks(hear_peak *out, size_t room, const double *p, size_t from, size_t to, double floor);

/* A clip must be within the limits of analysis.h. */
tone_status hear_check(const tone_clip *clip, tone_error *err);
/* The same, and no NaN or Inf inside: for what has no health to report. */
tone_status hear_check_finite(const tone_clip *clip, tone_error *err);

/* The clip's channels as float64 at 48 kHz without their means; sets n, x, channels and fold of h. */
tone_status hear_prepare(tone_hearing *h, const tone_clip *clip, hear_slot left, hear_slot right, hear_slot fold, tone_error *err);

tone_status hear_no_memory(tone_error *err);

#endif
