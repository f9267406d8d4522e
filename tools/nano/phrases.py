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


KINDS = {"direction": 46, "exact": 20, "history": 14, "question": 8, "render": 3, "export": 3, "find": 4, "refuse": 10, "other": 3, "word": 1}  # parts of the corpus


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
    "make {x} {c}", "make {x} {c}", "can you make {x} {c}", "could you make {x} {c}", "please make {x} {c}", "{c}", "{c} please", "{x} should be {c}", "I want {x} {c}",
    "I'd like {x} {c}", "I'd like {x} to be {c}", "I want {x} to sound {c}", "let's make {x} {c}", "let's go {c}", "go {c}", "turn {x} {c}", "a sound that's {c}",
    "I want it {c}", "make it {c} please", "can you make it {c} please", "can it be {c} please", "{c} now", "now {c}", "ok, {c}", "make this {c}", "{x}, {c}",
    "I'd like it {c}", "it should be {c}", "let's make it {c}", "make everything {c}", "can we go {c}", "could we go {c}", "can you get it {c}", "get {x} {c}",
    "{x} needs to be {c}", "{x} needs to sound {c}", "{x} could be {c}", "{x} could use being {c}", "try {c}", "how about {c}", "what about making {x} {c}",
    "would you make {x} {c} for me", "I need {x} {c}", "we need {x} {c} here", "ok now {c}", "now make {x} {c}", "hmm, {c} I think", "I think {x} should be {c}",
    "maybe {c}", "maybe make {x} {c}", "{c}, if you can", "can it be {c}", "could it be {c}", "can we have {x} {c}", "{x} would be nicer {c}", "it'd be better {c}",
    "render {x} {c}", "give me {x} but {c}", "same thing but {c}", "the same, only {c}", "like this but {c}", "I prefer {x} {c}", "do something to get {x} {c}",
    "{x} has to be {c} for this track", "for the chorus I want {x} {c}", "make {x} sound {c}", "try to make {x} {c}", "see if you can get {x} {c}", "push {x} to be {c}",
    "my client wants {x} {c}", "the singer says {x} should be {c}", "is there a way to make {x} {c}", "I'm looking for something {c}", "something {c}",
    "something {c} please", "I'd say {c}", "just {c}", "so, {c}", "well, make {x} {c}", "alright, {c}", "next: {c}", "{x}: {c}", "it wants to be {c}", "{x} {c}",
    "like before but {c}", "like it was, just {c}", "as before but {c}", "similar, but {c}", "keep everything but make {x} {c}", "the next version should be {c}",
    "another version, {c}", "take it somewhere {c}", "steer it towards {c}", "nudge {x} so it's {c}", "let {x} be {c}", "could you get {x} {c} for me",
    "would love {x} {c}", "want {x} {c}", "need it {c}", "gimme {x} {c}", "wanna hear {x} {c}", "plz make {x} {c}", "pls {c}", "{c} plz", "{c} thx", "yo make {x} {c}",
    "can u make {x} {c}", "could u make {x} {c}", "{c} would be nice", "{c} would be great", "{c} if possible", "is {c} possible", "I'd prefer it {c}",
    "I'd rather have {x} {c}", "it must be {c}", "it ought to be {c}", "it wants to sound {c}", "the mix needs {x} {c}", "for this part {x} should sound {c}",
    "my ears want it {c}", "go for something {c}", "aim for {c}", "think {c}", "more in the direction of {c}", "change {x} so that it is {c}", "modify {x} to be {c}",
    "tweak {x} to be {c}", "adjust {x} so it sounds {c}", "shape {x} so it's {c}", "render it {c}", "can the sound be {c}", "let's try {x} {c}", "let's hear {x} {c}",
    "make that {c}", "this has to get {c}", "it needs to get {c}", "it has to come across {c}", "I wish {x} was {c}", "I wish it were {c}", "if only it were {c}",
    "have {x} come out {c}", "help me get {x} {c}", "what if {x} were {c}", "would {x} work {c}", "show me {x} {c}", "in the second verse {x} should be {c}",
    "set {x} up to be {c}", "I was hoping for {x} to be {c}", "any chance of {x} being {c}", "can we make {x} {c}", "could we make {x} {c}", "could we have it {c}",
    "can I have {x} {c}", "can I get {x} {c}", "may I have it {c}", "do you mind making {x} {c}", "would you mind making {x} {c}", "are you able to make {x} {c}",
    "is it possible to make {x} {c}", "is there any way to have it {c}", "it'd be nice if {x} was {c}", "it would be great if {x} were {c}", "I'd love it if {x} was {c}",
    "I'd love {x} to be {c}", "I'd love it {c}", "I was thinking {c}", "I was thinking of something {c}", "I'm thinking {c}", "I'm after something {c}",
    "I feel {x} should be {c}", "I guess it should be {c}", "I believe {x} should be {c}", "I think {c} is better", "I think {c} would be better",
    "I think it would be better {c}", "{c} would be better", "{c} is what I want", "{c} is what it needs", "{c}, that's what I want", "what I want is {x} {c}",
    "what I need is something {c}", "all I want is {x} {c}", "the sound I want is {c}", "my idea is something {c}", "the idea is to have it {c}", "in my head it's {c}",
    "I hear it {c} in my head", "the original should be {c}", "the track needs it {c}", "the song needs {x} {c}", "the verse needs it {c}", "in the mix {x} should be {c}",
    "live {x} should be {c}", "on stage it has to be {c}", "for the intro make {x} {c}", "for the drop I need it {c}", "for the outro, {c}", "try making {x} {c}",
    "try getting {x} {c}", "start by making {x} {c}", "first make {x} {c}", "then make {x} {c}", "next make {x} {c}", "also make {x} {c}", "and make it {c}",
    "and now {c}", "but {c}", "only {c}", "simply {c}", "just make {x} {c}", "just go {c}", "just a version that's {c}", "a version that is {c}", "a variant that's {c}",
    "do a version that's {c}", "do it {c}", "have it {c}", "bring {x} to be {c}", "move {x} to something {c}", "take {x} {c}", "pull {x} towards something {c}",
    "edge {x} towards {c}", "set {x} {c}", "go a step {c}", "a step {c}", "{c} overall", "overall {c}", "{c} in general", "generally {c}", "{c} all round", "{c} than now",
    "{c} than it is", "{c} than that", "{c} than this", "{c} than before", "it has to sound {c} than this", "{c} for me", "{c} for this track", "{c} for the chorus",
    "{c} for the verse", "{c}, I think", "{c}, I'd say", "{c}, don't you think", "{c}, no?", "{c} maybe", "perhaps {c}", "perhaps make {x} {c}", "possibly {c}",
    "if you could make {x} {c}", "if you can, make {x} {c}", "when you can, make {x} {c}", "let it be {c}", "let it sound {c}", "let's have it {c}", "let's get {x} {c}",
    "shall we make {x} {c}", "should we make it {c}", "why not make {x} {c}", "why not {c}", "why don't we make {x} {c}"]
