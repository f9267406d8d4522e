/* The arrays behind a walk: making frames, joining equal ones, forgetting those that nothing leads to. */
#include <stdlib.h>
#include <string.h>

#include "constrain/walk.h"

enum { ELEMENTS_MAX = 1 << 24, KEEP_AT_LEAST = 256 };

bool tone_walk_room(tone_walk *w, void **array, uint32_t *room, uint64_t need, size_t size)
{
    if (w->status)
        return false;
    if (need <= *room)
        return true;
    uint64_t more = *room ? (uint64_t)*room * 2 : 32;
    more = more < need ? need : more;
    void *to = need > ELEMENTS_MAX ? NULL : realloc(*array, more * size);
    if (!to) {
        w->status = need > ELEMENTS_MAX ? TONE_ERR_LIMIT : TONE_ERR_NO_MEMORY;
        return false;
    }
    *array = to;
    *room = (uint32_t)more;
    return true;
}

void tone_walk_clear(tone_walk *w)
{
    free(w->places);
    free(w->frames);
    free(w->edges);
    free(w->words);
    free(w->seen);
    free(w->bytes);
    free(w->path);
    free(w->expanded);
    free(w->costs);
    *w = (tone_walk){.n_now = 0};
}

tone_walk_mark tone_walk_mark_now(const tone_walk *w)
{
    return (tone_walk_mark){w->n_places, w->n_frames, w->n_edges, w->n_words, w->n_seen, w->n_bytes, w->n_path, w->tail};
}

void tone_walk_back(tone_walk *w, const tone_walk_mark *m)
{
    w->n_places = m->n_places;
    w->n_frames = m->n_frames;
    w->n_edges = m->n_edges;
    w->n_words = m->n_words;
    w->n_seen = m->n_seen;
    w->n_bytes = m->n_bytes;
    w->n_path = m->n_path;
    w->tail = m->tail;
}

static bool copy_array(tone_walk *w, void **to, uint32_t *room, uint32_t *n_to, const void *from, uint32_t n, size_t size)
{
    if (!tone_walk_room(w, to, room, n, size))
        return false;
    if (n)
        memcpy(*to, from, n * size);
    *n_to = n;
    return true;
}

tone_status tone_walk_copy(tone_walk *to, const tone_walk *from)
{
    to->program = from->program;
    to->status = TONE_OK;
    if (copy_array(to, (void **)&to->places, &to->room_places, &to->n_places, from->places, from->n_now, sizeof *to->places) &&
        copy_array(to, (void **)&to->frames, &to->room_frames, &to->n_frames, from->frames, from->n_frames, sizeof *to->frames) &&
        copy_array(to, (void **)&to->edges, &to->room_edges, &to->n_edges, from->edges, from->n_edges, sizeof *to->edges) &&
        copy_array(to, (void **)&to->words, &to->room_words, &to->n_words, from->words, from->n_words, sizeof *to->words) &&
        copy_array(to, (void **)&to->seen, &to->room_seen, &to->n_seen, from->seen, from->n_seen, sizeof *to->seen) &&
        copy_array(to, (void **)&to->bytes, &to->room_bytes, &to->n_bytes, from->bytes, from->n_bytes, 1) &&
        copy_array(to, (void **)&to->path, &to->room_path, &to->n_path, from->path, from->n_path, 1)) {
        to->n_now = from->n_now;
        to->tail = from->tail;
        to->kept_frames = from->kept_frames;
    }
    if (!to->status)
        to->status = from->status;
    return to->status;
}

/* --- what a frame remembers --------------------------------------------------------------------------------------- */

static uint32_t words_of(const tone_object *o)
{
    return (o->n_members + 63) / 64;
}

const uint64_t *tone_frame_used(const tone_walk *w, const tone_frame *f)
{
    return w->words + f->words;
}

const uint64_t *tone_frame_members_open(const tone_walk *w, const tone_frame *f)
{
    return w->words + f->words + words_of(&w->program->objects[f->shape]);
}

uint64_t tone_frame_extras_open(const tone_walk *w, const tone_frame *f)
{
    return w->words[f->words + 2 * words_of(&w->program->objects[f->shape])];
}

