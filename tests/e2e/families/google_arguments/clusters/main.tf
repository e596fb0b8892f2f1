# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "google" {
  project                         = "host-prj"
  region                          = "europe-west1"
  zone                            = "europe-west1-b"
  add_terraform_attribution_label = false
}

locals {
  stage = 0

  # One block at stages 1 and 2, and whether it is on.
  stages = [[], [true], [false]][local.stage]
}

resource "google_compute_network" "n" {
  name                    = "n"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "s" {
  name          = "s"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.0.0/22"
  dynamic "secondary_ip_range" {
    for_each = { pods = "10.4.0.0/14", more = "10.8.0.0/16", yet = "10.9.0.0/16", services = "10.1.0.0/20", auto = "10.12.0.0/16", names = "10.2.0.0/20" }
    content {
      range_name    = secondary_ip_range.key
      ip_cidr_range = secondary_ip_range.value
    }
  }
}

resource "google_compute_subnetwork" "t" {
  name          = "t"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.4.0/22"
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.20.0.0/16"
  }
}

resource "google_compute_subnetwork" "u" {
  name          = "u"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.8.0/22"
}

resource "google_container_cluster" "c" {
  name                = "c"
  location            = "europe-west1"
  network             = google_compute_network.n.id
  subnetwork          = google_compute_subnetwork.s.id
  initial_node_count  = 1
  description         = "d"
  datapath_provider   = "ADVANCED_DATAPATH"
  deletion_protection = [false, true, false][local.stage]

  disable_l4_lb_firewall_reconciliation    = [null, true, false][local.stage]
  enable_cilium_clusterwide_network_policy = [null, true, false][local.stage]
  enable_fqdn_network_policy               = [null, true, false][local.stage]
  enable_intranode_visibility              = [null, true, false][local.stage]
  enable_l4_ilb_subsetting                 = [null, true, false][local.stage]
  enable_legacy_abac                       = [null, true, false][local.stage]
  enable_shielded_nodes                    = [null, false, true][local.stage]
  in_transit_encryption_config             = [null, "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT", "IN_TRANSIT_ENCRYPTION_DISABLED"][local.stage]
  node_locations                           = [null, ["europe-west1-b", "europe-west1-c"], ["europe-west1-b", "europe-west1-d"]][local.stage]
  private_ipv6_google_access               = [null, "PRIVATE_IPV6_GOOGLE_ACCESS_TO_GOOGLE", "PRIVATE_IPV6_GOOGLE_ACCESS_DISABLED"][local.stage]
  resource_labels                          = [null, { a = "b" }, { c = "d" }][local.stage]

  dynamic "addons_config" {
    for_each = local.stages
    content {
      cloudrun_config {
        disabled           = !addons_config.value
        load_balancer_type = addons_config.value ? "LOAD_BALANCER_TYPE_INTERNAL" : null
      }
      config_connector_config { enabled = addons_config.value }
      dns_cache_config { enabled = addons_config.value }
      gce_persistent_disk_csi_driver_config { enabled = addons_config.value }
      gcp_filestore_csi_driver_config { enabled = addons_config.value }
      gcs_fuse_csi_driver_config { enabled = addons_config.value }
      gke_backup_agent_config { enabled = addons_config.value }
      horizontal_pod_autoscaling { disabled = addons_config.value }
      http_load_balancing { disabled = addons_config.value }
      lustre_csi_driver_config {
        enabled                   = addons_config.value
        enable_legacy_lustre_port = addons_config.value
      }
      network_policy_config { disabled = !addons_config.value }
      parallelstore_csi_driver_config { enabled = addons_config.value }
      ray_operator_config {
        enabled = addons_config.value
        ray_cluster_logging_config { enabled = addons_config.value }
        ray_cluster_monitoring_config { enabled = addons_config.value }
      }
      stateful_ha_config { enabled = addons_config.value }
    }
  }
  dynamic "anonymous_authentication_config" {
    for_each = local.stages
    content { mode = anonymous_authentication_config.value ? "LIMITED" : "ENABLED" }
  }
  dynamic "authenticator_groups_config" {
    for_each = local.stages
    content { security_group = "gke-security-groups@${local.stage}.example.com" }
  }
  dynamic "binary_authorization" {
    for_each = local.stages
    content { evaluation_mode = binary_authorization.value ? "PROJECT_SINGLETON_POLICY_ENFORCE" : "DISABLED" }
  }
  dynamic "cluster_autoscaling" {
    for_each = local.stages
    content {
      enabled                     = cluster_autoscaling.value
      autoscaling_profile         = cluster_autoscaling.value ? "OPTIMIZE_UTILIZATION" : "BALANCED"
      auto_provisioning_locations = cluster_autoscaling.value ? ["europe-west1-b"] : ["europe-west1-c", "europe-west1-d"]
      dynamic "auto_provisioning_defaults" {
        for_each = cluster_autoscaling.value ? [1] : []
        content {
          boot_disk_kms_key = "projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k"
          disk_size         = 50
          disk_type         = "pd-ssd"
          image_type        = "UBUNTU_CONTAINERD"
          min_cpu_platform  = "Intel Skylake"
          oauth_scopes      = ["https://www.googleapis.com/auth/cloud-platform"]
          service_account   = "x@host-prj.iam.gserviceaccount.com"
          management {
            auto_repair  = true
            auto_upgrade = false
          }
          shielded_instance_config {
            enable_integrity_monitoring = false
            enable_secure_boot          = true
          }
          upgrade_settings {
            max_surge       = 2
            max_unavailable = 1
          }
        }
      }
      dynamic "resource_limits" {
        for_each = cluster_autoscaling.value ? ["cpu", "memory"] : []
        content {
          resource_type = resource_limits.value
          minimum       = 1
          maximum       = 100
        }
      }
    }
  }
  dynamic "control_plane_endpoints_config" {
    for_each = local.stages
    content {
      dns_endpoint_config { allow_external_traffic = control_plane_endpoints_config.value }
      ip_endpoints_config { enabled = true }
    }
  }
  dynamic "cost_management_config" {
    for_each = local.stages
    content { enabled = cost_management_config.value }
  }
  dynamic "database_encryption" {
    for_each = local.stages
    content {
      state    = database_encryption.value ? "ENCRYPTED" : "DECRYPTED"
      key_name = database_encryption.value ? "projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k" : null
    }
  }
  dynamic "default_snat_status" {
    for_each = local.stages
    content { disabled = default_snat_status.value }
  }
  dynamic "dns_config" {
    for_each = local.stages
    content {
      cluster_dns                   = "CLOUD_DNS"
      cluster_dns_scope             = dns_config.value ? "CLUSTER_SCOPE" : "VPC_SCOPE"
      cluster_dns_domain            = dns_config.value ? null : "c.example"
      additive_vpc_scope_dns_domain = dns_config.value ? "a.example" : null
    }
  }
  dynamic "enable_k8s_beta_apis" {
    for_each = local.stages
    content { enabled_apis = enable_k8s_beta_apis.value ? ["a.k8s.io/v1beta1/as"] : ["a.k8s.io/v1beta1/as", "b.k8s.io/v1beta1/bs"] }
  }
  dynamic "enterprise_config" {
    for_each = local.stages
    content { desired_tier = enterprise_config.value ? "ENTERPRISE" : "STANDARD" }
  }
  dynamic "fleet" {
    for_each = local.stage == 1 ? ["host-prj"] : []
    content { project = fleet.value }
  }
  dynamic "gateway_api_config" {
    for_each = local.stages
    content { channel = gateway_api_config.value ? "CHANNEL_STANDARD" : "CHANNEL_DISABLED" }
  }
  dynamic "gke_auto_upgrade_config" {
    for_each = local.stages
    content { patch_mode = gke_auto_upgrade_config.value ? "ACCELERATED" : "PATCH_MODE_UNSPECIFIED" }
  }
  dynamic "identity_service_config" {
    for_each = local.stages
    content { enabled = identity_service_config.value }
  }
  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
    dynamic "auto_ipam_config" {
      for_each = local.stages
      content { enabled = auto_ipam_config.value }
    }
    dynamic "network_tier_config" {
      for_each = local.stages
      content { network_tier = network_tier_config.value ? "NETWORK_TIER_STANDARD" : "NETWORK_TIER_PREMIUM" }
    }
    dynamic "additional_pod_ranges_config" {
      for_each = local.stages
      content { pod_range_names = additional_pod_ranges_config.value ? ["more"] : ["yet"] }
    }
  }
  dynamic "logging_config" {
    for_each = local.stages
    content { enable_components = logging_config.value ? ["SYSTEM_COMPONENTS", "APISERVER"] : ["SYSTEM_COMPONENTS"] }
  }
  dynamic "maintenance_policy" {
    for_each = local.stages
    content {
      dynamic "daily_maintenance_window" {
        for_each = maintenance_policy.value ? ["03:00"] : []
        content { start_time = daily_maintenance_window.value }
      }
      dynamic "recurring_window" {
        for_each = maintenance_policy.value ? [] : ["FREQ=WEEKLY;BYDAY=SA"]
        content {
          start_time = "2026-01-01T00:00:00Z"
          end_time   = "2026-01-01T04:00:00Z"
          recurrence = recurring_window.value
        }
      }
      maintenance_exclusion {
        exclusion_name = "sales"
        start_time     = "2026-12-01T00:00:00Z"
        end_time       = maintenance_policy.value ? "2026-12-24T00:00:00Z" : "2026-12-25T00:00:00Z"
        dynamic "exclusion_options" {
          for_each = maintenance_policy.value ? ["NO_MINOR_UPGRADES"] : []
          content { scope = exclusion_options.value }
        }
      }
    }
  }
  dynamic "master_authorized_networks_config" {
    for_each = local.stages
    content {
      gcp_public_cidrs_access_enabled      = !master_authorized_networks_config.value
      private_endpoint_enforcement_enabled = master_authorized_networks_config.value
      dynamic "cidr_blocks" {
        for_each = master_authorized_networks_config.value ? { "10.0.0.0/28" = "bastion" } : { "10.0.0.0/28" = null, "10.0.1.0/28" = "b" }
        content {
          cidr_block   = cidr_blocks.key
          display_name = cidr_blocks.value
        }
      }
    }
  }
  dynamic "mesh_certificates" {
    for_each = local.stages
    content { enable_certificates = mesh_certificates.value }
  }
  dynamic "monitoring_config" {
    for_each = local.stages
    content {
      enable_components = monitoring_config.value ? ["SYSTEM_COMPONENTS", "POD"] : ["SYSTEM_COMPONENTS"]
      advanced_datapath_observability_config {
        enable_metrics = monitoring_config.value
        enable_relay   = monitoring_config.value
      }
      managed_prometheus {
        enabled = true
        dynamic "auto_monitoring_config" {
          for_each = monitoring_config.value ? ["ALL"] : ["NONE"]
          content { scope = auto_monitoring_config.value }
        }
      }
    }
  }
  dynamic "network_performance_config" {
    for_each = local.stages
    content { total_egress_bandwidth_tier = network_performance_config.value ? "TIER_1" : "TIER_UNSPECIFIED" }
  }
  dynamic "node_pool_auto_config" {
    for_each = local.stages
    content {
      resource_manager_tags = { "tagKeys/1" = "tagValues/${local.stage}" }
      network_tags { tags = ["a", "b-${local.stage}"] }
      linux_node_config { cgroup_mode = node_pool_auto_config.value ? "CGROUP_MODE_V1" : "CGROUP_MODE_V2" }
      node_kubelet_config { insecure_kubelet_readonly_port_enabled = node_pool_auto_config.value ? "TRUE" : "FALSE" }
    }
  }
  dynamic "node_pool_defaults" {
    for_each = local.stages
    content {
      node_config_defaults {
        insecure_kubelet_readonly_port_enabled = node_pool_defaults.value ? "TRUE" : "FALSE"
        logging_variant                        = node_pool_defaults.value ? "MAX_THROUGHPUT" : "DEFAULT"
        containerd_config {
          private_registry_access_config {
            enabled = node_pool_defaults.value
            dynamic "certificate_authority_domain_config" {
              for_each = node_pool_defaults.value ? ["a.example"] : []
              content {
                fqdns = [certificate_authority_domain_config.value]
                gcp_secret_manager_certificate_config { secret_uri = "projects/1/secrets/s/versions/1" }
              }
            }
          }
        }
        gcfs_config { enabled = node_pool_defaults.value }
      }
    }
  }
  dynamic "notification_config" {
    for_each = local.stages
    content {
      pubsub {
        enabled = notification_config.value
        topic   = notification_config.value ? "projects/host-prj/topics/t" : null
        dynamic "filter" {
          for_each = notification_config.value ? [1] : []
          content { event_type = ["UPGRADE_EVENT"] }
        }
      }
    }
  }
  dynamic "pod_autoscaling" {
    for_each = local.stages
    content { hpa_profile = pod_autoscaling.value ? "NONE" : "PERFORMANCE" }
  }
  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = [false, true, false][local.stage]
    master_ipv4_cidr_block  = "172.16.0.0/28"
    dynamic "master_global_access_config" {
      for_each = local.stages
      content { enabled = master_global_access_config.value }
    }
  }
  dynamic "rbac_binding_config" {
    for_each = local.stages
    content {
      enable_insecure_binding_system_authenticated   = !rbac_binding_config.value
      enable_insecure_binding_system_unauthenticated = !rbac_binding_config.value
    }
  }
  dynamic "resource_usage_export_config" {
    for_each = local.stages
    content {
      enable_network_egress_metering       = resource_usage_export_config.value
      enable_resource_consumption_metering = !resource_usage_export_config.value
      bigquery_destination { dataset_id = "d${local.stage}" }
    }
  }
  dynamic "secret_manager_config" {
    for_each = local.stages
    content { enabled = secret_manager_config.value }
  }
  dynamic "secret_sync_config" {
    for_each = local.stages
    content {
      enabled = secret_sync_config.value
      rotation_config {
        enabled           = secret_sync_config.value
        rotation_interval = secret_sync_config.value ? "300s" : "600s"
      }
    }
  }
  dynamic "security_posture_config" {
    for_each = local.stages
    content {
      mode               = security_posture_config.value ? "ENTERPRISE" : "DISABLED"
      vulnerability_mode = security_posture_config.value ? "VULNERABILITY_ENTERPRISE" : "VULNERABILITY_DISABLED"
    }
  }
  dynamic "service_external_ips_config" {
    for_each = local.stages
    content { enabled = service_external_ips_config.value }
  }
  dynamic "vertical_pod_autoscaling" {
    for_each = local.stages
    content { enabled = vertical_pod_autoscaling.value }
  }
  dynamic "workload_identity_config" {
    for_each = local.stages
    content { workload_pool = workload_identity_config.value ? "host-prj.svc.id.goog" : null }
  }
}