TOO = [  # {a}: the adjective of the other direction, with its degree: "a bit too bright"
    "{x} is {a}", "{x} sounds {a}", "it's {a}", "it is {a}", "this is {a}", "this sounds {a}", "it sounds {a}", "that sounds {a}", "the sound is {a}", "sounds {a}",
    "that's {a}", "{a}", "{a} for me", "I find {x} {a}", "I think {x} is {a}", "hmm, {a}", "it feels {a}", "{x} feels {a}", "it came out {a}", "this is {a} for the track",
    "isn't {x} {a}", "{x} is {a}, can you fix that", "{x} still sounds {a}", "don't you think {x} is {a}", "{x} gets {a} in the chorus", "to my ears {x} is {a}",
    "my bandmates say {x} is {a}", "{x} seems {a} to me", "unfortunately {x} is {a}", "the problem is that {x} is {a}", "it turned out {a}", "{x} strikes me as {a}",
    "somehow {x} is {a}", "it's {a} for me", "it's {a} for this track", "it's {a} now", "it's {a} like this", "it's just {a}", "it's simply {a}", "it's still {a}",
    "it's getting {a}", "it's a problem that {x} is {a}", "{x} is {a} for me", "{x} is {a} for my taste", "{x} is {a} for this song", "{x} is {a} now", "{x} is just {a}",
    "{x} is still {a}", "{x} has become {a}", "{x} got {a}", "{x} turned out {a}", "{x} comes across {a}", "{x} comes out {a}", "{x} appears {a}", "I feel {x} is {a}",
    "I feel like it's {a}", "I hear it as {a}", "I think it sounds {a}", "I'd say {x} is {a}", "I'm afraid {x} is {a}", "I don't like that {x} is {a}", "why is {x} {a}",
    "in the mix {x} is {a}", "on my speakers {x} is {a}", "on headphones it's {a}", "my friend thinks {x} is {a}", "everyone says it's {a}", "now {x} is {a}",
    "now it's {a}", "for my taste {x} is {a}", "for this song it's {a}", "{a} for this track", "{a} for my taste", "{a} like this", "{a} now", "still {a}",
    "honestly it's {a}", "sorry, {a}", "sorry but {x} is {a}", "isn't it {a}", "isn't that {a}", "is it just me or is {x} {a}"]
