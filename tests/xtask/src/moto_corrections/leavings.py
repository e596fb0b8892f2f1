"""What goes away with something else: the default network ACL with its VPC; who has a policy, with the policy."""
from moto.ec2.models.vpcs import VPCBackend
from moto.iam.responses import IamResponse

AWS_OWN = "arn:aws:iam::aws:"


def with_network_acl(call):
    def delete_vpc(self, vpc_id):
        vpc = call(self, vpc_id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id and acl.default]:
            del self.network_acls[acl.id]
        return vpc

    return delete_vpc


def of_what_is_there(call):
    def list_entities_for_policy(self):
        arn = self._get_param("PolicyArn")
        if not arn.startswith(AWS_OWN):
            self.backend.get_policy(arn)
        return call(self)

    return list_entities_for_policy


VPCBackend.delete_vpc = with_network_acl(VPCBackend.delete_vpc)
IamResponse.list_entities_for_policy = of_what_is_there(IamResponse.list_entities_for_policy)
