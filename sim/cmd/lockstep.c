/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite lockstep: the same program, firmware or scenario twice, once with
 * each engine; says whether every state was the same, else where they part
 * (sim/lockstep.h, docs/engine.md).
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cmd/board.h"
#include "sim/lockstep.h"

#define EVERY 1000000

static const struct option_row rows[] = {
    BOARD_ROWS,
    { 0, "every", "N", "instructions between comparisons, default 1000000" },
    { 0, "max-insns", "N", "stop, equal so far, after N instructions" },
    { 0, "htif", NULL, "FILE.elf: watch the symbol tohost" },
    { 0, "seed", "N", "FILE.lua: of random(), default 1" },
    { 0, "out", "DIR", "FILE.lua: where its files go, default out" },
    { 'q', "quiet", NULL, "no progress" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_EVERY = BOARD_ROW_COUNT,
    ROW_MAX_INSNS,
    ROW_HTIF,
    ROW_SEED,
    ROW_OUT,
    ROW_QUIET
};

struct arguments {
    struct board_options board;
    struct session_options session;
    const char *path; /* operand; NULL: firmware */
    char **set;       /* of the session; owned */
    uint64_t every, max_insns;
    bool htif, quiet;
    enum exit_code code;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    signal(number, SIG_DFL);
    interrupted = 1;
}

/* ---- arguments --------------------------------------------------------- */

static bool take(void *context, const struct options *o)
{
    struct arguments *a = context;
    switch (o->row) {
    case ROW_EVERY:
        return option_number(o, &a->every);
    case ROW_MAX_INSNS:
        return option_number(o, &a->max_insns);
    case ROW_HTIF:
        a->htif = true;
        return true;
    case ROW_SEED:
        return option_number(o, &a->session.seed);
    case ROW_OUT:
        a->session.out_dir = o->value;
        return true;
    case ROW_QUIET:
        a->quiet = true;
        return true;
    default:
        return board_take(&a->board, o);
    }
}

static bool is_scenario(const struct arguments *a)
{
    size_t n = a->path ? strlen(a->path) : 0;
    return n > 4 && strcmp(a->path + n - 4, ".lua") == 0;
}

/* Options that this kind of run would not look at. */
static bool check(const struct arguments *a, const struct command *c)
{
    const struct board_options *b = &a->board;
    bool board = b->files.firmware || b->files.kernel;
    if (!a->path && !board)
        usage_error(c, "run what? FILE.elf, FILE.lua or --firmware is missing");
    else if (a->path && (board || b->files.initrd || b->files.tree || b->disk ||
                         b->files.arguments || b->script.count))
        usage_error(c, "%s: goes with no option of firmware", a->path);
    else if (a->htif && (!a->path || is_scenario(a)))
        usage_error(c, "--htif needs FILE.elf");
    else if (a->every == 0)
        usage_error(c, "--every 0: expected at least 1");
    else
        return true;
    return false;
}

/* What --set and the like say, as a scenario takes it: "key=value" for Lua,
 * "machine.key=value" for its machines. */
static void pass_to_session(struct arguments *a)
{
    const struct machine_options *m = &a->board.machine;
    a->set = calloc(m->set_count + 1, sizeof *a->set);
    if (!a->set)
        err_no_memory();
    for (size_t i = 0; i < m->set_count; i++) {
        const char *key = m->set[i].key, *value = m->set[i].value;
        if (asprintf(&a->set[i], "%s%s%s%s", key ? "machine." : "",
                     key ? key : "", key ? "=" : "", value) < 0)
            err_no_memory();
    }
    a->session.path = a->path;
    a->session.preset = m->preset;
    a->session.set = (const char *const *)a->set;
    a->session.set_count = m->set_count;
}

static bool parse(struct arguments *a, const struct command *c, int argc,
                  char **argv)
{
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    const struct operand file = { "file", "[FILE.elf]", &a->path };
    if (!options_read(&o, &file, take, a, &a->code))
        return false;
    a->code = EXIT_USAGE;
    pass_to_session(a);
    return check(a, c);
}

/* ---- the run ----------------------------------------------------------- */

static struct machine *build(void *context, struct err *err)
{
    const struct arguments *a = context;
    const struct board_options *b = &a->board;
    struct config config;
    if (!a->path)
        return board_build(b, NULL, err);
    if (!machine_options_read(&b->machine, &config, err))
        return NULL;
    struct machine *m = machine_new(&config, err);
    if (m && !machine_load_elf(m, a->path, a->htif, err)) {
        machine_free(m);
        return NULL;
    }
    return m;
}

static bool go_on(void *context, uint64_t instructions)
{
    const struct arguments *a = context;
    if (!a->quiet && isatty(STDERR_FILENO))
        fprintf(stderr, "\r%" PRIu64 " million instructions ",
                instructions / 1000000);
    return !interrupted;
}

static void print_difference(const struct lockstep *l)
{
    const struct differences *d = &l->differences;
    printf("the engines differ: equal after %" PRIu64
           " instructions, not after %" PRIu64 "\n",
           l->last_equal, l->first_different);
    for (unsigned i = 0; i < d->count && i < DIFFERENCE_LINES; i++)
        printf("  %s\n", d->text[i]);
    if (d->count > DIFFERENCE_LINES)
        printf("  and %u more\n", d->count - DIFFERENCE_LINES);
    printf("%s", l->story);
}

static int finish(const struct lockstep *l, enum lockstep_result result,
                  const struct err *failed)
{
    struct err err;
    switch (result) {
    case LOCKSTEP_FAILED:
        return report(failed);
    case LOCKSTEP_INTERRUPTED:
        err_set(&err, EXIT_INTERRUPTED,
                "interrupted; equal for %" PRIu64 " instructions",
                l->instructions);
        return report(&err);
    case LOCKSTEP_DIFFERENT:
        print_difference(l);
        return EXIT_CHECK_FAILED;
    default:
        printf("the engines agree: %" PRIu64 " comparisons in %" PRIu64
               " instructions%s%s\n",
               l->comparisons, l->done, *l->end ? "; " : "", l->end);
        return EXIT_PASSED;
    }
}

static int run(struct arguments *a)
{
    struct lockstep *l = calloc(1, sizeof *l);
    struct err err;
    if (!l)
        err_no_memory();
    l->what.build = build;
    l->what.context = a;
    if (is_scenario(a))
        l->what.scenario = &a->session;
    if (a->board.script.count)
        l->what.script = &a->board.script;
    if (!a->path)
        l->what.files = &a->board.files;
    l->every = a->every;
    l->limit = a->max_insns;
    l->go_on = go_on;
    l->context = a;
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    enum lockstep_result result = lockstep_run(l, &err);
    if (!a->quiet && isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K");
    int code = finish(l, result, &err);
    free(l);
    return code;
}

int command_lockstep(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .every = EVERY, .session.seed = 1 };
    int code = parse(&a, c, argc, argv) ? run(&a) : (int)a.code;
    for (size_t i = 0; i < a.session.set_count; i++)
        free(a.set[i]);
    free(a.set);
    machine_options_free(&a.board.machine);
    return code;
}
