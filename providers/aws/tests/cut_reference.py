"""Cuts out of the attribute lists of the AWS provider 6.x what the schema tests compare with.

    python3 cut_reference.py LISTS.json [TESTS]

LISTS.json has `resources` and `data_sources` by name, each with `arguments` (a name's `need`, and
what is `of` it) and `computed` names, as derived from published bindings. Written to
reference-schema.json, beside this file or in the folder TESTS of another provider, are the types that have a golden schema in ../schemas, and
those that are there already.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).parent


def cut(entries, need=None):
    out = {}
    for name, entry in entries.items():
        out[name] = {"need": need or entry.get("need", "computed")}
        if "of" in entry:
            out[name]["of"] = cut(entry["of"], need)
    return out


def main(path):
    lists = json.loads(pathlib.Path(path).read_text())
    present = json.loads((HERE / "reference-schema.json").read_text())
    golden = {file.stem for file in (HERE.parent / "schemas").glob("*.json")}
    golden.update(present["resources"])
    golden.update(f"data_{name}" for name in present["data_sources"])
    result = {"provider_version": lists["provider_version"], "resources": {}, "data_sources": {}}
    for stem in sorted(golden):
        kind, name = ("data_sources", stem[5:]) if stem.startswith("data_") else ("resources", stem)
        found = lists[kind].get(name)
        if found is None:
            continue
        attributes = cut(found["arguments"])
        attributes.update(cut(found["computed"], "computed"))
        result[kind][name] = {"attributes": attributes}
        if "old_schema_version" in found:
            result[kind][name]["old_schema_version"] = found["old_schema_version"]
    text = json.dumps(result, indent=1, sort_keys=True) + "\n"
    (HERE / "reference-schema.json").write_text(text)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1])
