#!/usr/bin/env python3
"""Set the level of factory presets so that their example notes have -18 LUFS, and write them in the one layout:

    tools/dev/level_presets.py PROGRAM PRESET.json...

Values that equal a parameter's default are left out.  Prints what changed and what is not as it should be: peaks at the
limiter, silence, levels at their bound."""
import json
import subprocess
import sys
import tempfile

program, paths = sys.argv[1], sys.argv[2:]
params = {p["name"]: p for p in json.loads(subprocess.check_output([program, "params", "--json"]))}


def layout(preset):
    lines = ["{"]
    for key in ("tonesmith_patch", "name", "tags", "about", "notes"):
        lines.append(f"  {json.dumps(key)}: {json.dumps(preset[key], ensure_ascii=False)},")
    kept = [(params[k]["id"], k, v) for k, v in preset["params"].items() if v != params[k]["default"]]
    values = ",\n".join(f"    {json.dumps(k)}: {json.dumps(v)}" for _, k, v in sorted(kept))
    return "\n".join(lines) + '\n  "params": {\n' + values + "\n  }\n}\n"


def measure(path):
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        out = subprocess.run([program, "render", "--patch", path, "--json", "-o", wav.name], capture_output=True, text=True)
        if out.returncode:
            sys.exit(f"{path}: {out.stderr.strip()}")
        return json.loads(out.stdout)


for path in paths:
    with open(path, encoding="utf-8") as f:
        preset = json.load(f)
    unknown = set(preset["params"]) - set(params)
    if unknown:
        sys.exit(f"{path}: no parameter {sorted(unknown)}")
    for _ in range(6):
        with open(path, "w", encoding="utf-8") as f:
            f.write(layout(preset))
        got = measure(path)
        if got["integrated_lufs"] is None:
            print(f"{path}: silent")
            break
        error = -18 - got["integrated_lufs"]
        if abs(error) < 0.15:
            break
        level = preset["params"].get("level", params["level"]["default"]) + error
        preset["params"]["level"] = round(min(max(level, params["level"]["min"]), params["level"]["max"]), 1)
    if got["integrated_lufs"] is not None:
        flags = " LIMITED" if got["peak_db"] > -1.05 else ""
        flags += " OFF" if abs(error) >= 0.5 else ""
        print(f"{preset['name']:22} level {preset['params'].get('level', 0):6} dB  {got['integrated_lufs']:6.2f} LUFS  peak {got['peak_db']:6.2f} dB  {got['seconds']:5.2f} s{flags}")
