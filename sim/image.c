/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a whole file; see image.h. */
#include "sim/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool read_file(struct image *i, FILE *file, const char *path, size_t max,
                      struct err *err)
{
    struct stat about;
    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode))
        return err_set(err, EXIT_CANNOT_LOAD, "%s: not a regular file", path);
    if (about.st_size == 0 || (uint64_t)about.st_size > max)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: has %lld bytes; expected 1 to %zu", path,
                       (long long)about.st_size, max);
    i->count = (size_t)about.st_size;
    i->bytes = malloc(i->count);
    if (!i->bytes)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: no memory for it", path);
    if (fread(i->bytes, 1, i->count, file) != i->count)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot read it", path);
    return true;
}

bool image_read(struct image *i, const char *path, size_t max, struct err *err)
{
    *i = (struct image){ 0 };
    FILE *file = fopen(path, "rb");
    if (!file)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot open: %s", path,
                       strerror(errno));
    bool ok = read_file(i, file, path, max, err);
    fclose(file);
    if (!ok)
        image_free(i);
    return ok;
}

void image_free(struct image *i)
{
    free(i->bytes);
    *i = (struct image){ 0 };
}
