#!/usr/bin/env python3
"""A small vocabulary of our own in Gemma's layout, and what two plain Python tokenizers make of some texts.

    make.py OUT_FOLDER          writes the files below again, byte for byte
    make.py --gguf TOKENIZER_JSON OUT.gguf [listed|derived|scored]     a GGUF file that holds only a vocabulary

    tokenizer.json    1,074 tokens: ids 0…493 as Gemma 4 has them (runs of tabs and media markers in place of HTML
                      tags), then pieces learned from the sentences below, then single characters
    listed.gguf       the same with its merges; all scores -1000, as converters write them
    derived.gguf      the same without merges: their order follows from the pieces
    scored.gguf       the kind made of Gemma 3: no merges, scores, runs of blanks as user-defined tokens
    cases.jsonl       text or hex; "ids" with control tokens, "ids_plain" without, "ids_scored" of scored.gguf (plain)
    decode.jsonl      ids; hex, text, stream, flush
"""
import collections
import heapq
import json
import pathlib
import random
import struct
import sys

SENTENCES = """make the sound darker and a little wider
turn the resonance down before the filter opens, then bring the echo back
a slow pad with two detuned saws, a soft attack and a long release
the bass is too loud; lower it by three decibels and keep the kick as it is
what happens to the upper partials when the cutoff follows the envelope?
mach den Klang dunkler und etwas breiter, aber nicht zu laut
rends le son plus sombre et un peu plus large
haz el sonido más oscuro y un poco más ancho
сделай звук темнее и немного шире
音をもっと暗く、少し広くしてください
把声音调暗一点，再稍微宽一些
소리를 더 어둡고 조금 더 넓게 해 주세요
اجعل الصوت أغمق وأوسع قليلا
int main(void) { return 0; } /* nothing */ for (int i = 0; i < n; i++) x[i] *= 0.5f;
{"cutoff": 0.25, "name": "pad", "list": [1, 2, 3]} <div class="a"> </div>""".split("\n")

SPECIAL = {0: "<pad>", 1: "<eos>", 2: "<bos>", 3: "<unk>", 4: "<mask>", 46: "<|tool>", 47: "<tool|>", 48: "<|tool_call>",
           49: "<tool_call|>", 50: "<|tool_response>", 51: "<tool_response|>", 52: '<|"|>', 98: "<|think|>", 100: "<|channel>",
           101: "<channel|>", 105: "<|turn>", 106: "<turn|>", 199: "<|image>", 200: "<|audio>", 201: "<|image|>", 202: "<|audio|>",
           203: "<image|>", 204: "<audio|>", 205: "<|video|>"}
MARK = "\u2581"


def learn(n_pieces):
    """Byte-pair encoding's training, in its plainest form, on words that begin with the mark."""
    words = collections.Counter()
    for s in SENTENCES:
        for w in s.replace(" ", " " + MARK).split(" "):
            words[tuple(w)] += 1
    pieces = []
    while len(pieces) < n_pieces:
        pairs = collections.Counter()
        for w, count in words.items():
            for a, b in zip(w, w[1:]):
                pairs[a, b] += count
        if not pairs:
            break
        a, b = min(pairs, key=lambda p: (-pairs[p], p))
        pieces.append(a + b)
        merged = collections.Counter()
        for w, count in words.items():
            out = []
            for c in w:
                if out and out[-1] == a and c == b:
                    out[-1] = a + b
                else:
                    out.append(c)
            merged[tuple(out)] += count
        words = merged
    return list(dict.fromkeys(pieces))


def make_pieces():
    out = [None] * 494
    for i, s in SPECIAL.items():
        out[i] = s
    for n in range(31):
        out[107 + n] = "\n" * (n + 1)
        out[168 + n] = "\t" * (n + 1)
    for n in range(2, 32):
        out[136 + n] = MARK * n
    for b in range(256):
        out[238 + b] = "<0x%02X>" % b
    n = 0
    for i in range(494):
        if out[i] is None:
            out[i] = "<unused%d>" % n
            n += 1
    learned = learn(600) + [">" + MARK + "</"]
    letters = sorted(set("".join(SENTENCES)) | set(map(chr, range(33, 127))) | set("éüß“”–☃𝄞"))
    rest = [c for c in letters if c != " "] + [MARK]
    return out + [p for p in learned if p not in rest] + rest


