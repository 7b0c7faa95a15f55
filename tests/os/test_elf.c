/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's reader of program files, compiled for the host: our own programs
 * are accepted, everything else is refused, and no file, however broken, makes
 * it read outside the file (the asan variant sees that).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "os/kernel/elf.c"

#define PROGRAM  "build/guest/programs/handler.elf"
#define POINTERS "build/guest/programs/pointers.elf"

struct file {
    uint8_t *data;
    uint64_t bytes;
};

static struct file file_load(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct file file;
    long end;

    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    end = ftell(f);
    assert_true(end > 0);
    rewind(f);
    file.bytes = (uint64_t)end;
    file.data = malloc(file.bytes);
    assert_non_null(file.data);
    assert_int_equal(fread(file.data, 1, file.bytes, f), file.bytes);
    fclose(f);
    return file;
}

static struct elf_header *header_of(const struct file *file)
{
    return (struct elf_header *)(void *)file->data;
}

/* The program header of a type; the test fails if there is none. */
static struct elf_program_header *segment_of(const struct file *file,
                                             uint32_t type)
{
    struct elf_header *h = header_of(file);

    for (unsigned i = 0; i < h->program_header_count; i++) {
        struct elf_program_header *p =
            (struct elf_program_header *)(void *)(file->data +
                                                  h->program_headers +
                                                  i * sizeof *p);
        if (p->type == type)
            return p;
    }
    fail_msg("no program header of type %u", type);
    return NULL;
}

static bool is_accepted(const struct file *file)
{
    struct elf_image image;

    return elf_read(&image, file->data, file->bytes);
}

/* An exact copy of `bytes` bytes on the heap, so that asan guards its end. */
static bool prefix_is_accepted(const struct file *file, uint64_t bytes)
{
    struct elf_image image;
    uint8_t *copy = malloc(bytes ? bytes : 1);
    bool accepted;

    assert_non_null(copy);
    memcpy(copy, file->data, bytes);
    accepted = elf_read(&image, copy, bytes);
    free(copy);
    return accepted;
}

static void test_own_programs_are_accepted(void **state)
{
    static const char *const names[] = { "hello", "toucher", "handler",
                                         "script", "graph_walk" };
    char path[128];

    (void)state;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "build/guest/programs/%s.elf", names[i]);
        struct file file = file_load(path);
        struct elf_image image;

        assert_true(elf_read(&image, file.data, file.bytes));
        assert_int_equal(image.data.memory_bytes, 0);
        assert_int_equal(image.entry, image.text.address);
        free(file.data);
    }
}

/* Three statics with a value, one that starts as zero. */
static void test_statics_are_found(void **state)
{
    struct file file = file_load(POINTERS);
    struct elf_image image;

    (void)state;
    assert_true(elf_read(&image, file.data, file.bytes));
    assert_int_equal(image.statics.file_bytes, 3 * 8);
    assert_in_range(image.statics.memory_bytes, 4 * 8, 4 * 8 + 15);
    free(file.data);
}

/* What a visitor saw. */
struct seen {
    uint64_t count;
    uint64_t last_offset, last_value;
};

static bool see(void *context, uint64_t offset, uint64_t value)
{
    struct seen *seen = context;

    seen->count++;
    seen->last_offset = offset;
    seen->last_value = value;
    return true;
}

/* `pointers` keeps a table of strings: constants with absolute pointers. */
static void test_absolute_pointers_are_visited(void **state)
{
    struct file file = file_load(POINTERS);
    struct elf_image image;
    struct seen seen = { 0, 0, 0 };

    (void)state;
    assert_true(elf_read(&image, file.data, file.bytes));
    assert_true(elf_visit_pointers(&image, see, &seen));
    assert_in_range(seen.count, 5, 9);
    assert_true(seen.last_offset < image.text.memory_bytes);
    assert_in_range(seen.last_value, image.text.address,
                    image.text.address + image.text.memory_bytes - 1);
    free(file.data);
}

