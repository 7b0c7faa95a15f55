/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files: loading, symbols, source lines, HTIF, and every kind of bad file.
 */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/sim/machine_help.h"

#define GUEST_TEST(name) "build/guest/tests/" name ".elf"

static struct elf_file *open_file(const char *path)
{
    struct err err = { 0 };
    struct elf_file *f = elf_file_open(path, &err);
    if (!f)
        fail_msg("%s", err.text);
    return f;
}

/* A whole file in memory, to be damaged. */
static unsigned char *read_file(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    unsigned char *image = malloc(1 << 22);
    *bytes = fread(image, 1, 1 << 22, file);
    fclose(file);
    return image;
}

/* Writes the bytes as a file and checks what opening it says. */
static void refuses(const void *image, size_t bytes, const char *says)
{
    char path[] = "/tmp/opalite-test-XXXXXX";
    int fd = mkstemp(path);
    struct err err = { 0 };
    assert_true(fd >= 0);
    assert_int_equal(write(fd, image, bytes), bytes);
    close(fd);
    assert_null(elf_file_open(path, &err));
    unlink(path);
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    assert_non_null(strstr(err.text, path));
    assert_null(strchr(err.text, '\n'));
}

static void kernel_loads_at_physical_addresses(void **state)
{
    (void)state;
    struct elf_file *f = open_file(GUEST_KERNEL);
    struct bus bus;
    struct err err;
    uint64_t word = 0, address;
    assert_true(bus_init(&bus, MEM_RAM, 1 << 24, &err));
    assert_true(elf_file_load(f, &bus, &err));
    assert_int_equal(f->first_pa, MEM_RAM);
    assert_in_range(f->entry, f->first_pa, f->end_pa);
    assert_true(bus_read(&bus, f->entry, &word, 4));
    assert_int_not_equal(word, 0);
    assert_true(elf_virtual(f, f->entry, &address));
    assert_true(address >> 63);
    assert_true(elf_physical(f, address, &word));
    assert_int_equal(word, f->entry);
    assert_false(elf_physical(f, 0x1234, &word));
    bus_free(&bus);
    elf_file_close(f);
}

static void loading_clears_what_the_file_does_not_hold(void **state)
{
    (void)state;
    struct elf_file *f = open_file(GUEST_KERNEL);
    struct bus bus;
    struct err err;
    assert_true(bus_init(&bus, MEM_RAM, 1 << 24, &err));
    memset(bus_ram(&bus, MEM_RAM, 1 << 24), 0xee, 1 << 24);
    assert_true(elf_file_load(f, &bus, &err));
    for (size_t i = 0; i < f->segment_count; i++) {
        const struct elf_segment *s = &f->segments[i];
        for (uint64_t at = s->file_bytes; at < s->bytes; at++)
            assert_int_equal(*bus_ram(&bus, s->pa + at, 1), 0);
    }
    assert_int_equal(*bus_ram(&bus, f->end_pa, 1), 0xee);
    bus_free(&bus);
    elf_file_close(f);
}

static void segments_outside_ram_are_refused(void **state)
{
    (void)state;
    struct elf_file *f = open_file(GUEST_KERNEL);
    struct bus bus;
    struct err err = { 0 };
    assert_true(bus_init(&bus, MEM_RAM, 8192, &err));
    assert_false(elf_file_load(f, &bus, &err));
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    assert_non_null(strstr(err.text, "outside RAM"));
    bus_free(&bus);
    elf_file_close(f);
}

static void symbols_by_name_and_address(void **state)
{
    (void)state;
    struct elf_file *f = open_file(GUEST_KERNEL);
    const struct elf_symbol *s = elf_symbol_find(f, "kernel_main");
    assert_non_null(s);
    assert_true(s->size > 8);
    assert_ptr_equal(elf_symbol_at(f, s->address), s);
    assert_ptr_equal(elf_symbol_at(f, s->address + s->size - 2), s);
    assert_null(elf_symbol_find(f, "no_such_thing"));
    assert_null(elf_symbol_at(f, 0x10));
    /* A label without a size, in assembly. */
    s = elf_symbol_find(f, "trap_entry");
    assert_non_null(s);
    assert_string_equal(elf_symbol_at(f, s->address + 2)->name, "trap_entry");
    elf_file_close(f);
}

static void source_lines(void **state)
{
    (void)state;
    struct elf_file *f = open_file(GUEST_KERNEL);
    const struct elf_symbol *s = elf_symbol_find(f, "kernel_main");
    const char *file = NULL;
    int line = 0;
    assert_null(f->lines); /* nothing is read before it is asked for */
    assert_true(elf_line_at(f, s->address, &file, &line));
    assert_string_equal(file, "os/kernel/main.c");
    assert_in_range(line, 1, 1000);
    s = elf_symbol_find(f, "trap_entry");
    assert_true(elf_line_at(f, s->address, &file, &line));
    assert_string_equal(file, "os/kernel/trap.S");
    assert_false(elf_line_at(f, 0x10, &file, &line));
    elf_file_close(f);
}

static void not_elf(void **state)
{
    (void)state;
    struct err err = { 0 };
    assert_null(elf_file_open("no/such/file.elf", &err));
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    assert_non_null(strstr(err.text, "no/such/file.elf: cannot open"));
    assert_null(elf_file_open("/tmp", &err));
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    refuses("", 0, "not an ELF file");
    refuses("#!/bin/sh\necho hello\n", 21, "not an ELF file");
    refuses("\177ELF", 4, "truncated");
}

