/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and interrupt lines of the board; see board.h. The devices
 * themselves are in device_*.c. */
#include "sim/board.h"

#include "sim/harts.h"

/* ---- devices on the bus -------------------------------------------------- */

static bool uart_read_bus(void *device, uint64_t offset, unsigned size,
                          uint64_t *value)
{
    return uart_read(device, offset, size, value);
}

static bool uart_write_bus(void *device, uint64_t offset, unsigned size,
                           uint64_t *value)
{
    return uart_write(device, offset, size, *value);
}

static bool finisher_read_bus(void *device, uint64_t offset, unsigned size,
                              uint64_t *value)
{
    return finisher_read(device, offset, size, value);
}

static bool finisher_write_bus(void *device, uint64_t offset, unsigned size,
                               uint64_t *value)
{
    return finisher_write(device, offset, size, *value);
}

static bool mailbox_read_bus(void *device, uint64_t offset, unsigned size,
                             uint64_t *value)
{
    return mailbox_read(device, offset, size, value);
}

static bool mailbox_write_bus(void *device, uint64_t offset, unsigned size,
                              uint64_t *value)
{
    return mailbox_write(device, offset, size, *value);
}

/* The CLINT needs the clock, so its device is the machine. */
static bool clint_read_bus(void *device, uint64_t offset, unsigned size,
                           uint64_t *value)
{
    const struct machine *m = device;
    return clint_read(&m->clint, offset, size, cpu_time(&m->now->cpu), value);
}

/* mtime is one for all: the hart that writes it says what time it is. */
static void set_time(struct machine *m, uint64_t time)
{
    cpu_set_time(&m->now->cpu, time);
    for (uint64_t i = 0; i < m->config.harts; i++)
        cpu_join_time(&m->hart[i].cpu, &m->now->cpu);
}

static bool clint_write_bus(void *device, uint64_t offset, unsigned size,
                            uint64_t *value)
{
    struct machine *m = device;
    uint64_t before = cpu_time(&m->now->cpu), time = before;
    if (!clint_write(&m->clint, offset, size, *value, &time))
        return false;
    if (time != before)
        set_time(m, time);
    return true;
}

static bool rom_read_bus(void *device, uint64_t offset, unsigned size,
                         uint64_t *value)
{
    return rom_read(device, offset, size, value);
}

static bool plic_read_bus(void *device, uint64_t offset, unsigned size,
                          uint64_t *value)
{
    return plic_read(device, offset, size, value);
}

static bool plic_write_bus(void *device, uint64_t offset, unsigned size,
                           uint64_t *value)
{
    return plic_write(device, offset, size, *value);
}

#define NS_PER_SECOND 1000000000u

/* Nanoseconds of guest time since power-on, and the tick that reaches some. */
static uint64_t uptime(const struct machine *m)
{
    unsigned __int128 ns = cpu_time(&m->now->cpu);
    return (uint64_t)(ns * NS_PER_SECOND / m->config.timebase_hz);
}

static uint64_t tick_of_uptime(const struct machine *m, uint64_t ns)
{
    unsigned __int128 ticks = ns;
    ticks = (ticks * m->config.timebase_hz + NS_PER_SECOND - 1) / NS_PER_SECOND;
    return ticks > UINT64_MAX ? UINT64_MAX : (uint64_t)ticks;
}

/* It needs the time, so its device is the machine too. */
static bool rtc_read_bus(void *device, uint64_t offset, unsigned size,
                         uint64_t *value)
{
    struct machine *m = device;
    return rtc_read(&m->rtc, offset, size, uptime(m), value);
}

static bool rtc_write_bus(void *device, uint64_t offset, unsigned size,
                          uint64_t *value)
{
    struct machine *m = device;
    return rtc_write(&m->rtc, offset, size, uptime(m), *value);
}

/* ---- virtio -------------------------------------------------------------- */

static bool virtio_read_bus(void *device, uint64_t offset, unsigned size,
                            uint64_t *value)
{
    const struct machine *m = device;
    return virtio_read(&m->virtio[offset / VIRTIO_STRIDE],
                       offset % VIRTIO_STRIDE, size, value);
}

static void serve(struct machine *m, struct virtio *v)
{
    switch (v->id) {
    case VIRTIO_BLOCK:
        block_serve(&m->block, v, &m->bus);
        break;
    case VIRTIO_CONSOLE:
        console_serve(&m->console, v, &m->bus, &m->uart);
        break;
    case VIRTIO_ENTROPY:
        entropy_serve(&m->entropy, v, &m->bus);
        break;
    case VIRTIO_NONE:
        break;
    }
    v->rung = 0;
}

static bool virtio_write_bus(void *device, uint64_t offset, unsigned size,
                             uint64_t *value)
{
    struct machine *m = device;
    struct virtio *v = &m->virtio[offset / VIRTIO_STRIDE];
    bool taken = virtio_write(v, offset % VIRTIO_STRIDE, size, *value);
    if (v->rung)
        serve(m, v);
    return taken;
}

