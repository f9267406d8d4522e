#!/usr/bin/env python3
"""The drawing in docs/ARCHITECTURE.md holds: no file includes a header of a module that does not stand below its own.

    check_includes.py SOURCE_ROOT
"""
import pathlib
import re
import sys

# module -> what it may include besides itself; closed under "and what those may include" below.
DIRECT = {
    "base": [],
    "kern": [],                         # includes nothing of ours
    "format": ["base"],
    "signal": ["base"],
    "token": ["base", "format"],
    "tensor": ["base", "kern"],
    "model": ["tensor", "format", "signal", "token"],
    "gen": ["model", "token"],
    "chat": ["token", "base"],
    "constrain": ["token", "base"],
    "sound": ["signal", "format", "base"],
    "agent": ["gen", "chat", "constrain"],
    "studio": ["agent", "sound"],
    "cli": ["studio", "gen", "chat", "constrain", "sound", "model", "tensor"],
}
# Public headers belong to the module that implements them.
PUBLIC = {"base": "base"}


def closure(module):
    seen, todo = {module}, list(DIRECT[module])
    while todo:
        m = todo.pop()
        if m not in seen:
            seen.add(m)
            todo += DIRECT[m]
    return seen


def public_modules(root):
    """tonesmith/x.h says which module owns it in a line "Module: name"; base.h needs none."""
    owners = dict(PUBLIC)
    for path in (root / "include" / "tonesmith").rglob("*.h"):
        name = path.relative_to(root / "include" / "tonesmith").as_posix()[:-2]
        m = re.search(r"Module: (\w+)", path.read_text())
        if m:
            owners[name] = m.group(1)
    return owners


def main():
    root = pathlib.Path(sys.argv[1])
    owners = public_modules(root)
    wrong = files = 0
    include = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
    sources = [p for p in (root / "src").rglob("*") if p.suffix in (".c", ".h", ".inc")]
    for path in sources + list((root / "include").rglob("*.h")):
        rel = path.relative_to(root)
        if rel.parts[0] == "src":
            module = rel.parts[1]
            if module not in DIRECT:
                print(f"{rel}: '{module}' is no module of tests/check_includes.py")
                wrong += 1
                continue
        else:
            module = owners.get(path.relative_to(root / "include" / "tonesmith").as_posix()[:-2])
            if module not in DIRECT:
                print(f"{rel}: a public header must say \"Module: name\"")
                wrong += 1
                continue
        files += 1
        allowed = closure(module)
        for target in include.findall(path.read_text()):
            if target in ("tone_config.h",):
                continue
            if target.startswith("tonesmith/"):
                owner = owners.get(target[len("tonesmith/"):-2])
            else:
                owner = target.split("/")[0] if "/" in target else None
            if owner not in DIRECT:
                print(f'{rel}: #include "{target}" names no module (write "module/file.h")')
                wrong += 1
            elif owner not in allowed:
                print(f'{rel}: {module} may not include {owner} ("{target}")')
                wrong += 1
    print(f"{files} files, {wrong} wrong includes")
    sys.exit(1 if wrong or not files else 0)


if __name__ == "__main__":
    main()
