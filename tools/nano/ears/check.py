#!/usr/bin/env python3
"""Compare the PyTorch tower with the program's own.

    check.py TONESMITH MODEL.gguf [--run RUN] [--clip F.wav]

A file of export.py, with random weights or those of RUN, hears a clip (random noise without --clip); the soft tokens of `tonesmith encode`
and of tower.py must be the same: to 1e-5 in float32, and near that in Q8_0.  MODEL gives the width.
"""
import argparse
import pathlib
import subprocess
import tempfile
import wave

import gguf
import numpy as np
import torch
from safetensors.numpy import load_file

import export
from tower import Config, Tower, log_mel


def read(path):
    with wave.open(str(path)) as w:
        if w.getframerate() != 16000 or w.getnchannels() != 1 or w.getsampwidth() != 2:
            raise SystemExit(f"{path}: 16 kHz, one channel and 16 bits are needed")
        return np.frombuffer(w.readframes(w.getnframes()), np.int16)


def write(path, x):
    with wave.open(str(path), "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(16000)
        w.writeframes(x.astype(np.int16).tobytes())


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("tonesmith")
    ap.add_argument("model", type=pathlib.Path)
    ap.add_argument("--run", type=pathlib.Path)
    ap.add_argument("--clip", type=pathlib.Path)
    ap.add_argument("--seed", type=int, default=1)
    args = ap.parse_args()
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    if args.run:
        c, tower = export.load(args.run)
    else:
        c = Config()
        tower = Tower(c).eval()
        with torch.no_grad():
            for p in tower.parameters():
                if p.dim() == 1:
                    p.add_(0.3 * torch.randn_like(p))
    width = int(gguf.GGUFReader(str(args.model)).get_field("gemma4.embedding_length").contents())
    hear = rng.normal(0, 1, (width, c.sounds)).astype(np.float32)
    x = read(args.clip) if args.clip else rng.normal(0, 3000, 41000).astype(np.int16)
    mel = log_mel(torch.from_numpy(x.astype(np.float64) / 32768))
    with torch.no_grad():
        y, _, _ = tower(mel[None], torch.tensor([len(mel)]))
        want = (tower.linear_head(y)[0].double().numpy() @ hear.T)
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        clip, file, out = (f"{folder}/{n}" for n in ("clip.wav", "mmproj.gguf", "out.safetensors"))
        write(clip, x)
        for kind, bound in (("f32", 1e-5), ("f16", 5e-3), ("q8_0", 5e-2)):
            export.write(file, c, tower, hear, kind)
            subprocess.run([args.tonesmith, "encode", "-m", args.model, "--mmproj", file, "--audio", clip, "--exact", "--out", out], check=True, stdout=subprocess.DEVNULL)
            got = load_file(out)["soft_tokens"]
            error = float(np.sqrt(((got - want) ** 2).sum() / (want ** 2).sum()))
            wrong = got.shape != want.shape or error > bound
            failed |= wrong
            print(f"{kind}: {pathlib.Path(file).stat().st_size / 1e6:.2f} MB, {len(got)} soft tokens, relative error {error:.1e}{'   WRONG' if wrong else ''}")
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
