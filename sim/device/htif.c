/* SPDX-License-Identifier: Apache-2.0 */
/* HTIF's words; see device/htif.h. Device (bits 63:56) 1 with command (bits
 * 55:48) 1 prints a byte; device 0 with bit 0 set ends the run. */
#include "sim/device/htif.h"

enum htif_action htif_decode(uint64_t word, uint64_t *value)
{
    if (word >> 48 == 0x0101) {
        *value = word & 0xff;
        return HTIF_PRINT;
    }
    if (word >> 48 == 0 && (word & 1)) {
        *value = word >> 1;
        return HTIF_EXIT;
    }
    return HTIF_NOTHING;
}
