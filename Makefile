# Makefile - `make help` lists what there is to make. Everything made lies under $(B).

B        ?= build
PREFIX   ?= /usr/local
CC       := $(if $(filter default,$(origin CC)),gcc,$(CC))
VERSION  := 1.0

FLOORS   := $(shell awk '!/^\#/ && NF && $$1 != "main" { print $$1 }' scripts/floors)
LIBFLOORS := base json crypto archive log tenure

PKG       = $(shell pkg-config $1 $2)
CFLAGS   ?= -O2 -g
WARN     := -Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
            -Wmissing-prototypes -Wold-style-definition -Wvla -Wformat=2 -Wcast-qual \
            -Wwrite-strings -Wundef -Wpointer-arith
HARDEN   ?= -fstack-protector-strong -fstack-clash-protection -fcf-protection \
            -D_FORTIFY_SOURCE=2 -fno-strict-overflow
REPRO    := -ffile-prefix-map=$(CURDIR)=.
PKGS     := libpq jansson libcrypto libssl libevent libevent_openssl libevent_pthreads libcurl libzip p11-kit-1 libcbor libfido2 libsodium
ALL_C     = -std=c17 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -DVERSION='"$(VERSION)"' -Iinclude \
            $(PKG_C) $(WARN) -fPIC -fvisibility=hidden -fno-common $(HARDEN) $(REPRO) $(CFLAGS) $(SAN) \
            -Wa,-I$(B)/embedded -Wa,-I.
ALL_LD    = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(LDFLAGS) $(SAN)
PKG_C    := $(call PKG,--cflags,$(PKGS))
LIBS     := $(call PKG,--libs,$(PKGS)) -lpthread -lm

SOURCES  := $(sort $(wildcard src/*.c src/*/*.c))
HEADERS  := $(sort $(wildcard include/*/*.h src/*/*.h))
TESTS    := $(sort $(wildcard tests/*/*.c))
TESTHEADERS := $(sort $(wildcard tests/*/*.h))

all: $(B)/bin/tenure $(B)/bin/tenured $(B)/lib/libtenure.a $(B)/lib/libtenure.so compile_commands.json ## build programs and library

help: ## say what can be made
	@awk -F'## ' '/^[a-z-]+:.*## / { sub(/:.*/, "", $$1); printf "  %-14s %s\n", $$1, $$2 }' Makefile

# ---- One archive per floor. A program is linked with its floor and those under it, so a call
# ---- upwards does not link, just as an #include upwards does not pass scripts/check-floors.

