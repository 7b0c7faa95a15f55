/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that only print: presets, claims (from claims.def), doctor, and
 * the list of exit codes that every --help ends with.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cmd/cmd.h"
#include "sim/config.h"

void exit_codes_print(void)
{
    static const struct {
        enum exit_code code;
        const char *doc;
    } list[] = {
        { EXIT_PASSED, "all went well, every check held" },
        { EXIT_CHECK_FAILED, "a check of the scenario failed" },
        { EXIT_USAGE, "wrong use: an option, a key, a Lua error" },
        { EXIT_CANNOT_LOAD, "a file cannot be read or understood" },
        { EXIT_GUEST_FAULT, "the guest faulted and nobody handled it" },
        { EXIT_GUEST_FAILURE, "the guest reported failure" },
        { EXIT_CYCLE_LIMIT, "a limit of cycles or instructions" },
        { EXIT_NO_PROGRESS, "no progress: endless loop or deadlock" },
        { EXIT_WALL_CLOCK, "took too long" },
        { EXIT_OUR_BUG, "a bug of opalite" },
        { EXIT_HOST_RESOURCE, "the host's disk or memory" },
        { EXIT_INTERRUPTED, "interrupted; results so far are kept" },
    };
    printf("exit codes:\n");
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        printf("  %3d  %s\n", (int)list[i].code, list[i].doc);
}

/* These commands take no operands. */
static bool no_arguments(const struct command *c, const struct option_row *rows,
                         int argc, char **argv, bool *flag, int *code)
{
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    *code = EXIT_USAGE;
    for (int row; (row = option_next(&o)) != OPTION_END;) {
        if (row == OPTION_OPERAND)
            usage_error(c, "takes no %s", o.value);
        if (row == OPTION_HELP)
            *code = EXIT_PASSED;
        if (row < 0)
            return false;
        *flag = true;
    }
    return true;
}

static const struct option_row no_options[] = { { 0, NULL, NULL, NULL } };

int command_presets(const struct command *c, int argc, char **argv)
{
    int code;
    bool flag = false;
    if (!no_arguments(c, no_options, argc, argv, &flag, &code))
        return code;
    presets_print(stdout);
    return fflush(stdout) == 0 ? EXIT_PASSED : EXIT_HOST_RESOURCE;
}

/* ---- claims -----------------------------------------------------------------
 */

struct claim {
    int number;
    const char *text, *scenario, *status, *verdict;
};

static const struct claim claims[] = {
#define CLAIM(number, text, scenario, status, verdict)                         \
    { number, text, scenario, status, verdict },
#include "sim/claims.def"
#undef CLAIM
};

static void print_claims(void)
{
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        const struct claim *k = &claims[i];
        printf("%2d  %-9s %s\n", k->number, k->status, k->text);
        if (k->scenario[0])
            printf("    %-9s scenarios/%s.lua\n", "", k->scenario);
        if (k->verdict[0])
            printf("    %-9s %s\n", "", k->verdict);
    }
}

/* docs/claims.md, whole. */
static void print_claims_markdown(void)
{
    printf("# The claims, and where each is shown\n\n"
           "What has been claimed about single address spaces, and the "
           "scenario that shows, measures or limits each claim.\n"
           "*shown*: a scenario runs it and checks it. *planned*: nothing "
           "here yet. This file is the output of "
           "`opalite claims --markdown`;\nthe rows are in "
           "`sim/claims.def`.\n\n"
           "| # | claim | scenario | status | verdict |\n"
           "| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        const struct claim *k = &claims[i];
        printf("| %d | %s | %s%s%s | %s | %s |\n", k->number, k->text,
               k->scenario[0] ? "`scenarios/" : "", k->scenario,
               k->scenario[0] ? ".lua`" : "", k->status, k->verdict);
    }
}

