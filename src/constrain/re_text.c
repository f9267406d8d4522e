/* Characters as byte sequences.  A range of code points becomes the few sequences of byte ranges that are exactly its
 * UTF-8 forms, so that automata read bytes and still accept nothing ill-formed. */
#include <string.h>

#include "base/utf8.h"
#include "constrain/re.h"

/* All code points lo … hi, whose forms have the same length n: one alternative for each run of them in which every
 * byte varies independently. */
static tone_re same_length(tone_re_pool *p, uint32_t lo, uint32_t hi)
{
    for (unsigned i = 1; i < 4; i++) {
        uint32_t low = (1u << 6 * i) - 1; /* the bits of the last i bytes */
        if ((lo & ~low) == (hi & ~low))
            continue;
        if (lo & low) /* the first run does not begin at its beginning */
            return tone_re_alt(p, same_length(p, lo, lo | low), same_length(p, (lo | low) + 1, hi));
        if ((hi & low) != low)
            return tone_re_alt(p, same_length(p, lo, (hi & ~low) - 1), same_length(p, hi & ~low, hi));
    }
    uint8_t first[4], last[4];
    size_t n = tone_utf8_encode(lo, first);
    tone_utf8_encode(hi, last);
    tone_re r = TONE_RE_EMPTY;
    while (n-- > 0)
        r = tone_re_cat(p, tone_re_set(p, &(tone_range){first[n], last[n]}, 1), r);
    return r;
}

tone_re tone_re_chars(tone_re_pool *p, const tone_range *ranges, size_t n)
{
    static const tone_range lengths[] = {{0, 0x7f}, {0x80, 0x7ff}, {0x800, 0xd7ff}, {0xe000, 0xffff}, {0x10000, 0x10ffff}};
    tone_re sum = TONE_RE_NONE;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
            uint32_t lo = ranges[i].lo > lengths[k].lo ? ranges[i].lo : lengths[k].lo;
            uint32_t hi = ranges[i].hi < lengths[k].hi ? ranges[i].hi : lengths[k].hi;
            if (lo <= hi)
                sum = tone_re_alt(p, sum, k == 0 ? tone_re_set(p, &(tone_range){lo, hi}, 1) : same_length(p, lo, hi));
        }
    }
    return sum;
}

tone_re tone_re_text(tone_re_pool *p, uint32_t min, uint32_t max)
{
    return tone_re_repeat(p, tone_re_chars(p, &(tone_range){0, 0x10ffff}, 1), min, max);
}
