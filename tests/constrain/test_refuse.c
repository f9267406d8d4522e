/* What cannot be enforced, or not within bounds, is refused with a sentence that names it, in bounded time; `lenient` makes
 * a warning of it.  What is only unusual compiles. */
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "check.h"
#include "tonesmith/constrain.h"

static tone_status compile(tone_constraint **c, const char *schema, const tone_constraint_options *options, tone_error *err)
{
    return tone_constraint_compile_schema(c, NULL, schema, strlen(schema), options, err);
}

static const struct {
    const char *schema;
    tone_status status;
    const char *says;
} refused[] = {
    {"{\"unevaluatedProperties\":false}", TONE_ERR_UNSUPPORTED, "'unevaluatedProperties'"},
    {"{\"properties\":{\"a\":{\"items\":{\"minLenght\":3}}}}", TONE_ERR_UNSUPPORTED, "#/a/items: the keyword 'minLenght' is unknown"},
    {"{\"type\":\"string\",\"format\":\"idn-email\"}", TONE_ERR_UNSUPPORTED, "'idn-email'"},
    {"{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"type\":\"object\"}}", TONE_ERR_UNSUPPORTED, "'uniqueItems'"},
    {"{\"$ref\":\"https://example.org/x\"}", TONE_ERR_UNSUPPORTED, "leads out"},
    {"{\"$ref\":\"#/$defs/a\"}", TONE_ERR_FORMAT, "leads nowhere"},
    {"{\"$ref\":\"#\"}", TONE_ERR_FORMAT, "refers to itself"},
    {"{\"anyOf\":[{\"type\":\"null\"},{\"$ref\":\"#/$defs/a\"}],\"$defs\":{\"a\":{\"allOf\":[{\"$ref\":\"#/$defs/a\"}]}}}", TONE_ERR_FORMAT, "refers to itself"},
    {"{\"type\":\"strin\"}", TONE_ERR_FORMAT, "'type'"},
    {"{\"minLength\":-1}", TONE_ERR_FORMAT, "'minLength'"},
    {"{\"exclusiveMinimum\":true}", TONE_ERR_FORMAT, "'exclusiveMinimum'"},
    {"{\"items\":[{}]}", TONE_ERR_FORMAT, "'items'"},
    {"{\"multipleOf\":0}", TONE_ERR_FORMAT, "'multipleOf'"},
    {"{\"pattern\":\"a(b\"}", TONE_ERR_FORMAT, "')' is missing"},
    {"{\"pattern\":\"(a)\\\\1\"}", TONE_ERR_UNSUPPORTED, "back reference"},
    {"{\"pattern\":\"(?<=a)b\"}", TONE_ERR_UNSUPPORTED, "look-behind"},
    {"{\"a\":1,\"a\":2}", TONE_ERR_FORMAT, "not JSON"},
    {"[1]", TONE_ERR_FORMAT, "must be an object"},
    {"{", TONE_ERR_FORMAT, "not JSON"},
    {"", TONE_ERR_FORMAT, "not JSON"},
    {"false", TONE_ERR_ARGUMENT, "no value satisfies"},
    {"{\"type\":\"integer\",\"minimum\":3,\"maximum\":2}", TONE_ERR_ARGUMENT, "no value satisfies"},
    {"{\"type\":\"array\",\"minItems\":3,\"items\":{\"enum\":[1,2]},\"uniqueItems\":true}", TONE_ERR_ARGUMENT, "no value satisfies"},
    {"{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"$ref\":\"#\"}}}", TONE_ERR_ARGUMENT, "no value satisfies"},
    {"{\"type\":\"string\",\"pattern\":\"^(.*a.{18})$\"}", TONE_ERR_LIMIT, "too many states"},
    {"{\"type\":\"string\",\"pattern\":\"^((a{1,900}b){1,900}c){1,900}$\"}", TONE_ERR_LIMIT, "too many states"},
    {"{\"type\":\"string\",\"pattern\":\"^(.*ab.*|.*cd.*|.*ef.*|.*gh.*|.*ij.*|.*kl.*|.*mn.*|.*op.*|.*qr.*|.*st.*){3,50}$\"}", TONE_ERR_LIMIT,
     "too many ways to go on"},
    {"{\"type\":\"integer\",\"multipleOf\":123456789}", TONE_ERR_LIMIT, "too many states"},
    {"{\"type\":\"array\",\"minItems\":1000000}", TONE_ERR_LIMIT, "at least"},
};

