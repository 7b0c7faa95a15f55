// SPDX-License-Identifier: Apache-2.0
/*
 * VCD and Kanata exports of real runs, read by parsers that know the formats'
 * rules (IEEE 1364 clause 18, value change dump; Kanata 0004's log) and
 * compared with the trace they were made of, of one hart and of two.
 */
#include <inttypes.h>

#include "sim/trace/read.h"
#include "tests/sim/cli_help.h"

#define LIVE "tests/viz/live.lua"
static struct ran r;

enum { STEPS_MOST = 400000 };

/* What the trace says of one hart. */
static struct step_seen {
    uint64_t cycle, pc, cycles;
    bool trapped, has_text;
} steps[STEPS_MOST];
static size_t step_count;
static uint64_t end_clock;

static void read_trace(const char *name, int hart)
{
    static struct trace_record record;
    static struct trace_reader_file f;
    struct err err;
    char path[200];

    snprintf(path, sizeof path, "%s/%s", work, name);
    assert_true(trace_read_open(&f, path, false, &err));
    f.only_hart = hart;
    step_count = 0;
    while (trace_read(&f, &record, &err)) {
        end_clock = record.cycle;
        if (record.line != TRACE_STEP)
            continue;
        assert_true(step_count < STEPS_MOST);
        steps[step_count++] =
            (struct step_seen){ record.cycle, trace_number(&record, "pc"),
                                trace_number(&record, "cycles"),
                                trace_field(&record, "cause") != NULL,
                                trace_field(&record, "text") != NULL };
    }
    assert_int_equal(err.code, EXIT_PASSED);
    trace_read_close(&f);
    assert_true(step_count > 100);
}

static FILE *export(const char *trace, const char *format, int hart)
{
    char line[200], path[200];

    snprintf(line, sizeof line,
             "trace export %%W/%s --to %s --hart %d -o %%W/out", trace, format,
             hart);
    expect(&r, line, EXIT_PASSED, "");
    snprintf(path, sizeof path, "%s/out", work);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    return f;
}

/* ---- VCD -------------------------------------------------------------------
 */

struct vcd {
    FILE *f;
    unsigned width[128]; /* by identifier, 0 = not declared */
    char name[128][32];
    uint64_t value[128];
    char word[200];
};

static bool word(struct vcd *v)
{
    return fscanf(v->f, "%199s", v->word) == 1;
}

static void expect_word(struct vcd *v, const char *text)
{
    assert_true(word(v));
    assert_string_equal(v->word, text);
}

static void to_end(struct vcd *v)
{
    while (word(v))
        if (strcmp(v->word, "$end") == 0)
            return;
    fail_msg("a section without $end");
}

/* $var TYPE SIZE ID NAME $end */
static void declare(struct vcd *v)
{
    expect_word(v, "wire");
    assert_true(word(v));
    unsigned width = (unsigned)strtoul(v->word, NULL, 10);
    assert_in_range(width, 1, 64);
    assert_true(word(v));
    assert_int_equal(strlen(v->word), 1);
    int id = v->word[0];
    assert_in_range(id, '!', '~');
    assert_int_equal(v->width[id], 0);
    v->width[id] = width;
    assert_true(word(v));
    snprintf(v->name[id], sizeof v->name[id], "%.31s", v->word);
    expect_word(v, "$end");
}

static void read_declarations(struct vcd *v, int hart)
{
    bool timescale = false, inside = false;
    char scope[20];

    snprintf(scope, sizeof scope, "hart%d", hart);
    while (word(v) && strcmp(v->word, "$enddefinitions") != 0) {
        if (strcmp(v->word, "$timescale") == 0) {
            timescale = true;
            to_end(v);
        } else if (strcmp(v->word, "$scope") == 0) {
            expect_word(v, "module");
            expect_word(v, scope);
            expect_word(v, "$end");
            inside = true;
        } else if (strcmp(v->word, "$upscope") == 0) {
            expect_word(v, "$end");
            inside = false;
        } else if (strcmp(v->word, "$var") == 0) {
            assert_true(inside);
            declare(v);
        } else {
            assert_string_equal(v->word, "$comment");
            to_end(v);
        }
    }
    expect_word(v, "$end");
    assert_true(timescale && !inside);
}

static uint64_t binary(const char *digits, unsigned width)
{
    uint64_t n = 0;

    assert_in_range(strlen(digits), 1, width);
    for (; *digits; digits++) {
        assert_true(*digits == '0' || *digits == '1');
        n = n << 1 | (unsigned)(*digits - '0');
    }
    return n;
}

/* A change: 1! or b101 !. True: it is one. */
static void change(struct vcd *v)
{
    char digits[100];
    int id;

    if (v->word[0] == 'b') {
        snprintf(digits, sizeof digits, "%.99s", v->word + 1);
        assert_true(word(v));
        id = v->word[0];
        assert_true(v->width[id] > 1);
    } else {
        assert_int_equal(strlen(v->word), 2);
        snprintf(digits, sizeof digits, "%c", v->word[0]);
        id = v->word[1];
        assert_int_equal(v->width[id], 1);
    }
    v->value[id] = binary(digits, v->width[id]);
}

static int named(const struct vcd *v, const char *name)
{
    for (int id = '!'; id <= '~'; id++)
        if (v->width[id] && strcmp(v->name[id], name) == 0)
            return id;
    fail_msg("no signal %s", name);
    return 0;
}

