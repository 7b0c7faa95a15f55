// SPDX-License-Identifier: Apache-2.0
/*
 * The list of panes, and what each one means in words for somebody who sees
 * the screen for the first time (key ?).
 */
#include "viz/pane.h"

const struct pane panes[PANE_COUNT] = {
    [PANE_CODE] = { "code", pane_code_title, pane_code_draw,
                    "The instructions around pc, the program counter. The "
                    "arrow points at "
                    "the one that runs next. The title says which function it "
                    "is in; the "
                    "first line is its line of source. Zoom (z) to see source "
                    "and "
                    "instructions side by side." },
    [PANE_REGISTERS] = { "registers", pane_registers_title, pane_registers_draw,
                         "The registers under the names that compilers use: "
                         "a0-a7 arguments and "
                         "results, sp stack, ra return address, tp thread, s "
                         "kept across calls, "
                         "t temporary. A star marks what the last command "
                         "changed. Zoomed, the "
                         "pane says what a value points at: a symbol, or "
                         "segment+offset." },
    [PANE_TLB] = { "TLB", pane_tlb_title, pane_tlb_draw,
                   "Translation: where a virtual address (va) is in physical "
                   "memory (pa). "
                   "Unit I serves fetches, D loads and stores, 2 both. H = the "
                   "last step "
                   "used this entry, M = the last step missed and filled it. "
                   "Size of the "
                   "page; rights r w x and u (user) of the page; a accessed, d "
                   "dirty; "
                   "asid = the space it belongs to, 'all' = every space; age 0 "
                   "= used "
                   "last." },
    [PANE_PROTECTION] = { "protection", pane_protection_title,
                          pane_protection_draw,
                          "Protection: who may use an address. The RPLB caches "
                          "rights of a domain "
                          "on a whole range of addresses, apart from "
                          "translation. I = for "
                          "fetches, D = for loads and stores; H and M as in "
                          "the TLB. On a "
                          "conventional system the page table decides instead, "
                          "and the pane says "
                          "so." },
    [PANE_RIGHTS] = { "rights", pane_rights_title, pane_rights_draw,
                      "What the kernel has granted: a line per segment, a "
                      "column per domain; "
                      "r read, w write, x execute, m may change rights. @ = "
                      "that domain sees "
                      "the segment at another address (only with several "
                      "spaces). Left and "
                      "right arrows show more domains." },
    [PANE_LEDGER] = { "cycles", pane_ledger_title, pane_ledger_draw,
                      "Where the cycles went. Every cycle is charged to one "
                      "account; the bars "
                      "above 'in N switches' add up to all of them. Below: "
                      "what switching "
                      "domains cost, directly (by phase of the kernel) and "
                      "late, that is, "
                      "misses afterwards that another domain caused. gifts = "
                      "hits owed to "
                      "another domain. w changes between the last command and "
                      "the whole "
                      "run." },
    [PANE_EVENTS] = { "events", pane_events_title, pane_events_draw,
                      "What happened, newest at the bottom: F fault, M TLB "
                      "miss, R protection "
                      "miss, S switch, T trap, . other. Arrows select an "
                      "event; the story of a "
                      "selected fault is told in full. f shows only the "
                      "letters of the stop "
                      "mask." },
    [PANE_CONSOLE] = { "console", pane_console_title, pane_console_draw,
                       "What the scenario and the programs print, and the "
                       "results of the "
                       "scenario's checks." },
};
