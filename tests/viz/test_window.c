// SPDX-License-Identifier: Apache-2.0
/*
 * opalite-gui with a real machine: pictures without a display, and the real
 * window under Xvfb, driven by xdotool with keys and pointer. The window keeps
 * its text in a file (--dump), which is read until it says what it should, so
 * the deadline is only for a test that fails.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cairo.h>
#include <cmocka.h>

#include "mmu/err.h"
#include "viz/canvas/theme.h"

enum { DEADLINE = 60, CELL_WIDTH = 8, CELL_HEIGHT = 17, MARGIN = 3 };

static const char live[] = "tests/viz/live.lua";

static const char *build(void)
{
    const char *path = getenv("OPALITE_BUILD");

    assert_non_null(path);
    return path;
}

/* Standard output and error of a shell command, freed by the caller. */
PRINTF_LIKE(2, 3)
static char *run(int *code, const char *format, ...)
{
    char command[1200];
    char *text = calloc(1, 400000);
    va_list list;

    va_start(list, format);
    vsnprintf(command, sizeof command, format, list);
    va_end(list);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(text);
    text[fread(text, 1, 399999, f)] = 0;
    int status = pclose(f);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return text;
}

static void has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("\"%s\" is not in:\n%s", wanted, text);
}

static char *read_file(const char *path, size_t *bytes)
{
    FILE *f = fopen(path, "rb");
    char *text = calloc(1, 4 << 20);

    assert_non_null(text);
    *bytes = 0;
    if (f) {
        *bytes = fread(text, 1, (4 << 20) - 1, f);
        fclose(f);
    }
    return text;
}

/* A folder of this test's own. */
static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/opalite-window-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
    char command[120];

    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : -1;
}

/* ---- pictures
 * -----------------------------------------------------------------
 */

/* Draws name (its ending says what) in the folder; returns its bytes. */
static char *picture(const char *name, const char *options, size_t *bytes)
{
    char path[200];
    int code;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    char *says = run(&code,
                     "env -u DISPLAY -u WAYLAND_DISPLAY "
                     "LSAN_OPTIONS=print_suppressions=0 %s/opalite-gui %s "
                     "--screenshot %s %s 2>&1",
                     build(), live, path, options);
    assert_string_equal(says, "");
    assert_int_equal(code, 0);
    free(says);
    return read_file(path, bytes);
}

static void pictures_need_no_display(void **state)
{
    static const struct {
        const char *name, *begins;
    } kinds[] = { { "a.png", "\x89PNG" },
                  { "a.svg", "<?xml" },
                  { "a.pdf", "%PDF" },
                  { "a.txt", " bob/script.elf" } };
    size_t bytes;

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char *text = picture(kinds[i].name, "--at fault:1", &bytes);
        assert_true(bytes > 500);
        assert_memory_equal(text, kinds[i].begins, strlen(kinds[i].begins));
        free(text);
    }
}

static void the_same_moment_is_the_same_picture(void **state)
{
    size_t one, two;
    char *a = picture("a.png", "--at cycle:150000 --panel time", &one);
    char *b = picture("b.png", "--at cycle:150000 --panel time", &two);

    (void)state;
    assert_int_equal(one, two);
    assert_memory_equal(a, b, one);
    free(a);
    free(b);
}

static void a_picture_has_its_size_and_theme(void **state)
{
    char path[200];
    size_t bytes;

    (void)state;
    free(picture("p.png", "--size 900x500 --theme light --scale 75", &bytes));
    snprintf(path, sizeof path, "%s/p.png", folder);
    cairo_surface_t *s = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_image_surface_get_width(s), 900);
    assert_int_equal(cairo_image_surface_get_height(s), 500);
    const uint32_t *pixel =
        (const uint32_t *)(void *)cairo_image_surface_get_data(s);
    assert_int_equal(pixel[0] & 0xffffff, theme_light.window);
    cairo_surface_destroy(s);
}

/* What a picture says is what `opalite run` measures. */
static void a_picture_of_the_end_agrees_with_run(void **state)
{
    size_t bytes;
    int code;
    char wanted[64];
    char *text = picture("end.txt", "--at end --panel text", &bytes);
    char *json = run(&code, "%s/opalite run -q %s --json -", build(), live);
    char *at = strstr(json, "\"cycles\":");

    (void)state;
    assert_non_null(at);
    unsigned long long n = strtoull(at + 9, NULL, 10);
    snprintf(wanted, sizeof wanted, "cycle %llu,%03llu ", n / 1000, n % 1000);
    has(text, wanted);
    has(text, "ENDED");
    has(text, "✓ bob reads what alice wrote");
    has(text, "○ asked to fail");
    has(text, "the story is over");
    free(text);
    free(json);
}

