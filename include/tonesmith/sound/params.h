/* tonesmith/sound/params.h - the parameters of a patch, one line each.  Module: sound.
 *
 * Numbers and names are stored in patches and spoken by the model: they are never reused and never change their
 * meaning.  A new parameter takes the next free number, wherever it stands in the list of its group.
 *
 *     TONE_PARAM(number, ID, "name", GROUP, "unit", min, max, default, CURVE, core, choices, help, words)
 *
 * `unit` is what a value is measured in; "" for choices.  CURVE says how a knob of 0…1 covers min…max.  `core` is 1 for
 * those one reaches for first.  `choices` names the values 0, 1, … of a choice, split by '|', or is NULL.  `words` are
 * other names people use, split by '|'.  Include it after defining TONE_PARAM; the list undefines it. */

/* ── oscillators ─────────────────────────────────────────────────────────────────────────────────────────────── */
TONE_PARAM(0, OSC1_WAVE, "osc1_wave", OSCILLATOR, "", 0, 3, 2, CHOICE, 1, "sine|triangle|saw|square",
           "waveform of oscillator 1: sine is pure, triangle soft, square hollow, saw bright and full",
           "waveform|oscillator 1 wave|osc 1 shape|oscillator shape")
TONE_PARAM(1, OSC2_WAVE, "osc2_wave", OSCILLATOR, "", 0, 3, 2, CHOICE, 1, "sine|triangle|saw|square",
           "waveform of oscillator 2; it is also what modulates oscillator 1 when fm_index is above 0",
           "oscillator 2 wave|osc 2 shape|modulator wave")
TONE_PARAM(2, OSC_MIX, "osc_mix", OSCILLATOR, "%", 0, 100, 0, LINEAR, 1, NULL,
           "balance of the oscillators: 0 only oscillator 1, 50 both, 100 only oscillator 2",
           "oscillator mix|oscillator balance|osc 2 level|blend")
TONE_PARAM(87, OSC_LEVEL, "osc_level", OSCILLATOR, "%", 0, 100, 100, LINEAR, 0, NULL,
           "level of both oscillators before the filter: 0 leaves only sub_level and noise_level",
           "oscillator level|oscillator volume")
TONE_PARAM(3, PULSE_WIDTH, "pulse_width", OSCILLATOR, "%", 5, 95, 50, LINEAR, 0, NULL,
           "width of the square wave of both oscillators: 50 hollow, towards 5 or 95 thin and nasal",
           "pulse width|pw|duty cycle")
TONE_PARAM(4, OSC2_RATIO, "osc2_ratio", OSCILLATOR, "ratio", 0.125, 16, 1, LOG, 1, NULL,
           "frequency of oscillator 2 over that of oscillator 1: 0.5 an octave below, 2 above, 1.5 a fifth; with fm_index "
           "the ratio of the FM, where odd values like 3.51 sound metallic; with osc_sync the sweep",
           "fm ratio|osc 2 pitch|oscillator 2 interval|modulator ratio|sync pitch")
TONE_PARAM(5, OSC2_DETUNE, "osc2_detune", OSCILLATOR, "cents", -100, 100, 0, LINEAR, 1, NULL,
           "fine pitch of oscillator 2: a few cents make a slow beating that thickens the sound",
           "detune|fine tune|osc 2 fine|beating")
TONE_PARAM(6, OSC_SYNC, "osc_sync", OSCILLATOR, "", 0, 1, 0, CHOICE, 0, "off|on",
           "oscillator 1 restarts oscillator 2: tearing, vocal overtones that move with osc2_ratio; raise osc_mix to hear it",
           "hard sync|sync|oscillator sync")
TONE_PARAM(7, FM_INDEX, "fm_index", OSCILLATOR, "rad", 0, 16, 0, CUBE, 1, NULL,
           "how far oscillator 2 bends the phase of oscillator 1: 0 none, 1 to 3 bells and electric pianos, above 6 harsh",
           "fm|fm amount|frequency modulation|modulation index|fm depth")
TONE_PARAM(8, FM_ENV, "fm_env", OSCILLATOR, "%", 0, 100, 0, LINEAR, 0, NULL,
           "how much of the fm_index follows the modulation envelope: 100 makes a bright strike that mellows",
           "fm envelope|index envelope|fm decay amount")
TONE_PARAM(9, SUB_LEVEL, "sub_level", OSCILLATOR, "%", 0, 100, 0, LINEAR, 1, NULL,
           "level of a sine one octave below: weight and depth without brightness",
           "sub|sub oscillator|sub bass|low octave")
