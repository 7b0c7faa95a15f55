/* SPDX-License-Identifier: Apache-2.0 */
/* Who is who: records from hints, look-ups, names of code addresses. */
#include <stdio.h>

#include "tests/sim/machine_help.h"

#define TEXT_BASE 0x40000000

static void tell(struct registry *r, enum hint hint, struct hint_record record,
                 const char *name, uint64_t cycle)
{
    snprintf(record.name, sizeof record.name, "%s", name);
    registry_hint(r, hint, &record, cycle, 7, record.domain + 100);
}

static void domains_live_and_end(void **state)
{
    (void)state;
    struct registry r = { 0 };
    char buffer[32];
    tell(&r, HINT_DOMAIN_NEW, (struct hint_record){ .domain = 3 }, "alice", 10);
    assert_string_equal(registry_domain(&r, 3)->name, "alice");
    assert_int_equal(registry_domain_of_key(&r, 103), 3);
    assert_int_equal(registry_domain_of_key(&r, 104), 0);
    tell(&r, HINT_DOMAIN_END, (struct hint_record){ .domain = 3 }, "", 20);
    assert_false(registry_domain(&r, 3)->live);
    assert_int_equal(registry_domain(&r, 3)->ended, 20);
    assert_int_equal(registry_domain_of_key(&r, 103), 0);
    /* The id is used again: the living one is meant. */
    tell(&r, HINT_DOMAIN_NEW, (struct hint_record){ .domain = 3 }, "bob", 30);
    assert_string_equal(registry_domain(&r, 3)->name, "bob");
    assert_string_equal(registry_domain_named(&r, "alice")->name, "alice");
    assert_null(registry_domain(&r, 4));
    assert_string_equal(registry_domain_name(&r, 3, buffer, 32), "bob");
    assert_string_equal(registry_domain_name(&r, 0, buffer, 32), "kernel");
    assert_string_equal(registry_domain_name(&r, 9, buffer, 32), "domain 9");
    registry_free(&r);
}

static void segments_are_found_by_address(void **state)
{
    (void)state;
    struct registry r = { 0 };
    uint64_t offset = 99;
    tell(&r, HINT_SEGMENT_NEW,
         (struct hint_record){ .object = 0x10000, .a = 0x1000 }, "page", 1);
    const struct registry_segment *s =
        registry_segment_at(&r, 1, 0x10fff, &offset);
    assert_string_equal(s->name, "page");
    assert_int_equal(offset, 0xfff);
    assert_null(registry_segment_at(&r, 1, 0x11000, &offset));
    assert_null(registry_segment_at(&r, 1, 0xffff, &offset));
    registry_free(&r);
}

/* In a MAS each domain may see a segment elsewhere. */
static void domains_see_segments_at_their_own_address(void **state)
{
    (void)state;
    struct registry r = { 0 };
    uint64_t offset;
    tell(&r, HINT_SEGMENT_NEW,
         (struct hint_record){ .object = 0x10000, .a = 0x1000 }, "one", 1);
    tell(&r, HINT_SEGMENT_NEW,
         (struct hint_record){ .object = 0x20000, .a = 0x1000 }, "two", 1);
    tell(&r, HINT_RIGHTS,
         (struct hint_record){
             .domain = 5, .object = 0x10000, .a = RIGHT_R, .c = 0x20000 },
         "", 2);
    assert_string_equal(registry_segment_at(&r, 5, 0x20010, &offset)->name,
                        "one");
    assert_int_equal(offset, 0x10);
    assert_string_equal(registry_segment_at(&r, 6, 0x20010, &offset)->name,
                        "two");
    registry_free(&r);
}

