"""The Resource Access Manager: shares, what is in them, whom they are for, and invitations."""
import re
import uuid

from . import moto_side
from .errors import AwsError, NotModelled
from .operations import operation
from .world import State, listed, now

LIVING = ("ASSOCIATING", "ASSOCIATED")
ARN = re.compile(r"^arn:[a-z-]+:([a-z0-9-]+):([a-z0-9-]*):(\d{12}):([^/]+)/(.+)$")


def of_share(world, arn, kind=None):
    """The associations of a share that are not gone."""
    found = [a for a in world.every("ram-association") if not a.gone and a["resourceShareArn"] == arn]
    return [a for a in found if kind in (None, a["associationType"])]


def shares_for(world, account):
    """The shares of others that an account may use."""
    organization, _ = moto_side.organization_accounts(account)
    principals = {account, organization}
    for share in world.every("ram-share"):
        if share["owningAccountId"] == account or share["status"] != "ACTIVE":
            continue
        for association in of_share(world, share["resourceShareArn"], "PRINCIPAL"):
            if association["associatedEntity"] in principals and association["status"] == "ASSOCIATED":
                yield share
                break


def shared_arns(world, account):
    """The resources that others share with an account."""
    found = set()
    for share in shares_for(world, account):
        for association in of_share(world, share["resourceShareArn"], "RESOURCE"):
            if association["status"] == "ASSOCIATED":
                found.add(association["associatedEntity"])
    return found


def share_of(call, arn):
    """A share of the caller's."""
    if not arn.startswith("arn:"):
        raise AwsError("MalformedArnException", f"The specified resource share ARN {arn} is not valid.")
    share = call.table("ram-share").get(arn)
    if share is None or share["status"] in ("DELETED", "DELETING"):
        raise AwsError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    return share


def check_resource(call, arn):
    parts = ARN.match(arn)
    if not parts:
        raise AwsError("MalformedArnException", f"The specified resource ARN {arn} is not valid.")
    service, region, account, kind, identifier = parts.groups()
    if account != call.account or region != call.region:
        raise AwsError("InvalidParameterException", f"You do not own {arn} in this region.")
    known = {
        "transit-gateway": lambda: call.table("transit-gateway").get(identifier),
        "subnet": lambda: moto_side.subnet(call, identifier),
        "prefix-list": lambda: moto_side.prefix_list(call, identifier),
    }
    if service != "ec2" or kind not in known:
        raise NotModelled(f"sharing of {service}:{kind}")
    if not known[kind]():
        raise AwsError("UnknownResourceException", f"{arn} could not be found.")


def associate(call, share, resources, principals):
    made = []
    arn = share["resourceShareArn"]
    for resource in resources:
        check_resource(call, resource)
        made.append(association(call, share, resource, "RESOURCE").passes("status", "ASSOCIATING", "ASSOCIATED"))
    for principal in principals:
        made.append(associate_principal(call, share, principal))
    if not made:
        raise AwsError("InvalidParameterException", "There must be a resource or a principal.")
    seen = {(a["associationType"], a["associatedEntity"]) for a in of_share(call.world, arn)}
    for new in made:
        if (new["associationType"], new["associatedEntity"]) in seen:
            text = f"{new['associatedEntity']} is already associated with {arn}."
            raise AwsError("InvalidParameterException", text)
        call.table("ram-association")[uuid.uuid4().hex] = new
    return made


def association(call, share, entity, kind, external=False):
    return State(
        resourceShareArn=share["resourceShareArn"],
        resourceShareName=share["name"],
        associatedEntity=entity,
        associationType=kind,
        creationTime=now(),
        lastUpdatedTime=now(),
        external=external,
    )


def associate_principal(call, share, principal):
    organization, accounts = moto_side.organization_accounts(call.account)
    trusted = call.account in call.world.organization_sharing or "organization" in call.world.organization_sharing
    if principal.startswith("arn:aws:organizations:"):
        if not trusted or principal != organization:
            text = "Organization could not be found, or sharing with it is not enabled."
            raise AwsError("OperationNotPermittedException", text)
        return association(call, share, principal, "PRINCIPAL").passes("status", "ASSOCIATING", "ASSOCIATED")
    if not re.fullmatch(r"\d{12}", principal):
        raise NotModelled(f"sharing with {principal}")
    external = not (trusted and principal in accounts)
    if external and not share["allowExternalPrincipals"]:
        text = f"The resource share does not allow external principals such as {principal}."
        raise AwsError("OperationNotPermittedException", text)
    made = association(call, share, principal, "PRINCIPAL", external)
    if not external:
        return made.passes("status", "ASSOCIATING", "ASSOCIATED")
    made["status"] = "ASSOCIATING"
    identifier = f"arn:aws:ram:{call.region}:{call.account}:resource-share-invitation/{uuid.uuid4()}"
    invitation = State(
        resourceShareInvitationArn=identifier,
        resourceShareName=share["name"],
        resourceShareArn=share["resourceShareArn"],
        senderAccountId=call.account,
        receiverAccountId=principal,
        invitationTimestamp=now(),
        status="PENDING",
    )
    call.world.table(principal, call.region, "ram-invitation")[identifier] = invitation
    return made


