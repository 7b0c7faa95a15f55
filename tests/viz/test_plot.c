// SPDX-License-Identifier: Apache-2.0
/*
 * The plotter: its strict JSON reader, the checks of a description, and the
 * pictures, through the program itself where exit codes and files count.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "viz/plot/plot.h"

static const char good[] =
    "{\"title\": \"What <a> switch costs & why\", \"subtitle\": \"sub\",\n"
    " \"panels\": [\n"
    "  {\"title\": \"Lines\", \"kind\": \"lines\",\n"
    "   \"x\": {\"label\": \"pages\", \"scale\": \"log2\", \"ticks\": [0, 1, "
    "2]},\n"
    "   \"y\": {\"label\": \"cycles\"},\n"
    "   \"series\": [{\"name\": \"mas\", \"points\": [[0, 1], [1, 2], [2, "
    "8e3]]},\n"
    "     {\"name\": \"rplb\", \"points\": [[0, 1], [2, 3.5]]}]},\n"
    "  {\"title\": \"Bars\", \"kind\": \"stacked-bars\",\n"
    "   \"x\": {\"label\": \"personality\"}, \"y\": {\"label\": \"cycles\"},\n"
    "   \"groups\": [{\"label\": \"mas\", \"parts\": [\n"
    "     {\"name\": \"direct\", \"value\": 1234}, {\"name\": \"late\", "
    "\"value\": 9}]},\n"
    "    {\"label\": \"rplb\", \"parts\": [{\"name\": \"direct\", \"value\": "
    "7},\n"
    "     {\"name\": \"gift\", \"value\": -3}]}]}],\n"
    " \"notes\": [\"a note\"]}";

/* ---- JSON ------------------------------------------------------------------
 */

static bool parses(const char *text, struct err *err)
{
    struct json_value v;
    bool ok = json_parse(&v, "t.json", text, strlen(text), err);

    json_value_free(&v);
    return ok;
}

static void json_values(void **state)
{
    static const char text[] = " {\"a\": [1, -2.5e3, true, false, null], "
                               "\"s\": \"\\u00e4\\n\\ud83d\\ude00\"}";
    struct json_value v;
    struct err err;

    (void)state;
    assert_true(json_parse(&v, "t", text, sizeof text - 1, &err));
    const struct json_value *a = json_member(&v, "a");
    assert_non_null(a);
    assert_int_equal(a->count, 5);
    assert_true(a->item[1].number == -2500);
    assert_int_equal(a->item[2].kind, JSON_TRUE);
    assert_int_equal(a->item[4].kind, JSON_NULL);
    assert_int_equal(a->column, 8);
    assert_string_equal(json_member(&v, "s")->text,
                        "\xc3\xa4\n\xf0\x9f\x98\x80");
    assert_null(json_member(&v, "b"));
    json_value_free(&v);
}

static void json_refusals(void **state)
{
    static const struct {
        const char *text, *place;
    } bad[] = {
        { "", "t.json:1:1:" },
        { "{\"a\": 1,}", "t.json:1:9:" },
        { "[1 2]", "t.json:1:4:" },
        { "[01]", "t.json:1:4:" },
        { "[.5]", "t.json:1:2:" },
        { "[1.]", "t.json:1:4:" },
        { "[1e]", "t.json:1:4:" },
        { "[1e999]", "t.json:1:7:" },
        { "[-]", "t.json:1:3:" },
        { "{\"a\":1,\n \"a\":2}", "t.json:2:2:" },
        { "// no\n1", "t.json:1:1:" },
        { "[\"\\x\"]", "t.json:1:4:" },
        { "[\"\\ud800\"]", "t.json:1:9:" },
        { "[\"\\u0000\"]", "t.json:1:9:" },
        { "[\"a\nb\"]", "t.json:1:4:" },
        { "[\"\xff\"]", "t.json:1:3:" },
        { "[\"\xc0\x80\"]", "t.json:1:3:" },
        { "[\"abc", "t.json:1:6:" },
        { "[1] 2", "t.json:1:5:" },
        { "nul", "t.json:1:1:" },
        { "{1: 2}", "t.json:1:2:" },
        { "{\"a\" 2}", "t.json:1:6:" },
        { "NaN", "t.json:1:1:" },
    };
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (parses(bad[i].text, &err))
            fail_msg("accepted: %s", bad[i].text);
        assert_int_equal(err.code, EXIT_CANNOT_LOAD);
        if (strncmp(err.text, bad[i].place, strlen(bad[i].place)) != 0)
            fail_msg("%s: %s, not %s", bad[i].text, err.text, bad[i].place);
    }
}

static void json_depth_is_limited(void **state)
{
    char deep[2001];
    struct err err;

    (void)state;
    memset(deep, '[', 1000);
    memset(deep + 1000, ']', 1000);
    deep[2000] = 0;
    assert_false(parses(deep, &err));
    assert_non_null(strstr(err.text, "deeply"));
    assert_true(parses(deep + 1000 - 40, &err) == false); /* unbalanced */
    deep[1040] = 0;
    assert_true(parses(deep + 1000 - 40, &err));
}

