/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout runs in a process of its own, with a deadline: it may take very
 * long, and it needs Graphviz, which whoever only wants dot text need not have.
 * The program is opalite-layout (graph/layout_main.c).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "viz/graph/graph.h"

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* picture: where standard output goes, -1 = where it went. */
static _Noreturn void become_layout(int text, int picture, const char *program,
                                    const char *format, const char *path)
{
    if (dup2(text, STDIN_FILENO) >= 0 &&
        (picture < 0 || dup2(picture, STDOUT_FILENO) >= 0))
        execl(program, program, format, path, (char *)NULL);
    _exit(127);
}

/* Ends within the time left? Its status. */
static bool wait_until(pid_t child, int64_t deadline, int *status)
{
    for (;;) {
        pid_t ended = waitpid(child, status, WNOHANG);
        if (ended == child)
            return true;
        if (ended < 0 && errno != EINTR)
            return false;
        if (now_ms() >= deadline)
            return false;
        (void)poll(NULL, 0, 5);
    }
}

/* The dot text where the child can read it: a file without a name. */
static FILE *text_file(const char *dot, size_t bytes, struct err *err)
{
    FILE *f = tmpfile();
    if (f && fwrite(dot, 1, bytes, f) == bytes && fflush(f) == 0 &&
        lseek(fileno(f), 0, SEEK_SET) == 0)
        return f;
    err_set(err, EXIT_HOST_RESOURCE, "temporary file: cannot write: %m");
    if (f)
        fclose(f);
    return NULL;
}

static bool judge(int status, const char *path, struct err *err)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == EXIT_PASSED)
        return true;
    if (code == 127)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "the program opalite-layout is missing: apt-get install "
                       "libgraphviz-dev graphviz, then make all");
    if (code == EXIT_HOST_RESOURCE)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write", path);
    return err_set(
        err, EXIT_CANNOT_LOAD, "Graphviz could not draw the graph (%s %d)",
        code >= 0 ? "code" : "signal", code >= 0 ? code : WTERMSIG(status));
}

bool graph_layout(const char *program, const char *dot, size_t bytes,
                  const char *format, const char *path, unsigned seconds,
                  struct err *err)
{
    int status = 0;
    FILE *text = text_file(dot, bytes, err);
    if (!text)
        return false;
    pid_t child = fork();
    if (child == 0)
        become_layout(fileno(text), -1, program, format, path);
    fclose(text);
    if (child < 0)
        return err_set(err, EXIT_HOST_RESOURCE, "cannot start a process: %m");
    if (wait_until(child, now_ms() + (int64_t)seconds * 1000, &status))
        return judge(status, path, err);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return err_set(err, EXIT_WALL_CLOCK,
                   "the layout took longer than %u second%s (--deadline)",
                   seconds, seconds == 1 ? "" : "s");
}

/* ---- in the background ------------------------------------------------------
 */

bool layout_start(struct layout_job *job, const char *program, const char *dot,
                  size_t bytes, unsigned seconds, struct err *err)
{
    FILE *text = text_file(dot, bytes, err);

    if (!text)
        return false;
    job->plain = tmpfile();
    job->child = job->plain ? fork() : -1;
    if (job->child == 0)
        become_layout(fileno(text), fileno(job->plain), program, "plain", "-");
    fclose(text);
    job->seconds = seconds;
    job->deadline = now_ms() + (int64_t)seconds * 1000;
    if (job->child > 0)
        return true;
    job->child = 0;
    layout_stop(job);
    return err_set(err, EXIT_HOST_RESOURCE, "cannot start a process: %m");
}

enum layout_state layout_poll(struct layout_job *job, struct err *err)
{
    int status = 0;
    pid_t ended = waitpid(job->child, &status, WNOHANG);

    if (ended == job->child) {
        job->child = 0;
        rewind(job->plain);
        return judge(status, "the layout", err) ? LAYOUT_DONE : LAYOUT_FAILED;
    }
    if (now_ms() < job->deadline && (ended == 0 || errno == EINTR))
        return LAYOUT_RUNNING;
    err_set(err, EXIT_WALL_CLOCK, "the layout took longer than %u seconds",
            job->seconds);
    return LAYOUT_FAILED;
}

void layout_stop(struct layout_job *job)
{
    if (job->child > 0) {
        kill(job->child, SIGKILL);
        waitpid(job->child, NULL, 0);
    }
    if (job->plain)
        fclose(job->plain);
    *job = (struct layout_job){ 0 };
}
