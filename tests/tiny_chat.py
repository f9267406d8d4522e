#!/usr/bin/env python3
"""A tiny random model that can hold a conversation: the weights of one GGUF file, the vocabulary of another.

    tiny_chat.py WEIGHTS.gguf VOCABULARY.gguf OUT.gguf [TOOLS.json [CONTEXT]]

The weights have fewer embedding rows than the vocabulary has tokens; further rows are made of the first ones with their
blocks in reverse order.  What such a model says means nothing, but it has turns, calls and thoughts to say it with.
TOOLS.json: claim that it was trained with these tools.  CONTEXT: claim that it was made for so many tokens.
"""
import struct
import sys

SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
STRING, ARRAY = 8, 9
# bytes and values of a block of the types that the weights use
BLOCKS = {0: (4, 1), 1: (2, 1), 2: (18, 32), 3: (20, 32), 8: (34, 32), 30: (2, 1)}
ALIGNMENT = 32


class Reader:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.bytes = f.read()
        self.at = 4
        version, n_tensors, n_values = self.take("I"), self.take("Q"), self.take("Q")
        if self.bytes[:4] != b"GGUF" or version != 3:
            sys.exit(f"{path}: no GGUF of version 3")
        self.values = {}
        for _ in range(n_values):
            key, kind = self.string(), self.take("I")
            start = self.at
            self.skip(kind)
            self.values[key] = (kind, self.bytes[start:self.at])
        self.tensors = [(self.string(), [self.take("Q") for _ in range(self.take("I"))], self.take("I"), self.take("Q"))
                        for _ in range(n_tensors)]
        self.data = (self.at + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT

    def take(self, code):
        value = struct.unpack_from("<" + code, self.bytes, self.at)[0]
        self.at += struct.calcsize("<" + code)
        return value

    def string(self):
        n = self.take("Q")
        self.at += n
        return self.bytes[self.at - n:self.at]

    def skip(self, kind):
        if kind == STRING:
            self.string()
        elif kind == ARRAY:
            inner, n = self.take("I"), self.take("Q")
            for _ in range(n):
                self.skip(inner)
        else:
            self.take(SCALARS[kind])

    def tensor(self, dims, kind, offset):
        n_bytes, n_values = BLOCKS[kind]
        n = n_bytes
        for d in dims:
            n *= d
        return self.bytes[self.data + offset:self.data + offset + n // n_values]


def more_rows(bytes_, dims, kind, n):
    n_block, n_values = BLOCKS[kind]
    row = dims[0] // n_values * n_block
    old = dims[1]
    rows = [bytes_[i * row:(i + 1) * row] for i in range(old)]
    for i in range(old, n):
        source = rows[(i * 131 + 17) % old]
        rows.append(b"".join(source[k:k + n_block] for k in range(row - n_block, -1, -n_block)))
    return b"".join(rows)


def string(s):
    return struct.pack("<Q", len(s)) + s


def tools_hash(path):
    """tone_tools_hash()"""
    h = 0xCBF29CE484222325
    with open(path, "rb") as f:
        for byte in f.read():
            h = (h ^ byte) * 0x100000001B3 % 2**64
    return f"{h:016x}".encode()


def main():
    weights, vocabulary, out = sys.argv[1:4]
    w, v = Reader(weights), Reader(vocabulary)
    n_vocab = struct.unpack_from("<Q", v.values[b"tokenizer.ggml.tokens"][1], 4)[0]
    values = {k: x for k, x in w.values.items() if not k.startswith(b"tokenizer.")}
    values |= {k: x for k, x in v.values.items() if k.startswith(b"tokenizer.")}
    values[b"tokenizer.chat_template"] = (STRING, string(b"rendered natively"))
    values[b"general.name"] = (STRING, string(b"tiny random conversation"))
    if len(sys.argv) > 4:
        values[b"tonesmith.tools"] = (STRING, string(tools_hash(sys.argv[4])))
    if len(sys.argv) > 5:
        values |= {k: (4, struct.pack("<I", int(sys.argv[5]))) for k in values if k.endswith(b".context_length")}
    directory, data = b"", b""
    for name, dims, kind, offset in w.tensors:
        content = w.tensor(dims, kind, offset)
        if name in (b"token_embd.weight", b"per_layer_token_embd.weight"):
            content = more_rows(content, dims, kind, n_vocab)
            dims = [dims[0], n_vocab]
        directory += string(name) + struct.pack("<I", len(dims)) + struct.pack(f"<{len(dims)}Q", *dims) + struct.pack("<IQ", kind, len(data))
        data += content + bytes(-len(content) % ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(w.tensors), len(values))
    for key, (kind, bytes_) in values.items():
        head += string(key) + struct.pack("<I", kind) + bytes_
    head += directory
    with open(out, "wb") as f:
        f.write(head + bytes(-len(head) % ALIGNMENT) + data)


if __name__ == "__main__":
    main()
