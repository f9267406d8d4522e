#!/usr/bin/env python3
"""Every command of the program explains itself, and a wrong line costs a sentence.

    check_cli.py PROGRAM
"""
import re
import subprocess
import sys

from checks import check, done

program = sys.argv[1]


def run(*args):
    return subprocess.run([program, *args], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)


top = run("--help")
check(top.returncode == 0, "--help exits 0")
commands = re.findall(r"^  ([a-z][a-z0-9-]*) +\S", top.stdout, re.M)
check(len(commands) >= 1, "--help lists commands")
for name in commands:
    r = run(name, "--help")
    check(r.returncode == 0 and r.stdout.startswith(f"usage: tonesmith {name}"), f"{name} --help: {r.stdout[:60]!r} {r.stderr[:200]!r}")
    check("options:" in r.stdout, f"{name} --help lists its options")
    r = run(name, "--no-such-option")
    check(r.returncode == 2 and "unknown option" in r.stderr and r.stderr.count("\n") == 1, f"{name} --no-such-option: {r}")
r = run("no-such-command")
check(r.returncode == 2 and "unknown command" in r.stderr, "unknown command")
with open("/dev/full", "w") as full:
    r = subprocess.run([program, "version"], stdout=full, stderr=subprocess.PIPE, text=True)
check(r.returncode == 1 and "standard output" in r.stderr, "a full disk is reported")
for words in ([], [""], ["  ", "\n"]):
    r = run("say", *words)
    check(r.returncode == 2 and "say something" in r.stderr and r.stderr.count("\n") == 1, f"say {words}: {r}")
done()
