/* SPDX-License-Identifier: Apache-2.0 */
/* See harness.h. */
#include "tests/bench/harness.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEXT_BYTES 65536 /* of what a child said: the end of it */

struct pipes {
    int in[2], out[2]; /* as the child sees them */
    int stats;         /* a file in memory: it is read when the child is gone */
};

static bool pipes_open(struct pipes *p)
{
    p->stats = memfd_create("stats", MFD_CLOEXEC);
    return p->stats >= 0 && pipe2(p->in, O_CLOEXEC) == 0 &&
           pipe2(p->out, O_CLOEXEC) == 0;
}

/* In the child: the three descriptors at their places, then the program. What
 * it complains of is not shown: the caller names the command that failed. */
static _Noreturn void become(const struct child *c, const struct pipes *p)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(p->in[0], STDIN_FILENO);
    dup2(p->out[1], STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    if (p->stats == CHILD_STATS_FD)
        fcntl(CHILD_STATS_FD, F_SETFD, 0);
    else
        dup2(p->stats, CHILD_STATS_FD);
    execvp(c->argv[0], (char *const *)(const void *)c->argv);
    _exit(127);
}

static bool write_all(int fd, const char *text)
{
    size_t n = strlen(text);
    return write(fd, text, n) == (ssize_t)n;
}

/* Reads all the child says, and plays its script. True: it came to the end. */
static bool converse(const struct child *c, pid_t pid, int from, int to)
{
    char text[TEXT_BYTES + 1];
    size_t length = 0, step = 0;
    ssize_t got;
    while ((got = read(from, text + length, TEXT_BYTES - length)) > 0) {
        length += (size_t)got;
        text[length] = 0;
        const char *at;
        while (step < c->step_count &&
               (at = strstr(text, c->steps[step].expect))) {
            length = 0;
            text[0] = 0;
            if (c->steps[step].send && !write_all(to, c->steps[step].send))
                return false;
            if (++step == c->step_count)
                kill(pid, SIGTERM);
        }
        if (length > TEXT_BYTES / 2) {
            memmove(text, text + length / 2, length - length / 2);
            length -= length / 2;
        }
    }
    return step == c->step_count;
}

void measure_read_line(struct measure *m, const char *line)
{
    sscanf(line, "instructions %llu", &m->instructions);
    sscanf(line, "cycles %llu", &m->cycles);
    sscanf(line, "nanoseconds %llu", &m->nanoseconds);
}

static void read_stats(int fd, struct measure *m)
{
    char line[512];
    FILE *f = fdopen(fd, "r");
    if (!f)
        return;
    rewind(f); /* to where the child began */
    while (fgets(line, sizeof line, f))
        measure_read_line(m, line);
    fclose(f);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool ended_well(const struct child *c, int status)
{
    if (WIFSIGNALED(status)) /* by the end of its script */
        return c->step_count && WTERMSIG(status) == SIGTERM;
    int code = WEXITSTATUS(status);
    return code == 0 || code == c->also_passes;
}

bool child_run(const struct child *c, struct measure *m)
{
    struct pipes p;
    struct rusage use;
    int status = 0;
    memset(m, 0, sizeof *m);
    if (!pipes_open(&p))
        return false;
    signal(SIGPIPE, SIG_IGN);
    fflush(NULL);
    double start = now();
    pid_t pid = fork();
    if (pid == 0)
        become(c, &p);
    close(p.in[0]);
    close(p.out[1]);
    bool said_all = pid > 0 && converse(c, pid, p.out[0], p.in[1]);
    close(p.in[1]);
    close(p.out[0]);
    bool ended = pid > 0 && wait4(pid, &status, 0, &use) == pid;
    m->wall = now() - start;
    read_stats(p.stats, m);
    if (!ended)
        return false;
    m->seconds = seconds(use.ru_utime) + seconds(use.ru_stime);
    m->peak_kib = use.ru_maxrss;
    return said_all && ended_well(c, status);
}

static int compare(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double geometric_mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += log(values[i]);
    return n ? exp(sum / (double)n) : 0;
}

bool program_exists(const char *name)
{
    const char *const argv[] = { name, "--version", NULL };
    struct measure m;
    return child_run(&(struct child){ .argv = argv }, &m);
}

bool option_exists(const char *opalite, const char *command, const char *option)
{
    char line[1024];
    bool found = false;
    snprintf(line, sizeof line, "'%s' %s --help", opalite, command);
    FILE *f = popen(line, "r");
    while (f && fgets(line, sizeof line, f))
        found |= strstr(line, option) != NULL;
    return f && pclose(f) == 0 && found;
}
