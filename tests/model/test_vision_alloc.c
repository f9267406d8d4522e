/* Every allocation of opening eyes and of looking fails once. */
#include "failing_alloc.h"

#include "golden_vision.h"

/* TONE_ERR_NO_MEMORY or success; anything else is a mistake. */
static bool fine(tone_status st, const tone_error *err)
{
    CHECK_CASE(st == TONE_OK || st == TONE_ERR_NO_MEMORY, "%d: %s", (int)st, err->text);
    return st == TONE_OK;
}

static void check_opening(const char *set, const char *file)
{
    char path[512];
    golden_media_path(path, set, file);
    long n = 0;
    for (; alloc_run(n); n++) {
        tone_error err = {0};
        tone_vision *v = NULL;
        if (!fine(tone_vision_open(&v, path, &err), &err))
            CHECK(!v);
        tone_vision_close(v);
    }
    CHECK_CASE(alloc_live == 0 && n > 20, "%s: %ld blocks live after %ld rounds", file, alloc_live, n);
}

static void check_looking(const char *model, bool exact)
{
    char path[512];
    golden_media_path(path, "vision", "images/20x20.png");
    tone_vision *v = golden_vision("vision", model);
    long live = alloc_live, n = 0;
    for (; alloc_run(n); n++) {
        tone_error err = {0};
        tone_soft soft;
        const tone_vision_options o = {.budget = 70, .n_threads = 2, .exact = exact};
        bool done = fine(tone_vision_encode_file(&soft, v, path, &o, &err), &err);
        CHECK(done ? soft.n == 64 : !soft.rows && !soft.n);
        tone_soft_clear(&soft);
    }
    CHECK_CASE(alloc_live == live && n > 10, "%ld blocks live of %ld after %ld rounds", alloc_live, live, n);
    tone_vision_close(v);
}

int main(void)
{
    check_opening("vision", "small");
    check_opening("vision", "large");
    check_opening("multimodal", "mmproj-small.gguf");
    check_looking("small", true);
    check_looking("large", false);
    CHECK(alloc_live == 0);
    return check_done();
}
