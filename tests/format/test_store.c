/* Where other programs keep models, in a made-up home. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "format/store.h"
#include "format_test.h"
#include "gguf_build.h"

/* Folders above, then the file. */
static void put(const char *root, const char *name, const void *bytes, size_t n)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *c = path + strlen(root) + 1; *c; c++)
        if (*c == '/') {
            *c = 0;
            mkdir(path, 0755);
            *c = '/';
        }
    write_in(root, name, bytes, n);
}

static void put_gguf(const char *root, const char *name, uint16_t no, uint16_t count)
{
    tone_buf b = {0};
    put_header(&b, 3, 2, 3);
    put_key_text(&b, "general.architecture", "gemma4");
    put_key_u16(&b, "split.no", no);
    put_key_u16(&b, "split.count", count);
    char lookup[64], matrix[64];
    snprintf(lookup, sizeof lookup, "%u.per_layer_token_embd.weight", no);
    snprintf(matrix, sizeof matrix, "blk.%u.attn_q.weight", no);
    put_tensor(&b, lookup, 2, (const uint64_t[]){32, 1}, 8, 0);  /* Q8_0, 34 bytes */
    put_tensor(&b, matrix, 2, (const uint64_t[]){32, 4}, 2, 64); /* Q4_0, 72 bytes */
    put_padding(&b, 32);
    put_zeros(&b, 64 + 72);
    put(root, name, b.data, b.n);
    tone_buf_clear(&b);
}

static void put_folder(const char *root, const char *name)
{
    char path[512];
    tone_buf b = {0};
    static const char config[] =
        "{\"architectures\":[\"X\"],\"model_type\":\"gemma3_text\",\"text_config\":{\"model_type\":1}}";
    put_text(&b, "{\"w\":{\"dtype\":\"BF16\",\"shape\":[2,2],\"data_offsets\":[0,8]}}");
    put_zeros(&b, 8);
    snprintf(path, sizeof path, "%s/model.safetensors", name);
    put(root, path, b.data, b.n);
    snprintf(path, sizeof path, "%s/config.json", name);
    put(root, path, config, sizeof config - 1);
    tone_buf_clear(&b);
}

static void put_manifest(const char *root, const char *name, const char *digest)
{
    char text[1024], path[512];
    snprintf(text, sizeof text,
             "{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:0\"},\"layers\":["
             "{\"mediaType\":\"application/vnd.ollama.image.license\",\"digest\":\"sha256:1\",\"size\":3},"
             "{\"size\":9,\"digest\":\"%s\",\"mediaType\":\"application/vnd.ollama.image.model\"}]}",
             digest);
    snprintf(path, sizeof path, "ollama/manifests/%s", name);
    put(root, path, text, strlen(text));
}

#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16

