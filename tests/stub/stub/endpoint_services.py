"""Services behind load balancers, for endpoints in VPCs of others. Moto has most of the calls, but forgets half of what they
say. It goes on to know the services by their names; the load balancers are its own."""
from moto.elbv2.models import elbv2_backends

from . import moto_side
from .errors import AwsError
from .operations import operation
from .world import listed, new_id, select

KIND = "endpoint-service"
BALANCERS = {"NetworkLoadBalancerArns": "network", "GatewayLoadBalancerArns": "gateway"}


def service_of(call, identifier):
    found = call.table(KIND).get(identifier)
    if found is None or found.gone or found["ServiceState"] == "Deleting":
        text = f"The VpcEndpointService Id '{identifier}' does not exist"
        raise AwsError("InvalidVpcEndpointServiceId.NotFound", text)
    return found


def balancers(call, arns, kind):
    """The load balancers of these ARNs, which must be of the kind."""
    known = elbv2_backends[call.account][call.region].load_balancers
    for arn in arns:
        if arn not in known or known[arn].type != kind:
            raise AwsError("InvalidParameterValue", f"'{arn}' is no {kind} load balancer of this region.")
    return [known[arn] for arn in arns]


def check(call, service):
    """What must be true of a service, whatever was changed."""
    lists = {key: service[key] for key in BALANCERS}
    if sum(bool(arns) for arns in lists.values()) != 1:
        raise AwsError("InvalidParameterCombination", "A service needs load balancers, all of one kind.")
    found = [b for key, arns in lists.items() for b in balancers(call, arns, BALANCERS[key])]
    # That IPv6 needs load balancers with such addresses is not checked: moto forgets which they have.
    if not service["SupportedIpAddressTypes"]:
        raise AwsError("InvalidParameter", "A service needs a type of addresses.")
    if call.region not in [r["Region"] for r in service["SupportedRegions"]]:
        raise AwsError("InvalidParameter", f"The service's own region, {call.region}, cannot be left out.")
    service["AvailabilityZones"] = sorted({s.availability_zone for b in found for s in b.subnets})


def name_privately(service, name):
    if name:
        proof = {"State": "pendingVerification", "Type": "TXT", "Value": f"vpce:{new_id('')}", "Name": f"_{new_id('')}"}
        service["PrivateDnsName"], service["PrivateDnsNameConfiguration"] = name, proof
    else:
        service.pop("PrivateDnsName", None)
        service.pop("PrivateDnsNameConfiguration", None)


def regions(names):
    return [{"Region": name, "ServiceState": "Available"} for name in names]


@operation("ec2", "CreateVpcEndpointServiceConfiguration")
def create(call):
    params = call.params
    arns = {key: list(params.get(key) or []) for key in BALANCERS}
    service = {
        **arns,
        "ServiceType": [{"ServiceType": "GatewayLoadBalancer" if arns["GatewayLoadBalancerArns"] else "Interface"}],
        "AcceptanceRequired": params.get("AcceptanceRequired", True),
        "ManagesVpcEndpoints": False,
        "SupportedIpAddressTypes": list(params.get("SupportedIpAddressTypes") or ["ipv4"]),
        "SupportedRegions": regions(dict.fromkeys([*(params.get("SupportedRegions") or []), call.region])),
    }
    check(call, service)
    name_privately(service, params.get("PrivateDnsName"))
    known = moto_side.backend(call).create_vpc_endpoint_service_configuration(
        [arn for listed_arns in arns.values() for arn in listed_arns],
        acceptance_required=service["AcceptanceRequired"],
        private_dns_name=service.get("PrivateDnsName"),
        tags=[],
        supported_regions=[r["Region"] for r in service["SupportedRegions"]],
    )
    made = call.new(KIND, known.id, ServiceId=known.id, ServiceName=known.service_name, **service)
    made["BaseEndpointDnsNames"] = [known.endpoint_dns_name]
    made.passes("ServiceState", "Pending", "Available")
    moto_side.tag_on_creation(call, known.id, "vpc-endpoint-service")
    return {"ServiceConfiguration": shown(call, made)}


def shown(call, service):
    return {**service.shown(), "Tags": moto_side.tag_list(call, service["ServiceId"])}


