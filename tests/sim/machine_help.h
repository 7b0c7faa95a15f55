/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of sim/ share: making a machine, putting a few instructions
 * at the start of its RAM, and running them. The programs are written as words
 * with their assembly beside them; all begin at 0x80000000 in M-mode.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mmu/xsas.h"
#include "sim/boot.h"
#include "sim/machine.h"

#define GUEST_KERNEL        "build/guest/kernel.elf"
#define GUEST_PROGRAM(name) "build/guest/programs/" name ".elf"

/* Switches the machine off, or reports failure 7. */
static const uint32_t program_off[] = {
    0x001002b7, /* lui t0,0x100 */
    0x00005337, /* lui t1,0x5 */
    0x5553031b, /* addw t1,t1,1365 */
    0x0062a023, /* sw t1,0(t0) */
    0x0000006f, /* j 80000010 */
};
static const uint32_t program_fail[] = {
    0x001002b7, /* lui t0,0x100 */
    0x00073337, /* lui t1,0x73 */
    0x3333031b, /* addw t1,t1,819 */
    0x0062a023, /* sw t1,0(t0) */
    0x0000006f, /* j 80000010 */
};

/* Waits for nothing; for a timer 1000 ticks away. */
static const uint32_t program_sleep[] = {
    0x30401073, /* csrw mie,zero */
    0x10500073, /* wfi */
    0xffdff06f, /* j 80000004 */
};
static const uint32_t program_timer[] = {
    0x08000293, /* li t0,128 */
    0x30429073, /* csrw mie,t0 */
    0x020042b7, /* lui t0,0x2004 */
    0x3e800313, /* li t1,1000 */
    0x0062b023, /* sd t1,0(t0) */
    0x10500073, /* wfi */
    0x001002b7, /* lui t0,0x100 */
    0x00005337, /* lui t1,0x5 */
    0x5553031b, /* addw t1,t1,1365 */
    0x0062a023, /* sw t1,0(t0) */
    0x0000006f, /* j 80000028 */
};

/* Traps to a handler that is not memory. */
static const uint32_t program_lost[] = {
    0x000012b7, /* lui t0,0x1 */
    0x30529073, /* csrw mtvec,t0 */
    0x00000073, /* ecall */
};

/* Prints Hi, then stays. */
static const uint32_t program_hello[] = {
    0x100002b7, /* lui t0,0x10000 */
    0x04800313, /* li t1,72 */
    0x00628023, /* sb t1,0(t0) */
    0x06900313, /* li t1,105 */
    0x00628023, /* sb t1,0(t0) */
    0x0000006f, /* j 80000014 */
};

/* Answers one request with op + first argument, then asks for a scripted
 * operation as thread 5 and loads its number and first argument into s0, s1. */
static const uint32_t program_mailbox[] = {
    0x101002b7, /* lui t0,0x10100 */
    0x0082b303, /* ld t1,8(t0) */
    0xfe030ee3, /* beqz t1,80000004 */
    0x0102b383, /* ld t2,16(t0) */
    0x0182be03, /* ld t3,24(t0) */
    0x01c383b3, /* add t2,t2,t3 */
    0x0472b423, /* sd t2,72(t0) */
    0x0472b823, /* sd t2,80(t0) */
    0x00500313, /* li t1,5 */
    0x0862b023, /* sd t1,128(t0) */
    0x0872b423, /* sd t2,136(t0) */
    0x0862bc23, /* sd t1,152(t0) */
    0x0a02b403, /* ld s0,160(t0) */
    0x0a82b483, /* ld s1,168(t0) */
    0x0000006f, /* j 80000038 */
};

/* Marks 42 and 43. */
static const uint32_t program_marks[] = {
    0x02a00513, /* li a0,42 */
    0x00152013, /* slti zero,a0,1 */
    0x00150513, /* add a0,a0,1 */
    0x00152013, /* slti zero,a0,1 */
    0x0000006f, /* j 80000010 */
};

