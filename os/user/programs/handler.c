/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A domain that looks after its own faults. It makes a segment, takes its own
 * right to write away, registers an up-call and writes: the kernel calls the
 * handler, which gives the right back and asks to retry.
 *
 * main(mode, portal): 0 = repair and retry: returns the number of faults
 * handled; 1 = give up in the handler: the domain is killed as if it had none;
 * 2 = the handler faults itself: killed as well, not called for ever. portal
 * not 0: the handler asks that portal (one that adds, as portal_server's)
 * before it acts.
 */
#include "os/user/opalite.h"

enum mode { MODE_REPAIR, MODE_GIVE_UP, MODE_FAULT_AGAIN };

PRIVATE uint64_t *word; /* the word whose page the handler repairs */
PRIVATE uint64_t mode_wanted;
PRIVATE uint64_t portal_wanted;
PRIVATE uint64_t faults;
PRIVATE uint64_t last_address;

/* Up-call: runs on the faulting thread, on its stack. */
static void on_fault(uint64_t cause, uint64_t address, uint64_t pc)
{
    (void)cause;
    (void)pc;
    faults++;
    last_address = address;
    if (portal_wanted && sys_portal_call(portal_wanted, 40, 2, 0, 0) != 42)
        sys_fault_return(0);
    if (mode_wanted == MODE_FAULT_AGAIN)
        store_word(NULL, 1);
    if (mode_wanted == MODE_GIVE_UP)
        sys_fault_return(0);
    sys_rights_set(0, (uint64_t)word, RIGHT_R | RIGHT_W);
    sys_fault_return(1);
}

int64_t main(uint64_t mode, uint64_t portal)
{
    int64_t base = segment_own(PAGE_BYTES, "guarded");

    if (base < 0)
        return base;
    word = (uint64_t *)base;
    mode_wanted = mode;
    portal_wanted = portal;
    store_word(word, 1);
    if (sys_fault_handler((uint64_t)on_fault) < 0)
        return -1;
    if (sys_rights_set(0, (uint64_t)base, RIGHT_R) < 0)
        return -2;
    store_word(word, 42);
    if (load_word(word) != 42 || last_address != (uint64_t)base)
        return -3;
    return (int64_t)faults;
}
