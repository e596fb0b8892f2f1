# The nodes' own account may write logs and measurements and read images, and nothing else.
resource "google_service_account" "nodes" {
  count = var.service_account == null ? 1 : 0

  project      = var.project
  account_id   = substr("gke-${var.name}", 0, 30)
  display_name = "Nodes of ${var.name}"
}

resource "google_project_iam_member" "nodes" {
  for_each = var.service_account == null ? toset(["roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"]) : []

  project = var.project
  role    = each.key
  member  = google_service_account.nodes[0].member
}

locals {
  account = var.service_account == null ? google_service_account.nodes[0].email : var.service_account
}

resource "google_container_cluster" "this" {
  project             = var.project
  name                = var.name
  location            = var.location
  network             = var.network
  subnetwork          = var.subnetwork
  deletion_protection = var.deletion_protection
  resource_labels     = var.labels

  # The pool that each cluster begins with goes at once: those below can be changed without touching the cluster.
  initial_node_count       = 1
  remove_default_node_pool = true

  ip_allocation_policy {
    cluster_secondary_range_name  = var.pods_range
    services_secondary_range_name = var.services_range
  }

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = true
    master_ipv4_cidr_block  = var.ranges.master
  }

  master_authorized_networks_config {
    cidr_blocks {
      display_name = "bastion"
      cidr_block   = var.ranges.bastion
    }
  }

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }

  release_channel {
    channel = var.release_channel
  }

  workload_identity_config {
    workload_pool = "${var.project}.svc.id.goog"
  }

  logging_config {
    enable_components = ["SYSTEM_COMPONENTS", "WORKLOADS"]
  }

  monitoring_config {
    enable_components = ["SYSTEM_COMPONENTS"]
    managed_prometheus {
      enabled = true
    }
  }

  maintenance_policy {
    recurring_window {
      start_time = var.maintenance.start
      end_time   = var.maintenance.end
      recurrence = var.maintenance.recurrence
    }
  }

  node_config {
    service_account = local.account
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    tags            = var.tags
  }
}

resource "google_container_node_pool" "this" {
  for_each = var.node_pools

  project    = var.project
  location   = var.location
  cluster    = google_container_cluster.this.name
  name       = each.key
  node_count = each.value.most == null ? each.value.nodes : null

  initial_node_count = each.value.most == null ? null : each.value.nodes

  dynamic "autoscaling" {
    for_each = each.value.most == null ? [] : [each.value]
    content {
      min_node_count = autoscaling.value.nodes
      max_node_count = autoscaling.value.most
    }
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  upgrade_settings {
    max_surge       = 1
    max_unavailable = 0
  }

  node_config {
    machine_type    = each.value.machine
    disk_size_gb    = each.value.disk_gb
    spot            = each.value.spot
    labels          = merge({ pool = each.key }, each.value.labels)
    resource_labels = var.labels
    tags            = var.tags
    service_account = local.account
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]

    dynamic "taint" {
      for_each = each.value.taints
      content {
        key    = taint.value.key
        value  = taint.value.value
        effect = taint.value.effect
      }
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }
}
