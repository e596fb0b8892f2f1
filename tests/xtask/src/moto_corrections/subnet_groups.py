"""Groups of subnets of databases, warehouses and caches: changes of them, and the deletion of the last."""
from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import CacheSubnetGroupNotFound, ElastiCacheException
from moto.elasticache.models import CacheSubnetGroup
from moto.elasticache.responses import ElastiCacheResponse
from moto.rds.models import RDSBackend
from moto.redshift.models import SubnetGroup
from moto.redshift.responses import RedshiftResponse


def modify_database_group(call):
    """Moto takes the group out to change it."""

    def modify_db_subnet_group(self, name, *args):
        changed = call(self, name, *args)
        self.subnet_groups[name] = changed
        return changed

    return modify_db_subnet_group


RDSBackend.modify_db_subnet_group = modify_database_group(RDSBackend.modify_db_subnet_group)


def modify_warehouse_group(self):
    name, description = self._get_param("ClusterSubnetGroupName"), self._get_param("Description")
    [there] = self.redshift_backend.describe_cluster_subnet_groups(name)
    subnets = self._get_param("SubnetIds", [])
    # Refuses subnets that are not there.
    changed = SubnetGroup(there.ec2_backend, name, description or there.description, subnets, self.region)
    there.description, there.subnet_ids = changed.description, changed.subnet_ids
    return ActionResult({"ClusterSubnetGroup": there})


RedshiftResponse.modify_cluster_subnet_group = modify_warehouse_group


def cache_group(self):
    name = self._get_param("CacheSubnetGroupName")
    found = self.elasticache_backend.cache_subnet_groups.get(name)
    if found is None:
        raise CacheSubnetGroupNotFound(name)
    return found


def modify_cache_group(self):
    there, backend = cache_group(self), self.elasticache_backend
    description = self._get_param("CacheSubnetGroupDescription") or there.cache_subnet_group_description
    subnets = self._get_param("SubnetIds") or there.subnet_ids
    name = there.cache_subnet_group_name
    changed = CacheSubnetGroup(backend.account_id, backend.region_name, name, description, subnets, there.tags)
    backend.cache_subnet_groups[name] = changed
    return ActionResult({"CacheSubnetGroup": changed})


def delete_cache_group(self):
    there, backend = cache_group(self), self.elasticache_backend
    users = [c for c in backend.cache_clusters.values() if c.cache_subnet_group_name == there.cache_subnet_group_name]
    if users:
        raise ElastiCacheException("CacheSubnetGroupInUse", f"Cache subnet group {there.cache_subnet_group_name} is in use.")
    del backend.cache_subnet_groups[there.cache_subnet_group_name]
    return EmptyResult()


ElastiCacheResponse.modify_cache_subnet_group = modify_cache_group
ElastiCacheResponse.delete_cache_subnet_group = delete_cache_group
