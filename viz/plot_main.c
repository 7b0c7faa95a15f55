// SPDX-License-Identifier: Apache-2.0
/*
 * opalite-plot: draws a plot description written by a scenario. The command
 * line only; reading is plot_spec.c, drawing plot_draw.c.
 */
#include "viz/plot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_LIMIT = 64 << 20 };

static const char usage[] =
    "usage: opalite-plot SPEC.json [-o FILE.svg|png|pdf]\n"
    "\n"
    "Draws a plot description (docs/plots.md) that a scenario wrote. "
    "SPEC.json\n"
    "may be - for standard input. Without -o the picture goes beside "
    "SPEC.json,\n"
    "with .svg for .json; -o - writes SVG to standard output.\n"
    "\n"
    "exit codes: 0 drawn, 2 usage, 3 cannot read the description,\n"
    "10 cannot write the picture\n";

MUST_CHECK
static bool read_all(const char *path, char **text, size_t *bytes,
                     struct err *err)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    size_t room = 65536, n;

    *text = NULL;
    *bytes = 0;
    if (!f)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: %s", path, strerror(errno));
    do {
        room *= 2;
        char *more = realloc(*text, room);
        if (!more)
            err_no_memory();
        *text = more;
        n = fread(*text + *bytes, 1, room - *bytes, f);
        *bytes += n;
    } while (n > 0 && *bytes < INPUT_LIMIT);
    bool bad = ferror(f) != 0;
    int why = errno;
    if (f != stdin)
        fclose(f);
    if (bad)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: %s", path, strerror(why));
    if (*bytes >= INPUT_LIMIT)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: larger than 64 MiB", path);
    return true;
}

/* "dir/x.json" -> "dir/x.svg"; "-" stays. */
static void default_output(const char *spec, char *to, size_t room)
{
    size_t n = strlen(spec);

    if (strcmp(spec, "-") == 0) {
        snprintf(to, room, "-");
        return;
    }
    if (n > 5 && strcmp(spec + n - 5, ".json") == 0)
        n -= 5;
    snprintf(to, room, "%.*s.svg", (int)n, spec);
}

MUST_CHECK
static bool draw(const char *spec, const char *output, struct err *err)
{
    struct plot plot = { 0 };
    char *text = NULL;
    size_t bytes;
    bool ok = read_all(spec, &text, &bytes, err) &&
              plot_parse(&plot, strcmp(spec, "-") ? spec : "standard input",
                         text, bytes, err) &&
              plot_write(&plot, output, err);

    plot_free(&plot);
    free(text);
    return ok;
}

static int usage_error(const char *format, const char *word)
{
    fputs("opalite plot: ", stderr);
    fprintf(stderr, format, word);
    fputs("; see opalite plot --help\n", stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    const char *spec = NULL, *output = NULL;
    char beside[4096];
    struct err err;

    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
            fputs(usage, stdout);
            return EXIT_PASSED;
        } else if (!strcmp(argv[i], "-o")) {
            if (i + 1 == argc)
                return usage_error("%s needs a value: FILE", argv[i]);
            output = argv[++i];
        } else if (argv[i][0] == '-' && argv[i][1]) {
            return usage_error("no option %s", argv[i]);
        } else if (spec) {
            return usage_error("one description only, not also %s", argv[i]);
        } else {
            spec = argv[i];
        }
    }
    if (!spec)
        return usage_error("which description? SPEC.json is missing%s", "");
    if (!output) {
        default_output(spec, beside, sizeof beside);
        output = beside;
    }
    if (!draw(spec, output, &err)) {
        fprintf(stderr, "opalite-plot: %s\n", err.text);
        return (int)err.code;
    }
    return EXIT_PASSED;
}
