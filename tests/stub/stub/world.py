"""What exists: objects by account, region and kind, the states that they pass through, and the
rules that all Describe calls share."""
import copy
import os
import secrets
from collections import defaultdict
from datetime import datetime, timezone
from fnmatch import fnmatchcase

from .errors import AwsError

# How often an object must be looked at in a passing state before it is in the next one.
READS = int(os.environ.get("STUB_PENDING_READS", "1"))
# The most items of a page, whatever the caller would take.
PAGE = int(os.environ.get("STUB_PAGE", "5"))
GONE = object()


class World:
    """All accounts."""

    def __init__(self):
        self.tables = defaultdict(dict)
        self.tokens = {}
        self.organization_sharing = set()
        # What CloudTrail has: calls that happened, whatever came of them.
        self.trail = []

    def table(self, account, region, kind):
        return self.tables[account, region, kind]

    def every(self, kind, region=None):
        """All objects of a kind, of all accounts."""
        for (_, where, what), table in list(self.tables.items()):
            if what == kind and region in (None, where):
                yield from list(table.values())

    def find(self, kind, identifier, region=None):
        for (_, where, what), table in self.tables.items():
            if what == kind and region in (None, where) and identifier in table:
                return table[identifier]
        return None

    def snapshot(self):
        return copy.deepcopy(self)

    def __deepcopy__(self, memo):
        other = World()
        other.tables.update(copy.deepcopy(dict(self.tables), memo))
        other.tokens = copy.deepcopy(self.tokens, memo)
        other.organization_sharing = set(self.organization_sharing)
        other.trail = self.trail
        return other


class State(dict):
    """An object of the API, in the shape in which the API shows it, and how it goes on."""

    def __init__(self, *args, **members):
        super().__init__(*args, **members)
        self.queue, self.reads, self.home = [], 0, None

    def __deepcopy__(self, memo):
        other = State()
        memo[id(self)] = other
        other.update({k: copy.deepcopy(v, memo) for k, v in self.items()})
        other.queue, other.reads, other.home = list(self.queue), self.reads, self.home
        return other

    def passes(self, path, *states):
        """The member at `path` is in the first of `states` now, and passes to the others."""
        self.queue = [(path, state) for state in states[1:]]
        self.reads = 0
        put(self, path, states[0])
        if READS == 0:
            while self.queue:
                self._next()
        return self

    def gone_after(self, path, *states):
        """The same for an object that vanishes after the last of `states`."""
        self.passes(path, *states, GONE)
        return self

    def shown(self):
        """A copy as it is now; being looked at, it moves on."""
        now = {k: copy.deepcopy(v) for k, v in self.items()}
        if self.queue:
            self.reads += 1
            if self.reads >= READS:
                self.reads = 0
                self._next()
        return now

    def _next(self):
        path, state = self.queue.pop(0)
        put(self, path, state)

    @property
    def gone(self):
        return self.get("_gone", False)


def put(obj, path, value):
    if value is GONE:
        obj["_gone"] = True
        return
    *parents, last = path.split(".")
    for name in parents:
        obj = obj.setdefault(name, {})
    obj[last] = value


def get(obj, path):
    """The member at a dotted path, or None."""
    for name in path.split("."):
        obj = obj.get(name) if isinstance(obj, dict) else None
    return obj


def new_id(prefix):
    return f"{prefix}{secrets.token_hex(9)[:17]}"


def now():
    return datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)


def listed(table):
    """The objects of a table that are not gone; those that are leave it."""
    for key in [key for key, obj in table.items() if obj.gone]:
        del table[key]
    return list(table.values())


def select(objects, filters, members, tags=None):
    """Those of `objects` that match all of a Describe call's filters. `members` has the filters
    that the call knows: dotted paths, or functions to one or many values."""
    for wanted in filters or []:
        name, values = wanted["Name"], wanted.get("Values") or []
        objects = [o for o in objects if _matches(o, name, values, members, tags)]
    return objects


def _matches(obj, name, values, members, tags):
    if name.startswith("tag:") and tags:
        found = [tags(obj).get(name[4:])]
    elif name == "tag-key" and tags:
        found = list(tags(obj))
    elif name in members:
        how = members[name]
        found = get(obj, how) if isinstance(how, str) else how(obj)
        found = found if isinstance(found, (list, set, tuple)) else [found]
    else:
        raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
    texts = [str(f).lower() if isinstance(f, bool) else str(f) for f in found if f is not None]
    return any(fnmatchcase(text, value) for text in texts for value in values)


def paged(items, limit, token):
    """A page of `items`, and the token of the next one or None."""
    try:
        start = int(token.removeprefix("page-")) if token else 0
    except ValueError:
        raise AwsError("InvalidNextToken", f"The token {token!r} is invalid.") from None
    size = min(limit or PAGE, PAGE)
    end = start + size
    return items[start:end], f"page-{end}" if end < len(items) else None
