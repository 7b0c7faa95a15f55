/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The debugger's protocol, packet by packet: registers, memory, points, steps,
 * several harts, lines that break, packets that are none; and that a debugged
 * run is the run, to the cycle.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sim/stats.h"
#include "tests/sim/gdb_help.h"

/* Bytes at 0x80000000 hold the program: li t0,1; loops over store and load. */
static const uint32_t program_store[] = {
    0x00000297, /* auipc t0,0 */
    0x10028293, /* addi t0,t0,256 */
    0x00130313, /* addi t1,t1,1 */
    0x0062a023, /* sw t1,0(t0) */
    0x0002a383, /* lw t2,0(t0) */
    0xff5ff06f, /* j 80000008 */
};

/* ---- looking ---------------------------------------------------------------
 */

static void it_says_what_it_can(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_count);
    ask(&d, "qSupported:multiprocess+;swbreak+");
    assert_non_null(strstr(d.heard, "PacketSize=1000;"));
    assert_non_null(strstr(d.heard, "ReverseStep+;ReverseContinue+"));
    answers(&d, "?", "T05thread:1;");
    answers(&d, "qC", "QC1");
    answers(&d, "qfThreadInfo", "m1");
    answers(&d, "qsThreadInfo", "l");
    answers(&d, "qThreadExtraInfo,1", "6861727420302c204d2d6d6f6465");
    answers(&d, "qAttached", "1");
    answers(&d, "vCont?", "vCont;c;C;s;S");
    answers(&d, "vMustReplyEmpty", "");
    answers(&d, "qCRC:0,10", "");
    debug_end(&d);
}

static void it_describes_the_registers(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_count);
    char *xml = calloc(1, 100000);
    size_t n = 0;
    do {
        char request[80];
        snprintf(request, sizeof request,
                 "qXfer:features:read:target.xml:%zx,100", n);
        ask(&d, request);
        assert_true(*d.heard == 'm' || *d.heard == 'l');
        n += (size_t)sprintf(xml + n, "%s", d.heard + 1);
    } while (*d.heard == 'm');
    assert_non_null(strstr(xml, "<reg name=\"pc\" bitsize=\"64\" "
                                "regnum=\"32\" type=\"code_ptr\"/>"));
    assert_non_null(strstr(xml, "<reg name=\"sdomain\""));
    assert_non_null(strstr(xml, "</target>\n"));
    struct csr_info csr;
    for (unsigned i = 0; csr_each(i, &csr); i++) {
        char row[80];
        snprintf(row, sizeof row, "name=\"%s\" bitsize=\"64\" regnum=\"%d\"",
                 csr.name, 65 + csr.number);
        if (!strstr(xml, row))
            fail_msg("no %s", row);
        snprintf(row, sizeof row, "p%x", 65 + csr.number);
        ask(&d, row);
        assert_int_equal(strlen(d.heard), 16);
    }
    free(xml);
    answers(&d, "qXfer:features:read:target.xml:fffff,10", "E01");
    answers(&d, "qXfer:features:read:target.xml:ffffffffffffffff,1", "E01");
    answers(&d, "qXfer:features:read:other.xml:0,10", "");
    debug_end(&d);
}

static void registers_and_memory(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_count);
    ask(&d, "g");
    assert_int_equal(strlen(d.heard), 33 * 16);
    assert_string_equal(d.heard + 32 * 16, "0000008000000000");
    answers(&d, "p20", "0000008000000000");
    answers(&d, "p1041", "0300000000000000"); /* M-mode */
    answers(&d, "p21", "E01");
    answers(&d, "p40000000000000000", "E01");
    answers(&d, "P5=2a00000000000000", "OK");
    answers(&d, "p5", "2a00000000000000");
    answers(&d, "P0=0100000000000000", "OK");
    answers(&d, "p0", "0000000000000000"); /* it stays 0 */
    answers(&d, "P5=2a", "E01");
    answers(&d, "P20=0100000000000000", "E01"); /* odd */
    answers(&d, "P141=0000000000000000", "E01");
    answers(&d, "m80000000,8", "938212006ff0dfff");
    answers(&d, "m0,4", "E01");
    answers(&d, "m1000,4", "00000000"); /* the boot ROM, empty here */
    answers(&d, "M1000,1:00", "E01");
    answers(&d, "m10000000,4", "E01"); /* a device: reading has effects */
    answers(&d, "M80000100,4:01020304", "OK");
    answers(&d, "m80000100,4", "01020304");
    answers(&d, "M80000100,4:0102", "E01");
    answers(&d, "M10000000,1:41", "E01");
    ask_bytes(&d, "X80000100,3:}#\0", 15);
    assert_string_equal(d.heard, "OK");
    answers(&d, "m80000100,4", "7d230004");
    answers(&d, "X80000100,0:", "OK");
    answers(&d, "X80000100,9:x", "E01");
    char end[64]; /* what is there of a range that leaves RAM */
    uint64_t ram_end = MEM_RAM + d.run->machine->config.ram_bytes;
    snprintf(end, sizeof end, "m%llx,8", (unsigned long long)ram_end - 4096);
    answers(&d, end, "0000000000000000");
    snprintf(end, sizeof end, "m%llx,8", (unsigned long long)ram_end - 4);
    ask(&d, end);
    assert_string_not_equal(d.heard, "0000000000000000");
    snprintf(end, sizeof end, "M%llx,8:0000000000000000",
             (unsigned long long)ram_end - 4);
    answers(&d, end, "E01");
    debug_end(&d);
}

