#!/usr/bin/env python3
"""Train the ears of the small model: a Gemma 4 audio tower that says which sound is spoken at every soft token.

    train.py TRAIN TEST OUT [--minutes 30] [--seed 1]

TRAIN and TEST are folders of speech.py.  OUT gets checkpoint.pt (run the command again to go on), config.json and log.tsv: steps,
processor minutes, loss, and of unseen voices the share of sounds that are wrong (greedy), clean and with pink noise at 10 dB.
Connectionist temporal classification finds out by itself when each sound is spoken; half way up the tower a head of its own says so
as well, which makes it learn sooner.  From a quarter of the time on a second, linear
head learns the same likelihoods: the language model reads only what is linear in the tower's output.
"""
import argparse
import ctypes
import json
import math
import pathlib
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from noise import Surroundings, coloured, power
from tower import Config, Tower, log_mel


class Clips:
    def __init__(self, folder):
        self.lines = [json.loads(line) for line in (folder / "clips.jsonl").read_text().splitlines()]
        self.sound = np.memmap(folder / "clips.i16", np.int16, "r")
        self.lines = [x for x in self.lines if x["at"] + x["n"] <= len(self.sound)]
        self.longest = max(x["n"] for x in self.lines)  # what is drawn now

    def clip(self, i):
        x = self.lines[i]
        return torch.from_numpy(self.sound[x["at"]:x["at"] + x["n"]].astype(np.float32) / 32768)


def gather(sounds, phones):
    """Clips as a batch: features, lengths in frames, targets, their lengths.  Of few sizes: every size needs kernels of its own."""
    mels = [log_mel(x) for x in sounds]
    longest = (max(len(m) for m in mels) + 31) // 32 * 32
    mel = torch.stack([F.pad(m, (0, 0, 0, longest - len(m))) for m in mels])
    return mel, torch.tensor([len(m) for m in mels]), torch.tensor([p for x in phones for p in x]), torch.tensor([len(p) for p in phones])


def other_size(x, phones, rng):
    """Half of the clips as a smaller or larger speaker says them, who speaks faster or slower as well."""
    if rng.random() < 0.5:
        return x
    n = max(int(len(x) * rng.uniform(0.87, 1.15)), int(1.15 * 640 * phones))
    return F.interpolate(x[None, None], size=n, mode="linear", align_corners=True)[0, 0]


