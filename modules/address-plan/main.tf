# Ranges are packed in the order of the lists, so that what is appended changes nothing that was given out before.

locals {
  prefix_of = { for name, pool in var.pools : name => [for range in pool.ranges : tonumber(split("/", range)[1])] }

  # The services of each range of each pool, in order.
  packed = merge([
    for name, pool in var.pools : {
      for position, range in pool.ranges : "${name}/${position}" => {
        names = [for service in var.services : service.name if service.pool == name && service.range == position]
        cidrs = cidrsubnets(range, [
          for service in var.services : service.prefix - local.prefix_of[name][position]
          if service.pool == name && service.range == position
        ]...)
      }
    }
  ]...)

  service_ranges = merge([for packed in values(local.packed) : zipmap(packed.names, packed.cidrs)]...)

  environments = {
    for position, name in var.gke.environments : name => merge(
      zipmap(
        ["pods", "services", "nodes", "bastion"],
        cidrsubnets(cidrsubnet(var.gke.pool, 15 - tonumber(split("/", var.gke.pool)[1]), position), 1, 5, 9, 9),
      ),
      {
        block  = cidrsubnet(var.gke.pool, 15 - tonumber(split("/", var.gke.pool)[1]), position)
        master = cidrsubnet(var.gke.master_pool, 28 - tonumber(split("/", var.gke.master_pool)[1]), position)
      },
    )
  }

  unplaced = [for service in var.services : service.name if !contains(keys(local.service_ranges), service.name)]

  # Everything that must be apart from everything else. What is within an environment's /15 is apart by its making.
  claims = concat(
    [for name, range in local.service_ranges : { who = "service ${name}", range = range }],
    flatten([for name, env in local.environments : [
      for part in ["block", "master"] : { who = "GKE environment ${name} (${part})", range = env[part] }
    ]]),
    flatten([for name, ranges in var.reserved : [for range in ranges : { who = "reserved for ${name}", range = range }]]),
  )

  # First and last address of each as numbers.
  bounds = [
    for claim in local.claims : {
      who   = claim.who
      range = claim.range
      first = sum([for position, octet in split(".", cidrhost(claim.range, 0)) : tonumber(octet) * pow(256, 3 - position)])
      last = (
        sum([for position, octet in split(".", cidrhost(claim.range, 0)) : tonumber(octet) * pow(256, 3 - position)])
        + pow(2, 32 - tonumber(split("/", claim.range)[1])) - 1
      )
    }
  ]

  overlaps = flatten([
    for i, a in local.bounds : [
      for j, b in local.bounds : "${a.who} ${a.range} and ${b.who} ${b.range}"
      if i < j && a.first <= b.last && b.first <= a.last
    ]
  ])
}