static void each_panel_can_be_drawn(void **state)
{
    static const char *const panels[] = {
        "code",     "access", "registers", "TLB",     "protection", "caches",
        "map",      "rights", "fault",     "events",  "timeline",   "cycles",
        "switches", "ratios", "notes",     "console", "compare",    "graph"
    };
    char options[80];
    size_t bytes;

    (void)state;
    for (size_t i = 0; i < sizeof panels / sizeof panels[0]; i++) {
        snprintf(options, sizeof options, "--at fault:1 --panel %s", panels[i]);
        char *text = picture("panel.txt", options, &bytes);
        snprintf(options, sizeof options, "\n  %s", panels[i]);
        has(text, options); /* its title */
        free(text);
    }
}

/* An address is explained without being touched. */
static void an_address_is_explained(void **state)
{
    size_t bytes;
    char *text = picture("x.txt",
                         "--at fault:1 --panel access --keys ':explain page "
                         "alice w<enter>'",
                         &bytes);

    (void)state;
    has(text, "store of 8 bytes at 10000000 = page + 0x0");
    has(text, "alice, user mode, needs w");
    has(text, "It would be allowed");
    has(text, "you asked: nothing happens");
    free(text);
}

static void wrong_use_is_one_line(void **state)
{
    static const struct {
        const char *options, *says;
        int code;
    } wrong[] = {
        { "--screenshot a.jpg", "ends in .png", EXIT_USAGE },
        { "--screenshot /nonexistent/a.png", "/nonexistent/a.png",
          EXIT_HOST_RESOURCE },
        { "--screenshot a.png --at soon", "--at: soon: expected", EXIT_USAGE },
        { "--screenshot a.png --at cycle:-1", "expected", EXIT_USAGE },
        { "--screenshot a.png --at fault:9", "before fault number 9",
          EXIT_USAGE },
        { "--screenshot a.png --at cycle:99999999", "scenario ended at",
          EXIT_USAGE },
        { "--screenshot a.png --panel zebra", "no such panel", EXIT_USAGE },
        { "--screenshot a.png --size 0x9", "expected WxH", EXIT_USAGE },
        { "--screenshot a.png --size 99999x9", "expected WxH", EXIT_USAGE },
        { "--screenshot a.png --theme red", "dark or light", EXIT_USAGE },
        { "--screenshot a.png --scale 10", "75 to 300", EXIT_USAGE },
        { "--screenshot a.png --keys '<nokey>'", "<nokey>", EXIT_USAGE },
        { "", "no window can be opened", EXIT_HOST_RESOURCE },
    };
    int code;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *text = run(&code,
                         "env -u DISPLAY -u WAYLAND_DISPLAY -u "
                         "SDL_VIDEODRIVER ASAN_OPTIONS=detect_leaks=0 "
                         "%s/opalite-gui %s %s 2>&1",
                         build(), live, wrong[i].options);
        has(text, wrong[i].says);
        assert_int_equal(code, wrong[i].code);
        free(text);
    }
    char *text = run(&code,
                     "env -u WAYLAND_DISPLAY DISPLAY=:9999 "
                     "ASAN_OPTIONS=detect_leaks=0 %s/opalite-gui %s "
                     "2>&1",
                     build(), live);
    has(text, "no window can be opened");
    assert_int_equal(code, EXIT_HOST_RESOURCE);
    free(text);
}

/* ---- the real window
 * ------------------------------------------------------------
 */

static pid_t server, window;
static int display;
static char dump[4 << 20]; /* the screen as last read */

static void nap(int ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

    nanosleep(&t, NULL);
}

/* The server can be reached: another one, that is just ending, may have held
 * its number. */
static bool answers(void)
{
    char command[100];

    snprintf(command, sizeof command,
             "DISPLAY=:%d xdotool getmouselocation >/dev/null 2>&1", display);
    for (int i = 0; i < 50; i++) {
        if (system(command) == 0)
            return true;
        nap(100);
    }
    return false;
}