static void check_vcd(const char *trace, int hart)
{
    struct vcd v = { .f = export(trace, "vcd", hart) };
    uint64_t clock = 0;
    size_t at = 0;
    bool first = true;

    read_trace(trace, hart);
    read_declarations(&v, hart);
    int pc = named(&v, "pc"), stall = named(&v, "stall");
    bool more = word(&v);
    while (more) {
        assert_int_equal(v.word[0], '#'); /* a time, then its changes */
        char *end;
        uint64_t now = strtoull(v.word + 1, &end, 10);
        assert_int_equal(*end, 0);
        assert_true(first || now > clock);
        first = false;
        clock = now;
        while ((more = word(&v)) && v.word[0] != '#')
            change(&v);
        while (at < step_count && steps[at].cycle < clock)
            at++;
        if (at < step_count && steps[at].cycle == clock)
            assert_int_equal(v.value[pc], steps[at].pc);
        else if (at > 0 && clock < steps[at - 1].cycle + steps[at - 1].cycles)
            assert_int_equal(v.value[stall], 1);
    }
    assert_true(clock >= steps[step_count - 1].cycle);
    fclose(v.f);
}

/* ---- Kanata
 * ------------------------------------------------------------------
 */

/* Reads "KEY<tab>NUMBER..."; how many numbers. */
static int numbers(const char *line, char key[8], uint64_t n[3], char rest[64])
{
    const char *tab = strchr(line, '\t');
    int count = 0;

    assert_non_null(tab);
    snprintf(key, 8, "%.*s", (int)(tab - line), line);
    rest[0] = 0;
    while (tab && count < 3) {
        char *end;
        n[count] = strtoull(tab + 1, &end, 10);
        if (end == tab + 1 || (*end && *end != '\t')) {
            snprintf(rest, 64, "%.63s", tab + 1);
            break;
        }
        count++;
        tab = *end == '\t' ? end : NULL;
    }
    return count;
}

static void check_kanata(const char *trace, int hart)
{
    FILE *f = export(trace, "kanata", hart);
    char line[400], key[8], rest[64], stage[64] = "";
    uint64_t n[3], clock = 0, begun = 0, ended = 0, retired = 0;
    size_t at = 0;

    read_trace(trace, hart);
    assert_non_null(fgets(line, sizeof line, f));
    assert_string_equal(line, "Kanata\t0004\n");
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = 0;
        int count = numbers(line, key, n, rest);
        while (at < step_count && !steps[at].has_text)
            at++;
        if (strcmp(key, "C=") == 0) {
            clock = n[0];
        } else if (strcmp(key, "C") == 0) {
            assert_true(n[0] > 0);
            clock += n[0];
        } else if (strcmp(key, "I") == 0) {
            assert_int_equal(count, 3);
            assert_int_equal(n[0], begun);
            assert_int_equal(begun++, ended); /* one at a time */
            assert_true(at < step_count);
            assert_int_equal(clock, steps[at].cycle);
        } else if (strcmp(key, "L") == 0) {
            assert_int_equal(n[0], begun - 1);
            assert_true(n[1] <= 1);
        } else if (strcmp(key, "S") == 0) {
            assert_int_equal(n[0], begun - 1);
            snprintf(stage, sizeof stage, "%s", rest);
            assert_true(strcmp(stage, "Ex") == 0 || strcmp(stage, "St") == 0);
        } else if (strcmp(key, "E") == 0) {
            assert_string_equal(rest, stage); /* the one that was begun */
        } else {
            assert_string_equal(key, "R");
            assert_int_equal(count, 3);
            assert_int_equal(n[0], begun - 1);
            assert_int_equal(n[1], retired);
            assert_int_equal(n[2], steps[at].trapped);
            assert_int_equal(clock, steps[at].cycle + steps[at].cycles);
            retired += !steps[at].trapped;
            ended++;
            at++;
        }
    }
    while (at < step_count && !steps[at].has_text)
        at++;
    assert_int_equal(at, step_count);
    assert_int_equal(begun, ended);
    fclose(f);
}

/* ---- the tests -------------------------------------------------------------
 */

static void a_scenario(void **state)
{
    (void)state;
    expect(&r, "run -q " LIVE " --trace %W/t.jsonl --trace-steps", EXIT_PASSED,
           "");
    check_vcd("t.jsonl", 0);
    check_kanata("t.jsonl", 0);
}

static void two_harts(void **state)
{
    char text[4000];

    (void)state;
    expect(&r,
           "exec build/guest/harts/atomic.elf --harts 2 --htif "
           "--trace %W/h.jsonl --trace-steps 2>/dev/null",
           EXIT_PASSED, "");
    for (int hart = 0; hart < 2; hart++) {
        check_vcd("h.jsonl", hart);
        check_kanata("h.jsonl", hart);
    }
    expect(&r,
           "trace export %W/h.jsonl --to commits | head -c 3000000 | "
           "cut -c 1-9 | sort | uniq -c",
           EXIT_PASSED, "core   0:");
    snprintf(text, sizeof text, "%.3999s", r.text);
    assert_non_null(strstr(text, "core   1:"));
    expect_error(&r, "trace info %W/h.jsonl --hart 8", EXIT_USAGE,
                 "--hart 8: expected 0 to 7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario),
        cmocka_unit_test(two_harts),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
