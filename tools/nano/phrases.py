"""A grammar of how people ask: every utterance comes with the call it means.

    rng = random.Random(7); Grammar(params, rng, part="train").utterance() → Utterance

Templates (frames, pictures, complaints) are split by a hash of their text into "train" and "test": a phrasing that is
tested was never trained on, not even with other words in its slots.
"""
import zlib
from dataclasses import dataclass, field

from lexicon import FAMILIES

OTHER = {"up": "down", "down": "up"}
TEST_SHARE = 16  # one template in sixteen is kept for the test


def in_part(template, part):
    if part == "all":
        return True
    text = template if isinstance(template, str) else template[0]
    return (zlib.crc32(text.encode()) % TEST_SHARE == 0) == (part == "test")


KINDS = {"direction": 46, "exact": 20, "history": 14, "question": 8, "render": 3, "export": 3, "find": 4, "refuse": 7, "other": 2, "word": 1}  # parts of the corpus


def early(rng, items):
    """One of a list that begins with what people say most: two in five draws come from its first eighth."""
    return items[int(len(items) * rng.random() ** 2.2)]


@dataclass
class Utterance:
    text: str
    kind: str                                  # direction, exact, history, question, render, export, find, refuse, other, word
    goals: list = field(default_factory=list)  # (family, direction, degree) or ("keep", family)
    call: tuple = None                         # (tool, arguments) where no goals
    expect: str = ""                           # third column of an evaluation file


DEGREES = {
    "small": ["a bit", "a little", "slightly", "a touch", "a tad", "just a hair", "a smidge", "a little bit", "somewhat", "gently", "ever so slightly", "a hint", "a pinch", "subtly", "just barely", "a whisker", "a wee bit", "marginally", "a shade", "kind of a little"],
    "medium": ["", "", "", "", "noticeably", "clearly", "quite a bit", "some", "fairly", "decently", "audibly"],
    "large": ["a lot", "much", "way", "far", "considerably", "massively", "drastically", "really a lot", "significantly", "radically", "ten times", "extremely", "heavily", "big time", "dramatically", "a ton", "substantially", "like crazy", "twice as much"],
}
BEFORE = {  # degrees that may stand before a comparative: "much darker"
    "small": ["a bit", "a little", "slightly", "a touch", "a tad", "just a hair", "a little bit", "somewhat", "a smidge", "ever so slightly", "marginally", "a shade", "a wee bit", "just slightly", "only a little"],
    "medium": ["", "", "", "", "", "noticeably", "clearly", "quite a bit", "audibly"],
    "large": ["a lot", "much", "way", "far", "considerably", "massively", "drastically", "significantly", "very much", "so much", "radically", "dramatically", "a whole lot", "substantially", "much much", "loads", "tons", "miles"],
}
NOUN_DEGREE = {
    "small": ["a bit", "a little", "a touch", "a tad", "slightly", "just a bit", "a smidge", "a hair"],
    "medium": ["", "", "", "", "some", "noticeably"],
    "large": ["a lot", "much", "way", "far", "tons", "loads", "lots", "so much", "heaps"],
}

NOT_SO = {"medium": ["not so", "not as", "not quite as", "not that"], "large": ["nowhere near as", "not nearly so", "not half as"]}
AS = {"large": ["twice as", "three times as", "ten times as", "five times as"]}
AFTER = {  # what says the degree behind a request
    "small": ["just a touch", "but only a little", "just slightly", "not too much", "but don't overdo it", "nothing drastic", "subtle please", "just a hint", "by a hair", "a tiny bit only", "but keep it subtle", "just a smidgen", "ever so little", "only barely", "un poco", "ein bisschen"],
    "large": ["by a lot", "as much as possible", "really go for it", "don't be shy", "and I mean a lot", "big time", "to the extreme", "all the way", "go crazy", "much more than you think", "massively", "exaggerate it", "don't hold back"],
}

SUBJECTS = ["it", "it", "it", "it", "this", "the sound", "this sound", "the patch", "the tone", "that", "the synth", "this patch", "everything", "the whole thing", "my sound", "this one"]
INSTRUMENTS = ["the bass", "the lead", "the pad", "the pluck", "these keys", "the bell", "the strings", "the drum", "the texture"]

