"""Pictures, sounds and tensors as files, for the scripts that try what sees and hears."""
import json
import pathlib
import struct
import wave
import zlib


def tensors(path):
    """A safetensors file: name -> (dtype, shape, bytes)"""
    data = pathlib.Path(path).read_bytes()
    (n,) = struct.unpack_from("<Q", data)
    head = json.loads(data[8:8 + n])
    head.pop("__metadata__", None)
    return {k: (t["dtype"], t["shape"], data[8 + n + t["data_offsets"][0]:8 + n + t["data_offsets"][1]]) for k, t in head.items()}


def numbers(tensor):
    code = {"F32": "f", "I32": "i", "I64": "q", "U8": "B"}[tensor[0]]
    return struct.unpack(f"<{len(tensor[2]) // struct.calcsize(code)}{code}", tensor[2])


def nmse(got, want):
    """Of two lists of numbers; infinite when they are not of one length."""
    return sum((a - b) ** 2 for a, b in zip(got, want)) / sum(b * b for b in want) if len(got) == len(want) else float("inf")


def write_png(path, width, height, rgb):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + rgb[y * width * 3:(y + 1) * width * 3] for y in range(height))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_wav(path, samples, rate=16000, channels=1, floats=False):
    """16 bits, or 32-bit floats; channels interleaved."""
    kind, size, code = (3, 4, "f") if floats else (1, 2, "h")
    values = samples if floats else (max(-32768, min(32767, round(v * 32768))) for v in samples)
    data = struct.pack(f"<{len(samples)}{code}", *values)
    head = struct.pack("<IHHIIHH", 16, kind, channels, rate, rate * size * channels, size * channels, 8 * size)
    path.write_bytes(b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + head + b"data" + struct.pack("<I", len(data)) + data)


def wav_length(path):
    """Seconds."""
    with wave.open(str(path)) as w:
        return w.getnframes() / w.getframerate()
