#include "tonesmith/soft.h"

#include <stdlib.h>

void tone_soft_clear(tone_soft *s)
{
    free(s->rows);
    *s = (tone_soft){0};
}