COMPARATIVE = [  # {c}: "much darker", {x}: the subject
    "make {x} {c}", "make {x} {c}", "can you make {x} {c}", "could you make {x} {c}", "please make {x} {c}", "{c}", "{c} please", "{x} should be {c}", "I want {x} {c}", "I'd like {x} {c}",
    "I'd like {x} to be {c}", "I want {x} to sound {c}", "let's make {x} {c}", "let's go {c}", "go {c}", "turn {x} {c}", "get {x} {c}", "{x} needs to be {c}", "{x} needs to sound {c}", "{x} could be {c}",
    "{x} could use being {c}", "try {c}", "how about {c}", "what about making {x} {c}", "would you make {x} {c} for me", "I need {x} {c}", "we need {x} {c} here", "ok now {c}", "now make {x} {c}",
    "hmm, {c} I think", "I think {x} should be {c}", "maybe {c}", "maybe make {x} {c}", "{c}, if you can", "can it be {c}", "could it be {c}", "can we have {x} {c}", "{x} would be nicer {c}", "it'd be better {c}",
    "render {x} {c}", "give me {x} but {c}", "same thing but {c}", "the same, only {c}", "like this but {c}", "I prefer {x} {c}", "do something to get {x} {c}", "{x} has to be {c} for this track", "for the chorus I want {x} {c}",
    "make {x} sound {c}", "try to make {x} {c}", "see if you can get {x} {c}", "push {x} to be {c}", "my client wants {x} {c}", "the singer says {x} should be {c}", "is there a way to make {x} {c}",
    "I'm looking for something {c}", "something {c}", "something {c} please", "I'd say {c}", "just {c}", "so, {c}", "well, make {x} {c}", "alright, {c}", "next: {c}", "{x}: {c}", "it wants to be {c}",
    "{x} {c}", "like before but {c}", "like it was, just {c}", "as before but {c}", "similar, but {c}", "keep everything but make {x} {c}", "the next version should be {c}", "another version, {c}", "take it somewhere {c}", "steer it towards {c}", "nudge {x} so it's {c}", "let {x} be {c}",
    "could you get {x} {c} for me", "would love {x} {c}", "want {x} {c}", "need it {c}", "gimme {x} {c}", "wanna hear {x} {c}", "plz make {x} {c}", "pls {c}", "{c} plz", "{c} thx", "yo make {x} {c}", "can u make {x} {c}", "could u make {x} {c}", "{c} would be nice", "{c} would be great",
    "{c} if possible", "is {c} possible", "I'd prefer it {c}", "I'd rather have {x} {c}", "it must be {c}", "it ought to be {c}", "it wants to sound {c}", "the mix needs {x} {c}", "for this part {x} should sound {c}", "my ears want it {c}", "go for something {c}", "aim for {c}", "think {c}", "more in the direction of {c}", "change {x} so that it is {c}",
    "modify {x} to be {c}", "tweak {x} to be {c}", "adjust {x} so it sounds {c}", "shape {x} so it's {c}", "render it {c}", "can the sound be {c}", "let's try {x} {c}", "let's hear {x} {c}", "make that {c}", "this has to get {c}", "it needs to get {c}", "it has to come across {c}", "I wish {x} was {c}", "I wish it were {c}", "if only it were {c}", "have {x} come out {c}",
    "help me get {x} {c}", "what if {x} were {c}", "would {x} work {c}", "show me {x} {c}", "in the second verse {x} should be {c}", "set {x} up to be {c}", "I was hoping for {x} to be {c}", "any chance of {x} being {c}",
]
TOO = [  # {a}: the adjective of the other direction, with its degree: "a bit too bright"
    "{x} is {a}", "{x} sounds {a}", "it's {a}", "that's {a}", "{a}", "{a} for me", "I find {x} {a}", "I think {x} is {a}", "hmm, {a}", "it feels {a}", "{x} feels {a}", "it came out {a}", "this is {a} for the track",
    "isn't {x} {a}", "{x} is {a}, can you fix that", "{x} still sounds {a}", "don't you think {x} is {a}", "{x} gets {a} in the chorus", "to my ears {x} is {a}", "my bandmates say {x} is {a}", "{x} seems {a} to me", "unfortunately {x} is {a}",
    "the problem is that {x} is {a}", "it turned out {a}", "{x} strikes me as {a}", "somehow {x} is {a}",
]
NOT_ENOUGH = [  # {b}: the base adjective of this direction
    "{x} is not {b} enough", "it isn't {b} enough", "{x} doesn't sound {b} enough", "not {b} enough", "{x} could be a lot more {b} than that", "I wanted {x} {b}, this isn't", "why isn't {x} {b}", "it's supposed to be {b}",
    "{x} should really be {b}", "I imagined {x} {b}", "can it please be {b}", "I expected something {b}", "make {x} sound {b}", "I want a {b} sound", "give me a {b} tone", "I want {x} to be really {b}",
]
MORE = [  # {n}: "a bit more treble"
    "{n}", "{n} please", "give {x} {n}", "add {n}", "I want {n}", "I'd like {n}", "{x} needs {n}", "can I have {n}", "could we have {n}", "could you add {n}", "put {n} in there", "I need {n}", "let's have {n}", "{x} could use {n}",
    "bring in {n}", "{n} would be nice", "maybe {n}", "try {n}", "how about {n}", "{x} wants {n}", "we need {n}", "I'd love {n}", "add {n} to {x}", "introduce {n}", "is it possible to get {n}", "dial in {n}", "inject {n}", "{n}, thanks",
    "go for {n}", "{n} in this sound", "I'm missing {n}", "what it needs is {n}", "let me hear {n}", "{x} deserves {n}", "{n} on {x}", "throw in {n}",
]
LACKS = [  # {m}: a bare noun of "more"
    "{x} lacks {m}", "there's not enough {m}", "there isn't enough {m}", "not enough {m}", "{x} has no {m}", "I can't hear any {m}", "where's the {m}", "I miss the {m}", "boost the {m}", "turn up the {m}", "increase the {m}", "raise the {m}",
    "bring up the {m}", "push the {m}", "crank the {m}", "bump the {m} up", "turn the {m} up", "dial up the {m}", "get me the {m} back", "the {m} could be stronger", "emphasise the {m}", "bring out the {m}", "up the {m}", "enhance the {m}", "{x} is short on {m}",
]
LESS = [  # {l}: a bare noun of "less"
    "less {l}", "less {l} please", "too much {l}", "there's too much {l}", "{x} has too much {l}", "reduce the {l}", "cut the {l}", "turn down the {l}", "turn the {l} down", "take some {l} out", "take out some of the {l}", "bring the {l} down",
    "lower the {l}", "pull back the {l}", "I don't want so much {l}", "can we have less {l}", "could you reduce the {l}", "get rid of some {l}", "remove some {l}", "tame the {l}", "dial back the {l}", "the {l} is too much", "I'd like less {l}", "ease off on the {l}",
    "back off the {l}", "lose some {l}", "that's too much {l}", "scale the {l} back", "the {l} is bothering me", "kill some of the {l}", "decrease the {l}", "go easy on the {l}", "drop the {l}",
]
LESS_DEGREE = {
    "small": ["a bit less {l}", "a little less {l}", "slightly less {l}", "reduce the {l} a touch", "turn the {l} down a hair", "take a little {l} out", "a tad less {l} please", "slightly too much {l}", "a bit too much {l}"],
    "large": ["a lot less {l}", "way less {l}", "far too much {l}", "way too much {l}", "take most of the {l} out", "much less {l}", "cut the {l} drastically", "massively reduce the {l}", "almost no {l} please"],
}
VERB = ["{v}", "{v}", "{v} please", "please {v}", "can you {v}", "could you {v}", "I want you to {v}", "let's {v}", "try to {v}", "would you {v}", "{v} for me", "now {v}", "ok, {v}", "I'd like you to {v}", "go ahead and {v}", "you could {v}", "we should {v}",
        "maybe {v}", "why don't you {v}", "can we {v}", "just {v}", "{v}, thanks", "it would help to {v}", "is it possible to {v}", "your job is to {v}", "next, {v}"]