# What the first cluster cannot have beside the rest: services by their names, versions, the machines of the first pool, Calico.
resource "google_container_cluster" "v" {
  name                = "v"
  location            = "europe-west1-b"
  network             = google_compute_network.n.id
  subnetwork          = google_compute_subnetwork.s.id
  initial_node_count  = 1
  deletion_protection = false
  min_master_version  = ["1.31", "1.32", "1.33"][local.stage]
  node_version        = [null, "1.32.9-gke.1239000", null][local.stage]
  logging_service     = [null, "none", "logging.googleapis.com/kubernetes"][local.stage]
  monitoring_service  = [null, "none", "monitoring.googleapis.com/kubernetes"][local.stage]
  dynamic "network_policy" {
    for_each = local.stages
    content {
      enabled  = network_policy.value
      provider = network_policy.value ? "CALICO" : "PROVIDER_UNSPECIFIED"
    }
  }
  dynamic "release_channel" {
    for_each = local.stages
    content { channel = release_channel.value ? "STABLE" : "UNSPECIFIED" }
  }
  ip_allocation_policy {
    cluster_secondary_range_name  = "more"
    services_secondary_range_name = "names"
  }
  node_config {
    machine_type = ["e2-medium", "e2-standard-2", "e2-standard-4"][local.stage]
    tags         = [null, ["a"], ["b"]][local.stage]
  }
}

