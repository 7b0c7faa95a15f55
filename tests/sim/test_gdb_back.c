/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debugger in the past, packet by packet: steps and runs back to just where
 * it expects, through traps and several harts; the same future afterwards; what
 * it changes there is replayed, and begins another future.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sim/compare/compare.h"
#include "tests/sim/gdb_help.h"

/* Loops over add, store, load at 0x80000100. */
static const uint32_t program_store[] = {
    0x00000297, /* auipc t0,0 */
    0x10028293, /* addi t0,t0,256 */
    0x00130313, /* addi t1,t1,1 */
    0x0062a023, /* sw t1,0(t0) */
    0x0002a383, /* lw t2,0(t0) */
    0xff5ff06f, /* j 80000008 */
};

/* Counts its calls of the machine in t2, for ever. */
static const uint32_t program_trap[] = {
    0x00000297, /* auipc t0,0 */
    0x01828293, /* addi t0,t0,24 */
    0x30529073, /* csrw mtvec,t0 */
    0x00130313, /* addi t1,t1,1 */
    0x00000073, /* ecall */
    0xff9ff06f, /* j 8000000c */
    0x00138393, /* 80000018: addi t2,t2,1 */
    0x34102e73, /* csrr t3,mepc */
    0x004e0e13, /* addi t3,t3,4 */
    0x341e1073, /* csrw mepc,t3 */
    0x30200073, /* mret */
};

static void at(struct debugger *d, const char *pc)
{
    answers(d, "p20", pc);
}

static void steps_back(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_store);
    runs(&d, "bs", "T05thread:1;replaylog:begin;");
    runs(&d, "bc", "T05thread:1;replaylog:begin;");
    for (int i = 0; i < 4; i++)
        runs(&d, "s", "T05thread:1;");
    at(&d, "1000008000000000");
    answers(&d, "m80000100,4", "01000000");
    runs(&d, "bs", "T05thread:1;"); /* before the store */
    at(&d, "0c00008000000000");
    answers(&d, "m80000100,4", "00000000");
    answers(&d, "p6", "0100000000000000");
    runs(&d, "bs", "T05thread:1;");
    answers(&d, "p6", "0000000000000000");
    runs(&d, "bs", "T05thread:1;");
    runs(&d, "bs", "T05thread:1;");
    at(&d, "0000008000000000");
    assert_int_equal(machine_clock(d.run->machine), 0);
    runs(&d, "bs", "T05thread:1;replaylog:begin;");
    answers(&d, "?", "T05thread:1;replaylog:begin;");
    debug_end(&d);
}

static void back_to_points(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_store);
    answers(&d, "Z0,80000010,4", "OK");
    for (int i = 0; i < 5; i++)
        runs(&d, "c", "T05thread:1;");
    answers(&d, "p6", "0500000000000000");
    runs(&d, "bc", "T05thread:1;"); /* not where it stands */
    at(&d, "1000008000000000");
    answers(&d, "p6", "0400000000000000");
    answers(&d, "m80000100,4", "04000000");
    debug_end(&d);
}

/* To gdb a watchpoint of RISC-V strikes before the access: told of one it makes
 * a step of its own, to see what the access did. So going back it is told
 * behind the access, and goes back over it. */
