#!/usr/bin/env python3
"""`models` and `doctor`, and names after -m, on a made-up home.

    check_models.py PROGRAM GOLDEN
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from checks import check, done

program, golden = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])


with tempfile.TemporaryDirectory() as home:
    environment = {"HOME": home, "PATH": os.environ["PATH"], "OLLAMA_MODELS": home + "/none", "TONESMITH_MODELS": home + "/extra"}

    def run(*args):
        return subprocess.run([program, *args], capture_output=True, text=True, timeout=60, env=environment,
                              stdin=subprocess.DEVNULL, cwd=home)

    lm = pathlib.Path(home, ".lmstudio/models/publisher/tiny-GGUF")
    lm.mkdir(parents=True)
    shutil.copy(golden / "text/e2b/model-q4_0.gguf", lm / "tiny-Q4_0.gguf")
    (lm / "mmproj-tiny.gguf").write_bytes(b"GGUF")
    hf = pathlib.Path(home, ".cache/huggingface/hub/models--org--folder/snapshots/00ff")
    hf.mkdir(parents=True)
    for name in ("config.json", "model.safetensors"):
        shutil.copy(golden / "text/gemma3" / name, hf / name)
    extra = pathlib.Path(home, "extra")
    extra.mkdir()
    whole = (golden / "text/e2b/model-q4_0.gguf").read_bytes()
    (extra / "cut.gguf").write_bytes(whole[:-1000])

    r = run("models", "--json")
    check(r.returncode == 0, f"models: {r}")
    answer = json.loads(r.stdout)
    models = {m["name"]: m for m in answer["models"]}
    models.pop("tonesmith-nano", None)  # the one that comes along, in the source's own folder
    check(set(models) == {"cut", "publisher/tiny-GGUF/tiny-Q4_0", "org/folder"}, f"names: {sorted(models)}")
    tiny, folder, cut = models["publisher/tiny-GGUF/tiny-Q4_0"], models["org/folder"], models["cut"]
    check(tiny["architecture"] == "gemma4" and tiny["type"] == "Q4_0" and tiny["store"] == "lm-studio", f"{tiny}")
    check(tiny["size_bytes"] == len(whole) and tiny["format"] == "gguf", f"{tiny}")
    check(tiny["runs"] and tiny["fits"] and tiny["need_bytes"] > 0, f"{tiny}")
    check(folder["architecture"] == "gemma3_text" and folder["type"] == "BF16" and folder["format"] == "safetensors", f"{folder}")
    check(not cut["runs"] and "ends past the end of the file" in cut["why"], f"{cut}")
    check(answer["notes"] == [] and answer["memory_available_bytes"] > 0, f"{answer['notes']}")

    r = run("models")
    check(r.returncode == 0 and r.stderr == "" and "gemma4 Q4_0" in r.stdout and "cut.gguf: tensor " in r.stdout, f"models: {r}")
    r = run("models", "tiny")
    check("tiny-Q4_0" in r.stdout and "folder" not in r.stdout, f"models tiny: {r}")
    r = run("models", "zzz")
    check(r.returncode == 0 and "no model with 'zzz'" in r.stdout, f"models zzz: {r}")

    for name in ("tiny-Q4_0", "publisher/tiny-GGUF", "tiny-GGUF:q4_0", "TINY-q4_0.gguf", "org/folder"):
        r = run("info", "-m", name)
        check(r.returncode == 0 and "architecture" in r.stdout, f"info -m {name}: {r.stderr}")
    r = run("info", "-m", "tiny-Q8_0")
    check(r.returncode == 1 and r.stderr.count("\n") == 1 and "near: publisher/tiny-GGUF/tiny-Q4_0" in r.stderr, f"{r}")
    r = run("info", "-m", "cut")
    check(r.returncode == 1 and "cut.gguf: tensor " in r.stderr, f"{r}")

    r = run("doctor", "--json")
    answer = json.loads(r.stdout)
    check(r.returncode == 0 and answer["processor"]["usable"] >= 1 and answer["kernels"]["chosen"] in answer["kernels"]["there"],
          f"doctor: {r}")
    check(answer["libraries"]["libsndfile"][0].isdigit() and all(v is None or v for v in answer["libraries"].values()),
          f"{answer['libraries']}")
    check({s["store"]: s["models"] for s in answer["stores"] if s["store"] != "tonesmith"} ==
          {"folders": 1, "ollama": 0, "lm-studio": 1, "hugging-face": 1, "llama.cpp": 0}, f"{answer['stores']}")
    r = run("doctor")
    check(r.returncode == 0 and "kernels" in r.stdout and r.stderr == "", f"doctor: {r}")

done()
