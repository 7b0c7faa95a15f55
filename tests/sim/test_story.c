/* SPDX-License-Identifier: Apache-2.0 */
/* What stories say, in every personality, from runs of the real kernel. */
#include <stdio.h>

#include "sim/stats.h"
#include "sim/story.h"
#include "tests/sim/machine_help.h"

/* main(kind, address) of fault.c */
enum { FAULT_LOAD, FAULT_STORE, FAULT_JUMP, FAULT_STACK = 5, FAULT_ILLEGAL };

struct stage {
    struct machine *m;
    uint32_t domain;
    uint64_t page; /* segment "page", not yet attached */
    char story[2000];
};

static void stage_init(struct stage *s, const char *personality)
{
    static const char *const programs[] = { GUEST_PROGRAM("fault") };
    s->m = boot_machine(personality, programs, 1);
    s->page =
        (uint64_t)kernel_call(s->m, SYS_segment_create, "page", 8192, 0, 0, 0);
    s->domain =
        (uint32_t)kernel_call(s->m, SYS_domain_create, "bob", 0, 0, 0, 0);
}

static void attach(struct stage *s, uint64_t rights)
{
    assert_int_equal(kernel_call(s->m, SYS_segment_attach, NULL, s->domain,
                                 s->page, rights, 0),
                     (int64_t)s->page);
}

/* Runs fault.c up to the fault and writes its story. */
static void run_fault(struct stage *s, uint64_t kind, uint64_t address)
{
    const struct run_limits limits = { .max_insns = 10000000,
                                       .stop_events = EVENT_BIT(EVENT_FAULT) };
    int64_t p = kernel_call(s->m, SYS_program_load, "fault", 0, 0, 0, 0);
    assert_true(p > 0);
    assert_true(kernel_call(s->m, SYS_program_start, NULL, (uint64_t)p,
                            s->domain, kind, address) > 0);
    assert_int_equal(machine_run(s->m, &limits), STOP_EVENT);
    size_t n = story_fault(s->m, &s->m->stop_event, s->story, sizeof s->story);
    assert_int_equal(n, strlen(s->story));
}

static void says(const struct stage *s, const char *words)
{
    if (!strstr(s->story, words))
        fail_msg("\"%s\" does not say \"%s\"", s->story, words);
}

/* Each personality in turn. */
#define FOR_EACH_PERSONALITY(s)                                                \
    for (size_t p_ = 0; machine_personality(p_) &&                             \
                        (stage_init(s, machine_personality(p_)->name), true);  \
         machine_free((s)->m), p_++)

static void a_store_without_the_right(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        uint64_t count;
        attach(&s, RIGHT_R);
        run_fault(&s, FAULT_STORE, s.page + 0x10);
        says(&s, "bob, thread ");
        says(&s, "at fault.elf: main+0x");
        says(&s, "(os/user/");
        says(&s, "tried to store 8 bytes at 0x");
        says(&s, "= segment page + 0x10\n");
        says(&s, "bob has had r-- on page since cycle ");
        assert_true(stats_find(s.m, "faults.protection", &count));
        assert_int_equal(count, 1);
    }
}

static void the_unit_that_refused_is_named(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        bool rplb = machine_personality(p_)->protection == SPROT_RPLB;
        attach(&s, RIGHT_R);
        run_fault(&s, FAULT_STORE, s.page);
        says(&s, rplb ? "refused: the protection unit's entry gives r--, not w"
                      : "page-table entry");
    }
}

/* The page is there: a MAS now refuses by the R and W bits of its entry. */
static void a_page_table_entry_is_shown(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, "mas");
    attach(&s, RIGHT_R);
    int64_t p = kernel_call(s.m, SYS_program_load, "fault", 0, 0, 0, 0);
    kernel_call(s.m, SYS_program_start, NULL, (uint64_t)p, s.domain, FAULT_LOAD,
                s.page);
    machine_run(s.m, &(struct run_limits){ .max_insns = 10000000 });
    run_fault(&s, FAULT_STORE, s.page);
    says(&s, "refused: the page-table entry gives r--, not w (entry 0x");
    says(&s, ": VR--U)");
    machine_free(s.m);
}

