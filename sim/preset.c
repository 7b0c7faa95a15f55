/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Presets: preset.def as tables. Part of config.h: a preset is a list of
 * config_set calls, so it obeys the same range checks as a user's settings; a
 * preset that forgets a parameter is a bug of ours, found at first use.
 */
#include <string.h>

#include "sim/config.h"

enum source_id {
#define SOURCE(name, text) SOURCE_##name,
#define PRESET(name, doc)
#define VALUE(preset, key, value, source)
#include "sim/preset.def"
#undef SOURCE
    SOURCE_COUNT
};

static const char *const source_text[SOURCE_COUNT] = {
#define SOURCE(name, text) [SOURCE_##name] = text,
#include "sim/preset.def"
#undef SOURCE
};

#define SOURCE(name, text)
#undef PRESET
enum preset_id {
#define PRESET(name, doc) PRESET_##name,
#include "sim/preset.def"
#undef PRESET
    PRESET_COUNT
};

static const struct {
    const char *name, *doc;
} presets[PRESET_COUNT] = {
#define PRESET(name, doc) [PRESET_##name] = { #name, doc },
#include "sim/preset.def"
#undef PRESET
};

#define PRESET(name, doc)
#undef VALUE
static const struct preset_value {
    const char *key, *value;
    enum preset_id preset;
    enum source_id source;
} values[] = {
#define VALUE(preset, key, value, source)                                      \
    { key, value, PRESET_##preset, SOURCE_##source },
#include "sim/preset.def"
#undef VALUE
};
#undef PRESET
#undef SOURCE
#define VALUE_COUNT (sizeof values / sizeof values[0])

const char *preset_name(size_t i)
{
    return i < PRESET_COUNT ? presets[i].name : NULL;
}

static const char *next_preset(size_t i, const void *context)
{
    (void)context;
    return preset_name(i);
}

/* PRESET_COUNT = unknown. */
static size_t preset_find(const char *name)
{
    size_t i = 0;
    while (i < PRESET_COUNT && strcmp(presets[i].name, name) != 0)
        i++;
    return i;
}

const char *preset_doc(const char *name)
{
    size_t i = preset_find(name);
    return i < PRESET_COUNT ? presets[i].doc : NULL;
}

static const struct preset_value *value_find(size_t preset, const char *key)
{
    for (size_t i = 0; i < VALUE_COUNT; i++)
        if (values[i].preset == preset && strcmp(values[i].key, key) == 0)
            return &values[i];
    return NULL;
}

const char *preset_source(const char *name, const char *key)
{
    const struct preset_value *v = value_find(preset_find(name), key);
    return v ? source_text[v->source] : NULL;
}

bool config_preset(struct config *c, const char *name, struct err *err)
{
    size_t preset = preset_find(name);
    if (preset == PRESET_COUNT) {
        char known[128] = "";
        size_t n = 0;
        for (size_t i = 0; i < PRESET_COUNT && n < sizeof known; i++)
            n += (size_t)snprintf(known + n, sizeof known - n, "%s%s",
                                  i ? ", " : "", presets[i].name);
        const char *near = nearest_word(name, next_preset, NULL);
        return err_set(err, EXIT_USAGE, "unknown preset '%s'%s%s%s; known: %s",
                       name, near ? ", did you mean '" : "", near ? near : "",
                       near ? "'?" : "", known);
    }
    memset(c, 0, sizeof *c);
    strncpy(c->preset, name, sizeof c->preset - 1);
    for (size_t i = 0; i < config_parameter_count(); i++) {
        const struct parameter *p = config_parameter(i);
        const struct preset_value *v = value_find(preset, p->key);
        struct err why;
        if (!v)
            bug("preset %s has no value for %s", name, p->key);
        if (!config_set(c, v->key, v->value, &why))
            bug("preset %s: %s", name, why.text);
    }
    return true;
}

void presets_print(FILE *to)
{
    for (size_t preset = 0; preset < PRESET_COUNT; preset++) {
        struct config c;
        if (!config_preset(&c, presets[preset].name, NULL))
            bug("preset %zu", preset);
        fprintf(to, "%s%s: %s\n", preset ? "\n" : "", presets[preset].name,
                presets[preset].doc);
        for (size_t i = 0; i < config_parameter_count(); i++) {
            const struct parameter *p = config_parameter(i);
            char value[32];
            config_format(&c, p, value, sizeof value);
            fprintf(to, "  %-22s %12s %-8s %s\n", p->key, value, p->unit,
                    preset_source(presets[preset].name, p->key));
        }
    }
}
