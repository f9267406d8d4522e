"""Dialogues as token sequences: an utterance of the grammar, the state it is said in, the call, the real result, the answer.

The state and the result come from the bank: lines of JSON that the program itself wrote (tools/nano/make_bank.sh) by
executing calls on real patches and measuring the renders.  Each line has
    {"system": "patch …", "tool": "shape", "arguments": {…}, "result": {…}, "text": what was said}
A sequence without a result ends with the call; one with a result goes on to the answer.  Most sequences are short: a request and its call,
without the state, so that many more requests are seen in the same time.
"""
import json
import pathlib
import random
import re

import numpy as np

import exact
import heard
import params
import phrases_more
from phrases import FAMILIES, Grammar, Utterance, goals_text

CONTROL = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "<|tool>", "<tool|>", "<|tool_call>", "<tool_call|>", "<|tool_response>", "<tool_response|>", '<|"|>', "<|think|>", "<|channel>", "<channel|>", "<|turn>", "<turn|>",
           "<|image>", "<|audio>", "<|image|>", "<|audio|>", "<image|>", "<audio|>", "<|video|>"]
Q = '<|"|>'
HEAR = "<|audio>", "<audio|>"  # around a clip
CONTRASTS = 0.4  # share of directions that are followed by their opposite
DROPPED = set("the a an it is it's this that to of and so just really please i i'd would be some in for on me my with".split())  # words that a request means the same without
HELD_OUT = [pathlib.Path(__file__).resolve().parents[2] / "tests/nano" / name for name in ("heldout.tsv", "fresh.tsv", "strangers.tsv")]

SAY = {
    "refuse": "I only work on this sound: describe how it should change, or ask what it measures.",
    "vague": "Tell me a direction, for example darker, wider, punchier or less harsh.",
    "help": "I change this sound as you describe it and measure the result. Try: darker, wider but keep the punch, cutoff to 800 Hz, undo, export.",
    "hello": "All right. Tell me how the sound should change.",
}


def notation(value):
    """A value as Gemma writes it inside calls and responses (keys sorted, strings between <|"|>)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return Q + value + Q
    if isinstance(value, dict):
        return "{" + ",".join(f"{k}:{notation(v)}" for k, v in sorted(value.items(), key=lambda kv: kv[0].lower())) + "}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def call_text(tool, arguments):
    return f"<|tool_call>call:{tool}{notation(arguments)}<tool_call|>"


def dot(text):
    """A clause as a sentence."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."


def answer(tool, result):
    """What the model says about a result: its words and numbers, nothing else.  What moved is shown beside it anyway."""
    if "error" in result:
        return dot("That did not work: " + result["error"])
    parts = []
    if tool == "shape":
        if result.get("reached"):
            parts.append(dot("Done: " + result["reached"]))
        if result.get("kept"):
            parts.append(dot("Kept: " + result["kept"]))
        if result.get("missed"):
            parts.append(dot("Not reached: " + result["missed"]))
        if result.get("remembered"):
            parts.append(dot("Remembered: " + result["remembered"]))
    elif tool == "set_parameters":
        parts.append(dot("Set: " + result["changed"]))
        if result.get("clamped"):
            parts.append(dot("Clamped: " + result["clamped"]))
    elif tool == "history":
        parts.append(dot("Now at " + result["now"]))
        if result.get("steps"):
            parts.append(dot("Steps: " + result["steps"]))
    elif tool == "export":
        parts.append(dot("Wrote " + result["file"]))
    elif tool == "find_presets":
        parts.append(dot("Loaded " + result["loaded"]) if result.get("loaded") else dot("Found: " + result["found"]))
    elif tool == "render":
        parts.append(dot(f"Rendered {result['played']} at {result['loudness']}"))
    elif tool == "compare":
        parts.append(dot(result["changes"]))
    elif tool == "list_parameters":
        first = result["parameters"].split("; ")
        parts.append(dot("; ".join(first[:4]) + (" and more" if len(first) > 4 else "")))
        if result.get("about"):
            parts.append(dot(result["about"]))
    return " ".join(parts) or "Done."


def sound_of(system):
    """The line of measures in a system prompt."""
    for line in system.splitlines():
        if line.startswith("sound "):
            return line[6:]
    return "nothing yet"


# ---------------------------------------------------------------------------------- states where the bank has none

NAMES_A = "Warm Dark Bright Glass Velvet Rusty Hollow Silver Deep Neon Dusty Frozen Golden Analog Liquid Iron Paper Night Solar Lunar Amber Cobalt Feather Stone Electric Wooden".split()
NAMES_B = "Strings Bass Lead Pad Keys Bell Pluck Kick Choir Organ Brass Drone Harp Reed Sweep Stab Sub Flute Piano Texture Snare Mallet Arp Voice Clav".split()


