// SPDX-License-Identifier: Apache-2.0
/*
 * Signals and standard error while the terminal view runs. A signal handler
 * has no other way to find its terminal than a static variable; these are the
 * only ones of viz/.
 */
#include "viz/tui/signal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static struct terminal *the_terminal;
static volatile sig_atomic_t *the_interruption;
static volatile sig_atomic_t seen, stop_asked;
static int kept = -1, real = -1; /* descriptors of standard error */

/* Prints what was kept aside; only write and lseek, fit for a handler. */
void tui_stderr_release(void)
{
    char text[4096];
    ssize_t n;

    if (real < 0)
        return;
    dup2(real, STDERR_FILENO);
    if (lseek(kept, 0, SEEK_SET) == 0)
        while ((n = read(kept, text, sizeof text)) > 0)
            if (write(STDERR_FILENO, text, (size_t)n) != n)
                break;
    close(kept);
    close(real);
    kept = real = -1;
}

static void keep_stderr(void)
{
    kept = memfd_create("stderr", MFD_CLOEXEC);
    real = dup(STDERR_FILENO);
    if (kept < 0 || real < 0 || dup2(kept, STDERR_FILENO) < 0)
        kept = real = -1; /* messages go to the screen, then */
}

static void on_end(int number)
{
    seen = number;
    *the_interruption = EXIT_INTERRUPTED;
}

static void on_crash(int number)
{
    curses_restore(the_terminal);
    tui_stderr_release();
    signal(number, SIG_DFL);
    raise(number);
}

static void at_exit(void)
{
    if (the_terminal)
        curses_restore(the_terminal);
    tui_stderr_release();
}

void tui_signals_install(struct terminal *t,
                         volatile sig_atomic_t *interruption)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    struct sigaction end = { .sa_handler = on_end },
                     crash = { .sa_handler = on_crash };

    the_terminal = t;
    the_interruption = interruption;
    crash.sa_flags = (int)SA_RESETHAND;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        sigaction(ends[i], &end, NULL);
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        sigaction(crashes[i], &crash, NULL);
    atexit(at_exit);
    keep_stderr();
}

static void on_stop(int number)
{
    /* the second may be the first one, sent to the whole group by a shell */
    if (stop_asked == 2)
        on_end(number);
    else
        stop_asked = stop_asked + 1;
}

void tui_line_signals(volatile sig_atomic_t *interruption)
{
    struct sigaction end = { .sa_handler = on_end },
                     stop = { .sa_handler = on_stop };

    the_interruption = interruption;
    sigaction(SIGINT, &stop, NULL); /* no SA_RESTART: a read ends, too */
    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGHUP, &end, NULL);
}

bool tui_stop_asked(void)
{
    bool asked = stop_asked;

    stop_asked = 0;
    return asked;
}

int tui_signal_seen(void)
{
    return seen;
}
