/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See trace/read.h. A line is one flat JSON object of numbers, texts, true and
 * false; the parser knows no more than that. Addresses are texts that begin
 * with 0x.
 */
#include "sim/trace/read.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/trace/trace.h"

static bool fail(const struct trace_reader_file *r, struct err *err,
                 const char *what)
{
    return err_set(err, EXIT_CANNOT_LOAD, "%s:%" PRIu64 ": %s", r->path,
                   r->line, what);
}

/* ---- one line -----------------------------------------------------------
 */

/* The four hexadecimal digits of an escape as one byte; above 0xff '?'. */
static bool read_escape(const char **at, char *c)
{
    unsigned code;
    switch (**at) {
    case '"':
    case '\\':
        *c = *(*at)++;
        return true;
    case 'n':
    case 't':
        *c = *(*at)++ == 'n' ? '\n' : '\t';
        return true;
    case 'u':
        if (strspn(*at + 1, "0123456789abcdefABCDEF") < 4 ||
            sscanf(*at + 1, "%4x", &code) != 1)
            return false;
        *c = code && code < 0x100 ? (char)code : '?';
        *at += 5;
        return true;
    default:
        return false;
    }
}

static bool read_text(const char **at, char *to, size_t room)
{
    size_t n = 0;
    while (**at != '"') {
        char c = *(*at)++;
        if ((unsigned char)c < 0x20)
            return false;
        if (c == '\\' && !read_escape(at, &c))
            return false;
        if (n + 1 < room)
            to[n++] = c;
    }
    to[n] = 0;
    (*at)++;
    return true;
}

static bool read_number(const char **at, uint64_t *number)
{
    char *end;
    if (**at < '0' || **at > '9')
        return false;
    errno = 0;
    *number = strtoull(*at, &end, 10);
    *at = end;
    return errno == 0;
}

static bool read_word(const char **at, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

static bool read_value(const char **at, struct trace_field *f)
{
    f->text[0] = 0;
    f->is_text = **at == '"';
    if (f->is_text) {
        (*at)++;
        f->number = 0;
        if (!read_text(at, f->text, sizeof f->text))
            return false;
        if (strncmp(f->text, "0x", 2) == 0)
            f->number = strtoull(f->text, NULL, 16);
        return true;
    }
    f->number = **at == 't';
    return read_word(at, "true") || read_word(at, "false") ||
           read_number(at, &f->number);
}

/* The whole line as fields. NULL: well; else what is wrong with it. */
static const char *parse(const char *at, struct trace_record *record)
{
    record->count = 0;
    if (!read_word(&at, "{"))
        return "a JSON object was expected: no trace of opalite?";
    do {
        if (record->count == TRACE_FIELDS)
            return "too many fields";
        struct trace_field *f = &record->field[record->count++];
        if (!read_word(&at, "\"") || !read_text(&at, f->key, sizeof f->key) ||
            !read_word(&at, ":"))
            return "broken: a field name was expected";
        if (!read_value(&at, f))
            return "broken: a number, a text, true or false was expected";
    } while (read_word(&at, ","));
    if (!read_word(&at, "}"))
        return "broken: , or } was expected";
    return *at ? "broken: text behind the end of the object" : NULL;
}

/* ---- what a line means -------------------------------------------------- */

const struct trace_field *trace_field(const struct trace_record *record,
                                      const char *key)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->field[i].key, key) == 0)
            return &record->field[i];
    return NULL;
}

uint64_t trace_number(const struct trace_record *record, const char *key)
{
    const struct trace_field *f = trace_field(record, key);
    return f ? f->number : 0;
}

const char *trace_text(const struct trace_record *record, const char *key)
{
    const struct trace_field *f = trace_field(record, key);
    return f ? f->text : "";
}

static bool has_number(const struct trace_record *record, const char *key)
{
    const struct trace_field *f = trace_field(record, key);
    return f && !f->is_text;
}