static void make_home(const char *home)
{
    char path[512], link[512];
    put_gguf(home, "ollama/blobs/sha256-" HEX64, 0, 1);
    put_manifest(home, "registry.ollama.ai/library/gemma4/e2b", "sha256:" HEX64);
    put_manifest(home, "registry.ollama.ai/library/gemma4/latest", "sha256:" HEX64);
    put_manifest(home, "registry.ollama.ai/some/tuned/q8", "sha256:" HEX64);
    put_manifest(home, "hf.co/unsloth/thing/Q4_0", "sha256:" HEX64);
    put_manifest(home, "registry.ollama.ai/library/gone/latest", "sha256:" HEX16 HEX16 HEX16 "0123456789abcde0");
    put_manifest(home, "registry.ollama.ai/library/evil/latest", "sha256:../../../../../../etc/passwd");
    put(home, "ollama/manifests/registry.ollama.ai/library/odd/latest", "{\"layers\":[", 11);

    put_gguf(home, ".lmstudio/models/lmstudio-community/gemma-4-E2B-it-GGUF/gemma-4-E2B-it-Q4_K_M.gguf", 0, 1);
    put_gguf(home, ".lmstudio/models/lmstudio-community/gemma-4-E2B-it-GGUF/gemma-4-E2B-it-Q8_0.gguf", 0, 1);
    put_gguf(home, ".lmstudio/models/lmstudio-community/gemma-4-E2B-it-GGUF/mmproj-model-f16.gguf", 0, 1);
    put(home, ".lmstudio/models/lmstudio-community/gemma-4-E2B-it-GGUF/readme.txt", "x", 1);

    put_folder(home, ".cache/huggingface/hub/models--google--gemma-4-E2B-it/snapshots/" HEX16);
    put_folder(home, ".cache/huggingface/hub/models--google--gemma-4-E2B-it/snapshots/" HEX16 "00");
    put(home, ".cache/huggingface/hub/models--google--gemma-4-E2B-it/refs/main", HEX16 "00\n", 19);
    put_gguf(home, ".cache/huggingface/hub/models--unsloth--big-GGUF/blobs/abc", 0, 2);
    put_gguf(home, ".cache/huggingface/hub/models--unsloth--big-GGUF/blobs/def", 1, 2);
    for (int i = 1; i <= 2; i++) { /* the cache links its snapshots to blobs */
        snprintf(link, sizeof link, "%s/.cache/huggingface/hub/models--unsloth--big-GGUF/snapshots", home);
        mkdir(link, 0755);
        snprintf(link, sizeof link, "%s/.cache/huggingface/hub/models--unsloth--big-GGUF/snapshots/" HEX16, home);
        mkdir(link, 0755);
        snprintf(link, sizeof link,
                 "%s/.cache/huggingface/hub/models--unsloth--big-GGUF/snapshots/" HEX16
                 "/big-Q4_0-0000%d-of-00002.gguf",
                 home, i);
        CHECK(symlink(i == 1 ? "../../blobs/abc" : "../../blobs/def", link) == 0);
    }
    put(home, ".cache/huggingface/hub/models--evil--one/refs/main", "../../../../x", 13);
    put(home, ".cache/huggingface/hub/version.txt", "1", 1);

    put_gguf(home, ".cache/llama.cpp/ggml-org_tiny-Q8_0.gguf", 0, 1);
    put_gguf(home, ".local/share/tonesmith/models/nano.gguf", 0, 1);
    put_gguf(home, "extra/deep/er/mine.gguf", 0, 1);
    put(home, "extra/broken.gguf", "GGUF", 4);
    put(home, "extra/line\nbreak.gguf", "GGUF", 4);
    snprintf(path, sizeof path, "%s/extra/deep/er/loop", home);
    CHECK(symlink("../..", path) == 0);
    snprintf(path, sizeof path, "%s/extra/self", home);
    CHECK(symlink("self", path) == 0);
    snprintf(path, sizeof path, "%s/extra/lm", home); /* listed once, under LM Studio's own name or this one */
    CHECK(symlink("../.lmstudio/models", path) == 0);
}

static void set_home(const char *home)
{
    char text[600];
    static const char *const unset[] = {"XDG_DATA_HOME", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "LLAMA_CACHE"};
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
        unsetenv(unset[i]);
    setenv("HOME", home, 1);
    snprintf(text, sizeof text, "%s/ollama", home);
    setenv("OLLAMA_MODELS", text, 1);
    snprintf(text, sizeof text, "%s/extra:%s/absent", home, home);
    setenv("TONESMITH_MODELS", text, 1);
}

static tone_store *scan(void)
{
    tone_store_places places;
    tone_store *s = NULL;
    tone_error err;
    CHECK(!tone_store_places_init(&places, &err) && !tone_store_scan(&s, &places, &err));
    tone_store_places_clear(&places);
    return s;
}

