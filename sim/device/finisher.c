/* SPDX-License-Identifier: Apache-2.0 */
/* The test finisher; see device/finisher.h. */
#include "sim/device/finisher.h"

bool finisher_read(const struct finisher *f, uint64_t offset, unsigned size,
                   uint64_t *value)
{
    (void)f;
    *value = 0;
    return offset < FINISHER_SIZE && offset % size == 0;
}

bool finisher_write(struct finisher *f, uint64_t offset, unsigned size,
                    uint64_t value)
{
    if (offset != 0 || size < 2)
        return offset < FINISHER_SIZE && offset % size == 0;
    switch (value & 0xffff) {
    case 0x5555:
        f->command = FINISHER_OFF;
        break;
    case 0x7777:
        f->command = FINISHER_RESET;
        break;
    case 0x3333:
        f->command = FINISHER_FAIL;
        f->code = (value >> 16) & 0xffff;
        break;
    default:
        break;
    }
    return true;
}