static void the_monitor_is_the_prompt(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_count);
    answers(&d, "qRcmd,7768657265", "OK"); /* where */
    assert_int_equal(d.packets, 2);
    answers(&d, "qRcmd,", "OK");                                   /* help */
    answers(&d, "qRcmd,6d20307838303030303030302034303936", "OK"); /* long */
    assert_true(d.packets > 5);
    answers(&d, "qRcmd,7", "OK");
    answers(&d, "qRcmd,7z", "E01");
    answers(&d, "qRcmd,71", "OK"); /* quit: not from here */
    assert_int_equal(gdb_serve(d.gdb), GDB_WAIT);
    debug_end(&d);
}

/* ---- running ---------------------------------------------------------------
 */

static void breakpoints_and_steps(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_count);
    runs(&d, "s", "T05thread:1;");
    answers(&d, "p20", "0400008000000000");
    runs(&d, "vCont;s:1;c", "T05thread:1;");
    answers(&d, "p20", "0000008000000000");
    answers(&d, "Z0,80000004,4", "OK");
    answers(&d, "m80000004,4", "6ff0dfff"); /* memory is untouched */
    runs(&d, "c", "T05thread:1;");
    answers(&d, "p20", "0400008000000000");
    runs(&d, "vCont;c", "T05thread:1;"); /* once around the loop */
    answers(&d, "p5", "0300000000000000");
    answers(&d, "z0,80000004,4", "OK");
    answers(&d, "Z1,80000000,4", "OK");
    runs(&d, "C05", "");
    debug_end(&d);
}

static void watchpoints(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_store);
    answers(&d, "Z2,80000100,4", "OK");
    runs(&d, "c", "T05thread:1;watch:80000100;");
    answers(&d, "p20", "1000008000000000"); /* behind the store */
    answers(&d, "m80000100,4", "01000000");
    answers(&d, "z2,80000100,4", "OK");
    answers(&d, "Z3,80000102,1", "OK"); /* inside of what is loaded */
    runs(&d, "c", "T05thread:1;rwatch:80000102;");
    answers(&d, "p20", "1400008000000000");
    answers(&d, "z3,80000102,1", "OK");
    answers(&d, "Z4,800000f9,8", "OK"); /* its last byte is the first */
    runs(&d, "c", "T05thread:1;awatch:800000f9;");
    runs(&d, "c", "T05thread:1;awatch:800000f9;");
    answers(&d, "z4,800000f9,8", "OK");
    answers(&d, "Z4,80000104,8", "OK");
    answers(&d, "Z4,800000f8,8", "OK");
    answers(&d, "c", "");
    debug_run(&d, 1000);
    assert_int_equal(d.packets, 0); /* neither is touched */
    send_bytes(&d, "\3", 1);
    assert_int_equal(gdb_serve(d.gdb), GDB_WAIT);
    hear(&d);
    assert_string_equal(d.heard, "T02thread:1;");
    answers(&d, "Z5,80000000,4", "E01");
    answers(&d, "Z0,80000000", "E01");
    debug_end(&d);
}

static void a_trap_is_a_step(void **state)
{
    (void)state;
    static const uint32_t program[] = {
        0x00000297, /* auipc t0,0 */
        0x01028293, /* addi t0,t0,16 */
        0x30529073, /* csrw mtvec,t0 */
        0x00000073, /* ecall */
        0x0000006f, /* j . */
    };
    struct debugger d = DEBUG(program);
    answers(&d, "Z0,80000010,4", "OK"); /* the handler's first instruction */
    runs(&d, "c", "T05thread:1;");
    answers(&d, "p383", "0b00000000000000"); /* mcause: ecall from M-mode */
    assert_int_equal(d.run->machine->hart->ledger.instructions, 3);
    debug_end(&d);
}

