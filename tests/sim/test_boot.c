/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Software of others on the board: Debian's OpenSBI and U-Boot, unmodified,
 * with a disk; and the command that boots them, its script and its exit codes.
 * Under the sanitizers firmware goes to its banner only.
 */
#include "tests/sim/cli_help.h"

#include <libfdt.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <termios.h>

#include "sim/config.h"
#include "sim/devicetree.h"
#include "sim/prompt/prompt.h"
#include "sim/terminal.h"

#if defined(__SANITIZE_ADDRESS__)
#define SLOW 1
#else
#define SLOW 0
#endif

#define OPENSBI   "/usr/lib/riscv64-linux-gnu/opensbi/generic/"
#define UBOOT_S   "/usr/lib/u-boot/qemu-riscv64_smode/"
#define UBOOT_M   "/usr/lib/u-boot/qemu-riscv64/"
#define LIMIT     " --timeout-cycles 6000000000 "
#define TO_PROMPT " --expect 'stop autoboot' --send ' ' --expect '=> ' "

static struct ran r;

static void opensbi_shows_its_banner(void **state)
{
    (void)state;
    static const char *const files[] = { "fw_jump.bin", "fw_jump.elf",
                                         "fw_dynamic.bin", "fw_dynamic.elf" };
    for (size_t i = 0; i < 4; i++) {
        char text[300];
        snprintf(text, sizeof text,
                 "boot --firmware " OPENSBI "%s --kernel " UBOOT_S
                 "u-boot.bin --expect MEDELEG" LIMIT,
                 files[i]);
        expect(&r, text, EXIT_PASSED, "OpenSBI v");
        assert_non_null(strstr(r.text, "Boot HART Base ISA        : rv64imac"));
        assert_non_null(strstr(r.text, "Boot HART PMP Count       : 16"));
        assert_non_null(strstr(r.text, "Shutdown Device  : sifive_test"));
        assert_non_null(strstr(r.text, "Next Address      : 0x0000000080200"));
    }
}

static void u_boot_comes_to_its_prompt(void **state)
{
    (void)state;
    if (SLOW)
        skip();
    expect(&r,
           "boot --firmware " OPENSBI "fw_dynamic.bin --kernel " UBOOT_S
           "u-boot.bin -m 256M" TO_PROMPT
           "--send 'bdinfo\\r' --expect 'devicetree' --expect '=> '" LIMIT,
           EXIT_PASSED, "DRAM:  256 MiB");
    assert_non_null(strstr(r.text, "0x0000000010000000"));
    expect(&r,
           "boot --firmware " OPENSBI "fw_jump.elf --kernel " UBOOT_S
           "uboot.elf" TO_PROMPT
           "--send 'reset\\r' --expect 'OpenSBI' --expect 'autoboot'" LIMIT,
           EXIT_PASSED, "resetting");
    expect(&r,
           "boot --kernel " UBOOT_M "u-boot.bin --append one=1" TO_PROMPT
           "--send 'fdt addr $fdtcontroladdr\\r' --expect '=> ' "
           "--send 'fdt print /chosen\\r' --expect 'one=1' --expect '=> ' "
           "--send 'poweroff\\r'" LIMIT,
           EXIT_PASSED, "poweroff ...");
}

/* The harts that do not boot park in the firmware; the same run twice prints
 * the same clocks. */
