# Short names for what meson does; meson.build is the truth.
BUILD ?= build
PYTHON ?= python3

.PHONY: all deps check check-weights check-plugins demo bench asan fuzz install clean

all: deps
	@tools/build.sh $(BUILD)

# Installs with apt what is missing; does nothing when all is there.
deps:
	@tools/deps.sh

check: all
	@meson test -C $(BUILD) --print-errorlogs

# Gemma 3 270M, the real weights (253 MB, fetched once): the bounds of tests/golden/gemma3-270m/README.md.
check-weights: all
	@tools/fetch_weights.sh
	@meson test -C $(BUILD) --print-errorlogs --verbose --suite weights

asan: deps
	@tools/build.sh build-asan -Db_sanitize=address,undefined -Db_lundef=false
	@meson test -C build-asan --print-errorlogs --timeout-multiplier 8

# libFuzzer with clang: FUZZ_SECONDS each (60), FUZZ_TARGETS (all).
fuzz: deps
	@tools/fuzz.sh build-fuzz $(or $(FUZZ_SECONDS),60) $(FUZZ_TARGETS)

install: all
	@meson install -C $(BUILD)

clean:
	rm -rf build build-asan build-fuzz
