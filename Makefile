# Short names for what meson does; meson.build is the truth.
BUILD ?= build
PYTHON ?= python3

.PHONY: all deps check check-weights check-plugins demo bench asan fuzz install clean

all: deps
	@tools/build.sh $(BUILD)

# Installs with apt what is missing; does nothing when all is there.
deps:
	@tools/deps.sh

# Tests that draw at random begin at TONE_SEED here, so that a gate does not roll dice; `meson test` by itself draws anew.
check: export TONE_SEED ?= 1
check: all
	@meson test -C $(BUILD) --print-errorlogs --timeout-multiplier 4

# Gemma 3 270M, the real weights (253 MB, fetched once): the bounds of tests/golden/gemma3-270m/README.md.
check-weights: all
	@tools/fetch_weights.sh
	@meson test -C $(BUILD) --print-errorlogs --verbose --suite weights

# Five turns of the main job with the small model, and a spoken one where it has ears; writes demo/.
demo: all
	@tools/demo.sh $(BUILD)/src/cli/tonesmith demo

# Figures, never a pass or a fail.
bench: all
	@meson test -C $(BUILD) --benchmark --verbose
	@$(BUILD)/src/cli/tonesmith bench-sound
	@$(BUILD)/src/cli/tonesmith bench-ears

# LV2 plug-ins of Debian (mda-lv2, calf-plugins, lsp-plugins-lv2, x42-plugins): installed with apt, then listed, described, set
# and rendered.  Prints "skipped" where they cannot be had.
check-plugins: all
	@tools/check_plugins.sh $(BUILD)/src/cli/tonesmith

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
