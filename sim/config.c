/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parameters as data: the three param.def files become one table of key, range
 * and place in struct config; everything that reads or sets a parameter by name
 * goes through it. Presets: preset.c.
 */
#include "sim/config.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_OF(member) ((struct config *)NULL)->member
#define ROW_NUMBER(member, k, lo, hi, u, d)                                    \
    { .key = k,                                                                \
      .min = lo,                                                               \
      .max = hi,                                                               \
      .unit = u,                                                               \
      .doc = d,                                                                \
      .offset = offsetof(struct config, member),                               \
      .size = sizeof FIELD_OF(member) },
#define ROW_CHOICE(member, k, list, d)                                         \
    { .key = k,                                                                \
      .choices = list,                                                         \
      .unit = "",                                                              \
      .doc = d,                                                                \
      .offset = offsetof(struct config, member),                               \
      .size = sizeof FIELD_OF(member) },

static const struct parameter parameters[] = {
#define PARAM(field, k, lo, hi, u, d) ROW_NUMBER(mmu.field, k, lo, hi, u, d)
#define CHOICE(field, k, list, d)     ROW_CHOICE(mmu.field, k, list, d)
#include "mmu/param.def"
#undef PARAM
#undef CHOICE
#define PARAM(field, k, lo, hi, u, d) ROW_NUMBER(cpu.field, k, lo, hi, u, d)
#define CHOICE(field, k, list, d)     ROW_CHOICE(cpu.field, k, list, d)
#include "cpu/param.def"
#undef PARAM
#undef CHOICE
#define PARAM(field, k, lo, hi, u, d) ROW_NUMBER(field, k, lo, hi, u, d)
#define CHOICE(field, k, list, d)     ROW_CHOICE(field, k, list, d)
#include "sim/param.def"
#undef PARAM
#undef CHOICE
};
#define PARAMETER_COUNT (sizeof parameters / sizeof parameters[0])

size_t config_parameter_count(void)
{
    return PARAMETER_COUNT;
}

const struct parameter *config_parameter(size_t i)
{
    return i < PARAMETER_COUNT ? &parameters[i] : NULL;
}

const struct parameter *config_find(const char *key)
{
    for (size_t i = 0; i < PARAMETER_COUNT; i++)
        if (strcmp(parameters[i].key, key) == 0)
            return &parameters[i];
    return NULL;
}

static const char *next_key(size_t i, const void *context)
{
    (void)context;
    return i < PARAMETER_COUNT ? parameters[i].key : NULL;
}

/* Levenshtein's distance, one row at a time; long words are cut. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[65];
    size_t na = strnlen(a, 64), nb = strnlen(b, 64);
    for (size_t j = 0; j <= nb; j++)
        row[j] = j;
    for (size_t i = 1; i <= na; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= nb; j++) {
            size_t change = diagonal + (tolower((unsigned char)a[i - 1]) !=
                                        tolower((unsigned char)b[j - 1]));
            diagonal = row[j];
            size_t shorter = row[j] < row[j - 1] ? row[j] : row[j - 1];
            row[j] = change < shorter + 1 ? change : shorter + 1;
        }
    }
    return row[nb];
}

/* The first part of a dotted key, or its beginning, is near to it. */
static size_t distance_between(const char *word, const char *known)
{
    size_t n = strlen(word);
    if (n >= 2 && strncmp(word, known, n) == 0)
        return 1;
    return edit_distance(word, known);
}

const char *nearest_word(const char *word,
                         const char *(*next)(size_t i, const void *context),
                         const void *context)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;
    const char *known;
    for (size_t i = 0; (known = next(i, context)) != NULL; i++) {
        size_t distance = distance_between(word, known);
        size_t a = strlen(word), b = strlen(known);
        size_t half = (a > b ? a : b) / 2;
        if (distance < least && distance < b &&
            distance <= (half > 2 ? half : 2)) {
            least = distance;
            best = known;
        }
    }
    return best;
}

static uint64_t suffix_factor(char suffix, bool hertz)
{
    uint64_t k = hertz ? 1000 : 1024;
    switch (toupper((unsigned char)suffix)) {
    case 'K':
        return k;
    case 'M':
        return k * k;
    case 'G':
        return k * k * k;
    default:
        return 0;
    }
}

/* "64", "0x40", "32K", "1500M"; nothing else. */
static bool parse_number(const char *text, bool hertz, uint64_t *value)
{
    if (!isdigit((unsigned char)text[0]))
        return false;
    char *end;
    errno = 0;
    bool hex = text[0] == '0' && tolower((unsigned char)text[1]) == 'x';
    uint64_t n = strtoull(text, &end, hex ? 16 : 10);
    if (errno || end == text)
        return false;
    if (*end) {
        uint64_t factor = suffix_factor(*end, hertz);
        end++;
        if (!hertz && tolower((unsigned char)*end) == 'b')
            end++;
        if (!factor || *end || n > UINT64_MAX / factor)
            return false;
        n *= factor;
    }
    *value = n;
    return true;
}

