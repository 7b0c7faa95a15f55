// SPDX-License-Identifier: Apache-2.0
/*
 * What a scenario asks of a view: notes in Markdown, hidden panes, locked
 * commands, commands to begin with; and what it may not ask.
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

#include "viz/canvas/markdown.h"
#include "viz/view/view.h"

/* ---- Markdown ---------------------------------------------------------------
 */

/* The text on a canvas of this width, after `skip` lines, is this; it takes so
 * many lines in all. */
static void expect(const char *text, int width, int skip, const char *wanted,
                   int lines)
{
    struct canvas c = { 0 };
    char *got = NULL;
    size_t bytes;
    FILE *f = open_memstream(&got, &bytes);

    canvas_begin(&c, width, lines > 0 ? lines : 1, false);
    assert_int_equal(markdown_draw(&c, 0, skip, text), lines);
    canvas_write_text(&c, f);
    fclose(f);
    assert_string_equal(got, wanted);
    free(got);
    canvas_free(&c);
}

static void blocks_are_told_apart(void **state)
{
    (void)state;
    expect("", 20, 0, "\n", 0);
    expect("# A head\nTwo lines\nof text.\n\nNext.", 20, 0,
           "A head\nTwo lines of text.\n\nNext.\n", 4);
    expect("- one point that wraps\n- two\n12. ten\n", 14, 0,
           "• one point\n  that wraps\n• two\n12. ten\n", 4);
    expect("Text:\n    as  it is\n```\n# no head\n```\nend", 14, 0,
           "Text:\n  as  it is\n  # no head\nend\n", 4);
    expect("    too long  for this\n", 12, 0, "  too long\n  for this\n", 2);
    expect("one\n\ntwo", 14, 2, "two\n\n\n", 3);
}

static void marks_within_a_line(void **state)
{
    (void)state;
    expect("a **bold one** and `x ** y`, **b**`c`.", 40, 0,
           "a bold one and x ** y, bc.\n", 1);
    /* marks have no width when lines are broken */
    expect("**aaaa** **bbbb**", 9, 0, "aaaa bbbb\n", 1);
    expect("**aaaa** **bbbb**", 8, 0, "aaaa\nbbbb\n", 2);
    expect("**open", 9, 0, "open\n", 1);
}

static void styles_of_marks(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 40, 3, false);
    markdown_draw(&c, 0, 0, "# head\n**bold** `code` text");
    assert_int_equal(c.run_count, 4);
    assert_int_equal(c.runs[0].style, STYLE_STRONG);
    assert_int_equal(c.runs[1].style, STYLE_STRONG);
    assert_int_equal(c.runs[2].style, STYLE_CURRENT);
    assert_int_equal(c.runs[3].style, STYLE_TEXT);
    canvas_free(&c);
}

/* ---- lab{} ------------------------------------------------------------------
 */

struct stage {
    struct runner runner;
    struct view view;
};

static void draw(struct stage *s)
{
    do {
        view_draw(&s->view, 130, 40);
        view_obeyed_by(&s->view, &s->runner);
        runner_finish(&s->runner, 100000);
    } while (s->view.wish_count > 0);
    view_draw(&s->view, 130, 40);
}

static void give(struct stage *s, const char *command)
{
    view_command(&s->view, command);
    view_obeyed_by(&s->view, &s->runner);
    runner_finish(&s->runner, 100000);
    draw(s);
}

static struct stage *open_lab(void)
{
    struct stage *s = calloc(1, sizeof *s);
    struct session_options options = { .path = "tests/viz/lab.lua", .seed = 1 };
    const struct wish begin = { .kind = WISH_BEGIN };
    struct err err;

    assert_non_null(s);
    assert_true(runner_open(&s->runner, &options, HISTORY_BYTES, &err));
    view_init(&s->view, &s->runner.model);
    runner_obey(&s->runner, &begin);
    runner_finish(&s->runner, 100000);
    draw(s);
    return s;
}

static void close_lab(struct stage *s)
{
    (void)runner_close(&s->runner);
    view_free(&s->view);
    free(s);
}

static void notes_replace_the_comment(void **state)
{
    struct stage *s = open_lab();

    (void)state;
    assert_ptr_equal(strstr(s->view.model->notes, "# First"),
                     s->view.model->notes);
    give(s, "end");
    assert_string_equal(s->view.model->notes, "# Second");
    close_lab(s);
}

static void hidden_panes_are_not_shown(void **state)
{
    struct stage *s = open_lab();
    struct view *v = &s->view;

    (void)state;
    give(s, "set 1");
    assert_int_equal(v->place[PANE_CODE].width, 0);
    assert_int_equal(v->place[PANE_REGISTERS].width, 0);
    assert_true(v->place[PANE_SCOPE].width > 0);
    assert_int_not_equal(v->focus, PANE_CODE);
    give(s, "pane code");
    assert_non_null(strstr(v->notice, "code: hidden by the scenario"));
    assert_int_equal(v->place[PANE_CODE].width, 0);
    give(s, "end"); /* the fault's hook shows them again */
    give(s, "set 1");
    assert_true(v->place[PANE_CODE].width > 0);
    close_lab(s);
}

static void locked_commands_are_refused(void **state)
{
    struct stage *s = open_lab();
    uint64_t insns = s->view.model->instructions;

    (void)state;
    give(s, "step 5");
    give(s, "back 3");
    assert_string_equal(s->view.notice, "back: locked by the scenario");
    assert_int_equal(s->view.model->instructions, insns + 5);
    view_key(&s->view, 'b');
    assert_int_equal(s->view.wish_count, 0);
    give(s, "expl 1000"); /* shortened is the same word */
    assert_string_equal(s->view.notice, "explain: locked by the scenario");
    close_lab(s);
}

static void commands_to_begin_with(void **state)
{
    struct stage *s = open_lab();

    (void)state;
    assert_int_equal(s->view.set, 5);
    assert_int_equal(s->view.model->stops,
                     1u << STOP_ON_FAULT | 1u << STOP_ON_SWITCH);
    assert_false(s->view.quit); /* not the scenario's to ask */
    assert_false(s->view.picture);
    assert_int_not_equal(access("tests/nothing.txt", F_OK), 0);
    give(s, "set 2");
    give(s, "step");
    assert_int_equal(s->view.set, 1); /* obeyed once */
    give(s, "end");
    assert_true(s->view.model->stops >> STOP_ON_PROTECTION & 1);
    close_lab(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_told_apart),
        cmocka_unit_test(marks_within_a_line),
        cmocka_unit_test(styles_of_marks),
        cmocka_unit_test(notes_replace_the_comment),
        cmocka_unit_test(hidden_panes_are_not_shown),
        cmocka_unit_test(locked_commands_are_refused),
        cmocka_unit_test(commands_to_begin_with),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