/* A document cut anywhere, or with any byte changed, never crashes. */
static void json_survives_damage(void **state)
{
    char text[sizeof good];
    struct plot p;
    struct err err;

    (void)state;
    for (size_t n = 0; n < sizeof good - 1; n++) {
        assert_false(plot_parse(&p, "t", good, n, &err));
        plot_free(&p);
    }
    for (size_t i = 0; i < sizeof good - 1; i++) {
        memcpy(text, good, sizeof good);
        text[i] = (char)(text[i] ^ 0x5);
        if (!plot_parse(&p, "t", text, sizeof good - 1, &err))
            assert_int_equal(err.code, EXIT_CANNOT_LOAD);
        plot_free(&p);
    }
}

/* ---- descriptions
 * -------------------------------------------------------------- */

static void a_good_description(void **state)
{
    struct plot p;
    struct err err;

    (void)state;
    if (!plot_parse(&p, "t", good, sizeof good - 1, &err))
        fail_msg("%s", err.text);
    assert_int_equal(p.panel_count, 2);
    assert_int_equal(p.panel[0].kind, PLOT_LINES);
    assert_int_equal(p.panel[0].x.scale, SCALE_LOG2);
    assert_int_equal(p.panel[0].x.tick_count, 3);
    assert_int_equal(p.panel[0].series[0].count, 3);
    assert_true(p.panel[0].series[0].point[2].y == 8000);
    assert_int_equal(p.panel[1].group[1].count, 2);
    assert_true(p.panel[1].group[1].part[1].value == -3);
    assert_int_equal(p.width, 900);
    assert_int_equal(p.note_count, 1);
    plot_free(&p);
}

/* The good description with `from` replaced by `to` must be refused with a
 * message that holds `why`. */
static void refuse(const char *from, const char *to, const char *why)
{
    char text[4000];
    const char *at = strstr(good, from);
    struct plot p;
    struct err err;

    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to,
             at + strlen(from));
    if (plot_parse(&p, "t", text, strlen(text), &err))
        fail_msg("accepted with %s", to);
    plot_free(&p);
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    if (!strstr(err.text, why))
        fail_msg("%s does not say %s", err.text, why);
}

static void bad_descriptions(void **state)
{
    (void)state;
    refuse("\"subtitle\"", "\"subtitel\"", "unknown key \"subtitel\"");
    refuse("\"title\": \"What", "\"t\": \"What", "unknown key \"t\"");
    refuse("\"lines\"", "\"pie\"", "\"kind\" must be");
    refuse("\"log2\"", "\"log\"", "t:4:37: \"scale\" must be");
    refuse("[0, 1, 2]", "[0, \"1\"]", "a tick must be a number");
    refuse("[0, 1, 2]", "[-1]", "begins at 0");
    refuse("[1, 2],", "[1],", "a point must be");
    refuse("[1, 2],", "[0, 2],", "x must grow");
    refuse("[0, 1], [1, 2]", "[-1, 1], [1, 2]", "must not be negative");
    refuse("\"value\": 9", "\"value\": \"9\"", "\"value\" must be a number");
    refuse(", \"value\": 9", "", "\"value\" must be a number");
    refuse("[\"a note\"]", "\"a note\"", "\"notes\" must be an array");
    refuse("[\"a note\"]", "[1]", "a note must be a string");
    refuse("\"notes\"", "\"width\": 10, \"notes\"", "from 200 to 10000");
    refuse("{\"label\": \"cycles\"}", "\"cycles\"", "y must be an object");
    refuse("\"label\": \"pages\", ", "", "\"label\" is missing");
    refuse("\"groups\"", "\"series\"", "unknown key \"series\"");
}

/* ---- pictures
 * -------------------------------------------------------------------- */

