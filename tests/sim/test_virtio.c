/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtio transport, disk and entropy source, driven as a driver drives
 * them: registers, rings in RAM, the disk that never changes its file, and
 * drivers that break every rule.
 */
#include "tests/sim/machine_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/mmu/random.h"

enum { DESC_NEXT = 1, DESC_WRITE = 2 };

#define SIZE    8
#define DESC    (MEM_RAM + 0x1000)
#define AVAIL   (MEM_RAM + 0x2000)
#define USED    (MEM_RAM + 0x3000)
#define HEADER  (MEM_RAM + 0x4000)
#define STATUS  (MEM_RAM + 0x4100)
#define DATA    (MEM_RAM + 0x5000)
#define SECTORS 64

/* A driver's view of one device on a bus of its own. */
struct world {
    struct bus bus;
    struct virtio v;
    struct block block;
    char path[40];
    uint16_t posted;
};

static uint32_t get(const struct virtio *v, uint64_t offset)
{
    uint64_t value;
    assert_true(virtio_read(v, offset, 4, &value));
    return (uint32_t)value;
}

static void put(struct virtio *v, uint64_t offset, uint32_t value)
{
    assert_true(virtio_write(v, offset, 4, value));
}

/* Byte b of sector s. */
static uint8_t pattern(uint64_t s, uint64_t b)
{
    return (uint8_t)(s * 7 + b);
}

static void make_image(char *path)
{
    uint8_t sector[BLOCK_SECTOR];
    strcpy(path, "/tmp/opalite_disk_XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (uint64_t s = 0; s < SECTORS; s++) {
        for (uint64_t b = 0; b < BLOCK_SECTOR; b++)
            sector[b] = pattern(s, b);
        assert_int_equal(write(fd, sector, sizeof sector), sizeof sector);
    }
    close(fd);
}

static void setup_queue(struct virtio *v)
{
    put(v, VIRTIO_QUEUE_SELECT_AT, 0);
    put(v, VIRTIO_QUEUE_SIZE_AT, SIZE);
    put(v, VIRTIO_DESC_AT, DESC);
    put(v, VIRTIO_AVAIL_AT, AVAIL);
    put(v, VIRTIO_USED_AT, USED);
    put(v, VIRTIO_QUEUE_READY_AT, 1);
    put(v, VIRTIO_STATUS_AT,
        VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK |
            VIRTIO_DRIVER_OK);
}

static void open_world(struct world *w)
{
    struct err err;
    memset(w, 0, sizeof *w);
    make_image(w->path);
    assert_true(bus_init(&w->bus, MEM_RAM, 1 << 20, &err));
    assert_true(block_open(&w->block, NULL, &w->v, w->path, &err));
    setup_queue(&w->v);
}

static void close_world(struct world *w)
{
    block_close(&w->block);
    bus_free(&w->bus);
    unlink(w->path);
}

static void ram_put(struct world *w, uint64_t pa, const void *from, size_t n)
{
    assert_true(bus_write(&w->bus, pa, from, n));
}

static void describe(struct world *w, uint16_t i, uint64_t pa, uint32_t bytes,
                     uint16_t flags, uint16_t next)
{
    struct {
        uint64_t pa;
        uint32_t bytes;
        uint16_t flags, next;
    } d = { pa, bytes, flags, next };
    ram_put(w, DESC + 16u * i, &d, sizeof d);
}

static void post(struct world *w, uint16_t head)
{
    ram_put(w, AVAIL + 4 + 2u * (w->posted % SIZE), &head, 2);
    w->posted++;
    ram_put(w, AVAIL + 2, &w->posted, 2);
    put(&w->v, VIRTIO_NOTIFY_AT, 0);
    assert_int_equal(w->v.rung, 1);
    w->v.rung = 0;
    block_serve(&w->block, &w->v, &w->bus);
}

