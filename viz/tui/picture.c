// SPDX-License-Identifier: Apache-2.0
/* A picture in the terminal is text; see tui/tui.h. */
#include "viz/tui/tui.h"

#include <stdio.h>

void tui_save_picture(struct view *v)
{
    const char *path = v->picture_path[0] ? v->picture_path : "opalite.txt";
    FILE *f = fopen(path, "w");
    bool good = f != NULL;

    v->picture = false;
    if (f) {
        canvas_write_text(&v->canvas, f);
        good = !ferror(f);
        good &= fclose(f) == 0;
    }
    if (good)
        view_notice(v, "the screen is in %.100s", path);
    else
        view_notice(v, "%.100s: cannot be written: %m", path);
}
