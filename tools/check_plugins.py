#!/usr/bin/env python3
"""Installed LV2 plug-ins through the program: list, describe, set, preset, state, render twice, effect.

    check_plugins.py [--all] PROGRAM

Without --all a few of each family.  The last line counts; a plug-in that crashes or hangs is a finding, not a failure of
ours, unless the program says anything but one sentence about it.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

every = "--all" in sys.argv
program = [a for a in sys.argv[1:] if a != "--all"][0]
families = {"mda": "drobilla.net/plugins/mda", "calf": "calf.sourceforge.net", "lsp": "lsp-plug.in", "x42": "gareus.org/oss/lv2"}
folder = tempfile.mkdtemp(prefix="tonesmith-plugins-")
env = dict(os.environ, XDG_STATE_HOME=folder)
failures = checks = 0


def check(ok, what):
    global failures, checks
    checks += 1
    if not ok:
        failures += 1
        print("failed:", what)
    return ok


def run(*args):
    return subprocess.run([program, "plugins", *args], capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, timeout=300)


def ask(*args):
    r = run(*args, "--json")
    return (json.loads(r.stdout) if r.returncode == 0 else None), r.stderr.strip()


def path(name):
    return os.path.join(folder, name)


began = time.time()
plugins, why = ask()
if plugins is None and ("lilv" in why or "neither beside" in why):
    print("skipped:", why)
    sys.exit(0)
if not check(plugins, f"list: {why}"):
    sys.exit(1)
print(f"{len(plugins)} plug-ins listed in {time.time() - began:.1f} s")
r = subprocess.run([program, "render", "-n", "C3@0:0.5 E3@0.25:0.5", "--seconds", "1", "-o", path("in.wav")], capture_output=True, env=env)
check(r.returncode == 0, "a sound for the effects")
for family, part in families.items():
    of = [p for p in plugins if part in p["uri"]]
    if not check(of, f"{family}: none is installed"):
        continue
    can = [p for p in of if not p["cannot_run"] and p["audio_out"] > 0 and (p["midi_in"] or p["audio_in"])]
    instruments = [p for p in can if p["midi_in"] and not p["audio_in"]]
    effects = [p for p in can if p["audio_in"]]
    if not every:
        instruments, effects = instruments[:3], effects[:: max(1, len(effects) // 5)][:5]
    speeds, silent, same, refused, presets = [], 0, 0, [], 0
    for p in instruments + effects:
        about, why = ask("--describe", p["uri"])
        if not check(about and len(about["controls"]) == p["controls"], f"describe {p['uri']}: {why}"):
            continue
        extra = []
        knobs = [c for c in about["controls"] if c["max"] > c["min"]]
        for c in knobs[:1]:
            extra += ["--set", f"{c['name']}={c['min'] + 0.5 * (c['max'] - c['min']):.6g}"]
        if about["presets"]:
            extra += ["--preset", about["presets"][0]["uri"]]
            presets += 1
        mode = ["--render", p["uri"], "-n", "C3@0:0.5:0.8 G3@0.25:0.5"] if p in instruments else ["--effect", p["uri"], "-i", path("in.wav")]
        outs = []
        for i in (1, 2):
            out, why = ask(*mode, *extra, "--seconds", "1", "--bits", "32", "--save", path("state.json"), "-o", path(f"{i}.wav"))
            if out is None:
                refused.append(f"{p['uri']}: {why}")
                check(why.count("\n") == 0 or "outside" in why, f"one sentence: {why}")
                run("--forgive", p["uri"])
                break
            check(out["frames"] == 48000, f"{p['uri']}: {out['frames']} frames")
            outs.append(open(path(f"{i}.wav"), "rb").read())
            speeds.append(out["times_real_time"])
        if len(outs) == 2:
            same += outs[0] == outs[1]
            silent += out["silent"]
            again, why = ask(*mode, "--state", path("state.json"), "--seconds", "1", "--bits", "32", "-o", path("3.wav"))
            check(again is not None, f"state of {p['uri']}: {why}")
    n = len(instruments) + len(effects)
    print(f"{family}: {len(of)} plug-ins, {n} tried ({len(instruments)} instruments, {presets} with a preset): {n - len(refused)} rendered, "
          f"{same} bit-equal twice, {silent} silent, median {statistics.median(speeds or [0]):.0f} times real time")
    for line in refused:
        print("   ", line)
subprocess.run(["rm", "-r", folder])
print(f"{checks} checks, {failures} failed")
sys.exit(1 if failures else 0)