/* Counts for ever. */
static const uint32_t program_count[] = {
    0x00128293, /* add t0,t0,1 */
    0xffdff06f, /* j 80000000 */
};

/* 100 loads and stores on lines of their own, then off. */
static const uint32_t program_work[] = {
    0x000082b7, /* lui t0,0x8 */
    0x0012829b, /* addw t0,t0,1 */
    0x01029293, /* sll t0,t0,0x10 */
    0x06400313, /* li t1,100 */
    0x0002b383, /* ld t2,0(t0) */
    0x007e0e33, /* add t3,t3,t2 */
    0x01c2b423, /* sd t3,8(t0) */
    0x04028293, /* add t0,t0,64 */
    0xfff30313, /* add t1,t1,-1 */
    0xfe0316e3, /* bnez t1,80000010 */
    0x001002b7, /* lui t0,0x100 */
    0x00005337, /* lui t1,0x5 */
    0x5553031b, /* addw t1,t1,1365 */
    0x0062a023, /* sw t1,0(t0) */
    0x0000006f, /* j 80000038 */
};

/* Resets the machine once, then off. */
static const uint32_t program_reset[] = {
    0x00000317, /* auipc t1,0x0 */
    0x03c30313, /* add t1,t1,60 */
    0x00032383, /* lw t2,0(t1) */
    0x00039e63, /* bnez t2,80000028 */
    0x00100393, /* li t2,1 */
    0x00732023, /* sw t2,0(t1) */
    0x001002b7, /* lui t0,0x100 */
    0x00007e37, /* lui t3,0x7 */
    0x777e0e1b, /* addw t3,t3,1911 */
    0x01c2a023, /* sw t3,0(t0) */
    0x001002b7, /* lui t0,0x100 */
    0x00005337, /* lui t1,0x5 */
    0x5553031b, /* addw t1,t1,1365 */
    0x0062a023, /* sw t1,0(t0) */
    0x0000006f, /* j 80000038 */
    0x00000000, /* .word 0x00000000 */
};

/* Prints what is typed. */
static const uint32_t program_echo[] = {
    0x100002b7, /* lui t0,0x10000 */
    0x0052c303, /* lbu t1,5(t0) */
    0x00137313, /* and t1,t1,1 */
    0xfe030ce3, /* beqz t1,80000004 */
    0x0002c383, /* lbu t2,0(t0) */
    0x00728023, /* sb t2,0(t0) */
    0xfedff06f, /* j 80000004 */
};

static inline struct machine *new_machine(const char *preset)
{
    struct config c;
    struct err err;
    assert_true(config_preset(&c, preset, &err));
    struct machine *m = machine_new(&c, &err);
    assert_non_null(m);
    return m;
}

static inline void put_program(struct machine *m, const uint32_t *words,
                               size_t bytes)
{
    assert_true(machine_poke_phys(m, MEM_RAM, words, bytes));
    machine_reset(m, MEM_RAM, 0);
}
#define PUT_PROGRAM(m, words) put_program(m, words, sizeof(words))

/* A machine with the program, run until it stops. */
#define RUN_PROGRAM(m, words, insns)                                           \
    do {                                                                       \
        const struct run_limits limits_ = { .max_insns = (insns) };            \
        PUT_PROGRAM(m, words);                                                 \
        machine_run(m, &limits_);                                              \
    } while (0)

/* A system call through the mailbox of a booted kernel; its result. */
static inline int64_t kernel_call(struct machine *m, uint64_t op,
                                  const char *text, uint64_t a, uint64_t b,
                                  uint64_t c, uint64_t d)
{
    const uint64_t arg[6] = { a, b, c, d };
    const struct run_limits limits = { .max_insns = 50000000,
                                       .stop_on_mailbox = true };
    assert_true(
        machine_mailbox_post(m, op, arg, text, text ? strlen(text) + 1 : 0));
    assert_int_equal(machine_run(m, &limits), STOP_MAILBOX);
    return machine_mailbox_result(m);
}