static void check_refused(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        tone_constraint *c;
        tone_error err = {0};
        tone_status st = compile(&c, refused[i].schema, NULL, &err);
        CHECK_CASE(st == refused[i].status && err.code == st && strstr(err.text, refused[i].says) && !c, "%s: %d %s", refused[i].schema, (int)st, err.text);
        tone_constraint_free(c);
    }
}

/* Build a schema by a program, compile it, and see that it takes no more than `most_s` and ends as it should. */
static void check_bounded(const char *what, const char *before, const char *each, unsigned n, const char *middle, const char *after, tone_status want, double most_s)
{
    tone_buf b = {0};
    struct timespec t0, t1;
    tone_constraint *c;
    tone_error err = {0};
    tone_buf_puts(&b, before);
    for (unsigned i = 0; i < n; i++) {
        for (const char *at = each; *at; at++)
            if (*at == '%')
                tone_buf_printf(&b, "%u", i);
            else if (*at == '~')
                tone_buf_printf(&b, "%u", i + 1);
            else
                tone_buf_putc(&b, *at);
        if (*middle && i + 1 < n)
            tone_buf_puts(&b, middle);
    }
    tone_buf_puts(&b, after);
    for (unsigned i = 0; i < n && strcmp(after, "{}") == 0; i++)
        tone_buf_putc(&b, '}');
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t0);
    tone_status st = compile(&c, tone_buf_text(&b), NULL, &err);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t1);
    double s = (double)(t1.tv_sec - t0.tv_sec) + 1e-9 * (double)(t1.tv_nsec - t0.tv_nsec);
    printf("%-28s %6.3f s  %s\n", what, s, st ? err.text : "compiled");
    CHECK_CASE(st == want, "%s: %d %s", what, (int)st, err.text);
    CHECK_CASE(s < most_s, "%s took %.2f s", what, s);
    tone_constraint_free(c);
    tone_buf_clear(&b);
}

static void check_bounds(void)
{
    const double s = getenv("TONE_SLOW") ? 60 : 6;
    check_bounded("deep nesting", "", "{\"items\":", 2000, "", "{}", TONE_ERR_LIMIT, s);
    check_bounded("nesting of 150", "", "{\"items\":", 150, "", "{}", TONE_OK, s);
    check_bounded("deep alternatives", "", "{\"not\":", 198, "", "{}", TONE_OK, s);
    check_bounded("an enum of 4,000", "{\"enum\":[", "\"word%\"", 4000, ",", "]}", TONE_OK, s);
    check_bounded("an enum of 200,000", "{\"enum\":[", "\"%-%-%\"", 200000, ",", "]}", TONE_ERR_LIMIT, s);
    check_bounded("1,000 properties", "{\"type\":\"object\",\"properties\":{", "\"p%\":{\"type\":\"integer\"}", 1000, ",", "}}", TONE_OK, s);
    check_bounded("100,000 properties", "{\"type\":\"object\",\"properties\":{", "\"p%\":{\"type\":\"integer\"}", 100000, ",", "}}", TONE_ERR_LIMIT, s);
    check_bounded("300 alternatives", "{\"anyOf\":[", "{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"t%\"},\"v%\":{\"type\":\"integer\"}},\"required\":[\"k\"]}", 300, ",", "]}",
                  TONE_OK, s);
    check_bounded("60 of which one", "{\"oneOf\":[", "{\"type\":\"object\",\"properties\":{\"k\":{\"const\":\"t%\"}},\"required\":[\"k\"]}", 60, ",", "]}", TONE_OK, s);
    check_bounded("2^40 combinations", "{\"allOf\":[", "{\"anyOf\":[{\"required\":[\"a%\"]},{\"required\":[\"b%\"]}]}", 40, ",", "]}", TONE_ERR_LIMIT, s);
    check_bounded("40 dependents", "{\"type\":\"object\",\"dependentRequired\":{", "\"a%\":[\"b%\"]", 40, ",", "}}", TONE_ERR_LIMIT, s);
    check_bounded("a long chain", "{\"$ref\":\"#/$defs/d0\",\"$defs\":{\"d3000\":{},", "\"d%\":{\"$ref\":\"#/$defs/d~\"}", 3000, ",", "}}", TONE_ERR_LIMIT, s);
    check_bounded("a chain of 500", "{\"$ref\":\"#/$defs/d0\",\"$defs\":{\"d500\":{},", "\"d%\":{\"$ref\":\"#/$defs/d~\"}", 500, ",", "}}", TONE_OK, s);
    check_bounded("doubling", "{\"$ref\":\"#/$defs/d0\",\"$defs\":{\"d200\":{},", "\"d%\":{\"properties\":{\"a\":{\"$ref\":\"#/$defs/d~\"},\"b\":{\"$ref\":\"#/$defs/d~\"}}}", 200, ",",
                  "}}", TONE_OK, s);
}

