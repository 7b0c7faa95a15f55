/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every register of every device: loads and stores of all sizes anywhere in
 * their ranges, typed characters, and waiting for an interrupt in between.
 */
#include "tests/fuzz/target_board.h"

#define OPERATIONS 128 /* at most in one input */

#define CSRW_MIE   0x30459073 /* csrw mie,a1 */
#define WFI        0x10500073

static uint64_t address(const struct machine *m, struct target_input *in)
{
    const struct bus_device *d =
        &m->bus.device[target_take(in, 1) % m->bus.device_count];
    uint64_t offset = target_take(in, 1);
    /* A PLIC is large: its registers begin at round addresses. */
    if (offset & 1)
        offset = target_take(in, 3);
    return d->base + offset % d->bytes;
}

static void act(struct machine *m, struct target_input *in)
{
    unsigned what = (unsigned)target_take(in, 1), log_size = what >> 4 & 3;
    uint64_t at, value;
    switch (what & 7) {
    case 0:
        value = target_take(in, 2);
        machine_console_input(m, (const char *)&value, 2);
        break;
    case 1:
        target_access(m, CSRW_MIE, 0, target_take(in, 2));
        target_access(m, WFI, 0, 0);
        break;
    case 2:
    case 3:
        target_load(m, log_size, address(m, in));
        break;
    default:
        at = address(m, in);
        value = target_take(in, what & 8 ? 8 : 1);
        target_store(m, log_size, at & ~((UINT64_C(1) << log_size) - 1), value);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct target_input in = { data, size };
    struct machine *m = target_board_open();
    for (unsigned i = 0; i < OPERATIONS && in.left; i++)
        act(m, &in);
    machine_free(m);
    return 0;
}
