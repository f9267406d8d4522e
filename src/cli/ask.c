#include "cli/ask.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { FILE_LIMIT = 16 << 20 };

void cli_ask_choose(cli_ask *a, const char *choice)
{
    a->name = NULL;
    a->choice = TONE_TOOL_REQUIRED;
    if (strcmp(choice, "auto") == 0)
        a->choice = TONE_TOOL_AUTO;
    else if (strcmp(choice, "none") == 0)
        a->choice = TONE_TOOL_NONE;
    else if (strcmp(choice, "required") != 0)
        a->name = choice;
}

bool cli_ask_think(cli_ask *a, const char *how)
{
    char *end;
    long n = strtol(how, &end, 10);
    bool number = *how && !*end && n > 0 && n < 1 << 24, on = !*how || strcmp(how, "on") == 0;
    if (!number && !on && strcmp(how, "off") != 0 && strcmp(how, "hidden") != 0)
        return false;
    a->thinking = strcmp(how, "off") != 0;
    a->hidden = strcmp(how, "hidden") == 0;
    a->thought_tokens = number ? n : 0;
    return true;
}

int cli_ask_open(cli_ask *a, const char *command)
{
    tone_error err = {0};
    if (a->think && !cli_ask_think(a, a->think))
        return cli_misuse(command, "--think, --think=N with N tokens at most, or --think=hidden; not '%s'", a->think);
    if (a->choice_text)
        cli_ask_choose(a, a->choice_text);
    if (a->tools_path && tone_file_read(&a->tools, &a->tools_n, a->tools_path, FILE_LIMIT, &err))
        return cli_error(command, &err);
    if (a->schema_path && tone_file_read(&a->schema, &a->schema_n, a->schema_path, FILE_LIMIT, &err))
        return cli_error(command, &err);
    return 0;
}

void cli_ask_close(cli_ask *a)
{
    tone_rules_close(a->rules);
    free(a->tools);
    free(a->schema);
    a->rules = NULL;
    a->tools = a->schema = NULL;
}

tone_status cli_ask_fill(cli_ask *a, const tone_model *m, const char *tools, size_t tools_n, bool open_thought,
                         tone_respond_options *o, tone_error *err)
{
    o->tools = tools;
    o->tools_n = tools ? tools_n : 0;
    o->thinking = a->thinking;
    o->open_thought = open_thought;
    o->thought_tokens = (uint32_t)a->thought_tokens;
    if (!tools && !a->schema)
        return TONE_OK;
    tone_status st = a->rules ? TONE_OK : tone_rules_open(&a->rules, tone_model_tokenizer(m), err);
    const tone_constraint_answer answer = {.tools = tools, .tools_bytes = o->tools_n, .choice = a->choice,
        .name = a->name, .one_call = a->one_call,
        .schema = a->schema, .schema_bytes = a->schema_n,
        .thought = open_thought ? TONE_THOUGHT_OPEN : a->thinking ? TONE_THOUGHT_ALLOWED : TONE_THOUGHT_NONE};
    if (!st)
        st = tone_rules_set(a->rules, &answer, &(tone_constraint_options){.lenient = a->lenient}, err);
    if (!st) {
        o->gen.guide = tone_rules_guide(a->rules);
        o->strict_calls = true;
    }
    return st;
}

const char *cli_ask_warning(const cli_ask *a, size_t i)
{
    return a->rules ? tone_rules_warning(a->rules, i) : NULL;
}
