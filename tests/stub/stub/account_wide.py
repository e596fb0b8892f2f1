"""What an account is and may use: its contact, its regions, the tokens of its security token service, and what its
organization lets it do with root users."""
from moto.organizations.models import organizations_backends

from . import moto_side
from .errors import AwsError
from .operations import operation
from .world import State

# Closed until they are opened; the others are open by default.
OPT_IN = {
    "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1",
    "me-south-1", "mx-central-1",
}  # fmt: skip
BY_DEFAULT = {
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
    "us-east-2", "us-west-1", "us-west-2",
}  # fmt: skip


def organization(account):
    """The organization whose management account this is, or that it is a member of."""
    for partitions in organizations_backends.values():
        for found in partitions.values():
            if found.org and account in {a.id for a in found.accounts}:
                return found
    return None


def settings(call):
    """The settings of the account that a call is about: another one's only for its organization's management."""
    account = call.params.get("AccountId") or call.account
    if account != call.account:
        found = organization(call.account)
        if found is None or found.org.master_account_id != call.account or account not in {a.id for a in found.accounts}:
            raise AwsError("AccessDeniedException", "User is not authorized to perform this on another account.", 403)
        if "account.amazonaws.com" not in {s["ServicePrincipal"] for s in found.services}:
            raise AwsError("AccessDeniedException", "The organization does not trust account.amazonaws.com.", 403)
    elif "AccountId" in call.params and organization(call.account):
        raise AwsError("AccessDeniedException", "The management account cannot name itself.", 403)
    return call.world.table(account, "aws-global", "account-wide")


@operation("account", "PutContactInformation")
def put_contact(call):
    wanted = call.params["ContactInformation"].plain()
    if wanted["CountryCode"] == "US" and not wanted.get("StateOrRegion"):
        raise AwsError("ValidationException", "StateOrRegion is needed in the US.")
    settings(call)["contact"] = {name: value for name, value in wanted.items() if value is not None}


@operation("account", "GetContactInformation")
def get_contact(call):
    contact = settings(call).get("contact")
    if contact is None:
        raise AwsError("ResourceNotFoundException", "No contact information found for the account.", 404)
    return {"ContactInformation": contact}


def region(call, name=None):
    name = name or call.params["RegionName"]
    if name in BY_DEFAULT:
        return State(RegionOptStatus="ENABLED_BY_DEFAULT")
    if name not in OPT_IN:
        raise AwsError("ValidationException", f"{name} is no region.")
    return settings(call).setdefault(f"region {name}", State(RegionOptStatus="DISABLED"))


@operation("account", "GetRegionOptStatus")
def region_status(call):
    return {"RegionName": call.params["RegionName"], "RegionOptStatus": region(call).shown()["RegionOptStatus"]}


@operation("account", "ListRegions")
def regions(call):
    wanted = call.params.get("RegionOptStatusContains")
    all_there_are = [
        {"RegionName": name, "RegionOptStatus": region(call, name).shown()["RegionOptStatus"]}
        for name in sorted(BY_DEFAULT | OPT_IN)
    ]
    return call.page("Regions", [r for r in all_there_are if not wanted or r["RegionOptStatus"] in wanted])


def turn_region(name, passing, after):
    @operation("account", name)
    def turn(call):
        found = region(call)
        if found["RegionOptStatus"] == "ENABLED_BY_DEFAULT":
            raise AwsError("ValidationException", "The region is enabled by default.")
        if found["RegionOptStatus"] in ("ENABLING", "DISABLING"):
            raise AwsError("ConflictException", "The region is being changed.", 409)
        if found["RegionOptStatus"] != after:
            found.passes("RegionOptStatus", passing, after)


turn_region("EnableRegion", "ENABLING", "ENABLED")
turn_region("DisableRegion", "DISABLING", "DISABLED")


@operation("iam", "SetSecurityTokenServicePreferences")
def set_tokens(call):
    version = {"v1Token": 1, "v2Token": 2}[call.params["GlobalEndpointTokenVersion"]]
    # Moto tells it, in the summary of an account, and has no call that sets it.
    moto_side.account_summary(call.account)._global_endpoint_token_version = version


def of_root_users(call):
    """The organization and what is on in it; only its management account may ask."""
    found = organization(call.account)
    if found is None:
        raise AwsError("OrganizationNotFoundException", "The account is in no organization.", 404)
    if found.org.master_account_id != call.account:
        raise AwsError("AccountNotManagementOrDelegatedAdministratorException", "The account does not manage its organization.")
    if "iam.amazonaws.com" not in {s["ServicePrincipal"] for s in found.services}:
        raise AwsError("ServiceAccessNotEnabledException", "The organization does not trust iam.amazonaws.com.")
    return found.org.id, call.world.table(call.account, "aws-global", "root-users")


@operation("iam", "ListOrganizationsFeatures")
def features(call):
    identifier, on = of_root_users(call)
    return {"OrganizationId": identifier, "EnabledFeatures": sorted(on)}


def feature(name, calls):
    def turned(on):
        def turn(call):
            identifier, features_on = of_root_users(call)
            if on:
                features_on[name] = True
            else:
                features_on.pop(name, None)
            return {"OrganizationId": identifier, "EnabledFeatures": sorted(features_on)}

        return turn

    operation("iam", f"Enable{calls}")(turned(True))
    operation("iam", f"Disable{calls}")(turned(False))


feature("RootCredentialsManagement", "OrganizationsRootCredentialsManagement")
feature("RootSessions", "OrganizationsRootSessions")
