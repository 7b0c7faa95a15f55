// SPDX-License-Identifier: Apache-2.0
/*
 * The canvas: clipping, cells of UTF-8, wrapping, bars, ASCII fallback, and the
 * plain-text back end that all of these are seen through.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "viz/canvas/canvas.h"

/* The canvas as text; freed by the caller. */
static char *text_of(const struct canvas *c)
{
    char *text = NULL;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);

    canvas_write_text(c, f);
    fclose(f);
    return text;
}

static void expect(struct canvas *c, const char *wanted)
{
    char *text = text_of(c);

    assert_string_equal(text, wanted);
    free(text);
    canvas_free(c);
}

static void text_is_clipped_to_its_box(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 12, 4, false);
    canvas_box(&c, (struct box){ 2, 1, 5, 2 });
    assert_int_equal(canvas_text(&c, 0, 0, STYLE_TEXT, "abcdefgh"), 8);
    canvas_text(&c, -2, 1, STYLE_TEXT, "xyz");
    canvas_text(&c, 0, 2, STYLE_TEXT, "below the box");
    canvas_text(&c, 0, -1, STYLE_TEXT, "above the box");
    canvas_text(&c, 5, 0, STYLE_TEXT, "right of it");
    expect(&c, "\n  abcde\n  z\n\n");
}

static void a_box_is_cut_to_the_screen(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 6, 2, false);
    canvas_box(&c, (struct box){ 4, 1, 10, 10 });
    assert_int_equal(c.box.width, 2);
    assert_int_equal(c.box.height, 1);
    canvas_text(&c, 0, 0, STYLE_TEXT, "abc");
    canvas_box(&c, (struct box){ 9, 9, 3, 3 });
    assert_int_equal(c.box.width, 0);
    canvas_text(&c, 0, 0, STYLE_TEXT, "nowhere");
    expect(&c, "\n    ab\n");
}

static void characters_take_one_cell_each(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    assert_int_equal(text_cells("a→b"), 3);
    canvas_begin(&c, 8, 5, false);
    canvas_text(&c, 0, 0, STYLE_TEXT, "grün→");
    canvas_text(&c, 0, 1, STYLE_TEXT, "日本x");       /* wide ones: ? */
    canvas_text(&c, 0, 2, STYLE_TEXT, "e\xcc\x81x");  /* combining: ? */
    canvas_text(&c, 0, 3, STYLE_TEXT, "a\x1b[1mb\t"); /* escapes: ? */
    canvas_text(&c, 0, 4, STYLE_TEXT, "a\xff\xc3z");  /* not UTF-8 */
    expect(&c, "grün→\n??x\ne?x\na?[1mb\na??z\n");
}

static void ascii_replaces_drawings(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 8, 3, true);
    canvas_line(&c, 0, 0, STYLE_FRAME, false, 3);
    canvas_text(&c, 3, 0, STYLE_FRAME, "┼▶ü");
    canvas_line(&c, 7, 0, STYLE_FRAME, true, 3);
    canvas_bar(&c, 0, 1, STYLE_BAR, 4, 1, 2);
    expect(&c, "---+>? |\n##     |\n       |\n");
}

static void bars_count_in_eighths(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 6, 6, false);
    canvas_bar(&c, 0, 0, STYLE_BAR, 4, 0, 100);
    canvas_bar(&c, 0, 1, STYLE_BAR, 4, 1, 1000000); /* never nothing */
    canvas_bar(&c, 0, 2, STYLE_BAR, 4, 50, 100);
    canvas_bar(&c, 0, 3, STYLE_BAR, 4, 100, 100);
    canvas_bar(&c, 0, 4, STYLE_BAR, 4, 200, 100);
    canvas_bar(&c, 0, 5, STYLE_BAR, 4, UINT64_MAX / 8, UINT64_MAX / 2);
    expect(&c, "\n▏\n██\n████\n████\n█\n");
}

static void text_is_wrapped_at_words(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 10, 6, false);
    assert_int_equal(canvas_wrap(&c, 0, 0, STYLE_TEXT,
                                 "the quick brown fox\n\nabcdefghijkl"),
                     5);
    expect(&c, "the quick\nbrown fox\n\nabcdefghij\nkl\n\n");
}

static void wrapped_text_can_be_skipped_and_only_counted(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 5, 2, false);
    assert_int_equal(canvas_wrap(&c, 0, 1, STYLE_TEXT, "one two three four"),
                     4);
    expect(&c, "two\nthree\n");
    canvas_begin(&c, 5, 2, false);
    canvas_box(&c, (struct box){ 0, 0, 5, 0 });
    assert_int_equal(canvas_wrap(&c, 0, 0, STYLE_TEXT, "one two three four"),
                     4);
    assert_int_equal(c.run_count, 0);
    canvas_free(&c);
}

static void right_and_fill(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 6, 2, false);
    canvas_fill(&c, 0, STYLE_SELECTED);
    canvas_right(&c, 6, 0, STYLE_SELECTED, "12");
    canvas_right(&c, 3, 1, STYLE_TEXT, "abcd");
    assert_int_equal(c.runs[0].style, STYLE_SELECTED);
    assert_int_equal(c.runs[0].cells, 6);
    expect(&c, "    12\nbcd\n");
}

static void later_runs_cover_earlier_ones(void **state)
{
    struct canvas c = { 0 };

    (void)state;
    canvas_begin(&c, 6, 1, false);
    canvas_text(&c, 0, 0, STYLE_TEXT, "→→→→");
    canvas_text(&c, 1, 0, STYLE_TEXT, "ab");
    expect(&c, "→ab→\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_clipped_to_its_box),
        cmocka_unit_test(a_box_is_cut_to_the_screen),
        cmocka_unit_test(characters_take_one_cell_each),
        cmocka_unit_test(ascii_replaces_drawings),
        cmocka_unit_test(bars_count_in_eighths),
        cmocka_unit_test(text_is_wrapped_at_words),
        cmocka_unit_test(wrapped_text_can_be_skipped_and_only_counted),
        cmocka_unit_test(right_and_fill),
        cmocka_unit_test(later_runs_cover_earlier_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