def derive_merges(pieces):
    """golden/tokenizer/vocab.py has the rule; ids 494 … 255967 are the ordinary ones."""
    ids = {s: i for i, s in enumerate(pieces)}
    out = []
    for i, s in enumerate(pieces):
        score = 494 - i if 494 <= i < 255968 else 0
        splits = [(s[:k], s[k:]) for k in range(1, len(s)) if s[:k] in ids and s[k:] in ids]
        splits.sort(key=lambda p: (ids[p[0]], ids[p[1]]))
        out += [(score, len(a), len(b), a, b) for a, b in splits]
    out.sort(key=lambda m: m[:3], reverse=True)
    return [(m[3], m[4]) for m in out]


class Bpe:
    """Merging by rank or by score, with the whole text in one heap."""

    def __init__(self, pieces, literals, merges=None, scores=None):
        self.pieces, self.literals = pieces, literals
        self.ids = {s.replace(" ", MARK): i for i, s in reversed(list(enumerate(pieces)))}
        self.rank = {m: r for r, m in enumerate(merges)} if merges else None
        self.scores = scores

    def priority(self, a, b):
        if self.rank is not None:
            return self.rank.get((a, b))
        i = self.ids.get(a + b)
        return None if i is None else -self.scores[i]

    def encode(self, text):
        out, start, i = [], 0, 0
        while i < len(text):
            hit = max((s for s in self.literals if text.startswith(s, i)), key=len, default=None)
            if hit:
                out += self.merge(text[start:i]) + [self.literals[hit]]
                i += len(hit)
                start = i
            else:
                i += 1
        return out + self.merge(text[start:])

    def merge(self, text):
        sym = list(text.replace(" ", MARK))
        n = len(sym)
        following, previous, heap = list(range(1, n + 1)), list(range(-1, n - 1)), []

        def push(i):
            if i >= 0 and following[i] < n:
                p = self.priority(sym[i], sym[following[i]])
                if p is not None:
                    heapq.heappush(heap, (p, i, sym[i], sym[following[i]]))
        for i in range(n):
            push(i)
        while heap:
            _, i, a, b = heapq.heappop(heap)
            j = following[i]
            if sym[i] != a or j >= n or sym[j] != b:
                continue
            sym[i], sym[j] = a + b, None
            following[i] = following[j]
            if following[j] < n:
                previous[following[j]] = i
            push(i)
            push(previous[i])
        out = []
        for s in sym:
            if s is not None:
                out += [self.ids[s]] if s in self.ids else [238 + b for b in s.encode()]
        return out


def gguf_text(s):
    b = s if isinstance(s, bytes) else s.encode()
    return struct.pack("<Q", len(b)) + b


