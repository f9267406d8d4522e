#include "cli/microphone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "tone_config.h"

#if TONE_HAVE_PORTAUDIO

#include <portaudio.h>
#include <stdatomic.h>

#include "cli/play.h"

/* The callback appends to `samples`, whose memory is all there from the beginning; `n` publishes them. */
struct cli_microphone {
    PaStream *stream;
    float *samples;
    size_t room;
    atomic_size_t n, n_lost;
    uint32_t rate;
    bool started;
};

static int take(const void *in, void *out, unsigned long n, const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags, void *user)
{
    (void)out, (void)time;
    cli_microphone *m = user;
    size_t at = atomic_load_explicit(&m->n, memory_order_relaxed), some = n < m->room - at ? n : m->room - at;
    if (in)
        memcpy(m->samples + at, in, some * sizeof *m->samples);
    else
        memset(m->samples + at, 0, some * sizeof *m->samples);
    if (flags & paInputOverflow)
        atomic_fetch_add(&m->n_lost, n); /* at least one block */
    atomic_store_explicit(&m->n, at + some, memory_order_release);
    return some < n ? paComplete : paContinue;
}

static tone_status start_portaudio(tone_error *err)
{
    int kept = cli_play_hush();
    PaError rc = Pa_Initialize();
    cli_play_unhush(kept);
    return rc == paNoError ? TONE_OK : tone_fail(err, TONE_ERR_IO, 0, "PortAudio does not start: %s", Pa_GetErrorText(rc));
}

static bool is_input(int i)
{
    const PaDeviceInfo *info = Pa_GetDeviceInfo(i);
    return info && info->maxInputChannels > 0;
}

static tone_status find_device(int *out, const char *text, tone_error *err)
{
    char *end;
    *out = paNoDevice;
    if (!text) {
        *out = Pa_GetDefaultInputDevice();
        return *out != paNoDevice ? TONE_OK : tone_fail(err, TONE_ERR_IO, 0, "this machine has no microphone (--audio-file FILE stands for one)");
    }
    long number = strtol(text, &end, 10);
    if (end != text && !*end && number >= 0 && number < Pa_GetDeviceCount() && is_input((int)number))
        *out = (int)number;
    for (int i = 0; *out == paNoDevice && i < Pa_GetDeviceCount(); i++)
        if (is_input(i) && strstr(Pa_GetDeviceInfo(i)->name, text))
            *out = i;
    return *out != paNoDevice ? TONE_OK : tone_fail(err, TONE_ERR_IO, 0, "no microphone is called '%s' (/devices lists them)", text);
}

static tone_status open_stream(cli_microphone *m, const char *device, double most_s, tone_error *err)
{
    int index;
    tone_status st = find_device(&index, device, err);
    if (st)
        return st;
    const PaDeviceInfo *info = Pa_GetDeviceInfo(index);
    m->rate = (uint32_t)info->defaultSampleRate;
    m->room = (size_t)(most_s * m->rate);
    m->samples = calloc(m->room, sizeof *m->samples);
    if (!m->samples)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for %.0f s of sound", most_s);
    const PaStreamParameters in = {.device = index, .channelCount = 1, .sampleFormat = paFloat32, .suggestedLatency = info->defaultHighInputLatency};
    PaError rc = Pa_OpenStream(&m->stream, &in, NULL, m->rate, paFramesPerBufferUnspecified, paNoFlag, take, m);
    if (rc == paNoError)
        rc = Pa_StartStream(m->stream);
    return rc == paNoError ? TONE_OK : tone_fail(err, TONE_ERR_IO, 0, "%s refuses: %s", info->name, Pa_GetErrorText(rc));
}

tone_status cli_microphone_open(cli_microphone **out, const char *device, double most_s, tone_error *err)
{
    *out = NULL;
    cli_microphone *m = calloc(1, sizeof *m);
    if (!m)
        return tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a microphone");
    tone_status st = start_portaudio(err);
    m->started = !st;
    if (!st)
        st = open_stream(m, device, most_s, err);
    if (st)
        cli_microphone_close(m);
    else
        *out = m;
    return st;
}

void cli_microphone_close(cli_microphone *m)
{
    if (!m)
        return;
    if (m->stream)
        Pa_CloseStream(m->stream);
    if (m->started)
        Pa_Terminate();
    free(m->samples);
    free(m);
}

uint32_t cli_microphone_rate(const cli_microphone *m)
{
    return m->rate;
}

const float *cli_microphone_samples(cli_microphone *m, size_t *n, size_t *n_lost)
{
    *n = atomic_load_explicit(&m->n, memory_order_acquire);
    *n_lost = atomic_load(&m->n_lost);
    return m->samples;
}

tone_status cli_microphone_list(tone_error *err)
{
    tone_status st = start_portaudio(err);
    if (st)
        return st;
    int n = 0, usual = Pa_GetDefaultInputDevice();
    for (int i = 0; i < Pa_GetDeviceCount(); i++)
        if (is_input(i)) {
            printf("  %2d  %s%s\n", i, Pa_GetDeviceInfo(i)->name, i == usual ? "  (default)" : "");
            n++;
        }
    Pa_Terminate();
    return n ? TONE_OK : tone_fail(err, TONE_ERR_IO, 0, "this machine has no microphone (--audio-file FILE stands for one)");
}

#else

struct cli_microphone {
    int nothing;
};

static tone_status refuse(tone_error *err)
{
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "this build has no PortAudio: install portaudio19-dev and build again, or give --audio-file FILE");
}

tone_status cli_microphone_open(cli_microphone **out, const char *device, double most_s, tone_error *err)
{
    (void)device, (void)most_s;
    *out = NULL;
    return refuse(err);
}

void cli_microphone_close(cli_microphone *m)
{
    (void)m;
}

uint32_t cli_microphone_rate(const cli_microphone *m)
{
    (void)m;
    return 0;
}

const float *cli_microphone_samples(cli_microphone *m, size_t *n, size_t *n_lost)
{
    (void)m;
    *n = *n_lost = 0;
    return NULL;
}

tone_status cli_microphone_list(tone_error *err)
{
    return refuse(err);
}

#endif
