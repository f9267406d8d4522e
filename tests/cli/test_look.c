/* What a model with eyes is shown after a change: one picture, the numbers that moved, in one turn.  The turn itself is a stand-in. */
#include "cli/look.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "check.h"
#include "format/image.h"

static char seen_path[512], seen_words[2048];

tone_status cli_talk_turn_media(cli_talk *t, const tone_medium *media, size_t n, const char *words, tone_turn *out, tone_error *err)
{
    (void)t, (void)err;
    *out = (tone_turn){.answer = strdup("")};
    CHECK(n == 1 && media[0].kind == TONE_INPUT_IMAGE);
    snprintf(seen_path, sizeof seen_path, "%s", media[0].path);
    snprintf(seen_words, sizeof seen_words, "%s", words);
    return TONE_OK;
}

int main(void)
{
    tone_error err = {0};
    tone_analyzer *ears;
    cli_talk talk = {0};
    cli_look look = {0};
    cli_scratch scratch = {0};
    tone_turn turn;
    if (!CHECK(tone_analyzer_new(&ears, &err) == TONE_OK) ||
        !CHECK(tone_studio_open(&talk.project.studio, &(tone_studio_options){.history = ":memory:", .preset = "Bright Parade"}, &err) == TONE_OK))
        return check_done();
    tone_studio *s = talk.project.studio;
    char *result;
    bool changed;
    CHECK(cli_look_before(&look, s, &err) == TONE_OK);
    CHECK(cli_look_turn(&look, &talk, ears, &scratch, &turn, &err) == TONE_OK);
    CHECK(strstr(seen_words, "nothing that can be heard"));
    tone_turn_clear(&turn);

    CHECK(tone_studio_call(s, "set_parameters", "{\"changes\":\"filter_cutoff=300 Hz\"}", &result, &changed, &err) == TONE_OK && changed);
    free(result);
    CHECK(cli_look_turn(&look, &talk, ears, &scratch, &turn, &err) == TONE_OK);
    CHECK_CASE(strstr(seen_words, " to ") && strstr(seen_words, "Hz") && strstr(seen_words, "numbers count"), "%s", seen_words);
    tone_turn_clear(&turn);
    tone_pixels img;
    if (CHECK(tone_pixels_read(&img, seen_path, 0, &err) == TONE_OK)) {
        CHECK(img.width == 800 && img.height > 200);
        tone_pixels_clear(&img);
    }
    CHECK(scratch.n == 2);
    cli_scratch_clear(&scratch);
    CHECK(!tone_exists(seen_path) && !scratch.n);

    setenv("TMPDIR", "/nowhere/at/all", 1);
    CHECK(cli_look_turn(&look, &talk, ears, &scratch, &turn, &err) == TONE_ERR_IO && strstr(err.text, "/nowhere/at/all"));
    cli_look_clear(&look);
    cli_scratch_clear(&scratch);
    tone_studio_close(s);
    tone_analyzer_free(ears);
    return check_done();
}
