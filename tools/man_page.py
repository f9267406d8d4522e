#!/usr/bin/env python3
"""The manual page: man/tonesmith.1.in with every command's --help in the place of @COMMANDS@.

    man_page.py PROGRAM TEMPLATE OUT
"""
import re
import subprocess
import sys


def troff(text):
    """Text as it is: no backslash, hyphen or first character of a line is an instruction; all in ASCII."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = "".join(c if c.isascii() else "\\[u%04X]" % ord(c) for c in text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def helped(program, *args):
    r = subprocess.run([program, *args, "--help"], capture_output=True, text=True, check=True)
    return r.stdout


def command_names(program):
    return re.findall(r"^  ([a-z][a-z0-9-]*) +\S", helped(program), re.M)


def paragraphs(text):
    """Notes may be laid out by hand: keep their lines when one of them is indented."""
    out = []
    for block in text.strip("\n").split("\n\n"):
        if re.search(r"^ ", block, re.M):
            out.append(".nf\n" + troff(block) + "\n.fi")
        else:
            out.append(troff(block))
    return "\n.PP\n".join(out)


def section(program, name):
    text = helped(program, name)
    usage, rest = re.match(r"usage: (.*?)\n\n(.*)", text, re.S).groups()
    summary, rest = rest.split("\n\noptions:\n", 1)
    options, _, notes = rest.partition("\n\n")
    lines = [".SS " + troff(name), ".nf"] + [".B " + troff(u.strip()) for u in usage.split("\n")] + [".fi", ".PP", paragraphs(summary)]
    for option in options.rstrip("\n").split("\n"):
        m = re.match(r" +(-.*?)(?:  +| (?=[a-z(]))(\S.*)$", option)  # a long name leaves one space before its help
        if m:
            lines += [".TP", ".B " + troff(m.group(1)), troff(m.group(2))]
        else:
            lines.append(troff(option.strip()))
    if notes.strip():
        lines += [".PP", paragraphs(notes)]
    return "\n".join(lines)


def main():
    program, template, out = sys.argv[1:4]
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    page = open(template, encoding="utf-8").read().replace("@VERSION@", version)
    page = page.replace("@COMMANDS@", "\n".join(section(program, name) for name in command_names(program)))
    with open(out, "w", encoding="utf-8") as f:
        f.write(page)


if __name__ == "__main__":
    main()
