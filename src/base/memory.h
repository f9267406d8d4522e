/* base/memory.h - how much memory this process may still use. */
#ifndef TONE_BASE_MEMORY_H
#define TONE_BASE_MEMORY_H

#include <stdint.h>

/* Bytes that can be had without swapping: what the system calls available, or what is left of the limit of the control group
 * when that is less.  UINT64_MAX when neither can be told. */
uint64_t tone_memory_available(void);

/* All of the machine's memory, or the limit of the control group when that is less; UINT64_MAX when neither can be told. */
uint64_t tone_memory_total(void);

#endif