static void trouble_is_told_once(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_lost);
    runs(&d, "c", "T06thread:1;");
    assert_int_equal(d.packets, 2); /* in words, before it */
    runs(&d, "c", "");              /* the program ends now */
    debug_end(&d);
}

static void too_many_points(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_count);
    char text[64];
    for (unsigned i = 0; i < GDB_POINTS + 1; i++) {
        snprintf(text, sizeof text, "Z0,%x,4", 0x90000000 + 4 * i);
        answers(&d, text, i < GDB_POINTS ? "OK" : "E01");
        if (i < GDB_POINTS)
            answers(&d, text, "OK"); /* twice is once */
    }
    debug_end(&d);
}

/* ---- several harts ---------------------------------------------------------
 */

static void threads_are_harts(void **state)
{
    (void)state;
    struct debugger d = DEBUG_HARTS(program_store, 3);
    answers(&d, "qfThreadInfo", "m1,2,3");
    answers(&d, "T3", "OK");
    answers(&d, "T4", "E01");
    answers(&d, "T0", "E01");
    answers(&d, "Hg2", "OK");
    answers(&d, "pa", "0100000000000000"); /* a0 = its number */
    answers(&d, "Hg4", "E01");
    answers(&d, "Hgffffffffffffffff", "E01");
    runs(&d, "vCont;s:2;c", "T05thread:2;");
    answers(&d, "p20", "0400008000000000");
    runs(&d, "vCont;s:3", "T05thread:3;");
    answers(&d, "vCont;s:4", "E01");
    answers(&d, "vCont;x", "E01");
    answers(&d, "vCont", "E01");
    answers(&d, "Hg0", "OK");
    answers(&d, "Hc-1", "OK");
    debug_end(&d);
}

/* ---- the line --------------------------------------------------------------
 */

static void what_is_no_packet(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_count);
    static const char *const broken[] = { "$g#00", "$g#6x", "$#01", "$g}#e4" };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        send_bytes(&d, broken[i], strlen(broken[i]));
        gdb_serve(d.gdb);
        hear(&d);
        assert_int_equal(d.naks, 1);
        assert_int_equal(d.packets, 0);
    }
    send_bytes(&d, "junk+++$qC$?#3f", 15); /* cut off, then a good one */
    gdb_serve(d.gdb);
    hear(&d);
    assert_string_equal(d.heard, "T05thread:1;");
    send_bytes(&d, "-", 1); /* again */
    gdb_serve(d.gdb);
    hear(&d);
    assert_string_equal(d.heard, "T05thread:1;");
    static char large[3 * GDB_PACKET_BYTES];
    memset(large, 'm', sizeof large);
    large[0] = '$';
    memcpy(large + sizeof large - 3, "#00", 3);
    send_bytes(&d, large, sizeof large);
    while (!d.naks) {
        gdb_serve(d.gdb);
        hear(&d);
    }
    answers(&d, "QStartNoAckMode", "OK");
    send_bytes(&d, "$g#00", 5);
    gdb_serve(d.gdb);
    hear(&d);
    assert_int_equal(d.naks, 0);
    answers(&d, "qC", "QC1");
    debug_end(&d);
}