static void several_harts_boot(void **state)
{
    static struct ran again;
    static const char *const last = SLOW ? "--expect MEDELEG" : TO_PROMPT;
    (void)state;
    for (int harts = 2; harts <= (SLOW ? 2 : 4); harts += 2) {
        char text[400], count[60], line[60];
        snprintf(text, sizeof text,
                 "boot --firmware " OPENSBI "fw_dynamic.bin --kernel " UBOOT_S
                 "u-boot.bin --harts %d %s" LIMIT,
                 harts, last);
        snprintf(count, sizeof count, "Platform HART Count       : %d", harts);
        expect(&r, text, EXIT_PASSED, count);
        snprintf(line, sizeof line, "%d harts, turns of at most 1000 cycles",
                 harts);
        assert_non_null(strstr(r.text, line));
        snprintf(line, sizeof line, "\n%d  ", harts - 1);
        assert_non_null(strstr(r.text, line));
        if (harts == 2) {
            expect(&again, text, EXIT_PASSED, count);
            assert_string_equal(r.text, again.text);
        }
    }
    if (SLOW)
        skip();
    expect(&r,
           "boot --kernel " UBOOT_M "u-boot.bin --harts 3" TO_PROMPT
           "--send 'poweroff\\r'" LIMIT,
           EXIT_PASSED, "poweroff ...");
}

static void u_boot_reads_the_disk(void **state)
{
    (void)state;
    static uint8_t disk[64 * 512];
    if (SLOW)
        skip();
    for (int i = 0; i < 64; i++)
        sprintf((char *)disk + 512 * i, "this is sector%d", i);
    put_file("disk.img", disk, sizeof disk);
    expect(&r,
           "boot --firmware " OPENSBI "fw_jump.bin --kernel " UBOOT_S
           "u-boot.bin --disk %W/disk.img" TO_PROMPT
           "--send 'virtio scan\\r' --expect '=> ' "
           "--send 'virtio info\\r' --expect '=> ' "
           "--send 'virtio read 84000000 0 40\\r' --expect 'read: OK' "
           "--expect '=> ' --send 'md.b 84007000 10\\r' --expect 'sector56' "
           "--send 'virtio write 84007000 3 1\\r' --expect 'written: OK' "
           "--expect '=> ' --send 'virtio read 85000000 3 1\\r' "
           "--expect 'read: OK' --expect '=> ' "
           "--send 'md.b 85000000 10\\r' --expect 'sector56'" LIMIT,
           EXIT_PASSED, "Capacity: 0.0 MB = 0.0 GB (64 x 512)");
    static uint8_t after[sizeof disk];
    char path[300];
    snprintf(path, sizeof path, "%s/disk.img", work);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fread(after, 1, sizeof after, f), sizeof after);
    fclose(f);
    assert_memory_equal(disk, after, sizeof disk);
}

#define SAY(line) "--send '" line "\\r' --expect '=> ' "

/* A file of a file system on the disk; ls, load, md, bdinfo, help. */
static void reads_a_file(const char *loader, const char *image,
                         const char *listed)
{
    char text[1500];
    snprintf(text, sizeof text,
             "boot %s --disk %%W/%s" TO_PROMPT SAY("help") SAY("virtio scan")
                 SAY("ls virtio 0") SAY("load virtio 0 84000000 hello.txt")
                     SAY("md.b 84000000 12") SAY("bdinfo") LIMIT,
             loader, image);
    expect(&r, text, EXIT_PASSED, listed);
    assert_non_null(strstr(r.text, "md        - memory display"));
    assert_non_null(strstr(r.text, "18 bytes read"));
    assert_non_null(strstr(r.text, "84000010: 65 0a  "));
    assert_non_null(strstr(r.text, "-> size     = 0x0000000008000000"));
}

static void u_boot_lists_file_systems(void **state)
{
    static const char s_mode[] =
        "--firmware " OPENSBI "fw_jump.bin --kernel " UBOOT_S "u-boot.bin";
    static const char m_mode[] = "--kernel " UBOOT_M "u-boot.bin";
    (void)state;
    if (SLOW)
        skip();
    put_text("hello.txt", "hello from a file\n");
    expect(&r,
           "--version && export PATH=$PATH:/usr/sbin && cd %W && mkdir d && "
           "cp hello.txt d && mke2fs -q -t ext4 -d d ext.img 2M && "
           "mkfs.fat -C fat.img 2048 && mcopy -i fat.img hello.txt :: 2>&1",
           EXIT_PASSED, "");
    reads_a_file(s_mode, "ext.img", "18 hello.txt");
    reads_a_file(s_mode, "fat.img", "18   hello.txt");
    reads_a_file(m_mode, "ext.img", "18 hello.txt");
    reads_a_file(m_mode, "fat.img", "18   hello.txt");
}

