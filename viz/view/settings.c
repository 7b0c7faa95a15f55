// SPDX-License-Identifier: Apache-2.0
/*
 * What a front end remembers from one run to the next: theme, scale, set, and
 * where the user has put the borders. A text file of lines "key value"; a line
 * that is not understood is skipped, so files of other versions do no harm.
 */
#include "viz/view/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void view_settings_path(const char *name, char *to, size_t room)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    *to = 0;
    if (base && base[0] == '/')
        snprintf(to, room, "%s/opalite/%s", base, name);
    else if (home && home[0] == '/')
        snprintf(to, room, "%s/.config/opalite/%s", home, name);
}

/* "height SET SHAPE f f f f", "width SET SHAPE ROW f f f". */
static void load_split(struct view *v, const char *line)
{
    struct view_split s = { 0 };
    int set, shape, row;
    double f[4] = { 0 };

    if (sscanf(line, "height %d %d %lf %lf %lf %lf", &set, &shape, &f[0], &f[1],
               &f[2], &f[3]) >= 4 &&
        set >= 0 && set < VIEW_SETS && (shape == 0 || shape == 1)) {
        memcpy(s.height, f, sizeof s.height);
        for (int i = 0; i < VIEW_ROWS; i++)
            if (!(s.height[i] >= 0 && s.height[i] <= 1))
                return;
        memcpy(v->split[set][shape].height, s.height, sizeof s.height);
    } else if (sscanf(line, "width %d %d %d %lf %lf %lf", &set, &shape, &row,
                      &f[0], &f[1], &f[2]) >= 5 &&
               set >= 0 && set < VIEW_SETS && (shape == 0 || shape == 1) &&
               row >= 0 && row < VIEW_ROWS) {
        for (int i = 0; i < VIEW_COLUMNS; i++)
            if (!(f[i] >= 0 && f[i] <= 1))
                return;
        memcpy(v->split[set][shape].width[row], f,
               sizeof v->split[set][shape].width[row]);
    }
}

void view_settings_load(struct view *v, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[200], word[20];
    int number;

    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "theme %19s", word) == 1)
            v->light = strcmp(word, "light") == 0;
        else if (sscanf(line, "scale %d", &number) == 1 && number >= 75 &&
                 number <= 300)
            v->scale = number;
        else if (sscanf(line, "set %d", &number) == 1 && number >= 1 &&
                 number <= VIEW_SETS)
            v->set = number - 1;
        else
            load_split(v, line);
    }
    if (f)
        fclose(f);
}

static void save_split(FILE *f, int set, int shape, const struct view_split *s)
{
    if (s->height[0] > 0)
        fprintf(f, "height %d %d %.4f %.4f %.4f %.4f\n", set, shape,
                s->height[0], s->height[1], s->height[2], s->height[3]);
    for (int row = 0; row < VIEW_ROWS; row++)
        if (s->width[row][0] > 0)
            fprintf(f, "width %d %d %d %.4f %.4f %.4f\n", set, shape, row,
                    s->width[row][0], s->width[row][1], s->width[row][2]);
}

void view_make_folders(const char *path)
{
    char folder[VIEW_PATH];

    snprintf(folder, sizeof folder, "%s", path);
    for (char *p = folder + 1; (p = strchr(p, '/')); p++) {
        *p = 0;
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return;
        *p = '/';
    }
}

void view_settings_save(const struct view *v, const char *path)
{
    FILE *f;

    if (!path[0])
        return;
    view_make_folders(path);
    f = fopen(path, "w");
    if (!f)
        return;
    fprintf(f, "theme %s\nscale %d\nset %d\n", v->light ? "light" : "dark",
            v->scale, v->set + 1);
    for (int set = 0; set < VIEW_SETS; set++)
        for (int shape = 0; shape < 2; shape++)
            save_split(f, set, shape, &v->split[set][shape]);
    fclose(f);
}
