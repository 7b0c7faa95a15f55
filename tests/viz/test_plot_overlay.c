// SPDX-License-Identifier: Apache-2.0
/*
 * The plotter's options: several runs of one experiment in one picture, told
 * apart without colour; logarithmic axes; what does not fit is refused in one
 * line.
 */
#include "tests/sim/cli_help.h"

static struct ran r;

/* A description with one panel of lines and one of bars. */
static void put_plot(const char *name, const char *panel, const char *subtitle,
                     const char *points)
{
    char text[2000];

    snprintf(
        text, sizeof text,
        "{\"title\":\"T\",\"subtitle\":\"%s\",\"panels\":[{\"title\":\"%s\","
        "\"kind\":\"lines\",\"x\":{\"label\":\"pages\"},\"y\":{\"label\":"
        "\"cycles\"},\"series\":[{\"name\":\"mas\",\"points\":%s},"
        "{\"name\":\"rplb\",\"points\":[[1,2],[100,30]]}]},"
        "{\"title\":\"Bars\",\"kind\":\"stacked-bars\",\"x\":{\"label\":"
        "\"system\"},\"y\":{\"label\":\"cycles\"},\"groups\":[{\"label\":"
        "\"mas\",\"parts\":[{\"name\":\"direct\",\"value\":3}]},{\"label\":"
        "\"rplb\",\"parts\":[{\"name\":\"direct\",\"value\":2}]}]}],"
        "\"notes\":[\"the same note\"]}",
        subtitle, panel, points);
    put_text(name, text);
}

static int count(const char *what)
{
    int n = 0;

    for (const char *at = r.text; (at = strstr(at, what)); at++)
        n++;
    return n;
}

static void put_all(void)
{
    put_plot("a.plot.json", "Total", "preset u54", "[[1,10],[100,2000]]");
    put_plot("b.plot.json", "Total", "preset r4000", "[[1,20],[100,9000]]");
}

static void runs_are_told_apart(void **state)
{
    (void)state;
    put_all();
    expect(&r, "plot %W/a.plot.json %W/b.plot.json -o -", EXIT_PASSED,
           "mas, a");
    const char *const all[] = { "mas, a", "mas, b", "rplb, a", "rplb, b" };
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(count(all[i]), 2); /* a line and a bar */
    /* bars of one label stand side by side */
    const char *bars = strstr(r.text, "Bars\n");
    assert_non_null(bars);
    assert_int_equal(
        strncmp(bars, "Bars\nmas, a\nmas, b\nrplb, a\nrplb, b\n", 34), 0);
    /* the second run is dashed, in the panel and the legend, in both colours */
    assert_true(count("stroke-dasharray:7,3.5") >= 4);
    assert_non_null(strstr(r.text, "a: preset u54"));
    assert_non_null(strstr(r.text, "b: preset r4000"));
    assert_int_equal(count("the same note"), 1);
}

static void labels_are_chosen(void **state)
{
    (void)state;
    put_all();
    expect(&r,
           "plot %W/a.plot.json %W/b.plot.json --label old --label new -o -",
           EXIT_PASSED, "mas, old");
    assert_non_null(strstr(r.text, "rplb, new"));
    /* a file twice: names stay apart */
    expect(&r, "plot %W/a.plot.json %W/a.plot.json -o -", EXIT_PASSED,
           "mas, a (2)");
    assert_non_null(strstr(r.text, "preset u54")); /* the same: one subtitle */
    assert_null(strstr(r.text, "a: preset u54"));
    for (int i = 0; i < 3; i++) {
        static const char *const endings[] = { "svg", "png", "pdf" };
        char line[200];
        snprintf(line, sizeof line,
                 "plot %%W/a.plot.json %%W/b.plot.json --title Both --font "
                 "'DejaVu Serif' --size 1000x500 -o %%W/x.%s && "
                 "test -s %%W/x.%s",
                 endings[i], endings[i]);
        expect(&r, line, EXIT_PASSED, "");
    }
    expect(&r, "--version >/dev/null; cat %W/x.svg", EXIT_PASSED,
           "<title>Both</title>");
    assert_non_null(strstr(r.text, "width=\"1000px\" height=\"500px\""));
}

