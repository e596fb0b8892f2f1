"""Policies of all kinds that the service's model has."""
from moto.core.utils import get_service_model
from moto.organizations.models import FakePolicy, FakeRoot

KINDS = get_service_model("organizations").shape_for("PolicyType").enum


def of_any_kind(call):
    def policy(self, organization, **arguments):
        try:
            call(self, organization, **arguments)
        except NotImplementedError:
            self._arn_format = "arn:{0}:organizations::{1}:policy/{2}/" + self.type.lower() + "/{3}"

    return policy


FakePolicy.SUPPORTED_POLICY_TYPES = FakeRoot.SUPPORTED_POLICY_TYPES = KINDS
FakePolicy.__init__ = of_any_kind(FakePolicy.__init__)
