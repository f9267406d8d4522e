/* The call that goes back and forth. */
#include <string.h>

#include "base/fail.h"
#include "studio/studio_inside.h"

typedef struct listing {
    tone_buf text;
    int64_t skip; /* steps before this one are only counted */
    size_t skipped;
} listing;

static tone_status list_step(void *arg, const tone_node *node, tone_error *err)
{
    (void)err;
    listing *l = arg;
    if (node->id < l->skip) {
        l->skipped++;
        return TONE_OK;
    }
    tone_buf_printf(&l->text, "%s%lld ", l->text.n ? "; " : "", (long long)node->id);
    tone_studio_print_name(&l->text, node->why ? node->why : node->tool ? node->tool : "begin");
    return TONE_OK;
}

static tone_status print_now(void *arg, const tone_node *node, tone_error *err)
{
    (void)err;
    tone_buf *b = arg;
    tone_buf_printf(b, "step %lld", (long long)node->id);
    if (node->why) {
        tone_buf_puts(b, ", after: ");
        tone_studio_print_name(b, node->why);
    }
    return TONE_OK;
}

static tone_status put_now(tone_studio *s, json_t *result, tone_error *err)
{
    tone_buf b = {0};
    tone_status st = tone_history_head(s->history, s->project, print_now, &b, err);
    if (!st)
        tone_tool_put(result, "now", tone_buf_text(&b));
    tone_buf_clear(&b);
    return st;
}

static tone_status list_steps(tone_studio *s, json_t *result, tone_error *err)
{
    listing l = {0}, all = {.skip = INT64_MAX};
    tone_status st = tone_history_each(s->history, s->project, list_step, &all, err); /* only counts */
    if (!st && all.skipped > 12)
        st = tone_history_nth(s->history, s->project, all.skipped - 12, &l.skip, err);
    if (!st)
        st = tone_history_each(s->history, s->project, list_step, &l, err);
    if (!st && l.skipped)
        tone_buf_printf(&l.text, "; and %zu earlier", l.skipped);
    if (!st)
        tone_tool_put(result, "steps", tone_buf_text(&l.text));
    tone_buf_clear(&l.text);
    return st;
}

static tone_status several(tone_studio *s, const json_t *args, bool undo, tone_error *why)
{
    const json_t *v = json_object_get(args, "steps");
    json_int_t n = json_is_integer(v) ? json_integer_value(v) : 1;
    if (n < 1 || n > 100)
        return tone_fail(why, TONE_ERR_ARGUMENT, 0, "steps must be 1 to 100");
    tone_status st = TONE_OK;
    for (json_int_t i = 0; i < n && !st; i++) {
        st = undo ? tone_history_undo(s->history, s->project, NULL, why) : tone_history_redo(s->history, s->project, NULL, why);
        if (st == TONE_ERR_NOT_FOUND && i > 0)
            return TONE_OK; /* as far as it goes: "now" says where */
    }
    return st;
}

tone_status tone_tool_history(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err)
{
    const char *action = tone_tool_text(args, "action"), *name = tone_tool_text(args, "name");
    tone_error why;
    tone_status st = TONE_OK;
    bool moves = true;
    if (!action)
        st = tone_fail(&why, TONE_ERR_ARGUMENT, 0, "history needs an action: undo, redo, goto, branch, name or list");
    else if (strcmp(action, "undo") == 0 || strcmp(action, "redo") == 0)
        st = several(s, args, action[0] == 'u', &why);
    else if (strcmp(action, "list") == 0)
        moves = false;
    else if (strcmp(action, "goto") != 0 && strcmp(action, "branch") != 0 && strcmp(action, "name") != 0)
        st = tone_fail(&why, TONE_ERR_ARGUMENT, 0, "'%.40s' is no action: there are undo, redo, goto, branch, name and list", action);
    else if (!name || !*name)
        st = tone_fail(&why, TONE_ERR_ARGUMENT, 0, "history %s needs a name", action);
    else if (strcmp(action, "goto") == 0)
        st = tone_history_goto(s->history, s->project, name, NULL, &why);
    else if (strcmp(action, "branch") == 0)
        st = tone_history_branch(s->history, s->project, name, &why), moves = false;
    else
        st = tone_history_name(s->history, s->project, name, false, &why), moves = false;
    if (st)
        return st == TONE_ERR_NO_MEMORY || st == TONE_ERR_IO ? tone_fail(err, st, 0, "%s", why.text) : tone_tool_error(result, &why);
    if (moves) {
        st = tone_studio_reload(s, err);
        *changed = !st;
    }
    if (!st && action && strcmp(action, "list") == 0)
        st = list_steps(s, result, err);
    return st ? st : put_now(s, result, err);
}
