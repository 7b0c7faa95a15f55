/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite trace: each export of a recorded sample against a golden file, every
 * kind of bad input, and recording with kinds, window and a full disk.
 */
#include "sim/trace/export.h"
#include "tests/sim/golden_help.h"

static struct ran r;

#define SAMPLE "tests/sim/golden/trace.jsonl"
#define HEAD                                                                   \
    "{\"trace\":\"opalite\",\"version\":1,\"preset\":\"u54\","                 \
    "\"core_hz\":1500000000,\"steps\":false}\n"
#define EVENT "{\"event\":\"mark\",\"cycle\":5,\"insns\":1,\"domain\":0}\n"

static void exports_are_as_they_were(void **state)
{
    static const char *const formats[] = { "chrome", "vcd",   "kanata",
                                           "csv",    "spike", "commits" };
    char command[200], path[100];
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        snprintf(command, sizeof command, "trace export " SAMPLE " --to %s",
                 formats[i]);
        snprintf(path, sizeof path, "tests/sim/golden/trace.%s", formats[i]);
        run(&r, command);
        assert_int_equal(r.code, EXIT_PASSED);
        compare_golden(path, r.text);
    }
    run(&r, "trace info " SAMPLE);
    compare_golden("tests/sim/golden/trace.info", r.text);
    /* Standard input and a file give the same. */
    expect(&r, "trace export - --to csv -o %W/a.csv < " SAMPLE, EXIT_PASSED,
           "");
    expect(&r, "--version; cmp %W/a.csv tests/sim/golden/trace.csv",
           EXIT_PASSED, "");
}

/* What is wrong is said with file and line, and ends with code 3. */
static void bad_traces_are_refused(void **state)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        { "", "bad.jsonl:1: the file is empty" },
        { "hello\n", "bad.jsonl:1: a JSON object was expected" },
        { "{\"event\":\"mark\",\"cycle\":5}\n", "bad.jsonl:1: no head line" },
        { "{\"trace\":\"opalite\",\"version\":3}\n",
          "bad.jsonl:1: version 3 of the format; this program reads versions "
          "1 to 2" },
        { "{\"trace\":\"opalite\",\"version\":1}\n",
          "bad.jsonl:1: the head line has no core_hz" },
        { "{\"trace\":\"opalite\",\"ver", "bad.jsonl:1: the file ends in the" },
        { HEAD, "bad.jsonl:2: the recording was cut short" },
        { HEAD EVENT, "bad.jsonl:3: the recording was cut short" },
        { HEAD EVENT "{\"event\":\"ma", "bad.jsonl:3: the file ends in the" },
        { HEAD "{\"event\":\"mark\",\"cycle\":5}\n",
          "bad.jsonl:2: an event without" },
        { HEAD "{\"event\":\"tea\",\"cycle\":5,\"insns\":1,\"domain\":0}\n",
          "bad.jsonl:2: an unknown kind of event" },
        { HEAD
          "{\"event\":\"mark\",\"cycle\":\"5\",\"insns\":1,\"domain\":0}\n",
          "bad.jsonl:2: an event without" },
        { HEAD "{\"step\":5}\n", "bad.jsonl:2: a step without" },
        { HEAD "{\"define\":\"domain\"}\n", "bad.jsonl:2: a definition" },
        { HEAD "{\"other\":5}\n", "bad.jsonl:2: neither event" },
        { HEAD "{}\n", "bad.jsonl:2: broken: a field name" },
        { HEAD "{\"a\":[1]}\n", "bad.jsonl:2: broken: a number" },
        { HEAD "{\"a\":-1}\n", "bad.jsonl:2: broken: a number" },
        { HEAD "{\"a\":99999999999999999999}\n",
          "bad.jsonl:2: broken: a number" },
        { HEAD "{\"a\":\"\\u12\"}\n", "bad.jsonl:2: broken: a number" },
        { HEAD "{\"a\":1 \"b\":2}\n", "bad.jsonl:2: broken: , or }" },
        { HEAD "{\"a\":1} x\n", "bad.jsonl:2: broken: text behind" },
        { HEAD EVENT
          "{\"event\":\"mark\",\"cycle\":4,\"insns\":1,\"domain\":0}\n",
          "bad.jsonl:3: the clock runs backwards" },
        { HEAD EVENT "{\"end\":9,\"lines\":3}\n",
          "bad.jsonl:3: lines are missing" },
        { HEAD EVENT "{\"end\":9,\"lines\":2}\n" EVENT,
          "bad.jsonl:4: a line behind the end" },
        { HEAD EVENT "{\"end\":3,\"lines\":2}\n",
          "bad.jsonl:3: the clock runs backwards" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_text("bad.jsonl", bad[i].text);
        expect_error(&r, "trace info %W/bad.jsonl", EXIT_CANNOT_LOAD,
                     bad[i].says);
        expect(&r, "trace export %W/bad.jsonl --to vcd -o %W/x 2>&1",
               EXIT_CANNOT_LOAD, bad[i].says);
    }
    put_file("bad.jsonl", HEAD "{\"a\":\0}\n", sizeof HEAD + 7);
    expect_error(&r, "trace info %W/bad.jsonl", EXIT_CANNOT_LOAD,
                 "bad.jsonl:2: ");
    expect_error(&r, "trace info /dev/zero", EXIT_CANNOT_LOAD, "/dev/zero:1: ");
    expect_error(&r, "trace info /no/such", EXIT_CANNOT_LOAD,
                 "/no/such: cannot read");
    expect_error(&r, "trace info /tmp", EXIT_CANNOT_LOAD, "/tmp: cannot read");
}

