//! `aws_vpc_security_group_ingress_rule`: traffic that may come in to members of a group.

use super::permission_calls::Direction;
use super::vpc_security_group_rule::vpc_security_group_rule;

vpc_security_group_rule!(
    SecurityGroupIngressRule,
    "aws_vpc_security_group_ingress_rule",
    Direction::Ingress,
    "Provides a rule of a security group for incoming traffic."
);
