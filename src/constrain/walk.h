/* constrain/walk.h - where a text is in a program.
 *
 * A place is a point in an automaton or between two things; a frame is an array, object or called rule that has been
 * entered and not left.  A text can be in several places at once, while it is open which of several shapes it has:
 * places share frames, and a frame that can be inside several others has several parents, so that the places stay few
 * however deep the nesting is.
 *
 * Frames never change once a step is over.  Steps only append, so trying a symbol and taking it back is cutting the
 * arrays to their former length: that is how masks are made. */
#ifndef TONE_CONSTRAIN_WALK_H
#define TONE_CONSTRAIN_WALK_H

#include "constrain/program.h"

typedef enum tone_place_kind {
    TONE_PLACE_VALUE,  /* before value `a`                                                          */
    TONE_PLACE_SCALAR, /* in a scalar of value c: state a, b characters                             */
    TONE_PLACE_RULE,   /* in rule c: state a                                                        */
    TONE_PLACE_AFTER,  /* after a member, an item, or the whole text                                */
    TONE_PLACE_CLOSE,  /* spaces: before a closing bracket                                          */
    TONE_PLACE_OPEN,   /* after an opening bracket                                                  */
    TONE_PLACE_NAME,   /* before the key of a member                                                */
    TONE_PLACE_KEY,    /* in the key of one of the members a … b-1, c bytes of it are read          */
    TONE_PLACE_EXTRA   /* in the key of a member of extra b, state a                                */
} tone_place_kind;

typedef struct tone_place {
    const tone_dfa *dfa; /* SCALAR, RULE, EXTRA */
    uint32_t frame;
    uint32_t a, b, c;
    uint8_t kind;
    uint8_t leaving; /* SCALAR, RULE, EXTRA: only what follows the automaton, not what it reads itself;
                        OPEN, NAME: only members that are named */
    uint8_t gap;     /* white space that may come: 1 a blank, 2 a line break, 3 either */
    uint8_t blanks;  /* … and this much of it after a line break                       */
} tone_place;

enum { TONE_FRAME_ROOT, TONE_FRAME_ARRAY, TONE_FRAME_OBJECT, TONE_FRAME_RETURN };

enum { TONE_NOTHING = UINT32_MAX };

typedef struct tone_frame {
    uint32_t kind;
    uint32_t shape;   /* array, object; RETURN: rule                    */
    uint32_t n;       /* items or members so far; RETURN: state to go on in */
    uint32_t count;   /* counting items; members still required          */
    uint32_t depth;
    uint32_t parents; /* first edge                                      */
    uint32_t words;   /* OBJECT: two sets of members in tone_walk.words: used, and open now; then the open extras */
    uint32_t seen;    /* newest text that must not come again            */
} tone_frame;

typedef struct tone_edge {
    uint32_t frame, next;
} tone_edge;

/* A key or item that was written. */
typedef struct tone_seen {
    uint32_t older, extra, at, n; /* bytes in tone_walk.bytes */
} tone_seen;

typedef struct tone_walk {
    const tone_program *program;
    tone_place *places; /* the present ones first */
    uint32_t n_places, room_places;
    uint32_t n_now;
    tone_frame *frames;
    uint32_t n_frames, room_frames;
    tone_edge *edges;
    uint32_t n_edges, room_edges;
    uint64_t *words;
    uint32_t n_words, room_words;
    tone_seen *seen;
    uint32_t n_seen, room_seen;
    char *bytes;
    uint32_t n_bytes, room_bytes;
    char *path; /* what was read since the present key or item began, if that matters */
    uint32_t n_path, room_path, tail;
    uint32_t base_frames;  /* frames of the present step begin here */
    uint32_t kept_frames;  /* as many as the last clearing left     */
    tone_place *expanded;  /* rules looked into in the present step */
    uint32_t n_expanded, room_expanded;
    uint32_t *costs; /* (n_frames) of tone_walk_cost() */
    uint32_t room_costs;
    tone_status status; /* memory or a limit ran out: sticks until the next reset */
} tone_walk;