/* Prints A, waits for a key, prints it and switches off; resets on 'r'. */
static const uint32_t program_talk[] = {
    0x10000437, /* lui s0,0x10000 */
    0x04100313, /* li t1,65 */
    0x00640023, /* sb t1,0(s0) */
    0x00544303, /* lbu t1,5(s0) */
    0x00137313, /* andi t1,t1,1 */
    0xfe030ce3, /* beqz t1,8000000c */
    0x00044303, /* lbu t1,0(s0) */
    0x00640023, /* sb t1,0(s0) */
    0x001002b7, /* lui t0,0x100 */
    0x07200393, /* li t2,'r' */
    0x00005537, /* lui a0,5 */
    0x5555051b, /* addiw a0,a0,1365 */
    0x00731663, /* bne t1,t2,8000003c */
    0x00007537, /* lui a0,7 */
    0x7775051b, /* addiw a0,a0,1911 */
    0x00a2a023, /* sw a0,0(t0) */
};

/* Prints what is typed, for ever. */
static const uint32_t program_echo[] = {
    0x100002b7, /* lui t0,0x10000 */
    0x0052c303, /* lbu t1,5(t0) */
    0x00137313, /* andi t1,t1,1 */
    0xfe030ce3, /* beqz t1,80000004 */
    0x0002c383, /* lbu t2,0(t0) */
    0x00728023, /* sb t2,0(t0) */
    0xfedff06f, /* j 80000004 */
};

static void scripts_and_exit_codes(void **state)
{
    (void)state;
    struct small_elf e = small_elf(program_talk, 16);
    put_file("talk.elf", &e, sizeof e);
    put_file("talk.bin", program_talk, sizeof program_talk);
#define TALK "boot --kernel %W/talk.bin --timeout-cycles 20000000 "
    expect(&r, "boot --kernel %W/talk.elf --expect A", EXIT_PASSED, "A");
    expect(&r, TALK "--send '\\x7a' --expect Az", EXIT_PASSED, "Az");
    expect(&r, TALK "--send z", EXIT_PASSED, "Az");
    /* A reset loads everything again, and empties the UART. */
    expect(&r, TALK "--send r --expect ArA --send q --expect q", EXIT_PASSED,
           "ArAq");
    expect(&r, TALK "--send z --expect B 2>&1", EXIT_CHECK_FAILED,
           "not come to its end: B");
    expect(&r, TALK "--expect B 2>&1", EXIT_CYCLE_LIMIT, "waits for: B");
    expect(&r, TALK "2>&1 </dev/null", EXIT_CYCLE_LIMIT, "20000000 cycles");
    put_text("keys", "k");
    expect(&r, TALK "<%W/keys", EXIT_PASSED, "Ak");
}

