/* SPDX-License-Identifier: Apache-2.0 */
/* The program `opalite`: picks the command, prints help. Read next: cmd/run.c.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sim/cmd/cmd.h"
#include "sim/config.h"

#define VERSION "0.1"

const struct command commands[] = {
    { "run", "FILE.lua [options]",
      "Runs a scenario: machines, kernel, domains and checks described in Lua\n"
      "(docs/scenarios.md).",
      command_run },
    { "exec", "FILE.elf [options]",
      "Runs a bare-metal RV64 program: M-mode, loaded by physical address.",
      command_exec },
    { "boot", "--firmware FILE --kernel FILE [options]",
      "Boots firmware, boot loaders and kernels made for the `virt` board.\n"
      "The terminal is their console (docs/boot.md).",
      command_boot },
    { "lockstep", "FILE.elf | FILE.lua | --firmware FILE ... [options]",
      "Runs the same thing with both engines and compares every state.\n"
      "See docs/engine.md.",
      command_lockstep },
    { "tui", "FILE.lua | FILE.jsonl [options]",
      "Shows a scenario live, or a recorded trace, in the terminal.\n"
      "Program opalite-tui.",
      command_sibling },
    { "gui", "FILE.lua | FILE.jsonl [options]",
      "Shows a scenario live, or a recorded trace, in a window, or as a "
      "picture.\nProgram opalite-gui.",
      command_sibling },
    { "plot", "SPEC.json ... [-o PICTURE] [options]",
      "Draws a plot description, or several runs of one (program "
      "opalite-plot).",
      command_sibling },
    { "trace", "info FILE.jsonl | export FILE.jsonl --to FORMAT [-o FILE]",
      "Says what is in a recorded trace; exports it for other tools.\n"
      "See docs/trace.md.",
      command_trace },
    { "explain", "ADDRESS FILE.lua [options]",
      "Shows the way of one access, step by step, at a moment of a scenario\n"
      "(docs/explain.md).",
      command_explain },
    { "graph", "KIND FILE.lua [options]",
      "Draws the state of a scenario at a moment as a graph.\n"
      "Program opalite-graph; docs/graph.md.",
      command_sibling },
    { "presets", "", "Prints every parameter of every preset with its source.",
      command_presets },
    { "claims", "[options]",
      "Prints the claims about single address spaces, and where each is shown.",
      command_claims },
    { "doctor", "", "Says what is installed, what is missing, how to get it.",
      command_doctor },
    { NULL, NULL, NULL, NULL },
};

static const char *command_name(size_t i, const void *context)
{
    (void)context;
    return commands[i].name;
}

static void print_help(void)
{
    printf("usage: opalite COMMAND [arguments]\n\n"
           "A simulator of single-address-space hardware and operating "
           "systems.\n\ncommands:\n");
    for (const struct command *c = commands; c->name; c++)
        printf("  %-8s %.*s\n", c->name, (int)strcspn(c->doc, "\n"), c->doc);
    printf("\nopalite COMMAND --help says more. FILE may be - for standard "
           "output\nwhere a file is written. Guest programs are found beside "
           "the program, or\nwhere the environment variable OPALITE_GUEST "
           "says.\n\n");
    exit_codes_print();
}

int main(int argc, char **argv)
{
    /* A file that may not grow is an error like a full disk, not a death. */
    signal(SIGXFSZ, SIG_IGN);
    if (argc < 2) {
        fprintf(stderr, "opalite: which command? see opalite --help\n");
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 ||
        strcmp(name, "help") == 0) {
        print_help();
        return EXIT_PASSED;
    }
    if (strcmp(name, "--version") == 0) {
        printf("opalite " VERSION "\n");
        return EXIT_PASSED;
    }
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c->run(c, argc - 2, argv + 2);
    const char *near = nearest_word(name, command_name, NULL);
    if (near)
        fprintf(stderr,
                "opalite: no command %s (did you mean %s?); see opalite "
                "--help\n",
                name, near);
    else
        fprintf(stderr, "opalite: no command %s; see opalite --help\n", name);
    return EXIT_USAGE;
}
