/* SPDX-License-Identifier: Apache-2.0 */
/* Running and stopping, time and idleness, events, mailbox, looking. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/machine_help.h"

static uint64_t idle_cycles(const struct machine *m)
{
    return m->now->cpu.mmu.accounts.cell[FOR_IDLE][IN_CORE];
}

static void finisher_switches_off(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_off, 100);
    assert_int_equal(m->stopped, STOP_POWEROFF);
    assert_int_equal(m->now->ledger.instructions, 4);
    assert_int_equal(machine_run(m, NULL), STOP_POWEROFF);
    assert_int_equal(m->now->ledger.instructions, 4);
    machine_free(m);
}

static void finisher_reports_failure(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_fail, 100);
    assert_int_equal(m->stopped, STOP_FAIL);
    assert_int_equal(m->exit_value, 7);
    assert_int_equal(stop_exit_code(m->stopped), EXIT_GUEST_FAILURE);
    machine_free(m);
}

static void finisher_resets(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_reset, 1000);
    assert_int_equal(m->stopped, STOP_POWEROFF);
    assert_in_range(m->now->ledger.instructions, 12, 30);
    machine_free(m);
}

static void budgets_are_exact(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    PUT_PROGRAM(m, program_count);
    const struct run_limits one = { .max_insns = 1 };
    for (uint64_t i = 1; i <= 10; i++) {
        assert_int_equal(machine_run(m, &one), STOP_BUDGET);
        assert_int_equal(m->now->ledger.instructions, i);
    }
    const struct run_limits until = { .until_cycle = 5000 };
    assert_int_equal(machine_run(m, &until), STOP_BUDGET);
    assert_in_range(machine_clock(m), 5000, 5200);
    uint64_t before = m->now->ledger.instructions;
    assert_int_equal(machine_run(m, &until), STOP_BUDGET);
    assert_int_equal(m->now->ledger.instructions, before);
    machine_free(m);
}

static void wfi_without_a_way_to_wake_stops(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_sleep, 100);
    assert_int_equal(m->stopped, STOP_IDLE);
    assert_int_equal(idle_cycles(m), 0);
    assert_non_null(strstr(m->why, "wfi at 0x80000004"));
    machine_free(m);
}

/* mtime 1000 at 10 MHz and 1.5 GHz is clock 150,000: the jump ends there. */
static void wfi_jumps_to_the_timer(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_timer, 100);
    assert_int_equal(m->stopped, STOP_POWEROFF);
    assert_in_range(machine_clock(m), 150000, 151000);
    assert_in_range(idle_cycles(m), 140000, 150000);
    machine_free(m);
}

/* Slicing a run, idle time included, changes nothing. */
static void slices_change_nothing(void **state)
{
    (void)state;
    struct machine *whole = new_machine("u54");
    RUN_PROGRAM(whole, program_timer, 100);
    struct machine *m = new_machine("u54");
    PUT_PROGRAM(m, program_timer);
    struct run_limits slice = { 0 };
    do {
        slice.until_cycle += 777;
    } while (machine_run(m, &slice) == STOP_BUDGET);
    assert_int_equal(m->stopped, STOP_POWEROFF);
    assert_int_equal(machine_clock(m), machine_clock(whole));
    assert_memory_equal(&m->now->cpu.mmu.accounts,
                        &whole->now->cpu.mmu.accounts,
                        sizeof m->now->cpu.mmu.accounts);
    machine_free(whole);
    machine_free(m);
}

static void a_lost_handler_is_no_progress(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_lost, 100000);
    assert_int_equal(m->stopped, STOP_NO_PROGRESS);
    assert_non_null(strstr(m->why, "trap handler at 0x1000"));
    assert_non_null(strstr(m->why, "it began with: environment call from "
                                   "M-mode at 0x80000008"));
    assert_int_equal(stop_exit_code(m->stopped), EXIT_NO_PROGRESS);
    machine_free(m);
}

