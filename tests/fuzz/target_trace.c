/* SPDX-License-Identifier: Apache-2.0 */
/* Recorded traces: any bytes are read, exported in every format, and, where
 * they are a trace, looked at forward and back. */
#include "sim/trace/export.h"
#include "tests/fuzz/target.h"
#include "viz/model/tape.h"
#include "viz/runner/runner.h"

static void export(const char *path, const struct trace_format *format,
                   bool partial)
{
    struct trace_reader_file r;
    struct err err = { 0 };
    char *text = NULL;
    size_t bytes;

    if (!trace_read_open(&r, path, partial, &err)) {
        target_must(err.code && err.text[0]);
        return;
    }
    FILE *to = open_memstream(&text, &bytes);
    target_must(to);
    r.only_hart = format->one_hart ? 0 : -1;
    bool ok = format->write(&r, to, &err);
    target_must(ok || (err.code && err.text[0]));
    trace_read_close(&r);
    fclose(to);
    free(text);
}

static void look(const char *path, bool partial)
{
    static const struct wish ways[] = {
        { .kind = WISH_BEGIN },
        { .kind = WISH_EVENT },
        { .kind = WISH_STEP, .number = 3 },
        { .kind = WISH_SWITCH },
        { .kind = WISH_END },
        { .kind = WISH_BACK, .number = 2 },
        { .kind = WISH_BACK_EVENT },
        { .kind = WISH_BACK_RIGHTS },
        { .kind = WISH_CYCLE, .number = 1000 },
        { .kind = WISH_RUN },
        { .kind = WISH_BACK, .number = UINT64_MAX },
        { .kind = WISH_STEP, .number = UINT64_MAX },
    };
    struct runner *r = malloc(sizeof *r);
    struct err err = { 0 };

    target_must(r);
    if (!runner_open_tape(r, path, partial, &err)) {
        target_must(err.code && err.text[0]);
        free(r);
        return;
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        runner_obey(r, &ways[i]);
        runner_finish(r, 100);
        target_must(r->place <= tape_length(r->tape));
    }
    (void)runner_close(r);
    free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    int file = target_file(data, size, path);
    bool partial = size & 1;

    for (const struct trace_format *f = trace_formats; f->name; f++)
        export(path, f, partial);
    look(path, partial);
    close(file);
    return 0;
}
