"""Where the stub and moto, in one process, meet: moto keeps accounts, VPCs, subnets, route tables,
virtual private gateways and the tags of all EC2 objects; the stub tells it which other objects
there are."""
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.route_tables import RouteTable
from moto.ec2 import utils
from moto.iam.models import get_account_id_from, iam_backends
from moto.organizations.models import organizations_backends

from .errors import AwsError, not_found


def account_of(access_key):
    return get_account_id_from(access_key)


def account_summary(account):
    """What IAM sums up of an account."""
    return iam_backends[account]["aws"].account_summary


def backend(call):
    return ec2_backends[call.account][call.region]


def vpc(call, identifier):
    """A VPC of the caller's."""
    found = backend(call).vpcs.get(identifier)
    if found is None:
        raise AwsError("InvalidVpcID.NotFound", f"The vpc ID '{identifier}' does not exist")
    return found


def subnet(call, identifier):
    for zone in backend(call).subnets.values():
        if identifier in zone:
            return zone[identifier]
    raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{identifier}' does not exist")


def security_group(call, identifier):
    for groups in backend(call).groups.values():
        if identifier in groups:
            return groups[identifier]
    raise AwsError("InvalidGroup.NotFound", f"The security group '{identifier}' does not exist")


def vpn_gateway(call, identifier):
    found = backend(call).vpn_gateways.get(identifier)
    if found is None or found.state == "deleted":
        raise AwsError("InvalidVpnGatewayID.NotFound", f"The vpnGateway ID '{identifier}' does not exist")
    return found


def prefix_list(call, identifier):
    found = backend(call).managed_prefix_lists.get(identifier)
    if found is None:
        raise not_found("PrefixListID", identifier)
    return found


def route_table(call, identifier):
    found = backend(call).route_tables.get(identifier)
    if found is None:
        raise AwsError("InvalidRouteTableID.NotFound", f"The routeTable ID '{identifier}' does not exist")
    return found


def tags(call, identifier):
    """The tags that the caller's account has put on an object."""
    return dict(backend(call).tags.get(identifier, {}))


def tag_list(call, identifier):
    return [{"Key": k, "Value": v} for k, v in tags(call, identifier).items()]


def tag_on_creation(call, identifier, kind):
    """Puts the tags of TagSpecifications on a new object."""
    for specification in call.params.get("TagSpecifications") or []:
        if specification.get("ResourceType") != kind:
            text = f"'{specification.get('ResourceType')}' is not a valid taggable resource type for this operation."
            raise AwsError("InvalidParameterValue", text)
        pairs = {tag["Key"]: tag.get("Value") or "" for tag in specification.get("Tags") or []}
        if any(key.startswith("aws:") for key in pairs):
            raise AwsError("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
        backend(call).create_tags([identifier], pairs)


def forget_tags(call, identifier):
    backend(call).tags.pop(identifier, None)


def organization_accounts(account):
    """The organization that an account is in: its ARN and its accounts; None if it is in none."""
    for entry in organizations_backends.values():
        for found in entry.values():
            if found.org and account in {a.id for a in found.accounts}:
                return found.org.arn, {a.id for a in found.accounts}
    return None, set()


def trust(call, service):
    """Lets a service work in all accounts of the caller's organization."""
    for found in organizations_backends[call.account].values():
        if found.org:
            found.enable_aws_service_access(ServicePrincipal=service)


class Gateways:
    """The transit gateways that moto may lead routes to: those attached to the route table's VPC."""

    def __init__(self, world):
        self.world = world

    def attached(self, region, gateway, vpc_id):
        # An attachment is kept with its gateway, which may be another account's.
        return any(
            a["TransitGatewayId"] == gateway and a.get("ResourceId") == vpc_id and a["State"] in ("available", "modifying")
            for a in self.world().every("attachment", region)
        )


class Reference:
    """What moto needs to know of an object of the stub's."""

    def __init__(self, identifier):
        self.id = identifier


class References(dict):
    """Answers any id: that it exists is checked before."""

    def get(self, identifier, default=None):
        return Reference(identifier) if identifier else default


def install(world):
    """Lets moto know what the stub has. `world` gives the present world."""
    gateways = Gateways(world)
    create, replace, exist = EC2Backend.create_route, EC2Backend.replace_route, EC2Backend.do_resources_exist
    known_kinds = {
        "cgw-": "customer-gateway",
        "tgw-rtb-": "tgw-route-table",
        "tgw-attach-": "attachment",
        "tgw-connect-peer-": "tgw-connect-peer",
        "tgw-": "transit-gateway",
        "vpn-": "vpn-connection",
        "cvpn-endpoint-": "client-vpn-endpoint",
        "vpcbpa-exclude-": "exclusion",
    }

    def checked(function):
        def route(self, route_table_id, *args, **kwargs):
            gateway = kwargs.get("transit_gateway_id")
            table = self.route_tables.get(route_table_id)
            if gateway and table is not None:
                if not gateways.attached(self.region_name, gateway, table.vpc_id):
                    raise EC2ClientError(
                        "InvalidTransitGatewayID.NotFound", f"transitGateway ID '{gateway}' does not exist"
                    )
                self.transit_gateways = References()
            return function(self, route_table_id, *args, **kwargs)

        return route

    def do_resources_exist(self, identifiers):
        others = []
        for identifier in identifiers:
            kind = next((k for prefix, k in known_kinds.items() if identifier.startswith(prefix)), None)
            if kind is None:
                others.append(identifier)
            elif world().find(kind, identifier, self.region_name) is None:
                raise EC2ClientError("InvalidID", f"The ID '{identifier}' is not valid")
        return exist(self, others)

    EC2Backend.create_route = checked(create)
    EC2Backend.replace_route = checked(replace)
    EC2Backend.do_resources_exist = do_resources_exist
    RouteTable.propagating_vgws = property(
        lambda self: [{"GatewayId": g} for g in world().tables.get(("propagations", self.id, ""), {})]
    )
    more = {
        "client-vpn-endpoint": "cvpn-endpoint",
        "transit-gateway-connect-peer": "tgw-connect-peer",
        "vpc-block-public-access-exclusion": "vpcbpa-exclude",
    }
    utils.EC2_RESOURCE_TO_PREFIX.update(more)
    utils.EC2_PREFIX_TO_RESOURCE.update({prefix: name for name, prefix in more.items()})
    prefix_of = utils.get_prefix

    def get_prefix(identifier):
        own = (prefix for prefix in more.values() if identifier.startswith(f"{prefix}-"))
        return next(own, None) or prefix_of(identifier)

    for module in list(__import__("sys").modules.values()):
        if getattr(module, "get_prefix", None) is prefix_of:
            module.get_prefix = get_prefix
