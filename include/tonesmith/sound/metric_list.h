/* tonesmith/sound/metric_list.h - every metric once, in the order of the report; see metrics.h.
 * Module: sound */
#ifndef TONESMITH_SOUND_METRIC_LIST_H
#define TONESMITH_SOUND_METRIC_LIST_H

/* clang-format off */
#define TONE_METRICS(X) \
    X(NOT_FINITE, "health.not_finite", "samples", HEALTH, COUNT, "samples that are NaN or infinite") \
    X(CLIPPED_RUNS, "health.clipped_runs", "", HEALTH, COUNT, "stretches of at least 3 samples at full scale") \
    X(LONGEST_CLIPPED_RUN, "health.longest_clipped_run", "samples", HEALTH, COUNT, "the longest stretch at full scale") \
    X(DC, "health.dc", "", HEALTH, NUMBER, "mean of the channel where it is largest, full scale 1") \
    X(SAMPLE_PEAK_DB, "health.sample_peak_db", "dBFS", HEALTH, NUMBER, "largest sample") \
    X(SILENT, "health.silent", "", HEALTH, FLAG, "no 5 ms stretch reaches -90 dBFS") \
    X(TAIL_CUT, "health.tail_cut", "", HEALTH, FLAG, "the last millisecond is within 30 dB of the loudest 5 ms") \
    X(INTEGRATED_LUFS, "loudness.integrated_lufs", "LUFS", LOUDNESS, NUMBER, "gated loudness of the whole, BS.1770-4") \
    X(MOMENTARY_MAX_LUFS, "loudness.momentary_max_lufs", "LUFS", LOUDNESS, NUMBER, "loudest 400 ms") \
    X(SHORT_TERM_MAX_LUFS, "loudness.short_term_max_lufs", "LUFS", LOUDNESS, NUMBER, "loudest 3 s; not defined below 3 s") \
    X(RANGE_LU, "loudness.range_lu", "LU", LOUDNESS, NUMBER, "loudness range, EBU Tech 3342; not defined below 3 s") \
    X(TRUE_PEAK_DB, "true_peak_db", "dBTP", PEAK, NUMBER, "largest value between the samples, 4x oversampled") \
    X(PLR_DB, "plr_db", "dB", PEAK, NUMBER, "true peak over integrated loudness") \
    X(FRAMES, "spectrum.frames", "", SPECTRUM, COUNT, "analysis frames") \
    X(GATED_FRAMES, "spectrum.gated_frames", "", SPECTRUM, COUNT, "frames within 60 dB of the loudest: those that count") \
    X(CENTROID_HZ, "spectrum.centroid_hz.median", "Hz", SPECTRUM, NUMBER, "centre of gravity of the power spectrum") \
    X(CENTROID_IQR, "spectrum.centroid_hz.iqr", "Hz", SPECTRUM, NUMBER, "its inter-quartile range over the frames") \
    X(CENTROID_WEIGHTED, "spectrum.centroid_hz.weighted", "Hz", SPECTRUM, NUMBER, "its mean over the frames, weighted by power") \
    X(SPREAD_HZ, "spectrum.spread_hz.median", "Hz", SPECTRUM, NUMBER, "standard deviation of the power about the centroid") \
    X(SPREAD_IQR, "spectrum.spread_hz.iqr", "Hz", SPECTRUM, NUMBER, "its inter-quartile range over the frames") \
    X(SPREAD_WEIGHTED, "spectrum.spread_hz.weighted", "Hz", SPECTRUM, NUMBER, "its mean over the frames, weighted by power") \
    X(SKEWNESS, "spectrum.skewness.median", "", SPECTRUM, NUMBER, "skewness of the power over frequency") \
    X(SKEWNESS_IQR, "spectrum.skewness.iqr", "", SPECTRUM, NUMBER, "its inter-quartile range over the frames") \
    X(SKEWNESS_WEIGHTED, "spectrum.skewness.weighted", "", SPECTRUM, NUMBER, "its mean over the frames, weighted by power") \
    X(KURTOSIS, "spectrum.kurtosis.median", "", SPECTRUM, NUMBER, "kurtosis of the power over frequency, normal = 3") \
    X(KURTOSIS_IQR, "spectrum.kurtosis.iqr", "", SPECTRUM, NUMBER, "its inter-quartile range over the frames") \
    X(KURTOSIS_WEIGHTED, "spectrum.kurtosis.weighted", "", SPECTRUM, NUMBER, "its mean over the frames, weighted by power") \
    X(ROLLOFF85_HZ, "spectrum.rolloff85_hz.median", "Hz", SPECTRUM, NUMBER, "frequency below which 85 % of the power lies") \
    X(ROLLOFF85_IQR, "spectrum.rolloff85_hz.iqr", "Hz", SPECTRUM, NUMBER, "its inter-quartile range over the frames") \
    X(ROLLOFF85_WEIGHTED, "spectrum.rolloff85_hz.weighted", "Hz", SPECTRUM, NUMBER, "its mean over the frames, weighted by power") \
    X(ROLLOFF95_HZ, "spectrum.rolloff95_hz.median", "Hz", SPECTRUM, NUMBER, "frequency below which 95 % of the power lies") \
    X(ROLLOFF95_IQR, "spectrum.rolloff95_hz.iqr", "Hz", SPECTRUM, NUMBER, "its inter-quartile range over the frames") \
    X(ROLLOFF95_WEIGHTED, "spectrum.rolloff95_hz.weighted", "Hz", SPECTRUM, NUMBER, "its mean over the frames, weighted by power") \
    X(FLATNESS_DB, "spectrum.flatness_db.median", "dB", SPECTRUM, NUMBER, "geometric over arithmetic mean of the power: 0 is noise") \
    X(FLATNESS_IQR, "spectrum.flatness_db.iqr", "dB", SPECTRUM, NUMBER, "its inter-quartile range over the frames") \
    X(FLATNESS_WEIGHTED, "spectrum.flatness_db.weighted", "dB", SPECTRUM, NUMBER, "its mean over the frames, weighted by power") \
    X(FLUX, "spectrum.flux.median", "", SPECTRUM, NUMBER, "change of the spectrum from frame to frame, 0 to 1") \
    X(FLUX_IQR, "spectrum.flux.iqr", "", SPECTRUM, NUMBER, "its inter-quartile range over the frames") \
    X(TILT, "spectrum.tilt_db_oct", "dB/oct", SPECTRUM, NUMBER, "slope of the third-octave spectrum, 100 Hz to 10 kHz") \
    X(BAND_20_60, "spectrum.bands_db.20-60", "dB", SPECTRUM, NUMBER, "power of 20 to 60 Hz, relative to the whole") \
    X(BAND_60_250, "spectrum.bands_db.60-250", "dB", SPECTRUM, NUMBER, "power of 60 to 250 Hz, relative to the whole") \
    X(BAND_250_500, "spectrum.bands_db.250-500", "dB", SPECTRUM, NUMBER, "power of 250 to 500 Hz, relative to the whole") \
    X(BAND_500_2000, "spectrum.bands_db.500-2000", "dB", SPECTRUM, NUMBER, "power of 500 to 2000 Hz, relative to the whole") \
    X(BAND_2000_6000, "spectrum.bands_db.2000-6000", "dB", SPECTRUM, NUMBER, "power of 2000 to 6000 Hz, relative to the whole") \
    X(BAND_6000_10000, "spectrum.bands_db.6000-10000", "dB", SPECTRUM, NUMBER, "power of 6000 to 10000 Hz, relative to the whole") \
    X(BAND_10000_20000, "spectrum.bands_db.10000-20000", "dB", SPECTRUM, NUMBER, "power of 10000 to 20000 Hz, relative to the whole") \
    X(WORD_BAND_80_300, "spectrum.word_bands_db.80-300", "dB", SPECTRUM, NUMBER, "power of 80 to 300 Hz, relative to the whole (fat)") \
    X(WORD_BAND_20_280, "spectrum.word_bands_db.20-280", "dB", SPECTRUM, NUMBER, "power of 20 to 280 Hz, relative to the whole (boom)") \
    X(WORD_BAND_250_1000, "spectrum.word_bands_db.250-1000", "dB", SPECTRUM, NUMBER, "power of 250 to 1000 Hz, relative to the whole (hollow)") \
    X(WORD_BAND_60_120, "spectrum.word_bands_db.60-120", "dB", SPECTRUM, NUMBER, "power of 60 to 120 Hz, relative to the whole (punch)") \
    X(CENTROID_OCTAVES, "spectrum.centroid_octaves_over_f0", "oct", SPECTRUM, NUMBER, "centroid over the pitch; needs the pitch group") \
    X(ONSET_S, "envelope.onset_s", "s", ENVELOPE, NUMBER, "first rise through 10 % of the maximum") \
    X(ATTACK_S, "envelope.attack_s", "s", ENVELOPE, NUMBER, "from 10 to 90 % of the maximum; below 5 ms not reliable") \
    X(LOG_ATTACK_TIME, "envelope.log_attack_time", "log10 s", ENVELOPE, NUMBER, "logarithm of the attack") \
    X(ATTACK_SLOPE, "envelope.attack_slope_db_ms", "dB/ms", ENVELOPE, NUMBER, "steepness of the attack") \
    X(TEMPORAL_CENTROID_S, "envelope.temporal_centroid_s", "s", ENVELOPE, NUMBER, "centre of gravity of the envelope, after the onset") \
    X(EFFECTIVE_DURATION_S, "envelope.effective_duration_s", "s", ENVELOPE, NUMBER, "time spent above 40 % of the maximum") \
    X(DURATION_S, "envelope.duration_s", "s", ENVELOPE, NUMBER, "from the first to the last moment within 60 dB of the maximum") \
    X(T60_S, "envelope.t60.seconds", "s", ENVELOPE, NUMBER, "decay to -60 dB from the line through -5 to -35 dB") \
    X(T60_R2, "envelope.t60.r2", "", ENVELOPE, NUMBER, "how straight that line is: trust it above 0.95") \
    X(EDT_S, "envelope.edt.seconds", "s", ENVELOPE, NUMBER, "decay to -60 dB from the line through -3 to -13 dB") \
    X(EDT_R2, "envelope.edt.r2", "", ENVELOPE, NUMBER, "how straight that line is: trust it above 0.95") \
    X(T60_LOW_S, "envelope.t60_low.seconds", "s", ENVELOPE, NUMBER, "decay to -60 dB below 280 Hz") \
    X(T60_LOW_R2, "envelope.t60_low.r2", "", ENVELOPE, NUMBER, "how straight that line is: trust it above 0.95") \
    X(SUSTAIN_DB, "envelope.sustain_db", "dB", ENVELOPE, NUMBER, "median level in the middle of the note, relative to the maximum") \
    X(CREST_DB, "envelope.crest_db", "dB", ENVELOPE, NUMBER, "peak over RMS") \
    X(EARLY_LATE_DB, "envelope.early_late_50ms_db", "dB", ENVELOPE, NUMBER, "energy of the first 50 ms over the rest") \
    X(TAIL_DB, "envelope.tail_db", "dB", ENVELOPE, NUMBER, "level of the last millisecond relative to the maximum") \
    X(ONSET_CENTROID_HZ, "onset.centroid_125ms_hz", "Hz", ONSET, NUMBER, "centroid of the first 125 ms") \
    X(EARLY_LATE_CENTROID, "onset.early_late_centroid", "", ONSET, NUMBER, "centroid of the first 125 ms over that of the rest") \
    X(PUNCH_DB, "onset.punch_60_120_db", "dB", ONSET, NUMBER, "power of 60 to 120 Hz in the first 125 ms, relative to the whole") \
    X(ROUGHNESS, "roughness.median", "", ROUGHNESS, NUMBER, "Vassilakis roughness; compare within one patch only") \
    X(ROUGHNESS_IQR, "roughness.iqr", "", ROUGHNESS, NUMBER, "its inter-quartile range over the frames") \
    X(SHARPNESS, "sharpness_acum", "acum", SHARPNESS, NUMBER, "sharpness at -23 LUFS, DIN 45692 weighting") \
    X(F0_HZ, "pitch.f0.median", "Hz", PITCH, NUMBER, "fundamental, median of the voiced frames (YIN)") \
    X(F0_IQR, "pitch.f0.iqr", "Hz", PITCH, NUMBER, "its inter-quartile range") \
    X(VOICING, "pitch.voicing", "", PITCH, NUMBER, "share of the frames that have a pitch") \
    X(F_REF_HZ, "harmonic.f_ref_hz", "Hz", HARMONIC, NUMBER, "frequency whose multiples the partials are compared with") \
    X(REF_IS_PITCH, "harmonic.ref_is_pitch", "", HARMONIC, FLAG, "that frequency is the pitch; otherwise the lowest strong partial") \
    X(INHARMONICITY, "harmonic.inharmonicity", "", HARMONIC, NUMBER, "distance of the partials from the multiples: 0 on them, 1 half-way") \
    X(ODD_EVEN_DB, "harmonic.odd_even_db", "dB", HARMONIC, NUMBER, "odd over even harmonics, without the fundamental") \
    X(EVEN_DB, "harmonic.even_db", "dB", HARMONIC, NUMBER, "even harmonics over the fundamental") \
    X(TRISTIMULUS_1, "harmonic.tristimulus.0", "", HARMONIC, NUMBER, "share of the fundamental in the amplitudes") \
    X(TRISTIMULUS_2, "harmonic.tristimulus.1", "", HARMONIC, NUMBER, "share of harmonics 2 to 4 in the amplitudes") \
    X(TRISTIMULUS_3, "harmonic.tristimulus.2", "", HARMONIC, NUMBER, "share of harmonics 5 to 20 in the amplitudes") \
    X(HNR_DB, "harmonic.hnr_db", "dB", HARMONIC, NUMBER, "harmonic-to-noise ratio below 10 kHz") \
    X(AM_RATE_HZ, "modulation.amplitude_db.rate_hz", "Hz", MODULATION, NUMBER, "rate of the strongest loudness movement, 0.5 to 20 Hz") \
    X(AM_DEPTH, "modulation.amplitude_db.depth", "dB", MODULATION, NUMBER, "depth (peak) of that loudness movement") \
    X(CENTROID_MOD_RATE_HZ, "modulation.centroid_octaves.rate_hz", "Hz", MODULATION, NUMBER, "rate of the strongest brightness movement, 0.5 to 20 Hz") \
    X(CENTROID_MOD_DEPTH, "modulation.centroid_octaves.depth", "oct", MODULATION, NUMBER, "depth (peak) of that brightness movement") \
    X(VIBRATO_RATE_HZ, "modulation.f0_cents.rate_hz", "Hz", MODULATION, NUMBER, "rate of the strongest vibrato, 0.5 to 20 Hz") \
    X(VIBRATO_DEPTH, "modulation.f0_cents.depth", "cents", MODULATION, NUMBER, "depth (peak) of that vibrato") \
    X(CORRELATION, "stereo.correlation", "", STEREO, NUMBER, "correlation of left and right") \
    X(CORRELATION_20_60, "stereo.correlation_bands.20-60", "", STEREO, NUMBER, "correlation of left and right, 20 to 60 Hz") \
    X(CORRELATION_60_250, "stereo.correlation_bands.60-250", "", STEREO, NUMBER, "correlation of left and right, 60 to 250 Hz") \
    X(CORRELATION_250_500, "stereo.correlation_bands.250-500", "", STEREO, NUMBER, "correlation of left and right, 250 to 500 Hz") \
    X(CORRELATION_500_2000, "stereo.correlation_bands.500-2000", "", STEREO, NUMBER, "correlation of left and right, 500 to 2000 Hz") \
    X(CORRELATION_2000_6000, "stereo.correlation_bands.2000-6000", "", STEREO, NUMBER, "correlation of left and right, 2000 to 6000 Hz") \
    X(CORRELATION_6000_10000, "stereo.correlation_bands.6000-10000", "", STEREO, NUMBER, "correlation of left and right, 6000 to 10000 Hz") \
    X(CORRELATION_10000_20000, "stereo.correlation_bands.10000-20000", "", STEREO, NUMBER, "correlation of left and right, 10000 to 20000 Hz") \
    X(SIDE_MID_DB, "stereo.side_mid_db", "dB", STEREO, NUMBER, "side over mid") \
    X(MONO_FOLD_LOSS_DB, "stereo.mono_fold_loss_db", "dB", STEREO, NUMBER, "what is lost when left and right are added")
/* clang-format on */

#endif
