/* SPDX-License-Identifier: Apache-2.0 */
/* The boot ROM's contents; see device/rom.h. */
#include "sim/device/rom.h"

#include <string.h>

enum { START_WORD = 3, TREE_WORD, INFO_WORD };

#define FW_DYNAMIC_MAGIC   UINT64_C(0x4942534f) /* "OSBI" */
#define FW_DYNAMIC_VERSION 2
#define FW_DYNAMIC_S_MODE  1

void rom_fill(struct rom *r, uint64_t start, uint64_t tree, uint64_t next)
{
    static const uint32_t code[] = {
        0x00000297, /* auipc t0,0 */
        0x02828613, /* addi a2,t0,40: word[INFO_WORD] */
        0xf1402573, /* csrr a0,mhartid */
        0x0202b583, /* ld a1,32(t0): word[TREE_WORD] */
        0x0182b283, /* ld t0,24(t0): word[START_WORD] */
        0x00028067, /* jr t0 */
    };
    memset(r, 0, sizeof *r);
    memcpy(r->word, code, sizeof code);
    r->word[START_WORD] = start;
    r->word[TREE_WORD] = tree;
    if (!next)
        return;
    uint64_t *info = &r->word[INFO_WORD]; /* the last two stay 0: options and */
    info[0] = FW_DYNAMIC_MAGIC;           /* the hart that boots */
    info[1] = FW_DYNAMIC_VERSION;
    info[2] = next;
    info[3] = FW_DYNAMIC_S_MODE;
}

bool rom_read(const struct rom *r, uint64_t offset, unsigned size,
              uint64_t *value)
{
    *value = 0;
    if (offset >= ROM_SIZE || offset % size)
        return false;
    if (offset < sizeof r->word)
        memcpy(value, (const uint8_t *)r->word + offset, size);
    return true;
}
