/* tonesmith-lv2-child: runs the plug-ins of one tone_plugin, so that whatever they do they do it here.
 *
 * Started by the library alone, with a socket and shared memory as described in plugin_wire.h; answers requests until
 * the socket closes.  Arguments: most bytes of address space, most seconds of processor time. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sound/plugin_host.h"

static json_t *failure(const char *why)
{
    json_t *text = json_string(why), *o = json_object();
    if (!text)
        text = json_string("a text that is no UTF-8");
    json_object_set_new(o, "error", text);
    return o;
}

static json_t *open_plugin(host *h, json_t *request)
{
    const char *uri = json_string_value(json_object_get(request, "uri"));
    h->rate = json_number_value(json_object_get(request, "rate"));
    LilvNode *node = uri ? lilv_new_uri(h->world, uri) : NULL;
    if (!node)
        return failure("that is no URI");
    h->plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(h->world), node);
    lilv_node_free(node);
    if (!h->plugin) {
        json_t *o = failure("no plug-in with this URI is installed");
        json_object_set_new(o, "missing", json_true());
        return o;
    }
    return host_describe(h);
}

static void emit_value(const char *symbol, void *user, const void *value, uint32_t size, uint32_t type)
{
    void **both = user;
    host *h = both[0];
    double v;
    if (type == uri_number(&h->uris, LV2_ATOM__Float) && size == sizeof(float))
        v = (double)*(const float *)value;
    else if (type == uri_number(&h->uris, LV2_ATOM__Double) && size == sizeof(double))
        v = *(const double *)value;
    else if ((type == uri_number(&h->uris, LV2_ATOM__Int) || type == uri_number(&h->uris, LV2_ATOM__Bool)) && size == sizeof(int32_t))
        v = *(const int32_t *)value;
    else
        return;
    json_object_set_new(both[1], symbol, json_real(v));
}

/* Make `state` the one to begin with and tell its values. */
static json_t *take_state(host *h, LilvState *state)
{
    if (!state)
        return failure("the plug-in's state cannot be read");
    lilv_state_free(h->state);
    h->state = state;
    json_t *values = json_object(), *o = json_object();
    lilv_state_emit_port_values(state, emit_value, (void *[]){h, values});
    json_object_set_new(o, "values", values);
    return o;
}

static json_t *load_preset(host *h, json_t *request)
{
    const char *uri = json_string_value(json_object_get(request, "preset"));
    LilvNode *node = uri ? lilv_new_uri(h->world, uri) : NULL;
    if (!node)
        return failure("that is no URI");
    lilv_world_load_resource(h->world, node);
    LilvState *state = lilv_state_new_from_world(h->world, &h->map, node);
    lilv_node_free(node);
    return take_state(h, state);
}

static json_t *load_state(host *h, json_t *request)
{
    const char *text = json_string_value(json_object_get(request, "state"));
    return take_state(h, text ? lilv_state_new_from_string(h->world, &h->map, text) : NULL);
}

static json_t *save_state(host *h, json_t *request)
{
    const char *why = "";
    char *text = host_save(h, json_object_get(request, "values"), &why);
    if (!text)
        return failure(why);
    json_t *state = json_string(text), *o = json_object();
    free(text);
    if (!state) {
        json_decref(o);
        return failure("the plug-in's state is no UTF-8");
    }
    json_object_set_new(o, "state", state);
    return o;
}

