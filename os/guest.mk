# SPDX-License-Identifier: Apache-2.0
# How the guest is built: kernel, user programs, bare-metal tests. Included by
# the Makefile, which defines G, RV, RVFLAGS and RVLINK.

KERNEL_SRC := $(wildcard os/kernel/*.c os/kernel/*.S os/kernel/*/*.c os/kernel/*/*.S)
KERNEL_OBJ := $(addprefix $(G)/obj/,$(addsuffix .o,$(KERNEL_SRC)))
RUNTIME_SRC := $(wildcard os/user/*.c os/user/*.S)
RUNTIME_OBJ := $(addprefix $(G)/obj/,$(addsuffix .o,$(RUNTIME_SRC)))
PROGRAM_SRC := $(wildcard os/user/programs/*.c os/user/programs/*.S)
PROGRAMS_ELF := $(addprefix $(G)/programs/,$(addsuffix .elf,$(basename $(notdir $(PROGRAM_SRC)))))
PLAIN_PROGRAMS := statics toucher
PROGRAMS_ELF += $(addprefix $(G)/programs/plain_,$(addsuffix .elf,$(PLAIN_PROGRAMS)))
PLAIN_OBJ := $(addprefix $(G)/obj/plain/,$(addsuffix .o,$(RUNTIME_SRC)))
GUEST_TEST_SRC := $(wildcard tests/guest/*.S tests/guest/*.c)
GUEST_TEST_ELF := $(addprefix $(G)/tests/,$(addsuffix .elf,$(basename $(notdir $(GUEST_TEST_SRC)))))
BENCH_SRC := $(wildcard tests/guest/bench/*.S tests/guest/bench/*.c)
BOARD_SRC := $(wildcard tests/guest/board/*.c)
BOARD_ELF := $(addprefix $(G)/board/,$(addsuffix .elf,$(basename $(notdir $(BOARD_SRC)))))
BENCH_NAMES := $(filter-out scale,$(basename $(notdir $(BENCH_SRC))))
BENCH_ELF := $(BENCH_NAMES:%=$(G)/bench/%.elf)
BENCH_SMALL_ELF := $(BENCH_NAMES:%=$(G)/bench-small/%.elf)
# Those that need no privilege also run in U-mode, without and with the RPLB
BENCH_USER_NAMES := $(filter-out harts paging syscalls,$(BENCH_NAMES))
BENCH_ELF += $(BENCH_USER_NAMES:%=$(G)/bench-user/%.elf) $(BENCH_USER_NAMES:%=$(G)/bench-rplb/%.elf)
BENCH_ELF += $(G)/bench/scale.elf
BENCH_SMALL_ELF += $(BENCH_USER_NAMES:%=$(G)/bench-small/%-user.elf) $(BENCH_USER_NAMES:%=$(G)/bench-small/%-rplb.elf)
HARTS_SRC := $(wildcard tests/guest/harts/*.c)
HARTS_ELF := $(addprefix $(G)/harts/,$(addsuffix .elf,$(basename $(notdir $(HARTS_SRC)))))
GUEST_FILES := $(if $(KERNEL_SRC),$(G)/kernel.elf) $(PROGRAMS_ELF) $(GUEST_TEST_ELF) $(HARTS_ELF) $(BENCH_ELF) $(BENCH_SMALL_ELF) $(BOARD_ELF)

$(G)/obj/%.c.o: %.c Makefile os/guest.mk
	$(Q)mkdir -p $(@D) && echo "  RV  $<" && $(RV)gcc $(RVFLAGS) -c -o $@ $<
$(G)/obj/%.S.o: %.S Makefile os/guest.mk
	$(Q)mkdir -p $(@D) && echo "  RV  $<" && $(RV)gcc $(RVFLAGS) -c -o $@ $<

$(G)/kernel.elf: $(KERNEL_OBJ) os/kernel/kernel.ld
	$(Q)$(RV)gcc $(RVLINK) -T os/kernel/kernel.ld -o $@ $(KERNEL_OBJ) -lgcc

# The same kernel, spoilt or changed for tests: no hints; no flush on a switch
# of space; no invalidation on a change of rights; checking itself at boot.
KERNEL_VARIANTS := nohints noflush noinvalidate selftest
KERNEL_FLAGS_nohints := -DNO_HINTS
KERNEL_FLAGS_noflush := -DOMIT_FLUSH
KERNEL_FLAGS_noinvalidate := -DOMIT_INVALIDATE
KERNEL_FLAGS_selftest := -DSELFTEST
GUEST_FILES += $(patsubst %,$(G)/kernel-%.elf,$(KERNEL_VARIANTS))
define KERNEL_VARIANT
$(G)/obj-$(1)/%.o: % Makefile os/guest.mk
	$$(Q)mkdir -p $$(@D) && echo "  RV  $$< ($(1))" && $$(RV)gcc $$(RVFLAGS) $$(KERNEL_FLAGS_$(1)) -c -o $$@ $$<
$(G)/kernel-$(1).elf: $$(patsubst %,$(G)/obj-$(1)/%.o,$$(KERNEL_SRC)) os/kernel/kernel.ld
	$$(Q)$$(RV)gcc $$(RVLINK) -T os/kernel/kernel.ld -o $$@ $$(filter %.o,$$^) -lgcc
endef
$(foreach v,$(KERNEL_VARIANTS),$(eval $(call KERNEL_VARIANT,$(v))))

# A program: position-independent text, statics through tp (see os/user/user.ld)
$(G)/programs/%.elf: $(G)/obj/os/user/programs/%.c.o $(RUNTIME_OBJ) os/user/user.ld
	$(Q)mkdir -p $(@D) && $(RV)gcc $(RVLINK) -Wl,-q -T os/user/user.ld -o $@ \
	    $(filter %.o,$^) -lgcc
$(G)/programs/%.elf: $(G)/obj/os/user/programs/%.S.o $(RUNTIME_OBJ) os/user/user.ld
	$(Q)mkdir -p $(@D) && $(RV)gcc $(RVLINK) -Wl,-q -T os/user/user.ld -o $@ \
	    $(filter %.o,$^) -lgcc
# The conventional kind of program, for comparison (see os/user/plain.ld): at low
# addresses, which code may name absolutely
$(G)/obj/plain/%.o: % Makefile os/guest.mk
	$(Q)mkdir -p $(@D) && echo "  RV  $< (plain)" && $(RV)gcc $(RVFLAGS) -mcmodel=medlow -DPLAIN -c -o $@ $<
$(G)/programs/plain_%.elf: $(G)/obj/plain/os/user/programs/%.c.o $(PLAIN_OBJ) os/user/plain.ld
	$(Q)mkdir -p $(@D) && $(RV)gcc $(RVLINK) -T os/user/plain.ld -o $@ \
	    $(filter %.o,$^) -lgcc
# memcpy and memset must not be compiled into calls of themselves
$(G)/obj/os/user/string.c.o $(G)/obj/plain/os/user/string.c.o: RVFLAGS += -fno-strict-aliasing \
    -fno-tree-loop-distribute-patterns

# Bare-metal tests and benchmarks: M-mode, entry 0x80000000, end by tohost.
GUEST_LINK = $(Q)mkdir -p $(@D) && $(RV)gcc $(RVLINK) -T tests/guest/link.ld -o $@ \
    $(filter %.o,$^) -lgcc
$(G)/tests/%.elf: $(G)/obj/tests/guest/%.S.o tests/guest/link.ld
	$(GUEST_LINK)
$(G)/tests/%.elf: $(G)/obj/tests/guest/%.c.o $(G)/obj/tests/guest/lib/crt.S.o tests/guest/link.ld
	$(GUEST_LINK)

# Benchmarks: full size and, for the tests, small; main in M-mode, in U-mode,
# in U-mode under the RPLB.
$(G)/obj/small/%.o: % Makefile os/guest.mk
	$(Q)mkdir -p $(@D) && echo "  RV  $< (small)" && $(RV)gcc $(RVFLAGS) -DSMALL -c -o $@ $<
$(G)/obj/crt-%.o: tests/guest/lib/crt.S Makefile os/guest.mk
	$(Q)mkdir -p $(@D) && echo "  RV  $< ($*)" && $(RV)gcc $(RVFLAGS) $(CRT_FLAGS_$*) -c -o $@ $<
CRT_FLAGS_user := -DUSER_MODE
CRT_FLAGS_rplb := -DUSER_MODE -DRPLB
BENCH_OBJ := $(G)/obj/tests/guest/bench/%.c.o tests/guest/link.ld
BENCH_SMALL_OBJ := $(G)/obj/small/tests/guest/bench/%.c.o tests/guest/link.ld
$(G)/bench/%.elf: $(BENCH_OBJ) $(G)/obj/tests/guest/lib/crt.S.o
	$(GUEST_LINK)
$(G)/bench-user/%.elf: $(BENCH_OBJ) $(G)/obj/crt-user.o
	$(GUEST_LINK)
$(G)/bench-rplb/%.elf: $(BENCH_OBJ) $(G)/obj/crt-rplb.o
	$(GUEST_LINK)
$(G)/bench-small/%-user.elf: $(BENCH_SMALL_OBJ) $(G)/obj/crt-user.o
	$(GUEST_LINK)
$(G)/bench-small/%-rplb.elf: $(BENCH_SMALL_OBJ) $(G)/obj/crt-rplb.o
	$(GUEST_LINK)
$(G)/bench-small/%.elf: $(BENCH_SMALL_OBJ) $(G)/obj/tests/guest/lib/crt.S.o
	$(GUEST_LINK)

# Tests for several harts: opalite exec --harts N --htif FILE
$(G)/harts/%.elf: $(G)/obj/tests/guest/harts/%.c.o $(G)/obj/tests/guest/lib/harts.S.o tests/guest/link.ld
	$(GUEST_LINK)

# The same with the whole board around: devices, interrupts, a disk.
$(G)/board/unix.elf: $(G)/obj/tests/guest/board/unix_entry.S.o
$(G)/board/%.elf: $(G)/obj/tests/guest/board/%.c.o $(G)/obj/tests/guest/lib/crt.S.o tests/guest/link.ld
	$(Q)mkdir -p $(@D) && $(RV)gcc $(RVLINK) -T tests/guest/link.ld -o $@ \
	    $(filter %.o,$^) -lgcc

# The runtime of fuzz programs (tests/fuzz/generate.c fills in the rest).
FUZZ_OBJ := $(G)/obj/tests/fuzz/guest/start.S.o $(G)/obj/tests/fuzz/guest/runtime.c.o
GUEST_FILES += $(G)/fuzz/runtime.elf
$(G)/fuzz/runtime.elf: $(FUZZ_OBJ) tests/fuzz/guest/link.ld
	$(Q)mkdir -p $(@D) && $(RV)gcc $(RVLINK) -T tests/fuzz/guest/link.ld -o $@ $(FUZZ_OBJ) -lgcc