upto      = $(if $(filter $1,$(firstword $2)),$1,$(firstword $2) $(call upto,$1,$(wordlist 2,99,$2)))
reverse   = $(if $1,$(call reverse,$(wordlist 2,99,$1)) $(firstword $1))
archives  = $(patsubst %,$(B)/floor/%.a,$(call reverse,$(call upto,$1,$(FLOORS))))
objects   = $(patsubst %.c,$(B)/obj/%.o,$(sort $(wildcard src/$1/*.c)))

define FLOOR
$(B)/floor/$1.a: $(call objects,$1)
endef
$(foreach f,$(FLOORS),$(eval $(call FLOOR,$f)))

$(B)/floor/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcsD $@ $^

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_C) -MMD -MP -c $< -o $@

$(B)/bin/%: $(B)/obj/src/%.o $(call archives,$(lastword $(FLOORS)))
	@mkdir -p $(@D)
	$(CC) $(ALL_LD) $^ $(LIBS) -o $@

# ---- What is embedded: all SQL as one file, each part under a line that names it.

SQL      := $(sort $(wildcard sql/*/*.sql))
$(B)/embedded/all.sql: $(SQL)
	@mkdir -p $(@D)
	awk 'FNR == 1 { sub(/^sql\//, "", FILENAME); print "--## " FILENAME } { print }' $^ > $@
$(B)/obj/src/store/embedded.o: $(B)/embedded/all.sql
$(B)/obj/src/domain/embedded.o: $(wildcard src/domain/data/*)
$(B)/obj/src/notify/text.o: $(wildcard src/notify/data/*/*)
$(B)/obj/src/tenure/layout.o: $(wildcard src/tenure/data/*)

# ---- Pages: templates, with the texts of every language, become C by a program of the house.

WOVEN    := $(B)/woven/pages.c $(B)/woven/pages.h $(B)/woven/texts.c
$(B)/bin/weave: $(B)/obj/src/weave.o $(call archives,weave)
	@mkdir -p $(@D)
	$(CC) $(ALL_LD) $^ $(LIBS) -o $@
$(WOVEN) &: $(B)/bin/weave $(wildcard src/web/pages/*.html src/web/texts/*.txt)
	$< src/web $(B)/woven
$(B)/obj/woven/%.o: $(B)/woven/%.c $(B)/woven/pages.h
	@mkdir -p $(@D)
	$(CC) $(ALL_C) -Isrc/web -I$(B)/woven -MMD -MP -c $< -o $@
$(B)/floor/web.a: $(B)/obj/woven/pages.o $(B)/obj/woven/texts.o
$(patsubst %.c,$(B)/obj/%.o,$(wildcard src/web/*.c)): ALL_C += -Isrc/web -I$(B)/woven
$(patsubst %.c,$(B)/obj/%.o,$(wildcard src/web/*.c)): $(B)/woven/pages.h
$(B)/obj/src/web/assets.o: $(wildcard src/web/assets/*)

# ---- The library for programs that are not ours: one object with the names of
# ---- include/tenure/tenure.h, nothing else visible.

# It never signs, enrols no key and is in no hurry: what loads modules of tokens, reads registrations and
# checks signatures by the thousand stays out.
LIBOBJ   := $(filter-out %/token.o %/token_module.o %/token_uri.o %/cbor_item.o %/webauthn_registration.o %/ed25519_quick.o,$(foreach f,$(LIBFLOORS),$(call objects,$f)))
LIBDEPS  := $(call PKG,--libs,jansson libcrypto libzip)
$(B)/lib/libtenure.a: $(LIBOBJ)
	@mkdir -p $(@D)
	$(LD) -r $^ -o $(@D)/libtenure.o
	objcopy --localize-hidden $(@D)/libtenure.o
	@rm -f $@
	$(AR) rcsD $@ $(@D)/libtenure.o
$(B)/lib/libtenure.so: $(LIBOBJ)
	@mkdir -p $(@D)
	$(CC) -shared -Wl,-soname,libtenure.so.1 -Wl,-z,relro,-z,now,-z,noexecstack $(SAN) $^ $(LIBDEPS) -o $@

# ---- Tests: one program per folder of tests/, linked with the floor it is named after (e2e, bench
# ---- and support are no floors and get everything).

LONGEST  := e2e app web tenure
TESTED   := $(filter-out support fuzz bench faults due,$(notdir $(patsubst %/,%,$(sort $(dir $(TESTS))))))
TESTED   := $(LONGEST) $(filter-out $(LONGEST),$(TESTED))
top       = $(if $(filter $1,$(FLOORS)),$1,$(lastword $(FLOORS)))

define TEST
$(B)/tests/$1: $(patsubst %.c,$(B)/obj/%.o,$(sort $(wildcard tests/$1/*.c))) \
        $(B)/floor/support.a $(call archives,$(call top,$1))
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_LD) $$^ -lcriterion $$(LIBS) -o $$@
endef
$(foreach t,$(TESTED),$(eval $(call TEST,$t)))
$(B)/floor/support.a: $(patsubst %.c,$(B)/obj/%.o,$(sort $(wildcard tests/support/*.c)))
$(B)/obj/tests/%.o: ALL_C += -Itests
$(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/web/*.c) tests/fuzz/form.c): ALL_C += -Isrc/web

ONLY     ?= $(TESTED)
FAULTS   := $(B)/faults/client $(B)/faults/shim.so
test: all $(ONLY:%=$(B)/tests/%) $(if $(filter e2e,$(ONLY)),$(FAULTS)) ## run the tests on a private PostgreSQL (ONLY="log store": some)
	scripts/run-tests $(B) $(ONLY)

tamper: $(B)/tests/app ## edit every row and column of the database in turn: the audit has to name each
	@CRITERION_TEST_PATTERN='tamper/*' TENURE_TAMPER=all scripts/run-tests $(B) app
	@awk '/^cases / { n += $$2; caught += $$4 } END { printf "cases %d caught %d\n", n, caught; exit n == 0 || n != caught }' \
	    $(B)/test-logs/app.out

STEPS    ?= 100000
walk: all $(B)/tests/app ## random commands by random people over handovers: STEPS of them (WALK_SEED=1)
	scripts/run-walk $(B) $(STEPS) $(WALK_SEED)

# Not the stories of e2e: one of them looks for erased words in memory, and a sanitizer keeps what was freed.
asan: ## the tests again, with address and undefined-behaviour sanitizers
	$(MAKE) test ONLY="$(filter-out e2e,$(ONLY))" B=build/asan CFLAGS="-O1 -g -DSANITIZED" HARDEN= \
	    SAN="-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined"

STORIES  := registry two keys witness
tsan: ## the programs under load, with the thread sanitizer (STORIES="registry two keys witness")
	$(MAKE) tsan-programs B=build/tsan CC=gcc CFLAGS="-O1 -g -DSANITIZED" HARDEN= \
	    SAN="-fsanitize=thread -fno-omit-frame-pointer"
	scripts/run-tsan build/tsan $(STORIES)
tsan-programs: $(B)/bin/tenure $(B)/bin/tenured $(FAULTS)

FUZZ_SECONDS ?= 10
FUZZERS  := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
fuzz: ## feed every parser for FUZZ_SECONDS
	$(MAKE) fuzz-run B=build/fuzz CC=clang CFLAGS="-O1 -g -DSANITIZED" HARDEN= \
	    SAN="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"
fuzz-run: $(FUZZERS:%=$(B)/fuzz/%)
	scripts/run-fuzz $(B) $(FUZZ_SECONDS) $(FUZZERS)
$(B)/fuzz/%: $(B)/obj/tests/fuzz/%.o $(call archives,$(lastword $(FLOORS)))
	@mkdir -p $(@D)
	$(CC) -fsanitize=fuzzer,address,undefined $^ $(LIBS) -o $@

tour: all ## take the README's pictures of the pages anew
	TENURE_ROOT=$(CURDIR) TENURE_BUILD=$(CURDIR)/$(B) TENURE_TOUR=$(CURDIR)/tests/tour PATH="$(CURDIR)/$(B)/bin:$$PATH" \
	    bash -euo pipefail tests/e2e/web_leaving.sh

bench: all $(B)/bench/client ## measure against what one would pick instead (BENCH_SECONDS, BENCH_JSON)
	scripts/run-bench $(B)
$(B)/bench/client: $(B)/obj/tests/bench/client.o $(call archives,$(lastword $(FLOORS)))
	@mkdir -p $(@D)
	$(CC) $(ALL_LD) $^ $(LIBS) -o $@

ROUNDS   ?= 100
crash: all $(FAULTS) ## kill the service and PostgreSQL under load for ROUNDS rounds (SEED repeats a run)
	scripts/run-crash $(B) $(ROUNDS) $(SEED)
FAULT_HOW ?= 5 28 before after
syscalls: all $(FAULTS) ## let every system call of a commit fail, in every way (FAULT_HOW="5 28 before after")
	TENURE_ROOT=$(CURDIR) TENURE_BUILD=$(CURDIR)/$(B) FAULT_HOW="$(FAULT_HOW)" PATH="$(CURDIR)/$(B)/bin:$$PATH" \
	    bash -euo pipefail tests/e2e/syscalls.sh
$(B)/faults/client: $(patsubst %,$(B)/obj/tests/faults/%.o,client check arm) $(call archives,$(lastword $(FLOORS)))
	@mkdir -p $(@D)
	$(CC) $(ALL_LD) $^ $(LIBS) -o $@
$(B)/faults/shim.so: tests/faults/shim.c tests/faults/faults.h
	@mkdir -p $(@D)
	$(CC) -shared -std=gnu17 -Wall -Wextra -Werror -fPIC -fvisibility=hidden -O2 $< -ldl -o $@

FILE     ?= tests/vectors/due.json
due-vectors: $(B)/due/vectors ## run a file of due dates through the real code (FILE=tests/vectors/due.json)
	@$< $(FILE)
$(B)/due/vectors: $(B)/obj/tests/due/vectors.o $(B)/floor/support.a $(call archives,domain)
	@mkdir -p $(@D)
	$(CC) $(ALL_LD) $^ $(LIBS) -o $@

# ---- Looking at the source.

# The analyzer of clang 14 does not see that a function which returned no error has set its out-parameters
# (core.CallAndMessage and kin); gcc's -Wmaybe-uninitialized watches over that. Members stand in the order in which
# they are read (optin.performance.Padding).
analyze: compile_commands.json $(B)/embedded/all.sql $(WOVEN) ## the slow look at the source: clang's analyzer, some minutes
	@printf '%s\n' $(SOURCES) | xargs -P 2 -n 8 scripts/tidy --checks='-*,clang-analyzer-*,-clang-analyzer-valist.Uninitialized,'\
	'-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-clang-analyzer-optin.performance.Padding,'\
	'-clang-analyzer-core.CallAndMessage,-clang-analyzer-core.UndefinedBinaryOperatorResult,'\
	'-clang-analyzer-core.uninitialized.*,-clang-analyzer-core.NullDereference'

# clang-tidy counts warnings of system headers aloud. cppcheck takes the NULL that ends journal() for an
# int (varFuncNullUB), and offsetof-like macros (nullPointer) for a use of what they point to.
lint: compile_commands.json $(B)/embedded/all.sql $(WOVEN) ## floors, headers alone, format, clang-tidy, cppcheck
	@awk -f scripts/check-floors scripts/floors $(SOURCES) $(HEADERS)
	@for h in $(sort $(wildcard include/*/*.h)); do \
	    printf '#include "%s"\nextern int alone;\n' "$${h#include/}" | $(CC) $(filter-out -Wa%,$(ALL_C)) -fsyntax-only -x c - || exit 1; done
	@clang-format --dry-run --Werror $(SOURCES) $(HEADERS) $(TESTS) $(TESTHEADERS)
	@printf '%s\n' $(SOURCES) | xargs -P 2 -n 8 scripts/tidy
	@cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
	    --suppress=returnDanglingLifetime --suppress=invalidPrintfArgType_sint --suppress=varFuncNullUB \
	    --suppress=nullPointer -j 2 -Iinclude $(SOURCES)