static void a_right_that_was_taken_away(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        char words[100];
        attach(&s, RIGHT_R | RIGHT_W);
        assert_int_equal(kernel_call(s.m, SYS_rights_set, NULL, s.domain,
                                     s.page, RIGHT_R, 0),
                         0);
        uint64_t when =
            registry_right(&s.m->registry, s.domain, s.page)->changed;
        assert_in_range(when, 1, machine_clock(s.m));
        run_fault(&s, FAULT_STORE, s.page);
        snprintf(words, sizeof words,
                 "bob's right on page went from rw- to r-- at cycle %llu",
                 (unsigned long long)when);
        says(&s, words);
    }
}

static void a_segment_that_was_detached(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        attach(&s, RIGHT_R | RIGHT_W);
        kernel_call(s.m, SYS_segment_detach, NULL, s.domain, s.page, 0, 0);
        run_fault(&s, FAULT_LOAD, s.page + 8);
        says(&s, "tried to load 8 bytes");
        says(&s, "= segment page + 0x8");
        says(&s, "bob lost its right rw- on page at cycle ");
    }
}

static void a_segment_never_given(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        run_fault(&s, FAULT_JUMP, s.page);
        says(&s, "tried to execute at 0x");
        says(&s, "= segment page + 0x0");
        says(&s, "bob was never given a right on page.");
    }
}

static void a_segment_that_is_gone(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        kernel_call(s.m, SYS_segment_destroy, NULL, s.page, 0, 0, 0);
        run_fault(&s, FAULT_LOAD, s.page);
        says(&s, "Segment page was destroyed at cycle ");
    }
}

static void nothing_there(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        run_fault(&s, FAULT_LOAD, 0x1000);
        says(&s, "tried to load 8 bytes at 0x1000\n");
        says(&s, "No segment is there.");
    }
}

static void a_stack_that_ran_over(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        run_fault(&s, FAULT_STACK, 0);
        says(&s, "bytes below a segment of bob: a stack that ran over");
    }
}

static void faults_without_an_access(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        run_fault(&s, FAULT_ILLEGAL, 0);
        says(&s, "met: illegal instruction (cause 2), the word 0x0");
    }
}

/* The domain is dead and all its rights are gone; the story stays. */
static void stories_do_not_change_afterwards(void **state)
{
    (void)state;
    struct stage s;
    FOR_EACH_PERSONALITY(&s)
    {
        attach(&s, RIGHT_R);
        run_fault(&s, FAULT_STORE, s.page);
        struct event e = s.m->stop_event;
        char later[2000];
        machine_run(s.m, &(struct run_limits){ .max_insns = 10000000 });
        assert_int_equal(s.m->event_count[EVENT_FAULT], 1);
        story_fault(s.m, &e, later, sizeof later);
        assert_string_equal(later, s.story);
    }
}

static void small_buffers_cut_off(void **state)
{
    (void)state;
    struct stage s;
    stage_init(&s, "rplb");
    run_fault(&s, FAULT_LOAD, 0x1000);
    for (size_t room = 1; room < 60; room++) {
        char small[60];
        memset(small, 0x7f, sizeof small);
        size_t n = story_fault(s.m, &s.m->stop_event, small, room);
        assert_int_equal(n, room - 1);
        assert_int_equal(strlen(small), room - 1);
        assert_memory_equal(small, s.story, room - 1);
    }
    machine_free(s.m);
}

