// SPDX-License-Identifier: Apache-2.0
/*
 * The list of panes, what each one means in words for somebody who sees the
 * screen for the first time (key ?), and what panes share.
 */
#include "viz/pane/pane.h"

#define TEXT(name) pane_##name##_title, pane_##name##_draw, NULL
#define ROWS(name) pane_##name##_title, pane_##name##_draw, &pane_##name##_table

const struct pane panes[PANE_COUNT] = {
    [PANE_CODE] = { "code", TEXT(code),
                    "The instructions around pc, the program counter. The "
                    "arrow points at the one that runs next. The title says "
                    "which function it is in; the first line is its line of "
                    "source. Zoom (z) to see source and instructions side by "
                    "side. The bar at the right is heat: how often a look at "
                    "the running machine found pc there, the hottest line of "
                    "the pane full." },
    [PANE_SCOPE] = { "access", TEXT(scope),
                     "One access under the microscope: the pointer's bits, "
                     "then every stage it passes, in order. H hit, M miss, W "
                     "page-table walk, R refused here, . not asked, - not "
                     "there. Protection says who may, translation (TLB, walk) "
                     "says where, caches and memory have the bytes. Right: "
                     "cycles that stage took, when exactly one instruction "
                     "was run. It shows the last step, or the access that was "
                     "refused, or one you ask about (g)." },
    [PANE_REGISTERS] = { "registers", TEXT(registers),
                         "The registers under the names that compilers use: "
                         "a0-a7 arguments and results, sp stack, ra return "
                         "address, tp thread, s kept across calls, t "
                         "temporary. A star marks what the last command "
                         "changed. Zoomed, the pane says what a value points "
                         "at: a symbol, or segment+offset." },
    [PANE_TLB] = { "TLB", ROWS(tlb),
                   "Translation: where a virtual address (va) is in physical "
                   "memory (pa). Unit I serves fetches, D loads and stores, 2 "
                   "both. H = the last step used this entry, M = the last "
                   "step missed and filled it. Size of the page; rights r w x "
                   "and u (user) of the page; a accessed, d dirty; asid = the "
                   "space it belongs to, 'all' = every space; age 0 = used "
                   "last; owner = the domain, when the space is only its." },
    [PANE_PROTECTION] = { "protection", ROWS(protection),
                          "Protection: who may use an address. The RPLB "
                          "caches rights of a domain on a whole range of "
                          "addresses, apart from translation. I = for "
                          "fetches, D = for loads and stores; H and M as in "
                          "the TLB. On a conventional system the page table "
                          "decides instead, and the pane says so." },
    [PANE_CACHES] = { "caches", ROWS(caches),
                      "All lookaside units and caches. Hit ratio; misses by "
                      "cause: c cold (never seen), p capacity (too small), f "
                      "conflict (same set), s switch (another domain "
                      "displaced it), i invalidated by the kernel, h another "
                      "hart wrote it. late = "
                      "misses the domain alone would not have had; gifts = "
                      "hits it owes to another. Reach = bytes its entries "
                      "cover now. Below: every line of the first data cache, "
                      "a column per set, a row per way; the brighter, the "
                      "more recently used." },
    [PANE_MAP] = { "map", TEXT(map),
                   "The address space. On top the user half, to scale: "
                   "segments are specks in it. Below, the same segments "
                   "pushed together, in the order of their addresses, with "
                   "one lane of rights per domain: r read, w write, x "
                   "execute, m may change rights. In one space a column is "
                   "one segment for everybody. With several spaces the same "
                   "column (the same address) may be another segment in each "
                   "lane, and one segment may stand in several columns. The "
                   "arrow marks the access under the microscope." },
    [PANE_RIGHTS] = { "rights", ROWS(rights),
                      "What the kernel has granted: a line per segment, a "
                      "column per domain; r read, w write, x execute, m may "
                      "change rights. @ = that domain sees the segment at "
                      "another address (only with several spaces). Left and "
                      "right arrows show more domains." },
    [PANE_STORY] = { "fault", TEXT(story),
                     "The story of the last fault: who, where, what it tried, "
                     "which rule refused it, and when that right was last "
                     "changed, by whom. Up and down: earlier ones." },
    [PANE_TIMELINE] = { "timeline", TEXT(timeline),
                        "Who ran when: a lane per domain, time from left to "
                        "right. Letters mark F faults, R protection misses, M "
                        "TLB misses, C portal calls, * marks of programs; "
                        "arrows are calls, grey is the kernel switching. "
                        "Dotted = the machine ran too fast for every event to "
                        "be kept. ( ) or the wheel show more or less time, "
                        "left and right go back and forth; l makes a lane per "
                        "thread or hart. A click, or v, puts a cursor there; "
                        "below stands what lies between the two: \"2 to 9\" "
                        "= the counters were not sampled often enough to say "
                        "more, i counts exactly. With another run beside this "
                        "one (a), its lanes stand below, in the same scale, "
                        "both ending at the same point of the program." },
    [PANE_EVENTS] = { "events", ROWS(events),
                      "What happened, newest at the bottom: F fault, M TLB "
                      "miss, R protection miss, S switch, T trap, . other. "
                      "Arrows or a click select an event; the story of a "
                      "selected fault is told in full. f shows only the "
                      "letters of the stop mask, / only lines that say a "
                      "word." },
    [PANE_LEDGER] = { "cycles", TEXT(ledger),
                      "Where the cycles went. Every cycle is charged to one "
                      "account; the bars above 'in N switches' add up to all "
                      "of them. Below: what switching domains cost, directly "
                      "(by phase of the kernel) and late, that is, misses "
                      "afterwards that another domain caused. gifts = hits "
                      "owed to another domain. w changes between the last "
                      "command and the whole run." },
    [PANE_SWITCHES] = { "switches", TEXT(switches),
                        "What a switch from one domain to another costs: the "
                        "average one, and the last ones, each as a bar. A "
                        "switch lasts from the trap out of one domain to the "
                        "first instruction of the next (direct, by phase of "
                        "the kernel); late = refills afterwards that the "
                        "domain alone would not have needed. Gifts are hits "
                        "that it owes to the other: counted, not priced. "
                        "ghost mas-asid runs the scenario once more under that "
                        "protection; an outline behind each bar is the same "
                        "switch there, \"there\" its cycles." },
    [PANE_RATIOS] = { "ratios", TEXT(ratios),
                      "How well the units did over the whole run, time from "
                      "left to right: each column is the share of look-ups "
                      "that missed in that stretch, the highest one filling "
                      "the line; its value stands at the end. Left: hits now. "
                      "The last two lines: cycles per instruction, and "
                      "switches per million cycles. u or a click shows one "
                      "of them alone, and says what it means." },
    [PANE_COMPARE] = { "compare", TEXT(compare),
                       "Two runs of this scenario, at the same point of the "
                       "program. A is the run you look at, B a second one with "
                       "something changed: another protection (compare "
                       "mas-asid), an option (compare machine.dtlb.entries=8), "
                       "or another machine of the scenario (its name). B "
                       "follows A wherever it goes. + B has more, - B has "
                       "less, * another value, = the same. w changes between "
                       "the last command and the whole run; compare off ends "
                       "it." },
    [PANE_NOTES] = { "notes", TEXT(notes),
                     "What the scenario is about, in its author's words, and "
                     "its checks: ✓ held, F failed, ○ not reached yet. A "
                     "check in a loop counts." },
    [PANE_CONSOLE] = { "console", TEXT(console),
                       "What the scenario and the programs print, and the "
                       "results of the scenario's checks." },
    [PANE_GRAPH] = { "graph", ROWS(graph),
                     "The machine's state as a graph; the buttons choose "
                     "which: rights (domains and segments), calls (portals, "
                     "messages, system calls, counted), pagetable, segments "
                     "(and range trees), waits (who waits for whom), machine "
                     "(its parts). G goes to the next one. A click or the "
                     "arrows select a node and tell about it, Enter says what "
                     "can be done, a second click goes there. ( and ) make "
                     "the picture smaller and larger, dragging moves it. "
                     "After t, what has changed since is bold and says NEW, "
                     "CHANGED or GONE." },
};

enum style pane_mark_style(char mark)
{
    return mark == 'H' ? STYLE_HIT : mark == 'M' ? STYLE_MISS : STYLE_TEXT;
}

enum style pane_letter_style(char stop)
{
    switch (stop) {
    case 'F':
        return STYLE_FAULT;
    case 'M':
        return STYLE_MISS;
    case 'R':
        return STYLE_WALK;
    case 'S':
        return STYLE_SWITCH;
    case 'T':
        return STYLE_TRAP;
    default:
        return STYLE_TEXT;
    }
}

int pane_lines(struct canvas *c, const char *text)
{
    struct box whole = c->box;
    int lines;

    c->box.height = 0; /* nothing is drawn */
    lines = canvas_wrap(c, 0, 0, STYLE_TEXT, text);
    c->box = whole;
    return lines;
}
