module "cluster" {
  source   = "../../modules/google/gke-private-cluster"
  for_each = var.clusters

  name                = each.key
  project             = module.service[each.value.environment].project_id
  location            = var.region
  network             = module.network.subnets[each.key].network
  subnetwork          = module.network.subnets[each.key].self_link
  ranges              = module.addresses.gke[each.key]
  release_channel     = each.value.channel
  tags                = ["gke"]
  node_pools          = { workers = { nodes = 1, most = each.value.most } }
  deletion_protection = var.deletion_protection
}

output "clusters" {
  description = "The internal addresses of the control planes, and their versions."
  value       = { for name, cluster in module.cluster : name => { endpoint = cluster.endpoint, version = cluster.version } }
}

output "audit" {
  description = "Where the logs are kept: a bucket and a dataset."
  value       = { archive = module.audit.archive, dataset = module.audit.dataset }
}
