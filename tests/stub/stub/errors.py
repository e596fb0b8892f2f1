"""What goes wrong, with AWS's own codes."""


class AwsError(Exception):
    """An error as AWS answers it."""

    def __init__(self, code, message, status=400):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status


class NotModelled(AwsError):
    """A request that AWS might take, and that the stub does not know how to answer."""

    def __init__(self, what):
        super().__init__("NotModelledByStub", f"The stub does not model {what}.", 400)


def not_found(kind, identifier):
    """EC2's error for an id that does not exist: `not_found("TransitGatewayID", "tgw-1")`."""
    return AwsError(f"Invalid{kind}.NotFound", f"{kind} {identifier} was not found.")