def printed(rng, p):
    """A value in the program's spelling."""
    if p["choices"]:
        return rng.choice(p["choices"])
    v = exact.number(rng, p["min"], p["max"], p["curve"] == "LOG")
    if p["unit"] == "Hz" and v >= 1000:
        return f"{v / 1000:.3g} kHz"
    return f"{v:.3g} {p['unit']}".rstrip() if p["unit"] not in ("ratio", "voices") else f"{v:.3g}"


def random_system(rng, table, last=None):
    lines = [f"patch {rng.choice(NAMES_A)} {rng.choice(NAMES_B)}"]
    if rng.random() < 0.6:
        some = rng.sample(table, rng.randint(1, 5))
        lines.append("changed " + "; ".join(f"{p['name']} {printed(rng, p)}" for p in some))
    attack = f"{2 ** rng.uniform(1, 9):.0f}"
    lines.append(f"sound centroid {2 ** rng.uniform(6.5, 13):.0f} Hz; width {rng.uniform(-60, 3):.1f} dB; attack {attack} ms; loudness {rng.uniform(-30, -8):.1f} LUFS")
    if last:
        lines.append(f"last shape {last}")
    elif rng.random() < 0.3:
        family = rng.choice(list(FAMILIES))
        lines.append(f"last shape {family} {rng.choice(['up', 'down'])} {rng.choice(['small', 'medium', 'large'])}")
    elif rng.random() < 0.2:
        p = rng.choice(table)
        lines.append(f"last set_parameters {p['name']}={printed(rng, p)}")
    return "\n".join(lines)


def parse_goals(text):
    out = []
    for item in text.split("; "):
        words = item.split()
        out.append(("keep", words[1]) if words[0] == "keep" else tuple(words))
    return out


def plain(text):
    """A text without what makes no difference: capitals, and marks at its end."""
    return text.casefold().strip(" .!?")


def held_out():
    """The instructions of the test sets that were written apart from the grammar."""
    return {plain(line.split("\t")[0]) for path in HELD_OUT for line in path.read_text().splitlines() if line and not line.startswith("#")}