bool board_add_devices(struct machine *m, struct err *err)
{
    const struct bus_device devices[] = {
        { "rom", MEM_ROM, ROM_SIZE, rom_read_bus, NULL, &m->rom },
        { "finisher", MEM_FINISHER, FINISHER_SIZE, finisher_read_bus,
          finisher_write_bus, &m->finisher },
        { "rtc", MEM_RTC, RTC_SIZE, rtc_read_bus, rtc_write_bus, m },
        { "clint", MEM_CLINT, CLINT_SIZE, clint_read_bus, clint_write_bus, m },
        { "plic", MEM_PLIC, PLIC_SIZE, plic_read_bus, plic_write_bus,
          &m->plic },
        { "uart", MEM_UART, UART_SIZE, uart_read_bus, uart_write_bus,
          &m->uart },
        { "virtio", MEM_VIRTIO, VIRTIO_SLOTS * VIRTIO_STRIDE, virtio_read_bus,
          virtio_write_bus, m },
        { "mailbox", MEM_MAILBOX, MAILBOX_SIZE, mailbox_read_bus,
          mailbox_write_bus, &m->mailbox },
    };
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (!bus_add_device(&m->bus, &devices[i], err))
            return false;
    return true;
}

void board_reset(struct machine *m)
{
    uart_reset(&m->uart);
    clint_reset(&m->clint, (unsigned)m->config.harts);
    plic_reset(&m->plic, (unsigned)m->config.harts);
    rtc_reset(&m->rtc);
    mailbox_reset(&m->mailbox);
    console_reset(&m->console);
    for (size_t i = 0; i < VIRTIO_SLOTS; i++)
        virtio_reset(&m->virtio[i]);
}

/* ---- time and interrupt lines ---------------------------------------------
 */

/* When time alone will raise a line of the hart. */
static void plan_hart(struct machine *m, uint64_t hart, uint64_t alarm)
{
    struct hart *h = &m->hart[hart];
    const struct cpu *c = &h->cpu;
    uint64_t now = c->mmu.accounts.total;
    uint64_t at = cpu_cycle_of_time(c, m->clint.mtimecmp[hart]);
    h->timer_clock = at > now ? at : UINT64_MAX;
    if (alarm != UINT64_MAX) {
        at = cpu_cycle_of_time(c, tick_of_uptime(m, alarm));
        if (at > now && at < h->timer_clock)
            h->timer_clock = at;
    }
    harts_note(m, h);
}

void board_deadline(struct machine *m)
{
    m->deadline = m->now->timer_clock;
    if (m->turn.until < m->deadline)
        m->deadline = m->turn.until;
    if (m->limits && m->limits->until_cycle &&
        m->limits->until_cycle < m->deadline)
        m->deadline = m->limits->until_cycle;
}

void board_plan(struct machine *m)
{
    uint64_t alarm = rtc_next(&m->rtc);
    for (uint64_t i = 0; i < m->config.harts; i++)
        plan_hart(m, i, alarm);
    board_deadline(m);
}

static void set_plic(struct machine *m)
{
    plic_line(&m->plic, IRQ_UART, uart_interrupt(&m->uart));
    plic_line(&m->plic, IRQ_RTC, rtc_interrupt(&m->rtc, uptime(m)));
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++)
        plic_line(&m->plic, IRQ_VIRTIO + i, virtio_interrupt(&m->virtio[i]));
}

/* The hart's own clock decides. */
static void set_timer_line(const struct machine *m, uint64_t hart)
{
    struct cpu *c = &m->hart[hart].cpu;
    bool due = cpu_time(c) >= m->clint.mtimecmp[hart];
    cpu_interrupt_lines(c, MIP_MTIP, due ? MIP_MTIP : 0);
}

/* Lines that the hart in focus may have changed. The mailbox has one of its own
 * to hart 0's S-mode external interrupt, beside the PLIC's. */
static void set_device_lines(const struct machine *m, uint64_t hart)
{
    struct hart *h = &m->hart[hart];
    bool slept = harts_sleeps(h);
    uint64_t levels = 0;
    if (m->clint.msip[hart])
        levels |= MIP_MSIP;
    if (plic_interrupt(&m->plic, PLIC_CONTEXT_M(hart)))
        levels |= MIP_MEIP;
    if ((hart == 0 && m->mailbox.pending) ||
        plic_interrupt(&m->plic, PLIC_CONTEXT_S(hart)))
        levels |= MIP_SEIP;
    cpu_interrupt_lines(&h->cpu, MIP_MSIP | MIP_MEIP | MIP_SEIP, levels);
    if (slept && !harts_sleeps(h))
        harts_wake(m, h);
}

void board_set_lines(struct machine *m)
{
    set_plic(m);
    harts_settle(m);
    for (uint64_t i = 0; i < m->config.harts; i++) {
        set_timer_line(m, i);
        set_device_lines(m, i);
    }
    board_plan(m);
}
