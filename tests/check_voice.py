#!/usr/bin/env python3
"""Spoken turns and pictures in the studio and in `say`, without a microphone: a file stands for one.  The model is a tiny random one:
what it says means nothing, and a turn may fail for want of room; what counts is what it got.

    check_voice.py PROGRAM TINY_CHAT.py GOLDEN
"""
import json
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


def evaluate(model, *options):
    return subprocess.run([program, "eval", "-m", model, "-c", "32768", *map(str, options)], capture_output=True, text=True, timeout=120, cwd=work,
                          env=os.environ | {"XDG_CONFIG_HOME": str(work), "TMPDIR": str(work / "tmp")})


def check_eval(model, blind, spoken, quiet, picture):
    clips = work / "clips"
    clips.mkdir()
    shutil.copy(spoken, clips / "a.wav")
    shutil.copy(picture, clips / "b.wav")
    write_wav(clips / "c.wav", [0.0] * 9000)
    write_wav(clips / "d.wav", [0.2] * 100)
    write_wav(clips / "e.wav", [0.2] * 16000 * 61)
    good = "a.wav\tmake it darker\tdirection\tbrightness:down\na.wav\tmake it a little wider\tdirection\twidth:up:small\n"
    bad = "".join(f"{name}.wav\tmake it darker\tother\n" for name in "bcdef")
    (clips / "spoken.tsv").write_text("# a comment\n" + good + bad)
    tables = []
    for options in ([], ["--snr", "10"], ["--snr", "10"], ["--snr", "10", "--seed", "2"]):
        r = evaluate(model, "--spoken", clips, "--json", "-v", *options)
        check(r.returncode == 0, f"clips that cannot be heard do not end it: {r}")
        table = json.loads(r.stdout)
        check(table["direction"]["n"] == 2 and table["direction"]["unheard"] == 0 and table["direction"]["seconds"] > 0 and table["other"] | {"n": 5, "right": 0, "unheard": 5} == table["other"] and
              table["all"]["n"] == 7, f"each counts: {table}")
        check(all(f"line {i}: " in r.stderr for i in range(4, 9)) and "hardly anything" in r.stderr and "60 s" in r.stderr and "too short" in r.stderr, f"and says why: {r.stderr}")
        tables.append(r.stderr)
    check(tables[1] == tables[2], f"the same seed, the same noise: {tables}")
    r = evaluate(model, "--spoken", clips)
    check("word errors" in r.stdout and "unheard" in r.stdout, f"{r}")
    # What is written beside a clip reaches nobody: other words, the same turn.
    said = []
    for words in ("make it darker", "undo that, please"):
        (clips / "spoken.tsv").write_text(f"a.wav\t{words}\texact\tcutoff=800 Hz\n")
        said.append(evaluate(model, "--spoken", clips, "-v").stderr.replace(words, ""))
    check(said[0] == said[1] and "exact" in said[0], f"{said}")
    for line, word in [("../a.wav\tx\tother\n", "leads out"), ("/etc/passwd\tx\tother\n", "leads out"), ("a.wav\tx\tstrange\n", "no kind"), ("a.wav\n", "no kind"),
                       ("a.wav\tx\tdirection\tsideways\n", "no direction")]:
        (clips / "spoken.tsv").write_text(line)
        r = evaluate(model, "--spoken", clips)
        check(r.returncode == 2 and word in r.stderr and r.stderr.count("\n") == 1, f"{line}: {r}")
    for code, word, options in [(2, "--snr", [spoken, "--snr", "3"]), (2, "--spoken", [spoken, "--spoken", clips]), (1, "nowhere", ["--spoken", "nowhere"]), (1, "spoken.tsv", ["--spoken", work / "tmp"])]:
        r = evaluate(model, *options)
        check(r.returncode == code and word in r.stderr and r.stderr.count("\n") == 1, f"{options}: {r}")
    r = evaluate(blind, "--spoken", clips)
    check(r.returncode == 1 and "no ears" in r.stderr and not r.stdout, f"a model without ears: {r}")
    check(not list((work / "tmp").iterdir()), "noisy copies go")


def check_times(model, blind, spoken, quiet, picture):
    r = run("say", model, "--json", "--audio", spoken)
    line = json.loads(r.stdout)
    check(0 < line["times"]["hearing"] < line["times"]["first_token"] < line["seconds"], f"{line}")
    line = json.loads(run("say", model, "--json", "hello").stdout)
    check("times" not in line and "heard" not in line, f"{line}")


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    tools = work / "tools.json"
    tools.write_text(subprocess.run([program, "call", "--tools"], capture_output=True, text=True, check=True).stdout.rstrip("\n"))
    for name in ("sees", "blind", "tmp"):
        (work / name).mkdir()
    model, blind = work / "sees" / "tiny.gguf", work / "blind" / "blind.gguf"
    subprocess.run([sys.executable, maker, golden / "multimodal" / "text-small.gguf", golden / "token" / "listed.gguf", model, tools, "32768"], check=True)
    shutil.copy(model, blind)
    shutil.copy(golden / "multimodal" / "mmproj-small.gguf", work / "sees" / "mmproj-tiny.gguf")
    random.seed(7)
    room = [random.gauss(0, 5e-4) for _ in range(4 * 22050)]
    write_wav(work / "quiet.wav", room, 22050)
    write_wav(work / "spoken.wav", [x + (0.3 * math.sin(i / 9) * (0.6 + 0.4 * math.sin(i / 1500)) if 22050 <= i < 44100 else 0) for i, x in enumerate(room)], 22050)
    for part in (check_studio, check_say, check_eval, check_times):
        part(model, blind, work / "spoken.wav", work / "quiet.wav", golden / "vision" / "images" / "20x20.png")
done()