static void back_to_watchpoints(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_store);
    for (int i = 0; i < 2 + 4 * 4 + 3; i++)
        runs(&d, "s", "T05thread:1;");
    answers(&d, "Z2,80000100,4", "OK");
    runs(&d, "bc", "T05thread:1;watch:80000100;");
    at(&d, "1000008000000000");
    runs(&d, "bs", "T05thread:1;"); /* before the store of 5 */
    at(&d, "0c00008000000000");
    answers(&d, "m80000100,4", "04000000");
    runs(&d, "bc", "T05thread:1;watch:80000100;");
    runs(&d, "bs", "T05thread:1;");
    answers(&d, "m80000100,4", "03000000");
    runs(&d, "s", "T05thread:1;watch:80000100;");  /* and over it again: */
    runs(&d, "bc", "T05thread:1;watch:80000100;"); /* it is just made */
    at(&d, "1000008000000000");
    answers(&d, "m80000100,4", "04000000");
    answers(&d, "z2,80000100,4", "OK");
    answers(&d, "Z3,80000102,1", "OK");
    runs(&d, "bc", "T05thread:1;rwatch:80000102;"); /* behind the load of 3 */
    at(&d, "1400008000000000");
    answers(&d, "p7", "0300000000000000");
    answers(&d, "z3,80000102,1", "OK");
    answers(&d, "Z4,80000100,1", "OK");
    runs(&d, "bs", "T05thread:1;");
    runs(&d, "bc", "T05thread:1;awatch:80000100;");
    at(&d, "1000008000000000");
    answers(&d, "z4,80000100,1", "OK");
    runs(&d, "bc", "T05thread:1;replaylog:begin;");
    debug_end(&d);
}

/* Of an access and an instruction to come to, whichever is later. */
static void a_point_behind_a_store(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_store);
    for (int i = 0; i < 6; i++)
        runs(&d, "s", "T05thread:1;");
    answers(&d, "Z0,80000014,4", "OK");
    answers(&d, "Z2,80000100,4", "OK");
    runs(&d, "bc", "T05thread:1;");
    at(&d, "1400008000000000");
    runs(&d, "bc", "T05thread:1;watch:80000100;");
    at(&d, "1000008000000000");
    debug_end(&d);
}

static void far_back(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_store);
    answers(&d, "c", "");
    debug_run(&d, 3000000);
    send_bytes(&d, "\3", 1);
    gdb_serve(d.gdb);
    hear(&d);
    assert_string_equal(d.heard, "T02thread:1;");
    answers(&d, "Z0,80000004,4", "OK"); /* only at the beginning */
    runs(&d, "bc", "T05thread:1;");
    at(&d, "0400008000000000");
    assert_int_equal(machine_instructions(d.run->machine), 1);
    debug_end(&d);
}

static void through_traps(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_trap);
    answers(&d, "Z0,80000018,4", "OK");
    for (int i = 0; i < 3; i++)
        runs(&d, "c", "T05thread:1;");
    answers(&d, "p7", "0200000000000000");
    answers(&d, "p383", "0b00000000000000"); /* mcause */
    runs(&d, "bs", "T05thread:1;");          /* back over the trap */
    at(&d, "1000008000000000");
    runs(&d, "bs", "T05thread:1;");
    at(&d, "0c00008000000000");
    answers(&d, "p6", "0200000000000000");
    runs(&d, "s", "T05thread:1;");
    at(&d, "1000008000000000");
    runs(&d, "s", "T05thread:1;"); /* and over it again */
    at(&d, "1800008000000000");
    runs(&d, "bc", "T05thread:1;"); /* the handler, one call ago */
    answers(&d, "p7", "0100000000000000");
    debug_end(&d);
}

/* ---- the same future -------------------------------------------------------
 */

static void same_machine(const struct machine *a, const struct machine *b)
{
    struct differences d = { .name = { "been back", "plain" } };
    if (!machine_compare(a, b, &d))
        fail_msg("%s", d.text[0]);
}

/* Runs to this moment of the undisturbed run. */
static void forth_to(struct debugger *d, uint64_t instructions)
{
    answers(d, "c", "");
    while (machine_instructions(d->run->machine) < instructions)
        debug_run(d, instructions - machine_instructions(d->run->machine));
    send_bytes(d, "\3", 1);
    gdb_serve(d->gdb);
    hear(d);
}