static json_t *render(host *h, json_t *request)
{
    host_job job = {.values = json_object_get(request, "values"), .quiet_from = (uint64_t)json_integer_value(json_object_get(request, "quiet_from"))};
    json_int_t counts[5] = {0};
    if (json_unpack(json_object_get(request, "counts"), "[IIIII]", &counts[0], &counts[1], &counts[2], &counts[3], &counts[4]))
        return failure("the counts are missing");
    job.layout = (tone_wire_layout){.n_events = (uint64_t)counts[0], .n_in = (uint64_t)counts[1], .in_frames = (uint64_t)counts[2],
                                    .n_out = (uint64_t)counts[3], .frames = (uint64_t)counts[4]};
    struct stat st;
    if (!tone_wire_lay_out(&job.layout) || fstat(TONE_WIRE_MEMORY, &st) != 0 || (uint64_t)st.st_size < job.layout.size)
        return failure("the shared memory is too small");
    job.head = mmap(NULL, job.layout.size, PROT_READ | PROT_WRITE, MAP_SHARED, TONE_WIRE_MEMORY, 0);
    if (job.head == MAP_FAILED)
        return failure("the shared memory cannot be mapped");
    const char *why = host_run(h, &job);
    munmap(job.head, job.layout.size);
    return why ? failure(why) : json_pack("{s:I,s:I}", "frames", (json_int_t)job.done, "latency", (json_int_t)job.latency);
}

static json_t *answer(host *h, json_t *request)
{
    const char *what = json_string_value(json_object_get(request, "do"));
    if (!what)
        return failure("nothing to do");
    if (strcmp(what, "list") == 0)
        return host_list(h);
    if (strcmp(what, "open") == 0)
        return open_plugin(h, request);
    if (!h->plugin)
        return failure("no plug-in is open");
    if (strcmp(what, "preset") == 0)
        return load_preset(h, request);
    if (strcmp(what, "load") == 0)
        return load_state(h, request);
    if (strcmp(what, "save") == 0)
        return save_state(h, request);
    if (strcmp(what, "render") == 0)
        return render(h, request);
    return failure("nobody knows how to do that");
}

static bool send_line(json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT);
    size_t n = text ? strlen(text) : 0;
    if (!text)
        return false;
    text[n++] = '\n'; /* the line end takes the place of the zero */
    for (size_t at = 0; at < n;) {
        ssize_t k = write(TONE_WIRE_SOCKET, text + at, n - at);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0) {
            free(text);
            return false;
        }
        at += (size_t)k;
    }
    free(text);
    return true;
}

/* A limit that the plug-in cannot raise; 0 is none. */
static struct rlimit read_limit(const char *text)
{
    rlim_t n = (rlim_t)strtoull(text, NULL, 10);
    return n ? (struct rlimit){n, n} : (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
}

/* What a plug-in must not have: cores on disk, a terminal, a display, the program's open files, a life after it. */
static void confine(char **argv)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)close_range(TONE_WIRE_MEMORY + 1, ~0u, 0);
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    (void)setrlimit(RLIMIT_FSIZE, &(struct rlimit){(rlim_t)4 << 30, (rlim_t)4 << 30});
#ifndef __SANITIZE_ADDRESS__ /* its shadow needs more than any limit */
    const struct rlimit bytes = read_limit(argv[1]);
    (void)setrlimit(RLIMIT_AS, &bytes);
#endif
    const struct rlimit seconds = read_limit(argv[2]);
    (void)setrlimit(RLIMIT_CPU, &seconds);
    setenv("QT_QPA_PLATFORM", "offscreen", 1); /* Qt plug-ins abort without one */
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("tonesmith-lv2-child: a part of tonesmith that runs plug-ins; not to be started by hand\n", stderr);
        return 2;
    }
    confine(argv);
    FILE *in = fdopen(dup(TONE_WIRE_SOCKET), "r");
    static host h;
    if (!in)
        return 1;
    pthread_mutex_init(&h.uris.lock, NULL);
    h.world = lilv_world_new();
    if (!h.world)
        return 1;
    h.map = (LV2_URID_Map){&h.uris, (LV2_URID(*)(LV2_URID_Map_Handle, const char *))uri_number};
    h.unmap = (LV2_URID_Unmap){&h.uris, (const char *(*)(LV2_URID_Unmap_Handle, LV2_URID))uri_text};
    lilv_world_load_all(h.world);
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, in)) > 0;) {
        json_t *request = json_loadb(line, (size_t)n, 0, NULL), *reply = answer(&h, request);
        bool sent = reply && send_line(reply);
        json_decref(request);
        json_decref(reply);
        if (!sent)
            break;
    }
    /* Without destructors: some plug-ins crash in theirs. */
    _exit(0);
}
