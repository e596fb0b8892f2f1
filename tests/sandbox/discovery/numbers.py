#!/usr/bin/env python3
"""Makes numbers.json: the numbers of enumerations that are not simply counted from 0.

The documents have the words of enumerations in the order of their numbers, but not the numbers. Google's Rust clients
have both; they are read from the sources that cargo has fetched. An enumeration is known by its words.

    python3 numbers.py            # after `cargo fetch`; writes numbers.json
"""

import gzip
import json
import os
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
HOME = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
PAIR = re.compile(r"Self::(\w+) => std::option::Option::Some\((\d+|\"[A-Za-z0-9_]+\")\)")


def clients():
    """The enumerations of all clients: numbers by words."""
    for path in sorted(HOME.glob("registry/src/*/google-cloud-*/src/**/model.rs")):
        for part in re.split(r"^\s*impl (?=\w+ \{)", path.read_text(), flags=re.M):
            names, numbers = {}, {}
            for variant, value in PAIR.findall(part.split("impl std::fmt::Display")[0]):
                if value.startswith('"'):
                    names[variant] = value.strip('"')
                else:
                    numbers[variant] = int(value)
            if names and names.keys() == numbers.keys():
                yield {names[variant]: numbers[variant] for variant in names}


def documents(value):
    """The words of all enumerations in the documents."""
    if isinstance(value, dict):
        if isinstance(value.get("enum"), list):
            yield value["enum"]
        for inner in value.values():
            yield from documents(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from documents(inner)


def main():
    known = list(clients())
    found = {}
    for words in documents(json.loads(gzip.decompress((HERE / "documents.json.gz").read_bytes()))):
        key = ",".join(words)
        if key in found or words == sorted(words) and len(words) < 2:
            continue
        fitting = [numbers for numbers in known if len(set(words) - numbers.keys()) == 0]
        # The client's enumeration that has fewest words beyond these is the one that is meant.
        fitting.sort(key=len)
        if fitting and len(fitting[0]) <= len(words) + 2:
            numbers = [fitting[0][word] for word in words]
            if numbers != list(range(len(words))):
                found[key] = numbers
    lines = [f"  {json.dumps(key)}: {json.dumps(found[key])}" for key in sorted(found)]
    (HERE / "numbers.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
