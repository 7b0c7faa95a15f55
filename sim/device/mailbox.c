/* SPDX-License-Identifier: Apache-2.0 */
/* The mailbox's registers; see sim/memmap.h for what each means. */
#include "sim/device/mailbox.h"

#include <string.h>

void mailbox_reset(struct mailbox *b)
{
    memset(b, 0, sizeof *b);
}

/* The window takes any aligned access; registers take 8 bytes only. */
static bool in_window(uint64_t offset, unsigned size)
{
    return offset >= MAILBOX_WINDOW && offset + size <= MAILBOX_SIZE;
}

bool mailbox_read(const struct mailbox *b, uint64_t offset, unsigned size,
                  uint64_t *value)
{
    *value = 0;
    if (in_window(offset, size)) {
        memcpy(value, b->window + (offset - MAILBOX_WINDOW), size);
        return true;
    }
    if (size != 8 || offset % 8)
        return false;
    if (offset >= MAILBOX_ARG && offset < MAILBOX_ARG + 8 * 6)
        *value = b->arg[(offset - MAILBOX_ARG) / 8];
    else if (offset >= MAILBOX_SCRIPT_ARG &&
             offset < MAILBOX_SCRIPT_ARG + 8 * 4)
        *value = b->script_arg[(offset - MAILBOX_SCRIPT_ARG) / 8];
    else if (offset == MAILBOX_MAGIC)
        *value = MAILBOX_MAGIC_VALUE;
    else if (offset == MAILBOX_STATUS)
        *value = b->pending;
    else if (offset == MAILBOX_OP)
        *value = b->op;
    else if (offset == MAILBOX_RESULT)
        *value = b->result;
    else if (offset == MAILBOX_SCRIPT_OP)
        *value = b->script_op;
    return offset < MAILBOX_SIZE;
}

/* The machine stops and shows it; the access itself is not refused. */
static bool misuse(struct mailbox *b, uint64_t offset)
{
    b->misused = true;
    b->misused_at = offset;
    return true;
}

bool mailbox_write(struct mailbox *b, uint64_t offset, unsigned size,
                   uint64_t value)
{
    if (in_window(offset, size)) {
        memcpy(b->window + (offset - MAILBOX_WINDOW), &value, size);
        return true;
    }
    if (size != 8 || offset % 8)
        return false;
    switch (offset) {
    case MAILBOX_RESULT:
        b->result = value;
        break;
    case MAILBOX_DONE:
        if (!b->pending)
            return misuse(b, offset);
        b->done = true;
        b->pending = false;
        break;
    case MAILBOX_SCRIPT_THREAD:
        b->script_thread = value;
        break;
    case MAILBOX_SCRIPT_RESULT:
        b->script_result = value;
        break;
    case MAILBOX_SCRIPT_NEXT:
        b->script_asked = true;
        break;
    default: /* read-only or reserved */
        return offset < MAILBOX_SIZE && misuse(b, offset);
    }
    return true;
}
