// SPDX-License-Identifier: Apache-2.0
/*
 * opalite-plot: draws a plot description written by a scenario. The command
 * line only; reading is plot/spec.c, drawing plot/draw.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cmd/cmd.h"
#include "viz/plot/plot.h"

enum { INPUT_LIMIT = 64 << 20, FILES = 16, LABEL = 80 };

static int command_plot(const struct command *c, int argc, char **argv);

static const struct command command = {
    "plot", "SPEC.json ... [-o PICTURE] [options]",
    "Draws a plot description that a scenario wrote (docs/plots.md); several "
    "of\n"
    "one experiment become one picture. SPEC.json may be - for standard "
    "input.\n"
    "Without -o the picture goes beside SPEC.json, with .svg for .json.",
    command_plot
};

static const struct option_row rows[] = {
    { 'o', "output", "FILE",
      ".svg, .png or .pdf; - is SVG to standard output" },
    { 0, "x-scale", "SCALE", "linear, log2 or log10: of panels of lines" },
    { 0, "y-scale", "SCALE", "likewise" },
    { 0, "label", "TEXT", "of the next file among several, default its name" },
    { 0, "title", "TEXT", "instead of the description's" },
    { 0, "size", "WxH", "points, 200 to 10000 each" },
    { 0, "font", "NAME", "family of all text, default DejaVu Sans" },
    { 0, NULL, NULL, NULL },
};
enum {
    ROW_OUTPUT,
    ROW_X_SCALE,
    ROW_Y_SCALE,
    ROW_LABEL,
    ROW_TITLE,
    ROW_SIZE,
    ROW_FONT
};

struct arguments {
    const char *path[FILES], *label[FILES];
    size_t count, labels;
    const char *output, *title, *font;
    int width, height; /* 0 = as described */
    bool has_scale[2]; /* x, y */
    enum plot_scale scale[2];
};

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

/* ---- drawing
 * -----------------------------------------------------------------
 */

MUST_CHECK
static bool read_plot(const char *path, struct plot *plot, struct err *err)
{
    char *text = NULL;
    size_t bytes;
    bool ok = read_all(path, &text, &bytes, err) &&
              plot_parse(plot, strcmp(path, "-") ? path : "standard input",
                         text, bytes, err);

    free(text);
    return ok;
}

/* "dir/x.plot.json" -> "x"; a second of the same name gets its number. */
static void make_label(const struct arguments *a, size_t i,
                       char label[FILES][LABEL])
{
    const char *slash = strrchr(a->path[i], '/');
    const char *name = slash ? slash + 1 : a->path[i];
    size_t n = strlen(name);

    if (i < a->labels) {
        snprintf(label[i], LABEL, "%.79s", a->label[i]);
        return;
    }
    if (n > 5 && strcmp(name + n - 5, ".json") == 0)
        n -= 5;
    if (n > 5 && strncmp(name + n - 5, ".plot", 5) == 0)
        n -= 5;
    snprintf(label[i], LABEL, "%.*s", n < 60 ? (int)n : 60, name);
    for (size_t k = 0; k < i; k++)
        if (strcmp(label[k], label[i]) == 0) {
            snprintf(label[i], LABEL, "%.*s (%zu)", n < 60 ? (int)n : 60, name,
                     i + 1);
            return;
        }
}

MUST_CHECK
static bool overlay(const struct arguments *a, struct plot *plot,
                    struct err *err)
{
    char label[FILES][LABEL];
    const char *labels[FILES];

    for (size_t i = 0; i < a->count; i++) {
        make_label(a, i, label);
        labels[i] = label[i];
    }
    return a->count == 1 || plot_overlay(plot, labels, a->count, err);
}

static void replace(char **text, const char *by)
{
    if (!by)
        return;
    free(*text);
    *text = strdup(by);
    if (!*text)
        err_no_memory();
}