# Its first pool goes; what cannot be changed is read back.
resource "google_container_cluster" "r" {
  name                      = "r"
  location                  = "europe-west1"
  network                   = google_compute_network.n.name
  subnetwork                = google_compute_subnetwork.u.name
  initial_node_count        = 1
  remove_default_node_pool  = [null, true, null][local.stage]
  deletion_protection       = false
  default_max_pods_per_node = 32
  enable_kubernetes_alpha   = true
  enable_multi_networking   = true
  networking_mode           = "VPC_NATIVE"
  confidential_nodes {
    enabled                    = true
    confidential_instance_type = "SEV"
  }
  ip_allocation_policy {
    cluster_ipv4_cidr_block  = "/20"
    services_ipv4_cidr_block = "/24"
    stack_type               = "IPV4"
    pod_cidr_overprovision_config { disabled = true }
  }
  master_auth {
    client_certificate_config { issue_client_certificate = false }
  }
  user_managed_keys_config {
    cluster_ca                        = "projects/host-prj/locations/europe-west1/caPools/p"
    control_plane_disk_encryption_key = "projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k"
    service_account_signing_keys      = ["projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"]
    service_account_verification_keys = ["projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"]
  }
}

# What only a cluster that is there can get, asked for at its creation.
resource "google_container_cluster" "later" {
  name                = "later"
  location            = "europe-west1"
  network             = google_compute_network.n.id
  subnetwork          = google_compute_subnetwork.s.id
  initial_node_count  = 1
  enable_tpu          = true
  deletion_protection = false
  ip_allocation_policy {
    cluster_secondary_range_name  = "yet"
    services_secondary_range_name = "auto"
    additional_pod_ranges_config { pod_range_names = ["more"] }
    additional_ip_ranges_config {
      subnetwork           = google_compute_subnetwork.t.id
      pod_ipv4_range_names = ["pods"]
    }
  }
  node_pool_auto_config {
    linux_node_config { cgroup_mode = "CGROUP_MODE_V2" }
  }
  private_cluster_config {
    enable_private_nodes        = true
    private_endpoint_subnetwork = google_compute_subnetwork.u.id
  }
}

# Pods behind routes.
resource "google_container_cluster" "routed" {
  name                      = "routed"
  location                  = "europe-west1-b"
  network                   = google_compute_network.n.id
  subnetwork                = google_compute_subnetwork.u.id
  initial_node_count        = 1
  networking_mode           = "ROUTES"
  cluster_ipv4_cidr         = "10.96.0.0/14"
  deletion_protection       = false
  default_max_pods_per_node = 32
  resource_labels           = [null, { a = "b" }, { c = "d" }][local.stage]
}
