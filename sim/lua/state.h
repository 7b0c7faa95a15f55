/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Lua side of a session, shared by sim/session/session.c and sim/lua/ and
 * by nobody else. The main chunk is a coroutine (scenario.main). A Lua function
 * that needs time to pass fills scenario.request and yields; session/session.c
 * runs the machine until the request is done and resumes the coroutine, where a
 * continuation makes the Lua result of it.
 */
#pragma once

#include <lauxlib.h>
#include <lua.h>

#include "os/abi/abi.h"
#include "sim/boot.h"
#include "sim/config.h"
#include "sim/session/session.h"

enum request_kind {
    REQUEST_NONE,
    REQUEST_CALL, /* run until the mailbox request is done */
    REQUEST_RUN   /* run until a limit, an event or the end of all threads */
};

/* What the main chunk waits for. */
struct request {
    enum request_kind kind;
    struct lua_machine *machine;
    uint64_t until_cycle;      /* RUN: 0 = no limit */
    uint64_t until_insns;      /* RUN: clock of instructions, 0 = no limit */
    struct event_filter until; /* RUN: zero kinds = no event */
    struct console_text until_text; /* RUN: bytes owned by the Lua stack */
    bool posted;                    /* CALL: the mailbox has it */
    uint64_t op, arg[6];
    bool has_text; /* CALL: window goes along */
    char window[NAME_BYTES];
    /* The answer. */
    int64_t result;     /* CALL */
    const char *ended;  /* RUN: "idle", "event", "cycles", "instructions",
                           "expect", "reset", "off" */
    struct event event; /* RUN: the one waited for */
};

/* One m:on(kind, filter, fn). */
struct lua_hook {
    struct event_filter filter;
    int function;   /* registry reference, LUA_NOREF = taken off */
    uint64_t first; /* events before this number are not for it */
};

/* One scripted thread: the coroutine that says what the guest stub does. */
struct lua_script {
    uint64_t thread;   /* guest thread id */
    lua_State *co;     /* NULL = ended */
    int reference;     /* keeps co alive */
    enum script_op op; /* what it wants done, filled when it yields */
    uint64_t arg[4];
    int64_t result; /* of the last operation */
};

struct lua_mark {
    uint64_t value, cycle, instructions;
    uint32_t domain;
};

/*
 * The userdata of a machine; its user value 1 is a table of the objects made so
 * far, by kind and id. All our userdata begin with a serial number: the order
 * in which pairs() meets them as keys.
 */
struct lua_machine {
    uint64_t serial;
    struct scenario *scenario;
    struct machine *machine; /* NULL after m:close() */
    size_t index;            /* in session.machines */
    int reference;           /* keeps the userdata alive while open */
    bool booted;             /* our kernel is up */
    bool firmware; /* software of others was loaded: no kernel to ask */
    const struct personality *personality;
    bool held;              /* threads wait for the next m:run */
    int64_t script_program; /* id of the stub program, 0 = not loaded */
    struct lua_hook *hooks;
    struct event_filter *filters; /* of the marks, the hooks, the request */
    size_t hook_count;
    struct lua_script *scripts;
    size_t script_count;
    struct lua_mark *marks;
    size_t mark_count, mark_room;
    size_t console_shown;       /* bytes of the console already printed */
    size_t console_expected;    /* where the next `expect` begins to look */
    struct event_cursor cursor; /* next event for marks and hooks */
};

/* What an object of the guest is to Lua: a name for an id. */
enum object_kind {
    OBJECT_OS,
    OBJECT_DOMAIN,
    OBJECT_SEGMENT, /* id = base */
    OBJECT_THREAD,
    OBJECT_PORTAL,
    OBJECT_SEMAPHORE,
    OBJECT_PORT,
    OBJECT_PROGRAM,
    OBJECT_KIND_COUNT
};

struct lua_object {
    uint64_t serial;
    enum object_kind kind;
    struct lua_machine *m; /* kept alive by user value 1 */
    uint64_t id;
    uint64_t size;   /* segment: bytes */
    uint64_t domain; /* thread, portal: its domain */
    char name[NAME_BYTES];
};