static void bad_command_lines(void **state)
{
    (void)state;
    put_text("empty.bin", "");
    put_text("word.bin", "word");
    put_file("talk.bin", program_talk, sizeof program_talk);
    expect_error(&r, "boot", EXIT_USAGE, "--firmware or --kernel");
    expect_error(&r, "boot x", EXIT_USAGE, "--kernel x?");
    expect_error(&r, "boot --kernel %W/none", EXIT_CANNOT_LOAD, "none: cannot");
    expect_error(&r, "boot --kernel %W", EXIT_CANNOT_LOAD, "not a regular");
    expect_error(&r, "boot --kernel %W/empty.bin", EXIT_CANNOT_LOAD, "0 bytes");
    expect_error(&r, "boot --kernel %W/talk.bin --dtb %W/word.bin",
                 EXIT_CANNOT_LOAD, "not a sound device tree");
    expect_error(&r, "boot --kernel %W/talk.bin --disk %W/word.bin",
                 EXIT_CANNOT_LOAD, "multiple of 512");
    expect_error(&r, "boot --kernel %W/talk.bin -m lots", EXIT_USAGE,
                 "ram.bytes");
    expect_error(&r, "boot --kernel %W/talk.bin -m 0", EXIT_USAGE, "ram.bytes");
    expect_error(&r, "boot --kernel %W/talk.bin -m 4K", EXIT_CANNOT_LOAD,
                 "device tree");
    expect_error(&r, "boot --kernel %W/talk.bin --harts 9", EXIT_USAGE,
                 "harts: 9 is out of range; expected 1 to 8");
    expect_error(&r, "boot --kernel %W/talk.bin --harts two", EXIT_USAGE,
                 "harts: 'two' is not a whole number");
    expect_error(&r, "boot --kernel %W/talk.bin --send '\\q'", EXIT_USAGE,
                 "not a text");
    expect_error(&r, "boot --kernel %W/talk.bin --expect ''", EXIT_USAGE,
                 "not a text");
}

static const void *property(const void *blob, const char *path,
                            const char *name, int *bytes)
{
    int node = fdt_path_offset(blob, path);
    assert_true(node >= 0);
    const void *value = fdt_getprop(blob, node, name, bytes);
    assert_non_null(value);
    return value;
}

static void the_tree_describes_the_machine(void **state)
{
    (void)state;
    struct config c;
    struct devicetree t;
    struct err err;
    int n;
    assert_true(config_preset(&c, "u54", &err));
    c.ram_bytes = UINT64_C(5) << 30;
    const struct devicetree_chosen chosen = { .arguments = "a b",
                                              .initrd_start = 0x84000000,
                                              .initrd_end = 0x84000100 };
    assert_true(devicetree_make(&t, &c, &err));
    assert_true(devicetree_choose(&t, &chosen, &err));
    assert_int_equal(fdt_check_full(t.blob, t.bytes), 0);
    const fdt64_t *ram = property(t.blob, "/memory@80000000", "reg", &n);
    assert_int_equal(n, 16);
    assert_int_equal(fdt64_ld(ram), 0x80000000);
    assert_int_equal(fdt64_ld(ram + 1), c.ram_bytes);
    const fdt32_t *hz = property(t.blob, "/cpus", "timebase-frequency", &n);
    assert_int_equal(fdt32_ld(hz), c.timebase_hz);
    assert_string_equal(property(t.blob, "/chosen", "bootargs", &n), "a b");
    const fdt64_t *end = property(t.blob, "/chosen", "linux,initrd-end", &n);
    assert_int_equal(fdt64_ld(end), 0x84000100);
    const char *console = property(t.blob, "/chosen", "stdout-path", &n);
    assert_string_equal(property(t.blob, console, "compatible", &n),
                        "ns16550a");
    const fdt32_t *line =
        property(t.blob, "/soc/virtio_mmio@10008000", "interrupts", &n);
    assert_int_equal(fdt32_ld(line), 8);
    devicetree_free(&t);
}

