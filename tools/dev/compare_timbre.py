#!/usr/bin/env python3
"""Our ears beside librosa, pyloudnorm and the AudioCommons timbral models, on the golden sounds and on random ones.

    python3 -m venv /tmp/timbre
    /tmp/timbre/bin/pip install librosa==0.11.0 pyloudnorm==0.2.0 soundfile six
    /tmp/timbre/bin/pip install --no-deps timbral_models==0.4.0
    /tmp/timbre/bin/python tools/dev/compare_timbre.py build/src/cli/tonesmith [--seed N] [--count N] [--no-timbral]

Where both claim to measure the same, the deviation is printed; where they measure relatives of it, the rank
correlation over the sounds.  Nothing of it is installed or needed by the project."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import soundfile

warnings.filterwarnings("ignore")
import librosa  # noqa: E402
import pyloudnorm  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "dev"))
import hear_random  # noqa: E402

FS = 48000
TIMBRAL = ["brightness", "warmth", "roughness", "hardness", "depth", "sharpness", "booming"]


def load_timbral():
    """timbral_models is from 2019: numpy.lib.pad went, and librosa made arguments keyword-only."""
    np.lib.pad = np.pad
    for where, name, names in ((librosa.onset, "onset_detect", ("y", "sr")), (librosa.onset, "onset_strength", ("y", "sr")),
                               (librosa.core, "resample", ("y", "orig_sr", "target_sr")), (librosa, "resample", ("y", "orig_sr", "target_sr"))):
        def keyword(*a, _f=getattr(where, name), _n=names, **k):
            return _f(**dict(zip(_n, a)), **k)
        setattr(where, name, keyword)
    import timbral_models
    return timbral_models


def others(path, x, timbral):
    y = x.mean(1)
    S = np.abs(librosa.stft(y, n_fft=2048, hop_length=512))
    e = (S ** 2).sum(0)
    P = S[:, e > e.max() * 1e-6] ** 2
    out = {
        "librosa centroid (power)": np.median(librosa.feature.spectral_centroid(S=P, sr=FS)),
        "librosa bandwidth (power)": np.median(librosa.feature.spectral_bandwidth(S=P, sr=FS)),
        "librosa rolloff 85 (power)": np.median(librosa.feature.spectral_rolloff(S=P, sr=FS, roll_percent=0.85)),
        "librosa flatness": 10 * np.log10(max(np.median(librosa.feature.spectral_flatness(y=y, n_fft=2048, hop_length=512)), 1e-30)),
        "librosa yin": np.median(librosa.yin(y, fmin=25, fmax=4800, sr=FS, frame_length=4096, hop_length=512, center=False)) if len(y) >= 4096 else None,
    }
    try:
        out["pyloudnorm"] = pyloudnorm.Meter(FS).integrated_loudness(x if x.shape[1] > 1 else x[:, 0])
    except ValueError:
        out["pyloudnorm"] = None
    for name in TIMBRAL if timbral else []:
        try:
            out["timbral " + name] = float(getattr(timbral, "timbral_" + name)(path))
        except Exception:  # some models refuse some sounds
            out["timbral " + name] = None
    return {k: float(v) if v is not None and np.isfinite(v) else None for k, v in out.items()}


def get(report, path):
    v = report
    for p in path.split("."):
        v = v.get(p) if isinstance(v, dict) else None
    return v


def boom(report):
    return get(report, "spectrum.word_bands_db.20-280")


# ours, theirs, how: relative deviation, difference, or rank only
PAIRS = [
    ("spectrum.centroid_hz.median", "librosa centroid (power)", "ratio"),
    ("spectrum.spread_hz.median", "librosa bandwidth (power)", "ratio"),
    ("spectrum.rolloff85_hz.median", "librosa rolloff 85 (power)", "ratio"),
    ("spectrum.flatness_db.median", "librosa flatness", "rank"),
    ("pitch.f0.median", "librosa yin", "cents"),
    ("loudness.integrated_lufs", "pyloudnorm", "difference"),
    ("spectrum.centroid_hz.median", "timbral brightness", "rank"),
    ("spectrum.bands_db.60-250", "timbral warmth", "rank"),
    ("roughness.median", "timbral roughness", "rank"),
    ("envelope.log_attack_time", "timbral hardness", "rank"),
    ("spectrum.spread_hz.median", "timbral hardness", "rank"),
    ("spectrum.word_bands_db.20-280", "timbral depth", "rank"),
    ("sharpness_acum", "timbral sharpness", "rank"),
    ("spectrum.word_bands_db.20-280", "timbral booming", "rank"),
]


def ranks(v):
    order = np.argsort(v, kind="stable")
    r = np.empty(len(v))
    r[order] = np.arange(len(v))
    return r


def table(rows):
    print(f"{'ours':34}{'theirs':28}{'sounds':>7}{'deviation: median':>19}{'90 %':>9}{'rank corr.':>11}")
    for ours, theirs, how in PAIRS:
        pairs = [(get(r, ours), o.get(theirs), get(r, "pitch.voicing")) for r, o in rows]
        pairs = [p for p in pairs if p[0] is not None and p[1] is not None and (how != "cents" or p[2] == 1)]
        if len(pairs) < 5:
            continue
        a, b = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
        rho = np.corrcoef(ranks(a), ranks(b))[0, 1]
        text, tail = "", ""
        if how == "ratio":
            d = np.abs(a / np.maximum(b, 1e-9) - 1) * 100
            text, tail = f"{np.median(d):.2f} %", f"{np.quantile(d, 0.9):.1f} %"
        elif how == "cents":
            d = np.abs(1200 * np.log2(a / b))
            text, tail = f"{np.median(d):.2f} cents", f"{np.quantile(d, 0.9):.1f}"
        elif how == "difference":
            d = np.abs(a - b)
            text, tail = f"{np.median(d):.3f}", f"{np.quantile(d, 0.9):.3f}"
        print(f"{ours:34}{theirs:28}{len(pairs):7}{text:>19}{tail:>9}{rho:11.2f}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("--seed", type=int, default=time.time_ns() % 1000000)
    p.add_argument("--count", type=int, default=40)
    p.add_argument("--no-timbral", action="store_true")
    a = p.parse_args()
    print("seed", a.seed)
    timbral = None if a.no_timbral else load_timbral()
    rng = np.random.default_rng(a.seed)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        paths = sorted(str(f) for f in (ROOT / "tests" / "golden" / "sound" / "signals").glob("*.flac"))
        for i in range(a.count):
            paths.append(f"{folder}/{i}.flac")
            soundfile.write(paths[-1], hear_random.random_sound(rng)[1], FS, subtype="PCM_24", format="FLAC")
        for path in paths:
            x, _ = soundfile.read(path, always_2d=True)
            report = json.loads(subprocess.run([a.program, "analyze", "--json", path], capture_output=True, text=True, check=True).stdout)
            if "spectrum" in report and np.mean(x.mean(1) ** 2) > 1e-9:
                rows.append((report, others(path, x, timbral)))
    table(rows)


if __name__ == "__main__":
    main()
