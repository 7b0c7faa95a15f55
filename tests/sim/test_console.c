/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtio console, driven as a driver drives it: text out, keys in, buffers
 * that come before or after the keys, and drivers that break the rules; and
 * runs that end at a text of the console.
 */
#include "tests/sim/machine_help.h"

#include <stdio.h>

#include "tests/mmu/random.h"

enum { RECEIVE, TRANSMIT };
enum { DESC_NEXT = 1, DESC_WRITE = 2 };

#define SIZE 8
#define DATA (MEM_RAM + 0x8000)

struct world {
    struct bus bus;
    struct virtio v;
    struct console console;
    struct uart uart;
    uint16_t posted[2];
};

static uint64_t ring(unsigned queue, uint64_t part)
{
    return MEM_RAM + 0x4000 * queue + 0x1000 * part;
}

static void put(struct world *w, uint64_t offset, uint64_t value)
{
    assert_true(virtio_write(&w->v, offset, 4, (uint32_t)value));
}

static void ram_put(struct world *w, uint64_t pa, const void *from, size_t n)
{
    assert_true(bus_write(&w->bus, pa, from, n));
}

static void start(struct world *w)
{
    const uint8_t nothing[0x100] = { 0 };
    put(w, VIRTIO_STATUS_AT, 0);
    for (unsigned q = RECEIVE; q <= TRANSMIT; q++) {
        put(w, VIRTIO_QUEUE_SELECT_AT, q);
        put(w, VIRTIO_QUEUE_SIZE_AT, SIZE);
        put(w, VIRTIO_DESC_AT, ring(q, 0));
        put(w, VIRTIO_AVAIL_AT, ring(q, 1));
        put(w, VIRTIO_USED_AT, ring(q, 2));
        put(w, VIRTIO_QUEUE_READY_AT, 1);
        ram_put(w, ring(q, 1), nothing, sizeof nothing);
        w->posted[q] = 0;
    }
    put(w, VIRTIO_STATUS_AT,
        VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK |
            VIRTIO_DRIVER_OK);
}

static void open_world(struct world *w)
{
    struct err err;
    memset(w, 0, sizeof *w);
    assert_true(bus_init(&w->bus, MEM_RAM, 1 << 20, &err));
    console_open(&w->console, &w->v);
    start(w);
}

static void close_world(struct world *w)
{
    uart_free(&w->uart);
    bus_free(&w->bus);
}

static void describe(struct world *w, unsigned queue, uint16_t i, uint64_t pa,
                     uint32_t bytes, uint16_t flags)
{
    struct {
        uint64_t pa;
        uint32_t bytes;
        uint16_t flags, next;
    } d = { pa, bytes, flags, (uint16_t)(i + 1) };
    ram_put(w, ring(queue, 0) + 16u * i, &d, sizeof d);
}

static void serve(struct world *w)
{
    console_serve(&w->console, &w->v, &w->bus, &w->uart);
}

static void post(struct world *w, unsigned queue, uint16_t head)
{
    uint64_t avail = ring(queue, 1);
    ram_put(w, avail + 4 + 2u * (w->posted[queue] % SIZE), &head, 2);
    w->posted[queue]++;
    ram_put(w, avail + 2, &w->posted[queue], 2);
    put(w, VIRTIO_NOTIFY_AT, queue);
    serve(w);
}

/* Element i of a used ring: how many bytes the device wrote. */
static uint32_t used(struct world *w, unsigned queue, unsigned i)
{
    uint32_t element[2];
    assert_true(bus_read(&w->bus, ring(queue, 2) + 4 + 8u * i, element,
                         sizeof element));
    return element[1];
}

static unsigned used_count(struct world *w, unsigned queue)
{
    uint16_t index;
    assert_true(bus_read(&w->bus, ring(queue, 2) + 2, &index, sizeof index));
    return index;
}

static void identity(void **state)
{
    (void)state;
    struct world w;
    uint64_t value;
    open_world(&w);
    assert_true(virtio_read(&w.v, VIRTIO_ID_AT, 4, &value));
    assert_int_equal(value, 3);
    put(&w, VIRTIO_QUEUE_SELECT_AT, TRANSMIT);
    assert_true(virtio_read(&w.v, VIRTIO_QUEUE_MAX_AT, 4, &value));
    assert_int_equal(value, VIRTIO_QUEUE_SIZE);
    put(&w, VIRTIO_QUEUE_SELECT_AT, 2);
    assert_true(virtio_read(&w.v, VIRTIO_QUEUE_MAX_AT, 4, &value));
    assert_int_equal(value, 0);
    assert_true(virtio_read(&w.v, VIRTIO_FEATURES_AT, 4, &value));
    assert_int_equal(value, 0); /* one port, no size */
    close_world(&w);
}

static void text_goes_out(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    uart_print(&w.uart, '>');
    ram_put(&w, DATA, "hello, world", 12);
    describe(&w, TRANSMIT, 0, DATA, 5, DESC_NEXT);
    describe(&w, TRANSMIT, 1, DATA + 7, 5, 0);
    post(&w, TRANSMIT, 0);
    assert_string_equal(w.uart.text, ">helloworld");
    assert_int_equal(used_count(&w, TRANSMIT), 1);
    assert_int_equal(used(&w, TRANSMIT, 0), 0);
    assert_true(virtio_interrupt(&w.v));
    close_world(&w);
}