@operation("ec2", "DescribeVpcEndpointServiceConfigurations")
def describe(call):
    wanted = call.params.get("ServiceIds")
    for identifier in wanted or []:
        service_of(call, identifier)
    members = {
        "service-id": "ServiceId",
        "service-name": "ServiceName",
        "service-state": "ServiceState",
        "supported-ip-address-types": "SupportedIpAddressTypes",
    }
    found = [s for s in listed(call.table(KIND)) if not wanted or s["ServiceId"] in wanted]
    found = select(found, call.params.get("Filters"), members, lambda s: moto_side.tags(call, s["ServiceId"]))
    answer = call.page("ServiceConfigurations", found)
    for service in answer["ServiceConfigurations"]:
        service["Tags"] = moto_side.tag_list(call, service["ServiceId"])
    return answer


def changed(there, added, removed, what):
    """A list with some added and some removed, which must be there."""
    for missing in set(removed) - set(there):
        raise AwsError("InvalidParameter", f"{missing} is no {what} of the service.")
    return [one for one in dict.fromkeys([*there, *added]) if one not in removed]


@operation("ec2", "ModifyVpcEndpointServiceConfiguration")
def modify(call):
    params, service = call.params, service_of(call, call.params["ServiceId"])
    for key in (*BALANCERS, "SupportedIpAddressTypes"):
        added, removed = params.get(f"Add{key}") or [], params.get(f"Remove{key}") or []
        service[key] = changed(service[key], added, removed, key)
    added, removed = params.get("AddSupportedRegions") or [], params.get("RemoveSupportedRegions") or []
    service["SupportedRegions"] = regions(changed([r["Region"] for r in service["SupportedRegions"]], added, removed, "region"))
    if params.get("AcceptanceRequired") is not None:
        service["AcceptanceRequired"] = params["AcceptanceRequired"]
    named, unnamed = params.get("PrivateDnsName"), params.get("RemovePrivateDnsName")
    if named and unnamed:
        raise AwsError("InvalidParameterCombination", "A private DNS name cannot be given and removed at once.")
    if named or unnamed:
        name_privately(service, named)
    check(call, service)
    known = moto_side.backend(call).configurations[service["ServiceId"]]
    known.acceptance_required, known.private_dns_name = service["AcceptanceRequired"], service.get("PrivateDnsName")
    return {"Return": True}


@operation("ec2", "DeleteVpcEndpointServiceConfigurations")
def delete(call):
    unsuccessful = []
    for identifier in call.params["ServiceIds"]:
        service = call.table(KIND).get(identifier)
        code, text = None, None
        if service is None or service.gone:
            code, text = "InvalidVpcEndpointService.NotFound", f"The VpcEndpointService Id '{identifier}' does not exist"
        elif any(
            e.service_name == service["ServiceName"] and e.state != "deleted"
            for e in moto_side.backend(call).vpc_end_points.values()
        ):
            code, text = "ExistingVpcEndpointConnections", f"Service {identifier} has existing active VPC Endpoint connections"
        if code:
            unsuccessful.append({"ResourceId": identifier, "Error": {"Code": code, "Message": text}})
            continue
        service.gone_after("ServiceState", "Deleting")
        moto_side.backend(call).configurations.pop(identifier, None)
        moto_side.forget_tags(call, identifier)
    return {"Unsuccessful": unsuccessful}


def principal_type(arn):
    if arn == "*":
        return "All"
    last = arn.rsplit(":", 1)[-1]
    kinds = {"root": "Account", "user": "User", "role": "Role"}
    return kinds.get(last.split("/")[0])


@operation("ec2", "ModifyVpcEndpointServicePermissions")
def modify_permissions(call):
    service = service_of(call, call.params["ServiceId"])
    allowed = service.setdefault("_permissions", {})
    answer = []
    for arn in call.params.get("AddAllowedPrincipals") or []:
        if principal_type(arn) is None:
            raise AwsError("InvalidPrincipal", f"Invalid Principal: '{arn}'")
        if arn not in allowed:
            allowed[arn] = {
                "Principal": arn,
                "PrincipalType": principal_type(arn),
                "ServicePermissionId": new_id("vpce-svc-perm-"),
                "ServiceId": service["ServiceId"],
            }
            answer.append(allowed[arn])
    for arn in call.params.get("RemoveAllowedPrincipals") or []:
        if allowed.pop(arn, None) is None:
            raise AwsError("InvalidPrincipal", f"Invalid Principal: '{arn}'")
    return {"AddedPrincipals": answer, "ReturnValue": True}


@operation("ec2", "DescribeVpcEndpointServicePermissions")
def permissions(call):
    service = service_of(call, call.params["ServiceId"])
    members = {"principal": "Principal", "principal-type": "PrincipalType"}
    found = select(list(service.get("_permissions", {}).values()), call.params.get("Filters"), members)
    return call.page("AllowedPrincipals", found)