struct scenario {
    struct session *session;
    struct session_options options; /* its strings are copies */
    char directory[512];            /* of the scenario file, for require */
    lua_State *L;
    lua_State *main;
    bool main_started;
    size_t bytes;       /* held by Lua now */
    uint64_t steps;     /* Lua instructions since time last advanced */
    bool stopped_steps; /* the limit was hit: raise at every instruction */
    bool observing;     /* a hook function runs: read-only API */
    uint64_t serial;    /* last one given to a userdata */
    uint64_t random[4];
    struct request request;
    struct err raised; /* last lua_raise, to know its exit code again */
    char *csv;         /* the last table or csv, for --csv */
    size_t csv_bytes;
    int progress_tenths; /* said so far, when not a terminal */
    bool progress_open;  /* a bar stands on the terminal */
};

/* Keys of Lua's registry. */
#define LUA_RESULTS "opalite.results" /* list of {name, value}, for --json */
#define LUA_ASKED   "opalite.asked"   /* names of args that were read */

/* ---- sim/lua/sandbox.c -------------------------------------------------- */
/* New state with the safe libraries. NULL: no memory. */
MUST_CHECK lua_State *lua_sandbox_new(struct scenario *s);
static inline struct scenario *lua_scenario(lua_State *L)
{
    return *(struct scenario **)lua_getextraspace(L);
}
/* Pushes the text of a value, never an address. */
const char *lua_text(lua_State *L, int index, size_t *bytes);
/* To the front end's print; nothing when quiet. */
void lua_say(struct scenario *s, const char *text, size_t bytes);
/* Failed checks and warnings: also when quiet; stderr without a front end. */
void lua_warn(struct scenario *s, const char *format, ...) PRINTF_LIKE(2, 3);
uint64_t lua_random(struct scenario *s);
/* Time advanced: the step limit starts anew. */
void lua_steps_reset(struct scenario *s);

/* ---- sim/lua/args.c: Lua values from and to C, with clear errors --------- */
/* "4K", "1M" or a number of bytes; raises a Lua error otherwise. */
uint64_t lua_check_size(lua_State *L, int index, const char *what);
/* "r", "rw", "rx", "rwm", "" ...; raises. */
uint64_t lua_check_rights(lua_State *L, int index);
const char *lua_rights_text(uint64_t rights);
/* Raises unless every key of the table at index is one of names
 * (NULL-terminated); says the nearest one. */
void lua_check_keys(lua_State *L, int index, const char *what,
                    const char *const *names);
/* " (did you mean NAME?)", or "" when no name is near word. Ends as a Lua
 * string on the stack. */
const char *lua_push_nearest(lua_State *L, const char *word,
                             const char *const *names);
/* Length of a list, without metamethods: a scenario cannot make it lie. */
static inline lua_Integer lua_count(lua_State *L, int index)
{
    return (lua_Integer)lua_rawlen(L, index);
}

/* sim/lua/order.c: pairs, next and table.sort of scenarios. */
int lua_ordered_pairs(lua_State *L);
int lua_ordered_next(lua_State *L);
int lua_ordered_sort(lua_State *L);
/* Sorted keys of the table at index, pushed as an array; their number. */
lua_Integer lua_push_sorted_keys(lua_State *L, int index);

/* Where everything of the session lies. */
static inline struct heap *lua_heap(const struct lua_machine *m)
{
    return m->scenario->options.heap;
}

/* ---- rooms of the API --------------------------------------------------- */
/* Each sets its globals and makes its metatables. */
void lua_open_machine(lua_State *L); /* machine{}: sim/lua/machine.c */
void lua_open_objects(lua_State *L); /* domains ...: sim/lua/object.c */
void lua_open_script(lua_State *L);  /* scripted threads: sim/lua/script.c */
void lua_open_event(lua_State *L);   /* event objects, m:on: sim/lua/event.c */
void lua_open_stats(lua_State *L);   /* m.stats: sim/lua/stats.c */
void lua_open_check(lua_State *L);
void lua_open_lab(lua_State *L);
void lua_open_output(lua_State *L);
void lua_open_table(lua_State *L);

/* sim/lua/machine.c: the machine at index, not closed; raises. */
struct lua_machine *lua_check_machine(lua_State *L, int index);
/* Gives a machine back, its invariants checked; fine when already closed. */
MUST_CHECK
bool lua_machine_close(struct lua_machine *m, struct err *err);
int lua_machine_run(lua_State *L); /* sim/lua/run.c */
int lua_machine_boot(lua_State *L);
int lua_machine_boot_firmware(lua_State *L); /* sim/lua/firmware.c */
int lua_machine_on(lua_State *L);            /* sim/lua/event.c */
int lua_machine_off(lua_State *L);
int lua_machine_marks(lua_State *L);
int lua_machine_snapshot(lua_State *L); /* sim/lua/stats.c */
int lua_machine_switches(lua_State *L);
int lua_machine_storage_bits(lua_State *L);
void lua_push_stats(lua_State *L, struct lua_machine *m, int machine_index);

