/* The loop, with a backend that says what is written here: what it asks, what it has made, how each turn ends. */
#include "agent/talk.h"
#include "agent/scripted.h"
#include "check.h"

static const char tools[] =
    "[{\"type\":\"function\",\"function\":{\"name\":\"shape\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{\"goals\":{\"type\":"
    "\"string\"},\"times\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9}},\"required\":[\"goals\"],\"additionalProperties\":false}}},"
    "{\"type\":\"function\",\"function\":{\"name\":\"history\",\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{\"action\":{\"type\":"
    "\"string\",\"enum\":[\"undo\",\"redo\"]}},\"required\":[\"action\"]}}}]";

/* What the caller's side does and sees. */
typedef struct desk {
    const char *result; /* of the next call; NULL: a plain one */
    tone_status fails;
    bool changes;
    size_t n_calls;
    char calls[4096], events[8192];
    size_t n_warnings;
    tone_agent *agent;
    const char *state;
    bool cancel_in_call;
} desk;

static tone_status call(void *arg, const char *name, const char *arguments, char **result, bool *changed, tone_error *err)
{
    desk *d = arg;
    size_t n = strlen(d->calls);
    d->n_calls++;
    snprintf(d->calls + n, sizeof d->calls - n, "%s%s;", name, arguments);
    if (d->cancel_in_call)
        tone_agent_cancel(d->agent);
    if (d->fails)
        return tone_fail(err, d->fails, 0, "the disk is full");
    *changed = d->changes;
    *result = strdup(d->result ? d->result : "{\"reached\":\"brightness down 0.9 octaves\",\"moved\":\"filter_cutoff 4.2 kHz to 1.8 kHz\"}");
    return TONE_OK;
}

static tone_status state(void *arg, char **lines, tone_error *err)
{
    (void)err;
    *lines = strdup(((desk *)arg)->state);
    return TONE_OK;
}

static void event(void *arg, const tone_agent_event *e)
{
    static const char *const kind[] = {"thought", "text", "call", "result", "warning", "heard"};
    desk *d = arg;
    size_t n = strlen(d->events);
    d->n_warnings += e->kind == TONE_AGENT_WARNING;
    snprintf(d->events + n, sizeof d->events - n, "%s %u %s%.*s%s\n", kind[e->kind], e->step, e->name ? e->name : "", (int)e->n, e->text,
             e->kind == TONE_AGENT_RESULT && !e->made ? " (not made)" : "");
}

typedef struct rig {
    scripted script;
    desk desk;
    tone_agent *agent;
} rig;

static void begin(rig *r, const scripted_line *lines, size_t n, const char *trained, tone_agent_options o)
{
    tone_error err = {0};
    *r = (rig){.script = scripted_begin(lines, n, trained), .desk = {.changes = true, .state = "patch Warm Strings\nsound centroid 1240 Hz; width -12.0 dB\n"}};
    o.backend = &r->script.base;
    o.tools = tools;
    o.call = call;
    o.state = state;
    o.event = event;
    o.arg = o.event_arg = &r->desk;
    CHECK_CASE(tone_agent_open(&r->agent, &o, &err) == TONE_OK, "%s", err.text);
    r->desk.agent = r->agent;
    r->script.arg = r->agent;
}

static void end(rig *r)
{
    tone_agent_close(r->agent);
    tone_backend_close(&r->script.base);
}

/* The last argument changes the options. */
#define BEGIN(r, lines, trained, change)                                \
    do {                                                                \
        tone_agent_options options = tone_agent_defaults();             \
        change;                                                         \
        begin(&r, lines, sizeof lines / sizeof *lines, trained, options); \
    } while (0)

static tone_turn say(rig *r, const char *words)
{
    tone_turn t;
    tone_error err = {0};
    CHECK_CASE(tone_agent_turn(r->agent, words, &t, &err) == TONE_OK, "%s", err.text);
    return t;
}