static void check_lenient(void)
{
    static const char schema[] = "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"format\":\"regex\"}},\"unevaluatedProperties\":false,\"x-order\":1}";
    const tone_constraint_options lenient = {.lenient = true};
    tone_constraint *c;
    tone_error err = {0};
    CHECK(compile(&c, schema, NULL, &err) == TONE_ERR_UNSUPPORTED);
    CHECK(compile(&c, schema, &lenient, &err) == TONE_OK);
    size_t n = 0;
    bool format = false, keyword = false;
    for (const char *w; c && (w = tone_constraint_warning(c, n)); n++) {
        format |= strstr(w, "#/a: the format 'regex'") != NULL;
        keyword |= strstr(w, "'unevaluatedProperties'") != NULL;
    }
    CHECK(n == 2 && format && keyword);
    tone_constraint_free(c);
    /* Lenient is no licence for nonsense. */
    CHECK(compile(&c, "{\"type\":7}", &lenient, &err) == TONE_ERR_FORMAT);
    CHECK(compile(&c, "{\"$ref\":\"#/nowhere\"}", &lenient, &err) == TONE_ERR_FORMAT);
}

/* A state that is refused something is where it was, and says how far it came. */
static void check_errors(void)
{
    tone_constraint *c;
    tone_constraint_state *s;
    tone_error err = {0};
    uint64_t bits[1];
    CHECK(compile(&c, "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}", NULL, NULL) == TONE_OK && tone_constraint_state_open(&s, c, NULL) == TONE_OK);
    CHECK(tone_constraint_accept_bytes(s, "[1,2", 4, &err) == TONE_OK);
    CHECK(tone_constraint_accept_bytes(s, "3,x]", 4, &err) == TONE_ERR_ARGUMENT && err.offset == 2);
    CHECK(tone_constraint_accept_mark(s, TONE_MARK_QUOTE, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_constraint_accept_token(s, 3, &err) == TONE_ERR_ARGUMENT);
    CHECK(tone_constraint_mask(s, bits, &err) == TONE_ERR_ARGUMENT && strstr(err.text, "without a vocabulary"));
    CHECK(tone_constraint_accept_bytes(s, ",3]", 3, &err) == TONE_OK && tone_constraint_is_complete(s));
    char longer[3000] = "[";
    for (int i = 1; i < 2998; i += 2)
        memcpy(longer + i, "1,", 2);
    CHECK(tone_constraint_state_reset(s, NULL) == TONE_OK);
    CHECK(tone_constraint_accept_bytes(s, longer, 2998, &err) == TONE_ERR_ARGUMENT || longer[2997] != 'x');
    longer[2000] = 'x';
    CHECK(tone_constraint_state_reset(s, NULL) == TONE_OK);
    CHECK(tone_constraint_accept_bytes(s, longer, 2990, &err) == TONE_ERR_ARGUMENT && err.offset == 2000);
    CHECK(tone_constraint_accept_bytes(s, "[]", 2, &err) == TONE_OK && tone_constraint_is_complete(s));
    tone_constraint_state_close(s);
    tone_constraint_free(c);
    tone_constraint_free(NULL);
    tone_constraint_state_close(NULL);
    tone_constraint_vocab_close(NULL);
}

int main(void)
{
    check_refused();
    check_bounds();
    check_lenient();
    check_errors();
    return check_done();
}
