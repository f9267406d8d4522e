/* Every allocation of the instrument fails once: an error in one sentence, and nothing is lost. */
#include <stdlib.h>

#include "check.h"
#include "failing_alloc.h"
#include "tonesmith/sound/render.h"

static tone_error err;
static const char *const lists[] = {"C3@0:0.01 E3@0:0.01 G3@0:0.01", "[{\"note\": \"C3\", \"length\": 0.01}]"};
static const char midi[] = "MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\x10\0\xE0\x00\x50\0\x90\x3C\x40\x30\x80\x3C\x40\0\xFF\x2F\0";

static void outcome(tone_status st, long n)
{
    CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK), "allocation %ld: %s", n, err.text);
}

int main(void)
{
    tone_patch p;
    tone_notes notes;
    tone_sound s, wet;
    CHECK(tone_preset_find(&p, "slow honey", &err) == TONE_OK);
    for (int i = 0; i < 2; i++)
        for (long n = 0; alloc_run(n); n++) {
            outcome(tone_notes_parse(&notes, lists[i], &err), n);
            tone_notes_clear(&notes);
        }
    for (long n = 0; alloc_run(n); n++) {
        outcome(tone_notes_read_midi(&notes, midi, sizeof midi - 1, &err), n);
        tone_notes_clear(&notes);
    }
    CHECK(alloc_live == 0);
    CHECK(tone_notes_parse(&notes, lists[0], &err) == TONE_OK);
    tone_render_options opt = tone_render_defaults();
    opt.seconds = 0.01;
    for (long n = 0; alloc_run(n); n++) {
        outcome(tone_render(&s, &p, &notes, &opt, &err), n);
        tone_sound_clear(&s);
    }
    CHECK(tone_render(&s, &p, &notes, &opt, &err) == TONE_OK);
    for (long n = 0; alloc_run(n); n++) {
        outcome(tone_render_effects(&wet, &p, &s, 120, &opt, &err), n);
        tone_sound_clear(&wet);
    }
    tone_sound_clear(&s);
    tone_notes_clear(&notes);
    for (long n = 0; alloc_run(n); n++) {
        tone_synth *synth;
        outcome(tone_synth_new(&synth, &p, 48000, 0, &err), n);
        tone_synth_free(synth);
    }
    for (long n = 0; alloc_run(n); n++) {
        char *text;
        outcome(tone_patch_write(&text, &p, &err), n);
        free(text);
    }
    CHECK(alloc_live == 0);
    return check_done();
}
