"""The words people use for the sound: words/FAMILY.txt, one file a family.

A line "up" or "down" opens a direction; "key: this | that | …" gives phrases, and goes on after a "|" at a line's end.
  adj   base/comparative ("dark/darker"; alone it is compared with "more"): "make it BRIGHTER", "not BRIGHT enough"; the
        opposite direction uses the base as a complaint ("too BRIGHT", "less BRIGHT")
  more  nouns that there should be more of ("add some TREBLE", "it lacks TREBLE")
  less  nouns that there should be less of ("take away TREBLE", "too much TREBLE")
  verb  imperatives that are whole with "it" or "the sound" in place of {x}
  say   whole utterances: complaints, pictures, goals
  de fr es it   the same in German, French, Spanish and Italian
"""
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent / "words"
NAMES = "brightness warmth hardness harshness punch pluck fatness width metallic hollow wobble air boom distance".split()
KEYS = "adj more less verb say de fr es it".split()


def compared(item):
    base, _, comparative = item.partition("/")
    return base, comparative or f"more {base}"


def read(path):
    out, way = {"up": {}, "down": {}}, None
    text = path.read_text().replace("|\n", "| ")
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line in out:
            way = line
            continue
        key, colon, phrases = line.partition(": ")
        if not way or not colon or key not in KEYS:
            raise ValueError(f"{path}: neither a direction nor a list of phrases: {line[:60]}")
        items = [p.strip() for p in phrases.split("|")]
        out[way].setdefault(key, []).extend(compared(p) if key == "adj" else p for p in items)
    return out


FAMILIES = {name: read(FOLDER / f"{name}.txt") for name in NAMES}