def batches(clips, rng, tokens):
    """Without end: clips of like length, as they are heard somewhere, of about `tokens` soft tokens together."""
    surroundings = Surroundings(rng)
    while True:
        some = [i for i in rng.sample(range(len(clips.lines)), min(240, len(clips.lines))) if clips.lines[i]["n"] <= clips.longest]
        some.sort(key=lambda i: -clips.lines[i]["n"])
        groups = []
        while some:  # the longest that is left and those next to it
            n = max(4, int(tokens / (clips.lines[some[0]]["n"] / 640 + 15)) // 4 * 4)
            groups.append(some[:n])
            some = some[n:]
        groups = [g for g in groups if len(g) % 4 == 0]
        rng.shuffle(groups)
        for group in groups:
            sounds = [surroundings.around(other_size(clips.clip(i), len(clips.lines[i]["phones"]), rng),
                                          [clips.clip(rng.randrange(len(clips.lines))) for _ in range(2)]) for i in group]
            yield gather(sounds, [clips.lines[i]["phones"] for i in group])


def distance(a, b):
    """Insertions, deletions and substitutions between two lists."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def greedy(likely):
    """(T, sounds) → sounds in order."""
    best = likely.argmax(-1).tolist()
    return [s for i, s in enumerate(best) if s and (i == 0 or s != best[i - 1])]


def errors(tower, clips, n, snr=None, linear=False):
    """Share of sounds that are wrong in the first n clips."""
    wrong = total = 0
    generator = torch.Generator().manual_seed(7)
    tower.eval()
    with torch.no_grad():
        for i in range(0, n, 10):
            sounds = []
            for k in range(i, min(i + 10, n)):
                x = F.pad(clips.clip(k), (4000, 6000))
                if snr is not None:
                    noise = coloured(len(x), 1, generator)
                    x = x + noise * (power(x) / power(noise)).sqrt() * 10 ** (-snr / 20)
                sounds.append(x)
            phones = [clips.lines[k]["phones"] for k in range(i, min(i + 10, n))]
            mel, lengths, _, _ = gather(sounds, phones)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                y, lengths, _ = tower(mel, lengths)
            likely = tower.linear_head(y) if linear else tower.head(y)
            for row, length, p in zip(likely, lengths, phones):
                wrong += distance(greedy(row[:length]), p)
                total += len(p)
    tower.train()
    return wrong / total


def keep_memory():
    """Has the C library keep what is freed: a step's large arrays would else be new pages every time, a third of the step."""
    trim_threshold, top_pad, mmap_max = -1, -2, -4
    libc = ctypes.CDLL(None)
    for what, value in ((mmap_max, 0), (trim_threshold, -1), (top_pad, 1 << 28)):
        libc.mallopt(what, value)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("train", type=pathlib.Path)
    ap.add_argument("test", type=pathlib.Path)
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--minutes", type=float, default=30)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--tokens", type=int, default=2000, help="soft tokens in a step")
    ap.add_argument("--rate", type=float, default=2e-3)
    args = ap.parse_args()
    keep_memory()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    clips, test = Clips(args.train), Clips(args.test)
    config = Config()
    tower = Tower(config)
    print(f"{sum(p.numel() for p in tower.parameters()) / 1e6:.2f} M parameters, {len(clips.lines)} clips", flush=True)
    matrices = [p for n, p in tower.named_parameters() if p.dim() == 2 and "head" not in n]
    mine = {id(p) for p in matrices}
    optimizers = [torch.optim.AdamW([{"params": [p for p in tower.parameters() if p.dim() > 1 and id(p) not in mine], "weight_decay": 0.02},
                                     {"params": [p for p in tower.parameters() if p.dim() <= 1], "weight_decay": 0.0}], lr=args.rate, betas=(0.9, 0.98)),
                  torch.optim.Muon(matrices, lr=args.rate, weight_decay=0.05, momentum=0.95, adjust_lr_fn="match_rms_adamw")]
    (args.out / "config.json").write_text(json.dumps(config.dict()))
    checkpoint, spent, step = args.out / "checkpoint.pt", 0.0, 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        tower.load_state_dict(state["tower"])
        for o, kept in zip(optimizers, state["optimizers"]):
            o.load_state_dict(kept)
        spent, step = state["spent"], state["step"]
    source = batches(clips, random.Random(args.seed * 7919 + step), args.tokens)
    log = open(args.out / "log.tsv", "a")

    def save():
        torch.save({"tower": tower.state_dict(), "optimizers": [o.state_dict() for o in optimizers], "spent": spent, "step": step}, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)

    total, saved, losses = args.minutes * 60, time.process_time(), []
    while spent < total:
        done = spent / total
        for group in (g for o in optimizers for g in o.param_groups):
            group["lr"] = args.rate * min(1.0, (step + 1) / 300) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        clips.longest = (2.5 if done < 0.08 else 9) * 16000  # where sounds are is learnt from what is short
        began = time.process_time()
        mel, lengths, targets, n_targets = next(source)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y, lengths, middle = tower(mel, lengths)
        likely = tower.head(y).log_softmax(-1)
        loss = F.ctc_loss(likely.transpose(0, 1), targets, lengths, n_targets, zero_infinity=True)
        early = tower.middle_head(middle).log_softmax(-1)
        loss = loss + 0.3 * F.ctc_loss(early.transpose(0, 1), targets, lengths, n_targets, zero_infinity=True)
        if done > 0.25:
            alive = torch.arange(y.shape[1])[None, :] < lengths[:, None]
            loss = loss + 2 * (tower.linear_head(y) - likely.detach().exp()).square().sum(-1)[alive].mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        for o in optimizers:
            o.step()
            o.zero_grad(set_to_none=True)
        step += 1
        losses.append(loss.item())
        spent += time.process_time() - began
        if step % 50 == 0:
            line = f"{step}\t{spent / 60:.1f}\t{sum(losses) / len(losses):.4f}"
            if step % 500 == 0:
                line += f"\t{errors(tower, test, 60):.3f}\t{errors(tower, test, 60, 10):.3f}\t{errors(tower, test, 60, linear=True):.3f}"
            losses = []
            print(line, flush=True)
            print(line, file=log, flush=True)
        if time.process_time() - saved > 120:
            save()
            saved = time.process_time()
    save()
    n = min(len(test.lines), 300)
    print(f"of the sounds of unseen voices wrong: {errors(tower, test, n):.3f}, at 10 dB {errors(tower, test, n, 10):.3f}; "
          f"linear {errors(tower, test, n, linear=True):.3f}, {errors(tower, test, n, 10, linear=True):.3f}")


if __name__ == "__main__":
    main()
