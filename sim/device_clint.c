/* SPDX-License-Identifier: Apache-2.0 */
/* The CLINT; see device_clint.h. msip takes 4-byte accesses, the others 4 or
 * 8. Registers of harts that do not exist read 0 and ignore writes. */
#include "sim/device_clint.h"

void clint_reset(struct clint *c)
{
    c->msip = false;
    c->mtimecmp = UINT64_MAX;
}

/* The part of a 64-bit register that an access of 4 or 8 bytes touches. */
static uint64_t part(uint64_t whole, uint64_t offset, unsigned size)
{
    return size == 8 ? whole : (uint32_t)(whole >> (offset & 4 ? 32 : 0));
}

static uint64_t merge(uint64_t whole, uint64_t offset, unsigned size,
                      uint64_t value)
{
    if (size == 8)
        return value;
    unsigned shift = offset & 4 ? 32 : 0;
    return (whole & ~(UINT64_C(0xffffffff) << shift)) |
           (uint64_t)(uint32_t)value << shift;
}

static bool fits(uint64_t offset, unsigned size)
{
    return (size == 4 || size == 8) && offset % size == 0;
}

bool clint_read(const struct clint *c, uint64_t offset, unsigned size,
                uint64_t time, uint64_t *value)
{
    if (!fits(offset, size) || offset + size > CLINT_SIZE)
        return false;
    uint64_t aligned = offset & ~UINT64_C(7);
    *value = 0;
    if (aligned == CLINT_MSIP)
        *value = part(c->msip, offset, size);
    else if (aligned == CLINT_MTIMECMP)
        *value = part(c->mtimecmp, offset, size);
    else if (aligned == CLINT_MTIME)
        *value = part(time, offset, size);
    return true;
}

bool clint_write(struct clint *c, uint64_t offset, unsigned size,
                 uint64_t value, uint64_t *time)
{
    if (!fits(offset, size) || offset + size > CLINT_SIZE)
        return false;
    uint64_t aligned = offset & ~UINT64_C(7);
    if (offset == CLINT_MSIP)
        c->msip = value & 1;
    else if (aligned == CLINT_MTIMECMP)
        c->mtimecmp = merge(c->mtimecmp, offset, size, value);
    else if (aligned == CLINT_MTIME)
        *time = merge(*time, offset, size, value);
    return true;
}
