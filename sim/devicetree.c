/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing the tree node by node; see devicetree.h. A failing call of libfdt is
 * kept in the writer and looked at once, at the end. Property names and
 * `compatible` words are those of the published bindings.
 */
#include "sim/devicetree.h"

#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/device/device.h"
#include "sim/image.h"
#include "sim/memmap.h"

#define BLOB_BYTES     16384 /* many times what the tree needs */
#define FILE_BYTES_MAX (1 << 20)
#define UART_HZ        3686400
#define VERSION_MIN    16                /* of a blob of others */
#define CELLS_MAX      (4 * CLINT_HARTS) /* two interrupts of each hart */

/* Names of nodes for others to point at; interrupt controllers of harts beyond
 * the first come behind. */
enum { PHANDLE_HART_0 = 1, PHANDLE_PLIC, PHANDLE_FINISHER, PHANDLE_HART_1 };

/* Numbers of a hart's interrupts, as its interrupt controller counts. */
enum { HART_MSI = 3, HART_MTI = 7, HART_SEI = 9, HART_MEI = 11 };

struct writer {
    void *blob;
    int error; /* the first libfdt error, 0 = none */
};

static void note(struct writer *w, int result)
{
    if (!w->error)
        w->error = result;
}

static void node(struct writer *w, const char *name)
{
    note(w, fdt_begin_node(w->blob, name));
}

static void node_at(struct writer *w, const char *name, uint64_t address)
{
    char full[40];
    snprintf(full, sizeof full, "%s@%" PRIx64, name, address);
    node(w, full);
}

static void end(struct writer *w)
{
    note(w, fdt_end_node(w->blob));
}

static void flag(struct writer *w, const char *name)
{
    note(w, fdt_property(w->blob, name, NULL, 0));
}

static void number(struct writer *w, const char *name, uint32_t value)
{
    note(w, fdt_property_u32(w->blob, name, value));
}

static void text(struct writer *w, const char *name, const char *value)
{
    note(w, fdt_property(w->blob, name, value, (int)strlen(value) + 1));
}

/* Several strings: value holds them with a 0 byte between. */
#define TEXTS(w, name, value)                                                  \
    note(w, fdt_property((w)->blob, name, value, sizeof(value)))

static void cells(struct writer *w, const char *name, const uint32_t *value,
                  size_t count)
{
    fdt32_t big[CELLS_MAX];
    for (size_t i = 0; i < count; i++)
        big[i] = cpu_to_fdt32(value[i]);
    note(w, fdt_property(w->blob, name, big, (int)(count * sizeof big[0])));
}

static void range(struct writer *w, uint64_t base, uint64_t bytes)
{
    const uint32_t value[] = { (uint32_t)(base >> 32), (uint32_t)base,
                               (uint32_t)(bytes >> 32), (uint32_t)bytes };
    cells(w, "reg", value, 4);
}

static void line(struct writer *w, uint32_t irq)
{
    number(w, "interrupt-parent", PHANDLE_PLIC);
    number(w, "interrupts", irq);
}

/* ---- the nodes ------------------------------------------------------------
 */

static uint32_t hart_phandle(uint32_t hart)
{
    return hart ? PHANDLE_HART_1 + hart - 1 : PHANDLE_HART_0;
}

static void write_cpu(struct writer *w, uint32_t hart)
{
    node_at(w, "cpu", hart);
    text(w, "device_type", "cpu");
    number(w, "reg", hart);
    text(w, "status", "okay");
    text(w, "compatible", "riscv");
    text(w, "riscv,isa", "rv64imac_zicntr_zicsr_zifencei_zihpm_sstc_svadu");
    text(w, "mmu-type", "riscv,sv57");
    node(w, "interrupt-controller");
    number(w, "#interrupt-cells", 1);
    flag(w, "interrupt-controller");
    text(w, "compatible", "riscv,cpu-intc");
    number(w, "phandle", hart_phandle(hart));
    end(w);
    end(w);
}

static void write_cpus(struct writer *w, const struct config *c)
{
    node(w, "cpus");
    number(w, "#address-cells", 1);
    number(w, "#size-cells", 0);
    number(w, "timebase-frequency", (uint32_t)c->timebase_hz);
    for (uint32_t i = 0; i < c->harts; i++)
        write_cpu(w, i);
    end(w);
}

