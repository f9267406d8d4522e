#!/usr/bin/env python3
"""The commands of the ears as a stranger would use them: JSON by key, tables, pictures, wrong files and wrong lines.

    check_ears.py PROGRAM GOLDEN"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from checks import check, done  # noqa: E402

program, golden = sys.argv[1], pathlib.Path(sys.argv[2]) / "sound"
expect = json.loads((golden / "expect.json").read_text())


def run(*args, **env):
    return subprocess.run([program, *map(str, args)], capture_output=True, stdin=subprocess.DEVNULL, timeout=120,
                          env={**os.environ, **env})


def sound(name):
    return golden / "signals" / f"{name}.flac"


def keys(v, path=""):
    if isinstance(v, dict):
        return {k for key, item in v.items() for k in keys(item, f"{path}.{key}")}
    return {path}


def analyze():
    r = run("analyze", "--json", sound("saw_220"))
    got, want = json.loads(r.stdout), expect["signals"]["saw_220"]["reference"]
    check(keys(got) == keys(want), f"keys: {keys(got) ^ keys(want)}")
    check(abs(got["spectrum"]["centroid_hz"]["median"] - want["spectrum"]["centroid_hz"]["median"]) < 0.1, "centroid")
    r = run("analyze", "--json", sound("saw_220"), sound("silence"))
    lines = [json.loads(line) for line in r.stdout.splitlines()]
    check([pathlib.Path(line["file"]).name for line in lines] == ["saw_220.flac", "silence.flac"], "two lines, each with its file")
    check(set(lines[1]) == {"health", "file"} and lines[1]["health"]["silent"] is True, "silence has health only")
    r = run("analyze", sound("pluck_fast"))
    text = r.stdout.decode()
    check(r.returncode == 0 and "integrated_lufs" in text and "t60.seconds" in text and "nan" not in text, "a readable table")


def compare(folder):
    r = run("compare", "--json", sound("saw_220"), sound("saw_220_lp400"))
    got = json.loads(r.stdout)
    want = next(p for p in expect["pairs"] if p["a"] == "saw_220" and p["b"] == "saw_220_lp400")["reference"]
    check(keys(want) <= keys(got), f"keys: {keys(want) - keys(got)}")
    check("octaves darker" in got["sentence"], got["sentence"])
    change = got["changes"][0]
    check({"metric", "unit", "before", "after", "jnds", "jnd_source", "confidence"} == set(change), "a change has a source")
    jnds = [abs(c["jnds"]) for c in got["changes"] if c["jnds"] is not None]
    check(jnds == sorted(jnds, reverse=True), "largest change first")
    check(got["words"]["brightness"]["score"] < -8 and got["words"]["brightness"]["text"] == "much darker", f"{got['words']['brightness']}")
    own = folder / "words.json"
    own.write_text('{"families": {"brightness": {"metrics": [{"metric": "spectrum.bands_db.60-250", "direction": 1}], "up": "basslastig"}}}')
    got = json.loads(run("compare", "--json", "--words", own, sound("saw_220"), sound("saw_220_lp400")).stdout)
    check(got["words"]["brightness"]["score"] > 0 and "basslastig" in got["words"]["brightness"]["text"], "the user's own words")
    own.write_text('{"families": {"brightnes": {}}}')
    r = run("compare", "--words", own, sound("saw_220"), sound("saw_220"))
    check(r.returncode == 1 and b"brightnes" in r.stderr, f"a wrong table: {r.stderr}")
    got = json.loads(run("compare", "--json", sound("impulse"), sound("silence")).stdout)
    check(got["comparable"] is False and "second sound is silent" in got["reason"] and got["mfcc_dtw"] is None, "silence")
    picture = folder / "ab.png"
    r = run("compare", sound("saw_220"), sound("saw_220"), "--picture", picture)
    check(r.stdout.decode().splitlines()[0] == "as bright, attack unchanged, as loud" and png_size(picture) == (800, 840), "the same twice")


def png_size(path):
    data = path.read_bytes() if path.exists() else b""
    return struct.unpack(">II", data[16:24]) if data[:8] == b"\x89PNG\r\n\x1a\n" else None


def picture(folder):
    out = folder / "p.png"
    for kind in ("waveform", "spectrogram", "mel", "spectrum"):
        r = run("picture", sound("bell_fm"), "-o", out, "--kind", kind, "--width", "280")
        size = png_size(out)
        check(r.returncode == 0 and r.stdout == b"" and size and size[0] == 280, f"{kind}: {r.stderr}")
        out.unlink(missing_ok=True)
    run("picture", sound("bell_fm"), sound("bell_fm_bright"), "-o", out, "--width", "400", "--height", "500")
    check(png_size(out) == (400, 500), "two files make an A/B sheet")
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {}):
        text = run("picture", sound("bell_fm"), **env).stdout
        check(b"\x1b" not in text and b"bell_fm.flac" in text and text.count(b"\n") > 5, "no colour into a pipe")
    text = run("picture", sound("bell_fm"), "--terminal", "true").stdout
    check(text.count(b"\x1b[38;2;") > 10 and "\u2580".encode() in text, "half blocks when asked for")
    check(run("picture", sound("bell_fm"), "--terminal", "kitty").stdout.startswith(b"\x1b_Ga=T,f=100"), "kitty when asked for")


def wrong(folder):
    junk = folder / "junk.wav"
    junk.write_bytes(b"RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00" + bytes(range(64)))
    whole = sound("am_70hz").read_bytes()
    cut = folder / "cut.flac"
    cut.write_bytes(whole[:len(whole) // 2])
    surround = folder / "surround.wav"
    surround.write_bytes(b"RIFF" + struct.pack("<I", 36 + 1200) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 6, 48000, 576000, 12, 16)
                         + b"data" + struct.pack("<I", 1200) + bytes(1200))
    for line, status in ((["analyze", junk], 1), (["analyze", cut], 1), (["analyze", surround], 1), (["analyze", folder], 1),
                         (["analyze", folder / "none.wav"], 1), (["analyze"], 2), (["compare", junk, sound("am_70hz")], 1),
                         (["compare", sound("am_70hz")], 2), (["picture", sound("am_70hz"), "-o", "/nonexistent/p.png"], 1),
                         (["picture", sound("am_70hz"), "--kind", "oil"], 2), (["picture", sound("am_70hz"), "--terminal", "vt52"], 2),
                         (["picture", sound("am_70hz"), "--kind", "ab"], 2), (["picture", surround, "-o", folder / "p.png"], 1)):
        r = run(*line)
        check(r.returncode == status and r.stderr.count(b"\n") == 1 and r.stdout == b"", f"{line}: {r.returncode} {r.stdout[:80]} {r.stderr}")
    r = run("analyze", "--json", junk, sound("am_70hz"))
    check(r.returncode == 1 and r.stdout.count(b"\n") == 1, "one bad file does not hide the others")


with tempfile.TemporaryDirectory() as name:
    analyze()
    compare(pathlib.Path(name))
    picture(pathlib.Path(name))
    wrong(pathlib.Path(name))
done()
