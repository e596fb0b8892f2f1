"""Organizations, where moto is silent or lets pass what AWS refuses: accounts come and go in their own time, names
and e-mail addresses are unique, what is in use stays, and the organization has a policy of its own."""
import secrets

from moto.organizations.models import FakeAccount, FakeServiceAccess, organizations_backends

from .errors import AwsError
from .operations import operation
from .world import READS, State, listed, now


def backend(call):
    """Moto's organization of the management account that calls."""
    for found in organizations_backends[call.account].values():
        if found.org is not None:
            return found
    raise AwsError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")


def unit_exists(found, identifier):
    if identifier not in {unit.id for unit in found.ou}:
        raise AwsError("ParentNotFoundException", "You specified parent that doesn't exist.")


@operation("organizations", "CreateAccount")
def create_account(call):
    return request(call, False)


@operation("organizations", "CreateGovCloudAccount")
def create_govcloud_account(call):
    return request(call, True)


def request(call, govcloud):
    backend(call)
    wanted = call.params.plain()
    identifier = "car-" + secrets.token_hex(16)
    made = call.new(
        "create-account", identifier, Id=identifier, AccountName=wanted["AccountName"], RequestedTimestamp=now(),
        _wanted=wanted, _govcloud=govcloud,
    )
    made.passes("State", "IN_PROGRESS", "DONE")
    finish(call, made)
    return {"CreateAccountStatus": public(made)}


def finish(call, made):
    """What becomes of a request whose time has come."""
    if made["State"] != "DONE":
        return
    found, wanted = backend(call), made["_wanted"]
    made["CompletedTimestamp"] = now()
    if wanted["Email"].lower() in {account.email.lower() for account in found.accounts}:
        made.update(State="FAILED", FailureReason="EMAIL_ALREADY_EXISTS")
    else:
        found.create_account(**{k: v for k, v in wanted.items() if k != "IamUserAccessToBilling"})
        made.update(State="SUCCEEDED", AccountId=found.accounts[-1].id)
        if made["_govcloud"]:
            made["GovCloudAccountId"] = "9" + found.accounts[-1].id[1:]


def public(made):
    return {name: value for name, value in made.items() if not name.startswith("_")}


def looked_at(call, made):
    shown = public(made.shown())
    finish(call, made)
    return shown


@operation("organizations", "DescribeCreateAccountStatus")
def describe_status(call):
    made = call.table("create-account").get(call.params["CreateAccountRequestId"])
    if made is None:
        raise AwsError("CreateAccountStatusNotFoundException", "We can't find a create account request with that id.")
    return {"CreateAccountStatus": looked_at(call, made)}


@operation("organizations", "ListCreateAccountStatus")
def list_statuses(call):
    states = call.params.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    shown = [looked_at(call, made) for made in listed(call.table("create-account"))]
    return call.page("CreateAccountStatuses", [s for s in shown if s["State"] in states])


@operation("organizations", "CloseAccount")
def close_account(call):
    found, identifier = backend(call), call.params["AccountId"]
    account = found.get_account_by_id(identifier) if identifier in {a.id for a in found.accounts} else None
    if account is None:
        raise AwsError("AccountNotFoundException", "You specified an account that doesn't exist.")
    if account.state != "ACTIVE":
        raise AwsError("AccountAlreadyClosedException", "You attempted to close an account that is already closed.")
    account.status = account.state = "PENDING_CLOSURE"
    account.looks = READS
    return {}


def install():
    """Lets accounts that are being closed be closed after some looks, and IAM be trusted, which moto does not know."""
    FakeServiceAccess.TRUSTED_SERVICES.append("iam.amazonaws.com")
    describe = FakeAccount.describe

    def described(self):
        shown = describe(self)
        if self.state == "PENDING_CLOSURE":
            self.looks -= 1
            if self.looks < 0:
                self.status, self.state = "SUSPENDED", "CLOSED"
                shown = describe(self)
        return shown

    FakeAccount.describe = described


@operation("organizations", "CreateOrganizationalUnit")
def create_unit(call):
    found, wanted = backend(call), call.params.plain()
    unit_exists(found, wanted["ParentId"])
    if any(unit.parent_id == wanted["ParentId"] and unit.name == wanted["Name"] for unit in found.ou):
        raise AwsError("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")
    return found.create_organizational_unit(**wanted)


@operation("organizations", "DeleteOrganizationalUnit")
def delete_unit(call):
    found, identifier = backend(call), call.params["OrganizationalUnitId"]
    inside = [a for a in found.accounts if a.parent_id == identifier] + [u for u in found.ou if u.parent_id == identifier]
    if inside:
        text = "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs."
        raise AwsError("OrganizationalUnitNotEmptyException", text)
    if identifier not in {unit.id for unit in found.ou}:
        raise AwsError("OrganizationalUnitNotFoundException", "You specified an OU that doesn't exist.")
    found.delete_organizational_unit(OrganizationalUnitId=identifier)
    return {}


