/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds a fuzz target the files of its corpus, tests/fuzz/corpus/NAME for the
 * program NAME: what was found once is tried for ever, with any compiler. With
 * arguments: those files instead.
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>

#include "tests/fuzz/target.h"

#include <cmocka.h>

#define INPUT_BYTES (1 << 20)

static int fed;

static void feed(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(INPUT_BYTES);
    if (!f || !data)
        fail_msg("%s: cannot read it", path);
    size_t n = fread(data, 1, INPUT_BYTES, f);
    fclose(f);
    printf("%s\n", path);
    fflush(stdout);
    /* As long as the input: a byte too far is seen by the sanitizer. */
    uint8_t *exact = malloc(n ? n : 1);
    memcpy(exact, data, n);
    free(data);
    assert_int_equal(LLVMFuzzerTestOneInput(exact, n), 0);
    free(exact);
    fed++;
}

static void corpus(void **state)
{
    char directory[300], path[600];
    struct dirent **list;
    (void)state;
    snprintf(directory, sizeof directory, "tests/fuzz/corpus/%s",
             program_invocation_short_name);
    int count = scandir(directory, &list, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, list[i]->d_name);
        if (list[i]->d_name[0] != '.')
            feed(path);
        free(list[i]);
    }
    if (count >= 0)
        free(list);
    assert_true(fed > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(corpus) };
    for (int i = 1; i < argc; i++)
        feed(argv[i]);
    return argc > 1 ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
}
