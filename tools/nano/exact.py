"""Exact wishes: parameters by the names that people give them, values in every unit and spelling."""
import math
import pathlib

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
    "Hz": ["Hz", "hz", " Hz", " hertz", " hz", ""], "ms": ["ms", " ms", " milliseconds", "msec", " millis", ""], "dB": ["dB", "db", " dB", " decibels", ""],
    "%": ["%", " %", " percent", " per cent", "%", ""], "cents": [" cents", " cent", "c", " ct", ""], "semitones": [" semitones", " semis", "st", " half steps", ""],
    "octaves": [" octaves", " oct", ""], "s": ["s", " s", " seconds", " sec", ""], "m": [" m", " metres", " meters", ""], "voices": ["", " voices"], "ratio": [""], "rad": [""], ":1": [":1", " to 1", ""],
}


def value(rng, p):
    """(as spoken, as written in the call) of a value in the range of parameter p."""
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
        if k == int(k) and k < 20 and rng.random() < 0.2:
            return f"{spell(int(k))} kilohertz", f"{shown(k)} kHz"
        return shown(k) + rng.choice(["k", " k", "kHz", " kHz", " khz", "khz", " kilohertz"]), f"{shown(k)} kHz"
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


SET = ["set {p} to {v}", "set the {p} to {v}", "put the {p} at {v}", "{p} to {v}", "{p} at {v}", "{p} = {v}", "{p} {v}", "I want the {p} at {v}", "change the {p} to {v}", "make the {p} {v}", "turn the {p} to {v}", "can you set the {p} to {v}",
       "give me a {p} of {v}", "{v} for the {p}", "the {p} should be {v}", "dial the {p} to {v}", "please set {p} to {v}", "let's have the {p} at {v}", "use {v} as {p}", "go to {v} on the {p}", "could you put {p} to {v}", "move the {p} to {v}", "bring the {p} to {v}",
       "I need {v} of {p}", "try {v} on the {p}", "adjust the {p} to {v}", "{p}: {v}", "{p} exactly {v}", "make {p} exactly {v}", "set {p} {v}", "{p} needs to be {v}", "the {p} at exactly {v} please", "fix the {p} at {v}", "what about {v} for the {p}", "I'd like {v} on {p}",
       "{p} of {v}", "{p} -> {v}", "{p}, {v}", "get the {p} to {v}", "get {p} down to {v}", "take the {p} to {v}", "have the {p} at {v}", "want {p} at {v}", "let {p} be {v}", "let the {p} be {v}", "put {v} on the {p}", "with a {p} of {v}", "{p} set to {v}", "{p} should sit at {v}", "park the {p} at {v}", "leave the {p} at {v}", "can we have {p} at {v}", "could the {p} be {v}",
       "I think {p} {v} would be good", "make it {v} of {p}", "a {p} of {v}", "a {p} of {v} please", "go for {p} {v}", "let me try {p} at {v}", "change {p} so it is {v}", "switch {p} to {v}", "raise {p} to {v}", "lower {p} to {v}", "drop the {p} to {v}", "reduce the {p} to {v}", "increase the {p} to {v}", "crank the {p} to {v}", "bump the {p} to {v}",
       "push the {p} to {v}", "pull the {p} to {v}", "slam the {p} to {v}", "tune the {p} to {v}", "set {p} exactly to {v}", "{p} precisely {v}", "{p} around {v}", "about {v} of {p}", "type {v} into {p}", "enter {v} for {p}", "assign {v} to {p}", "program the {p} to {v}", "the {p}? {v}", "{v} {p}", "stell {p} auf {v}", "{p} auf {v}", "règle {p} à {v}", "{p} a {v}", "imposta {p} a {v}", "ajusta {p} a {v}",
       "setze {p} auf {v}", "mets {p} à {v}", "pon {p} en {v}", "metti {p} a {v}"]
