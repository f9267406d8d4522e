"""The sounds of a text: espeak-ng's American phonemes (the program, run beside this one), brought down to 40.

Lengths, stresses and variants that a small ear need not tell apart are dropped; a vowel with an r in it becomes two sounds.
Whatever accent says a text, these are the sounds that the ears are to write down for it.
"""
import re
import subprocess

NONE = "-"
PHONES = [NONE] + "p b t d k g f v T D s z S Z h m n N l r w j tS dZ aI aU oU eI OI I i E a V A O U u 3 @".split()
INDEX = {p: i for i, p in enumerate(PHONES)}
SPECIAL = {"a#": "@", "aa": "a", "0": "A", "A@": "A r", "o@": "O r", "O@": "O r", "e@": "E r", "i@3": "i r", "i@": "i r", "U@": "U r", "aI3": "aI @", "aI@": "aI @", "aU@": "aU @",
           "@L": "@ l", "?": "t", "x": "k", "O2": "O", "I#": "I", "I2": "I", "t#": "t", "t2": "t", "@2": "@", "e": "E", "o": "oU", "u#": "u", "l#": "l", "r-": "r", "n-": "n", "@-": "@"}
DROPPED = {"", "|", "||", "-", "--"}  # joints and pauses


def sound(mnemonic):
    """The sounds of one of espeak-ng's mnemonics; KeyError for one that was never seen."""
    m = re.sub(r"[',%=_:;!|~^]", "", mnemonic)
    if m in DROPPED:
        return []
    return [INDEX[p] for p in SPECIAL.get(m, m).split()]


def phones_of(texts):
    """A list of indices into PHONES for every text (letters, apostrophes and spaces)."""
    said = "".join(f"{t}.\n\n" for t in texts)
    out = subprocess.run(["espeak-ng", "-v", "en-us", "-q", "-x", "--sep=_", "--stdin"], input=said, capture_output=True, text=True, check=True).stdout
    lines = [line for line in out.splitlines() if line.strip()]
    if len(lines) != len(texts):
        raise ValueError(f"espeak-ng says {len(lines)} sentences for {len(texts)} texts")
    return [[i for m in re.split(r"[_ ]+", line) for i in sound(m)] for line in lines]