@operation("ram", "EnableSharingWithAwsOrganization")
def enable_sharing(call):
    organization, _ = moto_side.organization_accounts(call.account)
    if organization is None:
        raise AwsError("OperationNotPermittedException", "The account is in no organization.")
    call.world.organization_sharing.add("organization")
    moto_side.trust(call, "ram.amazonaws.com")
    return {"returnValue": True}


@operation("ram", "CreateResourceShare")
def create(call):
    arn = f"arn:aws:ram:{call.region}:{call.account}:resource-share/{uuid.uuid4()}"
    allow = call.params.get("allowExternalPrincipals")
    configuration = call.params.get("resourceShareConfiguration") or {}
    share = call.new(
        "ram-share",
        arn,
        resourceShareArn=arn,
        name=call.params["name"],
        owningAccountId=call.account,
        allowExternalPrincipals=True if allow is None else allow,
        creationTime=now(),
        lastUpdatedTime=now(),
        featureSet="STANDARD",
        tags=[{"key": t["key"], "value": t.get("value") or ""} for t in call.params.get("tags") or []],
        _permissions=[check_permission(p) for p in call.params.get("permissionArns") or []],
    )
    if "retainSharingOnAccountLeaveOrganization" in configuration:
        share["resourceShareConfiguration"] = dict(configuration)
    share.passes("status", "PENDING", "ACTIVE")
    resources, principals = call.params.get("resourceArns") or [], call.params.get("principals") or []
    if resources or principals:
        associate(call, share, resources, principals)
    return {"resourceShare": share.shown()}


def check_permission(arn):
    if not re.match(r"^arn:[a-z-]+:ram::(aws|\d{12}):permission/.+$", arn):
        raise AwsError("MalformedArnException", f"The specified permission ARN {arn} is not valid.")
    return arn


@operation("ram", "GetResourceShares")
def describe(call):
    owner, arns = call.params["resourceOwner"], call.params.get("resourceShareArns")
    found = listed(call.table("ram-share")) if owner == "SELF" else list(shares_for(call.world, call.account))
    if arns and not any(s["resourceShareArn"] in arns for s in found):
        raise AwsError("UnknownResourceException", f"ResourceShare {arns[0]} could not be found.")
    name, status = call.params.get("name"), call.params.get("resourceShareStatus")
    found = [
        s
        for s in found
        if (not arns or s["resourceShareArn"] in arns) and name in (None, s["name"]) and status in (None, s["status"])
    ]
    for wanted in call.params.get("tagFilters") or []:
        key, values = wanted["tagKey"], wanted.get("tagValues")
        found = [s for s in found if any(t["key"] == key and (not values or t["value"] in values) for t in s["tags"])]
    return call.page("resourceShares", found, "nextToken", "maxResults")


@operation("ram", "UpdateResourceShare")
def update(call):
    share = share_of(call, call.params["resourceShareArn"])
    for name in ("name", "allowExternalPrincipals"):
        if call.params.get(name) is not None:
            share[name] = call.params[name]
    return {"resourceShare": share.shown()}


@operation("ram", "DeleteResourceShare")
def delete(call):
    share = share_of(call, call.params["resourceShareArn"])
    for found in of_share(call.world, share["resourceShareArn"]):
        found.gone_after("status", "DISASSOCIATING")
    for invitation in call.world.every("ram-invitation"):
        if invitation["resourceShareArn"] == share["resourceShareArn"] and invitation["status"] == "PENDING":
            invitation["status"] = "EXPIRED"
    share.passes("status", "DELETING", "DELETED")
    return {"returnValue": True}


@operation("ram", "AssociateResourceShare")
def associate_more(call):
    share = share_of(call, call.params["resourceShareArn"])
    made = associate(call, share, call.params.get("resourceArns") or [], call.params.get("principals") or [])
    return {"resourceShareAssociations": [a.shown() for a in made]}


@operation("ram", "DisassociateResourceShare")
def disassociate(call):
    arn = call.params["resourceShareArn"]
    own = arn in call.table("ram-share")
    entities = [*(call.params.get("resourceArns") or []), *(call.params.get("principals") or [])]
    if own:
        share_of(call, arn)
    elif entities != [call.account] or not any(s["resourceShareArn"] == arn for s in shares_for(call.world, call.account)):
        raise AwsError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    found = [a for a in of_share(call.world, arn) if a["associatedEntity"] in entities and a["status"] in LIVING]
    if len(found) != len(entities):
        raise AwsError("UnknownResourceException", "The association could not be found.")
    for association_ in found:
        association_.gone_after("status", "DISASSOCIATING", "DISASSOCIATED")
    return {"resourceShareAssociations": [a.shown() for a in found]}


