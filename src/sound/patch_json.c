/* Patches as JSON.  A patch file is somebody's work and may come from anywhere: what cannot be understood is refused in
 * one sentence, what is understood but out of range is clamped and told. */
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/utf8.h"
#include "sound/words_near.h"
#include "tonesmith/sound/patch.h"

enum { PATCH_BYTES_MAX = 1 << 20 };

static void TONE_PRINTF(2, 3) tell(tone_report *r, const char *fmt, ...)
{
    if (r->n < TONE_REPORT_LINES) {
        va_list args;
        va_start(args, fmt);
        vsnprintf(r->lines[r->n], sizeof r->lines[0], fmt, args);
        va_end(args);
    }
    r->n++;
}

static const char *type_name(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "a list";
    case JSON_STRING: return "a string";
    case JSON_INTEGER:
    case JSON_REAL: return "a number";
    case JSON_TRUE:
    case JSON_FALSE: return "true or false";
    case JSON_NULL: break;
    }
    return "null";
}

/* Copy the string `v`, called `what` in errors, into out[room]. */
static tone_status read_text(char *out, size_t room, const json_t *v, const char *what, tone_error *err)
{
    if (!json_is_string(v))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s of a patch is a string, not %s", what, type_name(v));
    const char *text = json_string_value(v);
    size_t n = json_string_length(v);
    if (n >= room)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "%s of a patch has %zu bytes, at most %zu are allowed", what, n, room - 1);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "%s of a patch holds a control character", what);
    memset(out, 0, room);
    memcpy(out, text, n);
    return TONE_OK;
}

static tone_status read_tags(tone_patch *p, const json_t *v, tone_error *err)
{
    if (!json_is_array(v))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the tags of a patch are a list, not %s", type_name(v));
    if (json_array_size(v) > TONE_PATCH_TAGS_MAX)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "a patch has at most %d tags, not %zu", TONE_PATCH_TAGS_MAX,
                         json_array_size(v));
    for (size_t i = 0; i < json_array_size(v); i++) {
        tone_status st = read_text(p->tags[i], TONE_PATCH_TAG_MAX, json_array_get(v, i), "a tag", err);
        if (st)
            return st;
    }
    p->n_tags = (uint32_t)json_array_size(v);
    return TONE_OK;
}

static tone_status read_value(tone_patch *p, const tone_param_info *info, const json_t *v, tone_report *report,
                              tone_error *err)
{
    double value;
    tone_status st = TONE_OK;
    if (json_is_string(v))
        st = tone_param_parse(&value, info->id, json_string_value(v), err);
    else if (json_is_number(v))
        value = json_number_value(v);
    else
        st = tone_fail(err, TONE_ERR_FORMAT, 0, "%s is %s, not %s", info->name,
                       info->choices ? "a choice" : "a number", type_name(v));
    if (st)
        return st;
    tone_change change;
    st = tone_patch_set_id(p, info->id, value, &change, err);
    char text[32];
    if (!st && change.clamped)
        tell(report, "%s is clamped from %.6g to %s", info->name, value, tone_param_print(text, info->id, change.after));
    return st;
}

static tone_status read_values(tone_patch *p, json_t *params, tone_report *report, tone_error *err)
{
    if (!json_is_object(params))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "\"params\" of a patch is an object, not %s", type_name(params));
    bool seen[TONE_N_PARAMS] = {false};
    const char *key;
    json_t *v;
    json_object_foreach(params, key, v) {
        const tone_param_info *info;
        tone_status st = tone_param_require(&info, key, err);
        if (st)
            return st;
        if (strcmp(info->name, key) != 0)
            return tone_fail(err, TONE_ERR_FORMAT, 0, "a patch writes '%.40s' as '%s'", key, info->name);
        st = read_value(p, info, v, report, err);
        if (st)
            return st;
        seen[info->id] = true;
    }
    size_t missing = 0;
    const char *first = NULL;
    for (int i = 0; i < TONE_N_PARAMS; i++)
        if (!seen[i] && missing++ == 0)
            first = tone_param_get((tone_param)i)->name;
    if (missing == 1)
        tell(report, "%s is missing and takes its default", first);
    else if (missing)
        tell(report, "%s and %zu other parameters are missing and take their defaults", first, missing - 1);
    return TONE_OK;
}