/* Boot information with a wrong magic number makes the kernel give up. */
static void a_panic_tells_where(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    struct err err = { 0 };
    char story[4000];
    struct boot_options o = { .personality =
                                  machine_personality_find("mas", &err) };
    const uint64_t wrong = 0x1111111111111111;
    if (!machine_boot_kernel(m, GUEST_KERNEL, &o, &err))
        fail_msg("%s", err.text);
    assert_true(machine_poke_phys(m, m->reset_a1, &wrong, sizeof wrong));
    assert_int_equal(
        machine_run(m, &(struct run_limits){ .max_insns = 10000000 }),
        STOP_PANIC);
    assert_int_equal(stop_exit_code(STOP_PANIC), EXIT_GUEST_FAULT);
    story_panic(m, story, sizeof story);
    assert_non_null(strstr(story, "kernel panic: no boot information"));
    assert_non_null(strstr(story, "kernel_main"));
    assert_non_null(strstr(story, "(os/kernel/"));
    assert_int_equal(machine_run(m, NULL), STOP_PANIC);
    machine_free(m);
}

static void every_event_has_a_line(void **state)
{
    (void)state;
    struct stage s;
    struct event_cursor cursor = { 0 };
    const struct event *e;
    size_t kinds[EVENT_KIND_COUNT] = { 0 };
    stage_init(&s, "rplb");
    attach(&s, RIGHT_R);
    run_fault(&s, FAULT_STORE, s.page);
    while ((e = event_next(&s.m->events, &cursor)) != NULL) {
        char line[500];
        kinds[e->kind]++;
        assert_true(story_event(s.m, e, line, sizeof line) > 5);
        assert_null(strchr(line, '\n'));
        assert_null(strstr(line, "(null)"));
        if (e->kind == EVENT_RIGHTS && e->va == s.page)
            assert_non_null(strstr(line, "bob: rights on page: r--, were ---"));
    }
    assert_true(kinds[EVENT_FAULT] && kinds[EVENT_RIGHTS] &&
                kinds[EVENT_DOMAIN] && kinds[EVENT_SEGMENT] &&
                kinds[EVENT_PROTECTION_MISS] && kinds[EVENT_TLB_MISS] &&
                kinds[EVENT_TRAP] && kinds[EVENT_PROGRAM] &&
                kinds[EVENT_THREAD] && kinds[EVENT_BOOTED]);
    machine_free(s.m);
}

/* The number of a domain that ended may be given to the next one. */
static void a_switch_between_two_of_one_number_says_so(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    struct event e = { .kind = EVENT_SWITCH, .domain = 3, .other = 3 };
    char text[200];
    story_event(m, &e, text, sizeof text);
    assert_non_null(strstr(text, "domain 3: switch from an ended domain"));
    e.other = 4;
    story_event(m, &e, text, sizeof text);
    assert_non_null(strstr(text, "domain 3: switch from domain 4"));
    machine_free(m);
}

static void every_stop_has_a_sentence(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    char text[500];
    RUN_PROGRAM(m, program_lost, 1000);
    for (int i = 0; i < STOP_COUNT; i++)
        assert_true(story_stop(m, (enum stop)i, text, sizeof text) > 5);
    story_stop(m, m->stopped, text, sizeof text);
    assert_non_null(strstr(text, "no_progress: "));
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_without_the_right),
        cmocka_unit_test(the_unit_that_refused_is_named),
        cmocka_unit_test(a_page_table_entry_is_shown),
        cmocka_unit_test(a_right_that_was_taken_away),
        cmocka_unit_test(a_segment_that_was_detached),
        cmocka_unit_test(a_segment_never_given),
        cmocka_unit_test(a_segment_that_is_gone),
        cmocka_unit_test(nothing_there),
        cmocka_unit_test(a_stack_that_ran_over),
        cmocka_unit_test(faults_without_an_access),
        cmocka_unit_test(stories_do_not_change_afterwards),
        cmocka_unit_test(small_buffers_cut_off),
        cmocka_unit_test(a_panic_tells_where),
        cmocka_unit_test(every_event_has_a_line),
        cmocka_unit_test(a_switch_between_two_of_one_number_says_so),
        cmocka_unit_test(every_stop_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
