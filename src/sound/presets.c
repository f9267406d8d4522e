#include "sound/presets.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/fail.h"
#include "sound/words_near.h"
#include "tonesmith/sound/patch.h"

size_t tone_preset_count(void)
{
    return tone_n_preset_texts;
}

tone_status tone_preset_get(tone_patch *p, size_t i, tone_error *err)
{
    return tone_patch_read(p, tone_preset_texts[i].json, strlen(tone_preset_texts[i].json), NULL, err);
}

tone_status tone_preset_find(tone_patch *p, const char *name, tone_error *err)
{
    tone_near near;
    tone_near_init(&near, name);
    for (size_t i = 0; i < tone_n_preset_texts; i++) {
        if (tone_words_equal(tone_preset_texts[i].name, SIZE_MAX, name))
            return tone_preset_get(p, i, err);
        tone_near_offer(&near, tone_preset_texts[i].name, tone_preset_texts[i].name, SIZE_MAX);
    }
    return tone_fail(err, TONE_ERR_NOT_FOUND, 0, "there is no preset '%.60s'; the nearest are %s, %s and %s", name, near.best[0],
                     near.best[1], near.best[2]);
}

/* Whether `text` has a word that begins with word[0..n), in any case. */
static bool has_word(const char *text, const char *word, size_t n)
{
    bool start = true;
    for (; *text; text++) {
        size_t i = 0;
        while (start && i < n && text[i] && tolower((unsigned char)text[i]) == tolower((unsigned char)word[i]))
            i++;
        if (start && i == n)
            return true;
        start = !isalnum((unsigned char)*text);
    }
    return false;
}

/* How well a preset fits one word: a name says more than a tag, a tag more than the description. */
static int fit(const tone_patch *p, const char *word, size_t n)
{
    int points = has_word(p->name, word, n) ? 4 : 0;
    for (uint32_t i = 0; i < p->n_tags; i++)
        if (has_word(p->tags[i], word, n))
            points += 3;
    return points + (has_word(p->about, word, n) ? 1 : 0);
}

/* Points of a preset for all words of `text`; below 0 when one of them fits nothing. */
static int fit_all(size_t preset, const char *text)
{
    tone_patch p;
    int points = 0;
    if (tone_preset_get(&p, preset, NULL))
        return -1;
    for (const char *w = text; *w;) {
        size_t n = strcspn(w, " ,");
        int here = n ? fit(&p, w, n) : 0;
        if (n && !here)
            return -1;
        points += here;
        w += n + (w[n] != 0);
    }
    return points;
}

size_t tone_preset_search(size_t *out, size_t room, const char *text)
{
    enum { MOST = 1024 };
    int points[MOST], most = 0;
    size_t n = tone_n_preset_texts, n_found = 0;
    assert(n <= MOST);
    for (size_t i = 0; i < n; i++) {
        points[i] = fit_all(i, text);
        most = points[i] > most ? points[i] : most;
    }
    for (int wanted = most; wanted >= 0; wanted--)
        for (size_t i = 0; i < n; i++)
            if (points[i] == wanted && n_found++ < room)
                out[n_found - 1] = i;
    return n_found;
}