static void test_list(const tone_store *s, const char *home)
{
    static const struct {
        const char *name;
        tone_store_kind store;
        bool is_folder;
        const char *path;
    } want[] = {
        {"nano", TONE_STORE_OWN, false, ".local/share/tonesmith/models/nano.gguf"},
        {"broken", TONE_STORE_FOLDERS, false, "extra/broken.gguf"},
        {"deep/er/mine", TONE_STORE_FOLDERS, false, "extra/deep/er/mine.gguf"},
        {"gemma4:e2b", TONE_STORE_OLLAMA, false, "ollama/blobs/sha256-" HEX64},
        {"gemma4:latest", TONE_STORE_OLLAMA, false, "ollama/blobs/sha256-" HEX64},
        {"some/tuned:q8", TONE_STORE_OLLAMA, false, "ollama/blobs/sha256-" HEX64},
        {"hf.co/unsloth/thing:Q4_0", TONE_STORE_OLLAMA, false, "ollama/blobs/sha256-" HEX64},
        {"lmstudio-community/gemma-4-E2B-it-GGUF/gemma-4-E2B-it-Q4_K_M", TONE_STORE_LM_STUDIO, false,
         ".lmstudio/models/lmstudio-community/gemma-4-E2B-it-GGUF/gemma-4-E2B-it-Q4_K_M.gguf"},
        {"google/gemma-4-E2B-it", TONE_STORE_HUGGING_FACE, true,
         ".cache/huggingface/hub/models--google--gemma-4-E2B-it/snapshots/" HEX16 "00"},
        {"unsloth/big-GGUF/big-Q4_0", TONE_STORE_HUGGING_FACE, false,
         ".cache/huggingface/hub/models--unsloth--big-GGUF/snapshots/" HEX16 "/big-Q4_0-00001-of-00002.gguf"},
        {"ggml-org_tiny-Q8_0", TONE_STORE_LLAMA_CPP, false, ".cache/llama.cpp/ggml-org_tiny-Q8_0.gguf"},
    };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", home, want[i].path);
        size_t found = 0;
        for (size_t k = 0; k < tone_store_n(s); k++) {
            const tone_store_model *m = tone_store_at(s, k);
            struct stat st;
            if (strcmp(m->name, want[i].name) != 0 || m->store != want[i].store)
                continue;
            found++;
            CHECK_STR(m->path, path);
            CHECK(m->is_folder == want[i].is_folder && m->n_bytes > 0);
            if (stat(path, &st) == 0 && !m->is_folder && !strstr(path, "00001-of"))
                CHECK(m->n_bytes == (uint64_t)st.st_size);
        }
        CHECK_CASE(found == 1, "%s found %zu times", want[i].name, found);
    }
    for (size_t k = 0; k < tone_store_n(s); k++) {
        const char *name = tone_store_at(s, k)->name;
        CHECK_CASE(!strstr(name, "mmproj") && !strstr(name, "loop") && !strstr(name, "evil") && !strchr(name, '\n'),
                   "%s", name);
    }
    size_t missing = 0, nothing = 0, absent = 0;
    for (size_t i = 0; i < tone_store_n_notes(s); i++) {
        const char *note = tone_store_note(s, i);
        missing += strstr(note, "gone:latest: its file is missing") != NULL;
        nothing += strstr(note, "names no model") != NULL; /* evil and odd */
        absent += strstr(note, "absent: not a folder (in TONESMITH_MODELS)") != NULL;
        CHECK(!strchr(note, '\n'));
    }
    CHECK(missing == 1 && nothing == 2 && absent == 1);
}