/* NULL: well. */
static const char *understand(struct trace_record *record)
{
    const char *first = record->field[0].key;
    if (strcmp(first, "event") == 0) {
        record->line = TRACE_EVENT;
        record->cycle = trace_number(record, "cycle");
        if (!event_kind_find(record->field[0].text, &record->kind))
            return "an unknown kind of event";
        return has_number(record, "cycle") && has_number(record, "insns") &&
                       has_number(record, "domain")
                   ? NULL
                   : "an event without cycle, insns or domain";
    }
    record->cycle = record->field[0].number;
    if (strcmp(first, "step") == 0) {
        record->line = TRACE_STEP;
        return has_number(record, "step") && has_number(record, "mode") &&
                       has_number(record, "cycles") && trace_field(record, "pc")
                   ? NULL
                   : "a step without clock, pc, mode or cycles";
    }
    if (strcmp(first, "define") == 0) {
        record->line = TRACE_DEFINE;
        return trace_field(record, "id") || trace_field(record, "va")
                   ? NULL
                   : "a definition without id";
    }
    record->line = TRACE_END;
    return strcmp(first, "end") == 0 && has_number(record, "end")
               ? NULL
               : "neither event, step, define nor end";
}

static void learn_name(struct trace_reader_file *r,
                       const struct trace_record *record)
{
    char kind = record->field[0].text[0];
    uint64_t id = trace_number(record, kind == 's' ? "va" : "id");
    if (r->name_count == r->name_room) {
        r->name_room = r->name_room ? 2 * r->name_room : 64;
        r->names = realloc(r->names, r->name_room * sizeof *r->names);
        if (!r->names)
            err_no_memory();
    }
    struct trace_name *n = &r->names[r->name_count++];
    n->kind = kind;
    n->id = id;
    n->domain = trace_number(record, "domain");
    snprintf(n->name, sizeof n->name, "%s", trace_text(record, "name"));
}

uint64_t trace_name_serial(const struct trace_reader_file *r, char kind,
                           uint64_t id)
{
    for (size_t i = r->name_count; i > 0; i--)
        if (r->names[i - 1].kind == kind && r->names[i - 1].id == id)
            return i;
    return 0;
}

const char *trace_name(const struct trace_reader_file *r, char kind,
                       uint64_t id, char *buffer, size_t room)
{
    uint64_t serial = trace_name_serial(r, kind, id);
    if (serial && r->names[serial - 1].name[0])
        return r->names[serial - 1].name;
    if (kind == 's')
        snprintf(buffer, room, "0x%" PRIx64, id);
    else
        snprintf(buffer, room, "%s %" PRIu64,
                 kind == 'd'   ? "domain"
                 : kind == 't' ? "thread"
                               : "portal",
                 id);
    return buffer;
}

/* ---- the file ------------------------------------------------------------
 */

/* The next line, without its end. False: the file is over, or *err. */
static bool next_line(struct trace_reader_file *r, struct err *err)
{
    err->code = EXIT_PASSED;
    r->line++;
    if (!fgets(r->text, sizeof r->text, r->file)) {
        if (ferror(r->file))
            return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot read: %m",
                           r->path);
        if (r->ended || r->partial || r->line == 1)
            return false;
        return fail(r, err,
                    "the recording was cut short: no end line (--partial "
                    "takes what is there)");
    }
    size_t n = strlen(r->text);
    if (r->ended)
        return fail(r, err, "a line behind the end line");
    if (n && r->text[n - 1] == '\n') {
        r->text[n - 1] = 0;
        return true;
    }
    if (!feof(r->file))
        return fail(r, err,
                    "a line too long, or a zero byte: no trace of "
                    "opalite");
    if (r->partial && r->line > 1)
        return false;
    return fail(r, err,
                "the file ends in the middle of a line (--partial takes what "
                "is there)");
}