TONE_PARAM(10, NOISE_LEVEL, "noise_level", OSCILLATOR, "%", 0, 100, 0, LINEAR, 1, NULL,
           "level of noise before the filter: breath, air, snare, wind",
           "noise|breath|hiss|air noise")
TONE_PARAM(11, NOISE_COLOR, "noise_color", OSCILLATOR, "", 0, 1, 0, CHOICE, 0, "white|pink",
           "white noise is bright, pink noise (-3 dB an octave) is full",
           "noise colour|noise type|pink noise|white noise")

/* ── unison ──────────────────────────────────────────────────────────────────────────────────────────────────── */
TONE_PARAM(12, UNISON_VOICES, "unison_voices", UNISON, "voices", 1, 7, 1, COUNT, 1, NULL,
           "copies of both oscillators: 1 plain, 3 thick, 7 a super-saw",
           "unison|voices|stack|supersaw")
TONE_PARAM(13, UNISON_DETUNE, "unison_detune", UNISON, "cents", 0, 100, 14, CUBE, 1, NULL,
           "how far the outermost copies are out of tune: thickness, then chorus, then sourness; needs unison_voices",
           "unison detune|spread in pitch|thickness|supersaw detune")
TONE_PARAM(14, UNISON_SPREAD, "unison_spread", UNISON, "%", 0, 100, 60, LINEAR, 1, NULL,
           "how far the copies are panned apart: 0 mono, 100 from hard left to hard right; needs unison_voices",
           "stereo spread|unison width|pan spread")

/* ── pitch ───────────────────────────────────────────────────────────────────────────────────────────────────── */
TONE_PARAM(15, TRANSPOSE, "transpose", PITCH, "semitones", -36, 36, 0, LINEAR, 1, NULL,
           "shift of every note: 12 is an octave up, 0.1 is ten cents",
           "pitch|octave|tune|coarse|transposition|semitone")
TONE_PARAM(16, GLIDE_TIME, "glide_time", PITCH, "ms", 0, 2000, 0, CUBE, 0, NULL,
           "time the pitch takes to slide from the last note to this one: 0 jumps",
           "glide|portamento|slide|slur")
TONE_PARAM(17, VOICE_MODE, "voice_mode", PITCH, "", 0, 2, 0, CHOICE, 0, "poly|mono|legato",
           "poly plays chords; mono plays one note at a time; legato is mono without a new attack while notes overlap",
           "mono|poly|polyphony|legato|voicing")
TONE_PARAM(18, PITCH_ENV, "pitch_env", PITCH, "semitones", -48, 48, 0, LINEAR, 0, NULL,
           "how far the modulation envelope moves the pitch: 24 with a short mod_decay makes a kick drum; with osc_sync it sweeps "
           "oscillator 2 alone",
           "pitch envelope|pitch drop|pitch sweep")

/* ── filter ──────────────────────────────────────────────────────────────────────────────────────────────────── */
TONE_PARAM(19, FILTER_MODE, "filter_mode", FILTER, "", 0, 4, 0, CHOICE, 1, "lowpass|bandpass|highpass|notch|ladder",
           "lowpass cuts highs gently (12 dB), ladder steeply (24 dB) with growl, highpass cuts lows, bandpass leaves a band, "
           "notch removes one",
           "filter type|filter shape|filter")
TONE_PARAM(20, FILTER_CUTOFF, "filter_cutoff", FILTER, "Hz", 20, 20000, 8000, LOG, 1, NULL,
           "frequency where the filter starts to act: with lowpass or ladder lower is darker and softer, higher is brighter",
           "cutoff|filter cutoff|filter frequency|brightness|brightness knob|tone")
TONE_PARAM(21, FILTER_RESONANCE, "filter_resonance", FILTER, "%", 0, 100, 10, LINEAR, 1, NULL,
           "emphasis at the cutoff: 0 smooth, 50 nasal, 90 whistling",
           "resonance|q|emphasis|peak|squelch")
TONE_PARAM(22, FILTER_DRIVE, "filter_drive", FILTER, "dB", 0, 36, 0, LINEAR, 1, NULL,
           "level pushed into the filter's soft limit: warmth, then grit; the loudness stays about the same",
           "drive|filter saturation|grit|overdrive")