VERB_DEGREE = {
    "small": ["{v} a bit", "{v} a little", "{v} slightly", "{v} just a touch", "slightly {v}", "{v} ever so slightly", "{v} a tad", "can you {v} a little", "gently {v}"],
    "large": ["{v} a lot", "really {v}", "{v} massively", "{v} drastically", "{v} way more than now", "{v} as much as you can", "{v} big time", "I really want you to {v}, a lot"],
}
SAY = ["{s}", "{s}", "{s}", "{s}, can you fix that", "{s}, can you help", "{s}. do something about it", "hmm. {s}", "sorry, but {s}", "honestly, {s}", "I have a problem: {s}", "ok so {s}", "you know what, {s}", "{s}, please", "listen: {s}"]

KEEP = ["keep the {k}", "but keep the {k}", "without losing the {k}", "don't touch the {k}", "leave the {k} alone", "and keep the {k}", "but leave the {k} as it is", "the {k} should stay", "while keeping the {k}", "without changing the {k}", "but don't lose the {k}",
        "keep the {k} as it is", "the {k} is fine", "preserve the {k}", "but the {k} must not change", "I like the {k} though, keep it", "maintaining the {k}", "but hold on to the {k}", "and the {k} stays"]
KEEP_NOUN = {
    "brightness": ["brightness", "highs", "treble", "top end", "sparkle"], "warmth": ["warmth", "analog feel", "glow"], "hardness": ["attack", "onset", "hardness", "edge at the start"],
    "harshness": ["grit", "roughness", "dirt", "smoothness"], "punch": ["punch", "impact", "slam", "kick", "transient"], "pluck": ["pluck", "sustain", "decay", "length"], "fatness": ["body", "fatness", "weight", "thickness"],
    "width": ["width", "stereo image", "stereo", "spread"], "metallic": ["metal", "bell character", "clang"], "hollow": ["hollowness", "mids", "square wave character"], "wobble": ["wobble", "movement", "vibrato", "modulation"],
    "air": ["air", "breath", "air band"], "boom": ["bass", "low end", "sub", "bottom"], "distance": ["reverb", "room", "distance", "space"]}