/* The kernel under a personality with programs, up to HINT_BOOTED. */
static inline struct machine *
boot_machine(const char *personality, const char *const *programs, size_t count)
{
    struct machine *m = new_machine("u54");
    struct err err = { 0 };
    struct boot_options o = {
        .personality = machine_personality_find(personality, &err),
        .quantum = 100000,
        .programs = programs,
        .program_count = count,
    };
    const struct run_limits limits = { .max_insns = 10000000,
                                       .stop_events = EVENT_BIT(EVENT_BOOTED) };
    assert_non_null(o.personality);
    if (!machine_boot_kernel(m, GUEST_KERNEL, &o, &err))
        fail_msg("%s", err.text);
    assert_int_equal(machine_run(m, &limits), STOP_EVENT);
    return m;
}

/* A domain of this name that runs the program's main(a0, 0); its id. */
static inline uint32_t start_program(struct machine *m, const char *domain,
                                     const char *program, uint64_t a0)
{
    int64_t d = kernel_call(m, SYS_domain_create, domain, 0, 0, 0, 0);
    int64_t p = kernel_call(m, SYS_program_load, program, 0, 0, 0, 0);
    assert_true(d > 0 && p > 0);
    assert_true(kernel_call(m, SYS_program_start, NULL, (uint64_t)p,
                            (uint64_t)d, a0, 0) > 0);
    return (uint32_t)d;
}

/*
 * Fills words at `base`, which the domain may write: a scripted thread of it
 * stores them. The program `script` must be among the machine's.
 */
static inline void domain_write(struct machine *m, uint32_t domain,
                                uint64_t base, const uint64_t *words,
                                size_t count)
{
    const struct run_limits limits = { .max_insns = 10000000 };
    int64_t program =
        kernel_call(m, SYS_program_load, "script.elf", 0, 0, 0, 0);
    assert_true(program > 0);
    assert_true(kernel_call(m, SYS_program_start, NULL, (uint64_t)program,
                            domain, 0, 0) > 0);
    for (size_t i = 0; i <= count; i++) {
        assert_int_equal(machine_run(m, &limits), STOP_SCRIPT);
        const uint64_t store[4] = { base + 8 * i, 8, i < count ? words[i] : 0 };
        const uint64_t end[4] = { 0 };
        if (i < count)
            machine_script_answer(m, SCRIPT_STORE, store);
        else
            machine_script_answer(m, SCRIPT_EXIT, end);
    }
    assert_int_equal(machine_run(m, &limits), STOP_IDLE);
}

/* Two domains, ping and pong, ready to pass a shared word back and forth
 * `rounds` times by semaphores; they run when the machine runs. */
static inline void start_ping_pong(struct machine *m, uint64_t rounds)
{
    uint32_t domain[2];
    uint64_t base =
        (uint64_t)kernel_call(m, SYS_segment_create, "ball", 4096, 0, 0, 0);
    uint64_t to_pong =
        (uint64_t)kernel_call(m, SYS_semaphore_create, NULL, 0, 0, 0, 0);
    uint64_t to_ping =
        (uint64_t)kernel_call(m, SYS_semaphore_create, NULL, 0, 0, 0, 0);
    const uint64_t block[6] = { 0, rounds, to_pong, to_ping };
    static const char *const names[2] = { "ping", "pong" };
    for (int i = 0; i < 2; i++) {
        domain[i] =
            (uint32_t)kernel_call(m, SYS_domain_create, names[i], 0, 0, 0, 0);
        assert_int_equal(kernel_call(m, SYS_segment_attach, NULL, domain[i],
                                     base, RIGHT_R | RIGHT_W, 0),
                         (int64_t)base);
    }
    domain_write(m, domain[0], base, block, 6);
    for (int i = 0; i < 2; i++) {
        char file[16];
        snprintf(file, sizeof file, "%s.elf", names[i]);
        int64_t p = kernel_call(m, SYS_program_load, file, 0, 0, 0, 0);
        assert_true(kernel_call(m, SYS_program_start, NULL, (uint64_t)p,
                                domain[i], base, 0) > 0);
    }
}