MUST_CHECK
static bool draw(const struct arguments *a, struct plot *plot, struct err *err)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!read_plot(a->path[i], &plot[i], err))
            return false;
        for (int axis = 0; axis < 2; axis++)
            if (a->has_scale[axis] &&
                !plot_rescale(&plot[i], "xy"[axis], a -> scale[axis],
                              a -> path[i], err))
                return false;
    }
    if (!overlay(a, plot, err))
        return false;
    replace(&plot->title, a->title);
    replace(&plot->font, a->font);
    plot->width = a->width ? a->width : plot->width;
    plot->height = a->height ? a->height : plot->height;
    return plot_write(plot, a->output, err);
}

/* ---- the command line
 * ----------------------------------------------------------
 */

static bool take_scale(struct arguments *a, const struct options *o, int axis)
{
    a->has_scale[axis] = true;
    if (plot_scale_named(o->value, &a->scale[axis]))
        return true;
    usage_error(o->command, "--%c-scale %s: expected linear, log2 or log10",
                "xy"[axis], o -> value);
    return false;
}

static bool take_size(struct arguments *a, const struct options *o)
{
    char rest;

    if (sscanf(o->value, "%dx%d%c", &a->width, &a->height, &rest) == 2 &&
        a->width >= 200 && a->width <= 10000 && a->height >= 200 &&
        a->height <= 10000)
        return true;
    usage_error(o->command, "--size %s: expected WxH, 200 to 10000 each",
                o->value);
    return false;
}

static bool take_file(struct arguments *a, const struct options *o)
{
    if (a->count == FILES) {
        usage_error(o->command, "%d descriptions at most", FILES);
        return false;
    }
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->path[i], "-") == 0 && strcmp(o->value, "-") == 0) {
            usage_error(o->command, "standard input can be read once only");
            return false;
        }
    a->path[a->count++] = o->value;
    return true;
}

static bool take(struct arguments *a, const struct options *o, int row)
{
    switch (row) {
    case OPTION_OPERAND:
        return take_file(a, o);
    case ROW_OUTPUT:
        a->output = o->value;
        return true;
    case ROW_X_SCALE:
    case ROW_Y_SCALE:
        return take_scale(a, o, row - ROW_X_SCALE);
    case ROW_LABEL:
        if (a->labels < FILES)
            a->label[a->labels++] = o->value;
        return true;
    case ROW_TITLE:
        a->title = o->value;
        return true;
    case ROW_SIZE:
        return take_size(a, o);
    case ROW_FONT:
        a->font = o->value;
        return true;
    default:
        return false;
    }
}

static bool makes_sense(const struct command *c, const struct arguments *a)
{
    if (a->count == 0)
        usage_error(c, "which description? SPEC.json is missing");
    else if (a->count > 1 && !a->output)
        usage_error(c, "several descriptions: -o PICTURE is missing");
    else if (a->labels > a->count || (a->labels && a->count == 1))
        usage_error(c, "--label is for several descriptions, one each");
    else
        return true;
    return false;
}

static int command_plot(const struct command *c, int argc, char **argv)
{
    struct arguments a = { .count = 0 };
    struct options o = {
        .command = c, .rows = rows, .argc = argc, .argv = argv
    };
    struct plot plot[FILES] = { 0 };
    char beside[4096];
    struct err err;

    for (int row; (row = option_next(&o)) != OPTION_END;) {
        if (row == OPTION_HELP)
            return EXIT_PASSED;
        if (!take(&a, &o, row))
            return EXIT_USAGE;
    }
    if (!makes_sense(c, &a))
        return EXIT_USAGE;
    if (!a.output) {
        default_output(a.path[0], beside, sizeof beside);
        a.output = beside;
    }
    bool ok = draw(&a, plot, &err);
    for (size_t i = 0; i < a.count; i++)
        plot_free(&plot[i]);
    if (ok)
        return EXIT_PASSED;
    fprintf(stderr, "opalite-plot: %s\n", err.text);
    return (int)err.code;
}

int main(int argc, char **argv)
{
    return command.run(&command, argc - 1, argv + 1);
}
