#!/usr/bin/env python3
"""Train the small model.

    train.py OUT [--bank bank.jsonl] [--minutes 60] [--seed 1] [--from OTHER_OUT]

OUT gets tokenizer.json, config.json, checkpoint.pt (written every few minutes: run the command again to go on) and log.tsv.
Minutes are of processor time (by the number of threads), so that a busy machine changes nothing; the rate of learning falls to zero over them.  With --from, weights and vocabulary of an earlier run are the start.
"""
import argparse
import json
import math
import pathlib
import time

import torch

import model as maths
import heard
import vocab
from data import Dialogues, read_bank
from heard import SOUNDS

from model import Config, Gemma
from tokenizers import Tokenizer


class Packer:
    """Dialogues packed into rows of `length` tokens; they never see each other."""

    def __init__(self, dialogues, tokenizer, rows, length, cut=0.0):
        self.dialogues, self.tokenizer, self.rows, self.length = dialogues, tokenizer, rows, length
        self.cut = cut  # share of requests that are cut somewhere, so that a word is seen in other pieces as well
        self.waiting = []

    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def sample(self):
        """(ids, which the model says, [(place, rows)] of what is heard)"""
        ids, said, sound, rng = [], [], [], self.dialogues.rng
        for text, who in self.dialogues.pieces():
            if who == "sound":
                sound.append((len(ids), text))
                part = [0] * len(text)
            elif who == "user" and rng.random() < self.cut:
                at = rng.randrange(len(text) + 1)
                part = self.encode(text[:at]) + self.encode(text[at:])
            else:
                part = self.encode(text)
            ids += part
            said += [who == "model"] * len(part)
        return ids, said, sound

    def draw(self):
        while len(self.waiting) < 64:
            x = self.sample()
            if len(x[0]) <= self.length:  # longer ones are rare, and cutting them would teach wrong ends
                self.waiting.append(x)

    def batch(self):
        shape = (self.rows, self.length)
        ids, positions, segments, weight = (torch.zeros(shape, dtype=torch.long) for _ in range(4))
        targets, where, heard = torch.zeros(shape, dtype=torch.long), [], []
        for r in range(self.rows):
            at, segment = 0, 1
            while True:
                self.draw()
                fits = [i for i, x in enumerate(self.waiting) if at + len(x[0]) <= self.length]
                if not fits:
                    break
                # A row begins with whatever has waited longest and is filled with the longest that fit.
                sample, said, sound = self.waiting.pop(fits[0] if at == 0 else max(fits, key=lambda i: len(self.waiting[i][0])))
                n = len(sample)
                s = slice(at, at + n)
                ids[r, s] = torch.tensor(sample)
                positions[r, s] = torch.arange(n)
                segments[r, s] = segment
                targets[r, at:at + n - 1] = torch.tensor(sample[1:])
                weight[r, at:at + n - 1] = torch.tensor(said[1:], dtype=torch.long)
                for place, rows in sound:
                    where.append(torch.arange(len(rows)) + r * self.length + at + place)
                    heard.append(torch.from_numpy(rows))
                at, segment = at + n, segment + 1
        return ids, positions, segments, targets, weight.float(), (torch.cat(where), torch.cat(heard)) if where else None


def corpus(seed, n, bank):
    d = Dialogues(seed, bank=bank)
    for _ in range(n):
        for text, who in d.pieces():
            if who != "sound":
                yield text


def accuracy(model, packer, batches):
    """Share of dialogues whose every model token is the arg max given the true ones before it."""
    right = total = 0
    model.eval()
    with torch.no_grad():
        for _ in range(batches):
            ids, positions, segments, targets, weight, sound = packer.batch()
            with torch.autocast("cpu", dtype=torch.bfloat16):
                guess = model(ids, positions, segments, sound=sound).argmax(-1)
            wrong = (guess != targets) & (weight > 0)
            for r in range(len(ids)):
                for s in range(1, int(segments[r].max()) + 1):
                    here = segments[r] == s
                    total += 1
                    right += not bool(wrong[r][here].any())
    model.train()
    return right / total


