/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite exec: one bare-metal ELF on one machine, no kernel of ours, no Lua.
 * What the guest says ends the program: the finisher, or tohost with --htif
 * (then the exit code is tohost >> 1, as test suites expect).
 */
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/disasm.h"
#include "sim/cmd/session.h"
#include "sim/gdb/gdb.h"
#include "sim/history/history.h"
#include "sim/signature.h"
#include "sim/stats.h"
#include "sim/story.h"

static const struct option_row rows[] = {
    { 0, "htif", NULL,
      "watch the symbol tohost; exit code = tohost >> 1, 255 at most" },
    { 0, "signature", "FILE",
      "at the end: begin_signature to end_signature in hex; with --htif" },
    { 0, "signature-granularity", "N", "bytes a line: 1 to 64, default 4" },
    { 0, "misaligned", "trap|ok", "misaligned loads and stores" },
    { 0, "harts", "N",
      "hardware threads, 1 to 8: all start at the entry, a0 = their number" },
    { 0, "max-insns", "N", "stop after N instructions (exit code 6)" },
    { 0, "max-seconds", "N",
      "stop after N seconds of your time (exit code 8)" },
    { 0, "preset", "NAME", "machine (opalite presets)" },
    { 0, "set", "KEY=VALUE", "a parameter of the machine" },
    { 0, "engine", "NAME", "fast (default) or readable: the same results" },
    { 0, "gdb", "[=PORT|unix:PATH]",
      "wait for gdb there, port 1234 if none is named (docs/gdb.md)" },
    { 0, "dump-regs", NULL, "print pc and registers at the end" },
    { 0, "stats", "FILE", "figures; as JSON when it ends in .json" },
    TRACE_ROWS,
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_HTIF,
    ROW_SIGNATURE,
    ROW_GRANULARITY,
    ROW_MISALIGNED,
    ROW_HARTS,
    ROW_MAX_INSNS,
    ROW_MAX_SECONDS,
    ROW_PRESET,
    ROW_SET,
    ROW_ENGINE,
    ROW_GDB,
    ROW_DUMP_REGS,
    ROW_STATS,
    ROW_TRACE /* and the rest of TRACE_ROWS */
};

struct arguments {
    const char *path, *stats, *trace, *signature;
    struct machine_options machine;
    uint64_t max_insns, max_seconds; /* 0 = no limit */
    uint64_t granularity;            /* of the signature, bytes a line */
    bool htif, dump_regs, gdb;
    const char *gdb_at;         /* of --gdb, NULL = the default port */
    struct trace_choice choice; /* of --trace */
    enum engine engine;
    enum exit_code code;
};

#define SLICE_INSTRUCTIONS 2000000

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    signal(number, SIG_DFL);
    interrupted = number == SIGALRM ? EXIT_WALL_CLOCK : EXIT_INTERRUPTED;
}

static bool sound_granularity(const struct arguments *a,
                              const struct options *o)
{
    uint64_t n = a->granularity;
    if (n && n <= SIGNATURE_GRANULARITY_MAX && !(n & (n - 1)))
        return true;
    usage_error(o->command,
                "--signature-granularity %s: expected a power of two, 1 to %d",
                o->value, SIGNATURE_GRANULARITY_MAX);
    return false;
}

static bool take(void *context, const struct options *o)
{
    struct arguments *a = context;
    switch (o->row) {
    case ROW_HTIF:
        a->htif = true;
        return true;
    case ROW_SIGNATURE:
        a->signature = o->value;
        a->htif = true;
        return true;
    case ROW_GRANULARITY:
        return option_number(o, &a->granularity) && sound_granularity(a, o);
    case ROW_MISALIGNED:
        machine_options_set(&a->machine, "misaligned", o->value);
        return true;
    case ROW_HARTS:
        machine_options_set(&a->machine, "harts", o->value);
        return true;
    case ROW_MAX_INSNS:
        return option_number(o, &a->max_insns);
    case ROW_MAX_SECONDS:
        return option_number(o, &a->max_seconds);
    case ROW_PRESET:
        a->machine.preset = o->value;
        return true;
    case ROW_SET:
        machine_options_set(&a->machine, NULL, o->value);
        return true;
    case ROW_ENGINE:
        return option_engine(o, &a->engine);
    case ROW_GDB:
        a->gdb = true;
        a->gdb_at = o->value;
        return true;
    case ROW_DUMP_REGS:
        a->dump_regs = true;
        return true;
    case ROW_STATS:
        a->stats = o->value;
        return true;
    default:
        return trace_take(o, o->row - ROW_TRACE, &a->trace, &a->choice);
    }
}