TONE_PARAM(23, FILTER_KEYTRACK, "filter_keytrack", FILTER, "%", 0, 100, 30, LINEAR, 0, NULL,
           "how much the cutoff follows the note around C4: 100 keeps the timbre equal over the keyboard",
           "key tracking|keyboard tracking|key follow")
TONE_PARAM(24, FILTER_ENV, "filter_env", FILTER, "octaves", -8, 8, 0, LINEAR, 1, NULL,
           "how far the modulation envelope moves the cutoff: positive opens with each note, negative closes",
           "filter envelope|envelope amount|env amount|filter env depth")
TONE_PARAM(25, FILTER_VELOCITY, "filter_velocity", FILTER, "octaves", 0, 4, 0, LINEAR, 0, NULL,
           "how much darker a soft note is than a hard one",
           "velocity to filter|touch brightness|velocity sensitivity of the filter")

/* ── amplitude ───────────────────────────────────────────────────────────────────────────────────────────────── */
TONE_PARAM(26, AMP_ATTACK, "amp_attack", AMPLITUDE, "ms", 0.1, 10000, 2, LOG, 1, NULL,
           "time to full level: below 5 hard and clicky, 20 to 80 soft, above 300 swelling",
           "attack|attack time|onset|fade in|softness")
TONE_PARAM(27, AMP_DECAY, "amp_decay", AMPLITUDE, "ms", 1, 20000, 400, LOG, 1, NULL,
           "time from full level down to the sustain level: short is plucky",
           "decay|decay time|pluck length")
TONE_PARAM(28, AMP_SUSTAIN, "amp_sustain", AMPLITUDE, "%", 0, 100, 80, LINEAR, 1, NULL,
           "level while the note is held: 0 dies away like a pluck, 100 stays",
           "sustain|sustain level|hold level")
TONE_PARAM(29, AMP_RELEASE, "amp_release", AMPLITUDE, "ms", 1, 20000, 200, LOG, 1, NULL,
           "time to silence after the note ends",
           "release|release time|fade out|tail")
TONE_PARAM(30, AMP_VELOCITY, "amp_velocity", AMPLITUDE, "%", 0, 100, 50, LINEAR, 0, NULL,
           "how much quieter a soft note is than a hard one: 0 all equal, 100 down to silence",
           "velocity|velocity sensitivity|touch|dynamics of touch")
TONE_PARAM(31, AMP_CURVE, "amp_curve", AMPLITUDE, "%", -100, 100, 60, LINEAR, 0, NULL,
           "bend of the amplitude envelope: 0 straight, positive quick at first like a string, negative slow at first",
           "envelope curve|amp envelope shape|envelope bend")

/* ── modulation envelope ─────────────────────────────────────────────────────────────────────────────────────── */
TONE_PARAM(32, MOD_ATTACK, "mod_attack", MODULATION, "ms", 0.1, 10000, 1, LOG, 0, NULL,
           "time the modulation envelope takes to its peak: slow makes the filter sweep up",
           "filter attack|modulation attack|envelope 2 attack")
TONE_PARAM(33, MOD_DECAY, "mod_decay", MODULATION, "ms", 1, 20000, 400, LOG, 1, NULL,
           "time from the peak down to mod_sustain: short makes filter_env a pluck, long a slow sweep",
           "filter decay|modulation decay|envelope 2 decay|sweep time")
TONE_PARAM(34, MOD_SUSTAIN, "mod_sustain", MODULATION, "%", 0, 100, 0, LINEAR, 0, NULL,
           "where the modulation envelope stays while the note is held",
           "filter sustain|modulation sustain|envelope 2 sustain")
TONE_PARAM(35, MOD_RELEASE, "mod_release", MODULATION, "ms", 1, 20000, 300, LOG, 0, NULL,
           "time the modulation envelope takes to zero after the note ends",
           "filter release|modulation release|envelope 2 release")
TONE_PARAM(36, MOD_CURVE, "mod_curve", MODULATION, "%", -100, 100, 60, LINEAR, 0, NULL,
           "bend of the modulation envelope, as amp_curve",
           "modulation curve|filter envelope shape|envelope 2 curve")

/* ── low-frequency oscillators ───────────────────────────────────────────────────────────────────────────────── */
TONE_PARAM(37, LFO1_RATE, "lfo1_rate", LFO, "Hz", 0.02, 40, 5, LOG, 1, NULL,
           "speed of the first LFO, which moves pitch and pulse width",
           "vibrato rate|vibrato speed|lfo rate|lfo speed")
