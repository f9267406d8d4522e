#include "signal/utterance.h"

#include <math.h>

static const double frame_s = 0.01, minimum_s = 0.5;

/* Levels in dB: how far above the room speech begins, and how far it still goes on; how far below its own peak it is over; and
 * what is silence in any room. */
static const double begins_above = 10, goes_on_above = 6, over_below_peak = 32, silence_db = -65, floor_db = -100;

tone_utterance_options tone_utterance_defaults(void)
{
    return (tone_utterance_options){.rate_hz = 16000, .silence_s = 0.7, .speech_s = 0.12, .wait_s = 10, .most_s = 30};
}

static double within(double x, double lo, double hi)
{
    return x >= lo ? x <= hi ? x : hi : lo; /* NaN: lo */
}

void tone_utterance_init(tone_utterance *e, const tone_utterance_options *opt)
{
    *e = (tone_utterance){.opt = opt ? *opt : tone_utterance_defaults(), .level_db = (float)floor_db, .room_db = (float)floor_db,
                         .peak_db = floor_db};
    tone_utterance_options *o = &e->opt;
    o->rate_hz = o->rate_hz < 8000 ? 8000 : o->rate_hz > 192000 ? 192000 : o->rate_hz;
    o->silence_s = within(o->silence_s, 0.1, 10);
    o->speech_s = within(o->speech_s, 0.02, 2);
    o->wait_s = within(o->wait_s, 0.5, 3600);
    o->most_s = within(o->most_s, 1, 3600);
    e->frame = (uint32_t)(o->rate_hz * frame_s);
    e->pole = exp(-2 * 3.14159265358979 * 100 / o->rate_hz);
    for (int i = 0; i < TONE_UTTERANCE_MINIMA; i++)
        e->minima[i] = INFINITY;
}

static uint32_t frames_of(double s)
{
    return (uint32_t)(s / frame_s + 0.5);
}

/* The quietest of the last four seconds, the frame with this level included. */
static void update_room(tone_utterance *e, float level)
{
    uint64_t per = frames_of(minimum_s);
    float *newest = &e->minima[e->n_frames / per % TONE_UTTERANCE_MINIMA];
    if (e->n_frames % per == 0)
        *newest = INFINITY;
    if (level < *newest)
        *newest = level;
    e->room_db = e->minima[0];
    for (int i = 1; i < TONE_UTTERANCE_MINIMA; i++)
        e->room_db = e->minima[i] < e->room_db ? e->minima[i] : e->room_db;
}

static bool is_loud(const tone_utterance *e, double level)
{
    return level > (double)e->room_db + begins_above && level > silence_db + begins_above;
}

/* The sample where the speech began that is certain now: what was loud up to a second ago belongs to it, but for pauses of at
 * most half a second.  (Whoever speaks at once has shown what the room is like only after the first syllables.) */
static uint64_t begin_of(const tone_utterance *e)
{
    uint64_t first = e->n_frames, pause = 0;
    for (uint64_t i = e->n_frames; i > 0 && i + TONE_UTTERANCE_LEVELS > e->n_frames && pause <= frames_of(0.5); i--) {
        bool loud = is_loud(e, (double)e->levels[(i - 1) % TONE_UTTERANCE_LEVELS]);
        first = loud ? i - 1 : first;
        pause = loud ? 0 : pause + 1;
    }
    return first * e->frame;
}

static void wait_for_speech(tone_utterance *e, double level)
{
    bool loud = is_loud(e, level);
    e->n_loud = loud ? e->n_loud + 1 : 0;
    if (e->n_loud >= frames_of(e->opt.speech_s)) {
        e->state = TONE_UTTERANCE_SPEAKING;
        e->first = begin_of(e);
        e->end = e->n_fed;
        e->peak_db = level;
        e->n_quiet = 0;
    } else if ((double)e->n_fed >= e->opt.wait_s * e->opt.rate_hz && !loud) {
        e->state = TONE_UTTERANCE_NOTHING;
    }
}

static void wait_for_end(tone_utterance *e, double level)
{
    e->peak_db = level > e->peak_db ? level : e->peak_db;
    double enough = fmax(fmax((double)e->room_db + goes_on_above, e->peak_db - over_below_peak), silence_db);
    if (level > enough) {
        e->n_quiet = 0;
        e->end = e->n_fed;
    } else {
        e->n_quiet++;
    }
    if (e->n_quiet >= frames_of(e->opt.silence_s) || (double)(e->n_fed - e->first) >= e->opt.most_s * e->opt.rate_hz)
        e->state = TONE_UTTERANCE_ENDED;
}

static void end_frame(tone_utterance *e)
{
    e->power[e->n_frames % TONE_UTTERANCE_SMOOTH] = e->sum / e->frame;
    double mean = 0;
    uint64_t n = e->n_frames + 1 < TONE_UTTERANCE_SMOOTH ? e->n_frames + 1 : TONE_UTTERANCE_SMOOTH;
    for (uint64_t i = 0; i < n; i++)
        mean += e->power[i] / (double)n;
    double level = fmax(10 * log10(mean + 1e-30), floor_db);
    e->level_db = (float)level;
    e->levels[e->n_frames % TONE_UTTERANCE_LEVELS] = e->level_db;
    update_room(e, e->level_db);
    e->n_frames++;
    e->sum = 0;
    e->n_in_frame = 0;
    if (e->state == TONE_UTTERANCE_WAITING)
        wait_for_speech(e, level);
    else
        wait_for_end(e, level);
}

tone_utterance_state tone_utterance_feed(tone_utterance *e, const float *x, size_t n)
{
    for (size_t i = 0; i < n && e->state < TONE_UTTERANCE_ENDED; i++) {
        double v = isfinite(x[i]) ? (double)x[i] : 0;
        e->low = e->pole * (e->low + v - e->last); /* a first-order high-pass at 100 Hz */
        e->last = v;
        e->sum += e->low * e->low;
        e->n_fed++;
        if (++e->n_in_frame == e->frame)
            end_frame(e);
    }
    return e->state;
}
