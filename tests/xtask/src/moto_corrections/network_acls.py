"""Rules of network ACLs with ICMP's types and codes, and those that are not there; the lease of IPv6 addresses among DHCP options."""
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses.dhcp_options import DHCPOptions
from moto.ec2.responses.network_acls import NetworkACLs

LEASE = "ipv6-address-preferred-lease-time"
ICMP = ("1", "58")


def entries(self):
    """The rules of the request's ACL, number and direction."""
    acl = self.ec2_backend.get_network_acl(self._get_param("NetworkAclId"))
    wanted = (str(self._get_param("RuleNumber")), bool(self._get_param("Egress")))
    return [e for e in acl.network_acl_entries if (str(e.rule_number), bool(e.egress)) == wanted]


def with_icmp(call):
    def change(self):
        asked = self._get_param("IcmpTypeCode")
        if self._get_param("Protocol") in ICMP and asked is None:
            raise EC2ClientError("InvalidParameterValue", "ICMP's rules have a type and a code.")
        answer = call(self)
        for entry in entries(self):
            entry.icmp_type, entry.icmp_code = (asked or {}).get("Type"), (asked or {}).get("Code")
        return answer

    return change


def only_what_is_there(call):
    def change(self):
        if not entries(self):
            number, acl = self._get_param("RuleNumber"), self._get_param("NetworkAclId")
            raise EC2ClientError("InvalidNetworkAclEntry.NotFound", f"{acl} has no rule {number}.")
        return call(self)

    return change


NetworkACLs.create_network_acl_entry = with_icmp(NetworkACLs.create_network_acl_entry)
NetworkACLs.replace_network_acl_entry = only_what_is_there(with_icmp(NetworkACLs.replace_network_acl_entry))
NetworkACLs.delete_network_acl_entry = only_what_is_there(NetworkACLs.delete_network_acl_entry)


def with_lease(call):
    def create_dhcp_options(self):
        answer = call(self)
        asked = {c["Key"]: c["Values"] for c in self._get_param("DhcpConfigurations", [])}
        made = answer.result["DhcpOptions"]
        self.ec2_backend.dhcp_options_sets[made.id]._options[LEASE] = asked.get(LEASE)
        return answer

    return create_dhcp_options


DHCPOptions.create_dhcp_options = with_lease(DHCPOptions.create_dhcp_options)
