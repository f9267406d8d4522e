/* sound/similarity.h - distances between two sounds that have been matched: same loudness, aligned, same length. */
#ifndef TONE_SOUND_SIMILARITY_H
#define TONE_SOUND_SIMILARITY_H

#include "sound/hearing.h"

/* Two sounds side by side in the analyzer's scratch memory (SLOT_MATCH_A, SLOT_MATCH_B). */
typedef struct tone_match {
    const double *a[2], *b[2]; /* (n) per channel */
    const double *fold_a, *fold_b;
    unsigned channels;
    size_t n;
    long lag; /* positive: b was late */
} tone_match;

/* Both to -23 LUFS (they have lufs_a and lufs_b), means removed, folded to mono unless both have as many channels,
 * aligned by their waveforms within 50 ms; the later one loses its start, the shorter one gets zeros. */
tone_status tone_match_sounds(tone_match *out, tone_analyzer *ears, const tone_clip *a, const tone_clip *b, double lufs_a,
                              double lufs_b, tone_error *err);

/* Mean over three resolutions of |B - A| / |A| (Frobenius) and of |ln A - ln B|; a is the reference (Yamamoto 2020,
 * Steinmetz and Reiss 2020). */
tone_status tone_mr_stft(double *convergence, double *log_magnitude, tone_analyzer *ears, const tone_match *m, tone_error *err);

enum { MELS = 64, MEL_WIDEST = 80, MFCCS = 12 };

/* 64 triangles of area 1 on Slaney's mel scale from 30 Hz to 16 kHz, over the HEAR_BINS of a power spectrum. */
typedef struct tone_mel_bank {
    size_t first[MELS], count[MELS];
    double weight[MELS][MEL_WIDEST];
} tone_mel_bank;

void tone_mel_bank_init(tone_mel_bank *bank);

/* Slaney's scale: linear below 1 kHz, then 27 steps for a factor of 6.4. */
double tone_hz_to_mel(double hz);
double tone_mel_to_hz(double mel);

/* Mel power of every frame, mean over the channels, of one sound: (1 + n / HEAR_HOP, MELS) into `out`. */
tone_status tone_mel_frames(double *out, tone_analyzer *ears, const tone_mel_bank *bank, const double *const x[2],
                            unsigned channels, size_t n, tone_error *err);

/* Of mel powers (n_frames, MELS): mean |difference| in dB, floored 80 dB below the louder of the two, and the same of
 * 8 mels each. */
double tone_log_mel(double by_eighth[8], const double *a, const double *b, size_t n_frames);

/* Of mel powers: MFCC 1 … 12 under dynamic time warping, cost per point of the path.  NaN beyond 2^28 pairs of frames
 * (3 minutes). */
tone_status tone_mfcc_dtw(double *out, tone_analyzer *ears, const double *a, const double *b, size_t n_frames, tone_error *err);

/* Mean |difference| in dB of the 1 ms envelopes, floored 60 dB below the louder maximum. */
tone_status tone_envelope_distance(double *out, tone_analyzer *ears, const tone_match *m, tone_error *err);

/* Median |cents| over frames voiced in both, and the share of frames voiced in only one. */
tone_status tone_f0_distance(double *cents, double *mismatch, tone_analyzer *ears, const tone_match *m, tone_error *err);

#endif