static tone_status read_object(tone_patch *p, json_t *root, tone_report *report, tone_error *err)
{
    if (!json_is_object(root))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "a patch is a JSON object, not %s", type_name(root));
    const json_t *version = json_object_get(root, "tonesmith_patch");
    if (!json_is_integer(version) || json_integer_value(version) < 1)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "this JSON is no patch: it has no \"tonesmith_patch\": version");
    if (json_integer_value(version) > TONE_PATCH_VERSION)
        return tone_fail(err, TONE_ERR_UNSUPPORTED, 0, "the patch is of version %lld, this program reads up to %d",
                         (long long)json_integer_value(version), TONE_PATCH_VERSION);
    json_t *params = json_object_get(root, "params");
    if (!params)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the patch has no \"params\"");
    const char *key;
    json_t *v;
    json_object_foreach(root, key, v) {
        tone_status st = TONE_OK;
        if (strcmp(key, "name") == 0)
            st = read_text(p->name, sizeof p->name, v, "the name", err);
        else if (strcmp(key, "tags") == 0)
            st = read_tags(p, v, err);
        else if (strcmp(key, "about") == 0)
            st = read_text(p->about, sizeof p->about, v, "\"about\"", err);
        else if (strcmp(key, "notes") == 0)
            st = read_text(p->notes, sizeof p->notes, v, "\"notes\"", err);
        else if (strcmp(key, "params") == 0)
            st = read_values(p, params, report, err);
        else if (strcmp(key, "tonesmith_patch") != 0)
            st = tone_fail(err, TONE_ERR_FORMAT, 0,
                           "a patch has no \"%.40s\": its keys are tonesmith_patch, name, tags, about, notes, params", key);
        if (st)
            return st;
    }
    return TONE_OK;
}

tone_status tone_patch_read(tone_patch *p, const char *json, size_t n, tone_report *report, tone_error *err)
{
    tone_report unread;
    if (!report)
        report = &unread;
    report->n = 0;
    if (n > PATCH_BYTES_MAX)
        return tone_fail(err, TONE_ERR_LIMIT, 0, "a patch has at most %d bytes, this has %zu", PATCH_BYTES_MAX, n);
    json_error_t where;
    json_t *root = json_loadb(json, n, JSON_REJECT_DUPLICATES, &where);
    if (!root)
        return tone_fail(err, TONE_ERR_FORMAT, where.position > 0 ? (uint64_t)where.position : 0,
                         "the patch is no JSON: line %d: %s", where.line, where.text);
    tone_patch read;
    tone_patch_defaults(&read);
    tone_status st = read_object(&read, root, report, err);
    json_decref(root);
    if (!st)
        *p = read;
    return st;
}

tone_status tone_patch_read_file(tone_patch *p, const char *path, tone_report *report, tone_error *err)
{
    char *text;
    size_t n;
    tone_status st = tone_file_read(&text, &n, path, PATCH_BYTES_MAX, err);
    if (st)
        return st;
    st = tone_patch_read(p, text, n, report, err);
    free(text);
    return st;
}

static void put_string(tone_buf *b, const char *text)
{
    tone_buf_putc(b, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            tone_buf_putc(b, '\\');
        tone_buf_putc(b, *text);
    }
    tone_buf_putc(b, '"');
}

/* The shortest decimals that read back as the same float, in the "C" locale. */
static void put_number(tone_buf *b, float value)
{
    char text[32], *end;
    for (int digits = 6; digits <= 9; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, (double)value);
        for (char *c = text; *c; c++)
            if (*c == ',')
                *c = '.';
        if ((float)tone_words_number(text, &end) == value)
            break;
    }
    tone_buf_puts(b, text);
}

static void put_value(tone_buf *b, const tone_param_info *info, float value)
{
    char text[32];
    if (info->choices)
        put_string(b, tone_param_print(text, info->id, value));
    else
        put_number(b, value);
}

tone_status tone_patch_write(char **out, const tone_patch *p, tone_error *err)
{
    tone_buf b = {0};
    tone_buf_printf(&b, "{\n  \"tonesmith_patch\": %d,\n  \"name\": ", TONE_PATCH_VERSION);
    put_string(&b, p->name);
    tone_buf_puts(&b, ",\n  \"tags\": [");
    for (uint32_t i = 0; i < p->n_tags; i++) {
        tone_buf_puts(&b, i ? ", " : "");
        put_string(&b, p->tags[i]);
    }
    tone_buf_puts(&b, "],\n  \"about\": ");
    put_string(&b, p->about);
    tone_buf_puts(&b, ",\n  \"notes\": ");
    put_string(&b, p->notes);
    tone_buf_puts(&b, ",\n  \"params\": {");
    for (int i = 0; i < TONE_N_PARAMS; i++) {
        const tone_param_info *info = tone_param_get((tone_param)i);
        tone_buf_printf(&b, "%s\n    \"%s\": ", i ? "," : "", info->name);
        put_value(&b, info, p->values[i]);
    }
    tone_buf_puts(&b, "\n  }\n}\n");
    *out = tone_buf_take(&b);
    return *out ? TONE_OK : tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the text of the patch");
}

tone_status tone_patch_write_file(const tone_patch *p, const char *path, tone_error *err)
{
    char *text;
    tone_status st = tone_patch_write(&text, p, err);
    if (st)
        return st;
    st = tone_file_write(path, text, strlen(text), err);
    free(text);
    return st;
}