class Dialogues:
    def __init__(self, seed, part="train", bank=None, names=()):
        self.rng = random.Random(seed)
        self.table = params.load()
        self.grammar = Grammar(self.table, self.rng, part, names)
        self.bank = bank or []
        self.held_out = held_out()
        self.mirrored = []  # wishes for the other way, to be said next
        self.short = 0.0    # share of sequences without state and result
        self.heard = []     # lines of heard.py
        self.listening = 0.0  # share of sequences with a spoken request

    # -- an utterance for goals that are given

    def said_for(self, goals):
        g, rng = self.grammar, self.rng
        ways = [x for x in goals if x[0] != "keep"]
        text, _ = g.one(*ways[0]) if len(ways) == 1 and ways[0][2] != "medium" else (None, None)
        for _ in range(20):  # some forms cannot carry every degree: draw until one says just this
            text, degree = g.one(*ways[0])
            if degree == ways[0][2]:
                break
        else:
            text = f"make it {g.comparative(*ways[0])}"
        for way in ways[1:]:
            text += rng.choice([" and ", " and also ", ", ", " but "]) + g.comparative(*way)
        for x in goals:
            if x[0] == "keep":
                from phrases import KEEP, KEEP_NOUN
                text += rng.choice([", ", " "]) + g.pick(KEEP).format(k=rng.choice(KEEP_NOUN[x[1]]))
        return g.dress(text)

    def vary(self, result):
        """The result with other digits and parameters: an answer copies what it reads, it does not know it by heart."""
        rng, names = self.rng, [p["name"] for p in self.table]
        swaps = {name: rng.choice(names) for name in names} if rng.random() < 0.5 else {}

        def number(m):
            return re.sub(r"\d", lambda d: rng.choice("123456789"), m[0], count=0)

        def other(text):
            text = re.sub(r"(?<![a-z_\d])\d+(\.\d+)?", number, text)
            return re.sub(r"[a-z]+\d?_[a-z_]+", lambda m: swaps.get(m[0], m[0]), text)

        return {k: other(v) if isinstance(v, str) else v for k, v in result.items()}

    def utterance(self):
        """One utterance; of some directions the same frame is said next with the words of the other way."""
        kind = self.grammar.kind()
        if kind != "direction" or self.rng.random() > CONTRASTS:
            return self.grammar.utterance(kind)
        middle = self.rng.getstate()
        u = self.grammar.direction()
        after = self.rng.getstate()
        self.rng.setstate(middle)
        self.mirrored.append(self.grammar.direction(mirrored=True))
        self.rng.setstate(after)
        return u

    def draw(self):
        """(system, utterance text, tool, arguments, result or None, answer or None)"""
        rng = self.rng
        e = rng.choice(self.bank) if self.bank and rng.random() < 0.5 else None
        if e and (rng.random() < 0.2 or len(json.dumps(e["result"])) < 400):  # long ones cost much and teach little more
            text = e["text"]
            if e["tool"] == "shape" and "remember" not in e["arguments"] and "like" not in e["arguments"]:
                text = self.said_for(parse_goals(e["arguments"]["goals"]))
            result = self.vary(e["result"]) if rng.random() < 0.7 else e["result"]
            if "file" in result:  # not the folder where the bank was made
                name = re.sub(r"[^a-z0-9]+", "_", e["system"].partition("\n")[0][6:].lower()) + re.sub(r".*(?=\.)", "", result["file"])
                result = {**result, "file": rng.choice(["./", "./", "/home/me/", "exports/", "/tmp/x/"]) + (name if rng.random() < 0.7 else result["file"].rpartition("/")[2])}
            return e["system"], text, e["tool"], e["arguments"], result, answer(e["tool"], result)
        system = rng.choice(self.bank)["system"] if self.bank and rng.random() < 0.5 else random_system(rng, self.table)
        if rng.random() < 0.07:  # leans on the last turn
            family = rng.sample(list(FAMILIES), 1 if rng.random() < 0.8 else 2)
            last = [(f, rng.choice(["up", "down"]), rng.choice(["small", "medium", "large"])) for f in family]
            u = phrases_more.again(self.grammar, last)
            return random_system(rng, self.table, goals_text(last)), u.text, "shape", {"goals": goals_text(u.goals)}, None, None
        u = self.mirrored.pop() if self.mirrored else self.utterance()
        if u.goals:
            return system, u.text, "shape", {"goals": goals_text(u.goals)}, None, None
        tool, arguments = u.call
        if tool == "say":
            reply = f"It measures {dot(sound_of(system))}" if arguments["what"] == "sound" else SAY[arguments["what"]]
            return system, u.text, None, None, None, reply
        return system, u.text, tool, arguments, None, None

    def thinned(self, text):
        """The request without one of its little words, as people write in haste."""
        words = text.split(" ")
        spots = [i for i, w in enumerate(words) if w.lower() in DROPPED]
        if len(words) < 5 or not spots:
            return text
        del words[self.rng.choice(spots)]
        return " ".join(words)

    def request(self):
        """A sequence of the request and its call (or, where nothing is to be called, what is said instead)."""
        while True:
            u = self.mirrored.pop() if self.mirrored else self.utterance()
            if u.goals:
                return u, call_text("shape", {"goals": goals_text(u.goals)}) + "<|tool_response>"
            tool, arguments = u.call
            if tool != "say":
                return u, call_text(tool, arguments) + "<|tool_response>"
            if arguments["what"] in SAY:
                return u, SAY[arguments["what"]] + "<turn|>"

    def fresh_request(self):
        """A request that is no instruction of the test sets."""
        while True:
            u, reply = self.request()
            if plain(u.text) not in self.held_out:
                return u, reply

    def spoken(self):
        """A request that is heard: what was said is written down first."""
        rng = self.rng
        e = rng.choice(self.heard)
        head = "<bos>"
        if rng.random() > self.short:
            head += f"<|turn>system\n{rng.choice(self.bank)['system'] if self.bank and rng.random() < 0.5 else random_system(rng, self.table)}<turn|>\n"
        rows = np.asarray(e["rows"], np.float32) if "rows" in e else heard.simulated(e["phones"], rng)
        return [(head + "<|turn>user\n" + HEAR[0], "program"), (rows, "sound"), (HEAR[1] + "<turn|>\n<|turn>model\n", "program"), (e["text"] + "\n" + e["reply"], "model")]

    def pieces(self):
        """[(text, who says it: "program", "user" or "model")] of one dialogue; of a "sound" the text is rows of what is heard."""
        rng = self.rng
        if self.heard and rng.random() < self.listening:
            return self.spoken()
        if rng.random() < self.short:
            u, reply = self.fresh_request()
            text = self.thinned(u.text) if u.kind == "direction" and rng.random() < 0.1 else u.text
            return [("<bos><|turn>user\n", "program"), (text.strip(), "user"), ("<turn|>\n<|turn>model\n", "program"), (reply, "model")]
        while True:
            system, text, tool, arguments, result, reply = self.draw()
            if plain(text) not in self.held_out:
                break
        if rng.random() < 0.06:  # a name is a name, whatever it says
            first, _, rest = system.partition("\n")
            if first.startswith("patch "):
                system = f"patch {self.grammar.utterance().text.strip()[:60]}\n{rest}"
        out = [(f"<bos><|turn>system\n{system}<turn|>\n<|turn>user\n", "program"), (text.strip(), "user"), ("<turn|>\n<|turn>model\n", "program")]
        if tool:
            out.append((call_text(tool, arguments) + "<|tool_response>", "model"))
            if result is not None:
                out.append((f"response:{tool}{notation(result)}<tool_response|>", "program"))
        if reply is not None:
            out.append((reply + "<turn|>", "model"))
        return out


def read_bank(path):
    with open(path) as f:
        return [json.loads(line) for line in f]
