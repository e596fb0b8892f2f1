variables {
  pools = {
    aws    = { ranges = ["10.0.0.0/16", "10.1.0.0/16"] }
    google = { ranges = ["10.2.0.0/16"] }
  }
  services = [
    { name = "orders", pool = "aws" },
    { name = "billing", pool = "aws", prefix = 20 },
    { name = "search", pool = "aws", prefix = 21 },
    { name = "games", pool = "google", prefix = 20 },
    { name = "media", pool = "aws", range = 1 },
  ]
  gke = {
    pool         = "10.128.0.0/12"
    master_pool  = "10.3.0.0/24"
    environments = ["dev", "prd"]
  }
  reserved = {
    on-premises = ["172.16.0.0/12", "192.168.0.0/16"]
    office      = ["10.4.0.0/24"]
  }
}

run "ranges_are_packed_in_order" {
  command = plan

  assert {
    condition     = output.services["orders"].range == "10.0.0.0/22"
    error_message = "The first is at the beginning: ${output.services["orders"].range}."
  }
  assert {
    condition     = output.services["billing"].range == "10.0.16.0/20"
    error_message = "A range begins where ranges of its size begin: ${output.services["billing"].range}."
  }
  assert {
    condition     = output.services["search"].range == "10.0.32.0/21"
    error_message = "Then comes the next: ${output.services["search"].range}."
  }
  assert {
    condition     = output.services["games"].range == "10.2.0.0/20" && output.services["media"].range == "10.1.0.0/22"
    error_message = "Pools, and ranges of pools, are apart."
  }
}

run "an_environment_has_its_parts" {
  command = plan

  assert {
    condition = output.gke["prd"] == {
      block    = "10.130.0.0/15"
      pods     = "10.130.0.0/16"
      services = "10.131.0.0/20"
      nodes    = "10.131.16.0/24"
      bastion  = "10.131.17.0/24"
      master   = "10.3.0.16/28"
    }
    error_message = "The ranges of the second environment: ${jsonencode(output.gke["prd"])}."
  }
}

run "what_is_appended_moves_nothing" {
  command = plan

  variables {
    services = concat(
      [for service in var.services : merge(service, { retired = service.name == "billing" })],
      [{ name = "late", pool = "aws" }],
    )
    gke = merge(var.gke, { environments = concat(var.gke.environments, ["stg"]) })
  }

  assert {
    condition = alltrue([
      for name, service in run.ranges_are_packed_in_order.services : output.services[name] == service if name != "billing"
    ])
    error_message = "Services have the ranges that they had."
  }
  assert {
    condition     = !contains(keys(output.services), "billing") && output.services["late"].range == "10.0.40.0/22"
    error_message = "A retired service keeps its place: ${jsonencode(output.services)}."
  }
  assert {
    condition     = output.gke["dev"] == run.an_environment_has_its_parts.gke["dev"] && output.gke["stg"].block == "10.132.0.0/15"
    error_message = "Environments have the ranges that they had."
  }
}

run "everything_is_listed" {
  command = plan

  assert {
    condition     = length(output.ranges) == 5 + 2 * 2 + 3 && contains(values(output.ranges), "10.4.0.0/24")
    error_message = "All that is given out and reserved: ${jsonencode(output.ranges)}."
  }
}
