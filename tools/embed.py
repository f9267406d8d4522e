#!/usr/bin/env python3
"""A file as a C array: embed.py NAME INPUT OUTPUT makes `const unsigned char NAME[]` (a zero byte after the end) and
`const size_t NAME_n`."""
import sys

name, source, target = sys.argv[1:]
data = open(source, "rb").read()
lines = [",".join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24)]
with open(target, "w") as f:
    f.write(f"#include <stddef.h>\nextern const unsigned char {name}[];\nextern const size_t {name}_n;\n")
    f.write(f"const unsigned char {name}[] = {{{','.join(lines)}{',' if data else ''}0}};\nconst size_t {name}_n = {len(data)};\n")
