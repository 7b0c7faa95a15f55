/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings of runs (--replay): any file is one, or is refused in a line. */
#include <string.h>

#include "sim/session/record.h"
#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    struct session_record r;
    struct err err = { 0 };
    int file = target_file(data, size, path);
    if (session_record_read(&r, path, &err)) {
        target_must(r.path && (r.set || !r.set_count));
        for (size_t i = 0; i < r.set_count; i++)
            target_must(strchr(r.set[i], '='));
        session_record_free(&r);
    } else {
        target_must(err.code == EXIT_CANNOT_LOAD && err.text[0] &&
                    !strchr(err.text, '\n'));
    }
    close(file);
    return 0;
}