static void log_axes(void **state)
{
    static char plain[sizeof r.text];

    (void)state;
    put_all();
    expect(&r, "plot %W/a.plot.json -o -", EXIT_PASSED, "</svg>");
    memcpy(plain, r.text, sizeof plain);
    expect(&r, "plot %W/a.plot.json --y-scale linear --x-scale linear -o -",
           EXIT_PASSED, "</svg>");
    assert_string_equal(r.text, plain); /* as it was */
    expect(&r, "plot %W/a.plot.json --y-scale log10 -o -", EXIT_PASSED,
           "</svg>");
    assert_string_not_equal(r.text, plain);
    expect(&r, "plot %W/a.plot.json --x-scale log2 --y-scale log2 -o -",
           EXIT_PASSED, "</svg>");
    /* also in the description itself */
    put_text(
        "log.json",
        "{\"title\":\"T\",\"panels\":[{\"title\":\"P\",\"kind\":\"lines\","
        "\"x\":{\"label\":\"x\",\"scale\":\"log10\"},\"y\":{\"label\":\"y\","
        "\"scale\":\"log10\"},\"series\":[{\"name\":\"s\",\"points\":"
        "[[0,1e-300],[1,1],[9,1e300]]}]}]}");
    expect(&r, "plot %W/log.json -o -", EXIT_PASSED, "</svg>");
    put_text("zero.json",
             "{\"title\":\"T\",\"panels\":[{\"title\":\"P\",\"kind\":\"lines\","
             "\"x\":{\"label\":\"x\"},\"y\":{\"label\":\"y\","
             "\"scale\":\"log10\"},\"series\":[{\"name\":\"s\",\"points\":\n"
             "[[0,0]]}]}]}");
    expect_error(&r, "plot %W/zero.json -o -", EXIT_CANNOT_LOAD,
                 "zero.json:2:2: y must be above 0");
    put_plot("n.json", "Total", "s", "[[-1,10],[100,0]]");
    expect_error(&r, "plot %W/n.json --x-scale log2 -o -", EXIT_CANNOT_LOAD,
                 "n.json: panel \"Total\": \"mas\" has an x below 0");
    expect_error(&r, "plot %W/n.json --y-scale log10 -o -", EXIT_CANNOT_LOAD,
                 "\"mas\" has a y of 0 or less");
}

static void other_experiments_are_refused(void **state)
{
    char line[2000] = "plot";

    (void)state;
    put_all();
    put_plot("c.json", "Other", "s", "[[1,10]]");
    expect_error(&r, "plot %W/a.plot.json %W/c.json -o -", EXIT_CANNOT_LOAD,
                 "c: panel 1 is \"Other\", not \"Total\" as in the first");
    put_text("d.json", "{\"title\":\"T\",\"panels\":[{\"title\":\"P\",\"kind\":"
                       "\"lines\",\"x\":{\"label\":\"x\"},\"y\":{\"label\":"
                       "\"y\"},\"series\":[{\"name\":\"s\",\"points\":[[1,1]]}]"
                       "}]}");
    expect_error(&r, "plot %W/a.plot.json %W/d.json -o -", EXIT_CANNOT_LOAD,
                 "d: 1 panels, not 2");
    expect_error(&r, "plot %W/a.plot.json %W/no.json -o -", EXIT_CANNOT_LOAD,
                 "no.json: ");
    expect_error(&r, "plot %W/a.plot.json %W/b.plot.json", EXIT_USAGE,
                 "-o PICTURE is missing");
    expect_error(&r, "plot %W/a.plot.json --label x -o -", EXIT_USAGE,
                 "for several descriptions");
    expect_error(&r, "plot %W/a.plot.json --y-scale log -o -", EXIT_USAGE,
                 "--y-scale log: expected linear, log2 or log10");
    expect_error(&r, "plot %W/a.plot.json --size 10x10 -o -", EXIT_USAGE,
                 "200 to 10000");
    expect_error(&r, "plot - - -o - </dev/null", EXIT_USAGE, "once only");
    for (int i = 0; i < 17; i++)
        strcat(line, " %W/a.plot.json");
    strcat(line, " -o -");
    expect_error(&r, line, EXIT_USAGE, "16 descriptions at most");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_told_apart),
        cmocka_unit_test(labels_are_chosen),
        cmocka_unit_test(log_axes),
        cmocka_unit_test(other_experiments_are_refused),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
