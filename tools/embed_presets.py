#!/usr/bin/env python3
"""The factory presets as C: embed_presets.py OUTPUT PRESET.json...

Presets keep the order of the command line.  Each must be JSON and have a name that no other has."""
import json
import sys

target, paths = sys.argv[1], sys.argv[2:]
rows, names = [], set()
for path in paths:
    with open(path, encoding="utf-8") as f:
        preset = json.load(f)
    name = preset["name"]
    if name.lower() in names:
        sys.exit(f"{path}: a second preset is called '{name}'")
    names.add(name.lower())
    text = json.dumps(preset, ensure_ascii=False, separators=(",", ":"))
    # json.dumps() of a string is a C string literal as long as there is nothing to escape but quotes and backslashes.
    rows.append(f"    {{{json.dumps(name, ensure_ascii=False)}, {json.dumps(text, ensure_ascii=False)}}},\n")
with open(target, "w", encoding="utf-8") as f:
    f.write('#include "sound/presets.h"\n\nconst tone_preset_text tone_preset_texts[] = {\n')
    f.writelines(rows)
    f.write(f"}};\nconst size_t tone_n_preset_texts = {len(rows)};\n")