STILL = ["but keep it {b}", "but still {b}", "while staying {b}", "but it has to stay {b}", "and keep it {b}", "yet still {b}", "but leave it {b}"]  # {b}: what it is and shall be
GUARD = ["but not {c}", "but not too {b}", "without making it {c}", "without getting {c}", "without it getting too {b}", "but it shouldn't get {c}", "but don't make it {c}", "but not so that it gets {c}", "but without becoming {b}", "as long as it doesn't get {c}", "but careful, not {c}",
         "but avoid making it {c}", "just not too {b}"]  # {b}, {c}: what it shall not become
JOIN = ["{1} and {2}", "{1}, and {2}", "{1} and also {2}", "{1} but {2}", "{1} as well as {2}", "{1}, {2}", "{1} plus {2}", "both {1} and {2}"]

POLITE = ["please", "thanks", "thank you", "if you don't mind", "cheers", "pretty please", "when you have a moment"]
OPENERS = ["hey", "hi", "ok", "okay", "so", "well", "right", "alright", "hmm", "hello", "uh", "um", "now", "good", "nice", "cool", "great", "yeah", "no", "hm", "listen", "dude", "buddy", "lovely", "not bad"]
RAMBLE = ["I've been working on this track all night and", "my ears are a bit tired but", "so the thing is,", "we're mixing tomorrow and", "I played it to a friend and he said it, so", "I don't know much about synths, but", "this is for a film scene in the rain, so",
          "I'm not sure how to say this, but", "the drums are in now and", "after listening on my headphones I think:", "the producer called again;", "I know I said the opposite before, but", "not a big deal, but", "call me picky, but", "for the bridge,", "compared with the demo,"]

def spoil(text, rng):
    """What fingers do: swapped, missing, doubled letters; missing apostrophes and capitals."""
    letters = list(text)
    for _ in range(1 + (rng.random() < 0.3)):
        spots = [i for i in range(1, len(letters) - 1) if letters[i].isalpha() and letters[i + 1].isalpha()]
        if not spots:
            break
        i, how = rng.choice(spots), rng.random()
        if how < 0.35:
            letters[i], letters[i + 1] = letters[i + 1], letters[i]
        elif how < 0.7:
            del letters[i]
        else:
            letters.insert(i, letters[i])
    return "".join(letters)