TONE_PARAM(38, LFO1_SHAPE, "lfo1_shape", LFO, "", 0, 4, 0, CHOICE, 0, "sine|triangle|saw|square|random",
           "shape of the first LFO: sine for vibrato, square for trills, saw falls, random steps",
           "vibrato shape|lfo shape|lfo 1 waveform")
TONE_PARAM(39, LFO1_PITCH, "lfo1_pitch", LFO, "cents", 0, 1200, 0, CUBE, 1, NULL,
           "vibrato depth, up and down: 10 to 30 natural, 100 a semitone",
           "vibrato|vibrato depth|pitch modulation|wobble in pitch")
TONE_PARAM(40, LFO1_WIDTH, "lfo1_width", LFO, "%", 0, 45, 0, LINEAR, 0, NULL,
           "how far the first LFO moves pulse_width up and down: a thick, chorused square",
           "pwm|pulse width modulation|width modulation")
TONE_PARAM(41, LFO1_DELAY, "lfo1_delay", LFO, "ms", 0, 5000, 0, CUBE, 0, NULL,
           "time over which the first LFO fades in after a note starts",
           "vibrato delay|vibrato fade|lfo delay|lfo fade in")
TONE_PARAM(42, LFO2_RATE, "lfo2_rate", LFO, "Hz", 0.02, 40, 2, LOG, 1, NULL,
           "speed of the second LFO, which moves cutoff, level and pan",
           "wobble rate|tremolo rate|wah speed|lfo 2 speed")
TONE_PARAM(43, LFO2_SHAPE, "lfo2_shape", LFO, "", 0, 4, 0, CHOICE, 0, "sine|triangle|saw|square|random",
           "shape of the second LFO: sine for wobble, square for a gate, saw falls, random burbles",
           "wobble shape|tremolo shape|lfo 2 waveform")
TONE_PARAM(44, LFO2_CUTOFF, "lfo2_cutoff", LFO, "octaves", 0, 4, 0, LINEAR, 1, NULL,
           "how far the second LFO moves the cutoff up and down: wobble, wah",
           "wobble|wah|filter modulation|filter lfo")
TONE_PARAM(45, LFO2_LEVEL, "lfo2_level", LFO, "dB", 0, 40, 0, LINEAR, 0, NULL,
           "how deep the second LFO dips the level: tremolo, with square a gate",
           "tremolo|tremolo depth|amplitude modulation|gate|pulsing")
TONE_PARAM(46, LFO2_PAN, "lfo2_pan", LFO, "%", 0, 100, 0, LINEAR, 0, NULL,
           "how far the second LFO moves the sound between left and right",
           "auto pan|panning|pan modulation|rotary")

/* ── effects, in the order in which the sound passes them ────────────────────────────────────────────────────── */
TONE_PARAM(47, SAT_CURVE, "sat_curve", SATURATION, "", 0, 3, 0, CHOICE, 0, "soft|hard|tube|fold",
           "soft rounds, hard clips, tube adds even harmonics and warmth, fold turns peaks over for metallic overtones",
           "distortion type|saturation type|drive curve")
TONE_PARAM(48, SAT_DRIVE, "sat_drive", SATURATION, "dB", 0, 40, 8, LINEAR, 1, NULL,
           "level pushed into the saturation; needs sat_mix",
           "saturation drive|distortion|overdrive amount|fuzz")
TONE_PARAM(49, SAT_MIX, "sat_mix", SATURATION, "%", 0, 100, 0, LINEAR, 1, NULL,
           "share of saturated sound: 0 off",
           "saturation|distortion mix|dirt|warmth")
TONE_PARAM(50, EQ_LOW, "eq_low", EQ, "dB", -18, 18, 0, LINEAR, 1, NULL,
           "low shelf: weight and warmth up, thinner down",
           "bass|low shelf|low end|eq low|bass boost")
TONE_PARAM(51, EQ_LOW_FREQ, "eq_low_freq", EQ, "Hz", 40, 500, 150, LOG, 0, NULL,
           "corner of the low shelf",
           "bass frequency|low shelf frequency")
TONE_PARAM(52, EQ_LOWMID, "eq_lowmid", EQ, "dB", -18, 18, 0, LINEAR, 0, NULL,
           "bell in the low middle: body up, less mud or hollow down",
           "low mids|body|mud|boxiness|eq low mid")
TONE_PARAM(53, EQ_LOWMID_FREQ, "eq_lowmid_freq", EQ, "Hz", 100, 2000, 450, LOG, 0, NULL,
           "centre of the low-middle bell",
           "low mid frequency")
