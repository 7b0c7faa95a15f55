/* SPDX-License-Identifier: Apache-2.0 */
/* The step ring with its cursors, and the lines of a trace file. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/sim/machine_help.h"

static const struct trace_choice steps_too = { .steps = true };

static void no_reader_no_ring(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    RUN_PROGRAM(m, program_count, 1000);
    assert_null(m->trace.ring);
    assert_int_equal(m->trace.written, 0);
    machine_free(m);
}

static void a_reader_sees_each_step_in_order(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    struct trace_reader r;
    const struct step *s;
    PUT_PROGRAM(m, program_count);
    machine_run(m, &(struct run_limits){ .max_insns = 5 });
    trace_attach(&m->trace, &r);
    machine_run(m, &(struct run_limits){ .max_insns = 100 });
    uint64_t steps = 0, next = 0, cycle = 0;
    while ((s = trace_next(&m->trace, &r)) != NULL) {
        if (steps) {
            assert_int_equal(s->pc, next);
            assert_int_equal(s->cycle, cycle);
        }
        next = s->next_pc;
        cycle = s->cycle + s->cycles;
        steps++;
    }
    assert_int_equal(steps, 100);
    assert_int_equal(r.lost, 0);
    assert_int_equal(cycle, machine_clock(m));
    trace_detach(&m->trace, &r);
    machine_run(m, &(struct run_limits){ .max_insns = 10 });
    assert_null(trace_next(&m->trace, &r));
    machine_free(m);
}

static void slow_readers_are_told(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    struct trace_reader slow, fast;
    PUT_PROGRAM(m, program_count);
    trace_attach(&m->trace, &slow);
    trace_attach(&m->trace, &fast);
    for (int i = 0; i < 10; i++) {
        machine_run(m, &(struct run_limits){ .max_insns = 1000 });
        while (trace_next(&m->trace, &fast))
            ;
    }
    assert_int_equal(fast.lost, 0);
    assert_non_null(trace_next(&m->trace, &slow));
    assert_int_equal(slow.lost, 10000 - TRACE_RING);
    machine_free(m);
}

/* Runs a program with a trace file; its text (to be freed). */
static char *trace_of(const uint32_t *words, size_t bytes, bool steps)
{
    char path[] = "/tmp/opalite-test-XXXXXX";
    int fd = mkstemp(path);
    struct machine *m = new_machine("u54");
    struct err err = { 0 };
    put_program(m, words, bytes);
    assert_true(machine_trace_to(
        m, path, &(struct trace_choice){ .steps = steps }, &err));
    machine_run(m, &(struct run_limits){ .max_insns = 20 });
    assert_true(machine_trace_close(m, &err));
    machine_free(m);
    char *text = calloc(1, 1 << 16);
    ssize_t n = read(fd, text, (1 << 16) - 1);
    assert_true(n >= 0);
    close(fd);
    unlink(path);
    return text;
}

static void events_become_lines(void **state)
{
    (void)state;
    char *text = trace_of(program_marks, sizeof program_marks, false);
    static const char head[] =
        "{\"trace\":\"opalite\",\"version\":2,\"preset\":\"u54\","
        "\"core_hz\":1500000000,\"steps\":false}\n"
        "{\"define\":\"domain\",\"id\":0,\"name\":\"kernel\"}\n"
        "{\"event\":\"mark\",\"cycle\":";
    assert_memory_equal(text, head, sizeof head - 1);
    assert_non_null(strstr(text, ",\"insns\":2,\"pc\":\"0x80000004\","
                                 "\"domain\":0,\"value\":42}\n{"));
    const char *second = strstr(text, ",\"insns\":4,\"pc\":\"0x8000000c\","
                                      "\"domain\":0,\"value\":43}\n{\"end\":");
    assert_non_null(second);
    assert_non_null(strstr(second, ",\"lines\":4}\n"));
    free(text);
}

static void steps_become_lines(void **state)
{
    (void)state;
    char *text = trace_of(program_count, sizeof program_count, true);
    static const char first[] =
        "{\"step\":0,\"pc\":\"0x80000000\",\"mode\":3,\"word\":\"0x00128293\","
        "\"text\":\"addi t0,t0,1\",\"rd\":5,\"value\":\"0x1\",\"cycles\":";
    assert_memory_equal(strchr(text, '\n') + 1, first, sizeof first - 1);
    size_t lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 22);
    free(text);
}

static void a_trace_changes_nothing(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54"), *traced = new_machine("u54");
    struct err err = { 0 };
    RUN_PROGRAM(m, program_work, 10000);
    PUT_PROGRAM(traced, program_work);
    assert_true(machine_trace_to(traced, "/dev/null", &steps_too, &err));
    machine_run(traced, &(struct run_limits){ .max_insns = 10000 });
    assert_memory_equal(&m->now->cpu.mmu.accounts,
                        &traced->now->cpu.mmu.accounts,
                        sizeof m->now->cpu.mmu.accounts);
    machine_free(m);
    machine_free(traced);
}

static void what_cannot_be_written_is_said(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    struct err err = { 0 };
    assert_false(machine_trace_to(m, "/no/such/dir/t.jsonl", NULL, &err));
    assert_int_equal(err.code, EXIT_HOST_RESOURCE);
    assert_non_null(strstr(err.text, "/no/such/dir/t.jsonl"));
    PUT_PROGRAM(m, program_count);
    assert_true(machine_trace_to(m, "/dev/full", &steps_too, &err));
    machine_run(m, &(struct run_limits){ .max_insns = 10000 });
    assert_false(machine_trace_close(m, &err));
    assert_int_equal(err.code, EXIT_HOST_RESOURCE);
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_reader_no_ring),
        cmocka_unit_test(a_reader_sees_each_step_in_order),
        cmocka_unit_test(slow_readers_are_told),
        cmocka_unit_test(events_become_lines),
        cmocka_unit_test(steps_become_lines),
        cmocka_unit_test(a_trace_changes_nothing),
        cmocka_unit_test(what_cannot_be_written_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
