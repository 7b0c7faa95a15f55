/* SPDX-License-Identifier: Apache-2.0 */
/* The disk's requests; see device/block.h. */
#include "sim/device/block.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define F_BLK_SIZE (UINT64_C(1) << 6)
#define F_FLUSH    (UINT64_C(1) << 9)

enum { REQUEST_IN = 0, REQUEST_OUT = 1, REQUEST_FLUSH = 4, REQUEST_ID = 8 };
enum { STATUS_DONE, STATUS_FAILED, STATUS_UNKNOWN };

#define ID_BYTES 20

struct header {
    uint32_t type, reserved;
    uint64_t sector;
};

static bool map_file(struct block *b, int file, const char *path,
                     struct err *err)
{
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
        return err_set(err, EXIT_CANNOT_LOAD, "%s: not a regular file", path);
    if (about.st_size == 0 || about.st_size % BLOCK_SECTOR)
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: %lld bytes; a disk is a multiple of %d bytes", path,
                       (long long)about.st_size, BLOCK_SECTOR);
    void *bytes = heap_map(b->heap, (uint64_t)about.st_size, &file);
    if (!bytes)
        return err_set(err, EXIT_HOST_RESOURCE, "%s: cannot map it: %s", path,
                       strerror(errno));
    b->bytes = bytes;
    b->notes = heap_notes(b->heap, bytes);
    b->sectors = (uint64_t)about.st_size / BLOCK_SECTOR;
    return true;
}

bool block_open(struct block *b, struct heap *heap, struct virtio *v,
                const char *path, struct err *err)
{
    const uint32_t sector = BLOCK_SECTOR;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return err_set(err, EXIT_CANNOT_LOAD, "%s: cannot open: %s", path,
                       strerror(errno));
    b->heap = heap;
    bool ok = map_file(b, file, path, err);
    close(file);
    if (!ok)
        return false;
    *v = (struct virtio){ .id = VIRTIO_BLOCK,
                          .offered = VIRTIO_F_VERSION_1 | F_BLK_SIZE | F_FLUSH,
                          .queue_count = 1 };
    memcpy(v->config, &b->sectors, sizeof b->sectors);
    memcpy(v->config + 20, &sector, sizeof sector); /* blk_size */
    return true;
}

void block_close(struct block *b)
{
    if (b->bytes)
        heap_unmap(b->heap, b->bytes, b->sectors * BLOCK_SECTOR);
    *b = (struct block){ 0 };
}

/* The bytes on the disk that a request of n is about, or NULL. */
static uint8_t *place(const struct block *b, uint64_t sector, uint64_t n)
{
    if (n % BLOCK_SECTOR || n > BLOCK_REQUEST_MAX || sector > b->sectors ||
        n / BLOCK_SECTOR > b->sectors - sector)
        return NULL;
    return b->bytes + sector * BLOCK_SECTOR;
}

/* The answer to one request. *written: bytes stored before the status. */
static uint8_t perform(struct block *b, const struct virtio_chain *c,
                       struct bus *bus, const struct header *h,
                       uint32_t *written)
{
    static const char name[ID_BYTES] = "opalite";
    uint64_t in = c->write_bytes - 1, out = c->read_bytes - sizeof *h;
    uint8_t *at;
    switch (h->type) {
    case REQUEST_IN:
        if (!(at = place(b, h->sector, in)))
            return STATUS_FAILED;
        virtio_store(c, bus, 0, at, in);
        *written = (uint32_t)in;
        return STATUS_DONE;
    case REQUEST_OUT:
        if (!(at = place(b, h->sector, out)))
            return STATUS_FAILED;
        virtio_fetch(c, bus, sizeof *h, at, out);
        heap_note(b->notes, h->sector * BLOCK_SECTOR, out);
        return STATUS_DONE;
    case REQUEST_FLUSH:
        return STATUS_DONE;
    case REQUEST_ID:
        *written = in < ID_BYTES ? (uint32_t)in : ID_BYTES;
        virtio_store(c, bus, 0, name, *written);
        return STATUS_DONE;
    default:
        return STATUS_UNKNOWN;
    }
}

void block_serve(struct block *b, struct virtio *v, struct bus *bus)
{
    struct virtio_chain c;
    for (unsigned n = 0; n < VIRTIO_BELL_MAX && virtio_next(v, 0, bus, &c);
         n++) {
        struct header h;
        uint32_t written = 0;
        if (c.read_bytes < sizeof h || c.write_bytes < 1) {
            virtio_broken(v);
            return;
        }
        virtio_fetch(&c, bus, 0, &h, sizeof h);
        uint8_t status = perform(b, &c, bus, &h, &written);
        virtio_store(&c, bus, c.write_bytes - 1, &status, 1);
        virtio_done(v, 0, bus, &c, written + 1);
    }
}