/* Every prefix of the sample is refused, none crashes; with --partial what is
 * there is taken. */
static void cut_traces(void **state)
{
    static char text[20000];
    (void)state;
    FILE *f = fopen(SAMPLE, "r");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    for (size_t cut = 1; cut < n; cut += 97) {
        put_file("cut.jsonl", text, cut);
        expect_error(&r, "trace info %W/cut.jsonl", EXIT_CANNOT_LOAD,
                     "cut.jsonl:");
        if (memchr(text, '\n', cut))
            expect(&r, "trace info --partial %W/cut.jsonl", EXIT_PASSED,
                   "cut short");
    }
}

/* Reads one file to its end as every format; true = well. */
static bool reads(const char *path, FILE *nowhere)
{
    bool ok = true;
    for (const struct trace_format *f = trace_formats; f->name; f++) {
        struct trace_reader_file file;
        struct err err = { .code = EXIT_PASSED };
        if (!trace_read_open(&file, path, false, &err)) {
            assert_int_equal(err.code, EXIT_CANNOT_LOAD);
            return false;
        }
        ok = f->write(&file, nowhere, &err);
        assert_true(ok || err.code == EXIT_CANNOT_LOAD);
        trace_read_close(&file);
    }
    return ok;
}

/* One byte after another is damaged: refused or read, never a crash. */
static void damaged_traces(void **state)
{
    static const char damage[] = { 0, '"', '9', '}', (char)0xff };
    static char text[20000];
    size_t refused = 0, tried = 0;
    char path[100];
    (void)state;
    FILE *f = fopen(SAMPLE, "r"), *nowhere = fopen("/dev/null", "w");
    assert_true(f && nowhere);
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    snprintf(path, sizeof path, "%s/damaged.jsonl", work);
    assert_true(reads(SAMPLE, nowhere));
    for (size_t at = 0; at < n; at += 3) {
        char was = text[at];
        text[at] = damage[at / 3 % sizeof damage];
        put_file("damaged.jsonl", text, n);
        refused += !reads(path, nowhere);
        tried++;
        text[at] = was;
    }
    fclose(nowhere);
    assert_true(refused > tried / 2);
}

