#include "base/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* strtod() and printf() follow the decimal point of the thread's locale; give them the one they use just now. */
static const char *decimal_point(size_t *n)
{
    const char *point = localeconv()->decimal_point;
    *n = strlen(point);
    return point;
}

static size_t digits_at(const char *s, size_t at, size_t n)
{
    size_t start = at;
    while (at < n && s[at] >= '0' && s[at] <= '9')
        at++;
    return at - start;
}

static bool is_number(const char *s, size_t n)
{
    size_t at = n && s[0] == '-';
    size_t whole = digits_at(s, at, n);
    if (whole == 0 || (whole > 1 && s[at] == '0'))
        return false;
    at += whole;
    if (at < n && s[at] == '.') {
        size_t part = digits_at(s, ++at, n);
        if (part == 0)
            return false;
        at += part;
    }
    if (at < n && (s[at] == 'e' || s[at] == 'E')) {
        at++;
        at += at < n && (s[at] == '+' || s[at] == '-');
        size_t part = digits_at(s, at, n);
        if (part == 0)
            return false;
        at += part;
    }
    return at == n;
}

bool tone_number_read(double *out, const char *text, size_t n)
{
    if (!is_number(text, n))
        return false;
    size_t point_n;
    const char *point = decimal_point(&point_n);
    char small[128], *s = n + point_n < sizeof small ? small : malloc(n + point_n + 1);
    if (!s)
        return false;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '.') {
            memcpy(s + k, point, point_n);
            k += point_n;
        } else {
            s[k++] = text[i];
        }
    }
    s[k] = 0;
    *out = strtod(s, NULL);
    if (s != small)
        free(s);
    return true;
}

int tone_number_digits(double v, char digits[18], int *point)
{
    char text[64];
    v = fabs(v);
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, v);
        if (precision == 16 || strtod(text, NULL) == v)
            break;
    }
    int n = 0;
    const char *c = text;
    for (; *c && *c != 'e'; c++)
        if (*c >= '0' && *c <= '9' && n < 17)
            digits[n++] = *c;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = 0;
    *point = v == 0 ? 1 : (int)strtol(c + 1, NULL, 10) + 1;
    return n;
}

void tone_number_write(tone_buf *b, double v)
{
    char digits[18];
    int point, n = tone_number_digits(v, digits, &point);
    if (signbit(v))
        tone_buf_putc(b, '-');
    if (point > 16 || point < -3) {
        tone_buf_putc(b, digits[0]);
        if (n > 1) {
            tone_buf_putc(b, '.');
            tone_buf_append(b, digits + 1, (size_t)n - 1);
        }
        int e = point - 1;
        tone_buf_printf(b, "e%c%02d", e < 0 ? '-' : '+', abs(e));
        return;
    }
    if (point <= 0) {
        tone_buf_puts(b, "0.");
        for (int i = point; i < 0; i++)
            tone_buf_putc(b, '0');
        tone_buf_append(b, digits, (size_t)n);
        return;
    }
    for (int i = 0; i < point || i < n; i++) {
        if (i == point)
            tone_buf_putc(b, '.');
        tone_buf_putc(b, i < n ? digits[i] : '0');
    }
    if (n <= point)
        tone_buf_puts(b, ".0");
}