TONE_PARAM(54, EQ_HIGHMID, "eq_highmid", EQ, "dB", -18, 18, 0, LINEAR, 0, NULL,
           "bell in the high middle: presence and bite up, smoother down",
           "presence|high mids|bite|harshness|eq high mid")
TONE_PARAM(55, EQ_HIGHMID_FREQ, "eq_highmid_freq", EQ, "Hz", 800, 10000, 3000, LOG, 0, NULL,
           "centre of the high-middle bell",
           "presence frequency|high mid frequency")
TONE_PARAM(56, EQ_HIGH, "eq_high", EQ, "dB", -18, 18, 0, LINEAR, 1, NULL,
           "high shelf: air and sparkle up, darker down",
           "treble|high shelf|air|sparkle|eq high")
TONE_PARAM(57, EQ_HIGH_FREQ, "eq_high_freq", EQ, "Hz", 2000, 16000, 7000, LOG, 0, NULL,
           "corner of the high shelf",
           "treble frequency|high shelf frequency|air frequency")
TONE_PARAM(58, COMP_THRESHOLD, "comp_threshold", COMPRESSOR, "dB", -60, 0, -24, LINEAR, 1, NULL,
           "level above which the compressor turns down; lower is denser; needs comp_mix",
           "threshold|compressor threshold|compression|squash")
TONE_PARAM(59, COMP_RATIO, "comp_ratio", COMPRESSOR, ":1", 1, 20, 3, LOG, 0, NULL,
           "how strongly the compressor turns down: 2 gentle, 10 nearly a limiter",
           "ratio|compression ratio")
TONE_PARAM(60, COMP_ATTACK, "comp_attack", COMPRESSOR, "ms", 0.1, 200, 12, LOG, 0, NULL,
           "how long the compressor waits: longer lets the strike through and adds punch",
           "compressor attack")
TONE_PARAM(61, COMP_RELEASE, "comp_release", COMPRESSOR, "ms", 5, 2000, 120, LOG, 0, NULL,
           "how long the compressor takes to let go: short pumps, long is even",
           "compressor release|pumping")
TONE_PARAM(62, COMP_PUNCH, "comp_punch", COMPRESSOR, "dB", -12, 12, 0, LINEAR, 1, NULL,
           "lifts (or with negative values softens) the first 30 ms of each strike; needs comp_mix",
           "punch|transient|transient shaping|snap|impact")
TONE_PARAM(63, COMP_MIX, "comp_mix", COMPRESSOR, "%", 0, 100, 0, LINEAR, 1, NULL,
           "share of compressed sound: 0 off, 50 parallel compression",
           "compressor|parallel compression|compressor mix")
TONE_PARAM(64, CHORUS_RATE, "chorus_rate", CHORUS, "Hz", 0.05, 8, 0.6, LOG, 0, NULL,
           "speed of the chorus",
           "chorus speed|ensemble rate")
TONE_PARAM(65, CHORUS_DEPTH, "chorus_depth", CHORUS, "ms", 0.1, 8, 2, LOG, 0, NULL,
           "how far the chorus bends its copies: below 1 shimmer, above 5 seasick",
           "chorus depth|ensemble depth")
TONE_PARAM(66, CHORUS_MIX, "chorus_mix", CHORUS, "%", 0, 100, 0, LINEAR, 1, NULL,
           "share of three moving copies in each ear: wide and soft; 0 off",
           "chorus|ensemble|widen|string machine")
TONE_PARAM(67, PHASER_RATE, "phaser_rate", PHASER, "Hz", 0.02, 8, 0.3, LOG, 0, NULL,
           "speed at which the phaser's notches move",
           "phaser speed|phasing rate")
TONE_PARAM(68, PHASER_FREQ, "phaser_freq", PHASER, "Hz", 100, 6000, 900, LOG, 0, NULL,
           "middle of the phaser's sweep",
           "phaser frequency|phaser centre")
TONE_PARAM(69, PHASER_FEEDBACK, "phaser_feedback", PHASER, "%", 0, 90, 30, LINEAR, 0, NULL,
           "sharpness of the phaser: high is vocal and ringing",
           "phaser resonance|phaser depth")
TONE_PARAM(70, PHASER_MIX, "phaser_mix", PHASER, "%", 0, 100, 0, LINEAR, 1, NULL,
           "share of phased sound: 50 deepest notches, hollow and swirling; 0 off",
           "phaser|phasing|swirl|hollow")