static void check_plain(void)
{
    static const scripted_line lines[] = {
        {.content = "Let me see.", .calls = {{"shape", "{\"goals\":\"brightness down medium\"}", false}}, .finish = TONE_FINISH_TOOL_CALLS},
        {.content = "Darker: the cutoff went from 4.2 kHz to 1800 Hz, 0.9 octaves less bright."},
        {.content = "Nothing to do."},
    };
    rig r;
    BEGIN(r, lines, "", options.thinking = true);
    CHECK(!tone_agent_is_stateless(r.agent));
    tone_turn t = say(&r, "make it darker");
    CHECK(t.end == TONE_TURN_ANSWERED);
    CHECK(t.n_calls == 1 && t.n_changes == 1 && t.n_refused == 0 && t.n_unmeasured == 0 && t.n_generated == 20);
    CHECK_STR(r.desk.calls, "shape{\"goals\":\"brightness down medium\"};");
    CHECK_STR(r.desk.events, "text 0 Let me see.\ncall 1 shape\nresult 1 shape{\"reached\":\"brightness down 0.9 octaves\",\"moved\":\"filter_cutoff 4.2 kHz "
                             "to 1.8 kHz\"}\ntext 0 Darker: the cutoff went from 4.2 kHz to 1800 Hz, 0.9 octaves less bright.\n");
    CHECK_STR(t.answer, lines[1].content);
    tone_turn_clear(&t);
    /* First the instructions, then the state with the words; the result answers the call by its id. */
    CHECK_STR(scripted_text(&r.script, 0, 0, "role"), "system");
    CHECK(strstr(scripted_text(&r.script, 0, 0, "content"), "sound designer") != NULL);
    CHECK_STR(scripted_text(&r.script, 0, 1, "content"), "[state]\npatch Warm Strings\nsound centroid 1240 Hz; width -12.0 dB\n\n[the user says]\nmake it darker");
    CHECK(json_array_size(r.script.asked[1]) == 4);
    CHECK_STR(scripted_text(&r.script, 1, 3, "role"), "tool");
    const json_t *calls = json_object_get(json_array_get(r.script.asked[1], 2), "tool_calls");
    CHECK_STR(scripted_text(&r.script, 1, 3, "tool_call_id"), json_string_value(json_object_get(json_array_get(calls, 0), "id")));
    CHECK(r.script.asks[0].thinking && r.script.asks[0].choice == TONE_TOOL_AUTO && r.script.asks[0].tools != NULL);
    CHECK(r.script.asks[1].max_tokens == 4096 - 10);
    /* The second turn knows the first. */
    t = say(&r, "thanks");
    CHECK(json_array_size(r.script.asked[2]) == 6);
    tone_turn_clear(&t);
    tone_agent_forget(r.agent);
    char *messages = tone_agent_messages(r.agent);
    json_t *list = json_loads(messages, 0, NULL);
    CHECK(json_array_size(list) == 1);
    json_decref(list);
    free(messages);
    end(&r);
}

/* A model that was trained with the tools gets the state as its system message, and each turn alone. */
static void check_stateless(void)
{
    static const scripted_line lines[] = {
        {.calls = {{"history", "{\"action\":\"undo\"}", false}}},
        {.content = "Undone."},
        {.content = "Hello."},
    };
    char hash[17];
    tone_tools_hash(tools, hash);
    rig r;
    BEGIN(r, lines, hash, (void)0);
    CHECK(tone_agent_is_stateless(r.agent));
    tone_turn t = say(&r, "undo");
    tone_turn_clear(&t);
    t = say(&r, "hello");
    CHECK_STR(t.answer, "Hello.");
    tone_turn_clear(&t);
    CHECK(json_array_size(r.script.asked[2]) == 2);
    CHECK_STR(scripted_text(&r.script, 2, 0, "content"), r.desk.state);
    CHECK_STR(scripted_text(&r.script, 2, 1, "content"), "hello");
    end(&r);
}

