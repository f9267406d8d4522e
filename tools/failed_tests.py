#!/usr/bin/env python3
"""The last lines of every failed test of the latest `meson test`:  failed_tests.py BUILD [LINES]

For logs that are read from their end.
"""
import json
import os
import sys

lines = int(sys.argv[2]) if len(sys.argv) > 2 else 40
try:
    with open(os.path.join(sys.argv[1], "meson-logs", "testlog.json"), encoding="utf-8") as log:
        tests = [json.loads(line) for line in log if line.strip()]
except (OSError, ValueError) as e:
    sys.exit(f"no list of tests: {e}")
for test in tests:
    if test["result"] in ("FAIL", "TIMEOUT", "ERROR", "UNEXPECTEDPASS", "INTERRUPT"):
        print(f"--- {test['name']}: {test['result']} after {test['duration']:.1f} s, exit status {test['returncode']}")
        said = (test.get("stdout") or "").rstrip() + "\n" + (test.get("stderr") or "").rstrip()
        print("\n".join("    " + line for line in said.strip().splitlines()[-lines:]))
