#!/usr/bin/env python3
"""No phrase may mean two things: every whole utterance, noun and adjective belongs to one family and direction,
and every name to one parameter.

Prints each that stands in two places, in its meaning as a wish; exits with 1 if there is any.
"""
import sys

import exact
import params
import phrases_more
from lexicon import FAMILIES

OTHER = {"up": "down", "down": "up"}


def wishes():
    """(what is said, what it wishes)"""
    for family, ways in FAMILIES.items():
        for way, words in ways.items():
            here, there = f"{family} {way}", f"{family} {OTHER[way]}"
            for base, comparative in words["adj"]:
                yield comparative, here
                yield f"too {base}", there
                if not base.startswith("less "):
                    yield f"less {base}", there
            for noun in words["more"]:
                yield f"more {noun}", here
            for noun in words["less"]:
                yield f"less {noun}", here
            for verb in words["verb"]:
                yield verb, here
            for key in ("say", "de", "fr", "es", "it"):
                for phrase in words[key]:
                    yield phrase, here


def talk():
    """(what is said, what it asks for) where no sound is described"""
    for name in "UNDO REDO ROOT LIST ASK_ALL ASK_CHANGE ASK_ORIGINAL ASK_SOUND PLAY EXPORT_PLAIN REPORT PATCH REFUSE OTHER".split():
        for text in getattr(phrases_more, name):
            yield text, name.lower()
    for name in ("AGAIN", "REVERSE"):
        for degree, texts in getattr(phrases_more, name).items():
            for text in texts:
                yield text, f"{name.lower()} {degree}"


def clashes():
    meaning = {}
    for text, wish in [*wishes(), *talk()]:
        meaning.setdefault(text.lower().rstrip(".!?").replace(",", "").removesuffix(" please").removesuffix(" bitte"), set()).add(wish)
    return {text: sorted(w) for text, w in meaning.items() if len(w) > 1}


def names():
    """The names of parameters that mean two of them."""
    meaning = {}
    for p in params.load():
        for name in p["words"] + exact.NAMES[p["name"]]:
            meaning.setdefault(name.lower(), set()).add(p["name"])
    return {text: sorted(n) for text, n in meaning.items() if len(n) > 1}


if __name__ == "__main__":
    found = {**clashes(), **names()}
    for text, where in sorted(found.items()):
        print(f"{text}: {', '.join(where)}")
    sys.exit(bool(found))
