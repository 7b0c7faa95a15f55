/* SPDX-License-Identifier: Apache-2.0 */
/* See session/record.h. */
#include "sim/session/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/digest.h"
#include "sim/image.h"
#include "sim/json.h"
#include "sim/json_read.h"
#include "sim/lua/state.h"

#define FORMAT    "opalite recording"
#define FILE_MAX  (UINT64_C(1) << 20)
#define TEXT_MAX  (UINT64_C(1) << 26)
#define EXACT_MAX UINT64_C(9007199254740992) /* 2^53: as far as JSON counts */

/* ---- writing ----------------------------------------------------------------
 */

/* 64 bits as text: not every reader of JSON has so wide numbers. */
static void write_hex(struct json *j, const char *key, uint64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "0x%016" PRIx64, value);
    json_key(j, key);
    json_string(j, text);
}

static void write_options(struct json *j, const struct scenario *c,
                          uint64_t text)
{
    const struct session_options *o = &c->options;
    json_key(j, "scenario"), json_string(j, o->path);
    write_hex(j, "text", text);
    json_key(j, "seed"), json_u64(j, o->seed);
    json_key(j, "preset");
    if (o->preset)
        json_string(j, o->preset);
    else
        json_null(j);
    json_key(j, "set");
    json_array_inline(j);
    for (size_t i = 0; i < o->set_count; i++)
        json_string(j, o->set[i]);
    json_end(j);
    json_key(j, "max_cycles"), json_u64(j, o->max_cycles);
}

static void write_moment(struct json *j, const struct session *s)
{
    bool end = s->state == SESSION_FINISHED ||
               (s->state == SESSION_FAILED && !session_is_interrupted(s));
    size_t i = session_machine_number(s);
    json_key(j, "end"), json_bool(j, end || !s->machine);
    json_key(j, "machine");
    json_string(j, s->machine ? s->machines[i].name : "");
    json_key(j, "cycle"),
        json_u64(j, s->machine ? machine_clock(s->machine) : 0);
    json_key(j, "instructions"), json_u64(j, session_instructions(s));
    write_hex(j, "state", session_digest(s));
}

bool session_record_text(const char *path, uint64_t *text, struct err *err)
{
    struct image image;
    if (!image_read(&image, path, TEXT_MAX, err))
        return false;
    *text = digest_bytes(DIGEST_START, image.bytes, image.count);
    image_free(&image);
    return true;
}

bool session_record_write(const struct session *s, uint64_t text,
                          const char *file, struct err *err)
{
    struct json j;
    FILE *f = fopen(file, "w");
    if (!f)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", file);
    json_begin(&j, f);
    json_object(&j);
    json_key(&j, "format"), json_string(&j, FORMAT);
    json_key(&j, "version"), json_u64(&j, RECORD_VERSION);
    write_options(&j, s->scenario, text);
    write_moment(&j, s);
    json_end(&j);
    bool ok = json_finish(&j, file, err);
    if (fclose(f) != 0 && ok)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", file);
    return ok;
}

/* ---- reading
 * ------------------------------------------------------------------ */

struct reader {
    const char *file;
    const struct json_value *v; /* the whole file */
    struct err *err;
};

static bool wrong(const struct reader *r, const struct json_value *at,
                  const char *key, const char *expected)
{
    return err_set(r->err, EXIT_CANNOT_LOAD, "%s:%d:%d: %s: expected %s",
                   r->file, at->line, at->column, key, expected);
}

static const struct json_value *member(const struct reader *r, const char *key,
                                       enum json_kind kind,
                                       const char *expected)
{
    const struct json_value *m = json_member(r->v, key);
    if (m && m->kind == kind)
        return m;
    (void)wrong(r, m ? m : r->v, key, expected);
    return NULL;
}

static bool read_number(const struct reader *r, const char *key, uint64_t *to)
{
    static const char expected[] = "a whole number up to 2^53";
    const struct json_value *m = member(r, key, JSON_NUMBER, expected);
    if (!m)
        return false;
    if (!(m->number >= 0 && m->number <= (double)EXACT_MAX) ||
        m->number != (double)(uint64_t)m->number)
        return wrong(r, m, key, expected);
    *to = (uint64_t)m->number;
    return true;
}

static bool read_hex(const struct reader *r, const char *key, uint64_t *to)
{
    static const char expected[] = "a text of 0x and 16 hexadecimal digits";
    const struct json_value *m = member(r, key, JSON_STRING, expected);
    if (!m)
        return false;
    if (strlen(m->text) != 18 || strncmp(m->text, "0x", 2) != 0 ||
        strspn(m->text + 2, "0123456789abcdef") != 16)
        return wrong(r, m, key, expected);
    *to = strtoull(m->text + 2, NULL, 16);
    return true;
}