static void wrong_use(void **state)
{
    (void)state;
    expect_error(&r, "trace", EXIT_USAGE, "a verb is missing");
    expect_error(&r, "trace draw x", EXIT_USAGE, "no verb draw");
    expect_error(&r, "trace info", EXIT_USAGE, "FILE.jsonl is missing");
    expect_error(&r, "trace info a b", EXIT_USAGE, "one trace only");
    expect_error(&r, "trace info a --to csv", EXIT_USAGE, "belong to export");
    expect_error(&r, "trace export a", EXIT_USAGE, "needs --to");
    expect_error(&r, "trace export a --to chrom", EXIT_USAGE,
                 "did you mean chrome?");
    expect_error(&r, "trace export " SAMPLE " --to csv -o /no/such/x",
                 EXIT_HOST_RESOURCE, "/no/such/x: cannot write");
    expect_error(&r, "trace export " SAMPLE " --to csv -o /dev/full",
                 EXIT_HOST_RESOURCE, "/dev/full: cannot write");
    put_text("events.jsonl", HEAD "{\"end\":9,\"lines\":1}\n");
    expect_error(&r, "trace export %W/events.jsonl --to kanata",
                 EXIT_CANNOT_LOAD, "record with --trace-steps");
    expect_error(&r, "run x.lua --trace t --trace-kinds swich", EXIT_USAGE,
                 "no kind of event 'swich' (did you mean switch?)");
    expect_error(&r, "run x.lua --trace t --trace-window 9..3", EXIT_USAGE,
                 "expected cycle:A..B");
    expect_error(&r, "run x.lua --trace t --trace-window here", EXIT_USAGE,
                 "expected cycle:A..B");
    expect_error(&r, "run x.lua --trace-kinds call", EXIT_USAGE,
                 "--trace-kinds needs --trace");
    expect_error(&r, "exec x.elf --trace-window 1..2", EXIT_USAGE,
                 "--trace-window needs --trace");
}

/* ---- recording ------------------------------------------------------------
 */

#define LIVE "tests/viz/live.lua"

static void what_is_chosen_is_recorded(void **state)
{
    (void)state;
    expect(&r,
           "run -q " LIVE
           " --trace %W/t.jsonl --trace-kinds calls,rights,fault",
           EXIT_PASSED, "");
    expect(&r, "trace info %W/t.jsonl", EXIT_PASSED, "\nfault ");
    assert_non_null(strstr(r.text, "\nrights "));
    assert_null(strstr(r.text, "\ntlb_miss "));
    assert_non_null(strstr(r.text, "alice"));
    assert_non_null(strstr(r.text, "bob"));
    expect(&r, "run -q " LIVE " --trace %W/all.jsonl", EXIT_PASSED, "");
    expect(&r,
           "run -q " LIVE
           " --trace %W/w.jsonl --trace-window cycle:100000..150000",
           EXIT_PASSED, "");
    /* The window is a part of the whole; names are introduced in it too. */
    expect(&r,
           "--version; grep -h '\"event\"' %W/w.jsonl > %W/w; "
           "grep -cF -x -f %W/w %W/all.jsonl > %W/n; "
           "test -s %W/w && test $(cat %W/n) = $(wc -l < %W/w) && "
           "grep -q define %W/w.jsonl",
           EXIT_PASSED, "");
    expect(&r, "trace info %W/w.jsonl", EXIT_PASSED, "");
    unsigned long first = 0, last = 0;
    assert_int_equal(
        sscanf(strstr(r.text, "cycles"), "cycles %lu..%lu", &first, &last), 2);
    assert_true(first >= 100000 && last <= 150000);
}

static void steps_of_a_scenario(void **state)
{
    (void)state;
    expect(&r,
           "run -q " LIVE
           " --trace %W/s.jsonl --trace-steps --trace-window 130000..131000",
           EXIT_PASSED, "");
    expect(&r, "trace export %W/s.jsonl --to commits", EXIT_PASSED,
           "core   0: ");
    expect(&r, "trace export %W/s.jsonl --to kanata", EXIT_PASSED,
           "Kanata\t0004\nC=\t13");
}

