# hblogit: `make demo` builds and shows the program at work, `make check` runs the tests.
# Both install the Debian packages they need when run as root, and name them otherwise.

VERSION  := 0.1.0
BUILD    ?= build
CC       ?= cc
CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wwrite-strings -Wvla -Werror
ALL_CFLAGS := -std=c11 $(WARNINGS) -fopenmp -ffp-contract=off -fno-math-errno \
              -D_POSIX_C_SOURCE=200809L -DHBL_VERSION='"$(VERSION)"' -Iinclude -Isrc $(CFLAGS)
LDLIBS   := -lgsl -lgslcblas -lcjson -lcsv -lmuparser -lz -lm
prefix      ?= /usr/local
bindir      ?= $(prefix)/bin
libdir      ?= $(prefix)/lib
includedir  ?= $(prefix)/include
mandir      ?= $(prefix)/share/man

# make V=1 shows the commands.
ifdef V
say = @:
else
Q := @
say = @echo
endif

# Sources compiled once for each instruction set; the widest that the machine has is chosen at run
# time. The first is the architecture's baseline.
ISA_SOURCES := $(wildcard src/*/*_isa.c)
ifneq ($(filter x86_64 amd64,$(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)),)
ISAS := sse2 avx2 avx512
else
ISAS := baseline
endif
ISA_FLAGS_sse2     :=
ISA_FLAGS_baseline :=
ISA_FLAGS_avx2     := -mavx2 -mfma
ISA_FLAGS_avx512   := -mavx512f -mavx512dq -mavx512vl -mavx512bw -mfma -mprefer-vector-width=512

LIB_SOURCES := $(filter-out $(ISA_SOURCES) $(wildcard src/cli/*.c),$(wildcard src/*/*.c))
CLI_SOURCES := $(wildcard src/cli/*.c)
LIB_OBJECTS := $(LIB_SOURCES:src/%.c=$(BUILD)/%.o) \
               $(foreach isa,$(ISAS),$(ISA_SOURCES:src/%_isa.c=$(BUILD)/%_$(isa).o))
CLI_OBJECTS := $(CLI_SOURCES:src/%.c=$(BUILD)/%.o)
LIBRARY := $(BUILD)/libhblogit.a
PROGRAM := $(BUILD)/hblogit

TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c tests/statistical/test_*.c \
           tests/trace/test_*.c tests/reproducibility/test_*.c tests/faults/test_*.c \
           tests/fuzz/test_*.c)) \
         $(wildcard tests/cli/test_*.sh tests/reproducibility/test_*.sh)
LONG_TESTS := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/statistical/long_*.c)) \
              $(wildcard tests/statistical/long_*.sh tests/faults/long_*.sh \
                tests/reproducibility/long_*.sh)

.PHONY: all demo check check-long check-sanitize check-thread check-valgrind bench bench-quick bench-msl \
        bench-large bench-hard bench-defaults build-bench mutants fuzz coverage lint format install \
        deps clean run-tests run-long-tests run-valgrind
.DELETE_ON_ERROR:
.SECONDARY:

# As many jobs as processors, unless make was told how many.
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

all: deps
	@$(SUBMAKE) $(PROGRAM)

# ---- program and library

$(PROGRAM): $(CLI_OBJECTS) $(LIBRARY)
	$(say) "  link     $@"
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $^ $(LDFLAGS) $(LDLIBS)

$(LIBRARY): $(LIB_OBJECTS)
	@rm -f $@
	$(say) "  archive  $@"
	$(Q)$(AR) rcs $@ $^

$(BUILD)/%.o: src/%.c
	@mkdir -p $(@D)
	$(say) "  compile  $@"
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

define isa_rule
$(BUILD)/%_$(1).o: src/%_isa.c
	@mkdir -p $$(@D)
	$$(say) "  compile  $$@"
	$$(Q)$$(CC) $$(ALL_CFLAGS) -O3 -ffp-contract=$$(CONTRACT) -fno-var-tracking $$(ISA_FLAGS_$(1)) -DHBL_ISA=$(1) -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call isa_rule,$(isa))))
# Multiply and add contract, but in the diagnostics: the same draws have the same on every machine.
CONTRACT := fast
$(BUILD)/diagnose/%.o: CONTRACT := off

# ---- tests

$(BUILD)/tests/%: tests/%.c $(LIBRARY)
	@mkdir -p $(@D)
	$(say) "  compile  $@"
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -o $@ $< $(LIBRARY) $(LDFLAGS) -lcmocka $(LDLIBS)

# The benchmark's yardsticks are compiled for each instruction set, like the pass they measure.
PEAK_OBJECTS := $(foreach isa,$(ISAS),$(BUILD)/tests/bench/peak_$(isa).o)
define peak_rule
$(BUILD)/tests/bench/peak_$(1).o: tests/bench/peak_isa.c
	@mkdir -p $$(@D)
	$$(say) "  compile  $$@"
	$$(Q)$$(CC) $$(ALL_CFLAGS) -O3 -ffp-contract=fast $$(ISA_FLAGS_$(1)) -DHBL_ISA=$(1) -Itests -MMD -MP -c -o $$@ $$<
endef
$(foreach isa,$(ISAS),$(eval $(call peak_rule,$(isa))))
$(BUILD)/tests/bench/share: tests/bench/share.c $(PEAK_OBJECTS) $(LIBRARY)
	$(say) "  compile  $@"
	$(Q)$(CC) $(ALL_CFLAGS) -Itests -MMD -MP -o $@ $< $(PEAK_OBJECTS) $(LIBRARY) $(LDFLAGS) $(LDLIBS)

check: deps
	@$(SUBMAKE) run-tests
run-tests: $(PROGRAM) $(TESTS)
	@tests/run $(BUILD) $(TESTS)
check-long: deps
	@$(SUBMAKE) run-long-tests
run-long-tests: $(PROGRAM) $(LONG_TESTS) $(BUILD)/tests/faults/test_writes
	@tests/run $(BUILD) $(LONG_TESTS)

# The same tests under AddressSanitizer and UndefinedBehaviorSanitizer, ThreadSanitizer, valgrind.
check-sanitize:
	$(MAKE) check BUILD=$(BUILD)/sanitize \
	    CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
check-thread:
	TSAN_OPTIONS=ignore_noninstrumented_modules=1 \
	    $(MAKE) check BUILD=$(BUILD)/thread CC=clang CFLAGS="-O1 -g -fsanitize=thread"
check-valgrind: deps
	@$(SUBMAKE) run-valgrind
run-valgrind: $(PROGRAM) $(TESTS)
	@HBLOGIT_VALGRIND=1 tests/run $(BUILD) $(TESTS)

# Planted faults, and the tests that find them; MUTANT='words of the name' plants some only.
mutants: deps
	@$(SUBMAKE) $(LIBRARY)
	@CC='$(CC)' FLAGS='$(subst ',,$(ALL_CFLAGS))' LIBS='$(LDFLAGS) -lcmocka $(LDLIBS)' ISAS='$(ISAS)' \
	    $(foreach isa,$(ISAS),ISA_FLAGS_$(isa)='$(ISA_FLAGS_$(isa))') \
	    tests/mutants/run $(BUILD) $$MUTANT

# Fuzzes each reader for so many seconds, with clang's libFuzzer; FUZZ='run spec' some of them only.
SECONDS ?= 60
fuzz:
	@$(MAKE) --no-print-directory deps CC=clang
	@$(SUBMAKE) BUILD=$(BUILD)/fuzz CC=clang CFLAGS='$(FUZZ_CFLAGS)' $(BUILD)/fuzz/libhblogit.a
	@CC=clang FLAGS='$(subst ',,$(ALL_CFLAGS)) $(FUZZ_CFLAGS)' LIBS='$(LDFLAGS) $(LDLIBS)' \
	    tests/fuzz/run $(BUILD)/fuzz $(SECONDS) $$FUZZ
FUZZ_CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
               -fno-sanitize-recover=all

# Lines run by the tests, by gcov, whose own writes make a few tests of failing writes fail.
coverage:
	-$(MAKE) check BUILD=$(BUILD)/coverage CFLAGS='-O1 -g --coverage -DANY_NUMBER_ONLY'
	@tests/coverage $(BUILD)/coverage

# ---- the rest

demo: all
	@examples/demo/run $(PROGRAM) $(BUILD)/demo

# The benchmark; README.md in tests/bench tells what each measures and how long it takes.
BENCHES := $(addprefix $(BUILD)/tests/bench/,bench share scaling reading)
build-bench: all
	@$(SUBMAKE) $(BENCHES)
bench: build-bench
	@tests/bench/run $(BUILD)
bench-quick: build-bench
	@tests/bench/run $(BUILD) --quick
bench-msl: build-bench
	@tests/bench/run $(BUILD) --msl
bench-large: build-bench
	@tests/bench/scaling $(BUILD) 1000 10000 100000 1000000
bench-hard: all
	@tests/bench/hard $(BUILD)
bench-defaults: all
	@tests/bench/defaults $(BUILD)

lint:
	@tests/lint
format:
	clang-format -i $$(find src include tests -name '*.[ch]')

deps:
	@CC="$(CC)" ./.ci/dependencies

install: all
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(libdir)/pkgconfig \
	    $(DESTDIR)$(includedir)/hblogit $(DESTDIR)$(mandir)/man1
	install -m 755 $(PROGRAM) $(DESTDIR)$(bindir)/hblogit
	install -m 644 $(LIBRARY) $(DESTDIR)$(libdir)/libhblogit.a
	install -m 644 include/hblogit/*.h $(DESTDIR)$(includedir)/hblogit/
	install -m 644 src/cli/hblogit.1 $(DESTDIR)$(mandir)/man1/hblogit.1
	sed -e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' -e 's|@includedir@|$(includedir)|' \
	    -e 's|@version@|$(VERSION)|' src/hblogit.pc.in > $(DESTDIR)$(libdir)/pkgconfig/hblogit.pc

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
