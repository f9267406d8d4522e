/* A plug-in's state as an LV2 preset: a bundle of two Turtle files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/file.h"
#include "sound/plugin_parts.h"

/* The last part of a path without ".lv2". */
static size_t label_of(const char *folder, const char **label)
{
    size_t n = strlen(folder);
    while (n && folder[n - 1] == '/')
        n--;
    size_t from = n;
    while (from && folder[from - 1] != '/')
        from--;
    *label = folder + from;
    n -= from;
    return n > 4 && memcmp(*label + n - 4, ".lv2", 4) == 0 ? n - 4 : n;
}

static void put_string(tone_buf *b, const char *s, size_t n)
{
    tone_buf_putc(b, '"');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '"' || s[i] == '\\')
            tone_buf_putc(b, '\\');
        if ((unsigned char)s[i] < 0x20)
            tone_buf_printf(b, "\\u%04X", (unsigned)s[i]);
        else
            tone_buf_putc(b, s[i]);
    }
    tone_buf_putc(b, '"');
}

/* A URI that can stand between < and >. */
static bool plain_uri(const char *uri)
{
    return uri[strcspn(uri, "<>\"{}|^`\\ \t\r\n")] == '\0';
}

static tone_status write_in(const char *folder, const char *name, const tone_buf *b, tone_error *err)
{
    tone_buf path = {0};
    tone_buf_printf(&path, "%s/%s", folder, name);
    tone_status st = path.failed || b->failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for the preset")
                                              : tone_file_write(tone_buf_text(&path), b->data, b->n, err);
    tone_buf_clear(&path);
    return st;
}

static void give_up(const char *folder)
{
    static const char *const names[] = {"preset.ttl", "manifest.ttl"};
    for (int i = 0; i < 2; i++) {
        tone_buf path = {0};
        tone_buf_printf(&path, "%s/%s", folder, names[i]);
        if (!path.failed)
            unlink(tone_buf_text(&path));
        tone_buf_clear(&path);
    }
    rmdir(folder);
}

/* Those that lilv writes a state with, without writing them. */
static const char prefixes[] = "@prefix atom: <http://lv2plug.in/ns/ext/atom#> .\n"
                               "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                               "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                               "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n"
                               "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                               "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
                               "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n";

/* `state` is what the child wrote: <TONE_PLUGIN_STATE_URI> and what is said about it. */
static tone_status preset_text(tone_buf *out, const char *state, const char *label, size_t n, tone_error *err)
{
    static const char subject[] = "<" TONE_PLUGIN_STATE_URI ">";
    const char *at = state ? strstr(state, subject) : NULL;
    if (!at)
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the plug-in's state is not in the form of a preset");
    tone_buf_puts(out, prefixes);
    tone_buf_append(out, state, (size_t)(at - state));
    tone_buf_puts(out, "<>\n\trdfs:label ");
    put_string(out, label, n);
    tone_buf_puts(out, " ;");
    tone_buf_puts(out, at + sizeof subject - 1);
    return TONE_OK;
}

static void manifest_text(tone_buf *out, const char *uri, const char *label, size_t n)
{
    tone_buf_puts(out, prefixes);
    tone_buf_printf(out, "<preset.ttl>\n\ta pset:Preset ;\n\tlv2:appliesTo <%s> ;\n\trdfs:seeAlso <preset.ttl> ;\n\trdfs:label ", uri);
    put_string(out, label, n);
    tone_buf_puts(out, " .\n");
}

tone_status tone_plugin_write_preset(tone_plugin *p, const char *folder, tone_error *err)
{
    const char *label;
    size_t n = label_of(folder, &label);
    if (!n || n >= TONE_PLUGIN_TEXT)
        return tone_fail(err, TONE_ERR_ARGUMENT, 0, "'%.64s' gives the preset no name of 1 to %d bytes", folder, TONE_PLUGIN_TEXT - 1);
    if (!plain_uri(p->info.uri))
        return tone_fail(err, TONE_ERR_FORMAT, 0, "the plug-in's URI cannot be written into a preset");
    json_t *reply = NULL;
    tone_buf preset = {0}, manifest = {0};
    bool made = false;
    tone_status st = tone_plugin_ask_state(p, &reply, err);
    if (!st)
        st = preset_text(&preset, json_string_value(json_object_get(reply, "state")), label, n, err);
    if (!st) {
        manifest_text(&manifest, p->info.uri, label, n);
        made = mkdir(folder, 0777) == 0;
        if (!made)
            st = tone_fail(err, TONE_ERR_IO, 0, "cannot make the folder %s: %s", folder, strerror(errno));
    }
    if (!st)
        st = write_in(folder, "preset.ttl", &preset, err);
    if (!st)
        st = write_in(folder, "manifest.ttl", &manifest, err);
    if (st && made)
        give_up(folder);
    tone_buf_clear(&preset);
    tone_buf_clear(&manifest);
    json_decref(reply);
    return st;
}
