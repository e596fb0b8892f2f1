"""What moto forgets, has no call for or refuses, as AWS's documentation has it, by the services' models of botocore.

Each module changes moto's classes when it is imported; together they stand for all."""
from . import bucket_owners, buckets, directory_buckets, flow_logs, identity, key_stores, logs  # noqa: F401
from . import machines, nat_gateways, networks, organizations, security_groups, subnet_groups  # noqa: F401
from . import subscriptions, tagged_identity, watching  # noqa: F401
