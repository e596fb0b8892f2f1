output "services" {
  description = "The range of each service that is not retired, and the pool it is from."
  value = {
    for service in var.services : service.name => {
      range = local.service_ranges[service.name]
      pool  = service.pool
    } if !service.retired && contains(keys(local.service_ranges), service.name)
  }

  precondition {
    condition     = length(local.unplaced) == 0
    error_message = "These services name a pool, or a range of it, that does not exist: ${join(", ", local.unplaced)}."
  }
  precondition {
    condition     = length(local.overlaps) == 0
    error_message = "These ranges overlap:\n- ${join("\n- ", local.overlaps)}"
  }
}

output "gke" {
  description = "The ranges of each GKE environment: block (/15) with pods (/16), services (/20), nodes (/24) and bastion (/24), and outside of it master (/28)."
  value       = local.environments

  precondition {
    condition     = length(local.overlaps) == 0
    error_message = "These ranges overlap:\n- ${join("\n- ", local.overlaps)}"
  }
}

output "ranges" {
  description = "Every range that is given out or reserved, by what it is for: to be reserved by another address plan, or to be looked at."
  value       = { for claim in local.claims : "${claim.who} ${claim.range}" => claim.range }
}
