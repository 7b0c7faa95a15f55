/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite tui, opalite gui, opalite plot: become the program of that name
 * beside this one, so that a machine without a terminal library, SDL or cairo
 * can still run scenarios.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/cmd/cmd.h"

int command_sibling(const struct command *c, int argc, char **argv)
{
    char directory[1000], path[1100];
    program_directory(directory, sizeof directory);
    snprintf(path, sizeof path, "%s/opalite-%s", directory, c->name);
    char **arguments = calloc((size_t)argc + 2, sizeof *arguments);
    if (!arguments)
        err_no_memory();
    arguments[0] = path;
    for (int i = 0; i < argc; i++)
        arguments[i + 1] = argv[i];
    execv(path, arguments);
    fprintf(stderr,
            "opalite %s: cannot start %s: %m; `opalite doctor` says how to "
            "get it\n",
            c->name, path);
    free(arguments);
    return EXIT_CANNOT_LOAD;
}
