mock_provider "google" {}

variables {
  name       = "blue"
  project    = "service-project"
  location   = "europe-west1"
  network    = "projects/host-project/global/networks/hub"
  subnetwork = "projects/host-project/regions/europe-west1/subnetworks/platform"
  tags       = ["gke"]
  ranges = {
    nodes    = "10.129.16.0/24"
    pods     = "10.128.0.0/16"
    services = "10.129.0.0/20"
    bastion  = "10.129.17.0/24"
    master   = "172.16.0.0/28"
  }
  node_pools = {
    workers = { nodes = 1, most = 5 }
    batch   = { nodes = 2, spot = true, taints = [{ key = "batch", value = "true", effect = "NO_SCHEDULE" }] }
  }
}

run "private" {
  command = plan

  assert {
    condition     = google_container_cluster.this.private_cluster_config[0].enable_private_endpoint && google_container_cluster.this.private_cluster_config[0].enable_private_nodes
    error_message = "Control plane and nodes have internal addresses only."
  }
  assert {
    condition     = [for block in google_container_cluster.this.master_authorized_networks_config[0].cidr_blocks : block.cidr_block] == ["10.129.17.0/24"]
    error_message = "Only the bastion reaches the control plane."
  }
  assert {
    condition     = !google_container_cluster.this.master_auth[0].client_certificate_config[0].issue_client_certificate
    error_message = "There is no client certificate."
  }
  assert {
    condition     = google_container_cluster.this.ip_allocation_policy[0].cluster_secondary_range_name == "pods"
    error_message = "Pods are in the named range."
  }
  assert {
    condition     = google_container_node_pool.this["batch"].node_count == 2 && length(google_container_node_pool.this["batch"].autoscaling) == 0
    error_message = "A pool without `most` has its number of nodes."
  }
  assert {
    condition     = google_container_node_pool.this["workers"].autoscaling[0].max_node_count == 5
    error_message = "A pool with `most` grows."
  }
  assert {
    condition     = google_container_node_pool.this["workers"].node_config[0].tags == tolist(["gke"])
    error_message = "Nodes have the network tags."
  }
}

run "an_account_of_ones_own" {
  command = plan
  variables {
    service_account = "nodes@service-project.iam.gserviceaccount.com"
  }
  assert {
    condition     = length(google_service_account.nodes) == 0 && output.service_account == "nodes@service-project.iam.gserviceaccount.com"
    error_message = "No other account is made."
  }
}

run "a_control_plane_for_everybody" {
  command = plan
  variables {
    ranges = merge(var.ranges, { bastion = "0.0.0.0/0" })
  }
  expect_failures = [var.ranges]
}

run "a_range_that_is_no_28" {
  command = plan
  variables {
    ranges = merge(var.ranges, { master = "172.16.0.0/24" })
  }
  expect_failures = [var.ranges]
}

run "pods_of_another_environment" {
  command = plan
  variables {
    ranges = merge(var.ranges, { pods = "10.130.0.0/16" })
  }
  expect_failures = [var.ranges]
}

run "a_control_plane_within" {
  command = plan
  variables {
    ranges = merge(var.ranges, { master = "10.129.18.0/28" })
  }
  expect_failures = [var.ranges]
}