/* One request of three descriptors, as drivers make them; its status byte. */
static uint8_t request(struct world *w, uint32_t type, uint64_t sector,
                       uint32_t bytes)
{
    const struct {
        uint32_t type, zero;
        uint64_t sector;
    } header = { type, 0, sector };
    const uint8_t untouched = 0xee;
    uint8_t status;
    ram_put(w, HEADER, &header, sizeof header);
    ram_put(w, STATUS, &untouched, 1);
    describe(w, 0, HEADER, 16, DESC_NEXT, 1);
    describe(w, 1, DATA, bytes,
             (uint16_t)(DESC_NEXT | (type == 1 ? 0 : DESC_WRITE)), 2);
    describe(w, 2, STATUS, 1, DESC_WRITE, 0);
    post(w, 0);
    assert_true(bus_read(&w->bus, STATUS, &status, 1));
    return status;
}

static void identity_registers(void **state)
{
    (void)state;
    struct world w;
    uint64_t value;
    open_world(&w);
    assert_int_equal(get(&w.v, VIRTIO_MAGIC_AT), 0x74726976);
    assert_int_equal(get(&w.v, VIRTIO_VERSION_AT), 2);
    assert_int_equal(get(&w.v, VIRTIO_ID_AT), 2);
    assert_int_equal(get(&w.v, VIRTIO_VENDOR_AT), 0x554d4551);
    assert_int_equal(get(&w.v, VIRTIO_QUEUE_MAX_AT), VIRTIO_QUEUE_SIZE);
    put(&w.v, VIRTIO_QUEUE_SELECT_AT, 1);
    assert_int_equal(get(&w.v, VIRTIO_QUEUE_MAX_AT), 0);
    put(&w.v, VIRTIO_FEATURES_SELECT_AT, 1);
    assert_int_equal(get(&w.v, VIRTIO_FEATURES_AT), 1);
    assert_true(virtio_read(&w.v, VIRTIO_CONFIG_AT, 8, &value));
    assert_int_equal(value, SECTORS);
    assert_false(virtio_read(&w.v, 0, 8, &value));
    assert_false(virtio_read(&w.v, 2, 4, &value));
    close_world(&w);
    struct virtio empty = { 0 };
    assert_int_equal(get(&empty, VIRTIO_MAGIC_AT), 0x74726976);
    assert_int_equal(get(&empty, VIRTIO_ID_AT), 0);
}

static void features_that_are_not_offered_are_refused(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    put(&w.v, VIRTIO_STATUS_AT, 0);
    assert_int_equal(get(&w.v, VIRTIO_QUEUE_READY_AT), 0);
    put(&w.v, VIRTIO_DRIVER_FEATURES_AT, 1u << 5); /* read-only disk */
    put(&w.v, VIRTIO_STATUS_AT, 11);
    assert_int_equal(get(&w.v, VIRTIO_STATUS_AT), 3);
    put(&w.v, VIRTIO_DRIVER_FEATURES_AT, 0);
    put(&w.v, VIRTIO_STATUS_AT, 11);
    assert_int_equal(get(&w.v, VIRTIO_STATUS_AT), 11);
    close_world(&w);
}

static void a_sector_is_read(void **state)
{
    (void)state;
    struct world w;
    uint8_t data[1024];
    uint32_t used[4];
    open_world(&w);
    assert_int_equal(request(&w, 0, 5, 1024), 0);
    assert_true(bus_read(&w.bus, DATA, data, sizeof data));
    for (uint64_t b = 0; b < 1024; b++)
        assert_int_equal(data[b], pattern(5 + b / 512, b % 512));
    assert_true(bus_read(&w.bus, USED, used, sizeof used));
    assert_int_equal(used[0] >> 16, 1); /* index */
    assert_int_equal(used[1], 0);       /* head */
    assert_int_equal(used[2], 1025);    /* data and status */
    assert_true(virtio_interrupt(&w.v));
    put(&w.v, VIRTIO_INTERRUPT_ACK_AT, get(&w.v, VIRTIO_INTERRUPT_AT));
    assert_false(virtio_interrupt(&w.v));
    close_world(&w);
}