static void test_find(const tone_store *s)
{
    static const struct {
        const char *typed, *name; /* NULL: an error */
        const char *says;
    } cases[] = {
        {"gemma4:e2b", "gemma4:e2b", NULL},
        {"GEMMA4:E2B", "gemma4:e2b", NULL},
        {"gemma4", "gemma4:latest", NULL},
        {"some/tuned:q8", "some/tuned:q8", NULL},
        {"mine", "deep/er/mine", NULL},
        {"mine.gguf", "deep/er/mine", NULL},
        {"google/gemma-4-E2B-it", "google/gemma-4-E2B-it", NULL},
        {"gemma-4-e2b-it", "google/gemma-4-E2B-it", NULL},
        {"gemma-4-E2B-it-GGUF:Q8_0", "gemma-4-E2B-it-GGUF/gemma-4-E2B-it-Q8_0", NULL},
        {"lmstudio-community/gemma-4-E2B-it-GGUF:q4_k_m", "gemma-4-E2B-it-GGUF/gemma-4-E2B-it-Q4_K_M", NULL},
        {"unsloth/big-GGUF", "unsloth/big-GGUF/big-Q4_0", NULL},
        {"gemma-4-E2B-it-GGUF", NULL, "'gemma-4-E2B-it-GGUF' could be "},
        {"gemma4:e4b", NULL, "no file and no model 'gemma4:e4b'; near: gemma4:e2b"},
        {"gema-4-e2b-it", NULL, "near: google/gemma-4-E2B-it"},
        {"", NULL, "no file and no model ''"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const tone_store_model *m = NULL;
        tone_error err = {0};
        tone_status st = tone_store_find(&m, s, cases[i].typed, &err);
        if (cases[i].name) {
            CHECK_CASE(!st && m, "%s: %s", cases[i].typed, err.text);
            CHECK_CASE(m && strstr(m->name, cases[i].name), "%s found %s", cases[i].typed, m ? m->name : "nothing");
        } else {
            CHECK_CASE(st && !m && strstr(err.text, cases[i].says), "%s: '%s'", cases[i].typed, err.text);
        }
    }
}

static void test_inspect(const tone_store *s)
{
    tone_store_about a;
    tone_error err;
    for (size_t i = 0; i < tone_store_n(s); i++) {
        const tone_store_model *m = tone_store_at(s, i);
        if (strcmp(m->name, "tonesmith-nano") == 0) /* the one that comes along, in the source's own folder */
            continue;
        tone_status st = tone_store_inspect(&a, m, &err);
        if (strcmp(m->name, "broken") == 0) {
            CHECK(st == TONE_ERR_FORMAT && strstr(err.text, "broken.gguf: a GGUF file of 4 bytes is too short"));
        } else if (m->is_folder) {
            CHECK(!st && strcmp(a.architecture, "gemma3_text") == 0 && strcmp(a.type, "BF16") == 0 && a.n_bytes == 8);
        } else {
            unsigned n_parts = strstr(m->path, "00001-of-00002") ? 2 : 1;
            CHECK_CASE(!st && strcmp(a.architecture, "gemma4") == 0 && strcmp(a.type, "Q4_0") == 0, "%s", m->path);
            CHECK(a.n_tensors == 2 * n_parts && a.n_bytes == n_parts * (34 + 72) && a.n_lookup_bytes == n_parts * 34);
            CHECK(m->n_bytes > a.n_bytes);
        }
    }
}

static void test_resolve(const char *home)
{
    char *path = NULL;
    tone_error err;
    CHECK(!tone_store_resolve(&path, home, &err)); /* what exists stays as it was typed */
    CHECK_STR(path, home);
    free(path);
    CHECK(!tone_store_resolve(&path, "nano", &err) && strstr(path, "/.local/share/tonesmith/models/nano.gguf"));
    free(path);
    CHECK(tone_store_resolve(&path, "./nano.bin", &err) == TONE_ERR_NOT_FOUND && !path);
    setenv("HOME", "/nonexistent", 1);
    setenv("OLLAMA_MODELS", "/nonexistent", 1);
    unsetenv("TONESMITH_MODELS");
    CHECK(tone_store_resolve(&path, "x", &err) == TONE_ERR_NOT_FOUND);
    unsetenv("HOME");
    CHECK(tone_store_resolve(&path, "x", &err) == TONE_ERR_NOT_FOUND);
}

int main(void)
{
    char home[] = "/tmp/tone-home-XXXXXX";
    if (!CHECK(mkdtemp(home) != NULL))
        return check_done();
    make_home(home);
    set_home(home);
    tone_store *s = scan();
    if (s) {
        test_list(s, home);
        test_find(s);
        test_inspect(s);
    }
    tone_store_free(s);
    test_resolve(home);
    remove_folder(home);
    return check_done();
}