/* Two interrupts of every hart, for a controller that serves them all. */
static void hart_lines(struct writer *w, const struct config *c, uint32_t one,
                       uint32_t two)
{
    uint32_t lines[CELLS_MAX];
    size_t n = 0;
    for (uint32_t i = 0; i < c->harts; i++) {
        lines[n++] = hart_phandle(i);
        lines[n++] = one;
        lines[n++] = hart_phandle(i);
        lines[n++] = two;
    }
    cells(w, "interrupts-extended", lines, n);
}

static void write_clint(struct writer *w, const struct config *c)
{
    node_at(w, "clint", MEM_CLINT);
    TEXTS(w, "compatible", "sifive,clint0\0riscv,clint0");
    range(w, MEM_CLINT, CLINT_SIZE);
    hart_lines(w, c, HART_MSI, HART_MTI);
    end(w);
}

static void write_plic(struct writer *w, const struct config *c)
{
    node_at(w, "plic", MEM_PLIC);
    TEXTS(w, "compatible", "sifive,plic-1.0.0\0riscv,plic0");
    range(w, MEM_PLIC, PLIC_SIZE);
    number(w, "#address-cells", 0);
    number(w, "#interrupt-cells", 1);
    flag(w, "interrupt-controller");
    hart_lines(w, c, HART_MEI, HART_SEI);
    number(w, "riscv,ndev", PLIC_SOURCES - 1);
    number(w, "phandle", PHANDLE_PLIC);
    end(w);
}

static void write_uart(struct writer *w)
{
    node_at(w, "serial", MEM_UART);
    text(w, "compatible", "ns16550a");
    range(w, MEM_UART, UART_SIZE);
    number(w, "clock-frequency", UART_HZ);
    line(w, IRQ_UART);
    end(w);
}

static void write_rtc(struct writer *w)
{
    node_at(w, "rtc", MEM_RTC);
    text(w, "compatible", "google,goldfish-rtc");
    range(w, MEM_RTC, RTC_SIZE);
    line(w, IRQ_RTC);
    end(w);
}

static void write_finisher(struct writer *w)
{
    node_at(w, "test", MEM_FINISHER);
    TEXTS(w, "compatible", "sifive,test1\0sifive,test0\0syscon");
    range(w, MEM_FINISHER, FINISHER_SIZE);
    number(w, "phandle", PHANDLE_FINISHER);
    end(w);
}

/* A command of the finisher, for systems that know it by these nodes. */
static void write_command(struct writer *w, const char *name,
                          const char *compatible, uint32_t value)
{
    node(w, name);
    text(w, "compatible", compatible);
    number(w, "regmap", PHANDLE_FINISHER);
    number(w, "offset", 0);
    number(w, "value", value);
    end(w);
}

static void write_virtio(struct writer *w)
{
    for (unsigned i = 0; i < VIRTIO_SLOTS; i++) {
        uint64_t at = MEM_VIRTIO + i * VIRTIO_STRIDE;
        node_at(w, "virtio_mmio", at);
        text(w, "compatible", "virtio,mmio");
        range(w, at, VIRTIO_STRIDE);
        line(w, IRQ_VIRTIO + i);
        end(w);
    }
}

static void write_soc(struct writer *w, const struct config *c)
{
    node(w, "soc");
    text(w, "compatible", "simple-bus");
    number(w, "#address-cells", 2);
    number(w, "#size-cells", 2);
    flag(w, "ranges");
    write_finisher(w);
    write_rtc(w);
    write_clint(w, c);
    write_plic(w, c);
    write_uart(w);
    write_virtio(w);
    end(w);
}

