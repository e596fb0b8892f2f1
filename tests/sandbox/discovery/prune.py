#!/usr/bin/env python3
"""Makes documents.json.gz from Google's API discovery documents.

The documents come with the package google-api-python-client, pinned below with its digest, so that everybody makes
the same file. What the sandbox does not read is left out: descriptions above all. Two facts that only descriptions
tell are kept as words of their own: which fields are output only, and which are required.

    python3 prune.py            # fetches the package with pip, writes documents.json.gz and revisions.txt
"""

import gzip
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "google-api-python-client"
VERSION = "2.202.0"
DIGEST = "aaa90064c9bb642ff1d065b22ca8958a2cb6e345909cefe70d0e5452fc50e08b"
DOCUMENTS = [
    "bigquery.v2",
    "cloudbilling.v1",
    "cloudkms.v1",
    "cloudresourcemanager.v1",
    "cloudresourcemanager.v2",
    "cloudresourcemanager.v3",
    "compute.v1",
    "container.v1",
    "container.v1beta1",
    "dns.v1",
    "iam.v1",
    "logging.v2",
    "orgpolicy.v2",
    "pubsub.v1",
    "servicenetworking.v1",
    "serviceusage.v1",
    "serviceusage.v1beta1",
    "storage.v1",
]
# What has the path of a method that is modelled.
HIDDEN = {"cloudkms.projects.locations.operations.get"}
HERE = pathlib.Path(__file__).resolve().parent
OUTPUT_ONLY = re.compile(r"^\s*(\[?output[ -]only\]?\b)", re.IGNORECASE)
REQUIRED = re.compile(r"^\s*Required\b")


def wheel():
    """The package, checked against its digest."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run(command + [f"{PACKAGE}=={VERSION}"], check=True)
        (path,) = pathlib.Path(folder).iterdir()
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest != DIGEST:
            sys.exit(f"{path.name} has the digest {digest}, not {DIGEST}")
        with zipfile.ZipFile(path) as archive:
            for name in DOCUMENTS:
                inside = f"googleapiclient/discovery_cache/documents/{name}.json"
                yield name, json.loads(archive.read(inside))


def field(schema):
    """One property, item or parameter."""
    kept = {}
    for key in ("$ref", "type", "format", "pattern", "default", "repeated", "location"):
        if key in schema:
            kept[key] = schema[key]
    if "enum" in schema:
        kept["enum"] = schema["enum"]
    about = schema.get("description", "")
    if schema.get("readOnly") or OUTPUT_ONLY.match(about):
        kept["readOnly"] = True
    if schema.get("required") or REQUIRED.match(about):
        kept["required"] = True
    for method in schema.get("annotations", {}).get("required", []):
        kept.setdefault("requiredBy", []).append(method)
    if "items" in schema:
        kept["items"] = field(schema["items"])
    if "additionalProperties" in schema:
        kept["additionalProperties"] = field(schema["additionalProperties"])
    if "properties" in schema:
        kept["properties"] = {name: field(value) for name, value in schema["properties"].items()}
    return kept


def methods(resource):
    """All methods of a document, whatever they are nested in."""
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from methods(inner)


def method(document, found):
    """One method with its path from the root of the host."""
    base = document["servicePath"]
    kept = {"verb": found["httpMethod"]}
    path = found["path"]
    if "{+" in path:
        path = found["flatPath"]
        kept["plain"] = found["path"]
    kept["path"] = base + path
    for key in ("request", "response"):
        if "$ref" in found.get(key, {}):
            kept[key] = found[key]["$ref"]
    if found.get("supportsMediaUpload"):
        kept["upload"] = found["mediaUpload"]["protocols"]["simple"]["path"].lstrip("/")
    if found.get("supportsMediaDownload"):
        kept["download"] = True
    query = {name: field(value) for name, value in found.get("parameters", {}).items() if value["location"] == "query"}
    if query:
        kept["query"] = query
    return kept


def prune(document):
    return {
        "revision": document["revision"],
        "methods": {m["id"]: method(document, m) for m in methods(document) if m["id"] not in HIDDEN},
        "schemas": {name: field(schema) for name, schema in document["schemas"].items()},
    }


def main():
    pruned = {name: prune(document) for name, document in wheel()}
    content = json.dumps(pruned, separators=(",", ":"), sort_keys=True).encode()
    (HERE / "documents.json.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    lines = [f"{PACKAGE} {VERSION}"] + [f"{name} {document['revision']}" for name, document in pruned.items()]
    (HERE / "revisions.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
