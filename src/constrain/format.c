/* The formats that can be enforced, as patterns.  What a format does not say (`int32` about strings) it does not ask.
 *
 * Two narrow what the standards allow: a leap second must be one in a time zone of whole or half hours, and a
 * host name of more than three labels is at most 63 characters long. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/fail.h"
#include "constrain/regex.h"
#include "constrain/schema.h"

#define DATE                                                                                                      \
    "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|" \
    "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
#define TIME "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)"
#define OCTET "(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])"
#define IPV4 OCTET "(?:\\." OCTET "){3}"
#define H16 "[0-9A-Fa-f]{1,4}"
#define LS32 "(?:" H16 ":" H16 "|" IPV4 ")"
#define IPV6                                                                                                          \
    "(?:(?:" H16 ":){6}" LS32 "|::(?:" H16 ":){5}" LS32 "|(?:" H16 ")?::(?:" H16 ":){4}" LS32 "|(?:(?:" H16 ":){0,1}" H16   \
    ")?::(?:" H16 ":){3}" LS32 "|(?:(?:" H16 ":){0,2}" H16 ")?::(?:" H16 ":){2}" LS32 "|(?:(?:" H16 ":){0,3}" H16 ")?::" H16 \
    ":" LS32 "|(?:(?:" H16 ":){0,4}" H16 ")?::" LS32 "|(?:(?:" H16 ":){0,5}" H16 ")?::" H16 "|(?:(?:" H16 ":){0,6}" H16 ")?::)"
#define LABEL(most) "[A-Za-z0-9](?:[A-Za-z0-9-]{0," most "}[A-Za-z0-9])?"
#define HOST LABEL("61") "(?:\\." LABEL("61") "){0,2}|" LABEL("28") "(?:\\." LABEL("28") "){0,7}"
#define ATOM "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
#define WORD_LABEL "[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*"
#define PERCENT "%[0-9A-Fa-f]{2}"
#define PCHAR "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|" PERCENT ")"
#define AUTHORITY                                                                                                   \
    "(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|" PERCENT ")*@)?(?:\\[(?:" IPV6 "|v[0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+)\\]|" \
    "(?:[A-Za-z0-9._~!$&'()*+,;=-]|" PERCENT ")*)(?::\\d*)?"

static const struct format {
    const char *name, *pattern; /* from the first character to the last; NULL: of numbers, or of nothing */
    const char *low, *high;     /* of numbers */
} formats[] = {
    {"date", "(?!0000)" DATE, NULL, NULL},
    {"uuid", "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}", NULL, NULL},
    {"ipv4", IPV4, NULL, NULL},
    {"ipv6", IPV6, NULL, NULL},
    {"hostname", HOST, NULL, NULL},
    {"email",
     "(?:" ATOM "(?:\\." ATOM ")*|\"(?:[ !#-\\[\\]-~]|\\\\[ -~])*\")@(?:" WORD_LABEL "(?:\\." WORD_LABEL ")*|\\[" IPV4 "\\]|\\[IPv6:" IPV6 "\\])",
     NULL, NULL},
    {"uri",
     "[A-Za-z][A-Za-z0-9+.-]*:(?://" AUTHORITY "(?:/" PCHAR "*)*|/(?:" PCHAR "+(?:/" PCHAR "*)*)?|" PCHAR "+(?:/" PCHAR "*)*|)"
     "(?:\\?(?:" PCHAR "|[/?])*)?(?:#(?:" PCHAR "|[/?])*)?",
     NULL, NULL},
    {"duration",
     "P(?:\\d+W|(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)(?:T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S))?|"
     "T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S))",
     NULL, NULL},
    {"json-pointer", "(?:/(?:[^~/]|~[01])*)*", NULL, NULL},
    {"int8", NULL, "-128", "127"},
    {"uint8", NULL, "0", "255"},
    {"int16", NULL, "-32768", "32767"},
    {"uint16", NULL, "0", "65535"},
    {"int32", NULL, "-2147483648", "2147483647"},
    {"uint32", NULL, "0", "4294967295"},
    {"int64", NULL, "-9223372036854775808", "9223372036854775807"},
    {"uint64", NULL, "0", "18446744073709551615"},
    {"float", NULL, NULL, NULL},
    {"double", NULL, NULL, NULL},
};

static const struct format *format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static void decimal_of_text(tone_decimal *out, const char *digits)
{
    *out = (tone_decimal){.negative = *digits == '-'};
    for (digits += out->negative; *digits; digits++)
        if (*digits != '0' || out->n_int)
            out->digits[out->n_int++] = (uint8_t)(*digits - '0');
}

bool tone_format_range(const char *name, tone_bound *low, tone_bound *high)
{
    const struct format *f = format_find(name);
    if (!f || !f->low)
        return false;
    *low = *high = (tone_bound){.set = true};
    decimal_of_text(&low->at, f->low);
    decimal_of_text(&high->at, f->high);
    return true;
}

/* 23:59:60 UTC, as clocks show it in zones a multiple of half an hour away. */
static void leap_seconds(tone_buf *to)
{
    const int day = 24 * 60, leap = day - 1;
    for (int local = 29; local < day; local += 30) {
        int east = (local - leap + day) % day, west = (leap - local + day) % day;
        tone_buf_printf(to, "%s%02d:%02d:60(?:\\.\\d{1,3})?(?:", local > 29 ? "|" : "", local / 60, local % 60);
        if (local == leap)
            tone_buf_puts(to, "[Zz]|[+-]00:00)");
        else
            tone_buf_printf(to, "\\+%02d:%02d|-%02d:%02d)", east / 60, east % 60, west / 60, west % 60);
    }
}

static tone_status whole(tone_re *out, tone_re_pool *p, const char *pattern, tone_error *err)
{
    return tone_regex_parse(out, p, pattern, strlen(pattern), true, err);
}

tone_status tone_format_re(tone_re *out, bool *known, tone_re_pool *p, const char *name, tone_error *err)
{
    const struct format *f = format_find(name);
    bool time = strcmp(name, "time") == 0, date_time = strcmp(name, "date-time") == 0;
    *out = TONE_RE_ALL;
    *known = f || time || date_time;
    if (f)
        return f->pattern ? whole(out, p, f->pattern, err) : TONE_OK;
    if (!*known)
        return TONE_OK;
    tone_buf leap = {0};
    leap_seconds(&leap);
    tone_re clock, second, date = TONE_RE_EMPTY;
    tone_status st = leap.failed ? tone_fail(err, TONE_ERR_NO_MEMORY, 0, "no memory for a format") : whole(&clock, p, TIME, err);
    for (size_t at = 0; !st && at < leap.n;) { /* one at a time: patterns have a size limit */
        size_t end = at;
        for (int depth = 0; end < leap.n && (depth || leap.data[end] != '|'); end++)
            depth += leap.data[end] == '(' ? 1 : leap.data[end] == ')' ? -1 : 0;
        st = tone_regex_parse(&second, p, leap.data + at, end - at, true, err);
        if (!st)
            clock = tone_re_alt(p, clock, second);
        at = end + 1;
    }
    if (!st && date_time)
        st = whole(&date, p, "(?!0000)" DATE "[Tt]", err);
    if (!st)
        *out = date_time ? tone_re_cat(p, date, clock) : clock;
    tone_buf_clear(&leap);
    return st;
}