/* Lengths of the arrays: what to go back to. */
typedef struct tone_walk_mark {
    uint32_t n_places, n_frames, n_edges, n_words, n_seen, n_bytes, n_path, tail;
} tone_walk_mark;

/* At the beginning of the text. */
TONE_NODISCARD tone_status tone_walk_reset(tone_walk *w, const tone_program *p);
TONE_NODISCARD tone_status tone_walk_copy(tone_walk *to, const tone_walk *from);
void tone_walk_clear(tone_walk *w);

tone_walk_mark tone_walk_mark_now(const tone_walk *w);
void tone_walk_back(tone_walk *w, const tone_walk_mark *m);

/* Append to places what `symbol` makes of places[first … first+n).  Returns how many; none: not allowed. */
uint32_t tone_walk_step(tone_walk *w, uint32_t first, uint32_t n, uint32_t symbol);
/* Append what it means for a SCALAR, EXTRA or RULE place to have come to `state`, its text (as far as it is compared)
 * being in path.  Returns how many places; none: it must not come there. */
uint32_t tone_walk_arrive(tone_walk *w, const tone_place *at, uint32_t state, uint32_t chars);
/* Make places[first … first+n) the present ones and forget what no longer matters. */
void tone_walk_settle(tone_walk *w, uint32_t first, uint32_t n);
/* One present step; false, and nothing changed, when the symbol is not allowed (or memory ran out, see status). */
bool tone_walk_read(tone_walk *w, uint32_t symbol);

/* Whether the text may end in places[first … first+n). */
bool tone_walk_ends(const tone_walk *w, uint32_t first, uint32_t n);
/* Symbols that may be readable at a place: a superset. */
void tone_walk_reads(const tone_walk *w, const tone_place *at, uint64_t set[5]);
/* Fewest symbols from the best of places[first … first+n) to the end of the text. */
uint32_t tone_walk_cost(tone_walk *w, uint32_t first, uint32_t n);

/* Whether keys or items at this place are compared with earlier ones. */
bool tone_walk_compares(const tone_walk *w, const tone_place *at);

/* --- between walk.c and frames.c ------------------------------------------------------------------------------- */

/* Levels that may still be opened inside a frame. */
static inline uint32_t tone_walk_levels(const tone_walk *w, const tone_frame *f)
{
    return w->program->max_depth > f->depth ? w->program->max_depth - f->depth : 0;
}

/* The frame equal to *f (but for its parents) that this step made, or a new one; its parents are added: those of
 * frame `like` or, if that is TONE_NOTHING, frame `parent`.  TONE_NOTHING when memory ran out. */
uint32_t tone_frame_make(tone_walk *w, const tone_frame *f, uint32_t like, uint32_t parent);
/* An object's frame with one member more (member, or a key of `extra` that is in path[tail … end)); TONE_NOTHING for
 * `member` is an extra.  An object's first frame is made by tone_frame_open(). */
uint32_t tone_frame_member(tone_walk *w, uint32_t frame, uint32_t member, uint32_t extra, uint32_t end);
uint32_t tone_frame_open(tone_walk *w, uint32_t object, uint32_t parent);
/* An array's frame with one item more. */
uint32_t tone_frame_item(tone_walk *w, uint32_t frame, bool counting);
/* … with the text path[tail … end) among its seen items. */
uint32_t tone_frame_remember(tone_walk *w, uint32_t frame, uint32_t end);

const uint64_t *tone_frame_used(const tone_walk *w, const tone_frame *f);
const uint64_t *tone_frame_members_open(const tone_walk *w, const tone_frame *f);
uint64_t tone_frame_extras_open(const tone_walk *w, const tone_frame *f);

/* How many of the texts seen in a frame (of one extra; TONE_NOTHING for items) begin with text[0 … n), and whether one
 * of them is exactly that. */
uint32_t tone_frame_seen(const tone_walk *w, const tone_frame *f, uint32_t extra, const char *text, uint32_t n, bool *exactly);

/* Grow one of the arrays for `need` elements; false (and w->status) when that cannot be. */
bool tone_walk_room(tone_walk *w, void **array, uint32_t *room, uint64_t need, size_t size);

#endif
