/* signal/utterance.h - when somebody begins to speak and when they have done, by level alone.
 *
 *     tone_utterance e;
 *     tone_utterance_init(&e, NULL);                         // 16 kHz, one channel
 *     while (tone_utterance_feed(&e, x, n) < TONE_UTTERANCE_ENDED)
 *         … more samples …
 *     … the speech is in samples e.first … e.end - 1 …
 *
 * Levels are of frames of 10 ms, rumble below 100 Hz taken off, averaged over 50 ms.  What the room sounds like is the quietest
 * level of the last four seconds: speech, however it begins, soon has a dip that shows it.  Speech begins where the level stands
 * well above that for a while, and has ended when it has been near it, or far below the loudest of the speech, for as long as
 * `silence_s`.  It hears no words: music ends when it is quiet, and a voice no louder than the room is not found.
 *
 * No allocation, bounded time: any thread may feed one, the audio thread too. */
#ifndef TONE_SIGNAL_UTTERANCE_H
#define TONE_SIGNAL_UTTERANCE_H

#include "tonesmith/base.h"

typedef struct tone_utterance_options {
    uint32_t rate_hz;   /* 8000 … 192000                                             */
    double silence_s;   /* of quiet after which the speech has ended                 */
    double speech_s;    /* shorter bursts (a click, a cough) do not count            */
    double wait_s;      /* without speech: give up                                   */
    double most_s;      /* of speech: end it                                         */
} tone_utterance_options;

/* 16 kHz, 0.7 s, 0.12 s, 10 s, 30 s */
tone_utterance_options tone_utterance_defaults(void);

typedef enum tone_utterance_state {
    TONE_UTTERANCE_WAITING,
    TONE_UTTERANCE_SPEAKING,
    TONE_UTTERANCE_ENDED,   /* for good: what follows is not looked at */
    TONE_UTTERANCE_NOTHING  /* nobody spoke within wait_s              */
} tone_utterance_state;

enum { TONE_UTTERANCE_MINIMA = 8, TONE_UTTERANCE_SMOOTH = 5, TONE_UTTERANCE_LEVELS = 100 };

typedef struct tone_utterance {
    tone_utterance_state state;
    uint64_t first, end;      /* samples: of the speech so far; end is behind the last frame that was loud */
    float level_db, room_db;  /* of full scale: the newest level, and the room's                           */
    /* inside */
    tone_utterance_options opt;
    uint64_t n_fed, n_frames;
    uint32_t frame, n_in_frame, n_loud, n_quiet;
    double sum, low, last, pole, peak_db;
    double power[TONE_UTTERANCE_SMOOTH];
    float levels[TONE_UTTERANCE_LEVELS]; /* of the last second */
    float minima[TONE_UTTERANCE_MINIMA]; /* of half seconds, the newest is being filled */
} tone_utterance;

/* `opt` may be NULL; values out of range are taken to the nearest one. */
void tone_utterance_init(tone_utterance *e, const tone_utterance_options *opt);

/* One channel.  Samples that are no numbers count as silence. */
tone_utterance_state tone_utterance_feed(tone_utterance *e, const float *x, size_t n);

#endif