static void keys_come_in(void **state)
{
    (void)state;
    struct world w;
    char seen[8];
    open_world(&w);
    /* Keys first: they wait for a buffer, and the rest for the next. */
    assert_int_equal(console_input(&w.console, "abcde", 5), 5);
    serve(&w);
    assert_false(virtio_interrupt(&w.v));
    describe(&w, RECEIVE, 0, DATA, 3, DESC_WRITE);
    post(&w, RECEIVE, 0);
    assert_int_equal(used(&w, RECEIVE, 0), 3);
    assert_true(virtio_interrupt(&w.v));
    describe(&w, RECEIVE, 1, DATA + 3, 1, DESC_WRITE | DESC_NEXT);
    describe(&w, RECEIVE, 2, DATA + 4, 64, DESC_WRITE);
    post(&w, RECEIVE, 1);
    assert_int_equal(used(&w, RECEIVE, 1), 2);
    /* A buffer first: it waits for keys. */
    describe(&w, RECEIVE, 3, DATA + 5, 64, DESC_WRITE);
    post(&w, RECEIVE, 3);
    assert_int_equal(used_count(&w, RECEIVE), 2);
    assert_int_equal(console_input(&w.console, "f", 1), 1);
    serve(&w);
    assert_int_equal(used(&w, RECEIVE, 2), 1);
    assert_true(bus_read(&w.bus, DATA, seen, sizeof seen));
    assert_memory_equal(seen, "abcdef\0", 7);
    close_world(&w);
}

static void keys_beyond_the_room_are_refused(void **state)
{
    (void)state;
    struct world w;
    static char many[CONSOLE_INPUT + 10];
    open_world(&w);
    assert_int_equal(console_input(&w.console, many, sizeof many),
                     CONSOLE_INPUT);
    assert_int_equal(console_input(&w.console, "x", 1), 0);
    console_reset(&w.console);
    assert_int_equal(console_input(&w.console, "x", 1), 1);
    close_world(&w);
}

static void broken_requests_stop_it(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    console_input(&w.console, "x", 1);
    describe(&w, RECEIVE, 0, DATA, 4, 0); /* nothing to write into */
    post(&w, RECEIVE, 0);
    assert_true(w.v.status & VIRTIO_NEEDS_RESET);
    start(&w);
    describe(&w, TRANSMIT, 0, DATA, CONSOLE_REQUEST_MAX + 1, 0);
    post(&w, TRANSMIT, 0);
    assert_true(w.v.status & VIRTIO_NEEDS_RESET);
    assert_int_equal(w.uart.length, 0);
    start(&w);
    describe(&w, TRANSMIT, 0, DATA, 1, 0);
    post(&w, TRANSMIT, 0);
    assert_int_equal(w.uart.length, 1);
    close_world(&w);
}

static void random_drivers(void **state)
{
    (void)state;
    struct world w;
    unsigned served = 0, stopped = 0;
    random_start(7);
    open_world(&w);
    for (int i = 0; i < 20000; i++) {
        unsigned q = (unsigned)random_below(2);
        if ((w.v.status & VIRTIO_NEEDS_RESET) || random_below(16) == 0)
            start(&w);
        if (random_below(8) == 0)
            virtio_write(&w.v, 4 * random_below(0x41), 4, random_next());
        for (uint16_t d = 0; d < SIZE; d++) {
            uint64_t pa =
                random_below(32) ? DATA + random_below(0x4000) : random_next();
            describe(
                &w, q, d, pa, (uint32_t)random_below(600),
                (uint16_t)(random_below(32) ? random_below(4) : random_next()));
        }
        console_input(&w.console, "keys", random_below(5));
        unsigned before = used_count(&w, q);
        post(&w, q, (uint16_t)random_below(SIZE + 1));
        served += used_count(&w, q) != before;
        stopped += (w.v.status & VIRTIO_NEEDS_RESET) != 0;
    }
    assert_true(served > 1000 && stopped > 1000); /* both were reached */
    close_world(&w);
}

/* Prints "abab...", one letter every four instructions. */
static const uint32_t program_abab[] = {
    0x100002b7, /* lui t0,0x10000 */
    0x06100313, /* li t1,'a' */
    0x00628023, /* sb t1,0(t0) */
    0x00334313, /* xori t1,t1,3 */
    0xff9ff06f, /* j 80000008 */
};

static void a_run_ends_at_a_text(void **state)
{
    (void)state;
    struct err err;
    struct config c;
    size_t end = 0;
    assert_true(config_preset(&c, "u54", &err));
    struct machine *m = machine_new(&c, &err);
    assert_non_null(m);
    assert_true(
        machine_poke_phys(m, MEM_RAM, program_abab, sizeof program_abab));
    struct run_limits limits = { .max_insns = 1000,
                                 .until_text = { "bab", 3, 0 } };
    assert_int_equal(machine_run(m, &limits), STOP_TEXT);
    assert_string_equal(m->uart.text, "abab"); /* not one letter more */
    assert_true(machine_console_find(m, &limits.until_text, &end));
    assert_int_equal(end, 4);
    assert_int_equal(machine_run(m, &limits), STOP_TEXT); /* still there */
    assert_int_equal(m->uart.length, 4);
    limits.until_text.from = end;
    assert_int_equal(machine_run(m, &limits), STOP_TEXT);
    assert_string_equal(m->uart.text, "abababab");
    limits.until_text.bytes = "bb";
    limits.until_text.count = 2;
    assert_int_equal(machine_run(m, &limits), STOP_BUDGET);
    assert_false(machine_console_find(m, &limits.until_text, &end));
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity),
        cmocka_unit_test(text_goes_out),
        cmocka_unit_test(keys_come_in),
        cmocka_unit_test(keys_beyond_the_room_are_refused),
        cmocka_unit_test(broken_requests_stop_it),
        cmocka_unit_test(random_drivers),
        cmocka_unit_test(a_run_ends_at_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