static void the_same_future(void **state)
{
    (void)state;
    static const char *const harts[] = { "harts=1", "harts=3" };
    for (int i = 0; i < 2; i++) {
        struct debugger d =
            debug_program(program_trap, sizeof program_trap, harts[i]);
        struct debugger plain =
            debug_program(program_trap, sizeof program_trap, harts[i]);
        for (int round = 0; round < 5; round++) {
            forth_to(&d, 1000);
            for (int n = 0; n <= round; n++)
                runs(&d, "bs",
                     d.gdb->hart == 0   ? "T05thread:1;"
                     : d.gdb->hart == 1 ? "T05thread:2;"
                                        : "T05thread:3;");
            if (round == 2)
                runs(&d, "bc", "T05thread:1;replaylog:begin;");
        }
        forth_to(&d, 1000);
        forth_to(&plain, 1000);
        same_machine(d.run->machine, plain.run->machine);
        debug_end(&d);
        debug_end(&plain);
    }
}

/* ---- another future --------------------------------------------------------
 */

static void changes_are_replayed(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_store);
    answers(&d, "Z0,80000010,4", "OK");
    runs(&d, "c", "T05thread:1;");
    answers(&d, "P6=6400000000000000", "OK"); /* t1 = 100 */
    answers(&d, "M80000200,2:abcd", "OK");
    runs(&d, "c", "T05thread:1;");
    runs(&d, "c", "T05thread:1;");
    answers(&d, "p6", "6600000000000000");
    runs(&d, "bc", "T05thread:1;");
    answers(&d, "p6", "6500000000000000");
    runs(&d, "bc", "T05thread:1;"); /* where it was changed */
    answers(&d, "p6", "6400000000000000");
    answers(&d, "m80000200,2", "abcd");
    runs(&d, "bs", "T05thread:1;"); /* before that */
    answers(&d, "p6", "0100000000000000");
    answers(&d, "m80000200,2", "0000");
    runs(&d, "c", "T05thread:1;");
    answers(&d, "m80000200,2", "abcd");
    runs(&d, "c", "T05thread:1;");
    answers(&d, "p6", "6500000000000000");
    debug_end(&d);
}

static void a_change_in_the_past_is_a_branch(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_store);
    answers(&d, "Z0,80000010,4", "OK");
    for (int i = 0; i < 3; i++)
        runs(&d, "c", "T05thread:1;");
    answers(&d, "P6=6400000000000000", "OK");
    runs(&d, "c", "T05thread:1;");
    answers(&d, "p6", "6500000000000000");
    runs(&d, "bc", "T05thread:1;");
    runs(&d, "bc", "T05thread:1;");
    answers(&d, "p6", "0200000000000000");
    answers(&d, "P6=0200000000000000", "OK"); /* no change: no branch */
    assert_false(timeline_is_new(&d.run->time));
    answers(&d, "P6=0a00000000000000", "OK");
    assert_true(timeline_is_new(&d.run->time));
    runs(&d, "c", "T05thread:1;");
    runs(&d, "c", "T05thread:1;");
    answers(&d, "p6", "0c00000000000000"); /* 100 is forgotten */
    runs(&d, "bc", "T05thread:1;");
    answers(&d, "p6", "0b00000000000000");
    debug_end(&d);
}

/* ---- several harts ---------------------------------------------------------
 */

static void each_hart_by_itself(void **state)
{
    (void)state;
    struct debugger d = DEBUG_HARTS(program_store, 3);
    answers(&d, "Z0,80000010,4", "OK");
    for (int i = 0; i < 2000; i++) {
        ask(&d, "c");
        debug_run(&d, 1000000);
    }
    uint64_t before[3];
    for (int h = 0; h < 3; h++)
        before[h] = d.run->machine->hart[h].ledger.instructions;
    answers(&d, "Hc2", "OK");
    runs(&d, "bs", "T05thread:2;");
    assert_int_equal(d.run->machine->hart[1].ledger.instructions,
                     before[1] - 1);
    assert_true(d.run->machine->hart[0].ledger.instructions <= before[0]);
    answers(&d, "vCont;s:2", "");
    debug_run(&d, 1000000);
    assert_string_equal(d.heard, "T05thread:2;");
    assert_int_equal(d.run->machine->hart[1].ledger.instructions, before[1]);
    ask(&d, "bc");
    debug_run(&d, 0);
    assert_memory_equal(d.heard, "T05thread:", 10);
    uint64_t hart = (uint64_t)d.heard[10] - '1';
    assert_int_equal(d.run->machine->hart[hart].cpu.pc, 0x80000010);
    debug_end(&d);
}

