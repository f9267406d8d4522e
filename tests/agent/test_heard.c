/* A spoken turn of a model that writes down what it heard: that is told before anything is done, and is no part of the answer.
 *   test_heard MODEL MMPROJ.gguf */
#include <unistd.h>

#include "agent/scripted.h"
#include "check.h"
#include "format/audio.h"

static const char tools[] = "[{\"type\":\"function\",\"function\":{\"name\":\"shape\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{"
                            "\"goals\":{\"type\":\"string\"}},\"required\":[\"goals\"]}}}]";

typedef struct desk {
    char events[2048];
    bool text_before_heard;
} desk;

static tone_status call(void *arg, const char *name, const char *arguments, char **result, bool *changed, tone_error *err)
{
    (void)arg, (void)name, (void)arguments, (void)err;
    *changed = true;
    *result = strdup("{\"reached\":\"brightness down 0.9 octaves\"}");
    return TONE_OK;
}

/* Pieces of one kind are joined. */
static void event(void *arg, const tone_agent_event *e)
{
    static const char *const kind[] = {"thought", "text", "call", "result", "warning", "heard"};
    desk *d = arg;
    char head[16];
    size_t n = strlen(d->events);
    snprintf(head, sizeof head, "|%s:", kind[e->kind]);
    char *last = strrchr(d->events, '|');
    bool more = e->kind == TONE_AGENT_TEXT && last && strncmp(last, head, strlen(head)) == 0;
    snprintf(d->events + n, sizeof d->events - n, "%s%.*s", more ? "" : head, (int)e->n, e->text);
}

static const struct {
    const char *name, *words;
    bool trained, spoken;
    scripted_line lines[2];
    const char *heard, *answer, *events;
    uint32_t n_unmeasured;
} cases[] = {
    {"a call", "", true, true, {{.content = "cut it at 800 Hz", .calls = {{"shape", "{\"goals\":\"brightness down medium\"}", false}}}, {.content = "Done: brightness down 0.9 octaves."}},
        "cut it at 800 Hz", "Done: brightness down 0.9 octaves.",
        "|heard:cut it at 800 Hz|call:|result:{\"reached\":\"brightness down 0.9 octaves\"}|text:Done: brightness down 0.9 octaves.", 0},
    {"a call on the next line", "", true, true, {{.content = "make it darker\n", .calls = {{"shape", "{\"goals\":\"brightness down medium\"}", false}}}, {.content = "Done: brightness down 0.9 octaves."}},
        "make it darker", "Done: brightness down 0.9 octaves.",
        "|heard:make it darker|call:|result:{\"reached\":\"brightness down 0.9 octaves\"}|text:Done: brightness down 0.9 octaves.", 0},
    {"an answer", "", true, true, {{.content = "how bright is it at 5 kHz\nIt measures nothing yet."}}, "how bright is it at 5 kHz", "It measures nothing yet.",
        "|heard:how bright is it at 5 kHz|text:It measures nothing yet.", 0},
    {"a number nobody measured", "", true, true, {{.content = "how bright is it\nIt is at 5 kHz."}}, "how bright is it", "It is at 5 kHz.",
        "|heard:how bright is it|text:It is at 5 kHz.|warning:\"5 kHz\" is not among what was measured in this turn", 1},
    {"one line alone is the answer", "", true, true, {{.content = "I only shape sounds."}}, NULL, "I only shape sounds.", "|text:I only shape sounds.", 0},
    {"nothing before a call", "", true, true, {{.calls = {{"shape", "{\"goals\":\"brightness down medium\"}", false}}}, {.content = "Done: brightness down 0.9 octaves."}},
        NULL, "Done: brightness down 0.9 octaves.", "|call:|result:{\"reached\":\"brightness down 0.9 octaves\"}|text:Done: brightness down 0.9 octaves.", 0},
    {"a blank line", "", true, true, {{.content = " \nI only shape sounds."}}, NULL, "I only shape sounds.", "|text:I only shape sounds.", 0},
    {"heard and no more", "", true, true, {{.content = "make it\n"}}, "make it", "", "|heard:make it|warning:the model said nothing", 0},
    {"words beside the sound", "like this", true, true, {{.content = "two\nlines"}}, NULL, "two\nlines", "|text:two\nlines", 0},
    {"no sound", "darker", true, false, {{.content = "two\nlines"}}, NULL, "two\nlines", "|text:two\nlines", 0},
    {"a model that was not trained so", "", false, true,
        {{.content = "I will make it darker.", .calls = {{"shape", "{\"goals\":\"brightness down medium\"}", false}}}, {.content = "Darker by 0.9 octaves."}}, NULL,
        "Darker by 0.9 octaves.", "|text:I will make it darker.|call:|result:{\"reached\":\"brightness down 0.9 octaves\"}|text:Darker by 0.9 octaves.", 0},
};