/* A store's value is in the trace. */
static void stores_are_told(void **state)
{
    static const uint32_t code[] = {
        0x00001297, /* auipc t0,1: 0x80001000 */
        0x02a00313, /* li t1,42 */
        0x0062b023, /* sd t1,0(t0) */
        0x0000006f, /* j 8000000c */
    };
    struct small_elf e = small_elf(code, 4);
    (void)state;
    put_file("store.elf", &e, sizeof e);
    expect(&r,
           "exec %W/store.elf --max-insns 4 --trace %W/t.jsonl --trace-steps "
           "2>/dev/null",
           EXIT_CYCLE_LIMIT, "");
    expect(&r, "trace export %W/t.jsonl --to commits", EXIT_PASSED,
           "core   0: 3 0x0000000080000008 (0x0062b023) mem "
           "0x0000000080001000 0x000000000000002a\n");
}

/* A file that may not grow: whole lines stay, results are written, code 10. */
static void a_full_disk(void **state)
{
    (void)state;
    put_text("run.sh", "ulimit -f 16; exec \"$@\"\n");
    char command[1200];
    snprintf(command, sizeof command,
             "--version >/dev/null; sh %s/run.sh %s run " LIVE
             " --json %s/r.json --trace %s/full.jsonl --trace-steps 2>&1 "
             ">/dev/null",
             work, program_path(), work, work);
    expect(&r, command, EXIT_HOST_RESOURCE,
           "full.jsonl: the trace could not be written whole: File too large");
    expect(&r, "--version; tail -c 1 %W/full.jsonl | od -An -c", EXIT_PASSED,
           "\\n");
    expect_error(&r, "trace info %W/full.jsonl", EXIT_CANNOT_LOAD, "cut short");
    expect(&r, "trace info --partial %W/full.jsonl", EXIT_PASSED, "cut short");
    expect(&r, "--version; cat %W/r.json", EXIT_PASSED, "\"checks\"");
}

/* The run behind a trace that nobody can write is the run without one. */
static void a_full_disk_changes_no_run(void **state)
{
    (void)state;
    expect(&r, "run -q " LIVE " --json %W/plain.json", EXIT_PASSED, "");
    expect(&r,
           "run -q " LIVE
           " --trace /dev/full --trace-steps --json %W/full.json "
           "2>&1",
           EXIT_HOST_RESOURCE, "/dev/full: the trace could not be written");
    expect(&r,
           "--version >/dev/null; grep -v 'finished\\|error\\|exit_code' "
           "%W/full.json >%W/full; grep -v finished %W/plain.json | "
           "cmp - %W/full && grep -c cycles %W/full",
           EXIT_PASSED, "1");
    /* in the views, and when the scenario is left half-way */
    expect(&r, "tui --script ':end<enter>' " LIVE " --trace /dev/full",
           EXIT_HOST_RESOURCE, "could not be written whole");
    expect(&r, "tui --ui=line " LIVE " --trace /dev/full </dev/null 2>&1",
           EXIT_HOST_RESOURCE, "No space left on device");
}

/* How large it is, is said while it grows. */
static void the_size_is_told(void **state)
{
    static const uint32_t code[] = { 0x00128293, 0xffdff06f };
    struct small_elf e = small_elf(code, 2);
    (void)state;
    put_file("loop.elf", &e, sizeof e);
    expect(&r,
           "exec %W/loop.elf --max-insns 100000 --trace %W/t.jsonl "
           "--trace-steps 2>&1",
           EXIT_CYCLE_LIMIT, "t.jsonl: 8 MiB, ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exports_are_as_they_were),
        cmocka_unit_test(bad_traces_are_refused),
        cmocka_unit_test(cut_traces),
        cmocka_unit_test(damaged_traces),
        cmocka_unit_test(wrong_use),
        cmocka_unit_test(what_is_chosen_is_recorded),
        cmocka_unit_test(steps_of_a_scenario),
        cmocka_unit_test(stores_are_told),
        cmocka_unit_test(a_full_disk),
        cmocka_unit_test(a_full_disk_changes_no_run),
        cmocka_unit_test(the_size_is_told),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
