"""What moto forgets, has no call for or refuses, as AWS's documentation has it, by the services' models of botocore.

Each module changes moto's classes when it is imported; together they stand for all."""
from . import bucket_owners, buckets, directory_buckets, elastic_addresses, filters, flow_logs, identity  # noqa: F401
from . import key_stores, launches, leavings, logs, machines, nat_gateways, network_acls, networks, organizations  # noqa: F401
from . import outposts, places, pools, security_groups, subnet_groups, subscriptions, tagged_identity, watching  # noqa: F401