int command_claims(const struct command *c, int argc, char **argv)
{
    static const struct option_row rows[] = {
        { 0, "markdown", NULL, "as docs/claims.md" },
        { 0, NULL, NULL, NULL },
    };
    int code;
    bool markdown = false;
    if (!no_arguments(c, rows, argc, argv, &markdown, &code))
        return code;
    if (markdown)
        print_claims_markdown();
    else
        print_claims();
    return fflush(stdout) == 0 ? EXIT_PASSED : EXIT_HOST_RESOURCE;
}

/* ---- doctor
 * ------------------------------------------------------------------- */

static bool in_path(const char *program)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        char full[1100];
        size_t n = strcspn(path, ":");
        snprintf(full, sizeof full, "%.*s/%s", (int)n, path, program);
        if (access(full, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

static int count_programs(const char *directory)
{
    int count = 0;
    DIR *d = opendir(directory);
    if (!d)
        return 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        size_t n = strlen(e->d_name);
        count += n > 4 && strcmp(e->d_name + n - 4, ".elf") == 0;
    }
    closedir(d);
    return count;
}

/* One line; returns 1 when it is missing. */
static int say(bool there, const char *what, const char *where,
               const char *cure)
{
    printf("  %-8s %-28s %s\n", there ? "ok" : "MISSING", what,
           there ? where : cure);
    return !there;
}

int command_doctor(const struct command *c, int argc, char **argv)
{
    char directory[1000], guest[1100], path[1200], text[64];
    int code, needed = 0, wanted = 0;
    bool flag = false;
    if (!no_arguments(c, no_options, argc, argv, &flag, &code))
        return code;
    program_directory(directory, sizeof directory);
    guest_directory(guest, sizeof guest);

    printf("needed to run scenarios:\n");
    snprintf(path, sizeof path, "%s/kernel.elf", guest);
    needed += say(access(path, R_OK) == 0, "guest kernel", path,
                  "make guest, or set OPALITE_GUEST to its directory");
    snprintf(path, sizeof path, "%s/programs", guest);
    int count = count_programs(path);
    snprintf(text, sizeof text, "guest programs (%d)", count);
    needed += say(count > 0, text, path,
                  "make guest, or set OPALITE_GUEST to its directory");

    printf("good to have:\n");
    snprintf(path, sizeof path, "%s/opalite-tui", directory);
    wanted += say(access(path, X_OK) == 0, "terminal view (opalite-tui)", path,
                  "apt-get install libncurses-dev, then make all");
    snprintf(path, sizeof path, "%s/opalite-gui", directory);
    wanted += say(access(path, X_OK) == 0, "window (opalite-gui)", path,
                  "apt-get install libsdl2-dev, then make all");
    snprintf(path, sizeof path, "%s/opalite-plot", directory);
    wanted += say(access(path, X_OK) == 0, "plots (opalite-plot)", path,
                  "apt-get install libcairo2-dev, then make all");
    snprintf(path, sizeof path, "%s/opalite-graph", directory);
    wanted += say(access(path, X_OK) == 0, "graphs (opalite-graph)", path,
                  "make all");
    snprintf(path, sizeof path, "%s/opalite-layout", directory);
    wanted +=
        say(access(path, X_OK) == 0, "graphs drawn (opalite-layout)", path,
            "apt-get install libgraphviz-dev graphviz, then make all");
    wanted += say(in_path("riscv64-unknown-elf-gcc"), "cross compiler",
                  "riscv64-unknown-elf-gcc",
                  "apt-get install gcc-riscv64-unknown-elf (to build guest "
                  "programs)");
    if (needed)
        printf("%d missing: scenarios cannot run\n", needed);
    else if (wanted)
        printf("scenarios can run; %d of the good things missing\n", wanted);
    else
        printf("all is there\n");
    if (fflush(stdout) != 0)
        return EXIT_HOST_RESOURCE;
    return needed ? EXIT_CANNOT_LOAD : EXIT_PASSED;
}
