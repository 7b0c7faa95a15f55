// SPDX-License-Identifier: Apache-2.0
/*
 * Commands that move time: they become wishes for the runner.
 */
#include "viz/view/words.h"

#include <string.h>
#include <strings.h>

static void do_step(struct view *v, int count, char **a)
{
    uint64_t n = 1;

    if ((count == 0 || view_take_number(v, a[0], &n)) && n > 0)
        view_wish(v, WISH_STEP, n);
}

static void do_over(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    view_wish(v, WISH_OVER, 0);
}

static void do_run(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    view_wish(v, v->model->state == MODEL_RUNNING ? WISH_PAUSE : WISH_RUN, 0);
}

static void do_event(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    view_wish(v, WISH_EVENT, 0);
}

static void do_switch(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    view_wish(v, WISH_SWITCH, 0);
}

static void do_cycle(struct view *v, int count, char **a)
{
    uint64_t n;

    if (count == 0)
        view_wrong(v, "cycle: which one?");
    else if (view_take_number(v, a[0], &n))
        view_wish(v, WISH_CYCLE, n);
}

static void do_back(struct view *v, int count, char **a)
{
    static const char *const kinds[] = { [STOPS_BREAKS] = "break",
                                         [STOPS_WATCHES] = "watch",
                                         [STOPS_BOTH] = "point" };
    uint64_t n = 1;

    for (uint64_t i = 0; count > 0 && i < 3; i++)
        if (strcmp(a[0], kinds[i]) == 0) {
            view_wish(v, WISH_BACK_POINT, i);
            return;
        }

    if (count > 0 && strcmp(a[0], "event") == 0)
        view_wish(v, WISH_BACK_EVENT, 0);
    else if (count > 0 && strcmp(a[0], "rights") == 0)
        view_wish(v, WISH_BACK_RIGHTS, 0);
    else if ((count == 0 || view_take_number(v, a[0], &n)) && n > 0)
        view_wish(v, WISH_BACK, n);
}

static void do_end(struct view *v, int count, char **a)
{
    (void)count;
    (void)a;
    view_wish(v, WISH_END, 0);
}

static void do_speed(struct view *v, int count, char **a)
{
    int now = v->model->speed, last = runner_speed_count - 1;

    if (count == 0) {
        view_wrong(v, "speed: + - or one of 1/s ... 1M/s, max");
        return;
    }
    if (strcmp(a[0], "+") == 0)
        now += now < last;
    else if (strcmp(a[0], "-") == 0)
        now -= now > 0;
    else
        for (now = 0; now <= last; now++)
            if (strcasecmp(a[0], runner_speed_text(now)) == 0)
                break;
    if (now > last)
        view_wrong(v, "speed %.40s: one of 1/s, 3/s, 10/s ... 1M/s, max", a[0]);
    else
        view_wish(v, WISH_SPEED, (uint64_t)now);
}

const struct view_word view_words_time[] = {
    { "step", "[N]", "N instructions, 1 if not said", do_step },
    { "over", "", "one instruction, or the whole call it makes", do_over },
    { "run", "", "at the chosen speed; again: pause", do_run },
    { "event", "", "run to the next event of the stop mask", do_event },
    { "switch", "", "run to the next domain switch", do_switch },
    { "cycle", "N", "run until the clock says N, or go back to there",
      do_cycle },
    { "back", "[N|event|rights|break|watch|point]",
      "N instructions back, 1 if not said; or to the last event of the stop "
      "mask before now, to the last change of a right on the segment of the "
      "last fault, to the last breakpoint or watch met (point: either)",
      do_back },
    { "end", "", "run to the end of the scenario", do_end },
    { "speed", "+|-|100/s|max", "instructions a second", do_speed },
    { 0 },
};
