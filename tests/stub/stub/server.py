"""One endpoint for all services: what the stub models it answers, the rest is moto's."""
import importlib
import io
import sys
import threading
import traceback
from pathlib import Path

from moto.core.exceptions import ServiceException

from . import account_settings, account_wide, bucket_parts, client_vpn, cloud_trail, direct_connect  # noqa: F401
from . import direct_connect_gateways  # noqa: F401
from . import endpoint_services, network_edges, organization, sharing  # noqa: F401
from . import transit_attachments, transit_connect, transit_gateways, transit_routes, virtual_interfaces, vpn  # noqa: F401
from . import moto_side
from .errors import AwsError
from .operations import OPERATIONS, Call, perform
from .wire import Incoming
from .world import World

# Services of which moto answers nothing: what the stub does not model is refused.
WHOLE = {"directconnect", "ram"}
# The families of EC2's operations that are the stub's alone.
FAMILIES = ("TransitGateway", "ClientVpn", "VpnConnection", "VpnConcentrator", "CustomerGateway", "VgwRoutePropagation", "VpnTunnel")


def moto_server():
    """Moto as the other tests have it: what it has wrong is wrong here no more than there."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "xtask" / "src"))
    return importlib.import_module("moto_server")


class Server:
    """The WSGI application. It takes one request at a time, as moto's objects bear no more."""

    def __init__(self):
        self.world = World()
        self.moto = moto_server().put_right
        self.turn = threading.Lock()
        moto_side.install(lambda: self.world)
        organization.install()

    def __call__(self, environ, start_response):
        with self.turn:
            if environ["PATH_INFO"] == "/moto-api/reset":
                self.world = World()
            # Read here, the body must be there for moto too.
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            incoming = Incoming({**environ, "wsgi.input": io.BytesIO(body)})
            environ["wsgi.input"] = io.BytesIO(body)
            if self.is_ours(incoming):
                status, headers, answer = self.serve(incoming)
                data = answer if isinstance(answer, bytes) else answer.encode()
                headers["Content-Length"] = str(len(data))
                cloud_trail.record(self.world, environ, incoming, body, status, data)
                start_response(f"{status} Status", list((k, str(v)) for k, v in headers.items()))
                return [data]
            statuses = []

            def start(status, *rest):
                statuses.append(int(status.split()[0]))
                return start_response(status, *rest)

            parts = list(self.moto(environ, start))
            cloud_trail.record(self.world, environ, incoming, body, statuses[-1], b"".join(parts))
            return parts

    @staticmethod
    def is_ours(incoming):
        if incoming.service in WHOLE:
            return True
        name = incoming.operation or ""
        if incoming.service in ("account", "cloudtrail", "iam", "organizations", "s3"):
            return (incoming.service, name) in OPERATIONS
        return incoming.service == "ec2" and (
            ("ec2", name) in OPERATIONS or any(family in name for family in FAMILIES)
        )

    def serve(self, incoming):
        try:
            if incoming.operation is None:
                raise AwsError("UnknownOperationException", "There is no such operation.", 404)
            account = moto_side.account_of(incoming.access_key)
            call = Call(self.world, account, incoming.region, incoming.service, incoming.operation, {})
            if (incoming.service, incoming.operation) in OPERATIONS:
                call = Call(
                    self.world, account, incoming.region, incoming.service, incoming.operation, incoming.parameters()
                )
            return incoming.answer(perform(call))
        except AwsError as error:
            return incoming.refusal(error)
        except ServiceException as error:
            return incoming.refusal(AwsError(error.code, error.message))
        except Exception:
            traceback.print_exc()
            return incoming.refusal(AwsError("StubDefect", traceback.format_exc(limit=-3), 400))
