/* tonesmith play: a patch and notes, or a sound file, through the speakers. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/play.h"
#include "cli/sound_args.h"
#include "format/audio.h"

static const cli_spec spec = {
    "play", "tonesmith play [options] [FILE]",
    "Play notes on a patch, a recording through its effects, or a sound file as it is, through the default output.",
    "Options are those of render; see tonesmith render --help for how to write notes."};

int cli_play(int argc, char **argv)
{
    cli_sound_args a = cli_sound_args_defaults();
    const cli_option options[] = {CLI_SOUND_OPTIONS(a), {0}};
    int rc = cli_parse(&spec, options, &argc, &argv);
    if (rc >= 0)
        return rc;
    if (argc > 1)
        return cli_misuse("play", "one file at a time");
    tone_error err;
    static cli_sound s; /* large; zeroed by cli_sound_load() */
    tone_audio audio = {0};
    tone_status st = cli_sound_load(&s, &a, &err);
    if (!st)
        cli_sound_tell("play", &s);
    if (!st && argc) {
        st = tone_audio_read(&audio, argv[0], NULL, &err);
        tone_sound file = {audio.frames, audio.n_frames, audio.n_channels, audio.rate_hz};
        if (!st)
            st = cli_play_sound(&file, &err);
    } else if (!st) {
        st = cli_sound_render(&s, &a, true, &err);
        if (!st)
            st = cli_play_sound(&s.sound, &err);
    }
    tone_audio_clear(&audio);
    cli_sound_clear(&s);
    return cli_finish("play", st ? cli_error("play", &err) : 0);
}
