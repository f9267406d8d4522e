#!/usr/bin/env python3
"""Ask a real model for JSON under many schemas, at temperature 1, and hold every answer against its schema.

    check_schema_answers.py build/src/cli/tonesmith gemma-3-270m-q4_k_m.gguf tests/golden/schema/cases.jsonl [--runs 1000]

Needs the Python package jsonschema, the judge that nobody here wrote.  Prints one line a failure and the sum; the exit
status says whether every answer was valid.
"""
import argparse
import collections
import json
import pathlib
import random
import subprocess
import tempfile

import jsonschema


def plain(schema):
    """`nullable`, which the judge does not know, as a type."""
    if isinstance(schema, list):
        return [plain(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    out = {k: plain(v) for k, v in schema.items()}
    if schema.get("nullable") is True and "type" in schema:
        return {"anyOf": [{k: v for k, v in out.items() if k != "nullable"}, {"type": "null"}]}
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("program")
    ap.add_argument("model")
    ap.add_argument("cases", type=pathlib.Path)
    ap.add_argument("--runs", type=int, default=1000)
    ap.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    ap.add_argument("--tokens", type=int, default=400)
    args = ap.parse_args()
    print("seed", args.seed, flush=True)
    rng = random.Random(args.seed)
    schemas = [json.loads(line)["schema"] for line in args.cases.open()]
    count, refused = collections.Counter(), set()
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "schema.json"
        while count["valid"] + count["wrong"] < args.runs:
            i = rng.randrange(len(schemas))
            if i in refused:
                continue
            path.write_text(json.dumps(schemas[i]))
            seed = rng.randrange(1 << 30)
            p = subprocess.run([args.program, "run", "-m", args.model, "--schema", str(path), "--json", "-n", str(args.tokens), "--seed", str(seed),
                                "Make up an example of this."], capture_output=True, text=True)
            if p.returncode:
                refused.add(i)  # a keyword that cannot be enforced is refused before anything is said
                count["refused"] += 1
                continue
            answer = json.loads(p.stdout)
            try:
                value = json.loads(answer["text"])
                jsonschema.Draft202012Validator(plain(schemas[i])).validate(value)
                count["valid"] += 1
                count[answer["end"]] += 1
            except (ValueError, jsonschema.ValidationError) as e:
                count["wrong"] += 1
                print(f"case {i}, seed {seed}: {answer['end']}: {str(e).splitlines()[0]}: {answer['text'][:300]!r}", flush=True)
            if (count["valid"] + count["wrong"]) % 100 == 0:
                print(dict(count), flush=True)
    print(dict(count))
    raise SystemExit(count["wrong"] > 0)


if __name__ == "__main__":
    main()
