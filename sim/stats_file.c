/* SPDX-License-Identifier: Apache-2.0 */
/* All figures to a file, as text or JSON: `--stats FILE` of the commands. */
#include <string.h>

#include "sim/json.h"
#include "sim/stats.h"

static void write_figure(void *context, const char *name, uint64_t value,
                         const char *unit, const char *doc)
{
    (void)unit, (void)doc;
    struct json *j = context;
    json_key(j, name);
    json_u64(j, value);
}

bool stats_write(const struct machine *m, const char *path, struct err *err)
{
    bool to_stdout = strcmp(path, "-") == 0;
    size_t n = strlen(path);
    struct json j;
    FILE *f = to_stdout ? stdout : fopen(path, "w");
    if (!f)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", path);
    bool ok = true;
    if (n > 5 && strcmp(path + n - 5, ".json") == 0) {
        json_begin(&j, f);
        json_object(&j);
        stats_each(m, write_figure, &j);
        json_end(&j);
        ok = json_finish(&j, path, err);
    } else {
        stats_print(m, f);
    }
    bool bad = fflush(f) != 0 || ferror(f);
    if (!to_stdout && fclose(f) != 0)
        bad = true;
    if (ok && bad)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot write: %m", path);
    return ok;
}