class Grammar:
    def __init__(self, params, rng, part="train", names=()):
        """params: what `tonesmith presets --parameters --json` lists; names: of presets."""
        self.params, self.rng, self.part, self.names = params, rng, part, list(names)
        self.cache = {}
        self.typos = 0.10  # share of requests with typing mistakes

    def pick(self, templates, even=False):
        """One of the templates that belong to this part, the first ones more often unless `even`."""
        key = id(templates)
        if key not in self.cache:
            mine = [t for t in templates if in_part(t, self.part)]
            self.cache[key] = (mine or list(templates), templates)  # holds `templates`: its id stays its own
        mine = self.cache[key][0]
        return self.rng.choice(mine) if even else early(self.rng, mine)

    def degree(self):
        return self.rng.choices(["small", "medium", "large"], [3, 5, 3])[0]

    def subject(self):
        return self.rng.choice(SUBJECTS if self.rng.random() < 0.8 else INSTRUMENTS)

    # -- one goal

    def comparative(self, family, way, degree):
        rng, how = self.rng, self.rng.random()
        base, comparative = early(rng, FAMILIES[family][way]["adj"])
        against, _ = early(rng, FAMILIES[family][OTHER[way]]["adj"])
        if how < 0.14 and not against.startswith("less "):
            return " ".join(filter(None, [rng.choice(BEFORE[degree]), f"less {against}"]))
        if how < 0.19 and degree != "small" and not against.startswith("less "):
            return f"{rng.choice(NOT_SO[degree])} {against}"
        if how < 0.24 and degree == "large" and not base.startswith("less "):
            return f"{rng.choice(AS[degree])} {base}"
        return " ".join(filter(None, [rng.choice(BEFORE[degree]), comparative]))

    def one(self, family, way, degree):
        """A whole utterance for one goal, and the degree it really says."""
        if degree != "medium" and self.rng.random() < 0.15:  # "make it darker, just a touch"
            text, said = self.plain(family, way, "medium")
            return (text.rstrip(".?!") + self.rng.choice([", ", " - ", ", "]) + self.pick(AFTER[degree]), degree) if said == "medium" else (text, said)
        return self.plain(family, way, degree)

    def plain(self, family, way, degree):
        rng, words, other = self.rng, FAMILIES[family][way], FAMILIES[family][OTHER[way]]
        x = self.subject()
        form = rng.choices(["comparative", "too", "not", "more", "lacks", "less", "verb", "say", "foreign"], [28, 9, 6, 11, 7, 11, 20, 32, 6])[0]
        if form == "comparative":
            return self.pick(COMPARATIVE).format(c=self.comparative(family, way, degree), x=x), degree
        if form == "too":
            how = {"small": ["a bit too", "a little too", "slightly too", "a touch too", "a tad too"], "medium": ["too", "too", "too", "rather too"], "large": ["way too", "far too", "much too", "so much too"]}[degree]
            return self.pick(TOO).format(a=f"{rng.choice(how)} {early(rng, other['adj'])[0]}", x=x), degree
        if form == "not":
            return self.pick(NOT_ENOUGH).format(b=early(rng, words["adj"])[0], x=x), "medium"
        if form == "more":
            noun = early(rng, words["more"])
            return self.pick(MORE).format(n=" ".join(filter(None, [rng.choice(NOUN_DEGREE[degree]), "more", noun])).replace("some more", "some more"), x=x), degree
        if form == "lacks":
            return self.pick(LACKS).format(m=early(rng, words["more"]), x=x), "medium"
        if form == "less":
            noun = early(rng, words["less"])
            if degree != "medium":
                return self.pick(LESS_DEGREE[degree]).format(l=noun, x=x), degree
            return self.pick(LESS).format(l=noun, x=x), degree
        if form == "verb":
            verb = self.pick(words["verb"]).format(x=x)
            if degree != "medium":
                return self.pick(VERB_DEGREE[degree]).format(v=verb), degree
            return self.pick(VERB).format(v=verb), degree
        if form == "say":
            return self.pick(SAY).format(s=self.pick(words["say"])), "medium"
        return self.pick(words[rng.choice(["de", "fr", "es", "it"])]), "medium"

    def keep(self, exclude):
        family = self.rng.choice([f for f in FAMILIES if f not in exclude])
        if self.rng.random() < 0.4:
            base, comparative = self.rng.choice(FAMILIES[family][self.rng.choice(["up", "down"])]["adj"][:10])
            return family, self.pick(STILL if self.rng.random() < 0.35 else GUARD).format(b=base, c=comparative)
        return family, self.pick(KEEP).format(k=self.rng.choice(KEEP_NOUN[family]))

    def direction(self, mirrored=False):
        """A change by description; mirrored: of the other way, from the same state of the generator in nearly the same frame."""
        rng = self.rng
        turn = OTHER if mirrored else {"up": "up", "down": "down"}
        family, way, degree = rng.choice(list(FAMILIES)), turn[rng.choice(["up", "down"])], self.degree()
        goals = []
        shape = rng.choices(["one", "two", "keep", "two keep", "three"], [60, 18, 14, 4, 4])[0]
        if shape.startswith("two"):
            second = rng.choice([f for f in FAMILIES if f != family])
            way2, degree2 = turn[rng.choice(["up", "down"])], self.degree()
            if rng.random() < 0.6:
                a, b = self.comparative(family, way, degree), self.comparative(second, way2, degree2)
                both = self.pick(JOIN).replace("{1}", a).replace("{2}", b)
                text = self.pick(COMPARATIVE).format(c=both, x=self.subject())
            else:
                first, degree = self.one(family, way, degree)
                text = f"{first} and {self.comparative(second, way2, degree2)}"
            goals = [(family, way, degree), (second, way2, degree2)]
        elif shape == "three":
            goals = [(f, turn[rng.choice(["up", "down"])], self.degree()) for f in rng.sample(list(FAMILIES), 3)]
            a, b, c = (self.comparative(*x) for x in goals)
            three = rng.choice(["{0}, {1} and {2}", "{0}, {1}, {2}", "{0} and {1} and {2}", "{0} and {1}, and also {2}", "{0}, also {1}, and {2}"]).format(a, b, c)
            text = self.pick(COMPARATIVE).format(c=three, x=self.subject())
        else:
            text, degree = self.one(family, way, degree)
            goals = [(family, way, degree)]
        if "keep" in shape:
            kept, phrase = self.keep([g[0] for g in goals])
            text = rng.choice(["{0}, {1}", "{0} {1}", "{0}, {1}"]).format(text.rstrip(".?!"), phrase)
            goals.append(("keep", kept))
        main = goals[0]
        expect = f"{main[0]}:{main[1]}" + (f":{main[2]}" if main[2] != "medium" else "")
        for g in goals[1:]:
            expect += f",{g[1]}:keep" if g[0] == "keep" else f",{g[0]}:{g[1]}" + (f":{g[2]}" if g[2] != "medium" else "")
        return Utterance(self.dress(text), "direction", goals, expect=expect)

    # -- what people put around a request

    def dress(self, text):
        rng = self.rng
        if rng.random() < 0.10 and not any(p in text for p in ("please", "thank")):
            text = rng.choice(["{0} {1}", "{0}, {1}", "{1}, {0}"]).format(text, rng.choice(POLITE))
        if rng.random() < 0.12:
            text = rng.choice(["{0}, {1}", "{0} {1}", "{0}... {1}", "{0}! {1}"]).format(rng.choice(OPENERS), text)
        elif rng.random() < 0.06:
            text = f"{rng.choice(RAMBLE)} {text}"
        if rng.random() < self.typos:
            text = spoil(text, rng)
        if rng.random() < 0.35:
            text = text[:1].upper() + text[1:]
        elif rng.random() < 0.04:
            text = text.upper()
        if rng.random() < 0.3 and text[-1:] not in ".?!":
            question = text.lower().startswith(("can", "could", "would", "is ", "what", "how", "why", "may", "isn't", "don't you"))
            text += "?" if question else rng.choice([".", ".", "!"])
        return text

    # -- everything else stands in phrases_more.py

    def kind(self):
        return self.rng.choices(list(KINDS), list(KINDS.values()))[0]

    def utterance(self, kind=None):
        import phrases_more
        kind = kind or self.kind()
        return self.direction() if kind == "direction" else getattr(phrases_more, kind)(self)


def goals_text(goals):
    """The `goals` argument of shape: "brightness down medium; keep punch"."""
    return "; ".join(f"keep {g[1]}" if g[0] == "keep" else " ".join(g) for g in goals)