format: ## lay the source out
	clang-format -i $(SOURCES) $(HEADERS) $(TESTS) $(TESTHEADERS)

compile_commands.json: Makefile $(SOURCES) $(TESTS)
	@{ echo '['; sep=; for f in $(SOURCES) $(TESTS); do \
	    printf '%s{"directory": "%s", "file": "%s", "command": "%s"}' "$$sep" '$(CURDIR)' $$f \
	        "$(CC) $(subst ",\\\",$(ALL_C)) -Itests -Isrc/web -I$(B)/woven -c $$f"; sep=','; done; echo ']'; } > $@

# ---- Documents come out of the programs: they cannot be out of date.

docs: $(B)/share/tenure.1 $(B)/share/tenured.1 $(B)/share/openapi.json $(B)/share/tenure.bash $(B)/share/_tenure ## manual pages, OpenAPI, completion
$(B)/share/tenured.1: $(B)/bin/tenured
	@mkdir -p $(@D)
	$< --man > $@
$(B)/share/%: $(B)/bin/tenure
	@mkdir -p $(@D)
	$< $(if $(filter tenure.1,$*),--man,$(if $(filter openapi.json,$*),--openapi,$(if $(filter _tenure,$*),--zsh-completion,--bash-completion))) > $@

install: all docs ## into $(DESTDIR)$(PREFIX)
	install -D -m 0755 -t $(DESTDIR)$(PREFIX)/bin $(B)/bin/tenure $(B)/bin/tenured
	install -D -m 0644 $(B)/lib/libtenure.a $(DESTDIR)$(PREFIX)/lib/libtenure.a
	install -D -m 0755 $(B)/lib/libtenure.so $(DESTDIR)$(PREFIX)/lib/libtenure.so.1
	ln -sf libtenure.so.1 $(DESTDIR)$(PREFIX)/lib/libtenure.so
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/include/tenure include/tenure/tenure.h
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(B)/share/tenure.1 $(B)/share/tenured.1
	install -D -m 0644 $(B)/share/tenure.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tenure
	install -D -m 0644 $(B)/share/_tenure $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tenure
	install -D -m 0644 $(B)/share/openapi.json $(DESTDIR)$(PREFIX)/share/tenure/openapi.json
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/local/|$(PREFIX)/|' scripts/tenured.service >$(DESTDIR)$(PREFIX)/lib/systemd/system/tenured.service

clean: ## remove everything made
	rm -rf build compile_commands.json

.PHONY: all help test tour tamper walk syscalls asan fuzz fuzz-run lint analyze format docs install clean bench crash tsan tsan-programs due-vectors
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