static void rights_remember_their_last_change(void **state)
{
    (void)state;
    struct registry r = { 0 };
    r.thread = 44;
    tell(&r, HINT_SEGMENT_NEW,
         (struct hint_record){ .object = 0x10000, .a = 0x1000 }, "page", 1);
    struct hint_record h = { .domain = 5, .object = 0x10000, .c = 0x10000 };
    h.a = RIGHT_R | RIGHT_W;
    tell(&r, HINT_RIGHTS, h, "", 10);
    h.b = h.a;
    h.a = RIGHT_R;
    tell(&r, HINT_RIGHTS, h, "", 20);
    const struct registry_right *right = registry_right(&r, 5, 0x10000);
    assert_int_equal(right->rights, RIGHT_R);
    assert_int_equal(right->before, RIGHT_R | RIGHT_W);
    assert_int_equal(right->changed, 20);
    assert_int_equal(right->by_domain, 7);
    assert_int_equal(right->by_thread, 44);
    assert_int_equal(r.right_count, 1);
    h.b = RIGHT_R;
    h.a = 0;
    h.c = 0; /* detached: the address it had stays known */
    tell(&r, HINT_RIGHTS, h, "", 30);
    right = registry_right(&r, 5, 0x10000);
    assert_int_equal(right->rights, 0);
    assert_int_equal(right->address, 0x10000);
    tell(&r, HINT_SEGMENT_END, (struct hint_record){ .object = 0x10000 }, "",
         40);
    assert_null(registry_right(&r, 5, 0x10000));
    assert_int_equal(registry_segment(&r, 0x10000)->ended, 40);
    registry_free(&r);
}

/* Ten thousand of everything come and go: the tables stay small. */
static void what_ended_is_forgotten_in_time(void **state)
{
    (void)state;
    struct registry r = { 0 };
    for (uint64_t i = 1; i <= 10000; i++) {
        struct hint_record h = { .domain = i, .object = i << 12, .a = 4096 };
        tell(&r, HINT_DOMAIN_NEW, h, "d", i);
        tell(&r, HINT_SEGMENT_NEW, h, "s", i);
        tell(&r, HINT_RIGHTS, h, "", i);
        tell(&r, HINT_THREAD_NEW, h, "t", i);
        tell(&r, HINT_THREAD_END, h, "", i);
        tell(&r, HINT_SEGMENT_END, h, "", i);
        tell(&r, HINT_DOMAIN_END, h, "", i);
    }
    assert_in_range(r.domain_count, 1, 100);
    assert_in_range(r.segment_count, 1, 100);
    assert_in_range(r.thread_count, 1, 100);
    assert_int_equal(r.right_count, r.rights_spare.count);
    assert_int_equal(registry_domain(&r, 10000)->ended, 10000);
    assert_null(registry_domain(&r, 1));
    registry_free(&r);
}

enum { DOMAINS = 20, SEGMENTS = 30, STEPS = 50000 };

static uint64_t random_below(uint64_t *seed, uint64_t n)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (*seed >> 33) % n;
}

/* The rights of a domain, walked, are those that `has` knows. */
static void check_rights(const struct registry *r, uint32_t domain,
                         const uint8_t *has)
{
    size_t listed = 0, known = 0;
    const struct registry_right *a = NULL;
    while ((a = registry_rights_of(r, domain, a))) {
        assert_int_equal(a->domain, domain);
        assert_int_equal(a->rights + 1, has[a->base >> 16]);
        listed++;
    }
    for (uint64_t i = 1; i <= SEGMENTS; i++) {
        a = registry_right(r, domain, i << 16);
        assert_true((a != NULL) == (has[i] != 0));
        known += a != NULL;
    }
    assert_int_equal(listed, known);
}

/* Domains and segments come and go in any order, rights with them. has: the
 * rights + 1, 0 = no record. */
static void rights_go_with_domain_and_segment(void **state)
{
    (void)state;
    static uint8_t has[DOMAINS + 1][SEGMENTS + 1];
    struct registry r = { 0 };
    uint64_t seed = 1;
    for (uint64_t n = 1; n <= STEPS; n++) {
        uint32_t d = 1 + (uint32_t)random_below(&seed, DOMAINS);
        uint64_t i = 1 + random_below(&seed, SEGMENTS);
        struct hint_record h = { .domain = d, .object = i << 16, .a = 1 << 16 };
        switch (random_below(&seed, 16)) {
        case 0:
            tell(&r, HINT_DOMAIN_END, h, "", n);
            tell(&r, HINT_DOMAIN_NEW, h, "d", n);
            memset(has[d], 0, sizeof has[d]);
            break;
        case 1:
            tell(&r, HINT_SEGMENT_NEW, h, "s", n);
            tell(&r, HINT_SEGMENT_END, h, "", n);
            for (int k = 1; k <= DOMAINS; k++)
                has[k][i] = 0;
            break;
        default:
            h.a = random_below(&seed, 8);
            tell(&r, HINT_RIGHTS, h, "", n);
            has[d][i] = (uint8_t)(h.a + 1);
        }
        check_rights(&r, d, has[d]);
    }
    assert_in_range(r.right_count, 1, DOMAINS * SEGMENTS);
    registry_free(&r);
}