NOT_ENOUGH = [  # {b}: the base adjective of this direction
    "{x} is not {b} enough", "it isn't {b} enough", "{x} isn't {b} enough", "this isn't {b} enough", "it's not {b} enough", "still not {b} enough", "not {b} enough yet",
    "{x} doesn't sound {b} enough", "not {b} enough", "{x} could be a lot more {b} than that", "I wanted {x} {b}, this isn't", "why isn't {x} {b}",
    "it's supposed to be {b}", "{x} should really be {b}", "I imagined {x} {b}", "can it please be {b}", "I expected something {b}", "make {x} sound {b}",
    "I want a {b} sound", "give me a {b} tone", "I want {x} to be really {b}", "that's not {b} enough", "{x} is still not {b} enough", "{x} isn't nearly {b} enough",
    "{x} isn't really {b}", "{x} isn't very {b}", "{x} isn't {b} at all", "{x} doesn't feel {b} enough", "{x} doesn't sound {b}", "{x} doesn't sound {b} at all",
    "{x} doesn't sound very {b}", "{x} has to be {b}", "{x} needs to be {b}", "{x} needs to sound {b}", "{x} ought to be {b}", "{x} must sound {b}",
    "{x} is supposed to sound {b}", "it should sound {b}", "it has to sound {b}", "it must be {b}", "it needs to be really {b}", "make {x} {b}", "make it really {b}",
    "make it properly {b}", "I want it {b}", "I want it really {b}", "I want something {b}", "I want something really {b}", "I need it {b}", "I need a {b} sound",
    "I'd like a {b} sound", "I'd like something {b}", "I'd like it to sound {b}", "I thought it would be {b}", "I was hoping for something {b}",
    "I was expecting it to be {b}", "can you make it sound {b}", "can you get it {b}", "could it sound {b}", "give me a {b} sound", "give me something {b}",
    "give it a {b} sound", "give it a {b} character", "give {x} a {b} feel", "a {b} sound please", "something really {b}", "think {b}", "go {b}", "{b} please",
    "really {b} please", "I can't call that {b}", "you call that {b}", "that's not what I call {b}"]
