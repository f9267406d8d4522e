/* nano-bank - what the tools really answer, for the dialogues that train the small model.
 *
 *     nano-bank SEED < requests.jsonl > bank.jsonl
 *
 * A request is {"tool":…, "arguments":{…}, "text":…}.  Each is executed in a project of its own state: a random preset,
 * some parameters moved, now and then a step done before.  A line of the answer has besides the request's members
 * "system", the lines of state that the model sees, and "result". */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "studio/random_patch.h"
#include "studio/studio.h"

static int fail(const tone_error *err)
{
    fprintf(stderr, "nano-bank: %s\n", err->text);
    return 1;
}

/* Some steps before the one that is told. */
static tone_status earlier(tone_studio *s, tone_random *r, tone_error *err)
{
    static const char *const family[] = {"brightness", "warmth", "width", "punch", "air", "boom", "distance", "harshness"};
    tone_status st = TONE_OK;
    for (size_t n = tone_random_below(r, 3); n && !st; n--) {
        char arguments[120], words[60], *result = NULL;
        bool changed;
        const char *way = tone_random_below(r, 2) ? "up" : "down", *name = family[tone_random_below(r, 8)];
        if (tone_random_below(r, 3)) {
            tone_param id;
            do
                id = (tone_param)tone_random_below(r, TONE_N_PARAMS);
            while (!tone_param_get(id)->core || tone_param_get(id)->choices);
            char value[32];
            double v = tone_param_from_knob(id, tone_random_unit(r));
            snprintf(words, sizeof words, "set %s", tone_param_get(id)->name);
            snprintf(arguments, sizeof arguments, "{\"changes\":\"%s=%s\"}", tone_param_get(id)->name, tone_param_print(value, id, v));
        } else {
            snprintf(words, sizeof words, "%s %s", way[0] == 'u' ? "more" : "less", name);
            snprintf(arguments, sizeof arguments, "{\"goals\":\"%s %s medium\"}", name, way);
        }
        st = tone_studio_turn(s, words, err);
        if (!st)
            st = tone_studio_call(s, words[0] == 's' ? "set_parameters" : "shape", arguments, &result, &changed, err);
        free(result);
    }
    return st;
}

static tone_status answer(const json_t *request, tone_random *r, const char *folder, tone_error *err)
{
    tone_patch p;
    tone_studio *s = NULL;
    tone_buf state = {0};
    char *result = NULL, *arguments = json_dumps(json_object_get(request, "arguments"), JSON_COMPACT);
    bool changed;
    tone_status st = tone_random_patch(&p, r, err);
    if (!st)
        st = tone_studio_open(&s, &(tone_studio_options){.history = ":memory:", .project = "bank", .patch = &p, .folder = folder, .seed = 1}, err);
    if (!st)
        st = earlier(s, r, err);
    const char *text = json_string_value(json_object_get(request, "text"));
    if (!st)
        st = tone_studio_turn(s, text, err);
    if (!st)
        st = tone_studio_state(s, &state, err);
    if (!st)
        st = tone_studio_call(s, json_string_value(json_object_get(request, "tool")), arguments ? arguments : "{}", &result, &changed, err);
    if (!st) {
        json_t *line = json_deep_copy(request);
        json_object_set_new(line, "system", json_string(tone_buf_text(&state)));
        json_object_set_new(line, "result", json_loads(result, 0, NULL));
        char *out = json_dumps(line, JSON_COMPACT);
        puts(out ? out : "");
        fflush(stdout);
        free(out);
        json_decref(line);
    }
    tone_studio_close(s);
    tone_buf_clear(&state);
    free(result);
    free(arguments);
    return st;
}

int main(int argc, char **argv)
{
    tone_random r;
    tone_error err;
    tone_random_seed(&r, argc > 1 ? strtoull(argv[1], NULL, 10) : 1);
    char folder[] = "/tmp/nano-bank-XXXXXX", *line = NULL;
    size_t room = 0;
    if (!mkdtemp(folder))
        return 1;
    int rc = 0;
    while (!rc && getline(&line, &room, stdin) > 0) {
        json_t *request = json_loads(line, 0, NULL);
        if (!request || answer(request, &r, folder, &err))
            rc = request ? fail(&err) : 1;
        json_decref(request);
    }
    free(line);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) ? 1 : rc;
}
