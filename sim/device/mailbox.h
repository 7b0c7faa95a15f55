/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scenario mailbox (sim/memmap.h): the host posts one request at a time,
 * the kernel answers; scripted threads fetch their operations here. It holds
 * the S-mode external interrupt while a request waits.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/memmap.h"

#define MAILBOX_WINDOW_BYTES (MAILBOX_SIZE - MAILBOX_WINDOW)

struct mailbox {
    bool pending;      /* a request waits: STATUS, interrupt line */
    bool done;         /* the kernel finished the last request */
    bool script_asked; /* SCRIPT_NEXT was written, no answer yet */
    bool misused;      /* a write that means nothing now, at misused_at */
    uint64_t misused_at;
    uint64_t op, arg[6], result;
    uint64_t script_thread, script_result;
    uint64_t script_op, script_arg[4];
    uint8_t window[MAILBOX_WINDOW_BYTES];
};

void mailbox_reset(struct mailbox *b);
bool mailbox_read(const struct mailbox *b, uint64_t offset, unsigned size,
                  uint64_t *value);
bool mailbox_write(struct mailbox *b, uint64_t offset, unsigned size,
                   uint64_t value);
