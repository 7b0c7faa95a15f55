/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make bench: runs each bare-metal benchmark with everything modelled and once
 * more with attribution (the alone copies) off, side by side, and prints what
 * the simulator did per second of CPU time. Usage: bench OPALITE ELF...
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct result {
    unsigned long long instructions, cycles;
    double seconds; /* CPU time of the child, user and system */
    long peak_kib;
};

static void read_stats(FILE *f, struct result *r)
{
    char line[512];
    while (fgets(line, sizeof line, f)) {
        sscanf(line, "instructions %llu", &r->instructions);
        sscanf(line, "cycles %llu", &r->cycles);
    }
}

/* One run in a child; its statistics come back through a pipe. */
static bool run(const char *opalite, const char *elf, bool attribution,
                struct result *r)
{
    int ends[2];
    memset(r, 0, sizeof *r);
    if (pipe(ends))
        return false;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execl(opalite, opalite, "exec", elf, "--htif", "--stats", "-", "--set",
              attribution ? "machine.attribution=on"
                          : "machine.attribution=off",
              (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    FILE *f = fdopen(ends[0], "r");
    read_stats(f, r);
    fclose(f);
    int status = 0;
    struct rusage use;
    if (wait4(child, &status, 0, &use) < 0 || status != 0)
        return false;
    r->seconds =
        (double)use.ru_utime.tv_sec + (double)use.ru_stime.tv_sec +
        ((double)use.ru_utime.tv_usec + (double)use.ru_stime.tv_usec) / 1e6;
    r->peak_kib = use.ru_maxrss;
    return r->instructions > 0;
}

int main(int argc, char **argv)
{
    printf("%-10s %14s %14s %8s %7s %9s %18s\n", "program", "instructions",
           "cycles", "seconds", "MIPS", "peak MiB", "without attribution");
    for (int i = 2; i < argc; i++) {
        struct result full, plain;
        const char *name = strrchr(argv[i], '/');
        name = name ? name + 1 : argv[i];
        if (!run(argv[1], argv[i], true, &full) ||
            !run(argv[1], argv[i], false, &plain)) {
            fprintf(stderr, "bench: %s did not finish\n", argv[i]);
            return 1;
        }
        printf("%-10.*s %14llu %14llu %8.2f %7.1f %9.1f %17.2fx\n",
               (int)strcspn(name, "."), name, full.instructions, full.cycles,
               full.seconds, (double)full.instructions / full.seconds / 1e6,
               (double)full.peak_kib / 1024, full.seconds / plain.seconds);
    }
    printf("seconds: CPU time. last column: time of the first run over the "
           "same run with attribution=off.\n");
    return 0;
}
