//! `aws_vpc_security_group_egress_rule`: traffic that may go out from members of a group.

use super::permission_calls::Direction;
use super::vpc_security_group_rule::vpc_security_group_rule;

vpc_security_group_rule!(
    SecurityGroupEgressRule,
    "aws_vpc_security_group_egress_rule",
    Direction::Egress,
    "Provides a rule of a security group for outgoing traffic."
);
