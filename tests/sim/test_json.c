/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON writer: exact numbers, order of keys, odd text, write errors. */
#include "sim/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct sink {
    char *text;
    size_t size;
    FILE *file;
    struct json j;
};

static void sink_open(struct sink *s)
{
    s->file = open_memstream(&s->text, &s->size);
    assert_non_null(s->file);
    json_begin(&s->j, s->file);
}

static void expect(struct sink *s, const char *text)
{
    struct err err;
    assert_true(json_finish(&s->j, "memory", &err));
    fclose(s->file);
    assert_string_equal(s->text, text);
    free(s->text);
}

static void test_structure(void **state)
{
    (void)state;
    struct sink s;
    sink_open(&s);
    json_object(&s.j);
    json_key(&s.j, "z"), json_u64(&s.j, 1);
    json_key(&s.j, "a");
    json_array_inline(&s.j);
    json_i64(&s.j, -1), json_bool(&s.j, true), json_null(&s.j);
    json_end(&s.j);
    json_key(&s.j, "empty"), json_array(&s.j), json_end(&s.j);
    json_key(&s.j, "list"), json_array(&s.j);
    json_object(&s.j), json_end(&s.j);
    json_end(&s.j);
    json_end(&s.j);
    expect(&s, "{\n  \"z\": 1,\n  \"a\": [-1, true, null],\n"
               "  \"empty\": [],\n  \"list\": [\n    {}\n  ]\n}\n");
}

static void test_numbers(void **state)
{
    (void)state;
    struct sink s;
    sink_open(&s);
    json_array_inline(&s.j);
    json_u64(&s.j, UINT64_MAX);
    json_i64(&s.j, INT64_MIN);
    json_real(&s.j, 0.1);
    json_real(&s.j, 1.0 / 3);
    json_real(&s.j, 100);
    json_real(&s.j, 1e300);
    json_real(&s.j, (double)NAN);
    json_real(&s.j, -INFINITY);
    json_end(&s.j);
    expect(&s, "[18446744073709551615, -9223372036854775808, 0.1, "
               "0.3333333333333333, 100, 1e+300, null, null]\n");
}

static void test_reals_read_back(void **state)
{
    (void)state;
    uint64_t x = 88172645463325252;
    for (int i = 0; i < 20000; i++) {
        double value;
        char text[40];
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        memcpy(&value, &x, sizeof value);
        if (!isfinite(value))
            continue;
        json_format_real(text, sizeof text, value);
        assert_true(strtod(text, NULL) == value);
    }
}

static void test_text(void **state)
{
    (void)state;
    struct sink s;
    sink_open(&s);
    json_array(&s.j);
    json_string(&s.j, "a\"b\\c\n\t\x01\x7f");
    json_string(&s.j, "\xc2\xb5"
                      "Fork");
    json_string(&s.j, "\xff\xc0\x80\xed\xa0\x80");
    json_bytes(&s.j, "a\0b", 3);
    json_end(&s.j);
    expect(&s, "[\n  \"a\\\"b\\\\c\\n\\t\\u0001\\u007f\",\n"
               "  \"\xc2\xb5"
               "Fork\",\n"
               "  \"\\u00ff\\u00c0\\u0080\\u00ed\\u00a0\\u0080\",\n"
               "  \"a\\u0000b\"\n]\n");
}

static void test_full_disk(void **state)
{
    (void)state;
    struct err err;
    struct json j;
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    json_begin(&j, full);
    json_array(&j);
    json_end(&j);
    assert_false(json_finish(&j, "/dev/full", &err));
    assert_int_equal(err.code, EXIT_HOST_RESOURCE);
    assert_non_null(strstr(err.text, "/dev/full"));
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure),       cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_reals_read_back), cmocka_unit_test(test_text),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
