/* Recording a clip: the meter, the end of speech, and the ears that work meanwhile. */
#include "cli/voice.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fail.h"
#include "cli/engine.h"
#include "cli/microphone.h"
#include "format/audio.h"
#include "signal/utterance.h"

enum { MOST_S = 60, METER_CELLS = 24, WAIT_MS = 20 };
static const double LEAD_S = 0.3; /* kept before the first loud frame: a voice begins softly */

/* One recording. */
typedef struct take {
    const float *samples; /* of one channel, n so far */
    size_t n, looked, fed;
    uint32_t rate;
    bool all;             /* no more will come */
    tone_utterance ends;
    tone_hearing_stream *stream; /* NULL until somebody speaks */
    tone_media *media;
    size_t first;         /* of the clip */
} take;

/* ---- the end of speech, and the ears */

static tone_status feed(take *t, tone_error *err)
{
    if (t->ends.state == TONE_UTTERANCE_WAITING || t->ends.state == TONE_UTTERANCE_NOTHING)
        return TONE_OK;
    if (!t->stream) {
        size_t lead = (size_t)(LEAD_S * t->rate);
        t->first = t->ends.first > lead ? (size_t)t->ends.first - lead : 0;
        t->fed = t->first;
        tone_status st = tone_media_stream(t->media, &t->stream, t->rate, 1, err);
        if (st)
            return st;
    }
    tone_status st = tone_hearing_feed(t->stream, t->samples + t->fed, t->looked - t->fed, err);
    t->fed = t->looked;
    return st;
}

/* Look at what is new; *over when the clip is whole. */
static tone_status look(take *t, bool *over, tone_error *err)
{
    tone_utterance_state state = t->ends.state;
    while (t->looked < t->n && state < TONE_UTTERANCE_ENDED) {
        size_t block = t->rate / 50, some = t->n - t->looked < block ? t->n - t->looked : block;
        state = tone_utterance_feed(&t->ends, t->samples + t->looked, some);
        t->looked += some;
    }
    *over = state >= TONE_UTTERANCE_ENDED || (t->all && t->looked == t->n);
    return feed(t, err);
}

static tone_status finish(take *t, cli_spoken *out, const char *path, tone_error *err)
{
    if (!t->stream)
        return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "nobody spoke: the level stayed near %.0f dB", (double)t->ends.room_db);
    tone_heard heard = {0};
    double start = cli_now_s();
    tone_status st = tone_hearing_finish(t->stream, &heard, err);
    if (st)
        return st;
    const tone_audio clip = {.frames = (float *)t->samples + t->first, .n_frames = t->looked - t->first, .n_channels = 1, .rate_hz = t->rate};
    st = tone_audio_write(path, &clip, TONE_AUDIO_WAV_FLOAT, NULL, err);
    if (st) {
        tone_heard_clear(&heard);
        return st;
    }
    out->seconds = (double)clip.n_frames / t->rate;
    out->after_s = cli_now_s() - start;
    return tone_media_keep(t->media, path, &heard, err);
}

static void take_init(take *t, tone_media *m, const float *samples, uint32_t rate)
{
    tone_utterance_options o = tone_utterance_defaults();
    *t = (take){.media = m, .samples = samples, .rate = rate};
    o.rate_hz = rate;
    tone_utterance_init(&t->ends, &o);
}

/* ---- keys and the meter */

typedef struct keys {
    struct termios before;
    bool raw;
} keys;

static void keys_open(keys *k)
{
    k->raw = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &k->before) == 0;
    if (!k->raw)
        return;
    struct termios now = k->before;
    now.c_lflag &= (tcflag_t)~(ICANON | ECHO | ISIG); /* Ctrl-C comes as a key */
    now.c_cc[VMIN] = 0;
    now.c_cc[VTIME] = 0;
    k->raw = tcsetattr(STDIN_FILENO, TCSAFLUSH, &now) == 0;
}

static void keys_close(keys *k)
{
    if (k->raw)
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &k->before);
}