static void programs_give_names_to_code(void **state)
{
    (void)state;
    struct registry r = { 0 };
    struct err err;
    struct place_name place;
    char text[200];
    uint64_t address;
    r.kernel = elf_file_open(GUEST_KERNEL, &err);
    registry_add_file(&r, "hello.elf", GUEST_PROGRAM("hello"));
    struct elf_file *f = elf_file_open(GUEST_PROGRAM("hello"), &err);
    uint64_t first = f->segments[0].va;
    uint64_t main_at = elf_symbol_find(f, "main")->address;
    elf_file_close(f);
    tell(&r, HINT_PROGRAM_LOADED,
         (struct hint_record){
             .object = 1, .a = TEXT_BASE, .b = 0x1000, .c = TEXT_BASE - first },
         "hello.elf", 1);
    uint64_t pc = main_at + TEXT_BASE - first;
    assert_true(registry_place(&r, pc + 4, &place));
    assert_string_equal(place.program, "hello.elf");
    assert_string_equal(place.function, "main");
    assert_int_equal(place.offset, 4);
    assert_string_equal(place.file, "os/user/programs/hello.c");
    registry_place_text(&r, pc, text, sizeof text);
    assert_non_null(strstr(text, "hello.elf: main (os/user/programs/hello.c:"));
    assert_true(registry_symbol(&r, "hello:main", &address));
    assert_int_equal(address, pc);
    assert_true(registry_symbol(&r, "hello.elf:main", &address));
    assert_true(registry_symbol(&r, "kernel:kernel_main", &address));
    assert_false(registry_symbol(&r, "pong:main", &address));
    assert_false(registry_symbol(&r, "hello:no_such", &address));
    registry_place_text(&r, address, text, sizeof text);
    assert_non_null(strstr(text, "kernel.elf: kernel_main"));
    registry_place_text(&r, 0x7777, text, sizeof text);
    assert_string_equal(text, "0x7777");
    registry_free(&r);
}

/* Before translation is on the kernel runs at its physical address. */
static void physical_addresses_of_the_kernel_have_names(void **state)
{
    (void)state;
    struct registry r = { 0 };
    struct err err;
    struct place_name place;
    r.kernel = elf_file_open(GUEST_KERNEL, &err);
    assert_true(registry_place(&r, r.kernel->entry, &place));
    assert_string_equal(place.function, "_start");
    registry_free(&r);
}

static void a_running_kernel_fills_it(void **state)
{
    (void)state;
    static const char *const programs[] = { GUEST_PROGRAM("hello") };
    for (size_t i = 0; machine_personality(i); i++) {
        struct machine *m =
            boot_machine(machine_personality(i)->name, programs, 1);
        uint32_t id = start_program(m, "alice", "hello", 1);
        const struct registry *r = &m->registry;
        assert_string_equal(registry_domain(r, id)->name, "alice");
        assert_ptr_equal(registry_domain_named(r, "alice"),
                         registry_domain(r, id));
        int64_t base =
            kernel_call(m, SYS_segment_create, "page", 8192, 0, 0, 0);
        assert_int_equal(registry_segment(r, (uint64_t)base)->bytes, 8192);
        assert_int_equal(kernel_call(m, SYS_segment_attach, NULL, id,
                                     (uint64_t)base, RIGHT_R, 0),
                         base);
        assert_int_equal(registry_right(r, id, (uint64_t)base)->rights,
                         RIGHT_R);
        assert_true(r->program_count == 1 && r->programs[0].file);
        kernel_call(m, SYS_segment_destroy, NULL, (uint64_t)base, 0, 0, 0);
        assert_false(registry_segment(r, (uint64_t)base)->live);
        machine_free(m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(domains_live_and_end),
        cmocka_unit_test(segments_are_found_by_address),
        cmocka_unit_test(domains_see_segments_at_their_own_address),
        cmocka_unit_test(rights_remember_their_last_change),
        cmocka_unit_test(what_ended_is_forgotten_in_time),
        cmocka_unit_test(rights_go_with_domain_and_segment),
        cmocka_unit_test(programs_give_names_to_code),
        cmocka_unit_test(physical_addresses_of_the_kernel_have_names),
        cmocka_unit_test(a_running_kernel_fills_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
