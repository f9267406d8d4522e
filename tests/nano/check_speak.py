#!/usr/bin/env python3
"""speak.py: what it makes is what `tonesmith eval --spoken` reads, the same for the same seed; without espeak-ng it says so,
and the rest is skipped."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from checks import check, done  # noqa: E402
from media_files import wav_length  # noqa: E402

LINES = "# a comment\nMake it darker, please!\tdirection\tbrightness:down\nset the cutoff to 800 Hz\texact\tcutoff=800 Hz\n12345678\tother\nundo\thistory\tundo\n"


def run(folder, *options, path=None):
    return subprocess.run([sys.executable, ROOT / "tools/nano/speak.py", work / "lines.tsv", work / folder, *options], capture_output=True, text=True,
                          env=os.environ | ({"PATH": path} if path else {}), timeout=60)


with tempfile.TemporaryDirectory() as name:
    work = pathlib.Path(name)
    (work / "lines.tsv").write_text(LINES)
    r = run("none", path=str(work))
    check(r.returncode == 1 and "espeak-ng is not installed" in r.stderr and r.stderr.count("\n") == 1, f"without espeak-ng: {r}")
    try:
        import numpy  # noqa: F401
        ready = shutil.which("espeak-ng") is not None
    except ImportError:
        ready = False
    if not ready:
        print("skipped: no espeak-ng or no numpy")
        sys.exit(77)
    r = run("a", "--each", "2", "--voices", "3", "--seed", "5")
    check(r.returncode == 0 and "6 clips by 3 voices; 1 lines cannot be said" in r.stdout, f"{r}")
    lines = [line.split("\t") for line in (work / "a" / "spoken.tsv").read_text().splitlines()]
    check([x[1:] for x in lines[::2]] == [["make it darker please", "direction", "brightness:down"], ["set the cutoff to eight hundred hertz", "exact", "cutoff=800 Hz"],
                                         ["undo", "history", "undo"]], f"{lines}")
    lengths = [wav_length(work / "a" / x[0]) for x in lines]
    check(len(lines) == 6 and all(0.7 < s < 6 for s in lengths), f"seconds: {lengths}")
    voices = (work / "a" / "voices.tsv").read_text()
    check(len({x.split("\t", 1)[1] for x in voices.splitlines()}) == 3, f"three voices: {voices}")
    run("b", "--each", "2", "--voices", "3", "--seed", "5")
    run("c", "--each", "2", "--voices", "3", "--seed", "6")
    check(all((work / "a" / x[0]).read_bytes() == (work / "b" / x[0]).read_bytes() for x in lines), "the same seed, the same clips")
    check((work / "c" / "voices.tsv").read_text() != voices, "another seed, other voices")
    r = run("d", "--each", "2", "--voices", "1")
    check(r.returncode == 2 and "--each" in r.stderr, f"{r}")
done()
