#!/usr/bin/env python3
"""Spoken turns and pictures in the studio and in `say`, without a microphone: a file stands for one.  The model is a tiny random one:
what it says means nothing, and a turn may fail for want of room; what counts is what it got.

    check_voice.py PROGRAM TINY_CHAT.py GOLDEN
"""
import math
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from checks import check, done
from media_files import write_wav

program, maker, golden = os.path.abspath(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3]).resolve()


def run(command, model, *options, lines=()):
    return subprocess.run([program, command, "-m", model, "--no-history", "--preset", "Bright Parade", *map(str, options)],
                          input="".join(f"{line}\n" for line in lines), capture_output=True, text=True, timeout=120, errors="replace", cwd=work,
                          env=os.environ | {"XDG_CONFIG_HOME": str(work), "TMPDIR": str(work / "tmp")})


def check_studio(model, blind, spoken, quiet, picture):
    r = run("studio", model, lines=[f"/listen {spoken}"])
    check("heard 4.0 s" in r.stdout and "ears" not in r.stderr, f"a sound file as a turn: {r}")
    r = run("studio", model, "--audio-file", spoken, lines=["/talk"])
    check("done 0" in r.stdout and "ears" not in r.stderr, f"a file that stands for a microphone: {r}")
    seconds = float(r.stdout.split("heard ")[1].split(" s")[0]) if "heard " in r.stdout else 0
    check(1.2 < seconds < 2.6, f"of four seconds the one that is loud, and a little around it: {seconds}")
    check(not list((work / "tmp").iterdir()), "clips go when the studio closes")
    r = run("studio", model, "--audio-file", quiet, lines=["/talk"])
    check(r.returncode == 1 and "nobody spoke" in r.stderr, f"a quiet room: {r}")
    r = run("studio", model, lines=[f"/image {picture}", "hello"])
    check("tokens, with the next words" in r.stdout and "eyes" not in r.stderr, f"a picture: {r}")
    for line, word in [("/image", "/image FILE"), ("/listen", "/listen FILE"), ("/image none.png", "none.png"), (f"/listen {picture}", picture.name)]:
        r = run("studio", model, lines=[line])
        check(r.returncode == 1 and word in r.stderr and r.stderr.count("\n") == 1, f"{line}: {r}")
    for line in (f"/listen {spoken}", "/talk"):
        r = run("studio", blind, "--audio-file", spoken, lines=[line])
        check(r.returncode == 1 and "no ears" in r.stderr and "E2B" in r.stderr, f"{line} with a model without ears: {r}")
    r = run("studio", blind, "--look", lines=["/undo"])
    check(r.returncode == 1 and "no eyes" in r.stderr and r.stderr.count("\n") == 1, f"--look without eyes: {r}")
    r = run("studio", model, lines=["/devices"])
    check(r.returncode == 0 or "microphone" in r.stderr or "PortAudio" in r.stderr, f"microphones: {r}")


def check_say(model, blind, spoken, quiet, picture):
    said = [run("say", model, *media) for media in (["--audio", spoken], ["--audio", quiet], ["--image", picture, "hello"], ["hello"])]
    check(all("ears" not in r.stderr and "eyes" not in r.stderr for r in said), f"{said}")
    check(len({r.stdout for r in said}) == 4, "the model hears and sees what is given")
    r = run("say", model)
    check(r.returncode == 2 and "say something" in r.stderr, f"{r}")
    r = run("say", blind, "--audio", spoken)
    check(r.returncode == 1 and "no ears" in r.stderr and "mmproj-blind.gguf" in r.stderr, f"{r}")


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    tools = work / "tools.json"
    tools.write_text(subprocess.run([program, "call", "--tools"], capture_output=True, text=True, check=True).stdout.rstrip("\n"))
    for name in ("sees", "blind", "tmp"):
        (work / name).mkdir()
    model, blind = work / "sees" / "tiny.gguf", work / "blind" / "blind.gguf"
    subprocess.run([sys.executable, maker, golden / "multimodal" / "text-small.gguf", golden / "token" / "listed.gguf", model, tools], check=True)
    shutil.copy(model, blind)
    shutil.copy(golden / "multimodal" / "mmproj-small.gguf", work / "sees" / "mmproj-tiny.gguf")
    random.seed(7)
    room = [random.gauss(0, 5e-4) for _ in range(4 * 22050)]
    write_wav(work / "quiet.wav", room, 22050)
    write_wav(work / "spoken.wav", [x + (0.3 * math.sin(i / 9) * (0.6 + 0.4 * math.sin(i / 1500)) if 22050 <= i < 44100 else 0) for i, x in enumerate(room)], 22050)
    for part in (check_studio, check_say):
        part(model, blind, work / "spoken.wav", work / "quiet.wav", golden / "vision" / "images" / "20x20.png")
done()
