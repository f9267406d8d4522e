/* Every allocation of the readers and the writer may fail: an error that says so, no crash, nothing leaked. */
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "failing_alloc.h"
#include "format/audio.h"
#include "format/gguf.h"
#include "format/image.h"
#include "format/safetensors.h"
#include "format/store.h"
#include "format_test.h"
#include "gguf_build.h"

static void put_part(const char *folder, const char *name, uint16_t no, const char *tensor)
{
    tone_buf b = {0};
    put_header(&b, 3, 1, 2);
    put_key_u16(&b, "split.no", no);
    put_key_u16(&b, "split.count", 2);
    put_tensor(&b, tensor, 1, (const uint64_t[]){4}, 0, 0);
    put_padding(&b, 32);
    put_zeros(&b, 16);
    write_in(folder, name, b.data, b.n);
    tone_buf_clear(&b);
}

static void put_shard(const char *folder, const char *name, const char *tensor)
{
    char header[128];
    snprintf(header, sizeof header, "{\"%s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", tensor);
    tone_buf b = {0};
    put_text(&b, header); /* an odd length: the tensor must be copied */
    put_zeros(&b, 8);
    write_in(folder, name, b.data, b.n);
    tone_buf_clear(&b);
}

int main(void)
{
    char folder[] = "/tmp/tone-alloc-XXXXXX";
    if (!CHECK(mkdtemp(folder) != NULL))
        return check_done();
    static const char index[] = "{\"weight_map\":{\"a\":\"m-1.safetensors\",\"b\":\"m-2.safetensors\"}}";
    put_part(folder, "m-00001-of-00002.gguf", 0, "a");
    put_part(folder, "m-00002-of-00002.gguf", 1, "b");
    put_shard(folder, "m-1.safetensors", "a");
    put_shard(folder, "m-2.safetensors", "b");
    write_in(folder, "model.safetensors.index.json", index, sizeof index - 1);
    float value[2] = {1, 2};
    tone_tensor out = {.name = "x", .type = TONE_TYPE_F32, .n_dims = 1, .dims = {2}, .data = (uint8_t *)value};
    tone_audio sound = {.frames = value, .n_frames = 2, .n_channels = 1, .rate_hz = 8000};
    char *gguf_path = tone_path_join(folder, "m-00001-of-00002.gguf"), *out_path = tone_path_join(folder, "out");
    char *wav_path = tone_path_join(folder, "out.wav");
    long rounds[5] = {0}, before = alloc_live;
    tone_error err;
    tone_status st;

    for (long n = 0; alloc_run(n); n++, rounds[0]++) {
        tone_gguf *g;
        st = tone_gguf_open(&g, gguf_path, &err);
        CHECK_CASE(st == (alloc_failed ? TONE_ERR_NO_MEMORY : TONE_OK) && !g == !!st, "gguf, round %ld", n);
        tone_gguf_close(g);
        CHECK(alloc_live == before);
    }
    for (long n = 0; alloc_run(n); n++, rounds[1]++) {
        tone_safetensors *s;
        st = tone_safetensors_open(&s, folder, &err);
        CHECK_CASE((st != TONE_OK) == alloc_failed && !s == !!st, "safetensors, round %ld: %s", n, err.text);
        tone_safetensors_close(s);
        CHECK(alloc_live == before);
    }
    for (long n = 0; alloc_run(n); n++, rounds[2]++) {
        st = tone_safetensors_write(out_path, &out, 1, &err);
        CHECK_CASE((st != TONE_OK) == alloc_failed && alloc_live == before, "write, round %ld", n);
    }
    for (long n = 0; alloc_run(n); n++, rounds[3]++) {
        st = tone_audio_write(wav_path, &sound, TONE_AUDIO_WAV_16, NULL, &err);
        CHECK_CASE((st != TONE_OK) == alloc_failed && alloc_live == before, "sound, round %ld", n);
    }
    for (long n = 0; alloc_run(n); n++, rounds[4]++) {
        tone_audio back;
        st = tone_audio_read(&back, wav_path, NULL, &err);
        CHECK_CASE(alloc_failed || st == TONE_OK, "sound, round %ld", n); /* the last realloc may fail */
        tone_audio_clear(&back);
        CHECK(alloc_live == before);
    }
    tone_store_places places = {.roots = {[TONE_STORE_FOLDERS] = folder}};
    before = alloc_live;
    for (long n = 0; alloc_run(n); n++) {
        tone_store *s;
        const tone_store_model *m = NULL;
        st = tone_store_scan(&s, &places, &err);
        CHECK_CASE((st != TONE_OK) == alloc_failed && !s == !!st, "store, round %ld", n);
        if (!st)
            CHECK(!tone_store_find(&m, s, "m", &err) && m && !m->is_folder);
        tone_store_free(s);
        CHECK(alloc_live == before);
    }
    static const char *const pictures[] = {"turned6.png", "turned6.jpg", "turned6.webp", "animated.gif"};
    const char *golden = getenv("TONE_GOLDEN");
    for (size_t i = 0; golden && i < sizeof pictures / sizeof *pictures; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/image/%s", golden, pictures[i]);
        before = alloc_live;
        for (long n = 0; alloc_run(n); n++) {
            tone_pixels img;
            st = tone_pixels_read(&img, path, 0, &err);
            CHECK_CASE(st == TONE_ERR_UNSUPPORTED || (st != TONE_OK) == alloc_failed, "%s, round %ld", pictures[i], n);
            tone_pixels_clear(&img);
            CHECK(alloc_live == before);
        }
    }
    for (int i = 0; i < 5; i++)
        CHECK_CASE(rounds[i] >= 2, "only %ld allocations seen", rounds[i]);
    printf("allocations: %ld %ld %ld %ld %ld\n", rounds[0], rounds[1], rounds[2], rounds[3], rounds[4]);
    free(gguf_path);
    free(out_path);
    free(wav_path);
    remove_folder(folder);
    return check_done();
}
