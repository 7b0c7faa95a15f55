/* SPDX-License-Identifier: Apache-2.0 */
/* PLIC, real-time clock and boot ROM: registers, gateways, priorities, and the
 * way of an interrupt from a device to the hart. */
#include "tests/sim/machine_help.h"

#define ENABLE(context)    (PLIC_ENABLE_AT + PLIC_ENABLE_STEP * (context))
#define THRESHOLD(context) (PLIC_CONTEXT_AT + PLIC_CONTEXT_STEP * (context))
#define CLAIM(context)     (THRESHOLD(context) + 4)

static uint32_t get(struct plic *p, uint64_t offset)
{
    uint64_t value;
    assert_true(plic_read(p, offset, 4, &value));
    return (uint32_t)value;
}

static void put(struct plic *p, uint64_t offset, uint32_t value)
{
    assert_true(plic_write(p, offset, 4, value));
}

/* Source 10 at priority 3 and 11 at 5, both for S-mode. */
static void setup(struct plic *p)
{
    plic_reset(p, 1);
    put(p, 4 * 10, 3);
    put(p, 4 * 11, 5);
    put(p, ENABLE(PLIC_CONTEXT_S(0)), 1 << 10 | 1 << 11);
}

static void claims_by_priority(void **state)
{
    (void)state;
    struct plic p;
    setup(&p);
    assert_false(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
    plic_line(&p, 10, true);
    plic_line(&p, 11, true);
    assert_true(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
    assert_false(plic_interrupt(&p, PLIC_CONTEXT_M(0)));
    assert_int_equal(get(&p, PLIC_PENDING_AT), 1 << 10 | 1 << 11);
    assert_int_equal(get(&p, CLAIM(PLIC_CONTEXT_S(0))), 11);
    assert_int_equal(get(&p, PLIC_PENDING_AT), 1 << 10);
    assert_int_equal(get(&p, CLAIM(PLIC_CONTEXT_S(0))), 10);
    assert_int_equal(get(&p, CLAIM(PLIC_CONTEXT_S(0))), 0);
    assert_false(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
}

static void equal_priority_lowest_number_first(void **state)
{
    (void)state;
    struct plic p;
    setup(&p);
    put(&p, 4 * 10, 5);
    plic_line(&p, 11, true);
    plic_line(&p, 10, true);
    assert_int_equal(get(&p, CLAIM(PLIC_CONTEXT_S(0))), 10);
}

static void a_level_comes_again_after_completion(void **state)
{
    (void)state;
    struct plic p;
    setup(&p);
    plic_line(&p, 10, true);
    assert_int_equal(get(&p, CLAIM(PLIC_CONTEXT_S(0))), 10);
    plic_line(&p, 10, true);
    assert_false(
        plic_interrupt(&p, PLIC_CONTEXT_S(0))); /* served, not completed */
    put(&p, CLAIM(PLIC_CONTEXT_S(0)), 10);
    assert_true(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
    assert_int_equal(get(&p, CLAIM(PLIC_CONTEXT_S(0))), 10);
    plic_line(&p, 10, false);
    put(&p, CLAIM(PLIC_CONTEXT_S(0)), 10);
    assert_false(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
}

static void completion_of_others_is_ignored(void **state)
{
    (void)state;
    struct plic p;
    setup(&p);
    plic_line(&p, 10, true);
    assert_int_equal(get(&p, CLAIM(PLIC_CONTEXT_S(0))), 10);
    put(&p, CLAIM(PLIC_CONTEXT_M(0)), 10); /* not enabled there */
    put(&p, CLAIM(PLIC_CONTEXT_S(0)), 12);
    put(&p, CLAIM(PLIC_CONTEXT_S(0)), 0);
    put(&p, CLAIM(PLIC_CONTEXT_S(0)), 0xffffffff);
    assert_false(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
}

static void threshold_and_priority_zero_mask(void **state)
{
    (void)state;
    struct plic p;
    setup(&p);
    plic_line(&p, 10, true);
    put(&p, THRESHOLD(PLIC_CONTEXT_S(0)), 3);
    assert_false(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
    assert_int_equal(get(&p, CLAIM(PLIC_CONTEXT_S(0))), 0);
    put(&p, THRESHOLD(PLIC_CONTEXT_S(0)), 2);
    assert_true(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
    put(&p, 4 * 10, 0);
    put(&p, THRESHOLD(PLIC_CONTEXT_S(0)), 0);
    assert_false(plic_interrupt(&p, PLIC_CONTEXT_S(0)));
}

static void registers_keep_what_exists(void **state)
{
    (void)state;
    struct plic p;
    plic_reset(&p, 1);
    put(&p, 0, 7);
    assert_int_equal(get(&p, 0), 0);
    put(&p, 4 * 95, 0xff);
    assert_int_equal(get(&p, 4 * 95), 7);
    put(&p, 4 * 96, 7);
    assert_int_equal(get(&p, 4 * 96), 0);
    put(&p, ENABLE(PLIC_CONTEXT_M(0)), 0xffffffff);
    assert_int_equal(get(&p, ENABLE(PLIC_CONTEXT_M(0))),
                     0xfffffffe); /* no source 0 */
    put(&p, ENABLE(PLIC_CONTEXT_M(0)) + 8, 0xffffffff);
    assert_int_equal(get(&p, ENABLE(PLIC_CONTEXT_M(0)) + 8), 0xffffffff);
    put(&p, PLIC_PENDING_AT, 0xffffffff); /* read-only */
    assert_int_equal(get(&p, PLIC_PENDING_AT), 0);
    put(&p, THRESHOLD(PLIC_CONTEXT_M(0)), 0xff);
    assert_int_equal(get(&p, THRESHOLD(PLIC_CONTEXT_M(0))), 7);
}

/* Any access anywhere: refused or without effect, never outside the struct. */
static void every_offset_is_safe(void **state)
{
    (void)state;
    struct plic p;
    uint64_t value;
    plic_reset(&p, 1);
    for (uint64_t at = 0; at < PLIC_SIZE; at += 4) {
        assert_true(plic_write(&p, at, 4, 0xffffffff));
        assert_true(plic_read(&p, at, 4, &value));
    }
    for (unsigned line = 0; line < 200; line++)
        plic_line(&p, line, true);
    for (unsigned i = 0; i < 200; i++)
        plic_read(&p, CLAIM(PLIC_CONTEXT_M(0)), 4, &value);
    assert_false(plic_read(&p, 4, 8, &value));
    assert_false(plic_read(&p, 4, 1, &value));
    assert_false(plic_read(&p, 2, 4, &value));
    assert_false(plic_write(&p, PLIC_SIZE, 4, 0));
}

static void rtc_shows_guest_time(void **state)
{
    (void)state;
    struct rtc r;
    uint64_t low, high, alarm = RTC_START + 5000;
    rtc_reset(&r);
    assert_true(rtc_read(&r, RTC_TIME_LOW, 4, 1000, &low));
    assert_true(rtc_read(&r, RTC_TIME_HIGH, 4, 9000, &high));
    assert_int_equal(high << 32 | low, RTC_START + 1000);
    assert_int_equal(rtc_next(&r), UINT64_MAX);
    rtc_write(&r, RTC_IRQ_ENABLED, 4, 1000, 1);
    rtc_write(&r, RTC_ALARM_HIGH, 4, 1000, alarm >> 32);
    rtc_write(&r, RTC_ALARM_LOW, 4, 1000, alarm & 0xffffffff);
    assert_int_equal(rtc_next(&r), 5000);
    assert_false(rtc_interrupt(&r, 4999));
    assert_true(rtc_interrupt(&r, 5000));
    assert_int_equal(rtc_next(&r), UINT64_MAX);
    rtc_write(&r, RTC_CLEAR_INTERRUPT, 4, 5000, 1);
    assert_false(rtc_interrupt(&r, 6000));
    rtc_write(&r, RTC_TIME_HIGH, 4, 6000, 0);
    rtc_write(&r, RTC_TIME_LOW, 4, 6000, 77);
    rtc_read(&r, RTC_TIME_LOW, 4, 6001, &low);
    rtc_read(&r, RTC_TIME_HIGH, 4, 6001, &high);
    assert_int_equal(high << 32 | low, 78);
    assert_false(rtc_read(&r, 0, 8, 0, &low));
}

/* Sleeps until the alarm 1 ms ahead, claims it, switches off. */
static const uint32_t program_alarm[] = {
    0x0c000337, /* lui t1,0xc000: PLIC */
    0x00700393, /* li t2,7 */
    0x02732623, /* sw t2,44(t1): priority of 11 */
    0x0c002337, /* lui t1,0xc002 */
    0x000013b7, /* lui t2,0x1 */
    0x8003839b, /* addiw t2,t2,-2048: 1 << 11 */
    0x00732023, /* sw t2,0(t1): enable for M-mode */
    0x001012b7, /* lui t0,0x101: RTC */
    0x0002ae03, /* lw t3,0(t0) */
    0x0042ae83, /* lw t4,4(t0) */
    0x000f4f37, /* lui t5,0xf4 */
    0x240f0f1b, /* addiw t5,t5,576: 1000000 ns */
    0x01ee0e33, /* add t3,t3,t5 */
    0x00100393, /* li t2,1 */
    0x0072a823, /* sw t2,16(t0): interrupt on */
    0x01d2a623, /* sw t4,12(t0) */
    0x01c2a423, /* sw t3,8(t0) */
    0x00001337, /* lui t1,0x1 */
    0x8003031b, /* addiw t1,t1,-2048: MEIE */
    0x30431073, /* csrw mie,t1 */
    0x10500073, /* wfi */
    0x0c200337, /* lui t1,0xc200 */
    0x00432403, /* lw s0,4(t1): claim */
    0x001002b7, /* lui t0,0x100 */
    0x00005337, /* lui t1,0x5 */
    0x5553031b, /* addw t1,t1,1365 */
    0x0062a023, /* sw t1,0(t0) */
    0x0000006f, /* j . */
};

static void an_alarm_wakes_the_hart(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_alarm, 1000);
    assert_int_equal(m->stopped, STOP_POWEROFF);
    assert_int_equal(m->now->cpu.x[8], IRQ_RTC);
    /* 1 ms at 1.5 GHz, and what the program itself takes. */
    assert_in_range(machine_clock(m), 1500000, 1510000);
    machine_free(m);
}

/* Waits for a key by interrupt: enables the UART's line for M-mode, sleeps,
 * claims, reads the key, switches off. */
static const uint32_t program_key[] = {
    0x0c000337, /* lui t1,0xc000 */
    0x00100393, /* li t2,1 */
    0x02732423, /* sw t2,40(t1): priority of 10 */
    0x0c002337, /* lui t1,0xc002 */
    0x40000393, /* li t2,1024 */
    0x00732023, /* sw t2,0(t1) */
    0x100002b7, /* lui t0,0x10000 */
    0x00100393, /* li t2,1 */
    0x007280a3, /* sb t2,1(t0): receive interrupt */
    0x00001337, /* lui t1,0x1 */
    0x8003031b, /* addiw t1,t1,-2048 */
    0x30431073, /* csrw mie,t1 */
    0x10500073, /* wfi */
    0x0c200337, /* lui t1,0xc200 */
    0x00432403, /* lw s0,4(t1): claim */
    0x0002c483, /* lbu s1,0(t0) */
    0x00832223, /* sw s0,4(t1): complete */
    0x00432903, /* lw s2,4(t1): nothing more */
    0x001002b7, /* lui t0,0x100 */
    0x00005337, /* lui t1,0x5 */
    0x5553031b, /* addw t1,t1,1365 */
    0x0062a023, /* sw t1,0(t0) */
    0x0000006f, /* j . */
};

static void a_key_wakes_the_hart(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_key, 1000);
    assert_int_equal(m->stopped, STOP_IDLE);
    assert_int_equal(machine_console_input(m, "k", 1), 1);
    assert_int_equal(machine_run(m, NULL), STOP_POWEROFF);
    assert_int_equal(m->now->cpu.x[8], IRQ_UART);
    assert_int_equal(m->now->cpu.x[9], 'k');
    assert_int_equal(m->now->cpu.x[18], 0);
    machine_free(m);
}

static void rom_leads_to_firmware(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    const struct run_limits six = { .max_insns = 6 };
    uint64_t info[6];
    rom_fill(&m->rom, 0x80001000, 0x87e00000, 0x80200000);
    machine_reset(m, MEM_ROM, 0);
    machine_run(m, &six);
    assert_int_equal(m->now->cpu.pc, 0x80001000);
    assert_int_equal(m->now->cpu.x[10], 0);
    assert_int_equal(m->now->cpu.x[11], 0x87e00000);
    for (unsigned i = 0; i < 6; i++)
        assert_true(rom_read(&m->rom, m->now->cpu.x[12] - MEM_ROM + 8 * i, 8,
                             &info[i]));
    const uint64_t wanted[6] = { 0x4942534f, 2, 0x80200000, 1, 0, 0 };
    assert_memory_equal(info, wanted, sizeof info);
    machine_free(m);
}

static void rom_stays_inside(void **state)
{
    (void)state;
    struct rom rom;
    uint64_t value;
    rom_fill(&rom, 1, 2, 3);
    for (unsigned size = 1; size <= 8; size *= 2)
        for (uint64_t at = 0; at < ROM_SIZE; at += size)
            assert_true(rom_read(&rom, at, size, &value));
    assert_false(rom_read(&rom, ROM_SIZE, 4, &value));
    assert_false(rom_read(&rom, 2, 4, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_by_priority),
        cmocka_unit_test(equal_priority_lowest_number_first),
        cmocka_unit_test(a_level_comes_again_after_completion),
        cmocka_unit_test(completion_of_others_is_ignored),
        cmocka_unit_test(threshold_and_priority_zero_mask),
        cmocka_unit_test(registers_keep_what_exists),
        cmocka_unit_test(every_offset_is_safe),
        cmocka_unit_test(rtc_shows_guest_time),
        cmocka_unit_test(an_alarm_wakes_the_hart),
        cmocka_unit_test(a_key_wakes_the_hart),
        cmocka_unit_test(rom_leads_to_firmware),
        cmocka_unit_test(rom_stays_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
