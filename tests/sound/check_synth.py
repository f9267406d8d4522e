#!/usr/bin/env python3
"""The commands of the instrument from the outside: check_synth.py PROGRAM"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import wave

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from checks import check, done  # noqa: E402

program = sys.argv[1]


def run(*args, status=0):
    r = subprocess.run([program, *map(str, args)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=100)
    check(r.returncode == status, f"{args}: exit {r.returncode}, not {status}: {r.stderr[:300]}")
    if status:
        check(r.stderr.count("\n") == 1 and r.stderr.startswith(f"tonesmith {args[0]}: "), f"{args}: one sentence, not {r.stderr!r}")
    return r


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    a, b, c = folder / "a.wav", folder / "b.wav", folder / "c.flac"

    presets = json.loads(run("presets", "--json").stdout)
    check(len(presets) >= 96 and all(p["tags"] and p["about"] and p["notes"] for p in presets), "presets --json")
    check(0 < len(run("presets", "dark", "bass").stdout.splitlines()) < 20, "presets dark bass")
    r = subprocess.run([program, "presets", "xyzzy"], capture_output=True, text=True)
    check(r.returncode == 1 and "xyzzy" in r.stderr, "presets xyzzy")
    params = json.loads(run("params", "--json").stdout)
    check(len(params) == 88 and len({p["id"] for p in params}) == 88, "params --json")
    check("filter_cutoff" in run("params", "brightness").stdout, "params by another word")
    run("params", "xyzzy", status=1)

    # The same line gives the same bytes; another seed does not.
    line = ("render", "-p", "tight snare", "-n", "D3@0:0.2 D3@0.25:0.2:0.5", "-o")
    report = json.loads(run(*line, a, "--json").stdout)
    check(report["rate"] == 48000 and report["frames"] > 20000 and -30 < report["integrated_lufs"] < -8, f"report {report}")
    run(*line, b)
    check(a.read_bytes() == b.read_bytes(), "equal renders")
    run(*line, b, "--seed", 1)
    check(a.read_bytes() != b.read_bytes(), "another seed")
    with wave.open(str(a)) as w:
        check((w.getnchannels(), w.getframerate(), w.getsampwidth()) == (2, 48000, 3), "24 bit stereo")

    # Changes are told, clamps on stderr too.
    r = run("render", "-s", "cutoff=900", "-s", "level+=60", "-o", a, "--seconds", 0.5, "--rate", 44100, "--bits", 16)
    check("filter_cutoff 8 kHz → 900 Hz" in r.stdout and "asked for 60" in r.stderr and "0.500 s, 44100 Hz" in r.stdout, r.stdout + r.stderr)

    # A patch saved and read back sounds the same.
    saved = folder / "p.json"
    run("render", "-p", "Slow Honey", "-s", "filter_cutoff*=2", "--save", saved, "-o", a)
    run("render", "--patch", saved, "-o", b)
    check(a.read_bytes() == b.read_bytes(), "a saved patch")
    check(json.loads(saved.read_text())["params"]["filter_cutoff"] == 640, "its cutoff")
    saved.write_text('{"tonesmith_patch": 1, "name": "x", "params": {"filter_cutoff": 99999}}')
    r = run("render", "--patch", saved, "-o", b, "--seconds", 0.1)
    check("clamped" in r.stderr and "missing" in r.stderr, r.stderr)

    # A recording through the effects keeps its rate; echoes lengthen it.
    run("render", "-p", "Rim Click", "-n", "E4@0:0.1", "--rate", 96000, "-o", a)
    report = json.loads(run("render", "-i", a, "-s", "delay_mix=50", "-s", "delay_time=500", "-o", c, "--json").stdout)
    check(report["rate"] == 96000 and report["seconds"] > 1, f"{report}")

    # A MIDI file.
    midi = folder / "n.mid"
    track = b"\x00\x90\x3c\x7f\x60\x80\x3c\x00\x00\xff\x2f\x00"
    midi.write_bytes(b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(track)) + track)
    run("render", "-n", midi, "-o", a, "--seconds", 1)
    run("render", "-n", "C4@0:0.5:1", "-o", b, "--seconds", 1)
    check(a.read_bytes() == b.read_bytes(), "MIDI and text")

    # What is wrong costs one sentence.
    run("render", "-p", "Slow Hunny", "-o", a, status=1)
    run("render", "-s", "cutof=3", "-o", a, status=1)
    run("render", "-n", "C3@x", "-o", a, status=1)
    run("render", "-n", folder / "none.mid", "-o", a, status=1)
    run("render", "-i", folder / "none.wav", "-o", a, status=1)
    run("render", "--patch", midi, "-o", a, status=1)
    run("render", "-p", "Slow Honey", "--patch", saved, "-o", a, status=1)
    run("render", "-o", folder / "a.xyz", status=1)
    run("render", "-o", folder / "no" / "a.wav", status=1)
    run("render", status=2)
    run("render", "--rate", 8000, "-o", a, status=2)

    bench = json.loads(run("bench-sound", "--json").stdout)
    check(bench["times_real_time"] > 1 and len(bench["parts"]) == 13, f"{bench}")

done()