ADD = ["raise the {p} by {v}", "increase the {p} by {v}", "add {v} to the {p}", "{v} more {p}", "turn the {p} up by {v}", "bring the {p} up {v}", "push the {p} up by {v}", "up the {p} by {v}", "{p} up {v}", "{p} plus {v}", "lift the {p} {v}", "bump the {p} up {v}", "give the {p} another {v}", "{p} +{v}", "boost the {p} by {v}", "boost {p} {v}", "{v} higher {p}", "make the {p} {v} higher", "{p} higher by {v}", "add another {v} of {p}", "plus {v} on the {p}", "{p} {v} up", "go {v} up on the {p}", "crank the {p} by {v}", "nudge the {p} up {v}", "nudge {p} up by {v}", "increment {p} by {v}", "{v} up on the {p}"]
SUB = ["lower the {p} by {v}", "decrease the {p} by {v}", "reduce the {p} by {v}", "take {v} off the {p}", "{v} less {p}", "turn the {p} down by {v}", "bring the {p} down {v}", "drop the {p} by {v}", "{p} down {v}", "{p} minus {v}", "pull the {p} down by {v}", "cut the {p} by {v}", "{p} {v} down", "{v} lower {p}", "make the {p} {v} lower", "{p} lower by {v}", "minus {v} on the {p}", "go {v} down on the {p}", "nudge the {p} down {v}", "nudge {p} down by {v}", "decrement {p} by {v}", "{v} down on the {p}", "subtract {v} from the {p}", "shave {v} off the {p}", "back the {p} off by {v}", "trim the {p} by {v}", "pull {v} out of the {p}"]
TIMES = [("double the {p}", "2"), ("twice the {p}", "2"), ("make the {p} twice as high", "2"), ("{p} times two", "2"), ("halve the {p}", "0.5"), ("cut the {p} in half", "0.5"), ("half the {p}", "0.5"), ("triple the {p}", "3"), ("make the {p} three times as much", "3"),
         ("{p} times 1.5", "1.5"), ("make the {p} half of what it is", "0.5"), ("quadruple the {p}", "4"), ("the {p} should be double", "2"), ("reduce the {p} to half", "0.5"), ("a quarter of the {p}", "0.25"), ("multiply the {p} by 3", "3"), ("{p} x2", "2"),
         ("make the {p} twice as long", "2"), ("twice as much {p}", "2"), ("half as much {p}", "0.5"), ("multiply the {p} by 1.5", "1.5"), ("please double {p}", "2"), ("{p} x 0.5", "0.5"), ("can you double the {p}", "2"), ("divide the {p} by two", "0.5"), ("I want double the {p}", "2"), ("{p} times 3", "3"), ("{p} times four", "4"), ("{p} * 2", "2"), ("{p} x3", "3"), ("{p} by half", "0.5"), ("{p} twice what it is", "2"), ("{p} half of what it is", "0.5"), ("make the {p} double", "2"), ("{p} doubled", "2"), ("{p} halved", "0.5"), ("make the {p} three times as long", "3"), ("make the {p} half as long", "0.5"),
         ("make the {p} half as high", "0.5"), ("three times the {p}", "3"), ("four times the {p}", "4"), ("five times the {p}", "5"), ("ten times the {p}", "10"), ("a third of the {p}", "0.333"), ("divide the {p} by three", "0.333"), ("divide the {p} by 4", "0.25"), ("multiply the {p} by two", "2"), ("multiply {p} by 0.5", "0.5"), ("multiply the {p} by 10", "10"), ("one and a half times the {p}", "1.5"),
         ("scale the {p} by 0.75", "0.75"), ("scale the {p} by 1.25", "1.25"), ("reduce the {p} to a quarter", "0.25"), ("cut the {p} to a third", "0.333"), ("{p}, double it", "2"), ("{p}, halve it", "0.5"), ("verdopple {p}", "2"), ("halbiere {p}", "0.5"), ("double {p}", "2"), ("double the {p} please", "2"), ("halve {p}", "0.5")]


OFF = ["turn off the {p}", "turn the {p} off", "switch off the {p}", "switch the {p} off", "{p} off", "{p} to zero", "{p} to 0", "set the {p} to zero", "{p} at zero", "disable the {p}", "kill the {p} completely, set it to 0", "bypass the {p}", "zero {p}", "mute the {p}", "{p} down to nothing", "pull the {p} all the way down",
       "turn the {p} all the way down", "{p} all the way down", "{p} to minimum", "minimum {p}"]