uint32_t tone_frame_seen(const tone_walk *w, const tone_frame *f, uint32_t extra, const char *text, uint32_t n, bool *exactly)
{
    uint32_t found = 0;
    *exactly = false;
    for (uint32_t i = f->seen; i != TONE_NOTHING; i = w->seen[i].older) {
        const tone_seen *s = &w->seen[i];
        if (s->extra != extra || s->n < n || memcmp(w->bytes + s->at, text, n) != 0)
            continue;
        found++;
        *exactly |= s->n == n;
    }
    return found;
}

/* The list `older` with one text more; the same one when this step already made it. */
static uint32_t remember(tone_walk *w, uint32_t older, uint32_t extra, uint32_t end)
{
    uint32_t n = end - w->tail;
    const char *text = w->path + w->tail;
    for (uint32_t i = w->n_seen; i-- > 0 && i + 64 > w->n_seen;)
        if (w->seen[i].older == older && w->seen[i].extra == extra && w->seen[i].n == n && memcmp(w->bytes + w->seen[i].at, text, n) == 0)
            return i;
    if (!tone_walk_room(w, (void **)&w->seen, &w->room_seen, (uint64_t)w->n_seen + 1, sizeof *w->seen) ||
        !tone_walk_room(w, (void **)&w->bytes, &w->room_bytes, (uint64_t)w->n_bytes + n, 1))
        return TONE_NOTHING;
    memcpy(w->bytes + w->n_bytes, w->path + w->tail, n);
    w->seen[w->n_seen] = (tone_seen){older, extra, w->n_bytes, n};
    w->n_bytes += n;
    return w->n_seen++;
}

/* --- making frames ------------------------------------------------------------------------------------------------ */

static bool has_parent(const tone_walk *w, uint32_t edge, uint32_t frame)
{
    for (; edge != TONE_NOTHING; edge = w->edges[edge].next)
        if (w->edges[edge].frame == frame)
            return true;
    return false;
}

static bool add_parent(tone_walk *w, uint32_t frame, uint32_t parent)
{
    if (has_parent(w, w->frames[frame].parents, parent))
        return true;
    if (!tone_walk_room(w, (void **)&w->edges, &w->room_edges, (uint64_t)w->n_edges + 1, sizeof *w->edges))
        return false;
    w->edges[w->n_edges] = (tone_edge){parent, w->frames[frame].parents};
    w->frames[frame].parents = w->n_edges++;
    return true;
}

static bool same_frame(const tone_walk *w, const tone_frame *a, const tone_frame *b)
{
    if (a->kind != b->kind || a->shape != b->shape || a->n != b->n || a->count != b->count || a->depth != b->depth || a->seen != b->seen)
        return false;
    if (a->kind != TONE_FRAME_OBJECT)
        return true;
    return memcmp(tone_frame_used(w, a), tone_frame_used(w, b), words_of(&w->program->objects[a->shape]) * sizeof(uint64_t)) == 0;
}

uint32_t tone_frame_make(tone_walk *w, const tone_frame *f, uint32_t like, uint32_t parent)
{
    uint32_t i = w->base_frames;
    while (i < w->n_frames && !same_frame(w, &w->frames[i], f))
        i++;
    if (i == w->n_frames) {
        if (!tone_walk_room(w, (void **)&w->frames, &w->room_frames, (uint64_t)w->n_frames + 1, sizeof *w->frames))
            return TONE_NOTHING;
        w->frames[i] = *f;
        w->frames[i].parents = like == TONE_NOTHING ? TONE_NOTHING : w->frames[like].parents;
        w->n_frames++;
        if (like != TONE_NOTHING)
            return i;
    }
    if (like == TONE_NOTHING)
        return add_parent(w, i, parent) ? i : TONE_NOTHING;
    for (uint32_t e = w->frames[like].parents; e != TONE_NOTHING; e = w->edges[e].next)
        if (!add_parent(w, i, w->edges[e].frame))
            return TONE_NOTHING;
    return i;
}

