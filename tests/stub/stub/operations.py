"""The table of operations, and how one is carried out."""
from .errors import AwsError, NotModelled
from .world import State, paged

OPERATIONS = {}
READING = ("Describe", "Get", "List", "Search")


def operation(service, name):
    """Registers a function as the answer to an operation."""

    def register(function):
        OPERATIONS[service, name] = function
        return function

    return register


class Params(dict):
    """Parameters that know which of them were looked at. What was not is not modelled."""

    def __init__(self, values):
        super().__init__({k: _wrapped(v) for k, v in values.items()})
        self.seen = set()

    def __getitem__(self, name):
        self.seen.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.seen.add(name)
        return super().get(name, default)

    def __contains__(self, name):
        self.seen.add(name)
        return super().__contains__(name)

    def plain(self):
        """All of it, as taken over without a further look."""
        self.seen.update(self)
        return {k: _plain(v) for k, v in super().items()}

    def unseen(self, path=""):
        for name, value in super().items():
            if name not in self.seen:
                yield f"{path}{name}"
                continue
            for index, part in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(part, Params):
                    yield from part.unseen(f"{path}{name}.")


def _wrapped(value):
    if isinstance(value, dict):
        return Params(value)
    return [_wrapped(v) for v in value] if isinstance(value, list) else value


def _plain(value):
    if isinstance(value, Params):
        return value.plain()
    return [_plain(v) for v in value] if isinstance(value, list) else value


class Call:
    """One call: who calls, where, with what."""

    def __init__(self, world, account, region, service, name, params):
        self.world, self.account, self.region = world, account, region
        self.service, self.name = service, name
        self.params = Params(params)

    def table(self, kind):
        return self.world.table(self.account, self.region, kind)

    def new(self, kind, identifier, **members):
        """A new object in this account and region."""
        obj = State(**members)
        self.table(kind)[identifier] = obj
        return obj

    def page(self, key, items, token="NextToken", limit="MaxResults"):
        """The answer of a paged call."""
        part, following = paged(items, self.params.get(limit), self.params.get(token))
        answer = {key: [item.shown() if isinstance(item, State) else item for item in part]}
        if following:
            answer[token] = following
        return answer


def perform(call):
    """The answer to a call. One that fails changes nothing."""
    function = OPERATIONS.get((call.service, call.name))
    if function is None:
        raise NotModelled(f"{call.service}:{call.name}")
    if call.params.get("DryRun"):
        raise AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
    token = call.params.get("ClientToken") or call.params.get("clientToken")
    key = (call.account, call.region, call.name, token)
    asked = repr(sorted(call.params.items()))
    if token and key in call.world.tokens:
        before, answer = call.world.tokens[key]
        if before != asked:
            code = "IdempotentParameterMismatch" + ("Exception" if call.service == "ram" else "")
            raise AwsError(code, "The client token was used with other parameters.")
        return answer
    reading = call.name.startswith(READING)
    saved = None if reading else call.world.snapshot()
    try:
        answer = function(call) or {}
        left = sorted(call.params.unseen())
        if left:
            raise NotModelled(f"parameters of {call.service}:{call.name}: {', '.join(left)}")
    except Exception:
        if saved is not None:
            call.world.__dict__.update(saved.__dict__)
        raise
    if token:
        call.world.tokens[key] = (asked, answer)
    return answer