/* i-th name in "a|b|c" into a small buffer; NULL after the last. */
static const char *choice_name(const char *choices, size_t i, char buffer[32])
{
    while (i > 0 && *choices) {
        const char *bar = strchr(choices, '|');
        if (!bar)
            return NULL;
        choices = bar + 1;
        i--;
    }
    size_t n = strcspn(choices, "|");
    if (n == 0 || n > 31)
        return NULL;
    memcpy(buffer, choices, n);
    buffer[n] = 0;
    return buffer;
}

struct choice_walk {
    const char *choices;
    char (*buffer)[32];
};

static const char *next_choice(size_t i, const void *context)
{
    const struct choice_walk *w = context;
    return i < 16 ? choice_name(w->choices, i, w->buffer[i]) : NULL;
}

static bool parse_choice(const struct parameter *p, const char *text,
                         uint64_t *value, struct err *err)
{
    char names[16][32];
    struct choice_walk walk = { p->choices, names };
    const char *name;
    for (size_t i = 0; (name = next_choice(i, &walk)) != NULL; i++) {
        if (strcmp(name, text) == 0) {
            *value = i;
            return true;
        }
    }
    const char *near = nearest_word(text, next_choice, &walk);
    return err_set(err, EXIT_USAGE, "%s: '%s' is not one of %s%s%s%s", p->key,
                   text, p->choices, near ? " (did you mean '" : "",
                   near ? near : "", near ? "'?)" : "");
}

static bool parse_value(const struct parameter *p, const char *text,
                        uint64_t *value, struct err *err)
{
    if (p->choices)
        return parse_choice(p, text, value, err);
    const char *unit = *p->unit ? p->unit : "number";
    if (!parse_number(text, strcmp(p->unit, "Hz") == 0, value))
        return err_set(err, EXIT_USAGE,
                       "%s: '%s' is not a whole number; expected %" PRIu64
                       " to %" PRIu64 " (%s; K, M, G may follow)",
                       p->key, text, p->min, p->max, unit);
    if (*value < p->min || *value > p->max)
        return err_set(err, EXIT_USAGE,
                       "%s: %s is out of range; expected %" PRIu64
                       " to %" PRIu64 " (%s)",
                       p->key, text, p->min, p->max, unit);
    return true;
}

static void store_value(struct config *c, const struct parameter *p,
                        uint64_t value)
{
    unsigned char *field = (unsigned char *)c + p->offset;
    uint32_t word = (uint32_t)value;
    uint16_t half = (uint16_t)value;
    uint8_t byte = (uint8_t)value;
    switch (p->size) {
    case 8:
        memcpy(field, &value, 8);
        break;
    case 4:
        memcpy(field, &word, 4);
        break;
    case 2:
        memcpy(field, &half, 2);
        break;
    default:
        memcpy(field, &byte, 1);
        break;
    }
}

uint64_t config_get(const struct config *c, const struct parameter *p)
{
    const unsigned char *field = (const unsigned char *)c + p->offset;
    uint64_t value = 0;
    memcpy(&value, field, p->size); /* little-endian host */
    return value;
}

bool config_set(struct config *c, const char *key, const char *text,
                struct err *err)
{
    const struct parameter *p = config_find(key);
    if (!p) {
        const char *near = nearest_word(key, next_key, NULL);
        return err_set(err, EXIT_USAGE,
                       "unknown parameter '%s'%s%s%s; `opalite presets` lists "
                       "all",
                       key, near ? ", did you mean '" : "", near ? near : "",
                       near ? "'?" : "");
    }
    uint64_t value = 0;
    if (!parse_value(p, text, &value, err))
        return false;
    store_value(c, p, value);
    return true;
}

bool config_set_pair(struct config *c, const char *pair, struct err *err)
{
    const char *equals = strchr(pair, '=');
    char key[64];
    if (!equals || equals == pair || (size_t)(equals - pair) >= sizeof key)
        return err_set(err, EXIT_USAGE, "'%s': expected key=value", pair);
    memcpy(key, pair, (size_t)(equals - pair));
    key[equals - pair] = 0;
    return config_set(c, key, equals + 1, err);
}

void config_format(const struct config *c, const struct parameter *p, char *to,
                   size_t room)
{
    char name[32];
    uint64_t value = config_get(c, p);
    if (p->choices && choice_name(p->choices, value, name))
        snprintf(to, room, "%s", name);
    else
        snprintf(to, room, "%" PRIu64, value);
}

bool config_check(const struct config *c, struct err *err)
{
    if (c->ram_bytes == 0)
        return err_set(err, EXIT_USAGE,
                       "ram.bytes = 0: a machine needs RAM to run anything");
    if (c->ram_bytes % 4096)
        return err_set(err, EXIT_USAGE,
                       "ram.bytes: %" PRIu64 " is not a multiple of 4096",
                       c->ram_bytes);
    if (c->timebase_hz > c->core_hz)
        return err_set(err, EXIT_USAGE,
                       "timebase.hz: %" PRIu64 " is above core.hz (%" PRIu64
                       ")",
                       c->timebase_hz, c->core_hz);
    return true;
}
