#!/usr/bin/env python3
"""What `tonesmith encode` writes, against the golden files: pictures as the tower takes them, stages, soft tokens.

    check_encode.py PROGRAM GOLDEN
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

program, golden = sys.argv[1], pathlib.Path(sys.argv[2])
vision, multimodal = golden / "vision", golden / "multimodal"
failures = checks = 0


def check(ok, what):
    global failures, checks
    checks += 1
    if not ok:
        failures += 1
        print("failed:", what)


def run(*args):
    return subprocess.run([program, "encode", *map(str, args)], capture_output=True, text=True, timeout=120)


def sentence(code, words, *args):
    """An exit status and one line on stderr that names what is wrong."""
    r = run(*args)
    check(r.returncode == code and r.stderr.count("\n") == 1 and all(w in r.stderr for w in words), f"{code} {words}: {r}")


def tensors(path):
    """name -> (dtype, shape, bytes)"""
    data = pathlib.Path(path).read_bytes()
    (n,) = struct.unpack_from("<Q", data)
    head = json.loads(data[8:8 + n])
    head.pop("__metadata__", None)
    return {k: (t["dtype"], t["shape"], data[8 + n + t["data_offsets"][0]:8 + n + t["data_offsets"][1]]) for k, t in head.items()}


def numbers(t):
    return struct.unpack(f"<{len(t[2]) // 4}{'i' if t[0] == 'I32' else 'f'}", t[2])


def nmse(got, want):
    got, want = numbers(got), numbers(want)
    return sum((a - b) ** 2 for a, b in zip(got, want)) / sum(b * b for b in want)


def write_png(path, width, height, rgb):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + rgb[y * width * 3:(y + 1) * width * 3] for y in range(height))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def check_features(out):
    expect = json.loads((vision / "expect.json").read_text())
    for entry in expect["preprocess"]:
        for variant in ("pillow", "torch"):
            r = run("-m", vision / "small", "--image", vision / "images" / entry["image"], "--budget", entry["budget"], "--resize", variant,
                    "--features", "-o", out)
            check(r.returncode == 0, f"{entry['key']}: {r.stderr}")
            t = tensors(out)
            check(t["pixels"][0] == "U8" and t["pixels"][1] == [entry["n_patches"], 768], f"{entry['key']}: {t['pixels'][1]}")
            check(f"{zlib.crc32(t['pixels'][2]):08x}" == entry[variant]["crc32_patches"], f"{entry['key']} {variant}: bytes")
            columns = entry["grid"][0]
            check(numbers(t["positions"]) == tuple(v for n in range(entry["n_patches"]) for v in (n % columns, n // columns)), f"{entry['key']}: positions")
            check(set(t) == {"pixels", "pixel_values", "positions"}, f"{set(t)}")


def check_stages(work, out):
    """Pictures as they are, from the patches of the golden files."""
    want = tensors(vision / "stages.safetensors")
    for name in ("g9x6", "g12x21"):
        columns, rows = (int(v) for v in name[1:].split("x"))
        patches, rgb = want[f"{name}.pixels"][2], bytearray(columns * rows * 768)
        for n in range(columns * rows):
            for y in range(16):
                at = ((n // columns * 16 + y) * columns + n % columns) * 48
                rgb[at:at + 48] = patches[n * 768 + y * 48:n * 768 + y * 48 + 48]
        write_png(work / f"{name}.png", columns * 16, rows * 16, bytes(rgb))
    for model in ("small", "large"):
        for name in ("g9x6", "g12x21"):
            r = run("-m", vision / model, "--image", work / f"{name}.png", "--resize", "none", "--stages", "--exact", "-o", out)
            check(r.returncode == 0, f"{model} {name}: {r.stderr}")
            got, n = tensors(out), 0
            for stage in got:
                if f"{model}.{name}.{stage}" in want:
                    w, n = want[f"{model}.{name}.{stage}"], n + 1
                    check(got[stage][1] == w[1] and nmse(got[stage], w) <= 1e-11, f"{model} {name} {stage}: {got[stage][1]} {w[1]} {nmse(got[stage], w)}")
            check(n == (14 if name == "g9x6" else 3), f"{model} {name}: {n} stages")


def check_soft_tokens(out):
    image = vision / "images" / "37x512.png"
    want = tensors(multimodal / "stages.safetensors")
    for model in ("small", "large"):
        for args in (["--mmproj", multimodal / f"mmproj-{model}.gguf"], ["-m", multimodal / f"mmproj-{model}.gguf"]):
            r = run(*args, "--image", image, "--budget", 70, "--exact", "--threads", 2, "-o", out)
            check(r.returncode == 0, f"{model}: {r.stderr}")
            got = tensors(out)["soft_tokens"]
            check(got[1] == [62, want[f"{model}.image.image_soft"][1][1]], f"{model}: {got[1]}")
            check(nmse(got, want[f"{model}.image.image_soft"]) <= 1e-11, f"{model}: {nmse(got, want[f'{model}.image.image_soft'])}")


def check_refusals(work, out):
    model, image = vision / "small", vision / "images" / "20x20.png"
    sentence(2, ["--image"], "-m", model, "-o", out)
    sentence(2, ["--out"], "-m", model, "--image", image)
    sentence(2, ["-m MODEL"], "--image", image, "-o", out)
    sentence(2, ["bilinear"], "-m", model, "--image", image, "-o", out, "--resize", "bilinear")
    sentence(1, ["71", "1120"], "-m", model, "--image", image, "-o", out, "--budget", 71)
    sentence(1, ["48"], "-m", model, "--image", image, "-o", out, "--resize", "none")
    sentence(1, ["372", "256"], "-m", model, "--image", vision / "images" / "37x512.png", "-o", out, "--budget", 1120)
    sentence(1, ["no eyes"], "-m", golden / "text" / "gemma3", "--image", image, "-o", out)
    sentence(1, ["2 files"], "-m", multimodal, "--image", image, "-o", out)
    sentence(1, ["mmproj"], "-m", golden / "text" / "k256" / "model-q8_0.gguf", "--image", image, "-o", out)
    sentence(1, ["nothing.png"], "-m", model, "--image", work / "nothing.png", "-o", out)
    (work / "text.png").write_text("no picture")
    sentence(1, ["text.png"], "-m", model, "--image", work / "text.png", "-o", out)
    sentence(1, ["where"], "-m", model, "--image", image, "-o", work / "no" / "where")


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    check_features(work / "out.safetensors")
    check_stages(work, work / "out.safetensors")
    check_soft_tokens(work / "out.safetensors")
    check_refusals(work, work / "out.safetensors")
print(f"{checks} checks, {failures} failed")
sys.exit(1 if failures or not checks else 0)