/* The key that came within WAIT_MS; 0 for none. */
static char key_wait(const keys *k)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    char c = 0;
    if (k->raw && poll(&in, 1, WAIT_MS) == 1 && read(STDIN_FILENO, &c, 1) == 1)
        return c ? c : ' ';
    if (!k->raw)
        poll(NULL, 0, WAIT_MS);
    return 0;
}

static void show_meter(const take *t)
{
    if (!isatty(STDOUT_FILENO))
        return;
    double db = (double)t->ends.level_db;
    int cells = (int)((db + 72) / 3);
    cells = cells < 0 ? 0 : cells > METER_CELLS ? METER_CELLS : cells;
    printf("\r  %s [%.*s%.*s] %4.0f dB %5.1f s  any key ends, Ctrl-C forgets ", t->ends.state == TONE_UTTERANCE_SPEAKING ? "speech" : "listen", cells,
           "########################", METER_CELLS - cells, "........................", db < -99 ? -99 : db, (double)t->n / t->rate);
    fflush(stdout);
}

static void clear_meter(void)
{
    if (isatty(STDOUT_FILENO))
        printf("\r%78s\r", "");
}

/* ---- where it comes from */

static tone_status from_file(const char *file, take *t, tone_media *m, tone_audio *audio, tone_error *err)
{
    tone_status st = tone_audio_read(audio, file, NULL, err);
    if (st)
        return st;
    for (size_t i = 0; i < audio->n_frames; i++) { /* one channel, as a microphone gives it */
        float sum = 0;
        for (uint32_t c = 0; c < audio->n_channels; c++)
            sum += audio->frames[i * audio->n_channels + c];
        audio->frames[i] = sum / (float)audio->n_channels;
    }
    if (audio->rate_hz < 8000 || audio->rate_hz > 192000)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "%s: a rate of %u Hz; 8000 to 192000 can be listened to", file, audio->rate_hz);
    take_init(t, m, audio->frames, audio->rate_hz);
    t->n = audio->n_frames;
    t->all = true;
    bool over = false;
    while (!st && !over)
        st = look(t, &over, err);
    return st;
}

static tone_status from_microphone(cli_microphone *mic, take *t, tone_media *m, size_t *n_lost, tone_error *err)
{
    keys k;
    bool over = false;
    tone_status st = TONE_OK;
    take_init(t, m, NULL, cli_microphone_rate(mic));
    keys_open(&k);
    while (!st && !over) {
        char key = key_wait(&k);
        if (key == 3) {
            st = tone_fail(err, TONE_ERR_CANCELLED, 0, "forgotten");
            break;
        }
        t->samples = cli_microphone_samples(mic, &t->n, n_lost);
        t->all = key != 0 || t->n >= (size_t)MOST_S * t->rate;
        st = look(t, &over, err);
        show_meter(t);
    }
    keys_close(&k);
    clear_meter();
    return st;
}

tone_status cli_voice_take(cli_voice *v, tone_media *m, cli_spoken *out, tone_error *err)
{
    *out = (cli_spoken){0};
    take t = {0};
    tone_audio audio = {0};
    cli_microphone *mic = NULL;
    if (!m)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "a model behind an endpoint hears nothing from here: take one with ears, such as Gemma 4 E2B");
    tone_status st = tone_media_need(m, TONE_INPUT_AUDIO, err);
    if (!st && v->audio_file)
        st = from_file(v->audio_file, &t, m, &audio, err);
    else if (!st && !(st = cli_microphone_open(&mic, v->device, MOST_S, err)))
        st = from_microphone(mic, &t, m, &out->n_lost, err);
    if (!st)
        st = cli_scratch_path(&v->scratch, ".wav", &out->path, err);
    if (!st)
        st = finish(&t, out, out->path, err);
    tone_hearing_stream_close(t.stream);
    cli_microphone_close(mic);
    tone_audio_clear(&audio);
    if (st)
        *out = (cli_spoken){0};
    return st;
}

tone_status cli_voice_devices(tone_error *err)
{
    return cli_microphone_list(err);
}
