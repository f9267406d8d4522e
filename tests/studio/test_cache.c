/* The render cache: what went in comes out, the cap holds, the longest unused go first, names cannot leave the folder. */
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "studio/cache.h"

int main(void)
{
    char folder[] = "/tmp/tone-cache-XXXXXX";
    tone_error err;
    tone_cache c;
    if (!CHECK(mkdtemp(folder) != NULL) || !CHECK(tone_cache_init(&c, folder, 1000, &err) == TONE_OK))
        return check_done();
    static char bytes[2000];
    memset(bytes, 'x', sizeof bytes);
    CHECK(tone_cache_put(&c, "a", bytes, 400, &err) == TONE_OK);
    usleep(20000);
    CHECK(tone_cache_put(&c, "b", bytes, 400, &err) == TONE_OK);
    usleep(20000);
    tone_map m;
    CHECK(tone_cache_get(&c, "a", &m, &err) == TONE_OK && m.n == 400 && memcmp(m.data, bytes, 400) == 0);
    tone_map_close(&m);
    usleep(20000);
    CHECK(tone_cache_put(&c, "c", bytes, 400, &err) == TONE_OK); /* a was used after b: b goes */
    CHECK(tone_cache_get(&c, "b", &m, &err) == TONE_ERR_NOT_FOUND);
    CHECK(tone_cache_get(&c, "a", &m, &err) == TONE_OK);
    tone_map_close(&m);
    uint64_t total = 0;
    CHECK(tone_cache_bytes(&c, &total, &err) == TONE_OK && total == 800);
    CHECK(tone_cache_put(&c, "big", bytes, 1001, &err) == TONE_ERR_LIMIT);
    CHECK(tone_cache_bytes(&c, &total, &err) == TONE_OK && total == 800);
    static const char *const bad[] = {"", "..", "../x", "a/b", ".hidden", "a b", "\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_CASE(tone_cache_put(&c, bad[i], bytes, 1, &err) == TONE_ERR_ARGUMENT, "'%s'", bad[i]);
    for (int i = 0; i < 200; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        CHECK(tone_cache_put(&c, key, bytes, (size_t)(i % 90), &err) == TONE_OK);
        CHECK(tone_cache_bytes(&c, &total, &err) == TONE_OK && total <= 1000);
    }
    tone_cache tiny;
    CHECK(tone_cache_init(&tiny, "/dev/null", 10, &err) == TONE_ERR_IO);
    tone_cache_clear(&tiny);
    tone_cache_clear(&c);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(system(command) == 0);
    return check_done();
}