static void write_tree(struct writer *w, const struct config *c)
{
    char console[40];
    snprintf(console, sizeof console, "/soc/serial@%x", MEM_UART);
    note(w, fdt_finish_reservemap(w->blob));
    node(w, "");
    number(w, "#address-cells", 2);
    number(w, "#size-cells", 2);
    TEXTS(w, "compatible", "opalite,board\0riscv-virtio");
    text(w, "model", "opalite,board");
    node(w, "chosen");
    text(w, "stdout-path", console);
    end(w);
    node_at(w, "memory", MEM_RAM);
    text(w, "device_type", "memory");
    range(w, MEM_RAM, c->ram_bytes);
    end(w);
    write_cpus(w, c);
    write_soc(w, c);
    write_command(w, "poweroff", "syscon-poweroff", 0x5555);
    write_command(w, "reboot", "syscon-reboot", 0x7777);
    end(w);
    note(w, fdt_finish(w->blob));
}

bool devicetree_make(struct devicetree *t, const struct config *c,
                     struct err *err)
{
    struct writer w = { .blob = malloc(BLOB_BYTES) };
    *t = (struct devicetree){ .blob = w.blob };
    if (!w.blob)
        return err_set(err, EXIT_HOST_RESOURCE, "no memory for a device tree");
    w.error = fdt_create(w.blob, BLOB_BYTES);
    write_tree(&w, c);
    if (w.error)
        bug("device tree: %s", fdt_strerror(w.error));
    t->bytes = fdt_totalsize(w.blob);
    return true;
}

/* ---- trees of others -------------------------------------------------------
 */

/* As libfdt checks; but before version 16 properties were laid out in another
 * way, which fdt_check_full of libfdt 1.6 does not survive. */
static int check(const void *blob, size_t bytes)
{
    if (bytes < sizeof(struct fdt_header))
        return -FDT_ERR_TRUNCATED;
    if (fdt_magic(blob) == FDT_MAGIC && fdt_version(blob) < VERSION_MIN)
        return -FDT_ERR_BADVERSION;
    return fdt_check_full(blob, bytes);
}

bool devicetree_read(struct devicetree *t, const char *path, struct err *err)
{
    struct image file;
    *t = (struct devicetree){ 0 };
    if (!image_read(&file, path, FILE_BYTES_MAX, err))
        return false;
    t->blob = file.bytes;
    t->bytes = file.count;
    int wrong = check(t->blob, t->bytes);
    if (wrong) {
        devicetree_free(t);
        return err_set(err, EXIT_CANNOT_LOAD,
                       "%s: not a sound device tree blob: %s", path,
                       fdt_strerror(wrong));
    }
    t->bytes = fdt_totalsize(t->blob);
    return true;
}

static int set_chosen(void *blob, const struct devicetree_chosen *chosen)
{
    int at = fdt_path_offset(blob, "/chosen"), bad = 0;
    if (at == -FDT_ERR_NOTFOUND)
        at = fdt_add_subnode(blob, 0, "chosen");
    if (at < 0)
        return at;
    const char *arguments = chosen->arguments;
    if (arguments)
        bad = fdt_setprop(blob, at, "bootargs", arguments,
                          (int)strlen(arguments) + 1);
    if (!bad && chosen->initrd_end)
        bad = fdt_setprop_u64(blob, at, "linux,initrd-start",
                              chosen->initrd_start);
    if (!bad && chosen->initrd_end)
        bad = fdt_setprop_u64(blob, at, "linux,initrd-end", chosen->initrd_end);
    return bad;
}

bool devicetree_choose(struct devicetree *t,
                       const struct devicetree_chosen *chosen, struct err *err)
{
    size_t room = t->bytes + 1024;
    if (chosen->arguments)
        room += strlen(chosen->arguments);
    void *blob = malloc(room);
    if (!blob)
        return err_set(err, EXIT_HOST_RESOURCE, "no memory for a device tree");
    int wrong = fdt_open_into(t->blob, blob, (int)room);
    if (!wrong)
        wrong = set_chosen(blob, chosen);
    if (!wrong)
        wrong = fdt_pack(blob);
    if (wrong) {
        free(blob);
        return err_set(err, EXIT_CANNOT_LOAD, "device tree: %s",
                       fdt_strerror(wrong));
    }
    devicetree_free(t);
    t->blob = blob;
    t->bytes = fdt_totalsize(blob);
    return true;
}

void devicetree_free(struct devicetree *t)
{
    free(t->blob);
    *t = (struct devicetree){ 0 };
}
