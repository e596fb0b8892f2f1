"""What moto forgets, has no call for or refuses, as AWS's documentation has it, by the services' models of botocore.

Each module changes moto's classes when it is imported; together they stand for all."""
from . import bucket_owners, buckets, directory_buckets, identity, logs  # noqa: F401
from . import machines, nat_gateways, networks, organizations, seldom, security_groups  # noqa: F401
from . import subnet_groups, tagged_identity, watching  # noqa: F401
