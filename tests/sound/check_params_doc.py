#!/usr/bin/env python3
"""The table of parameters in docs/SOUND.md is what the program prints: check_params_doc.py PROGRAM DOCS/SOUND.MD"""
import subprocess
import sys

program, path = sys.argv[1:]
text = open(path, encoding="utf-8").read()
start, end = text.index("<!-- parameters -->\n"), text.index("\n<!-- end of parameters -->")
written = text[start + len("<!-- parameters -->\n"):end].strip()
printed = subprocess.check_output([program, "params", "--markdown"], text=True).strip()
for n, (a, b) in enumerate(zip(written.splitlines(), printed.splitlines())):
    if a != b:
        print(f"line {n + 1} of the table\n  docs:    {a}\n  program: {b}")
        break
print("equal" if written == printed else "run: tonesmith params --markdown")
sys.exit(written != printed)
