// SPDX-License-Identifier: Apache-2.0
/*
 * Breakpoints and what belongs to them in a view, by its commands, keys and
 * clicks, on a real machine: the gutter and cursor of the code pane, steps over
 * and out, until, the stop mask, reload, and what is remembered. (What may be
 * said, and where it stops: tests/sim/test_stops.c.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "viz/view/view.h"

/* ---- a view on a run
 * ---------------------------------------------------------
 */

struct stage {
    struct runner runner;
    struct view view;
    struct session_options options;
    char folder[40], scenario[60];
};

static void draw(struct stage *s)
{
    view_draw(&s->view, 130, 40);
}

/* The view's wishes, and the run they begin, to its end. */
static void settle(struct stage *s)
{
    view_obeyed_by(&s->view, &s->runner);
    runner_finish(&s->runner, 20000);
    draw(s);
}

static void give(struct stage *s, const char *command)
{
    view_command(&s->view, command);
    settle(s);
}

static void press(struct stage *s, int key)
{
    view_key(&s->view, key);
    settle(s);
}

static struct stage *open_file(const char *path)
{
    struct stage *s = calloc(1, sizeof *s);
    struct err err;

    assert_non_null(s);
    s->options = (struct session_options){ .path = path,
                                           .seed = 1,
                                           .guest_dir = "build/guest" };
    if (!runner_open(&s->runner, &s->options, HISTORY_BYTES, &err))
        fail_msg("%s", err.text);
    view_init(&s->view, &s->runner.model);
    runner_obey(&s->runner, &(struct wish){ .kind = WISH_BEGIN });
    settle(s);
    return s;
}

static struct stage *open_live(void)
{
    return open_file("tests/viz/live.lua");
}

