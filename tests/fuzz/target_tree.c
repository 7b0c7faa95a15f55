/* SPDX-License-Identifier: Apache-2.0 */
/* `boot --dtb`: any file as the board's device tree, read, given /chosen, and
 * put into RAM beside a kernel. */
#include "sim/devicetree.h"
#include "sim/firmware.h"
#include "tests/fuzz/target.h"

static struct machine *machine(void)
{
    static struct machine *m; /* made once: loading starts afresh */
    struct config c;
    struct err err;
    if (m)
        return m;
    target_must(config_preset(&c, PRESET_DEFAULT, &err));
    c.ram_bytes = 4 << 20;
    m = machine_new(&c, &err);
    target_must(m);
    return m;
}

static void boot(const char *tree)
{
    static const uint32_t kernel[] = { 0x0000006f }; /* j . */
    const struct run_limits limits = { .max_insns = 20 };
    struct err err = { 0 };
    char path[32];
    int file = target_file(kernel, sizeof kernel, path);
    const struct firmware_files files = { .kernel = path,
                                          .initrd = path,
                                          .tree = tree,
                                          .arguments = "console=ttyS0" };
    if (firmware_load(machine(), &files, &err))
        target_must(machine_run(machine(), &limits) == STOP_BUDGET);
    else
        target_must(err.code && err.text[0]);
    close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct devicetree_chosen chosen = { "a=b", 0x80100000, 0x80100400 };
    char path[32];
    struct devicetree t;
    struct err err = { 0 };
    int file = target_file(data, size, path);
    if (!devicetree_read(&t, path, &err))
        target_must(err.code == EXIT_CANNOT_LOAD && !t.blob);
    else if (!devicetree_choose(&t, &chosen, &err))
        target_must(err.code == EXIT_CANNOT_LOAD);
    devicetree_free(&t);
    boot(path);
    close(file);
    return 0;
}