FULL = ["{p} all the way up", "turn the {p} all the way up", "max out the {p}", "{p} to the max", "maximum {p}", "full {p}", "{p} to maximum", "crank the {p} to full", "{p} fully up", "{p} at maximum", "put the {p} at full", "{p} on full", "{p} wide open", "push the {p} to the top"]
HALF = ["{p} halfway", "set the {p} halfway", "{p} at half", "{p} to the middle", "put the {p} in the middle", "{p} half way up", "{p} fifty-fifty", "{p} at the halfway point", "turn the {p} to half", "{p} to fifty percent", "centre the {p}"]
CHOOSE = ["use a {v} for {p}", "use {v} for the {p}", "switch the {p} to {v}", "switch {p} to {v}", "make the {p} a {v}", "{p} {v}", "change {p} to {v}", "I want a {v} as {p}", "pick {v} for the {p}", "choose {v} as the {p}", "{v} for {p} please", "go with {v} on the {p}", "select {v} for {p}", "try {v} as the {p}", "set the {p} to {v}", "{p} should be {v}", "let's try a {v} {p}"]
# A percentage of what is there: only of parameters whose own unit is not per cent.
PERCENT = [("raise the {p} by {n} percent", 1), ("increase the {p} by {n}%", 1), ("{n}% more {p}", 1), ("{p} up {n} percent", 1), ("{p} up by {n}%", 1), ("turn the {p} up {n} %", 1), ("bring the {p} up {n} percent", 1), ("{p} +{n}%", 1),
           ("lower the {p} by {n} percent", -1), ("reduce the {p} by {n}%", -1), ("{n}% less {p}", -1), ("{p} down {n} percent", -1), ("{p} down by {n}%", -1), ("turn the {p} down {n} %", -1), ("decrease the {p} by {n} percent", -1), ("{p} -{n}%", -1), ("take {n} percent off the {p}", -1)]
OCTAVE = [("{p} up an octave", "2"), ("raise the {p} an octave", "2"), ("move the {p} up one octave", "2"), ("{p} down an octave", "0.5"), ("lower the {p} by an octave", "0.5"), ("drop the {p} one octave", "0.5"), ("{p} two octaves up", "4"), ("raise the {p} by two octaves", "4"), ("{p} two octaves down", "0.25")]
PITCH = [("up an octave", "+=12"), ("one octave up", "+=12"), ("transpose up an octave", "+=12"), ("play it an octave higher", "+=12"), ("an octave higher please", "+=12"), ("raise the pitch by an octave", "+=12"), ("octave up", "+=12"), ("shift it up an octave", "+=12"), ("transpose it up 12", "+=12"), ("pitch it up an octave", "+=12"),
         ("down an octave", "-=12"), ("one octave down", "-=12"), ("transpose down an octave", "-=12"), ("an octave lower please", "-=12"), ("drop it an octave", "-=12"), ("octave down", "-=12"), ("lower the pitch by an octave", "-=12"), ("pitch it down an octave", "-=12"), ("two octaves up", "+=24"), ("two octaves down", "-=24"),
         ("up a fifth", "+=7"), ("transpose up a fifth", "+=7"), ("down a fifth", "-=7"), ("up a fourth", "+=5"), ("down a fourth", "-=5"), ("up a semitone", "+=1"), ("down a semitone", "-=1"), ("a semitone up", "+=1"), ("a semitone down", "-=1"), ("up a half step", "+=1"), ("down a half step", "-=1"), ("a whole tone up", "+=2"), ("a whole tone down", "-=2"),
         ("up a whole step", "+=2"), ("transpose up a major third", "+=4"), ("transpose up a minor third", "+=3"), ("transpose down a minor third", "-=3"), ("tune it up a semitone", "+=1"), ("tune it down a semitone", "-=1")]
SHIFT = [("transpose up {n} semitones", "+="), ("transpose down {n} semitones", "-="), ("{n} semitones up", "+="), ("{n} semitones down", "-="), ("up {n} semitones", "+="), ("down {n} semitones", "-="), ("pitch it up {n} semis", "+="), ("pitch it down {n} semis", "-="), ("transpose it by {n} semitones", "+="), ("shift it {n} half steps up", "+="), ("shift it {n} half steps down", "-=")]
KNOB_UP = ["turn up the {p}{d}", "turn the {p} up{d}", "raise the {p}{d}", "increase the {p}{d}", "push the {p} up{d}", "bring the {p} up{d}", "bump up the {p}{d}", "crank up the {p}{d}", "higher {p}{d}", "{p} up{d}", "more {p}{d}", "dial up the {p}{d}", "open up the {p}{d}", "I want a higher {p}{d}"]
KNOB_DOWN = ["turn down the {p}{d}", "turn the {p} down{d}", "lower the {p}{d}", "decrease the {p}{d}", "reduce the {p}{d}", "bring the {p} down{d}", "pull the {p} down{d}", "back off the {p}{d}", "lower {p}{d}", "{p} down{d}", "less {p}{d}", "dial down the {p}{d}", "ease the {p} down{d}", "I want a lower {p}{d}"]
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
        return g.pick(SET).format(p=name, v=said), f"{p['name']}={written}", f"{p['name']}={written}"
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
