"""The parameter table, read from the C header that defines it."""
import pathlib
import re

HEADER = pathlib.Path(__file__).resolve().parents[2] / "include/tonesmith/sound/params.h"
ENTRY = re.compile(r'TONE_PARAM\((\d+), (\w+), "(\w+)", (\w+), "([^"]*)", ([-\d.]+), ([-\d.]+), ([-\d.]+), (\w+), (\d),\s*(NULL|(?:"[^"]*"\s*)+),'
                   r'\s*((?:"[^"]*"\s*)+),\s*((?:"[^"]*"\s*)+)\)')
# Words that name a quality as much as a knob: "more brightness" is a wish about the sound, not about the cutoff.
AMBIGUOUS = {"brightness", "brightness knob", "tone", "softness", "warmth", "harshness", "dirt", "punch", "distance", "air", "wide", "narrow", "metallic", "hollow", "wobble", "space", "body", "bite", "sparkle", "snap", "impact", "tighten", "widen", "swirl", "breath", "air noise",
             "thickness", "mud", "boxiness", "grit", "width", "bass", "low end", "treble", "presence", "squash", "dynamics of touch", "onset", "pulsing", "gate", "room", "hall", "ambience", "tail", "voicing", "beating", "hiss", "vibrato", "tremolo", "transient", "peak", "blend", "stack"}


def text(literals):
    return "".join(re.findall(r'"([^"]*)"', literals))


def load(path=HEADER):
    out = []
    for m in ENTRY.finditer(path.read_text()):
        _, _, name, group, unit, low, high, default, curve, core, choices, help_, words = m.groups()
        all_words = text(words).split("|")
        out.append({"name": name, "group": group.lower(), "unit": unit, "min": float(low), "max": float(high), "default": float(default), "curve": curve, "core": core == "1",
                    "choices": None if choices.strip() == "NULL" else text(choices).split("|"), "help": text(help_), "words": all_words,
                    "safe_words": [w for w in all_words if w not in AMBIGUOUS]})
    return out