/* sim/lua/run.c */
/* Raises when called where time may not advance (hook, scripted thread). */
void lua_check_may_advance(lua_State *L, const char *what);
/* Yields to the session with a system call for the mailbox; then k runs, and
 * lua_call_result gives what the kernel said. text: NULL or a name. */
int lua_kernel_call(lua_State *L, struct lua_machine *m, const char *what,
                    uint64_t op, const uint64_t arg[6], const char *text,
                    lua_KFunction k, lua_KContext context);
/* Result >= 0, or raises "what: why the kernel refused". */
uint64_t lua_call_result(lua_State *L, const char *what);
const char *lua_kernel_error_text(int64_t result);
/* Raises a Lua error that ends the program with code if nobody catches it. */
_Noreturn int lua_raise(lua_State *L, enum exit_code code, const char *format,
                        ...) PRINTF_LIKE(3, 4);

/* sim/lua/object.c */
/* A new object, in place of any that had the same id before. */
struct lua_object *lua_push_made(lua_State *L, struct lua_machine *m,
                                 enum object_kind kind, uint64_t id,
                                 const char *name);
/* "domain alice", "thread 7": for messages; stays on the stack. */
const char *lua_push_title(lua_State *L, const struct lua_object *o);
/* Pushes the object of an id: the one made before, or a new one. */
struct lua_object *lua_push_object(lua_State *L, struct lua_machine *m,
                                   int machine_index, enum object_kind kind,
                                   uint64_t id);
struct lua_object *lua_test_object(lua_State *L, int index);
/* An object of that kind; raises. */
struct lua_object *lua_check_object(lua_State *L, int index,
                                    enum object_kind kind);
/* Integer, boolean, nil (0) or object (segment: base, else id); raises. */
uint64_t lua_check_word(lua_State *L, int index);
/* sim/lua/os.c */
extern const luaL_Reg *const lua_object_methods[OBJECT_KIND_COUNT];
/* The number of a system call by name; raises. */
uint64_t lua_check_syscall(lua_State *L, int index);
/* Pushes m's userdata: sim/lua/machine.c. */
void lua_push_machine(lua_State *L, struct lua_machine *m);

/* sim/lua/script.c */
/* The function at the top of the stack becomes what `thread` does; pops it. */
void lua_script_add(lua_State *L, struct lua_machine *m, uint64_t thread,
                    uint64_t domain);
/* After STOP_SCRIPT: resumes the coroutine, answers the mailbox. */
MUST_CHECK
bool lua_script_answer(struct scenario *s, struct lua_machine *m,
                       struct err *err);
int lua_domain_thread(lua_State *L);
int lua_domain_write(lua_State *L);

/* sim/lua/event.c */
/* Table at index (domain=..., value=...) and event names to a filter; raises.
 */
struct event_filter lua_check_filter(lua_State *L, struct lua_machine *m,
                                     int kind_index, int filter_index);
/* Reads new events: marks are kept, hook functions run. */
MUST_CHECK
bool lua_events_read(struct scenario *s, struct lua_machine *m,
                     struct err *err);
void lua_push_event(lua_State *L, struct lua_machine *m, const struct event *e);
/* Fills m->filters for a run; returns how many. */
size_t lua_event_filters(struct lua_machine *m,
                         const struct event_filter *also);

/* sim/lua/output.c */
/* What goes to --json: name to value. The value is on top; pops it. */
void lua_keep_result(lua_State *L, const char *name);
/* Header and rows become the text of --csv; raises. */
void lua_keep_csv(lua_State *L, int header, int rows);
struct json;
void lua_write_json(lua_State *L, int index, struct json *j);
/* Path of an output file in the scenario's out directory; raises. */
void lua_output_path(lua_State *L, const char *name, const char *suffix,
                     char *to, size_t room);
/* A bar on the terminal must not be run into by other text. */
void lua_progress_end(struct scenario *s);

/* Error of a coroutine (on its stack) as file:line: text and exit code. */
void lua_error_to_err(struct scenario *s, lua_State *co, int status,
                      struct err *err);