def optimizers_of(model, args):
    """Tables and vectors learn by AdamW, the matrices of the layers by Muon (or AdamW as well)."""
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n and n != "hear.weight"] if args.optimizer == "muon" else []
    mine = {id(p) for p in matrices}
    tables = [p for p in model.parameters() if p.dim() > 1 and id(p) not in mine]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    out = [torch.optim.AdamW([{"params": tables, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], lr=args.rate,
                             betas=(0.9, 0.98), fused=True)]
    if matrices:
        out.append(torch.optim.Muon(matrices, lr=args.rate, weight_decay=0.05, momentum=0.95, adjust_lr_fn="match_rms_adamw"))
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--bank", type=pathlib.Path)
    ap.add_argument("--heard", type=pathlib.Path, nargs="+", default=[], help="spoken requests, made by heard.py or ears/posteriors.py")
    ap.add_argument("--listening", type=float, default=0.2, help="share of spoken requests")
    ap.add_argument("--minutes", type=float, default=60)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--from", dest="start", type=pathlib.Path)
    ap.add_argument("--rows", type=int, default=8)
    ap.add_argument("--threads", type=int, default=1, help="with more than one the threads wait for each other: only on a quiet machine")
    ap.add_argument("--length", type=int, default=384)
    ap.add_argument("--rate", type=float, default=3e-3)
    ap.add_argument("--optimizer", choices=("muon", "adamw"), default="muon")
    ap.add_argument("--plain", action="store_true", help="the operations as PyTorch has them: half the speed, needs no C compiler")
    args = ap.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    bank = read_bank(args.bank) if args.bank else None
    maths.use(maths.Plain if args.plain else maths.Fused)

    source = args.out / "tokenizer.json"
    if not source.exists():
        if args.start:
            source.write_text((args.start / "tokenizer.json").read_text())
        else:
            vocab.train(corpus(args.seed + 1000, 40000, bank)).save(str(source))
    tokenizer = Tokenizer.from_file(str(source))
    config = Config(vocab=tokenizer.get_vocab_size(), sounds=SOUNDS)
    model = Gemma(config)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, vocabulary {config.vocab}", flush=True)

    optimizers = optimizers_of(model, args)
    spent, step = 0.0, 0
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        for o, kept in zip(optimizers, state["optimizers"]):
            o.load_state_dict(kept)
        spent, step = state["spent"], state["step"]
    elif args.start:
        model.load_state_dict(torch.load(args.start / "checkpoint.pt", weights_only=True)["model"], strict=False)  # an earlier run may have been deaf
    (args.out / "config.json").write_text(json.dumps({"own": config.dict(), **config.hugging_face()}, indent=1))

    dialogues = Dialogues(args.seed * 7919 + step, bank=bank)
    packer = Packer(dialogues, tokenizer, args.rows, args.length, cut=0.25)
    test = Packer(Dialogues(4242, part="test", bank=bank), tokenizer, 16, args.length)
    if args.heard:
        dialogues.heard, dialogues.listening = [line for path in args.heard for line in heard.read(path)], args.listening
    log = open(args.out / "log.tsv", "a")

    def save():
        torch.save({"model": model.state_dict(), "optimizers": [o.state_dict() for o in optimizers], "spent": spent, "step": step}, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)

    total, began, tokens, losses, saved = args.minutes * 60, time.process_time(), 0, [], time.process_time()
    while spent < total:
        done = spent / total
        warm = min(1.0, (step + 1) / 200)
        for group in (g for o in optimizers for g in o.param_groups):
            group["lr"] = args.rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        dialogues.short = 0.85 - 0.45 * done
        t = time.process_time()
        ids, positions, segments, targets, weight, sound = packer.batch()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model(ids, positions, segments, targets, weight, sound)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for o in optimizers:
            o.step()
            o.zero_grad(set_to_none=True)
        step += 1
        tokens += int((segments > 0).sum())
        losses.append(loss.item())
        spent += (time.process_time() - t) / args.threads
        if step % 100 == 0:
            line = f"{step}\t{spent / 60:.1f}\t{tokens / (time.process_time() - began):.0f}\t{sum(losses) / len(losses):.4f}"
            if step % 1000 == 0:
                line += f"\t{accuracy(model, test, 6):.3f}"
            losses = []
            print(line, flush=True)
            log.write(line + "\n")
            log.flush()
        if time.process_time() - saved > 120:
            save()
            saved = time.process_time()
    save()
    print(f"whole dialogues right on unseen templates: {accuracy(model, test, 30):.3f}")


if __name__ == "__main__":
    main()
