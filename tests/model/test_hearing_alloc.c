/* Every allocation of opening ears, listening to a whole sound, to a file and to a stream fails once. */
#include "failing_alloc.h"

#include "golden_hearing.h"
#include "signal/mel.h"

static float sound[9000];

/* TONE_ERR_NO_MEMORY or success; anything else is a mistake. */
static bool fine(tone_status st, const tone_error *err)
{
    CHECK_CASE(st == TONE_OK || st == TONE_ERR_NO_MEMORY, "%d: %s", (int)st, err->text);
    return st == TONE_OK;
}

static void check_opening(const char *path)
{
    long n = 0;
    for (; alloc_run(n); n++) {
        tone_error err = {0};
        tone_hearing *h = NULL;
        if (fine(tone_hearing_open(&h, path, &err), &err))
            tone_hearing_close(h);
        else
            CHECK(!h);
    }
    CHECK_CASE(alloc_live == 0 && n > 40, "%ld live after %ld rounds", alloc_live, n);
}

static void listen(const tone_hearing *h, const tone_hearing_options *o)
{
    tone_error err = {0};
    tone_hearing_stream *s = NULL;
    tone_heard heard = {0};
    if (fine(tone_hearing_stream_open(&s, h, 16000, 1, o, &err), &err) && fine(tone_hearing_feed(s, sound, 5000, &err), &err) &&
        fine(tone_hearing_feed(s, sound + 5000, 4000, &err), &err) && fine(tone_hearing_finish(s, &heard, &err), &err))
        CHECK(heard.n == 1 && heard.parts[0].soft.n == tone_hearing_count(9000));
    else
        CHECK(!heard.parts);
    tone_heard_clear(&heard);
    tone_hearing_stream_close(s);
}

static void check_listening(const tone_hearing *h)
{
    const tone_hearing_options o = {.n_threads = 1, .keep_mel = true};
    long live = alloc_live, n = 0;
    for (; alloc_run(n); n++) {
        tone_error err = {0};
        tone_soft soft;
        if (fine(tone_hearing_encode(&soft, h, sound, 9000, &o, &err), &err))
            tone_soft_clear(&soft);
        CHECK(!soft.rows);
    }
    CHECK_CASE(alloc_live == live && n > 8, "%ld live of %ld after %ld rounds", alloc_live, live, n);
    for (n = 0; alloc_run(n); n++)
        listen(h, &o);
    CHECK_CASE(alloc_live == live && n > 8, "%ld live of %ld after %ld rounds", alloc_live, live, n);
    for (n = 0; alloc_run(n); n++) {
        tone_error err = {0};
        tone_hearing_span *spans;
        size_t count;
        if (fine(tone_hearing_cut(&spans, &count, sound, 9000, 0, &err), &err))
            free(spans);
    }
    CHECK(alloc_live == live);
}

int main(void)
{
    char path[512];
    for (int i = 0; i < 9000; i++)
        sound[i] = (float)(0.3 * sin(i * 0.1));
    check_opening(golden_media_path(path, "multimodal", "mmproj-small.gguf"));
    check_opening(golden_media_path(path, "audio", "limited"));
    tone_hearing *h = golden_hearing("audio", "limited");
    check_listening(h);
    tone_hearing_close(h);
    return check_done();
}
