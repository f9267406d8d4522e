/* Patterns and grammars: what each lets through, and what it refuses. */
#include "check.h"
#include "tonesmith/constrain.h"

typedef struct sample {
    const char *rule;
    const char *good[7], *bad[7];
} sample;

static const sample patterns[] = {
    {"(ab|c)+", {"ab", "c", "abcab"}, {"", "a", "abx"}},
    {"a{2,3}?b", {"aab", "aaab"}, {"ab", "aaaab"}},
    {"[^a-c\\d]", {"d", "é", "日"}, {"a", "5", "", "dd"}},
    {"^ab$|c", {"ab", "c"}, {"abc", "xc"}},
    {".", {"x", "日", "\t"}, {"\n", "\r", "\xe2\x80\xa8", "xx"}},
    {"\\u{1F3B9}|\\uD83D\\uDE00|\\x41|\\cJ", {"🎹", "😀", "A", "\n"}, {"B"}},
    {"[\\w.-]+@[\\w.-]+", {"a.b@c-d"}, {"@", "a b@c"}},
    {"(?=.*[0-9])(?!.*x)[a-z0-9]{3,5}", {"ab1", "1aaaa"}, {"abc", "ab1x", "a1"}},
    {"\\s\\S\\W", {" a.", "\xc2\xa0\xc3\xa9-"}, {"aa.", " a"}},
    {"(?<year>\\d{4})-(?:\\d\\d)", {"2026-07"}, {"26-07"}},
    {"a{,3}", {"a{,3}"}, {"a", "aaa"}},
    {"[]|a", {"a"}, {"b"}},
    {"[^]", {"\n", "x"}, {""}},
    {"", {""}, {"a"}},
};

static const struct {
    const char *pattern, *says;
} wrong_patterns[] = {
    {"(", "')' is missing"},     {")", "closes nothing"},   {"[a", "']' is missing"},         {"[b-a]", "runs backwards"},  {"*a", "nothing to repeat"},
    {"a**", "repetition of a"},  {"a{3,2}", "wrong way"},   {"\\q", "unknown escape"},        {"\\p{L}", "\\p"},            {"\\bword", "\\b"},
    {"(a)\\1", "back reference"}, {"(?<=a)b", "look-behind"}, {"a(?=b)c|(a(?!b))", "inside a group"}, {"^*", "cannot be repeated"}, {"a{9999999}", "too large"},
    {"\\", "backslash"},         {"\xff", "UTF-8"},         {"(?i:a)", "not supported"},      {"\\u12", "four"},            {"[\\d-z]", "from or to a class"},
};

static const sample grammars[] = {
    {"root ::= expr\nexpr ::= term ((\"+\"|\"-\") term)*\nterm ::= fac (\"*\" fac)*\nfac ::= [0-9]+ | \"(\" expr \")\"\n",
     {"1+2*(3-4)", "((1))", "7"}, {"1+", "(1", "1)", ""}},
    {"root ::= a b # two rules that can be empty\na ::= (\"x\" a)?\nb ::= (\"y\" b \"z\")?\n", {"", "xx", "xyz", "xxyyzz"}, {"yyz", "z", "zy"}},
    {"root ::= \"a\"{2,3} [^b] .? |\n  \"q\\n\\x41\\u00e9\"", {"aac", "aaac", "q\nAé"}, {"aab", "aa", "q"}},
    {"root ::= (item \",\")* item\nitem ::= \"<\" root \">\" | [a-c]", {"a", "a,<b,c>,a", "<<<a>>>"}, {"", "a,", "<a", "<>"}},
    {"root ::= s | \"end\"\ns ::= \"(\" s \")\" s | \"\"", {"", "()", "(()())", "end"}, {"(", ")", "en"}},
};