@operation("organizations", "AttachPolicy")
def attach(call):
    found, wanted = backend(call), call.params.plain()
    policy = next((p for p in found.policies if p.id == wanted["PolicyId"]), None)
    if policy is None:
        raise AwsError("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")
    enabled = {kind["Type"] for unit in found.ou for kind in getattr(unit, "policy_types", [])}
    if policy.type not in enabled:
        raise AwsError("PolicyTypeNotEnabledException", f"The policy type {policy.type} is not enabled for the root.")
    targets = {thing.id for thing in [*found.ou, *found.accounts]}
    if wanted["TargetId"] not in targets:
        raise AwsError("TargetNotFoundException", "We can't find a root, OU, or account with that TargetId.")
    if wanted["TargetId"] in {thing.id for thing in policy.attachments}:
        raise AwsError("DuplicatePolicyAttachmentException", "The selected policy is already attached to the target.")
    found.attach_policy(**wanted)
    return {}


def resource_policy(call):
    made = call.table("resource-policy").get("policy")
    if made is None:
        raise AwsError("ResourcePolicyNotFoundException", "We can't find a resource policy for your organization.")
    return made


def shown_policy(call, made):
    identifier = made["id"]
    organization = backend(call).org
    arn = f"arn:aws:organizations::{call.account}:resourcepolicy/{organization.id}/{identifier}"
    return {"ResourcePolicy": {"ResourcePolicySummary": {"Id": identifier, "Arn": arn}, "Content": made["content"]}}


@operation("organizations", "PutResourcePolicy")
def put_policy(call):
    table, tags = call.table("resource-policy"), call.params.plain().get("Tags") or []
    if "policy" not in table:
        table["policy"] = State(id="rp-" + secrets.token_hex(8), tags={t["Key"]: t["Value"] for t in tags})
    elif tags:
        raise AwsError("InvalidInputException", "Tags can only be given when the policy is created.")
    table["policy"]["content"] = call.params["Content"]
    return shown_policy(call, table["policy"])


@operation("organizations", "DescribeResourcePolicy")
def describe_policy(call):
    backend(call)
    return shown_policy(call, resource_policy(call))


@operation("organizations", "DeleteResourcePolicy")
def delete_policy(call):
    resource_policy(call)
    del call.table("resource-policy")["policy"]
    return {}


def own_policy(call):
    """The policy, if the call is about its tags: those of others are moto's."""
    made = call.table("resource-policy").get("policy")
    identifier = call.params["ResourceId"]
    if identifier.startswith("rp-") and (made is None or made["id"] != identifier):
        raise AwsError("TargetNotFoundException", "We can't find a root, OU, account or policy with that id.")
    return made if identifier.startswith("rp-") else None


@operation("organizations", "ListTagsForResource")
def list_tags(call):
    made = own_policy(call)
    if made is None:
        return backend(call).list_tags_for_resource(ResourceId=call.params["ResourceId"])
    return call.page("Tags", [{"Key": k, "Value": v} for k, v in made["tags"].items()])


@operation("organizations", "TagResource")
def tag(call):
    made, tags = own_policy(call), call.params.plain()["Tags"]
    if made is None:
        backend(call).tag_resource(ResourceId=call.params["ResourceId"], Tags=tags)
    else:
        made["tags"].update({t["Key"]: t["Value"] for t in tags})
    return {}


@operation("organizations", "UntagResource")
def untag(call):
    made, keys = own_policy(call), call.params["TagKeys"]
    if made is None:
        backend(call).untag_resource(ResourceId=call.params["ResourceId"], TagKeys=keys)
    else:
        made["tags"] = {k: v for k, v in made["tags"].items() if k not in keys}
    return {}


@operation("organizations", "EnableAllFeatures")
def enable_all_features(call):
    """Asks the owners of invited accounts, of which there are none, so that the management account has the last word."""
    found = backend(call).org
    if found.feature_set == "ALL":
        raise AwsError("HandshakeConstraintViolationException", "All features are enabled in the organization.")
    table = call.table("handshake")
    if any(made["State"] == "OPEN" for made in table.values()):
        raise AwsError("DuplicateHandshakeException", "A handshake with the same action already exists.")
    identifier = "h-" + secrets.token_hex(8)
    arn = f"arn:aws:organizations::{call.account}:handshake/{found.id}/enable_all_features/{identifier}"
    return {"Handshake": call.new("handshake", identifier, Id=identifier, Arn=arn, State="OPEN", Action="ENABLE_ALL_FEATURES")}


@operation("organizations", "AcceptHandshake")
def accept_handshake(call):
    made = call.table("handshake").get(call.params["HandshakeId"])
    if made is None:
        raise AwsError("HandshakeNotFoundException", "We can't find a handshake with the HandshakeId that you specified.")
    if made["State"] != "OPEN":
        raise AwsError("InvalidHandshakeTransitionException", "The handshake is not open.")
    made["State"] = "ACCEPTED"
    backend(call).org.feature_set = "ALL"
    return {"Handshake": made}


@operation("organizations", "ListHandshakesForOrganization")
def list_handshakes(call):
    call.params.get("Filter")
    return call.page("Handshakes", listed(call.table("handshake")))
