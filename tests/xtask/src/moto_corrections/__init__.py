"""What moto forgets, has no call for or refuses, as AWS's documentation has it, by the services' models of botocore.

Each module changes moto's classes when it is imported; together they stand for all."""
from . import buckets, directory_buckets, identity, logs  # noqa: F401
from . import machines, nat_gateways, networks, security_groups, subnet_groups  # noqa: F401
