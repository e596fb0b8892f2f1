"""Rules of security groups by other peers than networks: what makes two the same, and their descriptions."""
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupBackend, SecurityGroupRule

make = SecurityGroupRule.__init__


def make_rule(self, *args, **others):
    make(self, *args, **others)
    listed = others.get("prefix_list_id", args[7] if len(args) > 7 else None) or {}
    self.list_description = listed.get("Description")


def peer(rule):
    return rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, rule.source_group.get("GroupId")


def same(self, other):
    ports = lambda rule: None if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)  # noqa: E731
    return (self.ip_protocol, ports(self), peer(self)) == (other.ip_protocol, ports(other), peer(other))


def description(self):
    return self.list_description if self.prefix_list_id else (self.source_group or self.ip_range).get("Description")


def describe(rule, text):
    """Another description, or none."""
    if rule.prefix_list_id:
        rule.list_description = text
        return
    held = rule.source_group or rule.ip_range
    held.pop("Description", None)
    if text:
        held["Description"] = text


def flattened(call):
    def flattened_rules(self, rules):
        views = call(self, rules)
        for view in views:
            for told in view.prefix_list_ids:
                key = (view.from_port, view.to_port, view.ip_protocol, told["PrefixListId"])
                of = [r for r in rules if (r.from_port, r.to_port, r.ip_protocol, r.prefix_list_id) == key]
                if of and of[0].list_description:
                    told["Description"] = of[0].list_description
        return views

    return flattened_rules


def modify(call):
    def modify_rules(self, group_id, rules):
        call(self, group_id, rules)
        group = self.get_security_group_by_name_or_id(group_id)
        for identifier, wanted in rules.items():
            rule = group and group.get_rule(identifier)
            if rule is not None and not rule.cidr_ipv4 and not rule.cidr_ipv6:
                # Moto takes every rule for one of a network.
                rule.ip_range = {}
                describe(rule, wanted.get("Description"))

    return modify_rules


SecurityGroupRule.__init__ = make_rule
SecurityGroupRule.__eq__ = same
SecurityGroupRule.description = property(description)
SecurityGroup._flattened_rules = flattened(SecurityGroup._flattened_rules)
SecurityGroupBackend._sg_update_description = lambda self, asked, rule: describe(rule, asked.description)
SecurityGroupBackend.modify_security_group_rules = modify(SecurityGroupBackend.modify_security_group_rules)
