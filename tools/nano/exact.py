"""Exact wishes: parameters by the names that people give them, values in every unit and spelling."""
import math
import pathlib
import re

from phrases import Utterance

SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
NAMES = {}
for _line in (pathlib.Path(__file__).resolve().parent / "names.txt").read_text().splitlines():
    if _line and not _line.startswith("#"):
        _name, _, _words = _line.partition(": ")
        NAMES[_name] = _words.split(" | ")


def spell(n):
    """0 … 99,999 in words: "twelve hundred", "eight thousand", "two hundred and fifty"."""
    if n < 20:
        return SMALL[n]
    if n < 100:
        return TENS[n // 10] + (" " + SMALL[n % 10] if n % 10 else "")
    if n < 1000:
        return f"{SMALL[n // 100]} hundred" + (" " + spell(n % 100) if n % 100 else "")
    return f"{spell(n // 1000)} thousand" + (" " + spell(n % 1000) if n % 1000 else "")


def hundreds(n):
    """1,200 as "twelve hundred"."""
    return f"{spell(n // 100)} hundred" if 1000 < n < 10000 and n % 100 == 0 and n % 1000 else spell(n)


def number(rng, low, high, log):
    """A number as people choose them: round more often than not."""
    import math
    if log and low > 0:
        v = math.exp(rng.uniform(math.log(low), math.log(high)))
    else:
        v = rng.uniform(low, high)
    if v == 0:
        return 0
    digits = rng.choices([1, 2, 3, 4], [18, 34, 28, 20])[0]
    scale = 10 ** (digits - 1 - math.floor(math.log10(abs(v))))
    v = round(v * scale) / scale
    v = min(max(v, low), high)
    return int(v) if v == int(v) else float(f"{v:.4g}")


def shown(v):
    return f"{v:g}" if abs(v) < 1e5 else str(int(v))


PLAIN = {"Hz", "ms", "dB", "%", "cents", "semitones", "octaves", "s", "m"}  # units that are written in a call
UNITS = {
    "Hz": ["Hz", "hz", " Hz", " hertz", " hz", " Hertz", "hertz", ""], "ms": ["ms", " ms", " milliseconds", "msec", " millis", " msecs", "millis", ""], "dB": ["dB", "db", " dB", " decibels", " db", " decibel", ""],
    "%": ["%", " %", " percent", " per cent", "%", "percent", " pct", ""], "cents": [" cents", " cent", "c", " ct", ""], "semitones": [" semitones", " semis", "st", " half steps", ""],
    "octaves": [" octaves", " oct", ""], "s": ["s", " s", " seconds", " sec", " secs", "sec", ""], "m": [" m", " metres", " meters", ""], "voices": ["", " voices"], "ratio": [""], "rad": [""], ":1": [":1", " to 1", ""],
}


def hyphened(text):
    """"twenty five" as "twenty-five"."""
    return re.sub(f"({'|'.join(TENS[2:])}) ({'|'.join(SMALL[1:10])})\\b", r"\1-\2", text)


SHARES = [("zero", 0), ("zero percent", 0), ("nothing", 0), ("a quarter", 25), ("one quarter", 25), ("1/4", 25), ("a third", 33), ("one third", 33), ("1/3", 33), ("half", 50), ("one half", 50), ("1/2", 50), ("two thirds", 67), ("2/3", 67), ("three quarters", 75), ("three-quarters", 75), ("3/4", 75),
          ("a fifth", 20), ("a tenth", 10), ("full", 100), ("a hundred percent", 100), ("a hundred", 100)]
WETNESS = [("fifty-fifty", 50), ("fifty-fifty wet", 50), ("fifty fifty", 50), ("50/50", 50), ("half wet", 50), ("half dry, half wet", 50), ("fully wet", 100), ("completely wet", 100), ("100% wet", 100), ("all dry", 0), ("completely dry", 0), ("fully dry", 0), ("a quarter wet", 25), ("a third wet", 33), ("30% wet", 30), ("20 percent wet", 20)]
DURATIONS = [("a second", 1), ("one second", 1), ("1 sec", 1), ("half a second", 0.5), ("half a sec", 0.5), ("1/2 second", 0.5), ("1/2 s", 0.5), (".5 s", 0.5), (".5s", 0.5), ("point five seconds", 0.5), ("a quarter of a second", 0.25), ("a quarter second", 0.25), ("1/4 second", 0.25), ("a tenth of a second", 0.1), ("a fifth of a second", 0.2), ("a third of a second", 0.333),
             ("three quarters of a second", 0.75), ("a second and a half", 1.5), ("one and a half seconds", 1.5), ("1 1/2 seconds", 1.5), ("two seconds", 2), ("2 secs", 2), ("two and a half seconds", 2.5), ("2.5s", 2.5), ("three seconds", 3), ("four secs", 4), ("5secs", 5)]
STEPS = [("half a dB", 0.5), ("half a decibel", 0.5), ("a dB", 1), ("one dB", 1), ("a decibel", 1), ("one and a half dB", 1.5), ("two dB", 2), ("two and a half dB", 2.5), ("three dB", 3), ("three decibels", 3), ("four db", 4), ("six dB", 6), ("6 decibel", 6), ("ten dB", 10), ("a dozen dB", 12)]
RATES = [("half a hertz", "0.5 Hz"), ("a hertz", "1 Hz"), ("one hertz", "1 Hz"), ("one Hz", "1 Hz"), ("two Hz", "2 Hz"), ("three hertz", "3 Hz"), ("a kilohertz", "1 kHz"), ("one k", "1 kHz"), ("two k", "2 kHz"), ("one and a half k", "1.5 kHz"), ("one point five k", "1.5 kHz"), ("two and a half k", "2.5 kHz"), ("three k", "3 kHz"), ("five k", "5 kHz"), ("ten k", "10 kHz"),
         ("ten kHz", "10 kHz"), ("eight hundred", "800 Hz"), ("eight hundred Hz", "800 Hz"), ("a hundred hertz", "100 Hz"), ("a thousand hertz", "1000 Hz"), ("one thousand two hundred Hz", "1200 Hz"), ("twelve hundred Hz", "1200 Hz"), ("four forty", "440 Hz"), ("four hundred forty hertz", "440 Hz")]


SHARE = dict(SHARES + WETNESS)
# "a third of the reverb" and "reduce it to half" speak of what is there: a share of the whole range is said like this.
SET_SHARE = ["set {p} to {v}", "set the {p} to {v}", "{p} to {v}", "{p} at {v}", "{p} {v}", "put the {p} at {v}", "{p}: {v}", "{p} = {v}", "I want the {p} at {v}", "make the {p} {v}", "turn the {p} to {v}", "let's have the {p} at {v}", "can you set the {p} to {v}", "put {p} on {v}",
             "{v} for the {p}", "try the {p} at {v}", "the {p} at {v} please", "go with {v} for the {p}", "dial the {p} to {v}", "use {v} as {p}", "{p} to {v} please", "please set the {p} to {v}"]


def idiom(rng, p):
    """A value that people say in words of their own, as in value(); None where p has none."""
    unit, low, high = p["unit"], p["min"], p["max"]
    if unit == "%" and (low, high) == (0, 100):
        said, v = rng.choice(WETNESS if p["name"].endswith("_mix") and p["name"] != "osc_mix" and rng.random() < 0.4 else SHARES)
        return said, f"{v} %"
    if unit in ("ms", "s"):
        fitting = [(said, f"{v:g} s") for said, v in DURATIONS if low <= v * (1000 if unit == "ms" else 1) <= high]
    elif unit == "dB":
        fitting = [(said, f"{v:g} dB") for said, v in STEPS if low <= v <= high] + [("minus " + said, f"-{v:g} dB") for said, v in STEPS if low <= -v <= high and said[:2] not in ("a ", "ha")]
    else:
        fitting = [(said, written) for said, written in RATES if unit == "Hz" and low <= float(written.split()[0]) * (1000 if "k" in written else 1) <= high]
    return rng.choice(fitting) if fitting else None


def value(rng, p):
    """(as spoken, as written in the call) of a value in the range of parameter p."""
    said, written = (rng.random() < 0.12 and idiom(rng, p)) or number_said(rng, p)
    return hyphened(said) if rng.random() < 0.4 else said, written


def number_said(rng, p):
    """As value(), in figures or in the plain words for them."""
    unit, low, high = p["unit"], p["min"], p["max"]
    if p.get("choices"):
        c = rng.choice(p["choices"])
        return c, c
    if p["curve"] == "COUNT":
        v = rng.randint(int(low), int(high))
        return (spell(v) if rng.random() < 0.3 else str(v)) + rng.choice(UNITS.get(unit, [""])), str(v)
    v = number(rng, low, high, p["curve"] == "LOG")
    if unit == "Hz" and v >= 1000 and rng.random() < 0.55:
        k = float(f"{v / 1000:.4g}")
        if k * 10 == int(k * 10) and k != int(k) and rng.random() < 0.2:
            return f"{int(k)}k{round(k * 10) % 10}", f"{shown(k)} kHz"
        if v == int(v) and rng.random() < 0.12:
            return f"{int(v):,}" + rng.choice([" Hz", "Hz", " hertz"]), f"{shown(v)} Hz"
        if k == int(k) and k < 20 and rng.random() < 0.2:
            return f"{spell(int(k))} kilohertz", f"{shown(k)} kHz"
        return shown(k) + rng.choice(["k", " k", "kHz", " kHz", " khz", "khz", " kilohertz"]), f"{shown(k)} kHz"
    if unit == "Hz" and 100 <= v < 1000 and v % 10 == 0 and rng.random() < 0.1:
        return shown(v / 1000) + rng.choice(["k", " k", "kHz", " kHz"]), f"{shown(v / 1000)} kHz"
    if unit == "ms" and (v >= 500 or rng.random() < 0.1) and rng.random() < 0.6:
        s = float(f"{v / 1000:.3g}")
        if s > 0:
            return shown(s) + rng.choice(["s", " s", " seconds", " sec", " second" if s == 1 else " seconds"]), f"{shown(s)} s"
    if 0 < v < 100 and v != int(v) and v * 10 == int(v * 10) and rng.random() < 0.08:
        return f"{spell(int(v))} point {SMALL[round(v * 10) % 10]}" + rng.choice([u for u in UNITS.get(unit, [""]) if u.startswith(" ")] or [""]), f"{shown(v)} {unit}" if unit in PLAIN else shown(v)
    if v == int(v) and -100 < v < 0 and rng.random() < 0.15:
        return rng.choice(["minus ", "negative "]) + spell(int(-v)) + rng.choice([u for u in UNITS.get(unit, [""]) if u.startswith(" ")] or [""]), f"{int(v)} {unit}" if unit in PLAIN else str(int(v))
    if v == int(v) and 0 <= v < 20000 and rng.random() < 0.12:
        return (hundreds(int(v)) if rng.random() < 0.4 else spell(int(v))) + rng.choice([u for u in UNITS.get(unit, [""]) if u.startswith(" ")] or [""]), f"{int(v)} {unit}".rstrip() if unit in PLAIN else str(int(v))
    said = rng.choice(UNITS.get(unit, [""]))
    text = shown(v)
    if v < 0 and rng.random() < 0.2:
        text = "minus " + text[1:]
    elif v < 0 and rng.random() < 0.1:
        text = text.replace("-", "\u2212")
    plain = unit in ("ratio", "rad", ":1", "voices", "")
    return text + said, shown(v) if said == "" or plain else f"{shown(v)} {unit}"


SET = [
    "set {p} to {v}", "set the {p} to {v}", "put the {p} at {v}", "{p} to {v}", "{p} at {v}", "{p} = {v}", "{p} {v}", "I want the {p} at {v}", "change the {p} to {v}",
    "make the {p} {v}", "turn the {p} to {v}", "{p} to {v} please", "put {p} to {v}", "put the {p} to {v}", "please set the {p} to {v}", "could you set the {p} to {v}",
    "I want {p} {v}", "{p} should be {v}", "{v} {p} please", "make {p} {v}", "I want {v} {p}", "give me {v} of {p}", "give me {v} {p}", "{p} {v} please", "set {p} at {v}",
    "set the {p} at {v}", "set my {p} to {v}", "turn {p} to {v}", "can you set the {p} to {v}", "give me a {p} of {v}", "{v} for the {p}", "the {p} should be {v}",
    "dial the {p} to {v}", "please set {p} to {v}", "let's have the {p} at {v}", "use {v} as {p}", "go to {v} on the {p}", "could you put {p} to {v}",
    "move the {p} to {v}", "bring the {p} to {v}", "I need {v} of {p}", "try {v} on the {p}", "adjust the {p} to {v}", "{p}: {v}", "{p} exactly {v}",
    "make {p} exactly {v}", "set {p} {v}", "{p} needs to be {v}", "the {p} at exactly {v} please", "fix the {p} at {v}", "what about {v} for the {p}",
    "I'd like {v} on {p}", "{p} of {v}", "{p} -> {v}", "{p}, {v}", "get the {p} to {v}", "get {p} down to {v}", "take the {p} to {v}", "have the {p} at {v}",
    "want {p} at {v}", "let {p} be {v}", "let the {p} be {v}", "put {v} on the {p}", "with a {p} of {v}", "{p} set to {v}", "{p} should sit at {v}", "park the {p} at {v}",
    "leave the {p} at {v}", "can we have {p} at {v}", "could the {p} be {v}", "I think {p} {v} would be good", "make it {v} of {p}", "a {p} of {v}", "a {p} of {v} please",
    "go for {p} {v}", "let me try {p} at {v}", "change {p} so it is {v}", "switch {p} to {v}", "raise {p} to {v}", "lower {p} to {v}", "drop the {p} to {v}",
    "reduce the {p} to {v}", "increase the {p} to {v}", "crank the {p} to {v}", "bump the {p} to {v}", "push the {p} to {v}", "pull the {p} to {v}", "slam the {p} to {v}",
    "tune the {p} to {v}", "set {p} exactly to {v}", "{p} precisely {v}", "{p} around {v}", "about {v} of {p}", "type {v} into {p}", "enter {v} for {p}",
    "assign {v} to {p}", "program the {p} to {v}", "the {p}? {v}", "{v} {p}", "stell {p} auf {v}", "{p} auf {v}", "règle {p} à {v}", "{p} a {v}", "imposta {p} a {v}",
    "ajusta {p} a {v}", "setze {p} auf {v}", "mets {p} à {v}", "pon {p} en {v}", "metti {p} a {v}", "turn my {p} to {v}", "change my {p} to {v}",
    "can you put the {p} at {v}", "can you change the {p} to {v}", "can you make the {p} {v}", "could you change the {p} to {v}", "could you make the {p} {v}",
    "would you set the {p} to {v}", "would you put the {p} at {v}", "can I get {v} of {p}", "can I have the {p} at {v}", "can I have a {p} of {v}",
    "could I have {v} of {p}", "may I have the {p} at {v}", "I'd like the {p} at {v}", "I'd like a {p} of {v}", "I'd like {p} to be {v}", "I'd want the {p} to be {v}",
    "I would like {p} at {v}", "I need the {p} at {v}", "I need {p} to be {v}", "I need a {p} of {v}", "we need {v} of {p}", "we need the {p} at {v}",
    "let's set the {p} to {v}", "let's put the {p} at {v}", "let's try {p} {v}", "let's try {v} for the {p}", "let's go with {v} for {p}", "let's use {v} for the {p}",
    "let's say {p} {v}", "let's make the {p} {v}", "try {p} at {v}", "try a {p} of {v}", "try {v} for {p}", "try setting the {p} to {v}", "how about {p} at {v}",
    "how about {v} for the {p}", "how about a {p} of {v}", "what if the {p} was {v}", "maybe {p} at {v}", "maybe {v} for the {p}", "maybe set {p} to {v}", "now {p} {v}",
    "now set the {p} to {v}", "then set {p} to {v}", "next {p} to {v}", "just set the {p} to {v}", "just {v} for the {p}", "simply {p} {v}", "go {p} {v}", "go to {p} {v}",
    "go with {v} for the {p}", "go with a {p} of {v}", "go for a {p} of {v}", "use a {p} of {v}", "use {p} {v}", "take a {p} of {v}", "take {v} for the {p}",
    "have {p} {v}", "have a {p} of {v}", "leave {p} at {v}", "keep {p} at {v}", "hold the {p} at {v}", "lock the {p} at {v}", "park {p} at {v}", "pin the {p} to {v}",
    "stick the {p} at {v}", "stick {p} on {v}", "put {p} on {v}", "put the {p} on {v}", "place the {p} at {v}", "position the {p} at {v}", "slide the {p} to {v}",
    "slide {p} to {v}", "wind the {p} to {v}", "spin the {p} to {v}", "knob {p} to {v}", "the {p} knob to {v}", "{p} knob at {v}", "{p} value {v}", "value of {p}: {v}",
    "{p} equals {v}", "{p} == {v}", "{p}={v}", "{p}:{v}", "{p} => {v}", "{p} is {v}", "{p} must be {v}", "the {p} must be {v}", "{p} has to be {v}",
    "the {p} has to be {v}", "{p} ought to be {v}", "the {p} needs to be {v}", "the {p} wants to be {v}", "{p} wants {v}", "{p} gets {v}", "{p} goes to {v}",
    "{p} could be {v}", "{p} would be nice at {v}", "{p} would be good at {v}", "{p} works best at {v}", "I think the {p} should be {v}", "I think {v} for the {p}",
    "I'd say {p} {v}", "I'd put the {p} at {v}", "I'd set {p} to {v}", "I said {p} {v}", "I meant {p} {v}", "no, {p} {v}", "no, set the {p} to {v}", "actually {p} {v}",
    "actually make the {p} {v}", "sorry, {p} to {v}", "{p} back to {v}", "put {p} back to {v}", "{p} straight to {v}", "{p} right at {v}", "{p} exactly at {v}",
    "exactly {v} of {p}", "exactly {v} for the {p}", "precisely {v} on the {p}", "{v} on {p}", "{v} as the {p}", "{v} is what I want for the {p}",
    "{v} should do for the {p}", "{v} for {p}", "{v}: {p}", "pop the {p} to {v}", "pop {p} at {v}", "update the {p} to {v}", "update {p} to {v}", "modify {p} to {v}",
    "modify the {p} to {v}", "edit the {p} to {v}", "override {p} with {v}", "replace the {p} by {v}", "write {v} into the {p}", "give the {p} a value of {v}",
    "give {p} {v}", "give the {p} {v}", "set the value of {p} to {v}", "set the parameter {p} to {v}", "parameter {p} to {v}", "stell den {p} auf {v}",
    "{p} bitte auf {v}", "mach {p} {v}", "mets le {p} à {v}", "{p} à {v}", "pon el {p} a {v}", "porta {p} a {v}", "{p} su {v}"]
ADD = [
    "raise the {p} by {v}", "increase the {p} by {v}", "add {v} to the {p}", "add {v} of {p}", "{v} more {p} please", "{p} up by {v}", "up {v} on the {p}",
    "raise {p} {v}", "increase {p} by {v}", "raise {p} by {v}", "{v} more {p}", "turn the {p} up by {v}", "bring the {p} up {v}", "push the {p} up by {v}",
    "up the {p} by {v}", "{p} up {v}", "{p} plus {v}", "lift the {p} {v}", "bump the {p} up {v}", "give the {p} another {v}", "{p} +{v}", "boost the {p} by {v}",
    "boost {p} {v}", "{v} higher {p}", "make the {p} {v} higher", "{p} higher by {v}", "add another {v} of {p}", "plus {v} on the {p}", "{p} {v} up",
    "go {v} up on the {p}", "crank the {p} by {v}", "nudge the {p} up {v}", "nudge {p} up by {v}", "increment {p} by {v}", "{v} up on the {p}", "increase {p} {v}",
    "bring {p} up by {v}", "bring the {p} up by {v}", "turn {p} up {v}", "turn up the {p} by {v}", "turn up {p} by {v}", "move the {p} up by {v}", "move {p} up {v}",
    "push {p} up {v}", "lift {p} by {v}", "lift the {p} by {v}", "bump {p} by {v}", "bump up the {p} by {v}", "crank up the {p} by {v}", "dial the {p} up by {v}",
    "dial up {p} by {v}", "step the {p} up by {v}", "the {p} up another {v}", "another {v} on the {p}", "another {v} of {p}", "{v} extra {p}", "an extra {v} of {p}",
    "{v} more of {p}", "{v} more on the {p}", "give me {v} more {p}", "I want {v} more {p}", "I need {v} more {p}", "can I have {v} more {p}",
    "could you add {v} to the {p}", "can you raise the {p} by {v}", "can you increase the {p} by {v}", "please raise the {p} by {v}", "please add {v} to the {p}",
    "let's add {v} to the {p}", "let's raise {p} by {v}", "{p} += {v}", "{p} + {v}", "add {v} to {p}", "put another {v} on the {p}", "it needs {v} more {p}",
    "heb {p} um {v} an", "{p} um {v} hoch"]
SUB = [
    "lower the {p} by {v}", "decrease the {p} by {v}", "reduce the {p} by {v}", "{v} less {p} please", "{p} down by {v}", "down {v} on the {p}", "lower {p} by {v}",
    "reduce {p} by {v}", "cut {p} by {v}", "drop {p} by {v}", "take {v} off the {p}", "{v} less {p}", "turn the {p} down by {v}", "bring the {p} down {v}",
    "drop the {p} by {v}", "{p} down {v}", "{p} minus {v}", "pull the {p} down by {v}", "cut the {p} by {v}", "{p} {v} down", "{v} lower {p}", "make the {p} {v} lower",
    "{p} lower by {v}", "minus {v} on the {p}", "go {v} down on the {p}", "nudge the {p} down {v}", "nudge {p} down by {v}", "decrement {p} by {v}", "{v} down on the {p}",
    "subtract {v} from the {p}", "shave {v} off the {p}", "back the {p} off by {v}", "trim the {p} by {v}", "pull {v} out of the {p}", "lower {p} {v}",
    "bring {p} down by {v}", "bring the {p} down by {v}", "turn {p} down {v}", "turn down the {p} by {v}", "turn down {p} by {v}", "move the {p} down by {v}",
    "move {p} down {v}", "pull {p} down {v}", "pull the {p} back by {v}", "pull back the {p} by {v}", "push the {p} down by {v}", "dial the {p} down by {v}",
    "dial {p} back by {v}", "dial back the {p} by {v}", "step the {p} down by {v}", "take {v} away from the {p}", "take {v} from the {p}", "take the {p} down by {v}",
    "take {p} down {v}", "remove {v} from the {p}", "remove {v} of {p}", "knock {v} off the {p}", "{v} off the {p}", "{v} less on the {p}", "{v} less of {p}",
    "I want {v} less {p}", "give me {v} less {p}", "can you lower the {p} by {v}", "can you reduce the {p} by {v}", "could you take {v} off the {p}",
    "please lower the {p} by {v}", "please reduce the {p} by {v}", "let's take {v} off the {p}", "let's lower {p} by {v}", "{p} -= {v}", "decrease {p} by {v}",
    "ease the {p} down by {v}", "ease {p} back by {v}", "senk {p} um {v}", "{p} um {v} runter"]
TIMES = [
    ("double the {p}", "2"), ("twice the {p}", "2"), ("make the {p} twice as high", "2"), ("{p} times two", "2"), ("halve the {p}", "0.5"), ("cut the {p} in half", "0.5"),
    ("half the {p}", "0.5"), ("triple the {p}", "3"), ("make the {p} three times as much", "3"), ("{p} times 1.5", "1.5"), ("make the {p} half of what it is", "0.5"),
    ("quadruple the {p}", "4"), ("the {p} should be double", "2"), ("reduce the {p} to half", "0.5"), ("a quarter of the {p}", "0.25"), ("multiply the {p} by 3", "3"),
    ("{p} x2", "2"), ("make the {p} twice as long", "2"), ("twice as much {p}", "2"), ("half as much {p}", "0.5"), ("multiply the {p} by 1.5", "1.5"),
    ("please double {p}", "2"), ("{p} x 0.5", "0.5"), ("can you double the {p}", "2"), ("divide the {p} by two", "0.5"), ("I want double the {p}", "2"),
    ("{p} times 3", "3"), ("{p} times four", "4"), ("{p} * 2", "2"), ("{p} x3", "3"), ("{p} by half", "0.5"), ("{p} twice what it is", "2"),
    ("{p} half of what it is", "0.5"), ("make the {p} double", "2"), ("{p} doubled", "2"), ("{p} halved", "0.5"), ("make the {p} three times as long", "3"),
    ("make the {p} half as long", "0.5"), ("make the {p} half as high", "0.5"), ("three times the {p}", "3"), ("four times the {p}", "4"), ("five times the {p}", "5"),
    ("ten times the {p}", "10"), ("a third of the {p}", "0.333"), ("divide the {p} by three", "0.333"), ("divide the {p} by 4", "0.25"), ("multiply the {p} by two", "2"),
    ("multiply {p} by 0.5", "0.5"), ("multiply the {p} by 10", "10"), ("one and a half times the {p}", "1.5"), ("scale the {p} by 0.75", "0.75"),
    ("scale the {p} by 1.25", "1.25"), ("reduce the {p} to a quarter", "0.25"), ("cut the {p} to a third", "0.333"), ("{p}, double it", "2"), ("{p}, halve it", "0.5"),
    ("verdopple {p}", "2"), ("halbiere {p}", "0.5"), ("double {p}", "2"), ("double the {p} please", "2"), ("halve {p}", "0.5"), ("double the {p} for me", "2"),
    ("could you double the {p}", "2"), ("please double the {p}", "2"), ("let's double the {p}", "2"), ("make {p} twice as much", "2"), ("{p} times 2", "2"),
    ("2x {p}", "2"), ("2 x {p}", "2"), ("two times the {p}", "2"), ("{p} by two times", "2"), ("twice the current {p}", "2"), ("twice that {p}", "2"),
    ("I want twice the {p}", "2"), ("give me twice the {p}", "2"), ("give me double the {p}", "2"), ("the {p} doubled please", "2"), ("{p} should be twice that", "2"),
    ("{p} should be doubled", "2"), ("increase the {p} twofold", "2"), ("double up the {p}", "2"), ("multiply {p} by 2", "2"), ("{p} *2", "2"), ("{p} *= 2", "2"),
    ("{p} needs doubling", "2"), ("make the {p} twice as fast", "2"), ("make the {p} twice as big", "2"), ("bring the {p} to double", "2"),
    ("raise the {p} to double", "2"), ("set {p} to double", "2"), ("halve the {p} please", "0.5"), ("can you halve the {p}", "0.5"), ("could you halve the {p}", "0.5"),
    ("please halve the {p}", "0.5"), ("let's halve the {p}", "0.5"), ("make the {p} half", "0.5"), ("cut {p} in half", "0.5"),
    ("cut the {p} by half", "0.5"), ("{p} divided by two", "0.5"), ("{p} divided by 2", "0.5"), ("{p} / 2", "0.5"), ("{p}/2", "0.5"), ("half of the {p}", "0.5"),
    ("half the current {p}", "0.5"), ("I want half the {p}", "0.5"), ("give me half the {p}", "0.5"), ("{p} should be halved", "0.5"),
    ("drop the {p} to half", "0.5"), ("lower the {p} to half", "0.5"), ("reduce the {p} by half", "0.5"), ("multiply {p} by a half", "0.5"), ("{p} times 0.5", "0.5"),
    ("{p} times a half", "0.5"), ("{p} *= 0.5", "0.5"), ("make the {p} half as fast", "0.5"), ("make the {p} half as big", "0.5"), ("bring the {p} down to half", "0.5"),
    ("triple {p}", "3"), ("triple the {p} please", "3"), ("{p} tripled", "3"), ("{p} times three", "3"), ("{p} * 3", "3"), ("3x {p}", "3"),
    ("I want three times the {p}", "3"), ("multiply {p} by three", "3"), ("{p} quadrupled", "4"), ("quadruple {p}", "4"), ("{p} times 4", "4"), ("{p} x4", "4"),
    ("multiply the {p} by four", "4"), ("four times as much {p}", "4"), ("{p} times 5", "5"), ("{p} times five", "5"), ("multiply the {p} by 5", "5"),
    ("{p} times ten", "10"), ("{p} times 10", "10"), ("ten times as much {p}", "10"), ("{p} / 4", "0.25"), ("{p} divided by four", "0.25"),
    ("cut the {p} to a quarter", "0.25"), ("quarter the {p}", "0.25"), ("a quarter of {p}", "0.25"), ("{p} / 3", "0.333"), ("{p} divided by three", "0.333"),
    ("a third of {p}", "0.333"), ("reduce the {p} to a third", "0.333"), ("{p} times one and a half", "1.5"), ("one and a half times {p}", "1.5"), ("{p} x 1.5", "1.5"),
    ("{p} times 0.75", "0.75"), ("three quarters of the {p}", "0.75"), ("reduce the {p} to three quarters", "0.75"), ("{p} times 1.25", "1.25"),
    ("multiply the {p} by 1.25", "1.25")]


OFF = [
    "turn off the {p}", "turn the {p} off", "{p} off please", "turn off {p}", "switch off the {p}", "switch the {p} off", "{p} off", "{p} to zero", "{p} to 0",
    "set the {p} to zero", "{p} at zero", "disable the {p}", "kill the {p} completely, set it to 0", "bypass the {p}", "zero {p}", "mute the {p}", "{p} down to nothing",
    "pull the {p} all the way down", "turn the {p} all the way down", "{p} all the way down", "{p} to minimum", "minimum {p}", "turn {p} off", "switch off {p}",
    "switch {p} off",
    "set {p} to zero",
    "put {p} at zero", "put the {p} to zero", "bring the {p} down to zero", "take the {p} down to zero", "turn the {p} down to zero", "zero the {p}", "zero out the {p}",
    "{p} to minimum please", "{p} fully down", "{p} aus", "mach {p} aus"]
FULL = [
    "{p} all the way up", "turn the {p} all the way up", "full {p} please", "{p} to full", "max {p}", "max out the {p}", "{p} to the max", "maximum {p}", "full {p}",
    "{p} to maximum", "crank the {p} to full", "{p} fully up", "{p} at maximum", "put the {p} at full", "{p} on full", "{p} wide open", "push the {p} to the top",
    "{p} full", "{p} max", "{p} at max", "{p} at full", "{p} on max", "{p} on maximum", "max the {p}", "max out {p}", "set the {p} to maximum", "set {p} to max",
    "set the {p} to full", "put {p} to the maximum", "turn {p} all the way up", "turn {p} up full", "turn the {p} up fully", "{p} fully open", "{p} completely up",
    "open the {p} all the way", "bring the {p} all the way up", "the highest {p} possible", "as much {p} as possible", "all the {p} you have", "{p} auf Maximum"]
HALF = [
    "{p} halfway", "set the {p} halfway", "{p} to half", "{p} in the middle", "{p} at half", "{p} to the middle", "put the {p} in the middle",
    "{p} half way up", "{p} fifty-fifty", "{p} at the halfway point", "turn the {p} to half", "{p} to fifty percent", "centre the {p}", "put {p} at half",
    "set {p} to half", "set the {p} to half", "set the {p} in the middle", "set {p} to the middle", "{p} half", "{p} half way", "{p} at fifty percent", "{p} 50/50",
    "{p} at fifty fifty", "turn {p} halfway", "turn the {p} halfway up", "bring {p} to the middle", "{p} at noon", "{p} at twelve o'clock", "{p} at mid position",
    "middle position for the {p}"]
CHOOSE = [
    "use a {v} for {p}", "use {v} for the {p}", "switch the {p} to {v}", "switch {p} to {v}", "make the {p} a {v}", "{p} {v}", "change {p} to {v}", "I want a {v} as {p}",
    "pick {v} for the {p}", "choose {v} as the {p}", "{v} for {p} please", "go with {v} on the {p}", "select {v} for {p}", "try {v} as the {p}", "set the {p} to {v}",
    "{p} should be {v}", "let's try a {v} {p}", "{p} to {v}", "{p} to {v} please", "{v} {p}", "{v} {p} please", "{v} for the {p}", "a {v} for the {p}",
    "give me a {v} {p}", "give me {v} as {p}", "give me {v} for the {p}", "I want {v} for the {p}", "I'd like {v} as the {p}", "set {p} to {v}", "put {p} on {v}",
    "put the {p} to {v}", "change the {p} to {v}", "make {p} {v}", "make the {p} {v}", "use {v} {p}", "use {v} as {p}", "use the {v} for {p}", "try {v} for the {p}",
    "try a {v} {p}", "how about {v} for the {p}", "take {v} as {p}", "take the {v} {p}", "{p}: {v}", "{p} = {v}", "turn the {p} to {v}", "select {v} as the {p}",
    "let's use {v} for {p}", "maybe {v} for {p}"]
# A percentage of what is there: only of parameters whose own unit is not per cent.
PERCENT = [
    ("raise the {p} by {n} percent", 1), ("increase the {p} by {n}%", 1), ("{n}% more {p}", 1), ("{p} up {n} percent", 1), ("{p} up by {n}%", 1),
    ("turn the {p} up {n} %", 1), ("bring the {p} up {n} percent", 1), ("{p} +{n}%", 1), ("lower the {p} by {n} percent", -1), ("reduce the {p} by {n}%", -1),
    ("{n}% less {p}", -1), ("{p} down {n} percent", -1), ("{p} down by {n}%", -1), ("turn the {p} down {n} %", -1), ("decrease the {p} by {n} percent", -1),
    ("{p} -{n}%", -1), ("take {n} percent off the {p}", -1), ("raise {p} {n}%", 1), ("raise {p} by {n} %", 1), ("increase {p} by {n} percent", 1),
    ("{n} percent more {p}", 1), ("{n} % more {p}", 1), ("{p} {n} percent up", 1), ("{p} {n}% higher", 1), ("make the {p} {n} percent higher", 1),
    ("make the {p} {n}% longer", 1), ("push the {p} up {n} percent", 1), ("bump the {p} by {n}%", 1), ("boost the {p} by {n} percent", 1), ("add {n}% to the {p}", 1),
    ("add {n} percent to the {p}", 1), ("lift the {p} by {n}%", 1), ("lower {p} by {n}%", -1), ("reduce {p} {n} percent", -1), ("{n} percent less {p}", -1),
    ("{n} % less {p}", -1), ("{p} {n} percent down", -1), ("{p} {n}% lower", -1), ("make the {p} {n} percent lower", -1), ("make the {p} {n}% shorter", -1),
    ("cut the {p} by {n} percent", -1), ("cut {p} {n}%", -1), ("drop the {p} by {n}%", -1), ("bring the {p} down {n} percent", -1), ("decrease {p} by {n}%", -1),
    ("take {n}% off the {p}", -1), ("take {n} % off {p}", -1)]
OCTAVE = [
    ("{p} up an octave", "2"), ("raise the {p} an octave", "2"), ("move the {p} up one octave", "2"), ("{p} down an octave", "0.5"), ("lower the {p} by an octave", "0.5"),
    ("drop the {p} one octave", "0.5"), ("{p} two octaves up", "4"), ("raise the {p} by two octaves", "4"), ("{p} two octaves down", "0.25"),
    ("raise {p} by an octave", "2"), ("{p} one octave up", "2"), ("{p} an octave up", "2"), ("{p} an octave higher", "2"), ("move the {p} an octave up", "2"),
    ("put the {p} an octave higher", "2"), ("shift the {p} up an octave", "2"), ("lower {p} an octave", "0.5"), ("{p} one octave down", "0.5"),
    ("{p} an octave down", "0.5"), ("{p} an octave lower", "0.5"), ("move the {p} down an octave", "0.5"), ("drop {p} by an octave", "0.5"),
    ("shift the {p} down an octave", "0.5"), ("{p} up two octaves", "4"), ("move the {p} up two octaves", "4"), ("{p} down two octaves", "0.25"),
    ("lower the {p} by two octaves", "0.25")]
PITCH = [
    ("up an octave", "+=12"), ("one octave up", "+=12"), ("transpose up an octave", "+=12"), ("play it an octave higher", "+=12"), ("an octave higher please", "+=12"),
    ("raise the pitch by an octave", "+=12"), ("octave up", "+=12"), ("shift it up an octave", "+=12"), ("transpose it up 12", "+=12"), ("pitch it up an octave", "+=12"),
    ("down an octave", "-=12"), ("one octave down", "-=12"), ("transpose down an octave", "-=12"), ("an octave lower please", "-=12"), ("drop it an octave", "-=12"),
    ("octave down", "-=12"), ("lower the pitch by an octave", "-=12"), ("pitch it down an octave", "-=12"), ("two octaves up", "+=24"), ("two octaves down", "-=24"),
    ("up a fifth", "+=7"), ("transpose up a fifth", "+=7"), ("down a fifth", "-=7"), ("up a fourth", "+=5"), ("down a fourth", "-=5"), ("up a semitone", "+=1"),
    ("down a semitone", "-=1"), ("a semitone up", "+=1"), ("a semitone down", "-=1"), ("up a half step", "+=1"), ("down a half step", "-=1"), ("a whole tone up", "+=2"),
    ("a whole tone down", "-=2"), ("up a whole step", "+=2"), ("transpose up a major third", "+=4"), ("transpose up a minor third", "+=3"),
    ("transpose down a minor third", "-=3"), ("tune it up a semitone", "+=1"), ("tune it down a semitone", "-=1"), ("octave higher", "+=12"),
    ("one octave higher", "+=12"), ("an octave up", "+=12"), ("an octave up please", "+=12"), ("up one octave", "+=12"), ("up 12", "+=12"), ("raise it an octave", "+=12"),
    ("raise it by an octave", "+=12"), ("put it an octave higher", "+=12"), ("move it up an octave", "+=12"), ("transpose an octave up", "+=12"),
    ("transpose it an octave higher", "+=12"), ("transpose by an octave", "+=12"), ("the same an octave higher", "+=12"), ("pitch up an octave", "+=12"),
    ("tune it up an octave", "+=12"), ("octave lower", "-=12"), ("one octave lower", "-=12"), ("an octave down", "-=12"), ("an octave down please", "-=12"),
    ("down one octave", "-=12"), ("down 12", "-=12"), ("lower it an octave", "-=12"), ("lower it by an octave", "-=12"), ("put it an octave lower", "-=12"),
    ("move it down an octave", "-=12"), ("transpose an octave down", "-=12"), ("transpose it an octave lower", "-=12"), ("the same an octave lower", "-=12"),
    ("play it an octave lower", "-=12"), ("pitch down an octave", "-=12"), ("tune it down an octave", "-=12"), ("up two octaves", "+=24"),
    ("transpose up two octaves", "+=24"), ("raise it two octaves", "+=24"), ("down two octaves", "-=24"), ("transpose down two octaves", "-=24"),
    ("drop it two octaves", "-=24"), ("a fifth up", "+=7"), ("a fifth higher", "+=7"), ("raise it a fifth", "+=7"), ("transpose it a fifth up", "+=7"),
    ("a fifth down", "-=7"), ("a fifth lower", "-=7"), ("lower it a fifth", "-=7"), ("a fourth up", "+=5"), ("a fourth higher", "+=5"), ("a fourth down", "-=5"),
    ("a fourth lower", "-=5"), ("one semitone up", "+=1"), ("up one semitone", "+=1"), ("half a step up", "+=1"), ("a half tone up", "+=1"), ("a half step higher", "+=1"),
    ("one semitone down", "-=1"), ("down one semitone", "-=1"), ("half a step down", "-=1"), ("a half tone down", "-=1"), ("a half step lower", "-=1"),
    ("up a tone", "+=2"), ("a tone up", "+=2"), ("one tone higher", "+=2"), ("a whole step up", "+=2"), ("down a tone", "-=2"), ("a tone down", "-=2"),
    ("a whole step down", "-=2")]
SHIFT = [
    ("transpose up {n} semitones", "+="), ("transpose down {n} semitones", "-="), ("{n} semitones up", "+="), ("{n} semitones down", "-="), ("up {n} semitones", "+="),
    ("down {n} semitones", "-="), ("pitch it up {n} semis", "+="), ("pitch it down {n} semis", "-="), ("transpose it by {n} semitones", "+="),
    ("shift it {n} half steps up", "+="), ("shift it {n} half steps down", "-="), ("transpose {n} up", "+="), ("transpose it up {n}", "+="),
    ("transpose it {n} semitones up", "+="), ("{n} semis up", "+="), ("{n} half steps up", "+="), ("{n} semitones higher", "+="), ("raise it {n} semitones", "+="),
    ("raise it by {n} semitones", "+="), ("tune it up {n} semitones", "+="), ("pitch up {n} semitones", "+="), ("shift it up {n}", "+="),
    ("move it up {n} semitones", "+="), ("transpose {n} down", "-="), ("transpose it down {n}", "-="), ("transpose it {n} semitones down", "-="), ("{n} semis down", "-="),
    ("{n} half steps down", "-="), ("{n} semitones lower", "-="), ("lower it {n} semitones", "-="), ("lower it by {n} semitones", "-="),
    ("tune it down {n} semitones", "-="), ("pitch down {n} semitones", "-="), ("shift it down {n}", "-="), ("move it down {n} semitones", "-=")]
KNOB_UP = [
    "turn up the {p}{d}", "turn the {p} up{d}", "raise the {p}{d}", "increase the {p}{d}", "push the {p} up{d}", "bring the {p} up{d}", "bump up the {p}{d}",
    "crank up the {p}{d}", "higher {p}{d}", "{p} up{d}", "more {p}{d}", "dial up the {p}{d}", "open up the {p}{d}", "I want a higher {p}{d}", "{p} higher{d}",
    "put the {p} up{d}", "move the {p} up{d}", "lift the {p}{d}", "turn {p} up{d}", "bring {p} up{d}", "push {p}{d} up", "crank the {p}{d}", "can you raise the {p}{d}",
    "can you turn the {p} up{d}", "could you turn up the {p}{d}", "please raise the {p}{d}", "let's raise the {p}{d}", "the {p} should go up{d}",
    "the {p} should be higher{d}"]
KNOB_DOWN = [
    "turn down the {p}{d}", "turn the {p} down{d}", "lower the {p}{d}", "decrease the {p}{d}", "reduce the {p}{d}", "bring the {p} down{d}", "pull the {p} down{d}",
    "back off the {p}{d}", "lower {p}{d}", "{p} down{d}", "less {p}{d}", "dial down the {p}{d}", "ease the {p} down{d}", "I want a lower {p}{d}", "{p} lower{d}",
    "put the {p} down{d}", "move the {p} down{d}", "drop the {p}{d}", "turn {p} down{d}", "bring {p} down{d}", "pull {p} down{d}", "cut the {p}{d}",
    "can you lower the {p}{d}", "can you turn the {p} down{d}", "could you turn down the {p}{d}", "please lower the {p}{d}", "let's lower the {p}{d}",
    "the {p} should go down{d}", "the {p} should be lower{d}"]
KNOBS = {  # what a turn of a knob is that nobody gave a number for: small, medium, large
    "filter_cutoff": ("*=", "1.2 1.5 2", "0.8 0.67 0.5"), "filter_resonance": ("+=", "5 15 30", "5 15 30"), "filter_env": ("+=", "0.5 1 2", "0.5 1 2"), "delay_feedback": ("+=", "5 15 30", "5 15 30"),
    "lfo1_rate": ("*=", "1.2 1.5 2", "0.8 0.67 0.5"), "lfo2_rate": ("*=", "1.2 1.5 2", "0.8 0.67 0.5"), "reverb_size": ("*=", "1.2 1.5 2", "0.8 0.67 0.5"), "osc2_detune": ("+=", "3 8 20", "3 8 20"), "unison_detune": ("+=", "3 8 20", "3 8 20"),
    "comp_threshold": ("+=", "2 5 10", "2 5 10"), "comp_ratio": ("*=", "1.2 1.5 2", "0.8 0.67 0.5"), "level": ("+=", "1 3 6", "1 3 6"), "sub_level": ("+=", "5 15 30", "5 15 30"), "chorus_rate": ("*=", "1.2 1.5 2", "0.8 0.67 0.5"), "phaser_rate": ("*=", "1.2 1.5 2", "0.8 0.67 0.5"),
    "delay_time": ("*=", "1.2 1.5 2", "0.8 0.67 0.5"), "phaser_feedback": ("+=", "5 15 30", "5 15 30"), "pulse_width": ("+=", "3 10 20", "3 10 20"), "fm_index": ("+=", "0.5 1 3", "0.5 1 3")}
KNOB_WORDS = {"filter_cutoff": ["cutoff", "filter cutoff", "cut-off", "cutoff frequency", "filter frequency"], "level": ["volume", "output level", "gain", "master volume", "level"], "sub_level": ["sub level", "sub oscillator", "sub osc level"], "fm_index": ["FM amount", "FM index", "FM depth"]}
HOW = {"small": [" a bit", " a little", " slightly", " a touch", " a tad", " just a hair"], "medium": ["", "", " some", ", please"], "large": [" a lot", " way up", " considerably", " massively", " by a lot"]}


OFTEN = set("""filter_cutoff filter_resonance filter_env amp_attack amp_decay amp_sustain amp_release reverb_mix reverb_decay delay_mix delay_time chorus_mix
    stereo_width level sat_drive unison_voices unison_detune sub_level noise_level lfo1_rate eq_low eq_high transpose comp_threshold""".split())  # of these people speak most


def called(rng, p, value=False):
    """What someone calls parameter p; with a value, also by the words that name a quality otherwise."""
    plain = p["name"].replace("_", " ")
    if rng.random() < 0.25:
        return rng.choice([plain, p["name"]])
    return rng.choice((p["words"] if value else p["safe_words"]) + NAMES[p["name"]] or [plain])


def written_value(p, v):
    return f"{shown(v)} {p['unit']}" if p["unit"] in PLAIN else shown(v)


def special(g, p, name):
    """A wish without a number that still is an exact one; None where p has none."""
    rng, low, high = g.rng, p["min"], p["max"]
    if p["choices"] and set(p["choices"]) == {"off", "on"}:
        to = rng.choice(p["choices"])
        return rng.choice(["turn {v} the {p}", "turn the {p} {v}", "switch the {p} {v}", "switch {v} {p}", "{p} {v}"]).format(p=name, v=to), f"={to}"
    if p["choices"]:
        v = rng.choice(p["choices"])
        return g.pick(CHOOSE).format(p=name, v=v), f"={v}"
    how = rng.choice(["off", "full", "half", "percent", "octave"])
    if how == "off" and low == 0:
        return g.pick(OFF).format(p=name), "=0" + (f" {p['unit']}" if p["unit"] in PLAIN else "")
    if how == "full" and p["unit"] == "%":
        return g.pick(FULL).format(p=name), f"={written_value(p, high)}"
    if how == "half" and p["unit"] == "%" and (low, high) == (0, 100):
        return g.pick(HALF).format(p=name), "=50 %"
    if how == "octave" and p["unit"] == "Hz" and p["curve"] == "LOG":
        phrase, factor = g.pick(OCTAVE)
        return phrase.format(p=name), f"*={factor}"
    if how == "percent" and p["curve"] in ("LOG", "CUBE") and low >= 0 and p["unit"] not in ("%", "dB"):
        phrase, sign = g.pick(PERCENT)
        n = rng.choice([5, 10, 15, 20, 25, 30, 40, 50, 75])
        return phrase.format(p=name, n=n), f"*={1 + sign * n / 100:g}"
    return None


def expected(name, change):
    """The third column of an evaluation file: "filter_cutoff*2" for "*=2"."""
    return name + (change if change[0] == "=" else change[0] + change[2:])


def change(g, p):
    """(phrase, change, expectation) for one parameter."""
    rng = g.rng
    if rng.random() < 0.05:
        if rng.random() < 0.6:
            phrase, op = g.pick(PITCH)
        else:
            n = rng.randint(1, 24)
            phrase, op = g.pick(SHIFT)
            phrase, op = phrase.format(n=rng.choice([str(n), str(n), spell(n)])), f"{op}{n}"
        return phrase, f"transpose{op}", expected("transpose", op)
    if rng.random() < 0.05:
        name = rng.choice(list(KNOBS))
        op, ups, downs = KNOBS[name]
        up, degree = rng.random() < 0.5, rng.choice(["small", "medium", "large"])
        amount = (ups if up else downs).split()[["small", "medium", "large"].index(degree)]
        p = next(q for q in g.params if q["name"] == name)
        said = rng.choice(KNOB_WORDS.get(name) or [name.replace("_", " ")] + NAMES[name])
        d = rng.choice([d for d in HOW[degree] if up or d != " way up"])
        op = op if up or op == "*=" else "-="
        return g.pick(KNOB_UP if up else KNOB_DOWN).format(p=said, d=d), f"{name}{op}{amount}", expected(name, op + amount)
    form = rng.choices(["set", "add", "sub", "times", "special"], [52, 12, 12, 10, 14])[0]
    name = called(rng, p, form != "times")
    if form == "special":
        got = special(g, p, called(rng, p))
        if got:
            return got[0], p["name"] + got[1], expected(p["name"], got[1])
        form = "set"
    if p["choices"] or p["curve"] == "COUNT":
        form = "set"
    if form == "times" and (p["min"] < 0 or p["unit"] == "dB"):
        form, name = "add", called(rng, p, True)
    if form == "times":
        phrase, factor = g.pick(TIMES)
        return phrase.format(p=name), f"{p['name']}*={factor}", f"{p['name']}*{factor}"
    if form == "set":
        said, written = value(rng, p)
        frames = SET_SHARE if p["unit"] == "%" and said in SHARE else SET
        return g.pick(frames).format(p=name, v=said), f"{p['name']}={written}", f"{p['name']}={written}"
    span = dict(p, min=p["max"] * 0.01 if p["curve"] != "LOG" else p["min"], max=p["max"] * (0.4 if p["curve"] != "LOG" else 0.2))
    if p["unit"] == "dB" and p["max"] <= 0:
        span.update(min=0.5, max=12)
    said, written = value(rng, span)
    sign = "+" if form == "add" else "-"
    return g.pick(ADD if form == "add" else SUB).format(p=name, v=said), f"{p['name']}{sign}={written}", f"{p['name']}{sign}{written}"


def weighted_param(g):
    return g.rng.choices(g.params, [12 if p["name"] in OFTEN else 4 if p["core"] else 2 for p in g.params])[0]


def exact(g):
    rng = g.rng
    parts = []
    for _ in range(rng.choices([1, 2, 3], [76, 19, 5])[0]):
        part = change(g, weighted_param(g))
        if not any(name_of(part) == name_of(q) for q in parts):
            parts.append(part)
    phrase = parts[0][0]
    for part in parts[1:]:
        phrase += rng.choice([" and ", ", ", " and then ", "; ", ", and ", ", also "]) + part[0]
    return Utterance(light(g, phrase), "exact", call=("set_parameters", {"changes": "; ".join(p[1] for p in parts)}), expect=",".join(p[2] for p in parts))


def name_of(part):
    return part[1].split("=")[0].rstrip("+-*")


def light(g, text):
    """Dress without typing mistakes, which would spoil numbers."""
    rng = g.rng
    if rng.random() < 0.12 and "please" not in text:
        text = rng.choice(["{0} please", "{0}, thanks", "please {0}", "hey, {0}", "ok {0}", "now {0}", "so {0}"]).format(text)
    if rng.random() < 0.35:
        text = text[:1].upper() + text[1:]
    if rng.random() < 0.2:
        text += "."
    return text