static void writes_stay_in_memory(void **state)
{
    (void)state;
    struct world w;
    uint8_t data[512], file[512];
    open_world(&w);
    memset(data, 0xa5, sizeof data);
    ram_put(&w, DATA, data, sizeof data);
    assert_int_equal(request(&w, 1, 9, 512), 0);
    assert_int_equal(request(&w, 4, 0, 0), 0); /* flush */
    memset(data, 0, sizeof data);
    ram_put(&w, DATA, data, sizeof data);
    assert_int_equal(request(&w, 0, 9, 512), 0);
    assert_true(bus_read(&w.bus, DATA, data, sizeof data));
    assert_int_equal(data[0], 0xa5);
    assert_int_equal(data[511], 0xa5);
    FILE *f = fopen(w.path, "rb");
    assert_non_null(f);
    fseek(f, 9 * 512, SEEK_SET);
    assert_int_equal(fread(file, 1, 512, f), 512);
    fclose(f);
    assert_int_equal(file[1], pattern(9, 1));
    close_world(&w);
}

static void requests_that_cannot_be_done_say_so(void **state)
{
    (void)state;
    struct world w;
    open_world(&w);
    assert_int_equal(request(&w, 0, SECTORS - 1, 512), 0);
    assert_int_equal(request(&w, 0, SECTORS - 1, 1024), 1);
    assert_int_equal(request(&w, 0, SECTORS, 512), 1);
    assert_int_equal(request(&w, 1, UINT64_MAX, 512), 1);
    assert_int_equal(request(&w, 0, UINT64_MAX / 512 + 1, 512), 1);
    assert_int_equal(request(&w, 0, 0, 100), 1);
    assert_int_equal(request(&w, 77, 0, 512), 2);
    assert_int_equal(request(&w, 8, 0, 20), 0);
    assert_int_equal(get(&w.v, VIRTIO_STATUS_AT) & VIRTIO_NEEDS_RESET, 0);
    close_world(&w);
}

/* The device stands still, asks for a reset, and works after it. */
static void expect_broken(struct world *w)
{
    assert_int_equal(get(&w->v, VIRTIO_STATUS_AT) & VIRTIO_NEEDS_RESET,
                     VIRTIO_NEEDS_RESET);
    put(&w->v, VIRTIO_STATUS_AT, 0);
    w->posted = 0;
    uint8_t nothing[0x100] = { 0 };
    ram_put(w, AVAIL, nothing, sizeof nothing);
    setup_queue(&w->v);
    assert_int_equal(request(w, 0, 1, 512), 0);
}

static void chains_that_break_rules_stop_the_device(void **state)
{
    (void)state;
    static const struct {
        uint64_t pa;
        uint32_t bytes;
        uint16_t flags, next;
    } bad[] = {
        { DATA, 512, DESC_NEXT, 0 },                    /* a loop */
        { DATA, 512, DESC_NEXT, SIZE },                 /* out of the table */
        { DATA, 512, DESC_NEXT, 0xffff },               /* far out */
        { 0, 512, DESC_NEXT | DESC_WRITE, 2 },          /* no RAM there */
        { MEM_RAM + (1 << 20) - 8, 16, DESC_WRITE, 2 }, /* over the end */
        { UINT64_MAX, 0xffffffff, DESC_WRITE, 2 },
        { MEM_FINISHER, 4, DESC_NEXT | DESC_WRITE, 2 }, /* a device */
        { MEM_VIRTIO + 0x50, 4, DESC_WRITE, 2 },        /* itself */
        { DATA, 512, DESC_NEXT | 4, 2 },                /* indirect */
        { DATA, 0xffffffff, DESC_NEXT, 2 },             /* longer than RAM */
        { DATA, 512, 0, 0 }, /* nowhere for the status */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct world w;
        open_world(&w);
        describe(&w, 0, HEADER, 16, DESC_NEXT, 1);
        describe(&w, 1, bad[i].pa, bad[i].bytes, bad[i].flags, bad[i].next);
        describe(&w, 2, STATUS, 1, DESC_WRITE, 0);
        post(&w, 0);
        expect_broken(&w);
        post(&w, SIZE); /* a head outside the table */
        expect_broken(&w);
        w.posted = (uint16_t)(w.posted + 1000); /* more than can wait */
        post(&w, 0);
        expect_broken(&w);
        close_world(&w);
    }
}

/* A ring that its own requests write: 255 flushes, then a read that moves the
 * index of the ring on by 256 and its own header to the next sector, and so on
 * (with 256 sectors: for ever). A bell must have an end all the same. */
