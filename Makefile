# SPDX-License-Identifier: Apache-2.0
#
# make run     install what is missing, build, run the main job
# make test    install what is missing, build everything, run all tests
# make help    the other targets
#
# Nothing is built in the source folders: build/<variant>/ holds the host
# programs, build/guest/ the RV64 kernel and programs (the same for every
# variant). V = release debug asan cov fuzz; CC = gcc clang (fuzz: clang).

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.PHONY: help all lean gallery deps deps-run run run-built test test-built test-one check \
        floors headers format format-check tidy bench bench-scale bench-engines bench-views \
        bench-history fidelity guest \
        clean fuzz fuzz-built fuzz-host fuzz-host-built

V ?= release
CC = gcc
Q ?= @
ifeq ($(filter $(V),release debug asan cov fuzz),)
$(error V=$(V) is unknown: release, debug, asan, cov or fuzz)
endif
CC_NAME := $(notdir $(CC))
B := build/$(V)$(if $(filter gcc,$(CC_NAME)),,-$(CC_NAME))
G := build/guest
JOBS := $(shell nproc 2>/dev/null || echo 2)

# ---- packages -----------------------------------------------------------
PACKAGES_RUN := gcc libc6-dev pkg-config liblua5.4-dev libelf-dev libdw-dev libzstd-dev \
    libncurses-dev libcairo2-dev libfdt-dev gcc-riscv64-unknown-elf \
    binutils-riscv64-unknown-elf
PACKAGES_TEST := $(PACKAGES_RUN) clang clang-format clang-tidy \
    libclang-rt-14-dev libcmocka-dev tmux util-linux opensbi u-boot-qemu \
    qemu-system-misc e2fsprogs dosfstools mtools libsdl2-dev xvfb xdotool \
    fonts-dejavu-core libgraphviz-dev graphviz gdb-multiarch

# ---- flags --------------------------------------------------------------
WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
    -Wmissing-prototypes -Wvla -Werror
OPT_debug := -O0 -g
OPT_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
    -fno-omit-frame-pointer
OPT_cov := -O0 -g --coverage
LD_asan := -fsanitize=address,undefined
LD_cov := --coverage
OPT_fuzz := $(OPT_asan) -fsanitize=fuzzer-no-link
LD_fuzz := $(LD_asan)
# Without the vectoriser of straight-line code: it turns copies of small structs
# into wide loads that wait for the narrow stores before them.
OPT_release := -O2 -g1 -fno-tree-slp-vectorize
PKG = $(shell pkg-config $(1) $(2))
CFLAGS = -std=c11 -D_GNU_SOURCE -I. $(WARN) $(OPT_$(V)) -MMD -MP
LUA_CFLAGS = $(call PKG,--cflags,lua5.4)
LDLIBS = $(call PKG,--libs,lua5.4) -lelf -ldw -lfdt -lzstd -lm
VIZ_CFLAGS = $(call PKG,--cflags,cairo ncursesw)
SDL_CFLAGS = $(call PKG,--cflags,sdl2)
TUI_LIBS = $(call PKG,--libs,ncursesw)
PLOT_LIBS = $(call PKG,--libs,cairo)
GUI_LIBS = $(call PKG,--libs,sdl2 cairo) -pthread
# Graphviz is there only after `make deps`; without it graphs are dot text.
GVC := $(shell pkg-config --exists libgvc libcgraph && echo yes)
GVC_CFLAGS = $(subst -I,-isystem ,$(call PKG,--cflags,libgvc libcgraph))
GVC_LIBS = $(call PKG,--libs,libgvc libcgraph)

# ---- sources: one library, several programs -----------------------------
MAINS := sim/main.c viz/tui/main.c viz/gui/main.c viz/plot/main.c \
    viz/graph/main.c viz/graph/layout_main.c
LIB_SRC := $(filter-out $(MAINS),$(wildcard mmu/*.c mmu/*/*.c cpu/*.c sim/*.c sim/*/*.c))
VIZ_SRC := $(filter-out $(MAINS),$(wildcard viz/*.c viz/*/*.c))
# The window's own part needs SDL; `make run` does without
GUI_SRC := $(filter viz/gui/%,$(VIZ_SRC))
VIEW_SRC := $(filter-out $(GUI_SRC),$(VIZ_SRC))
LIB := $(B)/libopalite.a
VIEWS := $(B)/libviews.a
OBJ = $(patsubst %.c,$(B)/obj/%.o,$(1))
# What `make run` needs; the window needs SDL besides
LEAN := $(B)/opalite $(B)/opalite-tui $(B)/opalite-plot $(B)/opalite-graph
PROGRAMS := $(LEAN) $(B)/opalite-gui $(if $(GVC),$(B)/opalite-layout)

all: $(PROGRAMS) guest
lean: $(LEAN) guest