static bool parse(struct arguments *a, const struct command *c, int argc,
                  char **argv)
{
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    const struct operand program = { "program", "FILE.elf", &a->path };
    if (!options_read(&o, &program, take, a, &a->code))
        return false;
    a->code = EXIT_USAGE;
    a->choice.report = true;
    return trace_options_fit(c, a->trace, &a->choice);
}

static struct machine *build(const struct arguments *a, struct heap *heap,
                             struct signature *sig, struct err *err)
{
    struct config config;
    if (!machine_options_read(&a->machine, &config, err))
        return NULL;
    struct machine *m = machine_new_in(heap, &config, err);
    if (!m)
        return NULL;
    m->engine = a->engine;
    if (!machine_load_elf(m, a->path, a->htif, err) ||
        (a->signature && !signature_find(sig, m, err)) ||
        (a->trace && !machine_trace_to(m, a->trace, &a->choice, err))) {
        machine_free(m);
        return NULL;
    }
    return m;
}

/* The run, as gdb/timeline.h asks for it. */
struct execution {
    const struct arguments *arguments;
    struct heap *heap; /* with a debugger: all that goes back is in it */
    struct history history;
    struct machine *machine;
    struct signature signature;
    enum stop stop;
    size_t shown; /* bytes of the console that the user has seen */
};

static struct machine *machine(void *context)
{
    return ((struct execution *)context)->machine;
}

static enum timeline_state advance(void *context,
                                   const struct run_limits *limits)
{
    struct execution *x = context;
    if (x->heap) {
        (void)history_run(&x->history, limits);
        x->stop = x->machine->stopped;
    } else {
        x->stop = machine_run(x->machine, limits);
    }
    return x->stop < STOP_POWEROFF ? TIMELINE_ON : TIMELINE_OVER;
}

static bool rewind_run(void *context, uint64_t instructions, struct err *err)
{
    struct execution *x = context;
    return history_rewind(&x->history, instructions, err);
}

static void keep(void *context)
{
    history_keep(&((struct execution *)context)->history);
}

static void branch(void *context)
{
    history_branch(&((struct execution *)context)->history);
}

/* Console output appears as the guest makes it, each once. */
static void show_console(struct execution *x)
{
    size_t length;
    const char *text = machine_console(x->machine, &length);
    if (length <= x->shown)
        return;
    fwrite(text + x->shown, 1, length - x->shown, stdout);
    fflush(stdout);
    x->shown = length;
}

/* Waits until the debugger, if there is one, lets the machine run. False: it,
 * or Ctrl-C, ends the run. */
static bool may_run(struct gdb *g)
{
    enum gdb_turn turn;
    while ((turn = gdb_serve(g)) == GDB_WAIT && !interrupted)
        continue;
    if (turn == GDB_KILL)
        interrupted = EXIT_INTERRUPTED;
    return !interrupted;
}

/* Runs to the end. False: the limit of instructions, Ctrl-C or the debugger
 * came first. */
static bool run(struct execution *x, struct timeline *t, struct gdb *g)
{
    uint64_t most = x->arguments->max_insns;
    enum timeline_state state;
    do {
        struct run_limits limits = { .max_insns = SLICE_INSTRUCTIONS };
        if (!may_run(g))
            return false;
        uint64_t done = machine_instructions(x->machine);
        if (most && done >= most)
            return false;
        if (most && most - done < limits.max_insns)
            limits.max_insns = most - done;
        if (timeline_is_new(t)) /* perhaps another future */
            (void)machine_console(x->machine, &x->shown);
        gdb_limit(g, &limits);
        state = timeline_advance(t, &limits);
        show_console(x);
    } while (gdb_ran(g, state) || state == TIMELINE_ON);
    return true;
}

static void dump_registers(const struct machine *m)
{
    for (uint64_t h = 0; h < m->config.harts; h++) {
        const struct cpu *c = &m->hart[h].cpu;
        if (m->config.harts > 1)
            printf("hart %" PRIu64 "\n", h);
        printf("pc   0x%016" PRIx64 "\n", c->pc);
        for (int i = 0; i < 32; i++)
            printf("x%-3d 0x%016" PRIx64 "  %s\n", i, c->x[i],
                   register_names[i]);
        printf("instructions %" PRIu64 ", cycles %" PRIu64 "\n",
               m->hart[h].ledger.instructions, c->mmu.accounts.total);
    }
}