MORE = [  # {n}: "a bit more treble"
    "{n}", "{n} please", "give {x} {n}", "add {n}", "it needs {n}", "give it {n}", "can you add {n}", "I want {n} please", "it could use {n}", "can you give it {n}",
    "{n} now", "I want {n}", "I'd like {n}", "{x} needs {n}", "can I have {n}", "could we have {n}", "could you add {n}", "put {n} in there", "I need {n}",
    "let's have {n}", "{x} could use {n}", "bring in {n}", "{n} would be nice", "maybe {n}", "try {n}", "how about {n}", "{x} wants {n}", "we need {n}", "I'd love {n}",
    "add {n} to {x}", "introduce {n}", "is it possible to get {n}", "dial in {n}", "inject {n}", "{n}, thanks", "go for {n}", "{n} in this sound", "I'm missing {n}",
    "what it needs is {n}", "let me hear {n}", "{x} deserves {n}", "{n} on {x}", "throw in {n}", "add {n} please", "please add {n}", "please give it {n}",
    "can you give {x} {n}", "could you give it {n}", "could you give me {n}", "can you put {n} in", "can we add {n}", "can we get {n}", "could we get {n}",
    "may I have {n}", "let's add {n}", "let's give it {n}", "let's get {n}", "let's try {n}", "I'd like to have {n}", "I'd like to hear {n}", "I want to hear {n}",
    "I wish it had {n}", "I wish there was {n}", "I think it needs {n}", "I think {x} needs {n}", "I feel it needs {n}", "I'd add {n}", "{x} should have {n}",
    "{x} should get {n}", "{x} must have {n}", "{x} would benefit from {n}", "{x} is crying out for {n}", "it would be better with {n}", "it'd be nicer with {n}",
    "there should be {n}", "there has to be {n}", "make {x} have {n}", "get {n} out of it", "get {n} into {x}", "bring {n} into {x}", "mix in {n}", "blend in {n}",
    "work in {n}", "just {n}", "just add {n}", "only {n}", "simply {n}", "and {n}", "now add {n}", "ok, {n}", "the chorus needs {n}", "the track needs {n}",
    "{n} for me please", "{n}, if possible", "{n} than now", "{n} than that", "with {n}", "with {n} please", "the same with {n}", "like this but with {n}",
    "what about {n}", "could do with {n}", "it could do with {n}", "more please: {n}"]
LACKS = [  # {m}: a bare noun of "more"
    "{x} lacks {m}", "there's not enough {m}", "there isn't enough {m}", "it lacks {m}", "it needs {m}", "it has no {m}", "there's no {m}", "where is the {m}",
    "not enough {m}", "{x} has no {m}", "I can't hear any {m}", "where's the {m}", "I miss the {m}", "boost the {m}", "turn up the {m}", "increase the {m}",
    "raise the {m}", "bring up the {m}", "push the {m}", "crank the {m}", "bump the {m} up", "turn the {m} up", "dial up the {m}", "get me the {m} back",
    "the {m} could be stronger", "emphasise the {m}", "bring out the {m}", "up the {m}", "enhance the {m}", "{x} is short on {m}", "this lacks {m}", "{x} is lacking {m}",
    "{x} is missing {m}", "{x} needs {m}", "{x} has too little {m}", "{x} doesn't have enough {m}", "{x} hasn't got enough {m}", "{x} hardly has any {m}",
    "{x} could do with some {m}", "{x} wants for {m}", "it's missing {m}", "it's missing the {m}", "it's lacking {m}", "there is no {m}", "there is not enough {m}",
    "there is too little {m}", "there's hardly any {m}", "there's barely any {m}", "there's little {m}", "there isn't any {m}", "too little {m}", "hardly any {m}",
    "I don't hear any {m}", "I don't hear the {m}", "I don't hear enough {m}", "I can't hear the {m}", "I can barely hear the {m}", "I miss {m}", "I miss some {m}",
    "I need some {m}", "I want {m}", "I want some {m}", "I'd like some {m}", "add {m}", "add some {m}", "add some {m} please", "give it {m}", "give it some {m}",
    "can you add some {m}", "could you add some {m}", "can we have some {m}", "put some {m} in", "some {m} please", "boost {m}", "boost the {m} please",
    "can you boost the {m}", "can you turn up the {m}", "could you bring up the {m}", "bring the {m} up", "bring the {m} forward", "raise the {m} please", "lift the {m}",
    "strengthen the {m}", "accentuate the {m}", "highlight the {m}", "the {m} is missing", "the {m} is too weak", "the {m} is weak", "the {m} gets lost",
    "the {m} should be stronger"]
