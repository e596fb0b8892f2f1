"""From HTTP to parameters and back, by the service models that botocore ships.

Moto's parsers and serialisers know the protocols; what they let pass is refused here: missing
members, wrong types, values outside of enumerations, patterns and ranges.
"""
import json
import re
from functools import lru_cache
from xml.sax.saxutils import escape

from botocore.validate import ParamValidator
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.wrappers import Request

from .errors import AwsError

PROTOCOLS = {
    "account": "rest-json",
    "cloudtrail": "json",
    "directconnect": "json",
    "ec2": "ec2",
    "iam": "query",
    "organizations": "json",
    "ram": "rest-json",
    "s3": "rest-xml",
}
REQUEST_ID = "00000000-0000-4000-8000-000000000000"
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


@lru_cache
def model(service):
    return get_service_model(service)


@lru_cache
def rest_paths(service):
    found = {}
    for name in model(service).operation_names:
        http = model(service).operation_model(name).http
        found[http["method"], http["requestUri"].split("?")[0]] = name
    return found


# What of a bucket is the stub's, by the word of the query: the operations' name, and whether there are many by id.
BUCKET_PARTS = {
    "analytics": ("BucketAnalyticsConfiguration", True),
    "intelligent-tiering": ("BucketIntelligentTieringConfiguration", True),
    "inventory": ("BucketInventoryConfiguration", True),
    "metrics": ("BucketMetricsConfiguration", True),
    "requestPayment": ("BucketRequestPayment", False),
}


# The outermost elements of answers for which the model has no name.
OUTERMOST = {
    "GetBucketRequestPayment": "RequestPaymentConfiguration",
    "ListBucketAnalyticsConfigurations": "ListBucketAnalyticsConfigurationResult",
    "ListBucketIntelligentTieringConfigurations": "ListBucketIntelligentTieringConfigurationsOutput",
    "ListBucketInventoryConfigurations": "ListInventoryConfigurationsResult",
    "ListBucketMetricsConfigurations": "ListMetricsConfigurationsResult",
}


def bucket_operation(request):
    """The operation on one of these parts that a request to S3 means; None for any other."""
    # A key after the bucket makes it an object's.
    part = next((BUCKET_PARTS[word] for word in BUCKET_PARTS if word in request.args), None)
    if part is None or request.path.strip("/").count("/"):
        return None
    name, many = part
    if request.method == "GET" and many and "id" not in request.args:
        return f"List{name}s"
    return {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}.get(request.method, "") + name


class Incoming:
    """A request: who sent it, to which service and region, and what for."""

    def __init__(self, environ):
        self.request = Request(environ)
        scope = CREDENTIAL.search(self.request.headers.get("Authorization", ""))
        self.access_key, self.region, self.service = scope.groups() if scope else (None, None, None)
        self.operation = self._operation() if self.service in PROTOCOLS else None

    def _operation(self):
        if self.service in ("ec2", "iam"):
            return self.request.values.get("Action")
        if self.service in ("cloudtrail", "directconnect", "organizations"):
            return self.request.headers.get("X-Amz-Target", "").split(".")[-1]
        if self.service == "s3":
            return bucket_operation(self.request)
        return rest_paths(self.service).get((self.request.method, self.request.path))

    def parameters(self):
        """The parameters, checked against the model."""
        operation = model(self.service).operation_model(self.operation)
        parser = PROTOCOL_PARSERS[PROTOCOLS[self.service]](operation)
        values = self.request.values
        parsed = parser.parse(
            {
                "method": self.request.method,
                "values": values,
                "headers": self.request.headers,
                "body": self.request.get_data(),
                "url_path": self.request.path,
                "url_params": {"Bucket": self.request.path.split("/")[1]} if self.service == "s3" else {},
            }
        )
        if operation.input_shape is not None:
            self._check(parsed, operation.input_shape)
        return parsed

    def _check(self, parsed, shape):
        report = ParamValidator().validate(parsed, shape)
        if report.has_errors():
            raise self._invalid(report.generate_report())
        for path, problem in constraints(parsed, shape):
            raise self._invalid(f"{path}: {problem}")

    def _invalid(self, text):
        missing = "Missing required parameter" in text
        codes = {
            "account": "ValidationException",
            "ec2": "MissingParameter" if missing else "InvalidParameterValue",
            "cloudtrail": "InvalidParameterException",
            "directconnect": "DirectConnectClientException",
            "iam": "ValidationError",
            "organizations": "InvalidInputException",
            "ram": "InvalidParameterException",
            "s3": "MalformedXML",
        }
        return AwsError(codes[self.service], text)

    def answer(self, result):
        """Status, headers and body for a result."""
        operation = model(self.service).operation_model(self.operation)
        if self.service == "ec2" and operation.output_shape is None:
            result = {}
        serializer = get_serializer_class(self.service, PROTOCOLS[self.service])(operation)
        served = serializer.serialize(result)
        body = served["body"]
        if self.operation in OUTERMOST:
            body = body.replace(f"{self.operation}Response", OUTERMOST[self.operation])
        return served["status_code"], dict(served["headers"]), body

    def refusal(self, error):
        """Status, headers and body for an error."""
        headers = {"x-amzn-RequestId": REQUEST_ID}
        if self.service == "ec2":
            headers["Content-Type"] = "text/xml"
            body = (
                f"<Response><Errors><Error><Code>{escape(error.code)}</Code>"
                f"<Message>{escape(error.message)}</Message></Error></Errors>"
                f"<RequestID>{REQUEST_ID}</RequestID></Response>"
            )
        elif self.service == "iam":
            headers["Content-Type"] = "text/xml"
            body = (
                f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(error.code)}</Code>"
                f"<Message>{escape(error.message)}</Message></Error><RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
            )
        elif self.service == "s3":
            headers["Content-Type"] = "application/xml"
            code, message = escape(error.code), escape(error.message)
            body = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{REQUEST_ID}</RequestId></Error>"
        else:
            headers["Content-Type"] = "application/x-amz-json-1.1"
            headers["x-amzn-ErrorType"] = error.code
            body = json.dumps({"__type": error.code, "message": error.message})
        return error.status, headers, body


def constraints(value, shape, path="input"):
    """What of a value breaks an enumeration, a pattern or an upper bound of the model."""
    if value is None:
        return
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        for name, member in shape.members.items():
            yield from constraints(value.get(name), member, f"{path}.{name}")
    elif kind == "list" and isinstance(value, list):
        yield from _bounds(len(value), shape, path, "elements")
        for index, element in enumerate(value):
            yield from constraints(element, shape.member, f"{path}[{index}]")
    elif kind == "string" and isinstance(value, str):
        if shape.enum and value not in shape.enum:
            yield path, f"{value!r} is none of {', '.join(shape.enum)}"
        pattern = shape.metadata.get("pattern")
        if pattern and not matches(pattern, value):
            yield path, f"{value!r} does not match {pattern}"
        yield from _bounds(len(value), shape, path, "characters")
    elif kind in ("integer", "long") and isinstance(value, int):
        yield from _bounds(value, shape, path, "")


def _bounds(number, shape, path, of):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if (low is not None and number < low) or (high is not None and number > high):
        yield path, f"{number} {of} are not between {low} and {high}"


def matches(pattern, value):
    """Whether a text matches; patterns that Python cannot read are not checked."""
    try:
        return re.search(pattern if pattern.startswith("^") else f"^(?:{pattern})$", value) is not None
    except re.error:
        return True
