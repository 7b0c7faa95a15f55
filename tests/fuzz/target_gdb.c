/* SPDX-License-Identifier: Apache-2.0 */
/* `--gdb`: any bytes from whoever connects, to a machine of two harts. */
#include <sys/socket.h>

#include "sim/gdb/gdb.h"
#include "tests/fuzz/target.h"

#define ROUNDS 100

/* Adds, stores, loads, for ever. */
static const uint32_t program[] = {
    0x00000297, /* auipc t0,0 */
    0x10028293, /* addi t0,t0,256 */
    0x00130313, /* addi t1,t1,1 */
    0x0062a023, /* sw t1,0(t0) */
    0x0002a383, /* lw t2,0(t0) */
    0xff5ff06f, /* j 80000008 */
};

static struct machine *now; /* the timeline's */

static struct machine *machine(void *context)
{
    (void)context;
    return now;
}

static bool begin_anew(void *context, uint64_t instructions, struct err *err)
{
    (void)instructions;
    struct config c;
    (void)context;
    machine_free(now);
    target_must(config_preset(&c, PRESET_DEFAULT, err));
    target_must(config_set(&c, "harts", "2", err));
    c.ram_bytes = 1 << 20;
    now = machine_new(&c, err);
    target_must(now);
    target_must(machine_poke_phys(now, MEM_RAM, program, sizeof program));
    return true;
}

static enum timeline_state advance(void *context,
                                   const struct run_limits *limits)
{
    (void)context;
    return machine_run(now, limits) < STOP_POWEROFF ? TIMELINE_ON
                                                    : TIMELINE_OVER;
}

/* Whatever the stub answers is a frame, or an acknowledgement. */
static void hear(int link)
{
    static char bytes[1 << 18];
    static struct gdb_reader reader;
    ssize_t n = recv(link, bytes, sizeof bytes, MSG_DONTWAIT);
    memset(&reader, 0, sizeof reader);
    for (ssize_t i = 0; i < n; i++)
        target_must(gdb_reader_take(&reader, (uint8_t)bytes[i]) != GDB_BROKEN);
}

/* One piece of time for each piece of input, forwards or back. */
static void let_time_pass(struct gdb *g, struct timeline *t)
{
    struct run_limits limits = { .max_insns = ROUNDS };
    if (gdb_serve(g) != GDB_RUN)
        return;
    gdb_limit(g, &limits);
    gdb_ran(g, timeline_advance(t, &limits));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct timeline_run run = { .machine = machine,
                                             .advance = advance,
                                             .rewind = begin_anew };
    int pair[2];
    struct err err;
    struct timeline t;
    target_must(begin_anew(NULL, 0, &err));
    timeline_open(&t, &run, NULL);
    target_must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    struct gdb *g = gdb_open_link(pair[0], &t);
    for (size_t done = 0, part; done < size; done += part) {
        part = size - done < 64 ? size - done : 64;
        if (send(pair[1], data + done, part, MSG_NOSIGNAL) != (ssize_t)part)
            break; /* it was told to detach */
        let_time_pass(g, &t);
        hear(pair[1]);
    }
    gdb_close(g, 0);
    timeline_close(&t);
    close(pair[1]);
    return 0;
}