static bool read_head(struct trace_reader_file *r, struct err *err)
{
    struct trace_record record;
    if (!next_line(r, err))
        return err->code != EXIT_PASSED ? false
                                        : fail(r, err, "the file is empty");
    const char *wrong = parse(r->text, &record);
    if (!wrong && strcmp(trace_text(&record, "trace"), "opalite") != 0)
        wrong = "no head line: no trace of opalite, or from before version 1";
    if (wrong)
        return fail(r, err, wrong);
    uint64_t version = trace_number(&record, "version");
    if (version < TRACE_VERSION_FIRST || version > TRACE_VERSION)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s:1: version %" PRIu64
                       " of the format; this program reads versions %d to %d",
                       r->path, version, TRACE_VERSION_FIRST, TRACE_VERSION);
    if (!trace_number(&record, "core_hz"))
        return fail(r, err, "the head line has no core_hz");
    snprintf(r->head.preset, sizeof r->head.preset, "%.15s",
             trace_text(&record, "preset"));
    r->head.core_hz = trace_number(&record, "core_hz");
    r->head.steps = trace_number(&record, "steps");
    r->head.version = (unsigned)version;
    r->head.first = trace_number(&record, "first");
    snprintf(r->head.kinds, sizeof r->head.kinds, "%s",
             trace_text(&record, "kinds"));
    return true;
}

bool trace_read_open(struct trace_reader_file *r, const char *path,
                     bool partial, struct err *err)
{
    memset(r, 0, sizeof *r);
    r->path = strcmp(path, "-") == 0 ? "standard input" : path;
    r->partial = partial;
    r->only_hart = -1;
    r->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!r->file)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot read: %m", path);
    if (read_head(r, err))
        return true;
    trace_read_close(r);
    return false;
}

/* Harts have clocks of their own; the end is told by the one in focus. NULL:
 * well. */
static const char *take_clock(struct trace_reader_file *r,
                              const struct trace_record *record)
{
    uint64_t hart = trace_number(record, "hart"), earliest = UINT64_MAX;
    if (hart >= TRACE_HARTS)
        return "a hart that no machine has";
    if (record->line == TRACE_END) {
        for (int h = 0; h < TRACE_HARTS; h++)
            if (r->hart_clock[h] && r->hart_clock[h] < earliest)
                earliest = r->hart_clock[h];
        if (earliest != UINT64_MAX && record->cycle < earliest)
            return "the clock runs backwards";
        return NULL;
    }
    if (record->cycle < r->hart_clock[hart])
        return "the clock runs backwards";
    r->hart_clock[hart] = record->cycle;
    return NULL;
}

/* The next line, whatever hart it is of. */
static bool read_any(struct trace_reader_file *r, struct trace_record *record,
                     struct err *err)
{
    if (!next_line(r, err))
        return false;
    const char *wrong = parse(r->text, record);
    if (!wrong)
        wrong = understand(record);
    if (!wrong && record->line != TRACE_DEFINE)
        wrong = take_clock(r, record);
    if (wrong)
        return fail(r, err, wrong);
    if (record->line == TRACE_DEFINE) {
        learn_name(r, record);
        record->cycle = r->clock;
    }
    r->clock = record->cycle;
    r->ended = record->line == TRACE_END;
    if (r->ended && trace_number(record, "lines") != r->line - 1)
        return fail(r, err, "lines are missing before this one");
    return true;
}

bool trace_read(struct trace_reader_file *r, struct trace_record *record,
                struct err *err)
{
    for (;;) {
        uint64_t clock = r->clock;
        if (!read_any(r, record, err))
            return false;
        bool of_a_hart =
            record->line == TRACE_EVENT || record->line == TRACE_STEP;
        if (!of_a_hart || r->only_hart < 0 ||
            trace_number(record, "hart") == (uint64_t)r->only_hart)
            return true;
        r->clock = clock; /* another hart's */
    }
}

bool trace_read_from(struct trace_reader_file *r, uint64_t offset,
                     uint64_t line, uint64_t clock, struct err *err)
{
    if (fseeko(r->file, (off_t)offset, SEEK_SET) != 0)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot be read again: %m",
                       r->path);
    r->line = line;
    r->clock = clock;
    memset(r->hart_clock, 0, sizeof r->hart_clock);
    r->ended = false;
    r->name_count = 0;
    return true;
}

void trace_read_close(struct trace_reader_file *r)
{
    if (r->file && r->file != stdin)
        fclose(r->file);
    free(r->names);
    r->file = NULL;
    r->names = NULL;
}
