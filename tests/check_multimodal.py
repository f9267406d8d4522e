#!/usr/bin/env python3
"""Prompts with pictures and sounds against the golden files: logits from folders and from their GGUF twins, and what is refused.

    check_multimodal.py PROGRAM GOLDEN
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from checks import check, done
from media_files import nmse, numbers, tensors, write_png, write_wav

program, golden = sys.argv[1], pathlib.Path(sys.argv[2])
multimodal, vision, audio = golden / "multimodal", golden / "vision", golden / "audio"


def run(*args):
    return subprocess.run([program, "logits", *map(str, args)], capture_output=True, text=True, timeout=120)


def sentence(code, words, *args):
    """An exit status and one line on stderr that names what is wrong."""
    r = run(*args)
    check(r.returncode == code and r.stderr.count("\n") == 1 and all(w in r.stderr for w in words), f"{code} {words}: {r}")


def write_grid(path, stages, key, negative):
    """The patches of a golden picture, put together again."""
    patches, places = stages[key + ".pixels"][2], numbers(stages[key + ".positions"])
    columns, rows, side = max(places[0::2]) + 1, max(places[1::2]) + 1, 16
    picture = bytearray(columns * rows * side * side * 3)
    for i in range(columns * rows):
        x, y = places[2 * i], places[2 * i + 1]
        for line in range(side):
            from_ = (i * side + line) * side * 3
            to = ((y * side + line) * columns + x) * side * 3
            picture[to:to + side * 3] = patches[from_:from_ + side * 3]
    if negative:
        picture = bytes(255 - v for v in picture)
    write_png(path, columns * side, rows * side, bytes(picture))


def inputs_of(work, prompt, patches, clips):
    """The options that stand for the inputs of a golden prompt."""
    options = []
    for i, text in enumerate(prompt["inputs"]):
        kind, *rest = text.split()
        if kind == "picture":
            options += ["--image", vision / "images" / rest[0], "--budget", rest[2]]
        elif kind == "clip":
            path = work / f"{i}.wav"
            write_wav(path, numbers(clips[rest[0]]), floats=True)
            options += ["--audio", path]
        else:
            path = work / f"{i}.png"
            write_grid(path, patches, kind, bool(rest))
            options += ["--image", path, "--resize", "none"]
    return options


def check_golden(work, out):
    expect = json.loads((multimodal / "expect.json").read_text())
    want, patches, clips = tensors(multimodal / "stages.safetensors"), tensors(vision / "stages.safetensors"), tensors(audio / "clips.safetensors")
    for prompt in expect["prompts"]:  # two mmproj files stand there: the one named after the model is taken
        ids = ",".join(map(str, prompt["input_ids"]))
        options = inputs_of(work, prompt, patches, clips)
        name = prompt["model"]
        forms = [(multimodal / name, []), (multimodal / f"text-{name}.gguf", [])]
        for model, projector in forms:
            for batch in ([], ["--batch", "7"]) if name == "small" else ([],):
                r = run("-m", model, *projector, "--ids", ids, *options, "-o", out, "--exact", *batch)
                check(r.returncode == 0, f"{prompt['key']} from {model.name}: {r.stderr}")
                if r.returncode == 0:
                    e = nmse(numbers(tensors(out)["logits"]), numbers(want[prompt["key"] + ".logits"]))
                    check(e <= 1e-9, f"{prompt['key']} from {model.name} {batch}: NMSE {e:.1e}")
                    print(f"{prompt['key']} from {model.name} {' '.join(batch)}: {e:.1e}")


def check_refused(work, out):
    picture, wav = vision / "images" / "37x512.png", work / "a.wav"
    write_wav(wav, [0.1] * 8000)
    small, large = multimodal / "small", multimodal / "large"
    base = ["--ids", "2,60," + "62," * 62 + "61", "-o", out, "--budget", "70"]
    sentence(1, ["62 placeholders for pictures", "124 soft"], "-m", small, *base, "--image", picture, "--image", picture)
    sentence(1, ["62 placeholders", "0 soft"], "-m", small, *base[:4], "--audio", wav)
    sentence(1, ["no ears", "E2B"], "-m", large, "--ids", "2,64,66,65", "-o", out, "--audio", wav)
    sentence(1, ["none.png"], "-m", small, *base, "--image", work / "none.png")
    sentence(2, ["--budget"], "-m", small, "--ids", "2", "-o", out, "--image", picture, "--budget", "71")
    sentence(2, ["--budget", "2 times"], "-m", small, *base, "--budget", "140", "--image", picture)
    sentence(2, ["--resize"], "-m", small, *base, "--image", picture, "--resize", "never")
    # A GGUF model alone names the file that it lacks; one that lies beside it is found.
    alone = work / "text-small.gguf"
    shutil.copy(multimodal / "text-small.gguf", alone)
    sentence(1, ["no eyes", "mmproj-text-small.gguf", "--mmproj"], "-m", alone, *base, "--image", picture)
    sentence(1, ["no ears", "mmproj-text-small.gguf"], "-m", alone, "--ids", "2,66", "-o", out, "--audio", wav)
    shutil.copy(multimodal / "mmproj-large.gguf", work / "mmproj-x.gguf")
    sentence(1, ["another model"], "-m", alone, *base, "--image", picture)
    shutil.copy(multimodal / "mmproj-small.gguf", work / "mmproj-x.gguf")
    for options in ([], ["--mmproj", multimodal / "mmproj-small.gguf"]):
        r = run("-m", alone, *base, "--image", picture, *options)
        check(r.returncode == 0, f"the mmproj file {options or 'beside the model'}: {r.stderr}")
    broken = work / "broken.png"
    broken.write_bytes(picture.read_bytes()[:100])
    sentence(1, ["broken.png"], "-m", small, *base, "--image", broken)
    broken.write_bytes(b"")
    sentence(1, ["broken.png"], "-m", small, *base, "--image", broken)


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    check_golden(work, work / "o.safetensors")
    check_refused(work, work / "o.safetensors")
done()
