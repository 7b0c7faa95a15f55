/* SPDX-License-Identifier: Apache-2.0 */
/* The CLINT; see device/clint.h. All registers take accesses of 4 and 8 bytes;
 * one of 8 bytes to msip reaches the words of two harts. Registers of harts
 * that do not exist read 0 and ignore writes. */
#include "sim/device/clint.h"

void clint_reset(struct clint *c, unsigned harts)
{
    c->harts = harts;
    for (unsigned i = 0; i < harts; i++) {
        c->msip[i] = false;
        c->mtimecmp[i] = UINT64_MAX;
    }
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
    return (size == 4 || size == 8) && offset % size == 0 &&
           offset + size <= CLINT_SIZE;
}

/* The hart whose msip word is at this offset; false = no such hart. */
static bool msip_at(const struct clint *c, uint64_t offset, uint64_t *hart)
{
    *hart = (offset - CLINT_MSIP) / 4;
    return *hart < c->harts;
}

static bool mtimecmp_at(const struct clint *c, uint64_t offset, uint64_t *hart)
{
    *hart = (offset - CLINT_MTIMECMP) / 8;
    return offset >= CLINT_MTIMECMP && *hart < c->harts;
}

static uint64_t msip_pair(const struct clint *c, uint64_t hart)
{
    uint64_t high = hart + 1 < c->harts && c->msip[hart + 1];
    return c->msip[hart] | high << 32;
}

bool clint_read(const struct clint *c, uint64_t offset, unsigned size,
                uint64_t time, uint64_t *value)
{
    uint64_t hart;
    if (!fits(offset, size))
        return false;
    *value = 0;
    if (msip_at(c, offset, &hart))
        *value = size == 8 ? msip_pair(c, hart) : c->msip[hart];
    else if (mtimecmp_at(c, offset, &hart))
        *value = part(c->mtimecmp[hart], offset, size);
    else if ((offset & ~UINT64_C(7)) == CLINT_MTIME)
        *value = part(time, offset, size);
    return true;
}

bool clint_write(struct clint *c, uint64_t offset, unsigned size,
                 uint64_t value, uint64_t *time)
{
    uint64_t hart;
    if (!fits(offset, size))
        return false;
    if (msip_at(c, offset, &hart)) {
        c->msip[hart] = value & 1;
        if (size == 8 && hart + 1 < c->harts)
            c->msip[hart + 1] = value >> 32 & 1;
    } else if (mtimecmp_at(c, offset, &hart)) {
        c->mtimecmp[hart] = merge(c->mtimecmp[hart], offset, size, value);
    } else if ((offset & ~UINT64_C(7)) == CLINT_MTIME) {
        *time = merge(*time, offset, size, value);
    }
    return true;
}