/* DONE without a request: the guest drives the mailbox wrongly. */
static void a_misused_mailbox_hangs(void **state)
{
    (void)state;
    static const uint32_t program_done[] = {
        0x101002b7, /* lui t0,0x10100 */
        0x0402b823, /* sd zero,80(t0) */
        0x0000006f, /* j 80000008 */
    };
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_done, 100);
    assert_int_equal(m->stopped, STOP_HUNG);
    assert_non_null(strstr(m->why, "mailbox register 0x50"));
    assert_int_equal(stop_exit_code(m->stopped), EXIT_GUEST_FAULT);
    machine_free(m);
}

static void console_out_and_in(void **state)
{
    (void)state;
    size_t n;
    struct machine *m = new_machine("u54");
    assert_string_equal(machine_console(m, &n), "");
    assert_int_equal(n, 0);
    RUN_PROGRAM(m, program_hello, 100);
    assert_string_equal(machine_console(m, &n), "Hi");
    assert_int_equal(n, 2);
    machine_free(m);
    m = new_machine("u54");
    PUT_PROGRAM(m, program_echo);
    assert_int_equal(machine_console_input(m, "echo", 4), 4);
    machine_run(m, &(struct run_limits){ .max_insns = 1000 });
    assert_string_equal(machine_console(m, &n), "echo");
    machine_free(m);
}

static void events_stop_and_are_kept(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    PUT_PROGRAM(m, program_marks);
    const struct run_limits marks = { .stop_events = EVENT_BIT(EVENT_MARK),
                                      .max_insns = 100 };
    assert_int_equal(machine_run(m, &marks), STOP_EVENT);
    assert_int_equal(m->stop_event.kind, EVENT_MARK);
    assert_int_equal(m->stop_event.value, 42);
    assert_int_equal(m->stop_event.pc, 0x80000004);
    assert_int_equal(machine_run(m, &marks), STOP_EVENT);
    assert_int_equal(m->stop_event.value, 43);
    assert_int_equal(machine_run(m, &marks), STOP_BUDGET);
    struct event_cursor cursor = { 0 };
    const struct event *e;
    uint64_t seen = 0;
    while ((e = event_next(&m->events, &cursor)) != NULL)
        seen += e->kind == EVENT_MARK;
    assert_int_equal(seen, 2);
    assert_int_equal(m->event_count[EVENT_MARK], 2);
    machine_free(m);
}

static void filters_stop(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    PUT_PROGRAM(m, program_marks);
    const struct event_filter filter = { .kinds = EVENT_BIT(EVENT_MARK),
                                         .by_value = true,
                                         .value = 43 };
    const struct run_limits limits = { .max_insns = 100,
                                       .filters = &filter,
                                       .filter_count = 1 };
    assert_int_equal(machine_run(m, &limits), STOP_EVENT);
    assert_int_equal(m->stop_event.value, 43);
    machine_free(m);
}

static void filter_fields(void **state)
{
    (void)state;
    const struct event e = {
        .kind = EVENT_FAULT, .domain = 3, .thread = 9, .va = 0x1000
    };
    struct event_filter f = { .kinds = EVENT_BIT(EVENT_FAULT) };
    assert_true(event_filter_match(&f, &e));
    f.by_domain = true;
    f.domain = 4;
    assert_false(event_filter_match(&f, &e));
    f.domain = 3;
    f.by_range = true;
    f.first = 0x1001;
    f.last = 0x2000;
    assert_false(event_filter_match(&f, &e));
    f.first = 0x1000;
    assert_true(event_filter_match(&f, &e));
    f.by_thread = true;
    assert_false(event_filter_match(&f, &e));
    f.thread = 9;
    assert_true(event_filter_match(&f, &e));
    f.kinds = EVENT_BIT(EVENT_TRAP);
    assert_false(event_filter_match(&f, &e));
}

