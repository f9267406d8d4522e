/* base/fail.h - wording an error once.
 *
 *     return tone_fail(err, TONE_ERR_FORMAT, at, "tensor '%s' ends past the end of the file", name);
 */
#ifndef TONE_BASE_FAIL_H
#define TONE_BASE_FAIL_H

#include "tonesmith/base.h"

/* Fill *err (when not NULL) and return `code`.  Control characters in the formatted text (names come from hostile
 * files) become '?', and text that does not fit ends in "…": the result is always one printable UTF-8 line. */
TONE_NODISCARD tone_status tone_fail(tone_error *err, tone_status code, uint64_t offset, const char *fmt, ...)
    TONE_PRINTF(4, 5);

/* Make text printable UTF-8 on one line, in place: what is not becomes '?'. */
void tone_make_printable(char *text);

/* Put "where: " in front of the text of *err (nothing when NULL), for an error about one of several files.
 * Returns `code` as it is. */
tone_status tone_fail_in(tone_error *err, tone_status code, const char *where);

#endif