LESS = [  # {l}: a bare noun of "less"
    "less {l}", "less {l} please", "too much {l}", "there's too much {l}", "too much {l} for me", "it has too much {l}", "there is too much {l}", "less of the {l}",
    "can you reduce the {l}", "remove the {l}", "{x} has too much {l}", "reduce the {l}", "cut the {l}", "turn down the {l}", "turn the {l} down", "take some {l} out",
    "take out some of the {l}", "bring the {l} down", "lower the {l}", "pull back the {l}", "I don't want so much {l}", "can we have less {l}", "could you reduce the {l}",
    "get rid of some {l}", "remove some {l}", "tame the {l}", "dial back the {l}", "the {l} is too much", "I'd like less {l}", "ease off on the {l}", "back off the {l}",
    "lose some {l}", "that's too much {l}", "scale the {l} back", "the {l} is bothering me", "kill some of the {l}", "decrease the {l}", "go easy on the {l}",
    "drop the {l}", "{x} has way more {l} than I want", "{x} is full of {l}", "{x} should have less {l}", "{x} needs less {l}", "{x} would be better with less {l}",
    "it needs less {l}", "it should have less {l}", "it's got too much {l}", "it has got too much {l}", "I want less {l}", "I need less {l}", "I'd like to have less {l}",
    "I'd prefer less {l}", "I hear too much {l}", "I don't like the {l}", "I don't want the {l}", "I don't need that much {l}", "I can't stand the {l}",
    "could we have less {l}", "could I have less {l}", "can I have less {l}", "can you cut the {l}", "can you take out some {l}", "can you remove some of the {l}",
    "can you turn down the {l}", "can you lower the {l}", "can you tame the {l}", "could you turn down the {l}", "could you tame the {l}", "could you take out some {l}",
    "please reduce the {l}", "please remove some {l}", "please turn the {l} down", "let's have less {l}", "let's reduce the {l}", "let's cut the {l}",
    "let's try less {l}", "try less {l}", "try it with less {l}", "make it have less {l}", "give me less {l}", "give it less {l}", "with less {l}", "with less {l} please",
    "just less {l}", "maybe less {l}", "a version with less {l}", "the same with less {l}", "take the {l} down", "take away some {l}", "take some of the {l} away",
    "take the {l} out", "bring down the {l}", "pull the {l} down", "pull down the {l}", "tone down the {l}", "tone the {l} down", "soften the {l}", "weaken the {l}",
    "shave off some {l}", "trim the {l}", "trim some {l}", "strip out some {l}", "get the {l} down", "get rid of the {l}", "get the {l} under control", "control the {l}",
    "that {l} is too much", "the {l} is too strong", "the {l} is annoying", "the {l} is disturbing me", "the {l} has to go", "so much {l}"]
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

KEEP = [
    "keep the {k}", "but keep the {k}", "but keep the {k} please", "and don't touch the {k}", "keep the {k} please", "don't lose the {k}", "but leave the {k}",
    "without losing the {k}", "don't touch the {k}", "leave the {k} alone", "and keep the {k}", "but leave the {k} as it is", "the {k} should stay",
    "while keeping the {k}", "without changing the {k}", "but don't lose the {k}", "keep the {k} as it is", "the {k} is fine", "preserve the {k}",
    "but the {k} must not change", "I like the {k} though, keep it", "maintaining the {k}", "but hold on to the {k}", "and the {k} stays", "keep the {k} the same",
    "and keep the {k} the same", "but keep the {k} the same", "keep the {k} where it is", "keep the {k} like it is", "keep the {k} intact", "keeping the {k}",
    "keeping the {k} as it is", "leave the {k}", "leave the {k} as it is", "leave the {k} where it is", "leave the {k} untouched", "leaving the {k} alone",
    "don't change the {k}", "but don't change the {k}", "but don't touch the {k}", "and don't change the {k}", "and leave the {k} alone", "without touching the {k}",
    "without affecting the {k}", "without hurting the {k}", "without harming the {k}", "without sacrificing the {k}", "without killing the {k}",
    "without messing with the {k}", "without a change in the {k}", "the {k} stays", "the {k} must stay", "the {k} should stay the same", "the {k} must stay as it is",
    "the {k} is good as it is", "the {k} is perfect, keep it", "but the {k} should remain", "and preserve the {k}", "but preserve the {k}", "retain the {k}",
    "and retain the {k}", "maintain the {k}", "but maintain the {k}", "while preserving the {k}", "while leaving the {k} alone", "I want to keep the {k}",
    "but I want to keep the {k}", "I like the {k}", "but I like the {k}", "I love the {k}, leave it", "save the {k}", "same {k} though", "same {k} please",
    "with the same {k}", "at the same {k}"]