help:
	@echo "make run | test        the two commands of the README"
	@echo "make all [V=..] [CC=..] build $(PROGRAMS) and the guest"
	@echo "make deps              install every Debian package used here"
	@echo "make check             floors, headers, format, clang-tidy"
	@echo "make fuzz              random programs, ours against QEMU"
	@echo "make fuzz-host [SECONDS=600] [TARGETS='elf lua ..']"
	@echo "                       libFuzzer on what reads foreign input"
	@echo "make gallery           draws the pictures of docs/gallery again"
	@echo "make bench             speed of the simulator, against QEMU"
	@echo "make bench-scale       how its speed and memory scale"
	@echo "make bench-engines     what the fast engine's techniques are worth"
	@echo "make bench-views       what watching in a window costs"
	@echo "make bench-history [SAMPLES=100] what going back costs"
	@echo "make fidelity [ABLATE=1] preset flute against its RTL"
	@echo "make format | clean"

$(LIB): $(call OBJ,$(LIB_SRC))
$(VIEWS): $(call OBJ,$(VIEW_SRC))
$(LIB) $(VIEWS):
	$(Q)rm -f $@ && ar rcs $@ $^

$(B)/opalite: $(call OBJ,sim/main.c) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS)
$(B)/opalite-tui: $(call OBJ,viz/tui/main.c) $(VIEWS) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS) $(TUI_LIBS)
$(B)/opalite-gui: $(call OBJ,viz/gui/main.c $(GUI_SRC)) $(VIEWS) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS) $(GUI_LIBS)
$(B)/opalite-plot: $(call OBJ,viz/plot/main.c) $(VIEWS) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS) $(PLOT_LIBS)
$(B)/opalite-graph: $(call OBJ,viz/graph/main.c) $(VIEWS) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS)
$(B)/opalite-layout: $(call OBJ,viz/graph/layout_main.c) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS) $(GVC_LIBS)

$(B)/obj/%.o: %.c Makefile
	$(Q)mkdir -p $(@D) && echo "  CC  $<" && $(CC) $(CFLAGS) \
	    $(if $(filter sim/lua/% sim/session/%,$<),$(LUA_CFLAGS)) \
	    $(if $(filter viz/% tests/viz/%,$<),$(VIZ_CFLAGS)) \
	    $(if $(filter viz/gui/%,$<),$(SDL_CFLAGS)) \
	    $(if $(filter viz/graph/layout_main%,$<),$(GVC_CFLAGS)) -c -o $@ $<

# ---- guest: kernel, programs, guest tests -------------------------------
RV := riscv64-unknown-elf-
# The folder it is built in is in no guest file: the kernel reads its programs'
# files, so their bytes are part of what makes a run the same everywhere.
export PWD := $(CURDIR)
RVFLAGS := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany \
    -ffreestanding -nostdlib -fno-common -std=c11 -I. -O2 -g -Wall -Wextra \
    -Wshadow -Werror -ffunction-sections -MMD -MP -fno-stack-protector \
    -fno-asynchronous-unwind-tables -ftls-model=local-exec \
    -ffile-prefix-map=$(CURDIR)=. -Wa,--debug-prefix-map=$(CURDIR)=.
RVLINK := -march=rv64imac -mabi=lp64 -nostdlib -static -Wl,--no-warn-rwx-segments \
    -Wl,--build-id=none -Wl,--gc-sections
-include os/guest.mk

guest: $(GUEST_FILES)

# ---- tests: tests/<floor>/test_x.c, one program each ---------------------
TEST_SRC := $(wildcard tests/mmu/test_*.c tests/cpu/test_*.c \
    tests/sim/test_*.c tests/os/test_*.c tests/viz/test_*.c \
    tests/fuzz/target_*.c \
    tests/bench/test_*.c)
TEST_SUPPORT := $(wildcard tests/ref/*.c tests/*/harness*.c)
TESTS := $(subst fuzz/target_,fuzz/,$(patsubst tests/%.c,$(B)/tests/%,$(TEST_SRC)))

$(B)/tests/viz/%: $(B)/obj/tests/viz/%.o $(call OBJ,$(TEST_SUPPORT) $(VIZ_SRC)) $(LIB)
	$(Q)mkdir -p $(@D) && $(CC) $(LD_$(V)) -o $@ $^ -lcmocka $(LDLIBS) $(TUI_LIBS) $(GUI_LIBS)
# A fuzz target: fed by its corpus, or, in the variant fuzz, by libFuzzer
$(B)/tests/fuzz/%: $(B)/obj/tests/fuzz/target_%.o $(if $(filter fuzz,$(V)),,$(B)/obj/tests/fuzz/replay.o) $(VIEWS) $(LIB)
	$(Q)mkdir -p $(@D) && $(CC) $(LD_$(V)) $(if $(filter fuzz,$(V)),-fsanitize=fuzzer) -o $@ $^ -lcmocka $(LDLIBS) $(PLOT_LIBS)
$(B)/tests/%: $(B)/obj/tests/%.o $(call OBJ,$(TEST_SUPPORT)) $(LIB)
	$(Q)mkdir -p $(@D) && $(CC) $(LD_$(V)) $(LD_$(@F)) -o $@ $^ -lcmocka $(LDLIBS)
# Its own unit stands before these.
LD_test_new_unit := -Wl,--wrap=mmu_load,--wrap=mmu_store,--wrap=mmu_fetch \
    -Wl,--wrap=l0_load,--wrap=l0_store,--wrap=l0_fetch