static void foreign_files(void **state)
{
    (void)state;
    size_t bytes;
    unsigned char *image = read_file(GUEST_KERNEL, &bytes);
    Elf64_Ehdr *h = (Elf64_Ehdr *)image;
    h->e_machine = EM_X86_64;
    refuses(image, bytes, "another machine (e_machine 62); expected RISC-V");
    h->e_machine = EM_RISCV;
    h->e_type = ET_REL;
    refuses(image, bytes, "object file");
    h->e_type = ET_CORE;
    refuses(image, bytes, "not a program");
    h->e_type = ET_EXEC;
    h->e_ident[EI_CLASS] = ELFCLASS32;
    refuses(image, bytes, "32-bit");
    h->e_ident[EI_CLASS] = ELFCLASS64;
    h->e_ident[EI_DATA] = ELFDATA2MSB;
    refuses(image, bytes, "big-endian");
    free(image);
}

/* Cut off anywhere, a file is refused or (behind its symbols) still whole; it
 * never crashes us. */
static void truncated_files(void **state)
{
    (void)state;
    size_t bytes;
    unsigned char *image = read_file(GUEST_PROGRAM("hello"), &bytes);
    char path[] = "/tmp/opalite-test-XXXXXX";
    int fd = mkstemp(path);
    size_t refused = 0;
    for (size_t n = 0; n < bytes; n += 1 + bytes / 97) {
        struct err err = { 0 };
        assert_int_equal(pwrite(fd, image, n, 0), n);
        assert_int_equal(ftruncate(fd, (off_t)n), 0);
        struct elf_file *f = elf_file_open(path, &err);
        const char *file;
        int line;
        if (f)
            elf_line_at(f, f->segments[0].va, &file, &line);
        else
            refused++;
        elf_file_close(f);
    }
    close(fd);
    unlink(path);
    assert_true(refused > 10);
    refuses(image, 4200, "truncated");
    free(image);
}

/* Garbage in single bytes of the header and the tables behind it. */
static void damaged_files(void **state)
{
    (void)state;
    size_t bytes;
    unsigned char *image = read_file(GUEST_PROGRAM("hello"), &bytes);
    char path[] = "/tmp/opalite-test-XXXXXX";
    int fd = mkstemp(path);
    for (size_t at = 16; at < 256; at++) {
        unsigned char before = image[at];
        image[at] ^= 0xff;
        assert_int_equal(pwrite(fd, image, bytes, 0), bytes);
        struct elf_file *f = elf_file_open(path, NULL);
        struct machine *m = new_machine("tiny");
        if (f && !elf_file_load(f, &m->bus, NULL))
            elf_symbol_at(f, 0x10000);
        machine_free(m);
        elf_file_close(f);
        image[at] = before;
    }
    close(fd);
    unlink(path);
    free(image);
}

static void htif_passes(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    struct err err = { 0 };
    if (!machine_load_elf(m, GUEST_TEST("alu"), true, &err))
        fail_msg("%s", err.text);
    const struct run_limits limits = { .max_insns = 1000000 };
    assert_int_equal(machine_run(m, &limits), STOP_POWEROFF);
    assert_int_equal(m->exit_value, 0);
    machine_free(m);
}

/* The word at tohost decides, whoever writes it: here as test programs would
 * report failure 3, and print a letter. */
static void htif_fails_and_prints(void **state)
{
    (void)state;
    static const uint32_t store[] = {
        0x00053583, /* ld a1, 0(a0) */
        0x00b63023, /* sd a1, 0(a2) */
        0x0000006f, /* j . */
    };
    const struct {
        uint64_t word;
        enum stop stop;
        const char *console;
    } cases[] = {
        { 3 << 1 | 1, STOP_FAIL, "" },
        { 0x0101000000000041, STOP_BUDGET, "A" },
        { 1, STOP_POWEROFF, "" },
    };
    for (size_t i = 0; i < 3; i++) {
        struct machine *m = new_machine("u54");
        size_t n;
        uint64_t left;
        PUT_PROGRAM(m, store);
        m->htif = (struct htif){ .on = true, .tohost = MEM_RAM + 0x1000 };
        assert_true(machine_poke_phys(m, MEM_RAM + 0x2000, &cases[i].word, 8));
        m->now->cpu.x[10] = MEM_RAM + 0x2000;
        m->now->cpu.x[12] = MEM_RAM + 0x1000;
        assert_int_equal(
            machine_run(m, &(struct run_limits){ .max_insns = 50 }),
            cases[i].stop);
        assert_string_equal(machine_console(m, &n), cases[i].console);
        assert_true(machine_peek_phys(m, m->htif.tohost, &left, 8));
        if (cases[i].console[0])
            assert_int_equal(left, 0); /* taken */
        else
            assert_int_equal(m->exit_value, cases[i].word >> 1);
        machine_free(m);
    }
}

static void htif_needs_its_symbol(void **state)
{
    (void)state;
    struct machine *m = new_machine("u54");
    struct err err = { 0 };
    assert_false(machine_load_elf(m, GUEST_KERNEL, true, &err));
    assert_int_equal(err.code, EXIT_CANNOT_LOAD);
    assert_non_null(strstr(err.text, "tohost"));
    machine_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernel_loads_at_physical_addresses),
        cmocka_unit_test(loading_clears_what_the_file_does_not_hold),
        cmocka_unit_test(segments_outside_ram_are_refused),
        cmocka_unit_test(symbols_by_name_and_address),
        cmocka_unit_test(source_lines),
        cmocka_unit_test(not_elf),
        cmocka_unit_test(foreign_files),
        cmocka_unit_test(truncated_files),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(htif_passes),
        cmocka_unit_test(htif_fails_and_prints),
        cmocka_unit_test(htif_needs_its_symbol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
