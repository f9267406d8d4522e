#include "cli/play.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "tone_config.h"

#if TONE_HAVE_PORTAUDIO
#include <fcntl.h>
#include <portaudio.h>
#include <unistd.h>
#endif

#if TONE_HAVE_PORTAUDIO

/* The callback copies; everything was rendered before. */
typedef struct playing {
    const tone_sound *sound;
    size_t at;
} playing;

static int feed(const void *in, void *out, unsigned long n, const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags,
                void *user)
{
    (void)in;
    (void)time;
    (void)flags;
    playing *p = user;
    uint32_t channels = p->sound->n_channels;
    size_t left = p->sound->n_frames - p->at, some = n < left ? n : left;
    float *frames = out;
    memcpy(frames, p->sound->frames + p->at * channels, some * channels * sizeof *frames);
    memset(frames + some * channels, 0, (n - some) * channels * sizeof *frames);
    p->at += some;
    return p->at < p->sound->n_frames ? paContinue : paComplete;
}

int cli_play_hush(void)
{
    fflush(stderr);
    int kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) {
        dup2(nowhere, STDERR_FILENO);
        close(nowhere);
    }
    return kept;
}

void cli_play_unhush(int kept)
{
    if (kept >= 0) {
        dup2(kept, STDERR_FILENO);
        close(kept);
    }
}

tone_status cli_play_sound(const tone_sound *s, tone_error *err)
{
    playing p = {s, 0};
    PaStream *stream = NULL;
    int kept = cli_play_hush();
    PaError rc = Pa_Initialize();
    cli_play_unhush(kept);
    if (rc != paNoError)
        return tone_fail(err, TONE_ERR_IO, 0, "PortAudio does not start: %s", Pa_GetErrorText(rc));
    if (Pa_GetDefaultOutputDevice() == paNoDevice) {
        Pa_Terminate();
        return tone_fail(err, TONE_ERR_IO, 0, "this machine has no audio output");
    }
    rc = Pa_OpenDefaultStream(&stream, 0, (int)s->n_channels, paFloat32, s->rate, paFramesPerBufferUnspecified, feed, &p);
    if (rc == paNoError)
        rc = Pa_StartStream(stream);
    while (rc == paNoError && Pa_IsStreamActive(stream) == 1)
        Pa_Sleep(20);
    if (stream)
        Pa_CloseStream(stream);
    Pa_Terminate();
    return rc == paNoError ? TONE_OK : tone_fail(err, TONE_ERR_IO, 0, "the audio output refuses: %s", Pa_GetErrorText(rc));
}

#else

tone_status cli_play_sound(const tone_sound *s, tone_error *err)
{
    (void)s;
    return tone_fail(err, TONE_ERR_UNSUPPORTED, 0,
                     "this build has no PortAudio: install portaudio19-dev and build again, or render to a file");
}

#endif