static void test_foreign_headers_are_refused(void **state)
{
    struct file file = file_load(PROGRAM);
    struct elf_header *h = header_of(&file);
    struct elf_header good = *h;

    (void)state;
    h->identity[0] = 0x7e;
    assert_false(is_accepted(&file));
    *h = good, h->identity[4] = 1; /* 32 bits */
    assert_false(is_accepted(&file));
    *h = good, h->identity[5] = 2; /* big-endian */
    assert_false(is_accepted(&file));
    *h = good, h->machine = 62; /* another machine */
    assert_false(is_accepted(&file));
    *h = good, h->type = 3; /* a shared object */
    assert_false(is_accepted(&file));
    *h = good, h->flags |= 4; /* hard float */
    assert_false(is_accepted(&file));
    *h = good, h->entry = 0;
    assert_false(is_accepted(&file));
    *h = good, h->entry |= 1;
    assert_false(is_accepted(&file));
    *h = good, h->program_header_count = 0;
    assert_false(is_accepted(&file));
    *h = good, h->program_headers = UINT64_MAX - 8;
    assert_false(is_accepted(&file));
    *h = good, h->section_headers = UINT64_MAX - 8;
    assert_false(is_accepted(&file));
    *h = good;
    assert_true(is_accepted(&file));
    free(file.data);
}

static void test_bad_parts_are_refused(void **state)
{
    struct file file = file_load(PROGRAM);
    struct elf_program_header *load = segment_of(&file, PT_LOAD);
    struct elf_program_header *tls = segment_of(&file, PT_TLS);
    struct elf_program_header good = *load;
    struct elf_program_header good_tls = *tls;

    (void)state;
    load->flags = PF_R | PF_W | PF_X;
    assert_false(is_accepted(&file));
    *load = good, load->memory_bytes += 8; /* text with a zero tail */
    assert_false(is_accepted(&file));
    *load = good, load->file_bytes = load->memory_bytes = UINT64_MAX;
    assert_false(is_accepted(&file));
    *load = good, load->offset = UINT64_MAX;
    assert_false(is_accepted(&file));
    *load = good, load->address += 8;
    assert_false(is_accepted(&file));
    *load = good, load->address = UINT64_MAX - 4095;
    assert_false(is_accepted(&file));
    *load = good, load->type = PT_INTERP;
    assert_false(is_accepted(&file));
    *load = good;
    tls->file_bytes = 8, tls->memory_bytes = 8, tls->address = 0;
    assert_false(is_accepted(&file));
    *tls = good_tls, tls->memory_bytes = UINT64_MAX;
    assert_false(is_accepted(&file));
    *tls = good_tls, tls->align = 8192;
    assert_false(is_accepted(&file));
    *tls = good_tls;
    assert_true(is_accepted(&file));
    free(file.data);
}

static void test_every_truncation_is_refused(void **state)
{
    struct file file = file_load(PROGRAM);

    (void)state;
    for (uint64_t bytes = 0; bytes < file.bytes; bytes++)
        assert_false(prefix_is_accepted(&file, bytes));
    assert_true(prefix_is_accepted(&file, file.bytes));
    free(file.data);
}

/* Random bytes in the headers and relocations: any answer, but no stray read,
 * and an accepted image lies within the file. */
static void test_random_damage_is_survived(void **state)
{
    struct file file = file_load(PROGRAM);
    uint8_t *copy = malloc(file.bytes);
    uint64_t random = 88172645463325252u;
    unsigned accepted = 0;

    (void)state;
    assert_non_null(copy);
    for (unsigned round = 0; round < 2000; round++) {
        struct elf_image image;

        memcpy(copy, file.data, file.bytes);
        for (unsigned i = 0; i < 1 + round % 4; i++) {
            uint64_t at;

            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            /* half of the damage in the ELF and program headers */
            at = random >> 32 & 1 ? random % file.bytes : random % 232;
            copy[at] = (uint8_t)(random >> 40);
        }
        if (!elf_read(&image, copy, file.bytes))
            continue;
        accepted++;
        assert_true(image.text.offset + image.text.file_bytes <= file.bytes);
        assert_true(image.entry - image.text.address < image.text.memory_bytes);
    }
    assert_in_range(accepted, 1, 1999);
    free(copy);
    free(file.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_programs_are_accepted),
        cmocka_unit_test(test_statics_are_found),
        cmocka_unit_test(test_absolute_pointers_are_visited),
        cmocka_unit_test(test_foreign_headers_are_refused),
        cmocka_unit_test(test_bad_parts_are_refused),
        cmocka_unit_test(test_every_truncation_is_refused),
        cmocka_unit_test(test_random_damage_is_survived),
    };

    return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