/* Members of one chain that may come next: from behind the last used one up to the first that must come. */
static void open_chain(const tone_walk *w, const tone_object *o, uint32_t chain, const uint64_t *used, uint32_t levels, uint64_t *open)
{
    uint32_t first = o->chain_first[chain], end = o->chain_first[chain + 1];
    bool any_order = o->any_order;
    for (uint32_t i = end; !any_order && i-- > first;) {
        uint32_t k = o->chain_members[i];
        if (used[k / 64] >> k % 64 & 1) {
            first = i + 1;
            break;
        }
    }
    for (uint32_t i = first; i < end; i++) {
        uint32_t k = o->chain_members[i];
        if (used[k / 64] >> k % 64 & 1)
            continue;
        if (w->program->values[o->members[k].value].height <= levels)
            open[k / 64] |= UINT64_C(1) << k % 64;
        if (!any_order && o->members[k].required)
            break;
    }
}

/* How many keys of each extra are used. */
static void count_extras(const tone_walk *w, const tone_frame *f, uint32_t *n)
{
    for (uint32_t i = f->seen; i != TONE_NOTHING; i = w->seen[i].older)
        n[w->seen[i].extra]++;
}

/* Given f->words with the used members set: which may come now, which extras, how many must. */
static bool open_object(tone_walk *w, tone_frame *f)
{
    const tone_object *o = &w->program->objects[f->shape];
    uint32_t n = words_of(o), levels = tone_walk_levels(w, f), n_extra[TONE_EXTRAS_MAX] = {0};
    uint64_t *used = w->words + f->words, *open = used + n, extras = 0;
    memset(open, 0, (n + 1) * sizeof *open);
    f->count = 0;
    for (uint32_t k = 0; k < o->n_members; k++)
        f->count += o->members[k].required && !(used[k / 64] >> k % 64 & 1);
    for (uint32_t c = 0; c < o->n_chains; c++)
        open_chain(w, o, c, used, levels, open);
    count_extras(w, f, n_extra);
    for (uint32_t e = 0; e < o->n_extras; e++) {
        const tone_extra *x = &o->extras[e];
        uint32_t keys = x->keys->counts[x->keys->start];
        if (w->program->values[x->value].height <= levels && (keys == TONE_DFA_MANY || keys > (uint64_t)x->n_named + n_extra[e]))
            extras |= UINT64_C(1) << e;
    }
    if (o->min || o->max != UINT32_MAX) { /* one more must leave the rest possible */
        for (uint32_t k = 0; k < o->n_members; k++) {
            if (!(open[k / 64] >> k % 64 & 1))
                continue;
            used[k / 64] |= UINT64_C(1) << k % 64;
            if (!tone_object_possible(w->program, o, &(tone_object_place){used, f->n + 1, n_extra}, levels))
                open[k / 64] &= ~(UINT64_C(1) << k % 64);
            used[k / 64] &= ~(UINT64_C(1) << k % 64);
        }
        for (uint32_t e = 0; e < o->n_extras; e++) {
            n_extra[e]++;
            if (extras >> e & 1 && !tone_object_possible(w->program, o, &(tone_object_place){used, f->n + 1, n_extra}, levels))
                extras &= ~(UINT64_C(1) << e);
            n_extra[e]--;
        }
    }
    open[n] = extras;
    return true;
}

/* Room for a frame's sets; the used ones from `like` or empty. */
static bool object_words(tone_walk *w, tone_frame *f, const tone_frame *like)
{
    uint32_t n = words_of(&w->program->objects[f->shape]);
    if (!tone_walk_room(w, (void **)&w->words, &w->room_words, (uint64_t)w->n_words + 2 * n + 1, sizeof *w->words))
        return false;
    f->words = w->n_words;
    w->n_words += 2 * n + 1;
    if (like)
        memcpy(w->words + f->words, w->words + like->words, n * sizeof *w->words);
    else
        memset(w->words + f->words, 0, n * sizeof *w->words);
    return true;
}

/* Members are counted as far as it matters. */
static uint32_t count_up(uint32_t n, uint32_t min, uint32_t max)
{
    uint32_t enough = min ? min : 1;
    return max == UINT32_MAX && n >= enough ? enough : n + 1;
}