static void detach_kill_and_hang_up(void **state)
{
    (void)state;
    struct debugger d = DEBUG(program_count);
    answers(&d, "Z0,80000004,4", "OK");
    answers(&d, "D", "OK");
    assert_int_equal(gdb_serve(d.gdb), GDB_RUN);
    assert_int_equal(debug_run(&d, 1000), STOP_BUDGET); /* past the point */
    debug_end(&d);
    d = DEBUG(program_count);
    answers(&d, "k", "OK");
    assert_int_equal(gdb_serve(d.gdb), GDB_KILL);
    debug_end(&d);
    d = DEBUG(program_count);
    answers(&d, "Z0,80000004,4", "OK");
    answers(&d, "c", "");
    shutdown(d.link, SHUT_RDWR);
    struct run_limits limits = { .max_insns = 1000 };
    gdb_limit(d.gdb, &limits);
    enum timeline_state now = timeline_advance(&d.run->time, &limits);
    assert_int_equal(d.run->stop, STOP_POINT);
    assert_true(gdb_ran(d.gdb, now)); /* the run is to go on */
    assert_int_equal(gdb_serve(d.gdb), GDB_RUN);
    debug_end(&d);
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A packet like those there are, spoilt in a few bytes. */
static size_t spoilt_packet(uint64_t *random, char *to)
{
    static const char *const good[] = {
        "qSupported:a;b",
        "?",
        "g",
        "p20",
        "P5=2a00000000000000",
        "m80000000,40",
        "M80000100,2:0102",
        "X80000100,2:ab",
        "Z0,80000004,4",
        "z0,80000004,4",
        "Z2,80000100,8",
        "Z4,ffffffffffffffff,ffffffffffffffff",
        "vCont;s:1;c",
        "c",
        "s",
        "Hg1",
        "T2",
        "qThreadExtraInfo,1",
        "qRcmd,68656c70",
        "qXfer:features:read:target.xml:10,20",
        "G0011",
    };
    size_t count = sizeof good / sizeof good[0];
    size_t n = (size_t)sprintf(to, "%s", good[next_random(random) % count]);
    for (uint64_t i = next_random(random) % 4; i; i--)
        to[next_random(random) % n] = (char)next_random(random);
    return n;
}

static void random_packets(void **state)
{
    (void)state;
    uint64_t random = 0x2545f4914f6cdd1d;
    struct debugger d = DEBUG_HARTS(program_store, 2);
    for (int i = 0; i < 20000; i++) {
        char text[200], frame[GDB_FRAME_BYTES];
        size_t n = spoilt_packet(&random, text);
        n = gdb_frame(frame, text, n);
        if (next_random(&random) % 8 == 0)
            frame[next_random(&random) % n] = (char)next_random(&random);
        send_bytes(&d, frame, n);
        enum gdb_turn turn = gdb_serve(d.gdb);
        hear(&d);
        if (turn == GDB_RUN)
            debug_run(&d, 20);
        if (d.gdb->state == GDB_RUNNING)
            send_bytes(&d, "\3", 1);
        if (d.gdb->state == GDB_LEFT || d.gdb->state == GDB_KILLED ||
            d.run->machine->ended) {
            debug_end(&d);
            d = DEBUG_HARTS(program_store, 2);
        }
    }
    debug_end(&d);
}

static void random_bytes(void **state)
{
    (void)state;
    uint64_t random = 88172645463325252;
    struct debugger d = DEBUG(program_count);
    for (int i = 0; i < 2000; i++) {
        uint8_t bytes[256];
        for (size_t b = 0; b < sizeof bytes; b++)
            bytes[b] = (uint8_t)next_random(&random);
        for (int b = 0; b < 8; b++)
            bytes[next_random(&random) % sizeof bytes] = b % 2 ? '#' : '$';
        send_bytes(&d, bytes, sizeof bytes);
        gdb_serve(d.gdb);
        hear(&d);
    }
    debug_end(&d);
}

/* ---- looking changes nothing
 * -------------------------------------------------
 */

static char *figures(const struct machine *m)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *to = open_memstream(&text, &bytes);
    assert_non_null(to);
    stats_print(m, to);
    assert_int_equal(fclose(to), 0);
    return text;
}

static void a_debugged_run_is_the_run(void **state)
{
    (void)state;
    static const char *const harts[] = { "harts=1", "harts=3" };
    for (int i = 0; i < 2; i++) {
        struct debugger plain =
            debug_program(program_work, sizeof program_work, harts[i]);
        struct debugger d =
            debug_program(program_work, sizeof program_work, harts[i]);
        assert_int_equal(machine_run(plain.run->machine, NULL), STOP_POWEROFF);
        answers(&d, "Z0,80000010,4", "OK");
        answers(&d, "Z2,80010000,1000", "OK");
        while (!d.run->machine->ended) {
            if (d.gdb->state == GDB_STOPPED) {
                ask(&d, "g");
                ask(&d, "m80010000,400");
                ask(&d, "qRcmd,66696775726573");
                ask(&d,
                    d.run->machine->hart->ledger.instructions % 3 ? "s" : "c");
            }
            debug_run(&d, 1000);
        }
        char *one = figures(plain.run->machine),
             *other = figures(d.run->machine);
        assert_string_equal(one, other);
        free(one);
        free(other);
        debug_end(&plain);
        debug_end(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_what_it_can),
        cmocka_unit_test(it_describes_the_registers),
        cmocka_unit_test(registers_and_memory),
        cmocka_unit_test(the_monitor_is_the_prompt),
        cmocka_unit_test(breakpoints_and_steps),
        cmocka_unit_test(watchpoints),
        cmocka_unit_test(a_trap_is_a_step),
        cmocka_unit_test(trouble_is_told_once),
        cmocka_unit_test(too_many_points),
        cmocka_unit_test(threads_are_harts),
        cmocka_unit_test(what_is_no_packet),
        cmocka_unit_test(detach_kill_and_hang_up),
        cmocka_unit_test(random_packets),
        cmocka_unit_test(random_bytes),
        cmocka_unit_test(a_debugged_run_is_the_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
