#!/usr/bin/env python3
"""What `tonesmith encode` writes, against the golden files: pictures as the tower takes them, stages, soft tokens.

    check_encode.py PROGRAM GOLDEN
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

from checks import check, done
from media_files import nmse, numbers, tensors, write_png

program, golden = sys.argv[1], pathlib.Path(sys.argv[2])
vision, multimodal = golden / "vision", golden / "multimodal"


def run(*args):
    return subprocess.run([program, "encode", *map(str, args)], capture_output=True, text=True, timeout=120)


def sentence(code, words, *args):
    """An exit status and one line on stderr that names what is wrong."""
    r = run(*args)
    check(r.returncode == code and r.stderr.count("\n") == 1 and all(w in r.stderr for w in words), f"{code} {words}: {r}")


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
                    e = nmse(numbers(got[stage]), numbers(w))
                    check(got[stage][1] == w[1] and e <= 1e-11, f"{model} {name} {stage}: {got[stage][1]} {w[1]} {e}")
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
            e = nmse(numbers(got), numbers(want[f"{model}.image.image_soft"]))
            check(e <= 1e-11, f"{model}: {e}")


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
done()