static bool copy_text(const struct json_value *m, char **to)
{
    if (!m)
        return false;
    *to = strdup(m->text);
    if (!*to)
        err_no_memory();
    return true;
}

static bool read_preset(const struct reader *r, char **to)
{
    const struct json_value *m = json_member(r->v, "preset");
    if (m && m->kind == JSON_NULL)
        return true;
    return copy_text(member(r, "preset", JSON_STRING, "a name, or null"), to);
}

static bool read_set(const struct reader *r, struct session_record *to)
{
    static const char expected[] = "a list of texts KEY=VALUE";
    const struct json_value *m = member(r, "set", JSON_ARRAY, expected);
    if (!m)
        return false;
    to->set = calloc(m->count + 1, sizeof *to->set);
    if (!to->set)
        err_no_memory();
    for (size_t i = 0; i < m->count; i++) {
        const char *text = m->item[i].text;
        if (m->item[i].kind != JSON_STRING || !strchr(text, '='))
            return wrong(r, &m->item[i], "set", expected);
        (void)copy_text(&m->item[i], &to->set[to->set_count++]);
    }
    return true;
}

static bool read_moment(const struct reader *r, struct session_record *to)
{
    const struct json_value *end = json_member(r->v, "end");
    const struct json_value *name =
        member(r, "machine", JSON_STRING, "the name of a machine");
    if (!end || (end->kind != JSON_TRUE && end->kind != JSON_FALSE))
        return wrong(r, end ? end : r->v, "end", "true or false");
    if (!name)
        return false;
    to->at_end = end->kind == JSON_TRUE;
    snprintf(to->machine, sizeof to->machine, "%s", name->text);
    return read_number(r, "cycle", &to->cycle) &&
           read_number(r, "instructions", &to->instructions) &&
           read_hex(r, "state", &to->state);
}

/* Is it one of ours, and of our time? */
static bool check_format(const struct reader *r)
{
    const struct json_value *format = json_member(r->v, "format");
    uint64_t version = 0;
    if (!format || format->kind != JSON_STRING ||
        strcmp(format->text, FORMAT) != 0)
        return err_set(r->err, EXIT_CANNOT_LOAD,
                       "%s: not a recording of opalite", r->file);
    if (!read_number(r, "version", &version))
        return false;
    if (version != RECORD_VERSION)
        return err_set(r->err, EXIT_CANNOT_LOAD,
                       "%s: a recording of version %" PRIu64
                       "; this program reads version %d",
                       r->file, version, RECORD_VERSION);
    return true;
}

static bool read_all(const struct reader *r, struct session_record *to)
{
    return check_format(r) &&
           copy_text(member(r, "scenario", JSON_STRING, "a path"), &to->path) &&
           read_hex(r, "text", &to->text) &&
           read_number(r, "seed", &to->seed) && read_preset(r, &to->preset) &&
           read_set(r, to) && read_number(r, "max_cycles", &to->max_cycles) &&
           read_moment(r, to);
}

bool session_record_read(struct session_record *to, const char *file,
                         struct err *err)
{
    struct json_value v;
    struct image image;
    struct reader r = { .file = file, .v = &v, .err = err };
    memset(to, 0, sizeof *to);
    if (!image_read(&image, file, FILE_MAX, err))
        return false;
    bool ok = json_parse(&v, file, (const char *)image.bytes, image.count, err);
    if (!ok)
        err->code = EXIT_CANNOT_LOAD;
    ok = ok && read_all(&r, to);
    json_value_free(&v);
    image_free(&image);
    if (!ok)
        session_record_free(to);
    return ok;
}

void session_record_free(struct session_record *r)
{
    for (size_t i = 0; i < r->set_count; i++)
        free(r->set[i]);
    free(r->set);
    free(r->preset);
    free(r->path);
    memset(r, 0, sizeof *r);
}

/* ---- repeating
 * ------------------------------------------------------------------ */

bool session_record_agrees(const struct session_record *r,
                           const struct session *s, struct err *err)
{
    uint64_t instructions = session_instructions(s), state = session_digest(s);
    if (instructions != r->instructions)
        return err_set(err, EXIT_CHECK_FAILED,
                       "replay: another run: %" PRIu64
                       " instructions, recorded %" PRIu64,
                       instructions, r->instructions);
    if (state != r->state)
        return err_set(err, EXIT_CHECK_FAILED,
                       "replay: another state after %" PRIu64
                       " instructions: 0x%016" PRIx64
                       ", recorded 0x%016" PRIx64,
                       instructions, state, r->state);
    return true;
}
