/* kern/tables.h - constants of the block formats. */
#ifndef TONE_KERN_TABLES_H
#define TONE_KERN_TABLES_H

#include <stdint.h>

/* Values of IQ4_NL and IQ4_XS, and twice the e2m1 values of MXFP4 and NVFP4. */
extern const int8_t tone_iq4_values[16];
extern const int8_t tone_fp4_values[16];

/* Grids of the IQ types: rows of small integers.  Eight 2-bit levels a row (level k of a row in bits 2k, 2k + 1),
 * or four 4-bit levels (bits 4k … 4k + 3). */
extern const uint16_t tone_iq2_xxs_grid[256];
extern const uint16_t tone_iq2_xs_grid[512];
extern const uint16_t tone_iq2_s_grid[1024];
extern const uint16_t tone_iq1_grid[2048];
extern const uint16_t tone_iq3_xxs_grid[256];
extern const uint16_t tone_iq3_s_grid[512];

#endif
