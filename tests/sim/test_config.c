/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters by key, presets, and what is said about wrong ones. */
#include <stdlib.h>

#include "tests/sim/machine_help.h"

static struct config preset(const char *name)
{
    struct config c;
    struct err err;
    assert_true(config_preset(&c, name, &err));
    return c;
}

static uint64_t value_of(const struct config *c, const char *key)
{
    const struct parameter *p = config_find(key);
    assert_non_null(p);
    return config_get(c, p);
}

static void every_preset_has_every_value_and_a_source(void **state)
{
    (void)state;
    size_t presets = 0;
    for (size_t i = 0; preset_name(i); i++, presets++) {
        struct config c = preset(preset_name(i));
        assert_string_equal(c.preset, preset_name(i));
        assert_non_null(preset_doc(preset_name(i)));
        for (size_t k = 0; k < config_parameter_count(); k++) {
            const char *source =
                preset_source(preset_name(i), config_parameter(k)->key);
            assert_non_null(source);
            assert_true(strlen(source) > 5);
        }
    }
    assert_int_equal(presets, 5);
}

static void every_preset_makes_a_machine(void **state)
{
    (void)state;
    for (size_t i = 0; preset_name(i); i++)
        machine_free(new_machine(preset_name(i)));
}

static void the_default_is_what_it_says(void **state)
{
    (void)state;
    struct config c = preset(PRESET_DEFAULT);
    assert_int_equal(value_of(&c, "l1d.bytes"), 32768);
    assert_int_equal(value_of(&c, "line.bytes"), 64);
    assert_int_equal(value_of(&c, "core.hz"), 1500000000);
    assert_int_equal(c.mmu.itlb_entries, 40);
}

static void set_reaches_the_field(void **state)
{
    (void)state;
    struct config c = preset("u54");
    struct err err;
    assert_true(config_set(&c, "rplb.entries", "32", &err));
    assert_int_equal(c.mmu.drplb_entries, 32);
    assert_true(config_set(&c, "branch.predictor", "static", &err));
    assert_int_equal(c.cpu.predictor, PREDICTOR_STATIC);
    assert_true(config_set_pair(&c, "ram.bytes=0x100000", &err));
    assert_int_equal(c.ram_bytes, 1 << 20);
}

static void suffixes_multiply(void **state)
{
    (void)state;
    struct config c = preset("u54");
    struct err err;
    assert_true(config_set(&c, "l2.bytes", "512K", &err));
    assert_int_equal(c.mmu.l2_bytes, 512 * 1024);
    assert_true(config_set(&c, "ram.bytes", "1G", &err));
    assert_int_equal(c.ram_bytes, 1 << 30);
    assert_true(config_set(&c, "ram.bytes", "64MB", &err));
    assert_int_equal(c.ram_bytes, 64 << 20);
    assert_true(config_set(&c, "core.hz", "2G", &err));
    assert_int_equal(c.core_hz, 2000000000);
}

static void refuses(const char *key, const char *text, const char *says)
{
    struct config c = preset("u54"), before = c;
    struct err err = { 0 };
    assert_false(config_set(&c, key, text, &err));
    assert_int_equal(err.code, EXIT_USAGE);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    assert_null(strchr(err.text, '\n'));
    assert_memory_equal(&c, &before, sizeof c);
}

static void unknown_names_meet_the_nearest(void **state)
{
    (void)state;
    refuses("rplb.entires", "4", "'rplb.entries'");
    refuses("l2.latancy", "4", "'l2.latency'");
    refuses("l1d.policy", "lur", "'lru'");
    refuses("l1d.policy", "best", "lru|plru|fifo|random");
    refuses("ram", "1M", "did you mean 'ram.bytes'?");
    refuses("foo", "4", "unknown parameter 'foo'; `opalite presets`");
    struct config c;
    struct err err;
    assert_false(config_preset(&c, "u45", &err));
    assert_non_null(strstr(err.text, "'u54'"));
    assert_false(config_preset(&c, "r400", &err));
    assert_non_null(strstr(err.text, "'r4000'"));
}

static void bad_numbers_are_refused(void **state)
{
    (void)state;
    refuses("dram.latency", "0", "1 to 100000");
    refuses("dram.latency", "100001", "out of range");
    refuses("dram.latency", "-1", "not a whole number");
    refuses("dram.latency", "", "not a whole number");
    refuses("dram.latency", "fast", "not a whole number");
    refuses("dram.latency", "12x", "not a whole number");
    refuses("dram.latency", "1.5", "not a whole number");
    refuses("ram.bytes", "99999999999999999999", "not a whole number");
    refuses("ram.bytes", "18446744073709551615G", "not a whole number");
    struct config c = preset("u54");
    struct err err;
    assert_false(config_set_pair(&c, "dram.latency", &err));
    assert_false(config_set_pair(&c, "=4", &err));
}

static void no_machine(const char *pair, const char *says)
{
    struct config c = preset("u54");
    struct err err = { 0 };
    assert_true(config_set_pair(&c, pair, &err));
    assert_null(machine_new(&c, &err));
    assert_int_equal(err.code, EXIT_USAGE);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void impossible_machines_are_refused(void **state)
{
    (void)state;
    no_machine("ram.bytes=0", "RAM");
    no_machine("ram.bytes=5000", "4096");
    no_machine("line.bytes=48", "line");
    no_machine("l1d.ways=3", "l1d");
    no_machine("itlb.ways=7", "itlb");
    no_machine("timebase.hz=2G", "timebase");
}

static void formats_back(void **state)
{
    (void)state;
    struct config c = preset("u54");
    char text[32];
    config_format(&c, config_find("branch.predictor"), text, sizeof text);
    assert_string_equal(text, "btb");
    config_format(&c, config_find("l2.latency"), text, sizeof text);
    assert_string_equal(text, "12");
}

/* Each value, printed and set again, gives the same description. */
static void text_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; preset_name(i); i++) {
        struct config c = preset(preset_name(i)), copy = c;
        for (size_t k = 0; k < config_parameter_count(); k++) {
            const struct parameter *p = config_parameter(k);
            char text[32];
            struct err err;
            config_format(&c, p, text, sizeof text);
            assert_true(config_set(&copy, p->key, text, &err));
        }
        assert_memory_equal(&c, &copy, sizeof c);
    }
}

static void printed_presets_show_value_and_source(void **state)
{
    (void)state;
    char *text;
    size_t bytes;
    FILE *to = open_memstream(&text, &bytes);
    presets_print(to);
    fclose(to);
    assert_non_null(strstr(text, "r4000: "));
    assert_non_null(strstr(text, "assumed"));
    assert_non_null(strstr(text, "SiFive U74 device tree (JH7110)"));
    assert_null(strstr(text, "(null)"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_preset_has_every_value_and_a_source),
        cmocka_unit_test(every_preset_makes_a_machine),
        cmocka_unit_test(the_default_is_what_it_says),
        cmocka_unit_test(set_reaches_the_field),
        cmocka_unit_test(suffixes_multiply),
        cmocka_unit_test(unknown_names_meet_the_nearest),
        cmocka_unit_test(bad_numbers_are_refused),
        cmocka_unit_test(impossible_machines_are_refused),
        cmocka_unit_test(formats_back),
        cmocka_unit_test(text_and_back),
        cmocka_unit_test(printed_presets_show_value_and_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