static void write_scenario(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

/* A scenario of its own in a folder of its own. */
static struct stage *open_text(const char *text)
{
    char folder[] = "/tmp/opalite-breaks-XXXXXX", path[60];

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/t.lua", folder);
    write_scenario(path, text);
    struct stage *s = open_file(path);
    memcpy(s->folder, folder, sizeof folder);
    memcpy(s->scenario, path, sizeof path);
    s->options.path = s->runner.base.path = s->scenario;
    return s;
}

static void release(struct stage *s)
{
    runner_close(&s->runner);
    view_free(&s->view);
    if (s->folder[0]) {
        unlink(s->scenario);
        rmdir(s->folder);
    }
    free(s);
}

static const struct machine *machine_of(const struct stage *s)
{
    return s->runner.session->machine;
}

static const struct cpu *cpu_of(const struct stage *s)
{
    return &machine_of(s)->now->cpu;
}

static void assert_notice(const struct stage *s, const char *part)
{
    const char *notice =
        s->view.notice[0] ? s->view.notice : s->runner.model.notice;

    if (!strstr(notice, part))
        fail_msg("expected \"%s\", got \"%s\"", part, notice);
}

static const char *screen(struct stage *s)
{
    static char text[60000];
    FILE *f = fmemopen(text, sizeof text, "w");

    assert_non_null(f);
    canvas_write_text(&s->view.canvas, f);
    fclose(f);
    return text;
}

static void assert_screen(struct stage *s, const char *part)
{
    if (!strstr(screen(s), part))
        fail_msg("no \"%s\" on\n%s", part, screen(s));
}

/* The row of the code pane at this address. */
static const struct code_row *row_at(const struct stage *s, uint64_t pc)
{
    const struct model *m = &s->runner.model;

    for (int i = 0; i < m->code_count; i++)
        if (m->code[i].pc == pc && !m->code[i].is_label &&
            !m->code[i].is_source)
            return &m->code[i];
    return NULL;
}

/* ---- the code pane
 * -------------------------------------------------------------
 */

static void a_key_sets_a_breakpoint_and_takes_it_away(void **state)
{
    struct stage *s = open_live();
    uint64_t pc = cpu_of(s)->pc;

    (void)state;
    assert_int_equal(row_at(s, pc)->stop, ' ');
    press(s, 'p');
    assert_notice(s, "break 1 at kernel.elf: kernel_main");
    assert_int_equal(row_at(s, pc)->stop, '*');
    assert_screen(s, "▶●");
    give(s, "disable 1");
    assert_int_equal(row_at(s, pc)->stop, 'o');
    assert_screen(s, "▶○");
    press(s, 'p');
    assert_notice(s, "break 1 is gone");
    assert_int_equal(row_at(s, pc)->stop, ' ');
    release(s);
}

static void a_click_in_the_gutter_does_the_same(void **state)
{
    struct stage *s = open_live();
    const struct canvas *c = &s->view.canvas;
    char command[40];

    (void)state;
    snprintf(command, sizeof command, "toggle 0x%llx",
             (unsigned long long)cpu_of(s)->pc);
    for (size_t i = 0; i < c->zone_count; i++)
        if (strcmp(c->text + c->zones[i].command, command) == 0) {
            struct box b = c->zones[i].box;
            view_pointer_press(&s->view, b.x, b.y, false);
            settle(s);
            assert_int_equal(row_at(s, cpu_of(s)->pc)->stop, '*');
            release(s);
            return;
        }
    fail_msg("no gutter at pc");
}

static void the_code_can_be_looked_through(void **state)
{
    struct stage *s = open_live();
    struct pane_view *p = &s->view.pane[PANE_CODE];
    uint64_t pc = cpu_of(s)->pc, first;

    (void)state;
    view_focus(&s->view, PANE_CODE);
    draw(s);
    press(s, KEY_OF_DOWN);
    assert_true(pane_code_chosen(&s->runner.model, p) >= 0);
    assert_int_equal(cpu_of(s)->pc, pc);
    press(s, 'p'); /* at the cursor, not at pc */
    assert_int_equal(row_at(s, p->cursor)->stop, '*');
    assert_int_equal(row_at(s, pc)->stop, ' ');
    first = p->cursor;
    for (int i = 0; i < 12; i++) /* beyond what the model holds at once */
        press(s, KEY_OF_PAGE_DOWN);
    assert_true(p->cursor > first + 200);
    assert_screen(s, "not pc: ");
    uint64_t far = p->cursor;
    for (int i = 0; i < 12; i++)
        press(s, KEY_OF_PAGE_UP);
    assert_true(p->cursor < far - 200);
    press(s, 27);
    assert_int_equal(pane_code_chosen(&s->runner.model, p), -1);
    assert_non_null(strstr(screen(s), "▶"));
    give(s, "code fault_kill");
    assert_string_equal(s->runner.model.look_symbol,
                        "kernel.elf fault_kill+0x0");
    give(s, "code nosuch");
    assert_notice(s, "code: there is no nosuch");
    press(s, '/');
    assert_true(s->view.commanding);
    assert_string_equal(s->view.line, "code ");
    press(s, 27);
    give(s, "code schedule");
    press(s, 'p');
    assert_notice(s, "at kernel.elf: schedule (");
    give(s, "step"); /* what moves time shows pc again */
    assert_null(strstr(screen(s), "not pc"));
    release(s);
}

/* ---- over and out
 * --------------------------------------------------------------
 */

static void out_returns_to_the_caller(void **state)
{
    struct stage *s = open_live();

    (void)state;
    give(s, "break copy_in");
    give(s, "event");
    for (int steps = 0; steps < 5; steps += 3) {
        assert_notice(s, "comes to copy_in");
        uint64_t ra = cpu_of(s)->x[1], sp = cpu_of(s)->x[2];
        for (int i = 0; i < steps; i++)
            give(s, "step");
        give(s, "delete all");
        press(s, 'o');
        assert_notice(s, "returned to kernel.elf: copy_in_name+");
        assert_int_equal(cpu_of(s)->pc, ra);
        assert_int_equal(cpu_of(s)->x[2], sp);
        give(s, "break copy_in");
        give(s, "reload");
        give(s, "event");
    }
    release(s);
}

/* fib calls itself: the break is met on every level, out leaves one. */
static void out_of_a_recursion_leaves_one_level(void **state)
{
    struct stage *s =
        open_text("local m = machine {}\n"
                  "m:boot_firmware { kernel = 'build/guest/bench/recursion.elf'"
                  " }\n"
                  "m:run { instructions = 3000000 }\n");
    struct err err;
    struct elf_file *f = elf_file_open("build/guest/bench/recursion.elf", &err);
    uint64_t fib = elf_symbol_find(f, "fib")->address;
    char command[60];

    (void)state;
    snprintf(command, sizeof command, "break %llx if a0 == 8",
             (unsigned long long)fib);
    give(s, command);
    give(s, "reload");
    for (int steps = 0; steps < 40; steps += 13) {
        assert_notice(s, "break 1, hit ");
        uint64_t ra = cpu_of(s)->x[1], sp = cpu_of(s)->x[2];
        give(s, "disable 1");
        give(s, "out");
        assert_int_equal(cpu_of(s)->pc, ra);
        assert_int_equal(cpu_of(s)->x[2], sp);
        assert_int_equal(cpu_of(s)->x[10], 21); /* fib(8) */
        assert_notice(s, "a0 = 0x15");
        give(s, "enable 1");
        give(s, "event");
    }
    elf_file_close(f);
    release(s);
}

static void over_a_recursion_stays_on_its_level(void **state)
{
    struct stage *s =
        open_text("local m = machine {}\n"
                  "m:boot_firmware { kernel = 'build/guest/bench/recursion.elf'"
                  " }\n"
                  "m:run { instructions = 3000000 }\n");
    struct err err;
    struct elf_file *f = elf_file_open("build/guest/bench/recursion.elf", &err);
    char command[60];
    uint64_t pc, sp;

    (void)state;
    snprintf(command, sizeof command, "break %llx if a0 == 9",
             (unsigned long long)elf_symbol_find(f, "fib")->address);
    give(s, command);
    give(s, "reload");
    give(s, "delete all");
    for (int i = 0; i < 40; i++) {
        pc = cpu_of(s)->pc;
        sp = cpu_of(s)->x[2];
        uint64_t insns = cpu_of(s)->instret;
        give(s, "over");
        if (cpu_of(s)->instret == insns + 1)
            continue;
        assert_int_equal(cpu_of(s)->pc, pc + 4);
        assert_int_equal(cpu_of(s)->x[2], sp);
        assert_true(cpu_of(s)->instret > insns + 100); /* the whole call */
        elf_file_close(f);
        release(s);
        return;
    }
    fail_msg("fib does not call itself");
}

/* Two threads run the same code at the same address, in time slices, and call
 * the kernel on the way. */
static void out_waits_for_its_own_thread(void **state)
{
    struct stage *s = open_text(
        "local m = machine {}\n"
        "local ticks = 5000 * m:setting 'timebase.hz' // m:setting 'core.hz' + "
        "1\n"
        "local os = m:boot { protection = 'rplb', quantum = ticks }\n"
        "os:domain('a'):start('hello', 30)\n"
        "os:domain('b'):start('hello', 30)\n"
        "m:run()\n");

    (void)state;
    give(s, "stop none");
    give(s, "break hello:main");
    for (int thread = 0; thread < 2; thread++) {
        give(s, "event");
        assert_notice(s, " comes to main");
    }
    uint32_t thread = machine_of(s)->registry.thread;
    uint64_t ra = cpu_of(s)->x[1], sp = cpu_of(s)->x[2];
    uint64_t switches = s->runner.model.total_switches;
    give(s, "delete all");
    give(s, "out");
    assert_notice(s, "returned to hello.elf: _start+");
    assert_int_equal(machine_of(s)->registry.thread, thread);
    assert_int_equal(cpu_of(s)->pc, ra);
    assert_int_equal(cpu_of(s)->x[2], sp);
    assert_true(s->runner.model.total_switches > switches + 4);
    release(s);
}

/* A function that never returns: the fault ends its thread, the mask stops. */
static void out_is_stopped_by_what_stops_a_run(void **state)
{
    struct stage *s = open_live();

    (void)state;
    give(s, "break perform_store8 in bob");
    give(s, "event");
    assert_notice(s, "bob comes to perform_store8");
    give(s, "out");
    assert_notice(s, "stopped: bob: fault");
    give(s, "out");
    assert_notice(s, "the scenario ended");
    release(s);
}

/* ---- what else stops
 * -----------------------------------------------------------
 */

static void until_an_expression_holds(void **state)
{
    struct stage *s = open_live();

    (void)state;
    give(s, "until domain == 'bob' and priv == 'U'");
    assert_notice(s, "it holds: domain == 'bob'");
    assert_int_equal(cpu_of(s)->privilege, PRIV_U);
    uint64_t cycle = s->runner.model.cycle;
    give(s, "until a0 ==");
    assert_notice(s, "until a0 ==: unexpected symbol");
    assert_true(s->view.wrong);
    assert_int_equal(s->runner.model.cycle, cycle);
    give(s, "until nosuch == 1");
    assert_notice(s, "'nosuch' is no register");
    give(s, "until false"); /* the stop mask stops, too */
    assert_notice(s, "stopped: bob: fault");
    give(s, "until false");
    assert_notice(s, "the scenario ended");
    release(s);
}

static void the_mask_has_all_kinds_and_a_domain(void **state)
{
    struct stage *s = open_live();

    (void)state;
    give(s, "stop none");
    give(s, "stop syscall in bob");
    assert_screen(s, "stop .....+1 in bob");
    give(s, "event");
    assert_notice(s, "stopped: bob: system call");
    give(s, "stop syscall rights in any");
    assert_int_equal(s->runner.stop_kinds, EVENT_BIT(EVENT_RIGHTS));
    give(s, "stop frobs");
    assert_notice(s, "stop frobs: letters of FMRST, kinds of events");
    press(s, 'm');
    assert_screen(s, "[*]   rights");
    press(s, KEY_OF_RIGHT);
    press(s, ' ');
    assert_screen(s, "[*]   domain");
    press(s, 'f');
    assert_screen(s, "[*] F fault");
    press(s, '>');
    assert_string_equal(s->runner.stop_domain, s->runner.model.domains[0].name);
    assert_screen(s, "of domain: alice");
    press(s, '<');
    assert_screen(s, "of domain: any");
    press(s, '\n');
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
    assert_int_equal(s->runner.stop_kinds,
                     EVENT_BIT(EVENT_RIGHTS) | EVENT_BIT(EVENT_DOMAIN));
    release(s);
}

/* Set while the machine runs, as fast as it can. */
static void one_is_set_while_it_runs(void **state)
{
    struct stage *s = open_live();

    (void)state;
    give(s, "stop none");
    runner_obey(&s->runner, &(struct wish){ .kind = WISH_END });
    runner_advance(&s->runner, 20000);
    assert_int_equal(s->runner.going, GOING_EVENT);
    view_command(&s->view, "break fault_kill");
    view_obeyed_by(&s->view, &s->runner);
    assert_int_equal(s->runner.going, GOING_EVENT); /* it goes on */
    settle(s);
    assert_notice(s, "break 1, hit 1: the kernel for bob comes to fault_kill");
    release(s);
}

static void the_list_can_be_edited(void **state)
{
    struct stage *s = open_live();

    (void)state;
    press(s, 'd');
    assert_screen(s, "There are none.");
    press(s, 27);
    give(s, "break fault_kill");
    give(s, "watch page by bob");
    give(s, "break x y");
    assert_notice(s, "y: expected `in DOMAIN` or `if EXPRESSION`");
    press(s, 'd');
    assert_screen(s, "●  1  break fault_kill");
    assert_screen(s, "waits: not there yet");
    press(s, ' ');
    assert_screen(s, "○  1  break fault_kill");
    press(s, KEY_OF_DOWN);
    press(s, 'x');
    assert_null(strstr(screen(s), "watch page"));
    press(s, '\n'); /* the code there */
    assert_int_equal(s->view.overlay, OVERLAY_NONE);
    assert_string_equal(s->runner.model.look_symbol,
                        "kernel.elf fault_kill+0x0");
    release(s);
}

/* To what stopped the run, in any order, and forth again. */
static void back_to_the_last_one_met(void **state)
{
    struct stage *s = open_live();

    (void)state;
    give(s, "back point");
    assert_notice(s, "no breakpoint or watch is there and switched on");
    give(s, "watch page");
    give(s, "break fault_kill if domain == 'bob'");
    give(s, "break schedule if false");
    give(s, "back break");
    assert_notice(s, "there is no such event before now");
    give(s, "end");
    uint64_t write = s->runner.model.cycle;
    assert_notice(s, "watch 1, hit 1");
    give(s, "end");
    uint64_t fault = s->runner.model.cycle;
    assert_notice(s, "break 2, hit 1");
    give(s, "end");
    assert_int_equal(s->runner.model.state, MODEL_ENDED);
    press(s, 'C');
    assert_notice(s, "back at: break 2");
    assert_int_equal(s->runner.model.cycle, fault);
    give(s, "back break");
    assert_notice(s, "there is no such event before now");
    assert_int_equal(s->runner.model.cycle, fault);
    give(s, "back watch");
    assert_notice(s, "back at: watch 1, hit 1: alice wrote 8 bytes at page: "
                     "0x0 -> 0x2a");
    assert_int_equal(s->runner.model.cycle, write);
    give(s, "end");
    assert_int_equal(s->runner.model.cycle, fault);
    release(s);
}

/* ---- from the beginning, and next time
 * -----------------------------------------
 */

static const char story[] = "local m = machine {}\n"
                            "local os = m:boot { protection = 'rplb' }\n"
                            "local a = os:domain 'alice'\n"
                            "local page = os:segment { size = '4K', name = "
                            "'page' }\n"
                            "a:attach(page, 'rw')\n"
                            "a:thread(function(t) t:store(page.base, %d) end)\n"
                            "m:run()\n";

static void reload_keeps_what_was_set(void **state)
{
    char text[500];

    (void)state;
    snprintf(text, sizeof text, story, 1);
    struct stage *s = open_text(text);
    give(s, "watch page");
    give(s, "stop mark in alice");
    give(s, "event");
    assert_notice(s, "alice wrote 8 bytes at page: 0x0 -> 0x1");
    snprintf(text, sizeof text, story, 2);
    write_scenario(s->scenario, text);
    give(s, "reload");
    assert_notice(s, "booted");
    assert_int_equal(s->runner.stops.count, 1);
    assert_int_equal(s->runner.stops.point[0].hits, 0);
    assert_int_equal(s->runner.stop_kinds, EVENT_BIT(EVENT_MARK));
    assert_string_equal(s->runner.stop_domain, "alice");
    give(s, "event");
    assert_notice(s, "hit 1: alice wrote 8 bytes at page: 0x0 -> 0x2");
    uint64_t cycle = s->runner.model.cycle;
    write_scenario(s->scenario, "this is no Lua");
    give(s, "reload");
    assert_notice(s, "not loaded: ");
    assert_int_equal(s->runner.model.cycle, cycle);
    give(s, "step"); /* the old run goes on */
    assert_true(s->runner.model.cycle > cycle);
    release(s);
}

static void they_are_remembered(void **state)
{
    char path[VIEW_PATH], other[VIEW_PATH], home[] = "/tmp/opalite-cfg-XXXXXX";
    struct stage *s = open_live();

    (void)state;
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    view_stops_path("tests/viz/live.lua", path, sizeof path);
    view_stops_path("tests/viz/lab.lua", other, sizeof other);
    assert_string_not_equal(path, other);
    assert_memory_equal(path, home, strlen(home));
    view_stops_save(&s->runner, path);
    assert_int_equal(access(path, F_OK), -1); /* nothing to remember */
    give(s, "break fault_kill in bob if a0 ~= 3");
    give(s, "watch page+0x10,8 rw");
    give(s, "break nosuch.c:12");
    give(s, "disable 2");
    give(s, "stop fs mark in alice");
    view_stops_save(&s->runner, path);
    release(s);

    s = open_live();
    give(s, "break nosuch.c:12"); /* as --break does: no second one */
    view_stops_load(&s->runner, path);
    assert_int_equal(s->runner.stops.count, 3);
    assert_string_equal(s->runner.stops.point[1].text, "fault_kill");
    assert_string_equal(s->runner.stops.point[1].condition, "a0 ~= 3");
    assert_true(s->runner.stops.point[2].off);
    assert_false(s->runner.stops.point[1].off);
    assert_int_equal(s->runner.model.stops, 1u << STOP_ON_SWITCH);
    assert_int_equal(s->runner.stop_kinds, EVENT_BIT(EVENT_MARK));
    assert_string_equal(s->runner.stop_domain, "alice");
    give(s, "delete all");
    give(s, "stop none in any");
    give(s, "stop f");
    view_stops_save(&s->runner, path);
    assert_int_equal(access(path, F_OK), -1);
    release(s);
    *strrchr(path, '/') = 0;
    rmdir(path);
    *strrchr(path, '/') = 0;
    rmdir(path);
    rmdir(home);
    unsetenv("XDG_CONFIG_HOME");
}

static void a_spoilt_file_does_no_harm(void **state)
{
    char path[] = "/tmp/opalite-stops-XXXXXX";
    int fd = mkstemp(path);
    struct stage *s = open_live();

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    write_scenario(path, "break\nfrob\ndelete all\noff\nwatch page if (\nmask "
                         "\nmask FZ nosuch in\nbreak main\n\n");
    view_stops_load(&s->runner, path);
    assert_int_equal(s->runner.stops.count, 1);
    unlink(path);
    release(s);
}

/* ---- it changes nothing
 * --------------------------------------------------------
 */

static uint64_t cycles_of(bool stopped)
{
    struct stage *s = open_live();

    if (stopped) {
        give(s, "break schedule if a0 == 3");
        give(s, "watch page rw");
        give(s, "break fault_kill");
        give(s, "event");
        give(s, "out");
        give(s, "over");
        give(s, "until a0 == 0");
        give(s, "stop syscall mark switch");
    }
    for (int i = 0; i < 200 && s->runner.model.state == MODEL_PAUSED; i++)
        give(s, stopped ? "event" : "end");
    assert_int_equal(s->runner.model.state, MODEL_ENDED);
    uint64_t cycle = s->runner.model.cycle;
    release(s);
    return cycle;
}

static void the_run_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(cycles_of(true), cycles_of(false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_sets_a_breakpoint_and_takes_it_away),
        cmocka_unit_test(a_click_in_the_gutter_does_the_same),
        cmocka_unit_test(the_code_can_be_looked_through),
        cmocka_unit_test(out_returns_to_the_caller),
        cmocka_unit_test(out_of_a_recursion_leaves_one_level),
        cmocka_unit_test(over_a_recursion_stays_on_its_level),
        cmocka_unit_test(out_waits_for_its_own_thread),
        cmocka_unit_test(out_is_stopped_by_what_stops_a_run),
        cmocka_unit_test(until_an_expression_holds),
        cmocka_unit_test(the_mask_has_all_kinds_and_a_domain),
        cmocka_unit_test(one_is_set_while_it_runs),
        cmocka_unit_test(the_list_can_be_edited),
        cmocka_unit_test(back_to_the_last_one_met),
        cmocka_unit_test(reload_keeps_what_was_set),
        cmocka_unit_test(they_are_remembered),
        cmocka_unit_test(a_spoilt_file_does_no_harm),
        cmocka_unit_test(the_run_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