def gguf_vocabulary(pieces, kind, merges, specials):
    """GGUF v3 without tensors: types as llama.cpp's converters give them."""
    types, tokens, scores = [], [], []
    for i, s in enumerate(pieces):
        byte = s.startswith("<0x") and len(s) == 6 and s.endswith(">")
        blank = s.strip("\n") == "" or s.strip("\t") == "" or (len(s) > 1 and s.strip(MARK) == "")
        if kind == "scored":
            s = {"<|turn>": "<start_of_turn>", "<turn|>": "<end_of_turn>"}.get(s, s)
            literal = blank or s in ("<div", "</")
            types.append(6 if byte else 3 if i in specials or s.startswith("<unused") else 4 if literal else 1)
            tokens.append(s.replace(MARK, " ") if literal else s)
            scores.append(0.0 if byte else -1000.0 if i < 494 else float(494 - i))
        else:
            visible = s in ("<|tool_call>", "<tool_call|>", "<|tool_response>", "<tool_response|>", '<|"|>', "<|channel>", "<channel|>")
            types.append(6 if byte else 4 if visible else 3 if i in specials else 1)
            tokens.append(s)
            scores.append(-1000.0)
    entries = [("general.architecture", 8, gguf_text("gemma3" if kind == "scored" else "gemma4")),
               ("tokenizer.ggml.model", 8, gguf_text("llama" if kind == "scored" else "gemma4")),
               ("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, len(tokens)) + b"".join(map(gguf_text, tokens))),
               ("tokenizer.ggml.scores", 9, struct.pack("<IQ%df" % len(scores), 6, len(scores), *scores)),
               ("tokenizer.ggml.token_type", 9, struct.pack("<IQ%di" % len(types), 5, len(types), *types)),
               ("tokenizer.ggml.bos_token_id", 4, struct.pack("<I", 2)),
               ("tokenizer.ggml.eos_token_id", 4, struct.pack("<I", 1)),
               ("tokenizer.ggml.add_space_prefix", 7, struct.pack("<B", 0))]
    if kind == "listed":
        entries.append(("tokenizer.ggml.merges", 9, struct.pack("<IQ", 8, len(merges)) + b"".join(gguf_text(a + " " + b) for a, b in merges)))
    body = b"".join(gguf_text(k) + struct.pack("<I", t) + v for k, t, v in entries)
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + body, types, tokens, scores


def tokenizer_json(pieces, merges):
    added = [dict(id=i, content=s, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True) for i, s in sorted(SPECIAL.items())]
    return dict(version="1.0", truncation=None, padding=None, added_tokens=added,
                normalizer=dict(type="Replace", pattern=dict(String=" "), content=MARK),
                pre_tokenizer=dict(type="Split", pattern=dict(String=" "), behavior="MergedWithPrevious", invert=False), post_processor=None,
                decoder=dict(type="Sequence", decoders=[dict(type="Replace", pattern=dict(String=MARK), content=" "), dict(type="ByteFallback"), dict(type="Fuse")]),
                model=dict(type="BPE", dropout=None, unk_token="<unk>", continuing_subword_prefix=None, end_of_word_suffix=None, fuse_unk=True,
                           byte_fallback=True, ignore_merges=False, vocab={s: i for i, s in enumerate(pieces)}, merges=[list(m) for m in merges]))


def texts(r, pieces):
    """Texts that meet every rule: runs of blanks, markers and what only looks like one, bytes that are no text."""
    fixed = ["", " ", "  ", "\n", "\t", MARK, "\0", "> </", ">" + MARK + "</", "a>  </b", " > </", "\r\n", "<bos>", "<|turn>user\nmake it wide<turn|>\n", "<|turn", "<turn|>>",
             "<|\"|>", "<|tool_call>call:x{a:<|\"|>b<|\"|>}<tool_call|>", "<unused3>", "<0x41>", "<div class", "é", "e\u0301", "☃ 𝄞", "你好", "\ufffd"]
    fixed += [c * n for c in " \n\ta" for n in (2, 30, 31, 32, 33, 63, 94, 300)] + [s for s in SPECIAL.values()]
    bad = [b"\x80", b"\xc0\x80", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xf0\x9f\x98A", b"\xf4\x90\x80\x80", b"\xff", b"\xe2\x96", b"a\xe2\x96\x81\xe2"]
    out = fixed + bad
    blanks = [" ", "  ", "    ", "\n", "\n\n", "\t", "\t\t\t", MARK, "\r\n", " \n ", "\u00a0"]
    words = [w for s in SENTENCES for w in s.split()]
    while len(out) < 400:
        parts = []
        for _ in range(r.randint(1, 9)):
            k = r.randint(0, 9)
            parts.append(r.choice(words) if k < 4 else r.choice(blanks) * r.randint(1, 3) if k < 7 else r.choice(pieces[494:]) if k == 7
                         else r.choice(list(SPECIAL.values())) if k == 8 else "".join(chr(r.randint(32, 126)) for _ in range(r.randint(1, 6))))
        s = r.choice(["", " "]).join(parts)
        out.append(s if r.random() < .9 else s.encode()[r.randint(0, 3):] + r.choice(bad))
    return out


def expected_stream(ids, piece_bytes):
    import codecs
    held, out = b"", []
    for i in ids:
        held += piece_bytes(i)
        keep = 0
        for k in (1, 2, 3):
            d = codecs.getincrementaldecoder("utf-8")("strict")
            try:
                if k <= len(held) and d.decode(held[-k:]) == "" and d.getstate()[0] == held[-k:]:
                    keep = k
                    break
            except UnicodeDecodeError:
                pass
        out.append(held[:len(held) - keep].decode("utf-8", "replace"))
        held = held[len(held) - keep:]
    return out, held.decode("utf-8", "replace")


def write_all(folder):
    r = random.Random(20260501)
    pieces = make_pieces()
    merges = derive_merges(pieces)
    scored, types, tokens, scores = gguf_vocabulary(pieces, "scored", merges, SPECIAL)
    (folder / "scored.gguf").write_bytes(scored)
    (folder / "listed.gguf").write_bytes(gguf_vocabulary(pieces, "listed", merges, SPECIAL)[0])
    (folder / "derived.gguf").write_bytes(gguf_vocabulary(pieces, "derived", merges, SPECIAL)[0])
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json(pieces, merges), ensure_ascii=False), encoding="utf-8")
    special = {s: i for i, s in SPECIAL.items()}
    full, plain = Bpe(pieces, special, merges), Bpe(pieces, {}, merges)
    by_score = Bpe(tokens, {s: i for i, s in enumerate(tokens) if types[i] == 4}, scores=scores)
    dump = lambda v: json.dumps(v, ensure_ascii=True, separators=(",", ":")) + "\n"
    with open(folder / "cases.jsonl", "w") as f:
        for x in texts(r, pieces):
            s = x if isinstance(x, str) else x.decode("utf-8", "replace")
            case = {"text": s} if isinstance(x, str) or s.encode() == x else {"hex": x.hex()}
            f.write(dump(dict(case, ids=full.encode(s), ids_plain=plain.encode(s), ids_scored=by_score.encode(s))))
    piece_bytes = lambda i: bytes([i - 238]) if 238 <= i < 494 else pieces[i].replace(MARK, " ").encode()
    with open(folder / "decode.jsonl", "w") as f:
        for _ in range(200):
            ids = [r.choice([r.randint(0, len(pieces) - 1), r.randint(238, 493), 238 + r.choice(b"\xe3\x81\x82\xf0\x9f\x98\x80\xc3\xa9\xed\xa0\x80"), 100])
                   for _ in range(r.randint(0, 9))]
            raw = b"".join(map(piece_bytes, ids))
            stream, flush = expected_stream(ids, piece_bytes)
            hidden = b"".join(piece_bytes(i) for i in ids if i not in SPECIAL).decode("utf-8", "replace")
            f.write(dump(dict(ids=ids, hex=raw.hex(), text=raw.decode("utf-8", "replace"), stream=stream, flush=flush, text_hidden=hidden)))
    print(len(pieces), "pieces,", len(merges), "merges")


def main(argv):
    if argv[1] == "--gguf":
        tj = json.load(open(argv[2], encoding="utf-8"))
        pieces = [s for s, _ in sorted(tj["model"]["vocab"].items(), key=lambda e: e[1])]
        kind = argv[4] if len(argv) > 4 else "listed"
        specials = {a["id"] for a in tj["added_tokens"] if a["special"]}
        pathlib.Path(argv[3]).write_bytes(gguf_vocabulary(pieces, kind, tj["model"]["merges"], specials)[0])
    else:
        write_all(pathlib.Path(argv[1]))


if __name__ == "__main__":
    main(sys.argv)
