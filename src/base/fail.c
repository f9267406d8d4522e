#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "tone_config.h"

static const char *const status_text[] = {
    [TONE_OK] = "ok",
    [TONE_ERR_NO_MEMORY] = "out of memory",
    [TONE_ERR_IO] = "input/output error",
    [TONE_ERR_FORMAT] = "format error",
    [TONE_ERR_UNSUPPORTED] = "not supported",
    [TONE_ERR_ARGUMENT] = "invalid argument",
    [TONE_ERR_NOT_FOUND] = "not found",
    [TONE_ERR_CONTEXT_FULL] = "context is full",
    [TONE_ERR_CANCELLED] = "cancelled",
    [TONE_ERR_LIMIT] = "limit reached",
};

const char *tone_status_text(tone_status status)
{
    size_t i = (size_t)status;
    return i < sizeof status_text / sizeof *status_text ? status_text[i] : "unknown status";
}

const char *tone_version(void)
{
    return TONE_VERSION;
}

void tone_make_printable(char *text)
{
    size_t n = strlen(text), at = 0;
    while (at < n) {
        size_t step = tone_utf8_valid_length((const uint8_t *)text + at, n - at);
        if (step == 0) {
            text[at++] = '?';
        } else {
            if (step == 1 && ((unsigned char)text[at] < 0x20 || text[at] == 0x7f))
                text[at] = '?';
            at += step;
        }
    }
}

tone_status tone_fail(tone_error *err, tone_status code, uint64_t offset, const char *fmt, ...)
{
    if (!err)
        return code;
    err->code = code;
    err->offset = offset;
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    if (n < 0) {
        snprintf(err->text, sizeof err->text, "%s", tone_status_text(code));
    } else if ((size_t)n >= sizeof err->text) {
        size_t cut = sizeof err->text - 4; /* room for "…" and the terminator */
        while (cut > 0 && ((unsigned char)err->text[cut] & 0xC0) == 0x80)
            cut--;
        memcpy(err->text + cut, "\xE2\x80\xA6", 4);
    }
    tone_make_printable(err->text);
    return code;
}

tone_status tone_fail_in(tone_error *err, tone_status code, const char *where)
{
    if (!err)
        return code;
    tone_error inner = *err;
    return tone_fail(err, code, inner.offset, "%s: %s", where, inner.text);
}
