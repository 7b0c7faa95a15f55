/* SPDX-License-Identifier: Apache-2.0 */
/* Plot descriptions: any text as JSON, and what is one is drawn. */
#include "tests/fuzz/target.h"
#include "viz/plot/plot.h"

#ifdef __clang__ /* for gcc's sanitizer viz/plot/draw.c says the same */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plot plot = { 0 };
    struct err err = { 0 };
    if (plot_parse(&plot, "input", (const char *)data, size, &err))
        (void)!plot_write(&plot, "-", &err);
    else
        target_must(err.code && err.text[0]);
    plot_free(&plot);
    return 0;
}
