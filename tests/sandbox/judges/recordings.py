#!/usr/bin/env python3
"""Replays recorded exchanges with Google Cloud against the sandbox and tells where its answers look different.

The recordings are text files `*.http.log`: requests and responses in HTTP, one after another, with `---` between the
exchanges and `${...}` for what differs from run to run. They are not part of the project; their directory is an
argument. Compared are status codes, the fields of answers and their types, enumerations, flags and error messages; not
compared are the values of other fields. What a recording takes for granted is made from what it shows.

    python3 recordings.py DIRECTORY [--sandbox PROGRAM] [--all] [PART-OF-A-NAME...]

Differences that have a reason are in explained.json; they are shown with --all only. The exit code is 1 if there is any
other. Python 3 without packages is enough.
"""

import argparse
import collections
import fnmatch
import json
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PLACE = re.compile(r"\$\{([A-Za-z0-9]+)\}")
# What the server names; everything else that is first seen in a request is named here.
SERVERS = {"operationID", "serviceAccountKeyID", "folderID"}
WORD = re.compile(r"^[A-Z][A-Z0-9_]+$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d")
PROJECT = "recorded-prj"


class Sandbox:
    """A sandbox of its own with an organization, a folder, a project and its default network in it."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
        self.base = self.process.stdout.readline().strip()

    def close(self):
        self.process.terminate()
        self.process.wait()

    def send(self, verb, path, body=None):
        """The status code and the answer."""
        data = None if body is None else body.encode()
        request = urllib.request.Request(self.base + path, data=data, method=verb)
        request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, decode(response.read().decode())
        except urllib.error.HTTPError as error:
            return error.code, decode(error.read().decode())

    def prepare(self):
        """What the recordings take for granted, and what placeholders stand for it."""
        def ok(verb, path, body=None):
            code, answer = self.send(verb, path, None if body is None else json.dumps(body))
            if code >= 400:
                sys.exit(f"{verb} {path}: {code} {answer}")
            return answer

        ok("PUT", "/_sandbox/settings", {"operation_polls": 0, "latency_ms": 0})
        folder = ok("POST", "/v3/folders", {"displayName": "recorded", "parent": "organizations/1234"})
        project = {"projectId": PROJECT, "parent": folder["response"]["name"]}
        ok("POST", "/v3/projects", project)
        ok("POST", f"/compute/v1/projects/{PROJECT}/global/networks", {"name": "default", "autoCreateSubnetworks": True})
        number = ok("GET", f"/v1/projects/{PROJECT}")["projectNumber"]
        account = ok("GET", "/v1/billingAccounts")["billingAccounts"][0]["name"].split("/")[1]
        ok("PUT", "/_sandbox/settings", {"operation_polls": 1, "latency_ms": 0})
        return {
            "projectId": PROJECT,
            "projectNumber": number,
            "organizationID": "1234",
            "folderID": folder["response"]["name"].split("/")[1],
            "billingAccountID": account,
            "uniqueId": "abcdefghij",
        }


# Names of things that Google or the sandbox made by themselves: recorded paths, and paths of the sandbox.
ALIASES = {}
MARKS = ("etag", "fingerprint", "labelFingerprint", "resourceVersion")


def path_of(link):
    return re.sub(r"^https?://[^/]+", "", link)


def renew(sent, shown):
    """What was sent with the marks of what the sandbox showed last, where the recording has made them all the same."""
    if isinstance(sent, dict):
        return {
            name: seen(shown, name) or value if name in MARKS and isinstance(value, str) else renew(value, shown)
            for name, value in sent.items()
        }
    return [renew(value, shown) for value in sent] if isinstance(sent, list) else sent


def seen(shown, name):
    if isinstance(shown, dict):
        if isinstance(shown.get(name), str):
            return shown[name]
        return next((found for value in shown.values() if (found := seen(value, name))), None)
    return None


def decode(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


class Exchange:
    """One recorded request with its response."""

    def __init__(self, text):
        request = re.search(r"^(GET|POST|PATCH|PUT|DELETE) (\S+)", text, re.M)
        response = re.search(r"^(\d{3}) .*", text[request.end():], re.M)
        self.verb, self.url = request[1], request[2]
        self.code = int(response[1])
        middle = request.end() + response.start()
        self.sent = body(text[request.end():middle])
        self.answer = decode(body(text[request.end() + response.end():]) or "")
        self.host, self.path = re.match(r"https?://([^/]+)(.*)", self.url).groups()


def body(text):
    """The body after the headers, if there is one."""
    found = re.search(r"^[\[{]", text, re.M)
    return text[found.start():].strip() if found else None


def exchanges(path):
    parts = re.split(r"^---$", path.read_text(), flags=re.M)
    return [Exchange(part) for part in parts if re.search(r"^(GET|POST|PATCH|PUT|DELETE) ", part, re.M)]


def fill(text, values):
    """The text with what its placeholders stand for; names are made up for those that have none."""
    def value(found):
        name = found[1]
        if name not in values and name not in SERVERS:
            values[name] = re.sub(r"(?<!^)([A-Z]+)", r"-\1", name).lower() + "-a1"
        return values.get(name, found[0])

    return PLACE.sub(value, text)


def name_made(exchange, collection):
    """The name of what a request makes in a collection."""
    if exchange.verb != "POST" or not exchange.sent or not exchange.path.split("?")[0].endswith("/" + collection):
        return None
    sent = decode(exchange.sent) or {}
    for path in (("name",), ("datasetReference", "datasetId"), ("tableReference", "tableId")):
        value = sent
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, str):
            return value
    return None


def foresee(recorded, values):
    """Names that paths only have a placeholder for, though a request makes the thing under a name of its own."""
    made = {}
    for exchange in recorded:
        for collection, name in re.findall(r"/([A-Za-z]+)/\$\{([A-Za-z0-9]+)\}", exchange.path.split("?")[0]):
            if name in values or name in SERVERS or name in made:
                continue
            found = [name_made(other, collection) for other in recorded]
            found = [text for text in found if text and "${" + name + "}" not in text]
            if found:
                made[name] = fill_known(found[0], values)
    values.update(made)


def bind(recorded, actual, values):
    """Learns what the server's placeholders stand for from an answer."""
    if isinstance(recorded, dict) and isinstance(actual, dict):
        for name, value in recorded.items():
            # A parent may have the same placeholder as its child.
            if name != "parent":
                bind(value, actual.get(name), values)
    elif isinstance(recorded, list) and isinstance(actual, list):
        for one, other in zip(recorded, actual):
            bind(one, other, values)
    elif isinstance(recorded, str) and isinstance(actual, str):
        if "/instanceGroupManagers/" in recorded:
            ALIASES[path_of(fill_known(recorded, values))] = path_of(actual)
        names = PLACE.findall(recorded)
        wanted = [name for name in names if name not in values or name in SERVERS and name != "folderID"]
        if len(wanted) == 1:
            known = {name: value for name, value in values.items() if name != wanted[0]}
            halves = recorded.split("${" + wanted[0] + "}")
            pattern = "(.+?)".join(re.escape(fill_known(half, known)) for half in halves)
            found = re.fullmatch(pattern, actual)
            if found:
                values[wanted[0]] = found[1]