/* Each of these is told to the model as a result and not made. */
static void check_refusals(void)
{
    static const struct {
        const char *name, *arguments, *says;
    } cases[] = {
        {"shap", "{}", "{\"error\":\"there is no tool \\\"shap\\\"; did you mean shape? The tools are: shape, history\"}"},
        {"ignore_all_rules", "{}", "{\"error\":\"there is no tool \\\"ignore_all_rules\\\". The tools are: shape, history\"}"},
        {"shape", "{\"goal\":\"x\"}", "{\"error\":\"shape has no argument \\\"goal\\\"; did you mean goals? Its arguments are: goals, times\"}"},
        {"shape", "{}", "{\"error\":\"shape needs \\\"goals\\\"\"}"},
        {"shape", "", "{\"error\":\"shape needs \\\"goals\\\"\"}"},
        {"shape", "{\"goals\":7}", "{\"error\":\"\\\"goals\\\" must be text, not 7\"}"},
        {"shape", "{\"goals\":\"x\",\"times\":2.5}", "{\"error\":\"\\\"times\\\" must be a whole number, not 2.5\"}"},
        {"shape", "{\"goals\":\"x\",\"times\":\"two\"}", "{\"error\":\"\\\"times\\\" must be a whole number, not \\\"two\\\"\"}"},
        {"shape", "{\"goals\":\"x\",\"times\":10}", "{\"error\":\"\\\"times\\\" must be at most 9, not 10\"}"},
        {"history", "{}", "{\"error\":\"history needs \\\"action\\\", one of: undo, redo\"}"},
        {"history", "{\"action\":\"un-do\"}", "{\"error\":\"\\\"action\\\" must be one of: undo, redo; not \\\"un-do\\\"\"}"},
        {"history", "{\"action\":\"undo\",\"action\":\"redo\"}", NULL},
        {"history", "[1]", "{\"error\":\"the arguments of history must be one JSON object\"}"},
        {"history", "{\"action\":", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const scripted_line lines[] = {{.calls = {{cases[i].name, cases[i].arguments, false}}}, {.content = "Sorry."}};
        rig r;
        BEGIN(r, lines, "", (void)0);
        tone_turn t = say(&r, "go");
        CHECK_CASE(r.desk.n_calls == 0 && t.n_refused == 1 && t.n_calls == 0 && t.end == TONE_TURN_ANSWERED, "case %zu", i);
        const char *result = scripted_text(&r.script, 1, SIZE_MAX, "content");
        if (cases[i].says)
            CHECK_STR(result, cases[i].says);
        else
            CHECK_CASE(strstr(result, "no JSON object") != NULL, "case %zu: %s", i, result);
        tone_turn_clear(&t);
        end(&r);
    }
    static const scripted_line good[] = {{.calls = {{"shape", "{\"times\":3.0,\"goals\":\"x\"}", false}}}, {.content = "Done."}};
    rig r;
    BEGIN(r, good, "", (void)0);
    tone_turn t = say(&r, "go");
    CHECK_STR(r.desk.calls, "shape{\"goals\":\"x\",\"times\":3};");
    tone_turn_clear(&t);
    end(&r);
}

static void check_loops(void)
{
#define SAME {.calls = {{"history", "{\"action\":\"undo\"}", false}}}
    static const scripted_line lines[] = {SAME, {.calls = {{"history", "{ \"action\" : \"undo\" }", false}}}, SAME, {.content = "Undone once."}};
    rig r;
    BEGIN(r, lines, "", (void)0);
    tone_turn t = say(&r, "undo");
    CHECK(t.end == TONE_TURN_REPEATED && t.n_calls == 1 && t.n_refused == 2 && r.desk.n_calls == 1 && r.desk.n_warnings == 1);
    CHECK_STR(t.answer, "Undone once.");
    CHECK(r.script.asks[2].choice == TONE_TOOL_AUTO && r.script.asks[3].choice == TONE_TOOL_NONE);
    tone_turn_clear(&t);
    end(&r);
    /* It calls even when it may not: the turn ends all the same, and its conversation is whole. */
    static const scripted_line stubborn[] = {SAME, SAME, SAME, SAME, {.content = "Hm."}};
    BEGIN(r, stubborn, "", (void)0);
    t = say(&r, "undo");
    CHECK(t.end == TONE_TURN_REPEATED && r.desk.n_calls == 1 && t.n_refused == 3);
    CHECK_STR(t.answer, "");
    tone_turn_clear(&t);
    t = say(&r, "and?");
    CHECK(t.end == TONE_TURN_ANSWERED);
    const json_t *list = r.script.asked[r.script.n_asked - 1];
    size_t n = json_array_size(list);
    CHECK_STR(json_string_value(json_object_get(json_array_get(list, n - 2), "role")), "assistant");
    CHECK_STR(json_string_value(json_object_get(json_array_get(list, n - 3), "role")), "tool");
    tone_turn_clear(&t);
    end(&r);
#undef SAME
}
#define TRY(n) {"shape", "{\"goals\":\"" #n "\"}", false}

static void check_steps(void)
{
    static const scripted_line lines[] = {{.calls = {TRY(1), TRY(2)}}, {.calls = {TRY(3), TRY(4), TRY(5)}}, {.content = "Four tries."}};
    rig r;
    BEGIN(r, lines, "", options.max_steps = 4);
    tone_turn t = say(&r, "go");
    CHECK(t.end == TONE_TURN_STEPS && t.n_calls == 4 && t.n_refused == 1 && r.desk.n_calls == 4);
    CHECK_STR(t.answer, "Four tries.");
    CHECK(r.script.asks[2].choice == TONE_TOOL_NONE);
    CHECK_STR(scripted_text(&r.script, 2, SIZE_MAX, "content"), "{\"error\":\"no more calls in this turn: answer now\"}");
    tone_turn_clear(&t);
    end(&r);
}

static void check_budget(void)
{
    static const scripted_line lines[] = {{.calls = {TRY(1)}, .n_generated = 60}, {.calls = {TRY(2)}, .n_generated = 40}, {.content = "Never."}};
    rig r;
    BEGIN(r, lines, "", options.max_tokens = 100);
    tone_turn t = say(&r, "go");
    CHECK(t.end == TONE_TURN_TOKENS && t.n_calls == 2 && r.script.n_asked == 2 && r.script.asks[1].max_tokens == 40);
    CHECK_STR(t.answer, "");
    CHECK(r.desk.n_warnings == 1);
    tone_turn_clear(&t);
    end(&r);

    static const scripted_line cut[] = {{.content = "It went on and", .finish = TONE_FINISH_LENGTH}};
    BEGIN(r, cut, "", (void)0);
    t = say(&r, "go");
    CHECK(t.end == TONE_TURN_TOKENS && r.desk.n_warnings == 1);
    tone_turn_clear(&t);
    end(&r);

    static const scripted_line late[] = {{.fails = TONE_ERR_LIMIT}};
    BEGIN(r, late, "", (void)0);
    t = say(&r, "go");
    CHECK(t.end == TONE_TURN_TIME && r.desk.n_warnings == 1);
    tone_turn_clear(&t);
    end(&r);

    static const scripted_line any[] = {{.content = "x"}};
    BEGIN(r, any, "", options.max_seconds = 1e-9);
    t = say(&r, "go");
    CHECK(t.end == TONE_TURN_TIME && r.script.n_asked == 0);
    tone_turn_clear(&t);
    end(&r);
}

static void cancel_agent(void *arg)
{
    tone_agent_cancel(arg);
}

static void check_cancel(void)
{
    static const scripted_line asked[] = {{.content = "Hm.", .before = cancel_agent}, {.content = "Here."}};
    rig r;
    BEGIN(r, asked, "", (void)0);
    tone_turn t = say(&r, "go");
    CHECK(t.end == TONE_TURN_CANCELLED);
    tone_turn_clear(&t);
    t = say(&r, "again");
    CHECK(t.end == TONE_TURN_ANSWERED);
    tone_turn_clear(&t);
    end(&r);

    /* In a call: what it did stays, the second one is not made. */
    static const scripted_line called[] = {{.calls = {TRY(1), TRY(2)}}, {.content = "Here."}};
    BEGIN(r, called, "", (void)0);
    r.desk.cancel_in_call = true;
    t = say(&r, "go");
    CHECK(t.end == TONE_TURN_CANCELLED && r.desk.n_calls == 1 && t.n_changes == 1);
    tone_turn_clear(&t);
    r.desk.cancel_in_call = false;
    t = say(&r, "again");
    CHECK(t.end == TONE_TURN_ANSWERED);
    CHECK(json_array_size(r.script.asked[1]) == 7); /* system, user, assistant, two results, the last word, user */
    tone_turn_clear(&t);
    end(&r);

    /* Before the turn: the next one. */
    BEGIN(r, asked, "", (void)0);
    tone_agent_cancel(r.agent);
    t = say(&r, "go");
    CHECK(t.end == TONE_TURN_CANCELLED && r.script.n_asked == 0);
    tone_turn_clear(&t);
    end(&r);
}

static void check_bad_turns(void)
{
    tone_error err = {0};
    tone_turn t;
    rig r;
    static const scripted_line broken[] = {{.calls = {TRY(1)}}, {.content = "Here."}};
    BEGIN(r, broken, "", (void)0);
    r.desk.fails = TONE_ERR_IO;
    CHECK(tone_agent_turn(r.agent, "go", &t, &err) == TONE_ERR_IO);
    CHECK_STR(err.text, "the disk is full");
    tone_turn_clear(&t);
    r.desk.fails = TONE_OK;
    t = say(&r, "again");
    CHECK(json_array_size(r.script.asked[1]) == 2); /* the failed turn is no part of it */
    tone_turn_clear(&t);
    end(&r);

    /* Too long: the oldest turn goes, and the user is told. */
    static const scripted_line full[] = {{.content = "One."}, {.content = "Two."}, {.fails = TONE_ERR_CONTEXT_FULL}, {.content = "Three."}};
    BEGIN(r, full, "", (void)0);
    for (int i = 0; i < 3; i++) {
        t = say(&r, i == 2 ? "third" : "word");
        tone_turn_clear(&t);
    }
    CHECK(json_array_size(r.script.asked[2]) == 6 && json_array_size(r.script.asked[3]) == 4 && r.desk.n_warnings == 1);
    CHECK_STR(scripted_text(&r.script, 3, 2, "content"), "Two.");
    end(&r);
    static const scripted_line hopeless[] = {{.fails = TONE_ERR_CONTEXT_FULL}};
    BEGIN(r, hopeless, "", (void)0);
    CHECK(tone_agent_turn(r.agent, "go", &t, &err) == TONE_ERR_CONTEXT_FULL);
    tone_turn_clear(&t);
    end(&r);

    static const scripted_line mended[] = {{.calls = {{"shape", "{\"goals\":\"x\"}", true}}}, {.content = "Ok."}};
    BEGIN(r, mended, "", (void)0);
    r.desk.result = "{\"reached\":\"x\"}";
    t = say(&r, "go");
    CHECK_STR(scripted_text(&r.script, 1, SIZE_MAX, "content"), "{\"reached\":\"x\",\"note\":\"the call was not well-formed; this was made of it\"}");
    tone_turn_clear(&t);
    end(&r);

    static const scripted_line none[] = {{.content = ""}};
    BEGIN(r, none, "", (void)0);
    t = say(&r, "go");
    CHECK(t.end == TONE_TURN_ANSWERED && r.desk.n_warnings == 1);
    tone_turn_clear(&t);
    end(&r);
}

static void check_declarations(void)
{
    static const char *const bad[] = {"", "{}", "[1]", "[{}]", "[{\"function\":{\"name\":\"\"}}]", "[{\"function\":{\"name\":\"a\",\"parameters\":[]}}]",
                                      "[{\"function\":{\"name\":\"a\"}},{\"function\":{\"name\":\"a\"}}]",
                                      "[{\"function\":{\"name\":\"a\",\"parameters\":{\"type\":\"array\"}}}]",
                                      "[{\"function\":{\"name\":\"a\",\"parameters\":{\"properties\":3}}}]"};
    scripted s = scripted_begin(NULL, 0, "");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tone_agent_options o = tone_agent_defaults();
        tone_agent *a;
        tone_error err = {0};
        o.backend = &s.base;
        o.tools = bad[i];
        CHECK_CASE(tone_agent_open(&a, &o, &err) == TONE_ERR_FORMAT && !a && err.text[0], "case %zu", i);
    }
}