static const struct {
    const char *grammar, *says;
} wrong_grammars[] = {
    {"a ::= \"x\"", "no rule 'root'"},      {"root ::= x", "no rule 'x'"},         {"root ::= \"a", "does not end"},      {"root ::= (\"a\"", "')' is missing"},
    {"root = \"a\"", "'::=' is missing"},   {"root ::= root \"a\" | \"b\"", "left recursion"}, {"root ::= a\na ::= b? a \"x\" | \"y\"\nb ::= \"\"", "left recursion"},
    {"root ::= \"a\"\nroot ::= \"b\"", "twice"}, {"root ::= [b-a]", "backwards"},  {"root ::= \"\\q\"", "unknown escape"}, {"root ::= \"a\" )", "closes nothing"},
    {"root ::= \"a\"{3,2}", "{m}"},         {"root ::= \"(\" root \")\"", "derives no text"}, {"", "no rule 'root'"}, {"root ::= <[1]>", "tokens"}, {"root ::= ((a)|b){3000}{3000}\na::=\"x\"\nb::=\"y\"", "states"},
};

static void check_sample(tone_constraint *c, const sample *k)
{
    tone_constraint_state *s;
    if (!CHECK(tone_constraint_state_open(&s, c, NULL) == TONE_OK))
        return;
    for (int l = 0; l < 2; l++) {
        for (int i = 0; i < 7 && (l ? k->bad : k->good)[i]; i++) {
            const char *text = (l ? k->bad : k->good)[i];
            CHECK(tone_constraint_state_reset(s, NULL) == TONE_OK);
            bool good = tone_constraint_accept_bytes(s, text, strlen(text), NULL) == TONE_OK && tone_constraint_is_complete(s);
            CHECK_CASE(good == (l == 0), "%s: '%s'", k->rule, text);
            const char *rest;
            size_t n;
            for (size_t at = 0; good && at <= strlen(text); at++) { /* every beginning can be finished */
                CHECK(tone_constraint_state_reset(s, NULL) == TONE_OK && tone_constraint_accept_bytes(s, text, at, NULL) == TONE_OK);
                CHECK(tone_constraint_finish_text(s, &rest, &n, NULL) == TONE_OK && tone_constraint_accept_bytes(s, rest, n, NULL) == TONE_OK);
                CHECK_CASE(tone_constraint_is_complete(s) && n <= strlen(text) - at, "%s: %zu of '%s' finished by %zu bytes", k->rule, at, text, n);
            }
        }
    }
    tone_constraint_state_close(s);
}

int main(void)
{
    tone_constraint *c;
    tone_error err;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        err.text[0] = 0;
        CHECK_CASE(tone_constraint_compile_regex(&c, NULL, patterns[i].rule, strlen(patterns[i].rule), NULL, &err) == TONE_OK, "%s: %s", patterns[i].rule, err.text);
        if (c)
            check_sample(c, &patterns[i]);
        tone_constraint_free(c);
    }
    for (size_t i = 0; i < sizeof grammars / sizeof *grammars; i++) {
        err.text[0] = 0;
        CHECK_CASE(tone_constraint_compile_grammar(&c, NULL, grammars[i].rule, strlen(grammars[i].rule), NULL, &err) == TONE_OK, "%s: %s", grammars[i].rule, err.text);
        if (c)
            check_sample(c, &grammars[i]);
        tone_constraint_free(c);
    }
    for (size_t i = 0; i < sizeof wrong_patterns / sizeof *wrong_patterns; i++) {
        const char *p = wrong_patterns[i].pattern;
        err.text[0] = 0;
        CHECK_CASE(tone_constraint_compile_regex(&c, NULL, p, strlen(p), NULL, &err) && !c && strstr(err.text, wrong_patterns[i].says), "%s: %s", p, err.text);
    }
    for (size_t i = 0; i < sizeof wrong_grammars / sizeof *wrong_grammars; i++) {
        const char *g = wrong_grammars[i].grammar;
        err.text[0] = 0;
        CHECK_CASE(tone_constraint_compile_grammar(&c, NULL, g, strlen(g), NULL, &err) && !c && strstr(err.text, wrong_grammars[i].says), "%s: %s", g, err.text);
    }
    return check_done();
}