def fill_known(text, values):
    return PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return {str: "string", list: "list", dict: "object", type(None): "null"}[type(value)]


def differences(recorded, actual, values, path=""):
    """What is different, as pairs of a path and words."""
    if kind(recorded) != kind(actual):
        yield path, f"is a {kind(actual)}, recorded as a {kind(recorded)}"
    elif isinstance(recorded, dict):
        for name in sorted(recorded.keys() - actual.keys()):
            yield f"{path}.{name}".strip("."), "is missing"
        for name in sorted(actual.keys() - recorded.keys()):
            yield f"{path}.{name}".strip("."), "is not recorded"
        for name in recorded.keys() & actual.keys():
            yield from differences(recorded[name], actual[name], values, f"{path}.{name}".strip("."))
    elif isinstance(recorded, list):
        if bool(recorded) != bool(actual):
            yield path, f"has {len(actual)} items, recorded with {len(recorded)}"
        for one, other in zip(recorded, actual):
            yield from differences(one, other, values, f"{path}[]")
    elif isinstance(recorded, bool) or isinstance(recorded, str) and (WORD.match(recorded) or path.endswith("message")):
        wanted = fill_known(recorded, values) if isinstance(recorded, str) else recorded
        if wanted != actual:
            yield path, f"is {actual!r}, recorded as {wanted!r}"
    elif isinstance(recorded, str) and bool(TIME.match(recorded)) != bool(TIME.match(actual)):
        yield path, f"is {actual!r}, recorded as {recorded!r}"


