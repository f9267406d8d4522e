/* Choosing the table of this processor. */
#include <string.h>

#include "kern/kern.h"

static const tone_kern plain = {
    .name = "c",
#define KERNEL(ret, name, args) .name = tone_##name##_c,
#include "kern/kern_list.inc"
#undef KERNEL
};

bool tone_kern_select(tone_kern *k, const char *name)
{
    *k = plain;
    return !name || !*name || strcmp(name, "c") == 0;
}
