/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines: one word a line, the first one the command. They run in an
 * empty directory without a path, so no file is there and every command ends
 * after its options, its parameters and a machine made of them.
 */
#include <fcntl.h>

#include "sim/cmd/cmd.h"
#include "sim/config.h"
#include "tests/fuzz/target.h"

#define WORDS 40

const struct command commands[] = {
    { "exec", "", "", command_exec },
    { "boot", "", "", command_boot },
    { "run", "", "", command_run },
    { "presets", "", "", command_presets },
    { "claims", "", "", command_claims },
    { NULL, NULL, NULL, NULL },
};

/* Goes to a directory without files in which none can be made; the way back. */
static int leave(void)
{
    char directory[] = "/tmp/opalite-fuzz-XXXXXX";
    int home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    target_must(home >= 0 && mkdtemp(directory) && chdir(directory) == 0);
    target_must(rmdir(directory) == 0);
    return home;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *rest = text, *word[WORDS + 1];
    int count = 0;
    target_must(text);
    int home = leave();
    memcpy(text, data, size);
    text[size] = 0;
    while (count < WORDS && rest && !strchr(text, '/'))
        word[count++] = strsep(&rest, "\n");
    word[count] = NULL;
    for (const struct command *c = commands; count && c->name; c++) {
        if (strcmp(c->name, word[0]) != 0)
            continue;
        int code = c->run(c, count - 1, word + 1);
        target_must(code != EXIT_OUR_BUG && code >= 0 && code <= 10);
    }
    target_must(fchdir(home) == 0);
    close(home);
    free(text);
    return 0;
}