def pending(code, answer, path):
    """Where to ask for the operation that an answer is, until it is done."""
    if code >= 400 or not isinstance(answer, dict):
        return None
    if answer.get("kind") == "compute#operation" and answer.get("status") != "DONE":
        return answer["selfLink"].replace("https://www.googleapis.com", "")
    if answer.get("status") in ("PENDING", "RUNNING") and "operationType" in answer:
        place = re.match(r"(/v1(?:beta1)?/projects/)[^/]+(/(?:locations|zones)/[^/]+/)", path)
        return f"{place[1]}{PROJECT}{place[2]}operations/{answer['name']}" if place else None
    if str(answer.get("name", "")).startswith("operations/") and not answer.get("done"):
        version = re.match(r"/v\d\w*/", path)
        return f"{version[0]}{answer['name']}" if version else None
    return None


def replay(path, program, hosts):
    """All differences of one file."""
    sandbox = Sandbox(program)
    try:
        values = sandbox.prepare()
        recorded = exchanges(path)
        foresee(recorded, values)
        ALIASES.clear()
        shown = {}
        waiting = None
        for number, exchange in enumerate(recorded, 1):
            if exchange.host not in hosts:
                yield exchange, number, None, "no document of the sandbox is for this host"
                continue
            target = fill(exchange.path, values)
            if waiting and "/operations/" not in target:
                sandbox.send("GET", waiting)
            bare = target.split("?")[0]
            if bare in ALIASES:
                target = target.replace(bare, ALIASES[bare])
            sent = fill(exchange.sent, values) if exchange.sent else None
            if sent and decode(sent) is not None:
                known = [place for place in shown if bare == place or bare.startswith((place + "/", place + ":"))]
                sent = json.dumps(renew(decode(sent), shown[max(known, key=len)] if known else None))
            code, answer = sandbox.send(exchange.verb, target, sent)
            if exchange.verb == "POST" and bare.endswith("/folders"):
                values.pop("folderID", None)
            if code == 404 and exchange.code == 200 and exchange.verb == "GET":
                made = sandbox.send("POST", bare.rsplit("/", 1)[0], fill(json.dumps(exchange.answer), values))
                made = pending(*made, bare)
                if made:
                    sandbox.send("GET", made)
                code, answer = sandbox.send(exchange.verb, target, sent)
            if exchange.verb == "GET" and code == 200 and isinstance(answer, dict):
                shown[bare] = answer
            waiting = pending(code, answer, target)
            if code != exchange.code:
                message = (answer or {}).get("error", {}).get("message", "") if isinstance(answer, dict) else ""
                yield exchange, number, "status", f"is {code} {message}, recorded as {exchange.code}"
                continue
            bind(exchange.answer, answer, values)
            found = collections.OrderedDict(differences(exchange.answer, answer, values))
            for where, words in found.items():
                yield exchange, number, where, words
    finally:
        sandbox.close()


def explained(reasons, name, exchange, where, words):
    """The reason for a difference, if there is one."""
    line = f"{exchange.verb} {exchange.host}{exchange.path.split('?')[0]}"
    for reason in reasons:
        if (
            fnmatch.fnmatchcase(name, reason.get("file", "*"))
            and fnmatch.fnmatchcase(line, reason.get("request", "*"))
            and fnmatch.fnmatchcase(where, reason.get("field", "*").replace("[]", "[[]]"))
            and fnmatch.fnmatchcase(words, reason.get("difference", "*").replace("[]", "[[]]"))
        ):
            return reason["because"]
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--sandbox", default=str(ROOT / "target" / "debug" / "terrane-sandbox"))
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    reasons = json.loads((HERE / "explained.json").read_text())
    hosts = {f"{name}.googleapis.com" for name in reasons["hosts"]}
    count = collections.Counter()
    for path in sorted(arguments.directory.glob("*.http.log")):
        if arguments.names and not any(name in path.name for name in arguments.names):
            continue
        count["files"] += 1
        count["exchanges"] += len(exchanges(path))
        seen = collections.Counter()
        for exchange, number, where, words in replay(path, arguments.sandbox, hosts):
            if where is None:
                count["skipped"] += 1
                continue
            reason = explained(reasons["differences"], path.name, exchange, where, words)
            count["explained" if reason else "unexplained"] += 1
            if reason and not arguments.all:
                continue
            line = f"  {where} {words}" + (f"  ({reason})" if reason else "")
            if line not in seen:
                print(f"{path.name} #{number} {exchange.verb} {exchange.path.split('?')[0]}\n{line}")
            seen[line] += 1
    words = ", ".join(f"{count[name]} {name}" for name in ("files", "exchanges", "skipped", "explained", "unexplained"))
    print(words)
    sys.exit(1 if count["unexplained"] else 0)


if __name__ == "__main__":
    main()