uint32_t tone_frame_open(tone_walk *w, uint32_t object, uint32_t parent)
{
    tone_frame f = {.kind = TONE_FRAME_OBJECT, .shape = object, .depth = w->frames[parent].depth + 1, .seen = TONE_NOTHING};
    if (!object_words(w, &f, NULL) || !open_object(w, &f))
        return TONE_NOTHING;
    return tone_frame_make(w, &f, TONE_NOTHING, parent);
}

uint32_t tone_frame_member(tone_walk *w, uint32_t frame, uint32_t member, uint32_t extra, uint32_t end)
{
    tone_frame f = w->frames[frame];
    const tone_object *o = &w->program->objects[f.shape];
    if (!object_words(w, &f, &w->frames[frame]))
        return TONE_NOTHING;
    f.n = count_up(f.n, o->min, o->max);
    if (member != TONE_NOTHING)
        w->words[f.words + member / 64] |= UINT64_C(1) << member % 64;
    else
        f.seen = remember(w, f.seen, extra, end);
    if (w->status || !open_object(w, &f))
        return TONE_NOTHING;
    return tone_frame_make(w, &f, frame, TONE_NOTHING);
}

uint32_t tone_frame_item(tone_walk *w, uint32_t frame, bool counting)
{
    tone_frame f = w->frames[frame];
    const tone_array *a = &w->program->arrays[f.shape];
    uint32_t enough = a->n_items > a->min ? a->n_items : a->min;
    f.n = a->max == UINT32_MAX && f.n >= enough ? enough : f.n + 1;
    if (counting && (a->max_count != UINT32_MAX || f.count < a->min_count))
        f.count++;
    return tone_frame_make(w, &f, frame, TONE_NOTHING);
}

uint32_t tone_frame_remember(tone_walk *w, uint32_t frame, uint32_t end)
{
    tone_frame f = w->frames[frame];
    f.seen = remember(w, f.seen, TONE_NOTHING, end);
    return w->status ? TONE_NOTHING : tone_frame_make(w, &f, frame, TONE_NOTHING);
}

/* --- forgetting --------------------------------------------------------------------------------------------------- */

/* Copy the frames that places[0 … n_now) lead to, and what belongs to them, into `to`. */
static bool keep_reachable(tone_walk *to, const tone_walk *from, uint32_t *name, uint32_t *todo)
{
    uint32_t n_todo = 0;
    for (uint32_t i = 0; i < from->n_frames; i++)
        name[i] = TONE_NOTHING;
    for (uint32_t i = 0; i < from->n_now; i++) {
        uint32_t f = from->places[i].frame;
        if (name[f] == TONE_NOTHING) {
            name[f] = 0;
            todo[n_todo++] = f;
        }
    }
    while (n_todo) {
        uint32_t f = todo[--n_todo];
        for (uint32_t e = from->frames[f].parents; e != TONE_NOTHING; e = from->edges[e].next) {
            uint32_t p = from->edges[e].frame;
            if (name[p] == TONE_NOTHING) {
                name[p] = 0;
                todo[n_todo++] = p;
            }
        }
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < from->n_frames; i++)
        if (name[i] == 0)
            name[i] = n++;
    for (uint32_t i = 0; i < from->n_frames; i++) {
        if (name[i] == TONE_NOTHING)
            continue;
        tone_frame f = from->frames[i];
        if (f.kind == TONE_FRAME_OBJECT) {
            uint32_t size = 2 * words_of(&from->program->objects[f.shape]) + 1;
            if (!tone_walk_room(to, (void **)&to->words, &to->room_words, (uint64_t)to->n_words + size, sizeof *to->words))
                return false;
            memcpy(to->words + to->n_words, from->words + f.words, size * sizeof *to->words);
            f.words = to->n_words;
            to->n_words += size;
        }
        f.parents = TONE_NOTHING;
        for (uint32_t e = from->frames[i].parents; e != TONE_NOTHING; e = from->edges[e].next) {
            if (!tone_walk_room(to, (void **)&to->edges, &to->room_edges, (uint64_t)to->n_edges + 1, sizeof *to->edges))
                return false;
            to->edges[to->n_edges] = (tone_edge){name[from->edges[e].frame], f.parents};
            f.parents = to->n_edges++;
        }
        if (!tone_walk_room(to, (void **)&to->frames, &to->room_frames, (uint64_t)to->n_frames + 1, sizeof *to->frames))
            return false;
        to->frames[to->n_frames++] = f;
    }
    return true;
}

