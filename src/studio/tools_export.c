/* Writing files: sound, patch, and a report of the session. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "format/audio.h"
#include "studio/report.h"
#include "studio/studio_inside.h"

/* "Warm Strings" → "warm_strings": a name for a file from a name that may hold anything. */
static void plain_name(tone_buf *out, const char *name)
{
    size_t begin = out->n;
    for (const char *c = name; *c && out->n - begin < 48; c++)
        if (isalnum((unsigned char)*c) || *c == '-')
            tone_buf_putc(out, (char)tolower((unsigned char)*c));
        else if (out->n > begin && out->data[out->n - 1] != '_')
            tone_buf_putc(out, '_');
    while (out->n > begin && out->data[out->n - 1] == '_')
        out->data[--out->n] = 0;
    if (out->n == begin)
        tone_buf_puts(out, "sound");
}

/* The path to write: inside the project's folder, with the ending of its format, and free unless the user said yes.
 * A name that was not given gets a number where the plain one is taken. */
static tone_status choose_path(tone_studio *s, char **out, const char *file, const char *ending, tone_error *why)
{
    *out = NULL;
    tone_buf b = {0};
    if (file && (strchr(file, '/') || file[0] == '.' || strlen(file) > 120))
        return tone_fail(why, TONE_ERR_ARGUMENT, 0, "the file must be a plain name without folders, such as dark_bass%s", ending);
    for (int n = 1; n < 1000; n++) {
        tone_buf_reset(&b);
        tone_buf_printf(&b, "%s/", s->folder);
        if (file) {
            tone_buf_puts(&b, file);
            size_t length = strlen(file), end = strlen(ending);
            if (length < end || strcasecmp(file + length - end, ending) != 0)
                tone_buf_puts(&b, ending);
        } else {
            plain_name(&b, s->patch.name);
            if (n > 1)
                tone_buf_printf(&b, "_%d", n);
            tone_buf_puts(&b, ending);
        }
        if (b.failed)
            break;
        bool taken = access(b.data, F_OK) == 0;
        if (!taken || (file && s->overwrite)) {
            *out = tone_buf_take(&b);
            break;
        }
        if (file) {
            tone_status st = tone_fail(why, TONE_ERR_ARGUMENT, 0, "%s exists already; only the user can say that it may be overwritten", b.data);
            tone_buf_clear(&b);
            return st;
        }
    }
    tone_buf_clear(&b);
    return *out ? TONE_OK : tone_fail(why, TONE_ERR_NO_MEMORY, 0, "no free name for the file");
}

static tone_status write_sound(tone_studio *s, const char *path, tone_error *err)
{
    const tone_sound *sound;
    tone_status st = tone_studio_hear(s, NULL, &sound, err);
    tone_audio_format format;
    if (!st)
        st = tone_audio_format_find(&format, path, 24, err);
    if (st)
        return st;
    tone_audio a = {.frames = sound->frames, .n_frames = sound->n_frames, .n_channels = sound->n_channels, .rate_hz = sound->rate};
    return tone_audio_write(path, &a, format, NULL, err);
}

tone_status tone_tool_export(tone_studio *s, const json_t *args, json_t *result, bool *changed, tone_error *err)
{
    (void)changed;
    static const struct {
        const char *format, *ending;
    } kinds[] = {{"wav", ".wav"}, {"flac", ".flac"}, {"patch", ".json"}, {"report", ".html"}};
    const char *format = tone_tool_text(args, "format"), *file = tone_tool_text(args, "file");
    size_t k = 0;
    while (k < 4 && (!format || strcmp(format, kinds[k].format) != 0))
        k++;
    tone_error why;
    char *path = NULL;
    tone_status st = k < 4 ? choose_path(s, &path, file, kinds[k].ending, &why)
                           : tone_fail(&why, TONE_ERR_ARGUMENT, 0, "the format must be wav, flac, patch or report");
    if (!st)
        st = k < 2 ? write_sound(s, path, &why) : k == 2 ? tone_patch_write_file(&s->patch, path, &why) : tone_studio_report(s, path, &why);
    if (!st)
        tone_tool_put(result, "file", path);
    free(path);
    if (st)
        return st == TONE_ERR_NO_MEMORY || st == TONE_ERR_CANCELLED ? tone_fail(err, st, 0, "%s", why.text) : tone_tool_error(result, &why);
    return TONE_OK;
}