/* Every hart has a node, and its two lines at both interrupt controllers. */
static void the_tree_has_all_harts(void **state)
{
    (void)state;
    struct config c;
    struct devicetree t;
    struct err err;
    uint32_t phandle[8];
    int n;
    assert_true(config_preset(&c, "u54", &err));
    c.harts = 8;
    assert_true(devicetree_make(&t, &c, &err));
    assert_int_equal(fdt_check_full(t.blob, t.bytes), 0);
    for (unsigned i = 0; i < 8; i++) {
        char path[60];
        snprintf(path, sizeof path, "/cpus/cpu@%u", i);
        assert_int_equal(fdt32_ld(property(t.blob, path, "reg", &n)), i);
        strcat(path, "/interrupt-controller");
        phandle[i] = fdt32_ld(property(t.blob, path, "phandle", &n));
        assert_true(fdt_node_offset_by_phandle(t.blob, phandle[i]) ==
                    fdt_path_offset(t.blob, path));
    }
    static const struct {
        const char *path;
        uint32_t first, second;
    } controllers[] = { { "/soc/clint@2000000", 3, 7 },
                        { "/soc/plic@c000000", 11, 9 } };
    for (size_t k = 0; k < 2; k++) {
        const fdt32_t *cell =
            property(t.blob, controllers[k].path, "interrupts-extended", &n);
        assert_int_equal(n, 8 * 16);
        for (unsigned i = 0; i < 8; i++) {
            assert_int_equal(fdt32_ld(cell + 4 * i), phandle[i]);
            assert_int_equal(fdt32_ld(cell + 4 * i + 1), controllers[k].first);
            assert_int_equal(fdt32_ld(cell + 4 * i + 2), phandle[i]);
            assert_int_equal(fdt32_ld(cell + 4 * i + 3), controllers[k].second);
        }
    }
    devicetree_free(&t);
}

static void the_escape_key(void **state)
{
    (void)state;
    struct terminal_keys k = { 0 };
    char keys[] = "ab\1\1c\1";
    size_t n = 6;
    assert_int_equal(terminal_filter(&k, keys, &n), TERMINAL_NOTHING);
    assert_int_equal(n, 4);
    assert_memory_equal(keys, "ab\1c", 4);
    char more[] = "xyz";
    n = 3;
    assert_int_equal(terminal_filter(&k, more, &n), TERMINAL_LEAVE);
    assert_int_equal(n, 0);
    char prompt[] = "q\1cq";
    n = 4;
    assert_int_equal(terminal_filter(&k, prompt, &n), TERMINAL_PROMPT);
    assert_int_equal(n, 1);
    char help[] = "q\1hq";
    n = 4;
    assert_int_equal(terminal_filter(&k, help, &n), TERMINAL_HELP);
    assert_int_equal(n, 1);
}

/* Waits until the pseudo-terminal has shown `text`. */
static void terminal_shows(int fd, const char *text)
{
    char seen[1000] = "";
    size_t n = 0;
    while (!strstr(seen, text)) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        assert_int_equal(poll(&p, 1, 20000), 1);
        ssize_t got = read(fd, seen + n, sizeof seen - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
        seen[n] = 0;
    }
}

/* A user at a terminal: keys reach the guest, Ctrl-A x leaves, and however it
 * ends the terminal is what it was. last: what the user does; at the prompt,
 * quits. */
static void at_a_terminal(const char *last, int ending, int code)
{
    int master, slave, status;
    char path[100];
    struct termios before, during, after;
    snprintf(path, sizeof path, "%s/echo.bin", work);
    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    assert_int_equal(tcgetattr(slave, &before), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(slave, 0);
        dup2(slave, 1);
        dup2(slave, 2);
        execl(program_path(), "opalite", "boot", "--kernel", path, NULL);
        _exit(99);
    }
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(tcgetattr(slave, &during), 0);
        if (!(during.c_lflag & ECHO))
            break;
        usleep(10000);
    }
    assert_false(during.c_lflag & (ECHO | ICANON | ISIG));
    assert_int_equal(write(master, "hello\3", 6), 6); /* Ctrl-C is a key */
    terminal_shows(master, "hello\3");
    assert_int_equal(write(master, last, strlen(last)), strlen(last));
    if (strcmp(last, "\1c") == 0) {
        terminal_shows(master, "opalite> ");
        assert_int_equal(write(master, "quit\n", 5), 5);
    }
    if (ending)
        kill(child, ending);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status)
                                       : 1000 + WTERMSIG(status),
                     code);
    assert_int_equal(tcgetattr(slave, &after), 0);
    assert_int_equal(after.c_lflag, before.c_lflag);
    assert_int_equal(after.c_iflag, before.c_iflag);
    assert_int_equal(after.c_oflag, before.c_oflag);
    close(master);
    close(slave);
}

