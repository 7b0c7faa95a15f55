/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands share: options, messages, where files are. See cmd/cmd.h.
 */
#include "sim/cmd/cmd.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/config.h"

static const char *row_name(size_t i, const void *context)
{
    return ((const struct option_row *)context)[i].name;
}

static void print_help(const struct options *o)
{
    const struct command *c = o->command;
    printf("usage: opalite %s%s%s\n\n%s\n\noptions:\n", c->name,
           *c->arguments ? " " : "", c->arguments, c->doc);
    for (const struct option_row *r = o->rows; r->name; r++) {
        char left[64];
        snprintf(left, sizeof left, "%c%c%s--%s%s%s", r->letter ? '-' : ' ',
                 r->letter ? r->letter : ' ', r->letter ? ", " : "  ", r->name,
                 r->argument && *r->argument != '[' ? " " : "",
                 r->argument ? r->argument : "");
        printf("  %-26s %s\n", left, r->doc);
    }
    printf("  %-26s %s\n\n", "-h, --help", "this text");
    exit_codes_print();
}

static int bad_option(struct options *o, const char *word, size_t length)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    const char *near = nearest_word(name, row_name, o->rows);
    if (near)
        usage_error(o->command, "no option --%s (did you mean --%s?)", name,
                    near);
    else
        usage_error(o->command, "no option --%s", name);
    return OPTION_BAD;
}

/* The option's argument: after '=', or the next word. */
static int take_value(struct options *o, int row, const char *attached)
{
    const struct option_row *r = &o->rows[row];
    o->row = row;
    o->value = NULL;
    if (!r->argument) {
        if (!attached)
            return row;
        usage_error(o->command, "--%s takes no value", r->name);
        return OPTION_BAD;
    }
    if (attached || *r->argument == '[') {
        o->value = attached;
        return row;
    }
    if (o->at >= o->argc) {
        usage_error(o->command, "--%s needs a value: %s", r->name, r->argument);
        return OPTION_BAD;
    }
    o->value = o->argv[o->at++];
    return row;
}

static int long_option(struct options *o, const char *word)
{
    size_t length = strcspn(word, "=");
    const char *attached = word[length] ? word + length + 1 : NULL;
    if (strcmp(word, "help") == 0) {
        print_help(o);
        return OPTION_HELP;
    }
    for (int i = 0; o->rows[i].name; i++)
        if (strncmp(o->rows[i].name, word, length) == 0 &&
            o->rows[i].name[length] == 0)
            return take_value(o, i, attached);
    return bad_option(o, word, length);
}

int option_next(struct options *o)
{
    if (o->at >= o->argc)
        return OPTION_END;
    const char *word = o->argv[o->at++];
    if (o->only_operands || word[0] != '-' || word[1] == 0) {
        o->value = word;
        return OPTION_OPERAND;
    }
    if (strcmp(word, "--") == 0) {
        o->only_operands = true;
        return option_next(o);
    }
    if (word[1] == '-')
        return long_option(o, word + 2);
    if (strcmp(word, "-h") == 0)
        return long_option(o, "help");
    for (int i = 0; o->rows[i].name && word[2] == 0; i++)
        if (o->rows[i].letter == word[1])
            return take_value(o, i, NULL);
    usage_error(o->command, "no option %s", word);
    return OPTION_BAD;
}

static bool take_operand(const struct options *o, const struct operand *operand)
{
    if (!operand->path) {
        usage_error(o->command, "takes no %s %s (%s %s?)", operand->what,
                    o->value, operand->name, o->value);
        return false;
    }
    if (*operand->path) {
        usage_error(o->command, "one %s only, not also %s", operand->what,
                    o->value);
        return false;
    }
    *operand->path = o->value;
    return true;
}

bool options_read(struct options *o, const struct operand *operand,
                  bool (*take)(void *context, const struct options *o),
                  void *context, enum exit_code *code)
{
    *code = EXIT_USAGE;
    for (int row; (row = option_next(o)) != OPTION_END;) {
        if (row == OPTION_HELP)
            *code = EXIT_PASSED;
        bool ok = row == OPTION_OPERAND ? take_operand(o, operand)
                                        : row >= 0 && take(context, o);
        if (!ok)
            return false;
    }
    if (!operand->path || operand->name[0] == '[')
        return true;
    if (!*operand->path)
        usage_error(o->command, "which %s? %s is missing", operand->what,
                    operand->name);
    return *operand->path;
}

bool option_number(const struct options *o, uint64_t *value)
{
    char *end;
    unsigned long long n = strtoull(o->value, &end, 0);
    if (end == o->value || *end || strchr(o->value, '-')) {
        usage_error(o->command, "--%s %s: expected a whole number, 0 or more",
                    o->rows[o->row].name, o->value);
        return false;
    }
    *value = n;
    return true;
}

bool option_engine(const struct options *o, enum engine *engine)
{
    if (engine_of_name(o->value, engine))
        return true;
    usage_error(o->command, "--engine %s: expected fast or readable", o->value);
    return false;
}

bool option_checked(const struct options *o, bool ok, const struct err *err)
{
    if (!ok)
        usage_error(o->command, "--%s: %s", o->rows[o->row].name, err->text);
    return ok;
}

/* ---- the machine ---------------------------------------------------------
 */

void machine_options_set(struct machine_options *o, const char *key,
                         const char *value)
{
    size_t bytes = (o->set_count + 1) * sizeof *o->set;
    struct machine_set *set = realloc(o->set, bytes);
    if (!set)
        err_no_memory();
    o->set = set;
    set[o->set_count++] = (struct machine_set){ key, value };
}

void machine_options_free(struct machine_options *o)
{
    free(o->set);
    *o = (struct machine_options){ 0 };
}

bool machine_options_read(const struct machine_options *o, struct config *c,
                          struct err *err)
{
    if (!config_preset(c, o->preset ? o->preset : PRESET_DEFAULT, err))
        return false;
    for (size_t i = 0; i < o->set_count; i++) {
        const char *key = o->set[i].key, *value = o->set[i].value;
        if (!key && strncmp(value, "machine.", 8) == 0)
            value += 8;
        if (!(key ? config_set(c, key, value, err)
                  : config_set_pair(c, value, err)))
            return false;
    }
    return config_check(c, err);
}

/* ---- messages and places ------------------------------------------------ */

int usage_error(const struct command *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "opalite %s: ", c->name);
    vfprintf(stderr, format, args);
    fprintf(stderr, "; see opalite %s --help\n", c->name);
    va_end(args);
    return EXIT_USAGE;
}

int report(const struct err *err)
{
    fflush(stdout);
    fprintf(stderr, "opalite: %s\n", err->text);
    return (int)err->code;
}

void program_directory(char *to, size_t room)
{
    ssize_t n = readlink("/proc/self/exe", to, room - 1);
    to[n > 0 ? n : 0] = 0;
    char *slash = strrchr(to, '/');
    if (slash)
        *slash = 0;
    else
        snprintf(to, room, ".");
}

void guest_directory(char *to, size_t room)
{
    const char *set = getenv("OPALITE_GUEST");
    char program[1000];
    if (set && *set) {
        snprintf(to, room, "%s", set);
        return;
    }
    program_directory(program, sizeof program);
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = 0;
    snprintf(to, room, "%s/guest", slash ? program : "..");
}