@operation("ram", "GetResourceShareAssociations")
def associations(call):
    kind, arns = call.params["associationType"], call.params.get("resourceShareArns")
    own = set(call.table("ram-share"))
    for arn in arns or []:
        if arn not in own:
            raise AwsError("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    entity = call.params.get("resourceArn") or call.params.get("principal")
    status = call.params.get("associationStatus")
    found = [
        a
        for a in listed(call.table("ram-association"))
        if a["associationType"] == kind
        and (not arns or a["resourceShareArn"] in arns)
        and entity in (None, a["associatedEntity"])
        and status in (None, a["status"])
    ]
    return call.page("resourceShareAssociations", found, "nextToken", "maxResults")


@operation("ram", "GetResourceShareInvitations")
def invitations(call):
    arns, shares = call.params.get("resourceShareInvitationArns"), call.params.get("resourceShareArns")
    found = [
        i
        for i in call.table("ram-invitation").values()
        if (not arns or i["resourceShareInvitationArn"] in arns) and (not shares or i["resourceShareArn"] in shares)
    ]
    if arns and not found:
        raise AwsError("ResourceShareInvitationArnNotFoundException", f"{arns[0]} could not be found.")
    return call.page("resourceShareInvitations", found, "nextToken", "maxResults")


@operation("ram", "AcceptResourceShareInvitation")
def accept(call):
    arn = call.params["resourceShareInvitationArn"]
    invitation = call.table("ram-invitation").get(arn)
    if invitation is None:
        raise AwsError("ResourceShareInvitationArnNotFoundException", f"{arn} could not be found.")
    if invitation["status"] != "PENDING":
        codes = {"ACCEPTED": "AlreadyAccepted", "REJECTED": "AlreadyRejected", "EXPIRED": "Expired"}
        code = f"ResourceShareInvitation{codes[invitation['status']]}Exception"
        raise AwsError(code, f"{arn} is {invitation['status']}.")
    invitation["status"] = "ACCEPTED"
    for found in of_share(call.world, invitation["resourceShareArn"], "PRINCIPAL"):
        if found["associatedEntity"] == call.account:
            found.passes("status", "ASSOCIATED")
    return {"resourceShareInvitation": invitation.shown()}


@operation("ram", "ListResources")
def resources(call):
    arns = call.params.get("resourceShareArns")
    if call.params["resourceOwner"] == "SELF":
        shares = {arn for arn, s in call.table("ram-share").items() if s["status"] == "ACTIVE"}
    else:
        shares = {s["resourceShareArn"] for s in shares_for(call.world, call.account)}
    found = [
        {"arn": a["associatedEntity"], "resourceShareArn": share, "status": "AVAILABLE", "type": kind_of(a)}
        for share in sorted(shares)
        if not arns or share in arns
        for a in of_share(call.world, share, "RESOURCE")
        if a["status"] == "ASSOCIATED"
    ]
    return call.page("resources", found, "nextToken", "maxResults")


def kind_of(association_):
    return {"transit-gateway": "ec2:TransitGateway", "subnet": "ec2:Subnet", "prefix-list": "ec2:PrefixList"}[
        ARN.match(association_["associatedEntity"]).group(4)
    ]


@operation("ram", "ListResourceSharePermissions")
def permissions(call):
    share = share_of(call, call.params["resourceShareArn"])
    found = [{"arn": p, "name": p.rsplit("/", 1)[-1], "status": "ASSOCIATED"} for p in share["_permissions"]]
    return call.page("permissions", found, "nextToken", "maxResults")


@operation("ram", "AssociateResourceSharePermission")
def associate_permission(call):
    share, arn = share_of(call, call.params["resourceShareArn"]), check_permission(call.params["permissionArn"])
    if call.params.get("replace"):
        kind = arn.rsplit("/", 1)[-1]
        share["_permissions"] = [p for p in share["_permissions"] if p.rsplit("/", 1)[-1] == kind]
    if arn in share["_permissions"]:
        raise AwsError("InvalidParameterException", f"{arn} is associated already.")
    share["_permissions"].append(arn)
    return {"returnValue": True}


@operation("ram", "DisassociateResourceSharePermission")
def disassociate_permission(call):
    share, arn = share_of(call, call.params["resourceShareArn"]), call.params["permissionArn"]
    if arn not in share["_permissions"]:
        raise AwsError("UnknownResourceException", f"{arn} could not be found.")
    share["_permissions"].remove(arn)
    return {"returnValue": True}


@operation("ram", "TagResource")
def tag(call):
    share = share_of(call, call.params.get("resourceShareArn") or call.params["resourceArn"])
    pairs = {t["key"]: t["value"] for t in share["tags"]}
    pairs.update({t["key"]: t.get("value") or "" for t in call.params["tags"]})
    share["tags"] = [{"key": k, "value": v} for k, v in pairs.items()]
    return {}


@operation("ram", "UntagResource")
def untag(call):
    share = share_of(call, call.params.get("resourceShareArn") or call.params["resourceArn"])
    share["tags"] = [t for t in share["tags"] if t["key"] not in call.params["tagKeys"]]
    return {}
