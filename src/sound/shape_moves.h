/* sound/shape_moves.h - what one would try first: for every word family the moves that usually change it.
 *
 * A move is one knob, or a few that only work together (the punch of a compressor needs its mix).  A move's amount t is
 * in knob units: every part of it travels gain * t from where the patch has it.  The sign is a first guess; what
 * counts is what a render measures. */
#ifndef TONE_SOUND_SHAPE_MOVES_H
#define TONE_SOUND_SHAPE_MOVES_H

#include "tonesmith/sound/patch.h"

enum { TONE_MOVE_PARTS = 3 };

typedef struct tone_move_part {
    tone_param param;
    float gain;   /* knob travel for t = 1 */
    bool support; /* travels up for either sign of t: the mix without which the others are not heard */
} tone_move_part;

typedef struct tone_move {
    const char *family; /* as in words.json */
    tone_move_part part[TONE_MOVE_PARTS];
    uint32_t n_parts;
    bool effect; /* works on a recording too: only effect parameters */
} tone_move;

/* The moves of a family, the usual ones first; returns how many were put into out[0..room). */
size_t tone_moves_of(const tone_move **out, size_t room, const char *family);

/* All moves of all families; the same move may be there for several. */
size_t tone_moves_all(const tone_move **out);

/* The parameter as a move of its own (for families of a user's own making): amount 1 is the whole knob. */
tone_move tone_move_single(tone_param param);

/* p with the move made by t; values end at the ends of their knobs. */
void tone_move_apply(tone_patch *p, const tone_move *m, double t);

/* The range of t in which at least one part that is no support still moves: low <= 0 <= high. */
void tone_move_range(double *low, double *high, const tone_patch *p, const tone_move *m);

#endif