/* What the prompt says to a line, and does. */
static void prompt_says(const struct machine *m, const char *line,
                        enum prompt_answer answer, const char *part)
{
    char *text;
    size_t n;
    FILE *to = open_memstream(&text, &n);
    assert_int_equal(prompt_obey(m, line, to), answer);
    fclose(to);
    if (!strstr(text, part))
        fail_msg("%s: expected \"%s\" in:\n%s", line, part, text);
    free(text);
}

static void the_prompt(void **state)
{
    (void)state;
    struct config c;
    struct err err;
    assert_true(config_preset(&c, "u54", &err));
    struct machine *m = machine_new(&c, &err);
    assert_non_null(m);
    assert_true(machine_poke_phys(m, MEM_RAM, "Opalite", 7));
    prompt_says(m, "\n", PROMPT_CONTINUE, "");
    prompt_says(m, " continue \n", PROMPT_CONTINUE, "");
    prompt_says(m, "q\n", PROMPT_LEAVE, "");
    prompt_says(m, "reset\n", PROMPT_RESET, "");
    prompt_says(m, "help\n", PROMPT_STAY, "memory ADDRESS [BYTES]");
    prompt_says(m, "where\n", PROMPT_STAY, "M-mode, cycle 0");
    prompt_says(m, "regi\n", PROMPT_STAY, "pc   0000000080000000");
    prompt_says(m, "figures dtlb.hits\n", PROMPT_STAY, "dtlb.hits");
    prompt_says(m, "figures bogus\n", PROMPT_STAY, "no figure begins");
    prompt_says(m, "m 0x80000000 7\n", PROMPT_STAY, "69 74 65  ");
    prompt_says(m, "m 0x80000000\n", PROMPT_STAY, "Opalite.........\n");
    prompt_says(m, "m 0x10000000\n", PROMPT_STAY, "no RAM there");
    prompt_says(m, "m 0xffffffffffffffff 16\n", PROMPT_STAY, "no RAM there");
    prompt_says(m, "m here\n", PROMPT_STAY, "here: expected a number");
    prompt_says(m, "m 0 5000\n", PROMPT_STAY, "at most 4096");
    prompt_says(m, "m\n", PROMPT_STAY, "expected: memory ADDRESS [BYTES]");
    prompt_says(m, "where now\n", PROMPT_STAY, "expected: where\n");
    prompt_says(m, "quti\n", PROMPT_STAY, "did you mean quit?");
    prompt_says(m, "a b c d e f g h\n", PROMPT_STAY, "no command a");
    machine_free(m);
}

static void the_terminal_is_restored(void **state)
{
    (void)state;
    put_file("echo.bin", program_echo, sizeof program_echo);
    at_a_terminal("\1x", 0, EXIT_PASSED);
    at_a_terminal("\1c", 0, EXIT_PASSED);
    at_a_terminal("", SIGTERM, EXIT_INTERRUPTED);
    at_a_terminal("", SIGHUP, EXIT_INTERRUPTED);
    at_a_terminal("", SIGABRT, 1000 + SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opensbi_shows_its_banner),
        cmocka_unit_test(u_boot_comes_to_its_prompt),
        cmocka_unit_test(several_harts_boot),
        cmocka_unit_test(u_boot_reads_the_disk),
        cmocka_unit_test(u_boot_lists_file_systems),
        cmocka_unit_test(scripts_and_exit_codes),
        cmocka_unit_test(bad_command_lines),
        cmocka_unit_test(the_tree_describes_the_machine),
        cmocka_unit_test(the_tree_has_all_harts),
        cmocka_unit_test(the_escape_key),
        cmocka_unit_test(the_prompt),
        cmocka_unit_test(the_terminal_is_restored),
    };
    return cmocka_run_group_tests(tests, work_open, work_close);
}