/* Where a hart stands: who was told of, and its pc. */
struct stop_at {
    uint64_t hart, pc;
};

static struct stop_at stopped(const struct debugger *d)
{
    uint64_t hart = (uint64_t)d->heard[10] - '1';
    assert_memory_equal(d->heard, "T05thread:", 10);
    assert_true(hart < d->run->machine->config.harts);
    return (struct stop_at){ hart, d->run->machine->hart[hart].cpu.pc };
}

/* A packet, and where it leads, also by way of the past. */
static struct stop_at go(struct debugger *d, const char *packet)
{
    ask(d, packet);
    while (!d->packets)
        debug_run(d, 1000000);
    return stopped(d);
}

/* As gdb does it: the hart that stands at a breakpoint steps over it alone,
 * with the breakpoint taken away; then all run. */
static struct stop_at go_as_gdb(struct debugger *d, struct stop_at from)
{
    char packet[40];
    snprintf(packet, sizeof packet, "z0,%llx,4", (unsigned long long)from.pc);
    answers(d, packet, "OK");
    snprintf(packet, sizeof packet, "vCont;s:%llx",
             (unsigned long long)from.hart + 1);
    assert_int_equal(go(d, packet).hart, from.hart);
    snprintf(packet, sizeof packet, "Z0,%llx,4", (unsigned long long)from.pc);
    answers(d, packet, "OK");
    return go(d, "vCont;c");
}

/* No hart slips over a breakpoint while gdb steps another one over it. */
static void none_slips_by(void **state)
{
    (void)state;
    struct debugger d[2];
    struct stop_at at[2];
    for (int i = 0; i < 2; i++) {
        d[i] = debug_program(program_store, sizeof program_store,
                             "harts=3 harts.quantum=3");
        answers(&d[i], "Z0,80000010,4", "OK");
        answers(&d[i], "Z0,80000008,4", "OK");
        at[i] = go(&d[i], "vCont;c");
    }
    for (int n = 0; n < 300; n++) {
        assert_int_equal(at[0].hart, at[1].hart);
        assert_int_equal(at[0].pc, at[1].pc);
        at[0] = go(&d[0], "vCont;c"); /* need not be stepped over here */
        at[1] = go_as_gdb(&d[1], at[1]);
    }
    same_machine(d[0].run->machine, d[1].run->machine);
    debug_end(&d[0]);
    debug_end(&d[1]);
}

/* ---- ends ------------------------------------------------------------------
 */

/* The end of the program is an end of time for who has been back. */
static void the_end_of_time(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_work);
    runs(&d, "s", "T05thread:1;");
    runs(&d, "bs", "T05thread:1;");
    runs(&d, "c", "T05thread:1;replaylog:end;");
    assert_true(d.run->machine->ended);
    runs(&d, "bs", "T05thread:1;");
    assert_false(d.run->machine->ended);
    runs(&d, "c", "T05thread:1;replaylog:end;");
    runs(&d, "c", ""); /* the program ends now */
    debug_end(&d);
}

static void back_from_trouble(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_lost);
    runs(&d, "c", "T06thread:1;");
    runs(&d, "bs", "T05thread:1;");
    runs(&d, "c", "T06thread:1;");
    debug_end(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_back),
        cmocka_unit_test(back_to_points),
        cmocka_unit_test(back_to_watchpoints),
        cmocka_unit_test(a_point_behind_a_store),
        cmocka_unit_test(far_back),
        cmocka_unit_test(through_traps),
        cmocka_unit_test(the_same_future),
        cmocka_unit_test(changes_are_replayed),
        cmocka_unit_test(a_change_in_the_past_is_a_branch),
        cmocka_unit_test(each_hart_by_itself),
        cmocka_unit_test(none_slips_by),
        cmocka_unit_test(the_end_of_time),
        cmocka_unit_test(back_from_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
