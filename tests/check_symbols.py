#!/usr/bin/env python3
"""What a shared library exports is what its list says: nothing new without somebody's wish, nothing lost.

    check_symbols.py LIBRARY.so LIST [--write]
"""
import pathlib
import subprocess
import sys

library, listed = sys.argv[1], pathlib.Path(sys.argv[2])
out = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
have = sorted({line.split()[-1] for line in out.splitlines() if line.split()[-2] in "TDBRVWu"})
if "--write" in sys.argv:
    listed.write_text("\n".join(have) + "\n")
want = listed.read_text().split()
for name in sorted(set(have) - set(want)):
    print(f"exported but not in {listed.name}: {name}")
for name in sorted(set(want) - set(have)):
    print(f"in {listed.name} but not exported: {name}")
foreign = [n for n in have if not n.startswith("tone_")]
print(f"{len(have)} symbols, {len(foreign)} without our prefix {foreign[:5]}")
sys.exit(have != want or bool(foreign) or not have)