.SECONDARY:

# One variant's tests: make test-one V=asan
test-one: $(PROGRAMS) guest $(TESTS) $(B)/fuzz-generate
	$(Q)tests/run.sh $(B) $(TESTS)

test-built: floors headers format-check
	$(Q)tests/all.sh

test: deps
	$(Q)$(MAKE) -j$(JOBS) test-built

check: floors headers format-check tidy

floors:
	$(Q)tests/house/floors.sh
headers:
	$(Q)tests/house/headers.sh $(CC)
format-check:
	$(Q)tests/house/format.sh check
format:
	$(Q)tests/house/format.sh write
tidy:
	$(Q)tests/house/tidy.sh

# Pictures of every panel, for the documents: needs no display
gallery: $(B)/opalite-gui $(B)/opalite-tui guest
	$(Q)tests/gallery.sh $(B) docs/gallery

# ---- the two commands ----------------------------------------------------
deps:
	$(Q)tests/house/deps.sh $(PACKAGES_TEST)
deps-run:
	$(Q)tests/house/deps.sh $(PACKAGES_RUN)

run: deps-run
	$(Q)$(MAKE) -s -j$(JOBS) lean
	$(Q)$(MAKE) run-built
run-built:
	$(Q)mkdir -p out
	$(Q)$(B)/opalite run scenarios/switch_cost.lua

# Speed, against QEMU: make bench REPEAT=5 ONLY="coremix chase"
REPEAT = 3
$(B)/bench: $(call OBJ,tests/bench/bench.c tests/bench/harness.c) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS)
bench: deps-run
	$(Q)$(MAKE) -j$(JOBS) lean $(B)/bench
	$(Q)$(B)/bench $(B)/opalite $(G) $(REPEAT) $(ONLY)
$(B)/bench-engines: $(call OBJ,tests/bench/engines.c tests/bench/harness.c) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS)
bench-engines: deps-run
	$(Q)$(MAKE) -j$(JOBS) lean $(B)/bench-engines
	$(Q)$(B)/bench-engines $(REPEAT) $(wildcard $(G)/bench/*.elf)
SAMPLES = 100
HISTORY_RUNS = scenarios/05_zero_copy_graph.lua:100000000:nodes=200000 \
    $(G)/bench/coremix.elf:100000000
$(B)/bench-history: $(call OBJ,tests/bench/history.c tests/bench/harness.c) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS)
bench-history: deps-run
	$(Q)$(MAKE) -j$(JOBS) lean $(B)/bench-history
	$(Q)$(B)/bench-history $(SAMPLES) $(HISTORY_RUNS)
$(B)/bench-scale: $(call OBJ,tests/bench/scale.c tests/bench/harness.c) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS)
bench-views: deps
	$(Q)$(MAKE) -j$(JOBS) all
	$(Q)tests/bench/views.sh $(B)
bench-scale: deps-run
	$(Q)$(MAKE) -j$(JOBS) lean $(B)/bench-scale
	$(Q)$(B)/bench-scale $(B)/opalite $(G) $(REPEAT)

$(B)/fidelity: $(call OBJ,tests/fidelity.c tests/fidelity/harness.c) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS)
fidelity: deps-run
	$(Q)$(MAKE) -j$(JOBS) $(B)/fidelity
	$(Q)$(B)/fidelity $(if $(ABLATE),ablate)

# Differential fuzzing against QEMU: make fuzz FIRST=1000 COUNT=500
FIRST = 1000
COUNT = 500
$(B)/fuzz-generate: $(call OBJ,tests/fuzz/generate.c tests/fuzz/features.c) $(LIB)
	$(Q)$(CC) $(LD_$(V)) -o $@ $^ $(LDLIBS)
# The fixed seeds of make test
fuzz-built: $(B)/opalite $(B)/fuzz-generate $(G)/fuzz/runtime.elf
	$(Q)tests/fuzz/run.sh $(B) 1 200
	$(Q)tests/fuzz/run.sh $(B) 100000 150
fuzz: deps
	$(Q)$(MAKE) -j$(JOBS) $(B)/opalite $(B)/fuzz-generate $(G)/fuzz/runtime.elf
	$(Q)tests/fuzz/run.sh $(B) $(FIRST) $(COUNT)

# libFuzzer on whatever reads foreign input, SECONDS for each target
SECONDS = 600
TARGETS = $(patsubst tests/fuzz/target_%.c,%,$(wildcard tests/fuzz/target_*.c))
fuzz-host-built: guest $(TARGETS:%=$(B)/tests/fuzz/%)
	$(Q)tests/fuzz/host.sh $(B)/tests/fuzz $(SECONDS) $(TARGETS)
fuzz-host: deps
	$(Q)$(MAKE) -j$(JOBS) V=fuzz CC=clang SECONDS=$(SECONDS) TARGETS="$(TARGETS)" fuzz-host-built

clean:
	rm -rf build out

-include $(shell find $(B) $(G) -name '*.d' 2>/dev/null)
