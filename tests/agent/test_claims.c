/* Numbers with units in answers against those in results. */
#include <math.h>
#include <stdlib.h>

#include "agent/claims.h"
#include "check.h"

static void gather(void *arg, const char *text, size_t n)
{
    char *all = arg;
    snprintf(all + strlen(all), 400 - strlen(all), "[%.*s]", (int)n, text);
}

static void check_case(const char *known, const char *answer, const char *unknown)
{
    tone_claims c = {0};
    char all[400] = "";
    tone_claims_know(&c, known);
    tone_claims_check(&c, answer, gather, all);
    CHECK_STR(all, unknown);
    tone_claims_clear(&c);
}

static void check_units(void)
{
    static const struct {
        const char *text;
        double value;
        size_t n;
    } cases[] = {
        {"1.2 kHz", 1200, 7},  {"at 1200Hz.", 1200, 6},   {"35 ms", 0.035, 5},    {"(0.5 s)", 0.5, 5},  {"-18.0 LUFS", 18, 9}, {"12 %", 12, 4},
        {"3-dB", 3, 4},        {"1,2 kHz", 1200, 7},      {"1,200 Hz", 1200, 8},  {"2 octaves", 2400, 9}, {"7 semitones", 700, 11}, {"5 cents", 5, 7},
        {"120 bpm", 120, 7},   {"4k", 4000, 2},           {"0.5\xC2\xA0" "kHz", 500, 8}, {"007 Hz", 7, 6}, {"1.5s", 1.5, 4}, {"3\xE2\x80\xAF" "dB", 3, 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tone_quantity q = {0};
        size_t at = 0;
        CHECK_CASE(tone_quantity_next(&q, cases[i].text, strlen(cases[i].text), &at) && fabs(q.value - cases[i].value) < 1e-9 * cases[i].value && q.n == cases[i].n,
                   "%s: %g, %zu bytes", cases[i].text, q.value, q.n);
    }
    static const char *const none[] = {"step 3", "the 80s", "C3 and E3", "2 notes", "lfo1 Hz", "4 steps", "filter2_cutoff", "10 k", "", "%", "5", "3.", "1.2.3 x", "9 Stunden", "2 sounds"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        tone_quantity q;
        size_t at = 0;
        CHECK_CASE(!tone_quantity_next(&q, none[i], strlen(none[i]), &at) && at == strlen(none[i]), "%s", none[i]);
    }
}

/* Hostile text: long digits, cut at every byte. */
static void check_any_text(void)
{
    char text[] = "12345678901234567890123456789012345678901234567890.123456789012345678901234567890 kHz -3 dB to -9 dB 1,,2..3 %\xC2\xA0 5\xC2\xA0s 1,234,567 Hz";
    size_t length = strlen(text);
    for (size_t n = 0; n <= length; n++) {
        char *copy = malloc(n + 1); /* the exact size: a read past the end is seen by a sanitizer */
        memcpy(copy, text, n);
        copy[n] = 0;
        tone_claims c = {0};
        char all[400] = "";
        tone_claims_know(&c, copy);
        CHECK_CASE(tone_claims_check(&c, copy, gather, all) == 0, "%zu bytes: %s", n, all);
        tone_claims_clear(&c);
        free(copy);
    }
}

static void check_words(const char *known, const char *answer, const char *want)
{
    tone_claims c = {0};
    char got[400] = "";
    tone_claims_know(&c, known);
    uint32_t n = tone_claims_check_words(&c, answer, gather, got);
    CHECK_STR(got, want);
    CHECK((n == 0) == (*want == 0));
    tone_claims_clear(&c);
}

int main(void)
{
    check_units();
    check_any_text();
    const char *shape = "{\"moved\":\"filter_cutoff 4.2 kHz to 1.8 kHz; amp_attack 35 ms to 60 ms\",\"kept\":\"punch within 0.3 JND\",\"level\":\"-20.4 dB to -14 dB\"}";
    check_case(shape, "Cutoff 4200 Hz to 1.8 kHz.", "");
    check_case(shape, "The cutoff fell by 2.4 kHz, the attack grew by 25 ms.", ""); /* differences of a pair */
    check_case(shape, "The attack is 0.06 s, about 0.04 s before.", "");
    check_case(shape, "It is 6.4 dB louder.", "");
    check_case(shape, "It is 34.4 dB louder.", "[34.4 dB]");
    check_case(shape, "Punch within 0.3 JNDs, not 0.5 JND.", "[0.5 JND]");
    check_case(shape, "Cutoff at 1.9 kHz.", "[1.9 kHz]");
    check_case(shape, "Attack 61 ms, cutoff 18000 Hz, width 3 dB.", "[61 ms][18000 Hz][3 dB]");
    check_case("centroid 1240 Hz", "It is at 1.2 kHz, roughly 1200 Hz, some 1240 Hz.", "");
    check_case("centroid 1240 Hz", "It is at 1.3 kHz or 1000 Hz or 1241 Hz.", "[1.3 kHz][1000 Hz][1241 Hz]");
    check_case("width -12.0 dB", "Width is -12 dB; +12.04 dB.", "[12.04 dB]");
    check_case("loudness -18.0 LUFS", "It plays at -18 dB.", "");
    check_case("pitch 2 octaves", "That is 24 semitones or 2400 cents.", "");
    check_case("mix 30 %", "The mix is 30 percent, not 35%.", "[35%]");
    check_case("", "No number at all, step 3, C4, the 80s.", "");
    check_case("", "Set to 800 Hz.", "[800 Hz]");
    check_words("{\"now\":\"step 2, after: make it darker\"}", "Now at step 2, after: make it darker.", "");
    check_words("{\"now\":\"step 2, after: make it darker\"}", "Now at step 2, after: set eq_high.", "[after: set eq_high]");
    check_words("{\"now\":\"step 2, after: make it darker\"}", "Now at step 3, after: set lfo1_shape.", "[step 3][after: set lfo1_shape]");
    check_words("{\"reached\":\"width up 3.9 dB\",\"kept\":\"punch\"}", "Done: width up 3.9 dB. Kept: punch.", "");
    check_words("{\"reached\":\"width up 3.9 dB\"}", "Done: width up 3.9 dB. Kept: warmth; as bright.", "[warmth][as bright]");
    check_words("", "Wrote a.wav.", "[a.wav]");
    check_words("", " ;., . ", "");
    return check_done();
}
