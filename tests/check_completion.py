#!/usr/bin/env python3
"""What bash completes is what the program's --help lists.

    check_completion.py PROGRAM SCRIPT
"""
import re
import shutil
import subprocess
import sys

from checks import check, done

program, script = sys.argv[1:3]
if not shutil.which("bash"):
    print("skipped: no bash here")
    sys.exit(77)


def helped(*args):
    return subprocess.run([program, *args, "--help"], capture_output=True, text=True, check=True).stdout


def completed(*words):
    line = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tonesmith; printf "%s\\n" "${COMPREPLY[@]}"'
    r = subprocess.run(["bash", "-c", line, "bash", script, program, *words], capture_output=True, text=True)
    check(r.returncode == 0 and not r.stderr, f"{words}: {r.stderr}")
    return [w for w in r.stdout.split("\n") if w]


commands = re.findall(r"^  ([a-z][a-z0-9-]*) +\S", helped(), re.M)
check(completed("") == commands + ["--help", "--version"], "commands")
check(completed("tok") == [c for c in commands if c.startswith("tok")], "the beginning of a command")
for name in commands:
    options = re.findall(r"^  (?:-[A-Za-z],|   ) (--[a-z0-9-]+)", helped(name), re.M)
    check(completed(name, "--") == options and options, f"options of {name}")
    check(completed(name, "x") == [], f"{name}: file names are left to bash")
done()