static void a_ring_that_feeds_itself_comes_to_an_end(void **state)
{
    (void)state;
    struct world w;
    const uint32_t flush[4] = { 4 }, read[4] = { 0 };
    open_world(&w);
    for (uint64_t s = 0; s < SECTORS; s++) {
        uint64_t next = (s + 1) % SECTORS;
        uint16_t index = (uint16_t)(256 * (s + 2));
        memset(w.block.bytes + s * BLOCK_SECTOR, 0, BLOCK_SECTOR);
        memcpy(w.block.bytes + s * BLOCK_SECTOR, &index, sizeof index);
        memcpy(w.block.bytes + s * BLOCK_SECTOR + 2 + 8, &next, sizeof next);
    }
    put(&w.v, VIRTIO_QUEUE_READY_AT, 0);
    put(&w.v, VIRTIO_QUEUE_SIZE_AT, 256);
    put(&w.v, VIRTIO_QUEUE_READY_AT, 1);
    ram_put(&w, HEADER, flush, sizeof flush);
    describe(&w, 0, HEADER, 16, DESC_NEXT, 1);
    describe(&w, 1, STATUS, 1, DESC_WRITE, 0);
    ram_put(&w, HEADER + 32, read, sizeof read);
    describe(&w, 2, HEADER + 32, 16, DESC_NEXT, 3);
    describe(&w, 3, AVAIL + 2, 2, DESC_NEXT | DESC_WRITE, 4);
    describe(&w, 4, HEADER + 32, 16, DESC_NEXT | DESC_WRITE, 5);
    describe(&w, 5, DATA, 512 - 18, DESC_NEXT | DESC_WRITE, 1);
    uint16_t head = 2, waiting = 256;
    ram_put(&w, AVAIL + 4 + 2 * 255, &head, 2);
    ram_put(&w, AVAIL + 2, &waiting, 2);
    put(&w.v, VIRTIO_NOTIFY_AT, 0);
    alarm(60);
    block_serve(&w.block, &w.v, &w.bus);
    assert_int_equal(w.v.queue[0].next_used, 256);
    assert_true(bus_read(&w.bus, AVAIL + 2, &waiting, 2));
    assert_int_equal(waiting, 512); /* it would go on */
    block_serve(&w.block, &w.v, &w.bus);
    assert_int_equal(w.v.queue[0].next_used, 512);
    alarm(0);
    close_world(&w);
}

static void queues_outside_ram(void **state)
{
    (void)state;
    static const uint32_t place[] = { 0, 0x10, 0xfffffff8, 0x800ffffe };
    for (size_t i = 0; i < 4; i++)
        for (uint64_t which = VIRTIO_DESC_AT; which <= VIRTIO_USED_AT;
             which += 0x10) {
            struct world w;
            open_world(&w);
            put(&w.v, VIRTIO_QUEUE_READY_AT, 0);
            put(&w.v, which, place[i]);
            put(&w.v, which + 4, i == 2 ? 0xffffffff : 0);
            put(&w.v, VIRTIO_QUEUE_READY_AT, 1);
            request(&w, 0, 0, 512);
            expect_broken(&w);
            close_world(&w);
        }
}

static void queue_sizes(void **state)
{
    (void)state;
    static const struct {
        uint32_t size, ready;
    } sizes[] = { { 0, 0 },   { 1, 1 },   { 3, 0 },         { 8, 1 },
                  { 256, 1 }, { 512, 0 }, { 0xffffffff, 0 } };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct virtio v = { .id = VIRTIO_BLOCK, .queue_count = 1 };
        put(&v, VIRTIO_QUEUE_SIZE_AT, sizes[i].size);
        put(&v, VIRTIO_QUEUE_READY_AT, 1);
        assert_int_equal(get(&v, VIRTIO_QUEUE_READY_AT), sizes[i].ready);
    }
}

/* One in `n`. */
static bool seldom(uint64_t n)
{
    return random_below(n) == 0;
}