KEEP_NOUN = {
    "brightness": ["brightness", "highs", "treble", "top end", "sparkle"], "warmth": ["warmth", "analog feel", "glow"], "hardness": ["attack", "onset", "hardness", "edge at the start"],
    "harshness": ["grit", "roughness", "dirt", "smoothness"], "punch": ["punch", "impact", "slam", "kick", "transient"], "pluck": ["pluck", "sustain", "decay", "length"], "fatness": ["body", "fatness", "weight", "thickness"],
    "width": ["width", "stereo image", "stereo", "spread"], "metallic": ["metal", "bell character", "clang"], "hollow": ["hollowness", "mids", "square wave character"], "wobble": ["wobble", "movement", "vibrato", "modulation"],
    "air": ["air", "breath", "air band"], "boom": ["bass", "low end", "sub", "bottom"], "distance": ["reverb", "room", "distance", "space"]}

STILL = [
    "but keep it {b}", "but still {b}", "but keep it all {b}", "and still {b}", "still {b} though", "while staying {b}", "but it has to stay {b}", "and keep it {b}",
    "yet still {b}", "but leave it {b}", "but it should stay {b}", "but it must stay {b}", "but it should still be {b}", "but it must still be {b}",
    "but I want it to stay {b}", "but let it stay {b}", "but make sure it stays {b}", "and make sure it's still {b}", "as long as it stays {b}",
    "as long as it's still {b}", "keeping it {b}", "while keeping it {b}", "while remaining {b}", "and let it stay {b}", "and leave it {b}", "it should stay {b}",
    "it should still sound {b}", "and have it stay {b}", "it has to remain {b}", "remaining {b}", "yet {b}", "{b} as it is"]  # {b}: what it is and shall be
GUARD = [
    "but not {c}", "but not too {b}", "but not too {b} please", "not too {b}", "but not {c} please", "without making it {c}", "without getting {c}",
    "without it getting too {b}", "but it shouldn't get {c}", "but don't make it {c}", "but not so that it gets {c}", "but without becoming {b}",
    "as long as it doesn't get {c}", "but careful, not {c}", "but avoid making it {c}", "just not too {b}", "but not {c} than now", "and not too {b}", "and not {c}",
    "just don't make it {c}", "just don't make it too {b}", "don't make it {c}", "don't make it too {b}", "don't let it get {c}", "don't let it get too {b}",
    "but don't let it get {c}", "but don't let it become {b}", "but it mustn't get {c}", "but it must not get {c}", "but it must not become {b}", "but it can't get {c}",
    "but I don't want it {c}", "but I don't want it too {b}", "but I don't want it to get {c}", "but make sure it doesn't get {c}", "but make sure it's not too {b}",
    "without it becoming {c}", "without it being too {b}", "without sounding {c}", "without sounding too {b}", "without turning {b}", "without being too {b}",
    "without going {c}", "not {c} though", "not too {b} though", "so that it's not too {b}", "so that it doesn't get {c}", "only not {c}",
    "careful that it doesn't get {c}"]  # {b}, {c}: what it shall not become
