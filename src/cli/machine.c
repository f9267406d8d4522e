#include "cli/machine.h"

#include <ebur128.h>
#include <jansson.h>
#include <png.h>
#include <sched.h>
#include <sndfile.h>
#include <soxr.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tone_config.h"

#if TONE_HAVE_CURL
#include <curl/curl.h>
#endif
#if TONE_HAVE_GIF
#include <gif_lib.h>
#endif
#if TONE_HAVE_WEBP
#include <webp/decode.h>
#endif
#if TONE_HAVE_PORTAUDIO
#include <portaudio.h>
#endif

static void read_processor(char *out, size_t n)
{
    FILE *f = fopen("/proc/cpuinfo", "re");
    char line[256];
    snprintf(out, n, "unknown");
    while (f && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');
        if (!colon || strncmp(line, "model name", 10) != 0)
            continue;
        line[strcspn(line, "\n")] = 0;
        snprintf(out, n, "%s", colon + 1 + (colon[1] == ' '));
        break;
    }
    if (f)
        fclose(f);
}

#if defined __x86_64__ || defined __i386__
static void read_features(cli_machine *m)
{
    /* The builtin takes literals only. */
#define FEATURE(name)                                                                                                  \
    if (__builtin_cpu_supports(name))                                                                                  \
        m->features[m->n_features++] = name;
    __builtin_cpu_init();
    FEATURE("sse4.2")
    FEATURE("avx")
    FEATURE("avx2")
    FEATURE("fma")
    FEATURE("avx512f")
    FEATURE("avx512bw")
    FEATURE("avx512vl")
    FEATURE("avx512vnni")
    FEATURE("avx512bf16")
#undef FEATURE
}
#else
static void read_features(cli_machine *m)
{
    (void)m;
}
#endif

/* Version 2 says "QUOTA PERIOD", or "max" for no limit. */
static double read_quota(void)
{
    FILE *f = fopen("/sys/fs/cgroup/cpu.max", "re");
    double quota = 0, period = 0;
    if (!f)
        return 0;
    if (fscanf(f, "%lf %lf", &quota, &period) != 2 || period <= 0)
        quota = 0;
    fclose(f);
    return quota > 0 ? quota / period : 0;
}

void cli_machine_describe(cli_machine *m)
{
    *m = (cli_machine){0};
    read_processor(m->processor, sizeof m->processor);
    read_features(m);
    m->n_cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t set;
    m->n_usable = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : m->n_cores;
    m->quota = read_quota();
}

static void put(cli_library *out, int *n, const char *name, const char *version)
{
    cli_library *l = &out[(*n)++];
    *l = (cli_library){.name = name, .found = version != NULL};
    /* Some say "libname-1.2 and a date": the number is enough. */
    const char *at = version ? version + strcspn(version, "0123456789") : "";
    snprintf(l->version, sizeof l->version, "%.*s", (int)strcspn(at, " ,;"), at);
}

int cli_machine_libraries(cli_library out[CLI_LIBRARIES_MAX])
{
    int n = 0, major, minor, patch;
    char text[32];
    put(out, &n, "jansson", jansson_version_str());
    put(out, &n, "libsndfile", sf_version_string());
    put(out, &n, "libsoxr", soxr_version());
    ebur128_get_version(&major, &minor, &patch);
    snprintf(text, sizeof text, "%d.%d.%d", major, minor, patch);
    put(out, &n, "libebur128", text);
    put(out, &n, "libpng", png_get_libpng_ver(NULL));
#if TONE_HAVE_JPEG
    put(out, &n, "libjpeg", TONE_JPEG_VERSION); /* as at build time: it does not tell */
#else
    put(out, &n, "libjpeg", NULL);
#endif
#if TONE_HAVE_WEBP
    int webp = WebPGetDecoderVersion();
    snprintf(text, sizeof text, "%d.%d.%d", webp >> 16, webp >> 8 & 255, webp & 255);
    put(out, &n, "libwebp", text);
#else
    put(out, &n, "libwebp", NULL);
#endif
#if TONE_HAVE_GIF
    snprintf(text, sizeof text, "%d.%d.%d", GIFLIB_MAJOR, GIFLIB_MINOR, GIFLIB_RELEASE);
    put(out, &n, "giflib", text);
#else
    put(out, &n, "giflib", NULL);
#endif
    put(out, &n, "sqlite", sqlite3_libversion());
#if TONE_HAVE_EDIT
    put(out, &n, "libedit", TONE_EDIT_VERSION);
#else
    put(out, &n, "libedit", NULL);
#endif
#if TONE_HAVE_CURL
    put(out, &n, "libcurl", curl_version_info(CURLVERSION_NOW)->version);
#else
    put(out, &n, "libcurl", NULL);
#endif
#if TONE_HAVE_LV2
    put(out, &n, "lilv", TONE_LILV_VERSION);
#else
    put(out, &n, "lilv", NULL);
#endif
#if TONE_HAVE_PORTAUDIO
    put(out, &n, "portaudio", Pa_GetVersionInfo()->versionText);
#else
    put(out, &n, "portaudio", NULL);
#endif
    return n;
}