static void random_table(struct world *w)
{
    const struct {
        uint32_t type, zero;
        uint64_t sector;
    } header = { (uint32_t)random_below(10), 0, random_below(SECTORS + 8) };
    ram_put(w, HEADER, &header, sizeof header);
    for (uint16_t i = 0; i < SIZE; i++) {
        uint64_t pa = seldom(32) ? random_next() : DATA + random_below(0x4000);
        uint64_t bytes = seldom(32) ? random_next() : 512 * random_below(4);
        uint64_t flags = seldom(32) ? random_next() : random_below(4);
        uint64_t next = seldom(32) ? random_next() : i + 1u;
        if (i == 0)
            describe(w, 0, HEADER, 16, DESC_NEXT, (uint16_t)next);
        else
            describe(w, i, pa, (uint32_t)bytes + (flags == DESC_WRITE),
                     (uint16_t)flags, (uint16_t)next);
    }
}

static void start_again(struct world *w)
{
    const uint8_t nothing[0x100] = { 0 };
    put(&w->v, VIRTIO_STATUS_AT, 0);
    w->posted = 0;
    ram_put(w, AVAIL, nothing, sizeof nothing);
    setup_queue(&w->v);
}

/* Drivers that are mostly, but never quite, right: nothing may crash. */
static void random_drivers(void **state)
{
    (void)state;
    struct world w;
    uint64_t value;
    unsigned served = 0, stopped = 0;
    random_start(1);
    open_world(&w);
    for (int i = 0; i < 50000; i++) {
        if ((w.v.status & VIRTIO_NEEDS_RESET) || seldom(16))
            start_again(&w);
        if (seldom(8))
            virtio_write(&w.v, 4 * random_below(0x41), 4, random_next());
        virtio_read(&w.v, random_below(0x200), 1u << random_below(4), &value);
        w.v.rung = 0;
        random_table(&w);
        uint16_t before = w.v.queue[0].next_used;
        post(&w, seldom(16) ? (uint16_t)random_next() : 0);
        served += w.v.queue[0].next_used != before;
        stopped += (w.v.status & VIRTIO_NEEDS_RESET) != 0;
    }
    assert_true(served > 1000 && stopped > 1000); /* both were reached */
    close_world(&w);
}

static void entropy_fills_and_repeats(void **state)
{
    (void)state;
    uint8_t first[100], second[100];
    for (int round = 0; round < 2; round++) {
        struct world w;
        struct entropy e;
        open_world(&w);
        entropy_open(&e, &w.v, 42);
        setup_queue(&w.v);
        describe(&w, 0, DATA, 33, DESC_NEXT | DESC_WRITE, 1);
        describe(&w, 1, DATA + 33, 67, DESC_WRITE, 0);
        uint16_t ring[3] = { 0, 1, 0 };
        ram_put(&w, AVAIL, ring, sizeof ring);
        entropy_serve(&e, &w.v, &w.bus);
        assert_true(bus_read(&w.bus, DATA, round ? second : first, 100));
        close_world(&w);
    }
    assert_memory_equal(first, second, 100);
    unsigned zeros = 0;
    for (int i = 0; i < 100; i++)
        zeros += first[i] == 0;
    assert_true(zeros < 10);
}

static void images_that_are_no_disks(void **state)
{
    (void)state;
    struct block b = { 0 };
    struct virtio v = { 0 };
    struct err err;
    char path[40];
    assert_false(block_open(&b, NULL, &v, "/nowhere", &err));
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    assert_false(block_open(&b, NULL, &v, "/tmp", &err));
    make_image(path);
    assert_int_equal(truncate(path, 1000), 0);
    assert_false(block_open(&b, NULL, &v, path, &err));
    assert_int_equal(truncate(path, 0), 0);
    assert_false(block_open(&b, NULL, &v, path, &err));
    assert_int_equal(v.id, VIRTIO_NONE);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_registers),
        cmocka_unit_test(features_that_are_not_offered_are_refused),
        cmocka_unit_test(a_sector_is_read),
        cmocka_unit_test(writes_stay_in_memory),
        cmocka_unit_test(requests_that_cannot_be_done_say_so),
        cmocka_unit_test(chains_that_break_rules_stop_the_device),
        cmocka_unit_test(a_ring_that_feeds_itself_comes_to_an_end),
        cmocka_unit_test(queues_outside_ram),
        cmocka_unit_test(queue_sizes),
        cmocka_unit_test(random_drivers),
        cmocka_unit_test(entropy_fills_and_repeats),
        cmocka_unit_test(images_that_are_no_disks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