static void check_case(size_t i, size_t piece, tone_media *media, const char *path)
{
    char hash[17];
    tone_tools_hash(tools, hash);
    scripted script = scripted_begin(cases[i].lines, 2, cases[i].trained ? hash : "");
    script.base.media = media;
    script.piece = piece;
    desk d = {0};
    tone_agent_options o = tone_agent_defaults();
    o.backend = &script.base;
    o.tools = tools;
    o.call = call;
    o.event = event;
    o.event_arg = &d;
    tone_agent *a = NULL;
    tone_error err = {0};
    tone_turn t;
    const tone_medium clip = {.kind = TONE_INPUT_AUDIO, .path = path};
    CHECK_CASE(tone_agent_open(&a, &o, &err) == TONE_OK, "%s", err.text);
    CHECK_CASE(tone_agent_turn_media(a, &clip, cases[i].spoken, cases[i].words, &t, &err) == TONE_OK, "%s: %s", cases[i].name, err.text);
    CHECK_CASE(cases[i].heard ? t.heard && strcmp(t.heard, cases[i].heard) == 0 : !t.heard, "%s: heard %s", cases[i].name, t.heard ? t.heard : "nothing");
    CHECK_CASE(strcmp(t.answer, cases[i].answer) == 0, "%s: answered %s", cases[i].name, t.answer);
    CHECK_CASE(strcmp(d.events, cases[i].events) == 0, "%s in pieces of %zu: %s", cases[i].name, piece, d.events);
    CHECK_CASE(t.n_unmeasured == cases[i].n_unmeasured, "%s: %u claims", cases[i].name, t.n_unmeasured);
    CHECK_CASE((t.seen_s > 0) == cases[i].spoken && (t.change_s > 0) == (t.n_changes > 0) && t.call_s <= t.change_s && t.change_s <= t.seconds, "%s: times", cases[i].name);
    /* What was heard stands in the conversation as if it had been typed, for the answer that follows a call. */
    char *messages = tone_agent_messages(a);
    json_t *list = messages ? json_loads(messages, 0, NULL) : NULL;
    const json_t *said = json_object_get(json_array_get(list, 1), "content"), *answered = json_object_get(json_array_get(list, 2), "content");
    if (cases[i].heard)
        CHECK_CASE(json_is_string(said) && strcmp(json_string_value(said), cases[i].heard) == 0, "%s: the conversation has what was heard", cases[i].name);
    else
        CHECK_CASE(json_is_array(said) == cases[i].spoken, "%s: the conversation has the sound", cases[i].name);
    if (cases[i].heard && t.n_calls)
        CHECK_CASE(json_is_null(answered), "%s: and the call alone", cases[i].name);
    json_decref(list);
    free(messages);
    tone_turn_clear(&t);
    tone_agent_close(a);
    script.base.media = NULL;
    tone_backend_close(&script.base);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    tone_model *model;
    tone_media *media = NULL;
    tone_error err = {0};
    CHECK_CASE(tone_model_open(&model, argv[1], NULL, &err) == TONE_OK, "%s", err.text);
    CHECK_CASE(tone_media_open(&media, model, argv[1], &(tone_media_options){.projector = argv[2]}, &err) == TONE_OK, "%s", err.text);
    static float tone[8000];
    for (int i = 0; i < 8000; i++)
        tone[i] = (i / 40 % 2 ? 0.2F : -0.2F);
    char path[64];
    snprintf(path, sizeof path, "/tmp/tonesmith-heard-%ld.wav", (long)getpid());
    const tone_audio clip = {.frames = tone, .n_frames = 8000, .n_channels = 1, .rate_hz = 16000};
    CHECK(tone_audio_write(path, &clip, TONE_AUDIO_WAV_16, NULL, &err) == TONE_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t piece = 0; piece < 4; piece++)
            check_case(i, piece, media, path);
    (void)remove(path);
    tone_media_close(media);
    tone_model_close(model);
    return check_done();
}
