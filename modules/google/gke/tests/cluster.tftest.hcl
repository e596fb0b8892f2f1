mock_provider "google" {}

variables {
  name                = "blue"
  project             = "service-project"
  location            = "europe-west1"
  network             = "projects/host-project/global/networks/hub"
  subnetwork          = "projects/host-project/regions/europe-west1/subnetworks/platform"
  pods_range          = "pods"
  services_range      = "services"
  control_plane_range = "172.16.0.0/28"
  clients             = { bastion = "10.0.255.0/28" }
  tags                = ["gke"]
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
    condition     = [for block in google_container_cluster.this.master_authorized_networks_config[0].cidr_blocks : block.cidr_block] == ["10.0.255.0/28"]
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
    clients = { all = "0.0.0.0/0" }
  }
  expect_failures = [var.clients]
}

run "a_range_that_is_no_28" {
  command = plan
  variables {
    control_plane_range = "172.16.0.0/24"
  }
  expect_failures = [var.control_plane_range]
}