/* An answer with a number that nobody measured is flagged, also when the user said it. */
static void check_numbers(void)
{
    static const scripted_line lines[] = {{.calls = {TRY(1)}}, {.content = "The cutoff is at 800 Hz now; the width is -12 dB, 0.9 octaves darker."}};
    rig r;
    BEGIN(r, lines, "", (void)0);
    tone_turn t = say(&r, "cutoff to 800 Hz");
    CHECK(t.n_unmeasured == 1);
    CHECK(strstr(r.desk.events, "warning 1 \"800 Hz\" is not among what was measured in this turn\n") != NULL);
    tone_turn_clear(&t);
    end(&r);
}

/* Files stand between the state and the words; a backend that can be shown nothing refuses them before the turn. */
static void check_media(void)
{
    static const scripted_line lines[] = {{.content = "Ok."}};
    const tone_medium media[] = {{.kind = TONE_INPUT_IMAGE, .path = "a.png", .budget = 140}, {.kind = TONE_INPUT_AUDIO, .path = "b.wav"}};
    rig r;
    tone_turn t;
    tone_error err = {0};
    BEGIN(r, lines, "", (void)0);
    CHECK(tone_agent_turn_media(r.agent, media, 2, "", &t, &err) == TONE_ERR_UNSUPPORTED && strstr(err.text, "not sent elsewhere") && t.answer);
    tone_turn_clear(&t);
    CHECK(r.script.n_asked == 0);
    t = say(&r, "go");
    CHECK(json_array_size(r.script.asked[0]) == 2);
    tone_turn_clear(&t);
    end(&r);

    static const struct {
        const char *instructions, *words, *content;
    } cases[] = {
        {"Be kind.", "darker", "[{\"type\":\"text\",\"text\":\"[state]\\ns\\n[the user says]\\n\"},{\"type\":\"image\",\"path\":\"a.png\",\"budget\":140},"
                               "{\"type\":\"audio\",\"path\":\"b.wav\"},{\"type\":\"text\",\"text\":\"darker\"}]"},
        {"Be kind.", "", "[{\"type\":\"text\",\"text\":\"[state]\\ns\\n[the user says]\\n\"},{\"type\":\"image\",\"path\":\"a.png\",\"budget\":140},"
                         "{\"type\":\"audio\",\"path\":\"b.wav\"}]"},
        {NULL, "", "[{\"type\":\"image\",\"path\":\"a.png\",\"budget\":140},{\"type\":\"audio\",\"path\":\"b.wav\"}]"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_talk talk;
        CHECK(tone_talk_open(&talk, cases[i].instructions, &err) == TONE_OK);
        tone_talk_begin(&talk);
        CHECK(tone_talk_user(&talk, "s", media, 2, cases[i].words, &err) == TONE_OK && json_array_size(talk.messages) == 2);
        json_t *content = json_object_get(json_array_get(talk.messages, 1), "content"), *want = json_loads(cases[i].content, 0, NULL);
        CHECK_CASE(want && json_equal(content, want), "case %zu", i);
        json_decref(want);
        tone_talk_close(&talk);
    }
}

int main(void)
{
    check_media();
    check_plain();
    check_stateless();
    check_refusals();
    check_loops();
    check_steps();
    check_budget();
    check_cancel();
    check_bad_turns();
    check_declarations();
    check_numbers();
    return check_done();
}