/* Lists of texts: those that kept frames refer to, older ones first. */
static bool keep_seen(tone_walk *to, const tone_walk *from)
{
    uint32_t *name = from->n_seen ? malloc(from->n_seen * sizeof *name) : NULL;
    if (!from->n_seen)
        return true;
    if (!name)
        return false;
    memset(name, 0xff, from->n_seen * sizeof *name);
    for (uint32_t i = 0; i < to->n_frames; i++)
        for (uint32_t s = to->frames[i].seen; s != TONE_NOTHING && name[s] == TONE_NOTHING; s = from->seen[s].older)
            name[s] = 0;
    bool good = true;
    for (uint32_t i = 0; i < from->n_seen && good; i++) { /* a list's older part has the smaller number */
        const tone_seen *s = &from->seen[i];
        if (name[i] == TONE_NOTHING)
            continue;
        good = tone_walk_room(to, (void **)&to->seen, &to->room_seen, (uint64_t)to->n_seen + 1, sizeof *to->seen) &&
               tone_walk_room(to, (void **)&to->bytes, &to->room_bytes, (uint64_t)to->n_bytes + s->n, 1);
        if (!good)
            break;
        memcpy(to->bytes + to->n_bytes, from->bytes + s->at, s->n);
        to->seen[to->n_seen] = (tone_seen){s->older == TONE_NOTHING ? TONE_NOTHING : name[s->older], s->extra, to->n_bytes, s->n};
        to->n_bytes += s->n;
        name[i] = to->n_seen++;
    }
    for (uint32_t i = 0; i < to->n_frames && good; i++)
        if (to->frames[i].seen != TONE_NOTHING)
            to->frames[i].seen = name[to->frames[i].seen];
    free(name);
    return good;
}

static void forget(tone_walk *w)
{
    tone_walk to = {.program = w->program};
    uint32_t *name = malloc(w->n_frames * 2 * sizeof *name);
    if (!name)
        return; /* then later */
    if (keep_reachable(&to, w, name, name + w->n_frames) && keep_seen(&to, w)) {
        for (uint32_t i = 0; i < w->n_now; i++)
            w->places[i].frame = name[w->places[i].frame];
        free(w->frames);
        free(w->edges);
        free(w->words);
        free(w->seen);
        free(w->bytes);
        w->frames = to.frames, w->n_frames = to.n_frames, w->room_frames = to.room_frames;
        w->edges = to.edges, w->n_edges = to.n_edges, w->room_edges = to.room_edges;
        w->words = to.words, w->n_words = to.n_words, w->room_words = to.room_words;
        w->seen = to.seen, w->n_seen = to.n_seen, w->room_seen = to.room_seen;
        w->bytes = to.bytes, w->n_bytes = to.n_bytes, w->room_bytes = to.room_bytes;
        w->kept_frames = w->n_frames;
    } else {
        tone_walk_clear(&to);
    }
    free(name);
}

void tone_walk_settle(tone_walk *w, uint32_t first, uint32_t n)
{
    memmove(w->places, w->places + first, n * sizeof *w->places);
    w->n_now = w->n_places = n;
    bool needed = false;
    for (uint32_t i = 0; i < n && !needed; i++)
        needed = tone_walk_compares(w, &w->places[i]);
    if (!needed) {
        w->n_path = w->tail = 0;
    } else if (w->tail) {
        memmove(w->path, w->path + w->tail, w->n_path - w->tail);
        w->n_path -= w->tail;
        w->tail = 0;
    }
    if (w->n_frames > w->kept_frames * 2 + KEEP_AT_LEAST)
        forget(w);
}
