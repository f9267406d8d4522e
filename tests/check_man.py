#!/usr/bin/env python3
"""The manual page has every command and every option of every command, and groff (when there) finds nothing wrong.

    check_man.py PROGRAM PAGE
"""
import re
import shutil
import subprocess
import sys

from checks import check, done

program, page_path = sys.argv[1:3]
page = open(page_path, encoding="utf-8").read()


def helped(*args):
    return subprocess.run([program, *args, "--help"], capture_output=True, text=True, check=True).stdout


sections = {}
for part in re.split(r"^\.SS ", page.split(".SH COMMANDS", 1)[1].split(".SH EXIT STATUS", 1)[0], flags=re.M)[1:]:
    name, _, body = part.partition("\n")
    sections[name.replace("\\-", "-")] = body.replace("\\-", "-")
commands = re.findall(r"^  ([a-z][a-z0-9-]*) +\S", helped(), re.M)
check(list(sections) == commands, f"commands of the page: {list(sections)}, of the program: {commands}")
for name in commands:
    want = re.findall(r"^  (?:-[A-Za-z],|   ) (--[a-z0-9-]+)", helped(name), re.M)
    got = re.findall(r"^\.TP\n\.B (?:-[A-Za-z], )?(--[a-z0-9-]+)", sections.get(name, ""), re.M)
    check(want == got and want, f"options of {name}: {got}, of the program: {want}")
check("@" not in re.sub(r"\S+@\S+", "", page.split(".SH COMMANDS")[0]), "a placeholder is left")
if shutil.which("groff"):
    r = subprocess.run(["groff", "-man", "-Tutf8", "-ww", page_path], capture_output=True, text=True)
    check(r.returncode == 0 and not r.stderr and len(r.stdout) > 1000, f"groff: {r.stderr[:500]}")
else:
    print("no groff here: the page's layout was not checked")
done()