static char folder[] = "/tmp/opalite-plot-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[200];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void put_file(const char *name, const char *text)
{
    char path[200];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static char *get_file(const char *name, size_t *bytes)
{
    char path[200];
    char *text = calloc(1, 4 << 20);

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_non_null(text);
    *bytes = fread(text, 1, (4 << 20) - 1, f);
    fclose(f);
    return text;
}

/* Runs opalite-plot in the folder; stderr goes to the file `err`. */
static int plot(const char *arguments)
{
    const char *build = getenv("OPALITE_BUILD");
    char root[1000], command[3000];

    assert_non_null(build);
    assert_non_null(getcwd(root, sizeof root));
    snprintf(
        command, sizeof command,
        "program=$(realpath %s/opalite-plot) && cd %s && $program %s 2>err",
        build, folder, arguments);
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int count(const char *text, const char *what)
{
    int n = 0;

    while ((text = strstr(text, what))) {
        n++;
        text += strlen(what);
    }
    return n;
}

static void svg_has_what_was_described(void **state)
{
    size_t bytes;

    (void)state;
    put_file("a.json", good);
    assert_int_equal(plot("a.json"), 0);
    char *svg = get_file("a.svg", &bytes);
    assert_non_null(
        strstr(svg, "<title>What &lt;a&gt; switch costs &amp; why</title>"));
    assert_non_null(strstr(svg, "width=\"900px\" height=\"600px\""));
    assert_non_null(strstr(svg, "a note"));
    /* second series: dashed, in vermillion; in the panel and the legend */
    assert_true(count(svg, "stroke-dasharray:7,3.5") >= 2);
    assert_true(count(svg, "rgb(83.529412%,36.862745%,0%)") >= 2);
    assert_non_null(strstr(svg, "</svg>"));
    free(svg);
}

static void pictures_are_deterministic(void **state)
{
    static const char *const endings[] = { "svg", "png", "pdf" };
    char command[100], first[20], second[20];
    size_t n1, n2;

    (void)state;
    put_file("a.json", good);
    for (int i = 0; i < 3; i++) {
        snprintf(first, sizeof first, "one.%s", endings[i]);
        snprintf(second, sizeof second, "two.%s", endings[i]);
        snprintf(command, sizeof command, "a.json -o %s", first);
        assert_int_equal(plot(command), 0);
        snprintf(command, sizeof command, "a.json -o %s", second);
        assert_int_equal(plot(command), 0);
        char *a = get_file(first, &n1), *b = get_file(second, &n2);
        assert_int_equal(n1, n2);
        assert_true(n1 > 1000);
        assert_memory_equal(a, b, n1);
        free(a);
        free(b);
    }
}

static void data_change_the_picture(void **state)
{
    size_t n1, n2;
    char other[sizeof good];

    (void)state;
    memcpy(other, good, sizeof good);
    *strstr(other, "1234") = '2';
    put_file("a.json", good);
    put_file("b.json", other);
    assert_int_equal(plot("a.json"), 0);
    assert_int_equal(plot("b.json"), 0);
    char *a = get_file("a.svg", &n1), *b = get_file("b.svg", &n2);
    assert_true(n1 != n2 || memcmp(a, b, n1) != 0);
    free(a);
    free(b);
}

static void failures_have_their_exit_codes(void **state)
{
    size_t bytes;

    (void)state;
    put_file("bad.json", "{\"title\": \"x\",\n \"panels\": []}");
    put_file("a.json", good);
    assert_int_equal(plot("bad.json"), EXIT_CANNOT_LOAD);
    char *text = get_file("err", &bytes);
    assert_string_equal(
        text,
        "opalite-plot: bad.json:2:12: \"panels\" must have 1 to 6 items\n");
    free(text);
    assert_int_equal(plot("missing.json"), EXIT_CANNOT_LOAD);
    assert_int_equal(plot(""), EXIT_USAGE);
    assert_int_equal(plot("--bogus"), EXIT_USAGE);
    assert_int_equal(plot("a.json a.json") /* no -o */, EXIT_USAGE);
    assert_int_equal(plot("a.json -o a.gif"), EXIT_USAGE);
    assert_int_equal(plot("a.json -o nowhere/a.svg"), EXIT_HOST_RESOURCE);
    assert_int_equal(plot("a.json -o - >/dev/full"), EXIT_HOST_RESOURCE);
    assert_int_equal(plot("--help >/dev/null"), 0);
    assert_int_equal(plot("- < a.json > c.svg"), 0);
}

/* Extreme but legal numbers end in a picture, not in a hang or a crash. */
static void odd_numbers_are_drawn(void **state)
{
    static const char *const y[] = { "0",      "1e300", "-1e300",
                                     "1e-300", "-5",    "123456789012345678" };
    char text[1000];

    (void)state;
    for (size_t i = 0; i < sizeof y / sizeof y[0]; i++) {
        snprintf(text, sizeof text,
                 "{\"title\":\"t\",\"panels\":[{\"title\":\"p\",\"kind\":"
                 "\"lines\",\"x\":{\"label\":\"x\"},\"y\":{\"label\":\"y\"},"
                 "\"series\":[{\"name\":\"s\",\"points\":[[3,%s]]}]},"
                 "{\"title\":\"q\",\"kind\":\"stacked-bars\",\"x\":{\"label\":"
                 "\"x\"},\"y\":{\"label\":\"y\"},\"groups\":[{\"label\":\"\","
                 "\"parts\":[{\"name\":\"n\",\"value\":%s}]}]}]}",
                 y[i], y[i]);
        put_file("odd.json", text);
        assert_int_equal(plot("odd.json"), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_values),
        cmocka_unit_test(json_refusals),
        cmocka_unit_test(json_depth_is_limited),
        cmocka_unit_test(json_survives_damage),
        cmocka_unit_test(a_good_description),
        cmocka_unit_test(bad_descriptions),
        cmocka_unit_test(svg_has_what_was_described),
        cmocka_unit_test(pictures_are_deterministic),
        cmocka_unit_test(data_change_the_picture),
        cmocka_unit_test(failures_have_their_exit_codes),
        cmocka_unit_test(odd_numbers_are_drawn),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