TONE_PARAM(71, COMB_FREQ, "comb_freq", COMB, "Hz", 30, 4000, 220, LOG, 0, NULL,
           "pitch of the comb's resonances",
           "comb frequency|flanger frequency|resonator pitch")
TONE_PARAM(72, COMB_FEEDBACK, "comb_feedback", COMB, "%", -95, 95, 60, LINEAR, 0, NULL,
           "how long the comb rings: high is metallic, negative is hollow an octave below",
           "comb resonance|resonator feedback")
TONE_PARAM(73, COMB_MIX, "comb_mix", COMB, "%", 0, 100, 0, LINEAR, 1, NULL,
           "share of comb-filtered sound: metallic, tube-like; 0 off",
           "comb|comb filter|metallic|resonator|flanger")
TONE_PARAM(74, DELAY_TIME, "delay_time", DELAY, "ms", 2, 2000, 350, LOG, 1, NULL,
           "time between echoes when delay_sync is free",
           "echo time|delay time|repeat time")
TONE_PARAM(75, DELAY_SYNC, "delay_sync", DELAY, "", 0, 9, 0, CHOICE, 0,
           "free|1/1|1/2 dotted|1/2|1/4 dotted|1/4|1/8 dotted|1/8|1/8 triplet|1/16",
           "note value of the echoes at the tempo of the notes; free uses delay_time",
           "tempo sync|synced delay|delay note value")
TONE_PARAM(76, DELAY_FEEDBACK, "delay_feedback", DELAY, "%", 0, 95, 35, LINEAR, 0, NULL,
           "how many echoes follow: 0 one, 90 very many; each is a little darker",
           "echo repeats|delay feedback|repeats")
TONE_PARAM(77, DELAY_MIX, "delay_mix", DELAY, "%", 0, 100, 0, LINEAR, 1, NULL,
           "level of echoes that alternate between left and right: 0 off",
           "delay|echo|delay level|ping pong")
TONE_PARAM(78, REVERB_SIZE, "reverb_size", REVERB, "m", 2, 60, 15, LOG, 1, NULL,
           "size of the room: 3 a booth, 10 a room, 30 a hall, 60 a cathedral",
           "room size|reverb size|hall size|space")
TONE_PARAM(79, REVERB_DECAY, "reverb_decay", REVERB, "s", 0.1, 20, 1.8, LOG, 1, NULL,
           "time the room takes to fall by 60 dB",
           "reverb time|reverb decay|rt60|reverb length")
TONE_PARAM(80, REVERB_DAMPING, "reverb_damping", REVERB, "%", 0, 100, 50, LINEAR, 0, NULL,
           "how much faster the highs of the room die: 0 tiles, 100 carpets",
           "damping|reverb darkness|reverb tone")
TONE_PARAM(81, REVERB_PREDELAY, "reverb_predelay", REVERB, "ms", 0, 250, 12, CUBE, 0, NULL,
           "gap before the room answers: longer keeps the sound close",
           "predelay|pre-delay")
TONE_PARAM(82, REVERB_MIX, "reverb_mix", REVERB, "%", 0, 100, 0, LINEAR, 1, NULL,
           "share of the room: 0 dry and close, 20 natural, above 60 distant",
           "reverb|room|wet|distance|hall|ambience")
TONE_PARAM(83, STEREO_WIDTH, "stereo_width", OUTPUT, "%", 0, 200, 100, LINEAR, 1, NULL,
           "level of the difference between left and right: 0 mono, 100 as it is, 200 wide",
           "width|stereo width|wide|narrow|mid side")
TONE_PARAM(84, HIGHPASS_FREQ, "highpass_freq", OUTPUT, "Hz", 5, 2000, 10, LOG, 1, NULL,
           "removes what lies below (12 dB an octave): higher is thinner and tighter",
           "high-pass|low cut|rumble filter|bass cut|tighten")
TONE_PARAM(85, LIMITER_CEILING, "limiter_ceiling", OUTPUT, "dB", -24, 0, -1, LINEAR, 0, NULL,
           "no sample leaves above this: lower with a higher level is denser and louder",
           "limiter|ceiling|brickwall")
TONE_PARAM(86, LEVEL, "level", OUTPUT, "dB", -60, 24, 0, LINEAR, 1, NULL,
           "loudness of the whole patch, before the limiter",
           "volume|gain|loudness|output level|master")
#undef TONE_PARAM