TERSE = ["{c}", "{c}", "{c}", "{c} please", "make it {c}", "a version that's {c}", "{c} now"]  # {c}: "much darker"
PAIR = ["{1} and {2}", "{1} and {2}", "{1}, {2}", "{1} but {2}", "{1} yet {2}"]  # of adjectives as they stand: "fat and warm"
PAIRED = ["{b}", "{b}", "{b} please", "make {x} {b}", "make it {b}", "I want it {b}", "{x} should be {b}", "I need something {b}", "something {b}", "give me something {b}", "can it be {b}", "it has to be {b}", "I'm after a {b} sound", "a {b} sound please", "let's have it {b}"]
JOIN = ["{1} and {2}", "{1}, and {2}", "{1} and also {2}", "{1} but {2}", "{1} as well as {2}", "{1}, {2}", "{1} plus {2}", "both {1} and {2}"]

POLITE = [
    "please", "thanks", "thank you", "if you don't mind", "cheers", "pretty please", "when you have a moment", "thx", "many thanks", "please and thank you",
    "thanks a lot", "thanks in advance", "if you could", "if that's ok", "if possible", "for me"]
OPENERS = [
    "hey", "hi", "ok", "okay", "so", "well", "right", "alright", "hmm", "hello", "uh", "um", "now", "good", "nice", "cool", "great", "yeah", "no", "hm", "listen", "dude",
    "buddy", "lovely", "not bad", "please", "yes", "yep", "sure", "fine", "perfect", "oh", "ah", "hmm ok", "ok so", "okay so", "so now", "alright then", "ok then",
    "well then", "right then", "thanks", "thank you", "great, now", "good, now", "ok cool", "ok good", "ok great", "ok now", "nice one", "hey there", "hi there",
    "hello there", "morning", "mate", "man", "bro", "hey man", "my friend", "look", "see", "wait", "wait a second", "one more thing", "last thing", "next thing", "next",
    "basically", "honestly", "um so", "erm", "er", "oh and", "and", "also", "yes but", "yeah but", "no but"]
RAMBLE = [
    "I've been working on this track all night and", "my ears are a bit tired but", "so the thing is,", "we're mixing tomorrow and",
    "I played it to a friend and he said it, so", "I don't know much about synths, but", "this is for a film scene in the rain, so", "I'm not sure how to say this, but",
    "the drums are in now and", "after listening on my headphones I think:", "the producer called again;", "I know I said the opposite before, but", "not a big deal, but",
    "call me picky, but", "for the bridge,", "compared with the demo,", "I listened to it in the car and", "I've listened to it ten times now and",
    "I'm making a beat and", "we've got a show tonight and", "my band is waiting, so", "I have a deadline in an hour, so", "it's for a video game, so",
    "it's for an advert, so", "this goes under a voice, so", "I'm scoring a short film and", "I just got up, but", "it's late, but", "I've had three coffees and",
    "the vocals are recorded now, so", "now that the bass is in,", "now that I hear it again,", "with the drums playing,", "in the context of the mix,",
    "in the second half,", "for the breakdown,", "for the last chorus,", "after sleeping on it,", "on small speakers I noticed something:",
    "on my phone speaker I noticed:", "my studio partner listened and said:", "our singer asked me:", "the client wrote back:", "the director wants this:",
    "my teacher said:", "I'm no expert, but", "I don't know the right word, but", "how do I put it,", "let me put it this way:", "if I'm being honest,", "to be honest,",
    "in my opinion,", "I hope you understand me, but", "this may sound strange, but", "I'm sorry to be so picky, but", "one small thing:", "last request for today:",
    "I promise it's the last change:", "good start, but now", "we're getting there, now", "okay, I've thought about it:"]

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
        form = rng.choices(["terse", "comparative", "too", "not", "more", "lacks", "less", "verb", "say", "foreign"], [9, 28, 9, 6, 11, 7, 11, 20, 32, 6])[0]
        if form == "terse":
            return rng.choice(TERSE).format(c=self.comparative(family, way, degree)), degree
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
            how = rng.random()
            if how < 0.2:
                degree = degree2 = "medium"
                a, b = (early(rng, FAMILIES[f][w]["adj"])[0] for f, w in ((family, way), (second, way2)))
                text = self.pick(PAIRED).format(b=self.pick(PAIR).replace("{1}", a).replace("{2}", b), x=self.subject())
            elif how < 0.7:
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
