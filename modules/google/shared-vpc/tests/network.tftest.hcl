mock_provider "google" {}

variables {
  project_id = "network-host"
  networks   = { hub = {}, lab = { routing_mode = "REGIONAL", default_route = false } }
  subnets = {
    shop = { network = "hub", region = "europe-west1", range = "10.16.0.0/22" }
    platform = {
      network          = "hub"
      region           = "europe-west1"
      range            = "10.129.16.0/24"
      secondary_ranges = { pods = "10.128.0.0/16", services = "10.129.0.0/20" }
      flow_logs        = true
    }
  }
  routes = { plant = { network = "hub", range = "192.168.0.0/16", next_hop_ip = "10.16.0.2" } }
  firewall_rules = {
    ssh    = { network = "hub", ports = { tcp = ["22"] }, ranges = ["35.235.240.0/20"], target_tags = ["bastion"] }
    no-lab = { network = "lab", action = "deny", direction = "EGRESS", ranges = ["0.0.0.0/0"], log = true }
  }
  nats = { out = { network = "hub", region = "europe-west1" } }
}

run "a_project_that_exists" {
  command = plan

  assert {
    condition     = length(google_project.this) == 0 && google_compute_shared_vpc_host_project.this.project == "network-host"
    error_message = "The project becomes a host."
  }
  assert {
    condition     = google_compute_network.this["lab"].delete_default_routes_on_create && !google_compute_network.this["hub"].delete_default_routes_on_create
    error_message = "Only the laboratory has no way to the internet."
  }
  assert {
    condition     = google_compute_subnetwork.this["platform"].secondary_ip_range[0].range_name == "pods" && length(google_compute_subnetwork.this["platform"].log_config) == 1
    error_message = "A subnet has its named ranges."
  }
  assert {
    condition     = google_compute_firewall.this["ssh"].source_ranges == toset(["35.235.240.0/20"]) && one(google_compute_firewall.this["ssh"].allow).protocol == "tcp"
    error_message = "What comes in is told by where it is from."
  }
  assert {
    condition     = google_compute_firewall.this["no-lab"].destination_ranges == toset(["0.0.0.0/0"]) && one(google_compute_firewall.this["no-lab"].deny).protocol == "all"
    error_message = "What goes out is told by where it goes."
  }
}

run "a_project_that_is_made" {
  command = plan
  variables {
    parent          = "folders/5678"
    billing_account = "012345-6789AB-CDEF01"
  }
  assert {
    condition     = google_project.this[0].folder_id == "5678" && google_project.this[0].org_id == null && google_project.this[0].deletion_policy == "PREVENT"
    error_message = "It is made in the folder, and protected."
  }
}

run "a_subnet_of_no_network" {
  command = plan
  variables {
    subnets = { lost = { network = "hull", region = "europe-west1", range = "10.16.0.0/22" } }
  }
  expect_failures = [google_compute_subnetwork.this]
}

run "a_route_to_two_places" {
  command = plan
  variables {
    routes = { plant = { network = "hub", range = "192.168.0.0/16", next_hop_ip = "10.16.0.2", next_hop_gateway = "default-internet-gateway" } }
  }
  expect_failures = [var.routes]
}

run "a_rule_from_nowhere" {
  command = plan
  variables {
    firewall_rules = { open = { network = "hub" } }
  }
  expect_failures = [var.firewall_rules]
}

run "a_parent_that_is_none" {
  command = plan
  variables {
    parent = "projects/shop"
  }
  expect_failures = [var.parent]
}