static void cursors_count_what_they_lose(void **state)
{
    (void)state;
    struct event_list *list = calloc(1, sizeof *list);
    struct event_cursor slow = { 0 }, fast = { 0 };
    struct event e = { .kind = EVENT_MARK };
    for (uint64_t i = 0; i < EVENT_RING + 100; i++) {
        e.value = i;
        event_add(list, &e);
        assert_int_equal(event_next(list, &fast)->value, i);
    }
    assert_null(event_next(list, &fast));
    assert_int_equal(fast.lost, 0);
    assert_int_equal(event_next(list, &slow)->value, 100);
    assert_int_equal(slow.lost, 100);
    free(list);
}

static void event_names_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < EVENT_KIND_COUNT; i++) {
        enum event_kind kind = EVENT_KIND_COUNT;
        assert_true(
            event_kind_find(event_kind_name((enum event_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    enum event_kind kind;
    assert_false(event_kind_find("tarp", &kind));
}

static void mailbox_and_script(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    PUT_PROGRAM(m, program_mailbox);
    const struct run_limits limits = { .max_insns = 1000,
                                       .stop_on_mailbox = true };
    const uint64_t arg[6] = { 30 };
    assert_int_equal(machine_run(m, &limits), STOP_BUDGET);
    assert_true(machine_mailbox_post(m, 12, arg, "name", 5));
    assert_false(machine_mailbox_post(m, 13, arg, NULL, 0));
    assert_memory_equal(m->mailbox.window, "name", 5);
    assert_int_equal(machine_run(m, &limits), STOP_MAILBOX);
    assert_int_equal(machine_mailbox_result(m), 42);
    assert_int_equal(machine_run(m, &limits), STOP_SCRIPT);
    assert_int_equal(m->mailbox.script_thread, 5);
    assert_int_equal(m->mailbox.script_result, 42);
    assert_int_equal(machine_run(m, &limits), STOP_SCRIPT);
    const uint64_t operation[4] = { 0x1234 };
    machine_script_answer(m, SCRIPT_STORE, operation);
    assert_int_equal(machine_run(m, &limits), STOP_BUDGET);
    assert_int_equal(m->now->cpu.x[8], SCRIPT_STORE);
    assert_int_equal(m->now->cpu.x[9], 0x1234);
    machine_free(m);
}

/* A request that is done in a run that does not stop for it, or stops for
 * something else, is told by the next run that asks. */
static void a_done_request_waits_to_be_told(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    PUT_PROGRAM(m, program_mailbox);
    const uint64_t arg[6] = { 1 };
    assert_true(machine_mailbox_post(m, 1, arg, NULL, 0));
    const struct run_limits blind = { .max_insns = 10 };
    assert_int_equal(machine_run(m, &blind), STOP_BUDGET);
    assert_true(m->mailbox.done);
    const struct run_limits asking = { .max_insns = 1,
                                       .stop_on_mailbox = true };
    uint64_t before = machine_clock(m);
    assert_int_equal(machine_run(m, &asking), STOP_MAILBOX);
    assert_int_equal(machine_clock(m), before);
    assert_int_equal(machine_run(m, &asking), STOP_BUDGET);
    machine_free(m);
}

/* Everything that looks, against a run where nobody does. */
static void looking_changes_nothing(void **state)
{
    (void)state;
    struct machine *blind = new_machine("tiny"), *m = new_machine("tiny");
    RUN_PROGRAM(blind, program_work, 10000);
    PUT_PROGRAM(m, program_work);
    struct trace_reader reader;
    struct event_cursor cursor = { 0 };
    trace_attach(&m->trace, &reader);
    const struct run_limits one = { .max_insns = 1 };
    while (machine_run(m, &one) == STOP_BUDGET) {
        uint64_t word;
        struct access a = { .va = m->now->cpu.x[5],
                            .size = 8,
                            .kind = ACCESS_LOAD };
        struct ledger_snapshot s;
        machine_peek_va(m, 0, m->now->cpu.pc, &word, sizeof word);
        machine_peek_access(m, 0, &a);
        ledger_snapshot(&m->now->ledger, &m->now->cpu.mmu, &s);
        while (event_next(&m->events, &cursor))
            ;
        while (trace_next(&m->trace, &reader))
            ;
    }
    assert_int_equal(m->stopped, blind->stopped);
    assert_memory_equal(&m->now->cpu.mmu.accounts,
                        &blind->now->cpu.mmu.accounts,
                        sizeof m->now->cpu.mmu.accounts);
    assert_memory_equal(m->now->cpu.mmu.stats, blind->now->cpu.mmu.stats,
                        sizeof m->now->cpu.mmu.stats);
    machine_free(blind);
    machine_free(m);
}

static void peeks_and_pokes_know_their_limits(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    uint64_t word = 0x0123456789abcdef, back = 0;
    assert_true(machine_poke_phys(m, MEM_RAM + 4092, &word, sizeof word));
    assert_true(machine_peek_phys(m, MEM_RAM + 4092, &back, sizeof back));
    assert_int_equal(back, word);
    back = 0;
    assert_true(machine_peek_va(m, 0, MEM_RAM + 4092, &back, sizeof back));
    assert_int_equal(back, word);
    assert_false(machine_peek_phys(m, 0, &back, sizeof back));
    assert_false(machine_poke_phys(m, MEM_RAM + m->config.ram_bytes - 4, &word,
                                   sizeof word));
    assert_false(machine_peek_va(m, 0, MEM_UART, &back, sizeof back));
    machine_free(m);
}

/* The same machine twice gives the same to the last counter. */
static void runs_repeat(void **state)
{
    (void)state;
    struct machine *m[2];
    for (int i = 0; i < 2; i++) {
        m[i] = boot_machine("rplb", NULL, 0);
        machine_run(m[i], &(struct run_limits){ .max_insns = 10000 });
    }
    assert_memory_equal(&m[0]->now->cpu.mmu.accounts,
                        &m[1]->now->cpu.mmu.accounts,
                        sizeof m[0]->now->cpu.mmu.accounts);
    assert_memory_equal(m[0]->now->cpu.mmu.stats, m[1]->now->cpu.mmu.stats,
                        sizeof m[0]->now->cpu.mmu.stats);
    assert_int_equal(m[0]->events.next, m[1]->events.next);
    machine_free(m[0]);
    machine_free(m[1]);
}

static void kernel_boots_in_every_personality(void **state)
{
    (void)state;
    for (size_t i = 0; machine_personality(i); i++) {
        size_t n;
        struct machine *m = boot_machine(machine_personality(i)->name, NULL, 0);
        assert_non_null(strstr(machine_console(m, &n), "Opalite kernel"));
        assert_int_equal(kernel_call(m, SYS_null, NULL, 0, 0, 0, 0), 0);
        machine_free(m);
    }
}

static void boot_refuses(struct boot_options *o, const char *kernel,
                         enum exit_code code, const char *says)
{
    struct machine *m = new_machine("u54");
    struct err err = { 0 };
    assert_false(machine_boot_kernel(m, kernel, o, &err));
    assert_int_equal(err.code, code);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    machine_free(m);
}

/* A machine whose books do not balance: what it prints, and its exit code. */
static int exit_of_broken_machine(struct machine *m, char *said, size_t room)
{
    int pipes[2], status = 0;
    size_t n = 0;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct run_limits some = { .max_insns = 3 };
        dup2(pipes[1], STDERR_FILENO);
        m->now->cpu.mmu.stats[UNIT_L1I].hits++;
        machine_run(m, &some);
        _exit(0);
    }
    close(pipes[1]);
    for (ssize_t got; (got = read(pipes[0], said + n, room - 1 - n)) > 0;)
        n += (size_t)got;
    said[n] = 0;
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void our_bug_prints_the_last_steps(void **state)
{
    (void)state;
    char said[4096];
    struct machine *m = new_machine("u54");
    struct trace_reader reader;
    PUT_PROGRAM(m, program_marks);
    assert_int_equal(exit_of_broken_machine(m, said, sizeof said),
                     EXIT_OUR_BUG);
    assert_non_null(strstr(said, "opalite: bug: "));
    assert_non_null(strstr(said, "the last step ("));
    assert_non_null(strstr(said, "0x80000008  addi a0,a0,1"));
    assert_non_null(strstr(said, "mark 42\n"));
    trace_attach(&m->trace, &reader);
    assert_int_equal(exit_of_broken_machine(m, said, sizeof said),
                     EXIT_OUR_BUG);
    assert_non_null(strstr(said, "the last steps ("));
    assert_non_null(strstr(said, "0x80000000  addi a0,zero,42"));
    machine_free(m);
}

static void bad_boots_are_refused(void **state)
{
    (void)state;
    struct err err = { 0 };
    const char *many[BOOT_MODULES + 1], *none[] = { "no/such.elf" };
    for (int i = 0; i <= BOOT_MODULES; i++)
        many[i] = GUEST_PROGRAM("hello");
    struct boot_options o = { .personality =
                                  machine_personality_find("mas", &err) };
    o.quantum = 33; /* of 150 cycles */
    boot_refuses(&o, GUEST_KERNEL, EXIT_USAGE, "quantum = 33");
    o.quantum = 34;
    boot_refuses(&o, "no/kernel.elf", EXIT_CANNOT_LOAD, "no/kernel.elf");
    o.programs = none;
    o.program_count = 1;
    boot_refuses(&o, GUEST_KERNEL, EXIT_CANNOT_LOAD, "no/such.elf");
    o.programs = many;
    o.program_count = BOOT_MODULES + 1;
    boot_refuses(&o, GUEST_KERNEL, EXIT_USAGE, "more than 32");
    assert_null(machine_personality_find("mas-asd", &err));
    assert_non_null(strstr(err.text, "'mas-asid'"));
}

static void a_machine_too_small_for_the_kernel_says_so(void **state)
{
    (void)state;
    struct config c;
    struct err err = { 0 };
    assert_true(config_preset(&c, "u54", &err));
    assert_true(config_set(&c, "ram.bytes", "4K", &err));
    struct machine *m = machine_new(&c, &err);
    assert_non_null(m);
    assert_false(machine_load_elf(m, GUEST_KERNEL, false, &err));
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    assert_non_null(strstr(err.text, "outside RAM"));
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finisher_switches_off),
        cmocka_unit_test(finisher_reports_failure),
        cmocka_unit_test(finisher_resets),
        cmocka_unit_test(budgets_are_exact),
        cmocka_unit_test(wfi_without_a_way_to_wake_stops),
        cmocka_unit_test(wfi_jumps_to_the_timer),
        cmocka_unit_test(slices_change_nothing),
        cmocka_unit_test(a_lost_handler_is_no_progress),
        cmocka_unit_test(a_misused_mailbox_hangs),
        cmocka_unit_test(console_out_and_in),
        cmocka_unit_test(events_stop_and_are_kept),
        cmocka_unit_test(filters_stop),
        cmocka_unit_test(filter_fields),
        cmocka_unit_test(cursors_count_what_they_lose),
        cmocka_unit_test(event_names_read_back),
        cmocka_unit_test(mailbox_and_script),
        cmocka_unit_test(a_done_request_waits_to_be_told),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(peeks_and_pokes_know_their_limits),
        cmocka_unit_test(runs_repeat),
        cmocka_unit_test(kernel_boots_in_every_personality),
        cmocka_unit_test(our_bug_prints_the_last_steps),
        cmocka_unit_test(bad_boots_are_refused),
        cmocka_unit_test(a_machine_too_small_for_the_kernel_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
