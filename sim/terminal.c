/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Raw mode and the escape key; see terminal.h. A signal handler cannot be
 * handed anything, so what it must restore is static here.
 */
#include "sim/terminal.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#define ESCAPE_KEY 1 /* Ctrl-A */

static struct termios before;
static bool is_terminal;
static volatile sig_atomic_t is_raw, interrupted;

void terminal_close(void)
{
    if (is_raw)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    is_raw = 0;
}

static void on_end(int number)
{
    interrupted = number == SIGALRM ? EXIT_WALL_CLOCK : EXIT_INTERRUPTED;
}

static void on_crash(int number)
{
    terminal_close();
    signal(number, SIG_DFL);
    raise(number);
}

static void install_handlers(void)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM };
    static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    struct sigaction end = { .sa_handler = on_end },
                     crash = { .sa_handler = on_crash };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        sigaction(ends[i], &end, NULL);
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        sigaction(crashes[i], &crash, NULL);
}

bool terminal_open(void)
{
    install_handlers();
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    atexit(terminal_close);
    is_terminal = true;
    terminal_raw();
    return true;
}

void terminal_raw(void)
{
    struct termios raw = before;
    if (!is_terminal)
        return;
    cfmakeraw(&raw);
    raw.c_oflag = before.c_oflag; /* a lone newline still begins a line */
    is_raw = 1;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

void terminal_cooked(void)
{
    terminal_close();
}

void terminal_alarm(uint64_t seconds)
{
    alarm(seconds < UINT_MAX ? (unsigned)seconds : UINT_MAX);
}

enum exit_code terminal_interrupted(void)
{
    return (enum exit_code)interrupted;
}

int terminal_read(char *to, size_t room, int milliseconds)
{
    struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
    if (poll(&keys, 1, milliseconds) <= 0)
        return 0; /* nothing, or a signal: the caller looks */
    ssize_t n = read(STDIN_FILENO, to, room);
    return n > 0 ? (int)n : -1;
}

enum terminal_command terminal_filter(struct terminal_keys *t, char *keys,
                                      size_t *n)
{
    size_t kept = 0, count = *n;
    enum terminal_command command = TERMINAL_NOTHING;
    for (size_t i = 0; i < count && command == TERMINAL_NOTHING; i++) {
        char key = keys[i];
        if (t->escaped) {
            t->escaped = false;
            if (key == 'x' || key == 'X')
                command = TERMINAL_LEAVE;
            else if (key == 'c' || key == 'C')
                command = TERMINAL_PROMPT;
            else if (key == ESCAPE_KEY)
                keys[kept++] = key;
            else
                command = TERMINAL_HELP;
        } else if (key == ESCAPE_KEY) {
            t->escaped = true;
        } else {
            keys[kept++] = key;
        }
    }
    *n = kept;
    return command;
}