/* How the program ends, when the guest came to an end. */
static int end_code(const struct machine *m, const struct arguments *a,
                    enum stop stop)
{
    char text[600];
    if (a->htif && (stop == STOP_POWEROFF || stop == STOP_FAIL))
        return m->exit_value < 255 ? (int)m->exit_value : 255;
    if (stop == STOP_POWEROFF)
        return EXIT_PASSED;
    story_stop(m, stop, text, sizeof text);
    struct err err;
    err_set(&err, stop_exit_code(stop), "%s: %.*s", a->path,
            (int)strcspn(text, "\n"), text);
    return report(&err);
}

/* Why the run did not come to its end. */
static int cut_short(const struct arguments *a)
{
    struct err err;
    if (interrupted)
        err_set(&err, (enum exit_code)interrupted, "%s: %s", a->path,
                interrupted == EXIT_WALL_CLOCK
                    ? "the time of --max-seconds is over"
                    : "interrupted");
    else
        err_set(&err, EXIT_CYCLE_LIMIT,
                "%s: the limit of %" PRIu64 " instructions is reached", a->path,
                a->max_insns);
    return report(&err);
}

/* What was asked for besides the run; the signature only of a whole one. */
static bool write_files(struct machine *m, const struct arguments *a,
                        const struct signature *sig, bool whole,
                        struct err *err)
{
    return machine_check(m, true, err) &&
           (!a->stats || stats_write(m, a->stats, err)) &&
           (!a->signature || !whole ||
            signature_write(sig, m, a->signature, (unsigned)a->granularity,
                            err)) &&
           machine_trace_close(m, err);
}

static int finish(struct execution *x, bool whole)
{
    struct err err;
    struct machine *m = x->machine;
    const struct arguments *a = x->arguments;
    int code = whole ? end_code(m, a, x->stop) : cut_short(a);
    if (a->dump_regs)
        dump_registers(m);
    if (m->config.harts > 1)
        stats_print_harts(m, stdout);
    if (!write_files(m, a, &x->signature, whole, &err))
        code = report(&err);
    return code;
}

/* With a debugger. */
static bool open_debugger(struct execution *x, struct timeline *t,
                          struct gdb **g, struct err *err)
{
    static const struct history_options keeping = { .bytes = HISTORY_BYTES };
    history_open_machine(&x->history, &keeping, x->heap, x->machine);
    *g = gdb_open(x->arguments->gdb_at, t, err);
    return *g != NULL;
}

static bool open_run(struct execution *x, struct timeline *t, struct gdb **g,
                     struct err *err)
{
    const struct timeline_run how = { .context = x,
                                      .machine = machine,
                                      .advance = advance,
                                      .rewind = rewind_run,
                                      .keep = keep,
                                      .branch = branch };
    const struct arguments *a = x->arguments;
    if (a->gdb && !(x->heap = heap_open(err)))
        return false;
    timeline_open(t, &how, x->heap);
    x->machine = build(a, x->heap, &x->signature, err);
    return x->machine && (!a->gdb || open_debugger(x, t, g, err));
}

static void close_run(struct execution *x, struct timeline *t)
{
    if (x->history.heap)
        (void)history_close(&x->history);
    timeline_close(t);
    machine_free(x->machine);
    heap_close(x->heap);
}

static int execute(const struct arguments *a)
{
    struct err err;
    struct execution x = { .arguments = a };
    struct timeline t = { .heap = NULL };
    struct gdb *g = NULL;
    int code;
    if (open_run(&x, &t, &g, &err)) {
        signal(SIGINT, on_interrupt);
        signal(SIGTERM, on_interrupt);
        signal(SIGALRM, on_interrupt);
        alarm(a->max_seconds < UINT_MAX ? (unsigned)a->max_seconds : UINT_MAX);
        bool whole = run(&x, &t, g);
        code = finish(&x, whole);
        gdb_close(g, code);
    } else {
        code = report(&err);
    }
    close_run(&x, &t);
    return code;
}

int command_exec(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .granularity = SIGNATURE_GRANULARITY };
    int code = parse(&a, c, argc, argv) ? execute(&a) : (int)a.code;
    machine_options_free(&a.machine);
    return code;
}
