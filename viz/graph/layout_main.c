/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opalite-layout FORMAT FILE: reads dot text from standard input, has Graphviz
 * place and draw it. A program of its own, so that its caller can end it, and
 * so that nothing else needs Graphviz. Its caller is graph/layout.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cgraph.h>
#include <gvc.h>

#include "mmu/err.h"

enum { INPUT_LIMIT = 64 << 20 };

static char *read_input(void)
{
    size_t room = 1 << 16, n = 0, part;
    char *text = malloc(room);
    while (text && (part = fread(text + n, 1, room - n - 1, stdin)) > 0) {
        n += part;
        if (n + 1 < room)
            continue;
        if (room >= INPUT_LIMIT)
            return NULL;
        room *= 2;
        text = realloc(text, room);
    }
    if (!text)
        err_no_memory();
    text[n] = 0;
    return text;
}

static bool is_format(const char *name)
{
    static const char *const formats[] = { "svg", "png", "pdf", "json",
                                           "plain" };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i], name) == 0)
            return true;
    return false;
}

/* Renders at 144 dots per inch, so that a PNG is sharp on a projector. */
static int draw(const char *text, const char *format, const char *path)
{
    GVC_t *context = gvContext();
    Agraph_t *g = agmemread(text);
    if (!context || !g)
        return EXIT_CANNOT_LOAD;
    if (strcmp(format, "png") == 0)
        agattr(g, AGRAPH, (char *)(uintptr_t) "dpi", "144");
    if (gvLayout(context, g, "dot") != 0)
        return EXIT_CANNOT_LOAD;
    FILE *to = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (!to)
        return EXIT_HOST_RESOURCE;
    int drawn = gvRender(context, g, format, to);
    if (fflush(to) != 0 || ferror(to))
        return EXIT_HOST_RESOURCE;
    return drawn == 0 ? EXIT_PASSED : EXIT_CANNOT_LOAD;
}

int main(int argc, char **argv)
{
    if (argc != 3 || !is_format(argv[1])) {
        fputs(
            "usage: opalite-layout svg|png|pdf|json|plain FILE < TEXT.dot\n"
            "\n"
            "Places and draws a graph with Graphviz; the program that opalite "
            "graph uses.\nFILE may be - for standard output.\n",
            argc == 2 && strcmp(argv[1], "--help") == 0 ? stdout : stderr);
        return argc == 2 && strcmp(argv[1], "--help") == 0 ? EXIT_PASSED
                                                           : EXIT_USAGE;
    }
    char *text = read_input();
    int code = text ? draw(text, argv[1], argv[2]) : EXIT_CANNOT_LOAD;
    /* Graphviz's own memory is the process's business. */
    fflush(stdout);
    _exit(code);
}