static void end_process(pid_t *p, int *code)
{
    int status = 0;

    if (*p > 0) {
        kill(*p, SIGTERM);
        waitpid(*p, &status, 0);
    }
    *p = 0;
    if (code)
        *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A server says its number when it is ready. */
static bool try_server(void)
{
    int ends[2];
    char number[16] = "";

    if (pipe(ends) != 0)
        return false;
    server = fork();
    if (server == 0) {
        char fd[12];
        close(ends[0]);
        snprintf(fd, sizeof fd, "%d", ends[1]);
        if (!freopen("/dev/null", "w", stderr))
            _exit(126);
        execlp("Xvfb", "Xvfb", "-displayfd", fd, "-screen", "0", "1280x720x24",
               "-nolisten", "tcp", "-noreset", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], number, sizeof number - 1);
    close(ends[0]);
    display = atoi(number);
    return n > 0 && answers();
}

/* One of its own. Two that start at once may take the same number, also when
 * one of them is in another root: then once more. */
static int start_server(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    for (int tries = 0; tries < 10; tries++) {
        if (try_server())
            return 0;
        end_process(&server, NULL);
        nap(200 * tries);
    }
    return -1;
}

static int stop_server(void **state)
{
    end_process(&window, NULL);
    end_process(&server, NULL);
    return drop_folder(state);
}

/* opalite-gui with options, its settings in the test's folder. */
static void open_window(const char *scenario, const char *theme)
{
    char number[20], program[300], screen[100];

    snprintf(screen, sizeof screen, "%s/screen.txt", folder);
    unlink(screen);
    snprintf(program, sizeof program, "%s/opalite-gui", build());
    window = fork();
    if (window == 0) {
        snprintf(number, sizeof number, ":%d", display);
        setenv("DISPLAY", number, 1);
        setenv("XDG_CONFIG_HOME", folder, 1);
        unsetenv("WAYLAND_DISPLAY");
        /* X and its helpers keep memory until the process ends */
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
        execl(program, program, scenario, "--dump", screen,
              theme ? "--theme" : (char *)NULL, theme, (char *)NULL);
        _exit(127);
    }
}

PRINTF_LIKE(1, 2)
static void xdotool(const char *format, ...)
{
    char arguments[400], command[500];
    va_list list;

    va_start(list, format);
    vsnprintf(arguments, sizeof arguments, format, list);
    va_end(list);
    snprintf(command, sizeof command, "DISPLAY=:%d xdotool %s", display,
             arguments);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

/* Reads the screen into dump; false: there is none yet. */
static bool read_screen(void)
{
    char path[100];
    size_t bytes = 0;

    snprintf(path, sizeof path, "%s/screen.txt", folder);
    char *text = read_file(path, &bytes);
    memcpy(dump, text, bytes + 1);
    free(text);
    return bytes > 0;
}

/* Waits until the screen shows both texts (the second may be NULL). */
static void wait_for(const char *wanted, const char *also)
{
    time_t end = time(NULL) + DEADLINE;

    for (;;) {
        if (read_screen() && strstr(dump, wanted) &&
            (!also || strstr(dump, also)))
            return;
        if (time(NULL) > end)
            fail_msg("\"%s\" or \"%s\" does not appear:\n%s", wanted,
                     also ? also : "", dump);
        nap(50);
    }
}

/* Columns of the text before a place in dump; its line in *y. */
static int column_of(const char *at, int *y)
{
    const char *line = dump;
    int x = 0;

    *y = 0;
    for (const char *p = dump; p < at; p++)
        if (*p == '\n') {
            line = p + 1;
            ++*y;
        }
    for (const char *p = line; p < at; p++)
        x += (*p & 0xc0) != 0x80;
    return x;
}

/* Pixels of the middle of a text's first letter. */
static void find(const char *text, int *px, int *py)
{
    const char *at = strstr(dump, text);
    int x, y;

    assert_non_null(at);
    x = column_of(at, &y);
    *px = x * CELL_WIDTH + CELL_WIDTH / 2;
    *py = MARGIN + y * CELL_HEIGHT + CELL_HEIGHT / 2;
}

static void click(const char *text)
{
    int x, y;

    find(text, &x, &y);
    xdotool("mousemove %d %d click 1", x, y);
}

static void keys_drive_the_window(void **state)
{
    (void)state;
    open_window(live, NULL);
    wait_for("PAUSED", "kernel_main");
    xdotool("key s");
    wait_for("the last step", "insn 5,384");
    xdotool("key 2");
    wait_for("VPN1", "No fault yet");
    xdotool("type ':speed max'");
    xdotool("key Return");
    wait_for(" max ", NULL);
    xdotool("key F5");
    wait_for("stopped: bob: fault", "range gives r--, not w");
    xdotool("key x");
    nap(200);
    xdotool("key Escape"); /* the story closes */
    xdotool("key 6 space");
    wait_for("ENDED", "the story is over");
    wait_for("✓ bob reads what alice wrote", "2 of 3 checks");
    xdotool("key q");
    int status;
    assert_int_equal(waitpid(window, &status, 0), window);
    window = 0;
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Instructions done, as the screen says. */
static unsigned long long instructions(void)
{
    const char *at = strstr(dump, "  insn ");
    unsigned long long n = 0;

    for (at = at ? at + 7 : ""; *at == ',' || (*at >= '0' && *at <= '9'); at++)
        n = *at == ',' ? n : 10 * n + (unsigned long long)(*at - '0');
    return n;
}

/* A running machine is seen to run, though nobody touches the window. */
static void a_running_machine_is_seen_to_run(void **state)
{
    time_t end = time(NULL) + DEADLINE;

    (void)state;
    open_window(live, NULL);
    wait_for("PAUSED", "kernel_main");
    unsigned long long before = instructions();
    xdotool("key space"); /* 30 instructions a second */
    wait_for("RUNNING", NULL);
    for (int i = 0; i < 3; i++, before = instructions())
        while (instructions() == before && time(NULL) < end) {
            nap(50);
            (void)read_screen();
        }
    assert_true(time(NULL) < end);
}

static void the_pointer_drives_the_window(void **state)
{
    int x, y;

    (void)state;
    open_window(live, NULL);
    wait_for("PAUSED", "kernel_main");
    click("4 cost");
    wait_for("  cycles ", "  switches ");
    click("S switch"); /* a letter of the stop mask */
    for (int i = 0; i < 12; i++)
        click("+  "); /* as fast as can be */
    wait_for(" max ", NULL);
    click("space run");
    wait_for("stopped: bob: switch from alice", "average");
    click("1 run");
    wait_for("  timeline ", "  events ");
    click("▶"); /* left of the instruction at pc */
    wait_for("▶●", "break 1 at ");
    click("●");
    wait_for("break 1 is gone", NULL);
    find("  access ", &x, &y); /* the border left of its title */
    xdotool("mousemove %d %d mousedown 1", x - CELL_WIDTH, y + 60);
    xdotool("mousemove %d %d", x + 40, y + 60);
    xdotool("mousemove %d %d mouseup 1", x + 72, y + 60);
    nap(300);
    wait_for("  access ", NULL);
    int moved, line;
    find("  access ", &moved, &line);
    assert_true(moved > x + 40);
    xdotool("key q");
    int status;
    assert_int_equal(waitpid(window, &status, 0), window);
    window = 0;
    /* the border is remembered */
    open_window(live, "light");
    wait_for("PAUSED", "kernel_main");
    int again;
    find("  access ", &again, &line);
    assert_int_equal(again, moved);
}

static void it_follows_the_size_of_the_window(void **state)
{
    (void)state;
    open_window(live, NULL);
    wait_for("PAUSED", "1 run");
    xdotool("search --class opalite-gui windowsize 700 500");
    wait_for("PAUSED", "stop F...."); /* letters, not words */
    xdotool("key greater");
    xdotool("key greater");
    wait_for("needs 80x24", NULL);
    xdotool("key less");
    xdotool("key less");
    wait_for("PAUSED", "stop F....");
}

static void a_picture_of_the_window(void **state)
{
    char path[100];
    time_t end = time(NULL) + DEADLINE;
    cairo_surface_t *s = NULL;

    (void)state;
    open_window(live, "light");
    wait_for("PAUSED", "kernel_main");
    xdotool("key T"); /* dark now */
    snprintf(path, sizeof path, "%s/window.png", folder);
    xdotool("type ':screenshot %s'", path);
    xdotool("key Return");
    do {
        nap(100);
        if (s)
            cairo_surface_destroy(s);
        s = cairo_image_surface_create_from_png(path);
    } while (cairo_surface_status(s) != CAIRO_STATUS_SUCCESS &&
             time(NULL) < end);
    assert_int_equal(cairo_image_surface_get_width(s), 1280);
    assert_int_equal(cairo_image_surface_get_height(s), 720);
    const uint32_t *pixel =
        (const uint32_t *)(void *)cairo_image_surface_get_data(s);
    assert_int_equal(pixel[0] & 0xffffff, theme_dark.window);
    cairo_surface_destroy(s);
    int code;
    end_process(&window, &code);
    assert_int_equal(code, 0); /* a signal closes it like q */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pictures_need_no_display, make_folder,
                                        drop_folder),
        cmocka_unit_test_setup_teardown(the_same_moment_is_the_same_picture,
                                        make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(a_picture_has_its_size_and_theme,
                                        make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(a_picture_of_the_end_agrees_with_run,
                                        make_folder, drop_folder),
        cmocka_unit_test_setup_teardown(each_panel_can_be_drawn, make_folder,
                                        drop_folder),
        cmocka_unit_test_setup_teardown(an_address_is_explained, make_folder,
                                        drop_folder),
        cmocka_unit_test(wrong_use_is_one_line),
        cmocka_unit_test_setup_teardown(keys_drive_the_window, start_server,
                                        stop_server),
        cmocka_unit_test_setup_teardown(a_running_machine_is_seen_to_run,
                                        start_server, stop_server),
        cmocka_unit_test_setup_teardown(the_pointer_drives_the_window,
                                        start_server, stop_server),
        cmocka_unit_test_setup_teardown(it_follows_the_size_of_the_window,
                                        start_server, stop_server),
        cmocka_unit_test_setup_teardown(a_picture_of_the_window, start_server,
                                        stop_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
