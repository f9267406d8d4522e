/* A conversation with a tool, in one page of C.
 *
 *     cc call_a_tool.c $(pkg-config --cflags --libs tonesmith) -o call_a_tool
 *     ./call_a_tool MODEL.gguf "How loud is the room?"
 *
 * The model may call measure_room; we do, it reads the result and answers.  Its calls are constrained to the declaration, so
 * what arrives here is always a JSON object that fits it. */
#include <stdio.h>
#include <string.h>

#include <tonesmith/conversation.h>
#include <tonesmith/respond.h>

static const char tools[] =
    "[{\"type\":\"function\",\"function\":{\"name\":\"measure_room\",\"description\":\"Measure the sound level of the room\",\"parameters\":"
    "{\"type\":\"object\",\"properties\":{\"seconds\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10},\"weighting\":{\"type\":\"string\",\"enum\":"
    "[\"A\",\"C\"]}},\"required\":[\"seconds\",\"weighting\"]}}}]";

static void show(void *user, const tone_reply_event *e)
{
    (void)user;
    if (e->kind == TONE_REPLY_CONTENT || e->kind == TONE_REPLY_CALL_BEGIN || e->kind == TONE_REPLY_CALL_ARGUMENTS)
        printf("%s%.*s", e->kind == TONE_REPLY_CALL_BEGIN ? "\n-> " : "", (int)e->n, e->text);
}

/* One answer into the conversation: `choice` says whether a call must, may or must not be made. */
static tone_status answer(tone_conversation *c, tone_session *s, tone_rules *rules, tone_tool_choice choice, tone_error *err)
{
    tone_prompt *prompt;
    tone_token_list ids = {0};
    tone_response r = {0};
    tone_respond_options o = tone_respond_defaults();
    const tone_constraint_answer allowed = {.tools = tools, .tools_bytes = strlen(tools), .choice = choice, .one_call = true};
    tone_status st = tone_conversation_prompt(c, &prompt, err);
    if (!st)
        st = tone_prompt_encode(prompt, tone_model_tokenizer(tone_session_model(s)), &ids, err);
    if (!st)
        st = tone_rules_set(rules, &allowed, NULL, err);
    o.gen.max_tokens = 100;
    o.gen.guide = tone_rules_guide(rules);
    o.strict_calls = true;
    o.tools = tools;
    o.tools_n = strlen(tools);
    o.sink = show;
    if (!st)
        st = tone_respond(s, &(tone_input){.ids = ids.ids, .n = ids.n}, &o, &r, err);
    if (!st)
        st = tone_conversation_add_reply(c, r.message, r.ids, r.n_ids, err);
    tone_response_clear(&r);
    tone_token_list_clear(&ids);
    tone_prompt_free(prompt);
    return st;
}

/* What the tool does; a real one would read call.arguments. */
static tone_status make_call(tone_conversation *c, tone_conversation_call call, tone_error *err)
{
    static const char result[] = "{\"level_db\":43.5,\"peak_db\":61.0}";
    printf("\n   %s(%s) = %s\n", call.name, call.arguments, result);
    return tone_conversation_add_result(c, call.id, result, strlen(result), true, err);
}

int main(int argc, char **argv)
{
    tone_model *model = NULL;
    tone_session *session = NULL;
    tone_conversation *c = NULL;
    tone_rules *rules = NULL;
    tone_error err = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: call_a_tool MODEL QUESTION\n");
        return 2;
    }
    tone_status st = tone_model_open(&model, argv[1], NULL, &err);
    if (!st)
        st = tone_session_open(&session, model, &(tone_session_options){.context = 2048}, &err);
    if (!st)
        st = tone_rules_open(&rules, tone_model_tokenizer(model), &err);
    if (!st)
        st = tone_conversation_open(&c, tone_model_tokenizer(model), tone_model_chat_family(model), &err);
    if (!st)
        st = tone_conversation_set_tools(c, tools, strlen(tools), &err);
    if (!st)
        st = tone_conversation_add_user(c, argv[2], strlen(argv[2]), &err);
    if (!st)
        st = answer(c, session, rules, TONE_TOOL_REQUIRED, &err);
    while (!st && tone_conversation_n_pending(c))
        st = make_call(c, tone_conversation_pending(c, 0), &err);
    if (!st)
        st = answer(c, session, rules, TONE_TOOL_NONE, &err);
    printf("\n");
    if (st)
        fprintf(stderr, "%s\n", err.text);
    tone_conversation_close(c);
    tone_rules_close(rules);
    tone_session_close(session);
    tone_model_close(model);
    return st != TONE_OK;
}
