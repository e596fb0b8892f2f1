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
    for_each = { pods = "10.4.0.0/14", more = "10.8.0.0/16", services = "10.1.0.0/20", auto = "10.2.0.0/20", blocks = "10.3.0.0/20" }
    content {
      range_name    = secondary_ip_range.key
      ip_cidr_range = secondary_ip_range.value
    }
  }
}

resource "google_compute_subnetwork" "u" {
  name          = "u"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.4.0/22"
  dynamic "secondary_ip_range" {
    for_each = { multi = "10.16.0.0/16", multi-services = "10.17.0.0/20" }
    content {
      range_name    = secondary_ip_range.key
      ip_cidr_range = secondary_ip_range.value
    }
  }
  lifecycle { ignore_changes = [secondary_ip_range] }
}

resource "google_container_cluster" "c" {
  name                     = "c"
  location                 = "europe-west1"
  network                  = google_compute_network.n.id
  subnetwork               = google_compute_subnetwork.s.id
  initial_node_count       = 1
  remove_default_node_pool = true
  deletion_protection      = false
  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "services"
  }
}

# Everything that can be changed in place.
resource "google_container_node_pool" "p" {
  name           = "p"
  cluster        = google_container_cluster.c.id
  node_count     = [null, 2, 3][local.stage]
  node_locations = [null, ["europe-west1-b", "europe-west1-c"], ["europe-west1-d"]][local.stage]
  version        = [null, "1.32.9-gke.1239000", "1.33.5-gke.1201000"][local.stage]
  dynamic "management" {
    for_each = local.stages
    content {
      auto_repair  = management.value
      auto_upgrade = !management.value
    }
  }
  network_config {
    enable_private_nodes = [null, true, false][local.stage]
    dynamic "network_performance_config" {
      for_each = local.stages
      content { total_egress_bandwidth_tier = network_performance_config.value ? "TIER_1" : "TIER_UNSPECIFIED" }
    }
  }
  dynamic "upgrade_settings" {
    for_each = local.stages
    content {
      strategy        = upgrade_settings.value ? "BLUE_GREEN" : "SURGE"
      max_surge       = upgrade_settings.value ? null : 3
      max_unavailable = upgrade_settings.value ? null : 2
      dynamic "blue_green_settings" {
        for_each = upgrade_settings.value ? [1] : []
        content {
          node_pool_soak_duration = "3600s"
          standard_rollout_policy {
            batch_percentage    = 0.5
            batch_soak_duration = "60s"
          }
        }
      }
    }
  }
  node_config {
    disk_size_gb          = [null, 50, 60][local.stage]
    disk_type             = [null, "pd-ssd", "pd-balanced"][local.stage]
    image_type            = [null, "ubuntu_containerd", "COS_CONTAINERD"][local.stage]
    labels                = [null, { a = "b" }, { c = "d" }][local.stage]
    logging_variant       = [null, "MAX_THROUGHPUT", "DEFAULT"][local.stage]
    machine_type          = [null, "e2-standard-2", "e2-standard-4"][local.stage]
    resource_labels       = [null, { a = "b" }, { c = "d" }][local.stage]
    resource_manager_tags = [null, { "tagKeys/1" = "tagValues/1" }, { "tagKeys/2" = "tagValues/2" }][local.stage]
    storage_pools         = [null, ["projects/host-prj/zones/europe-west1-b/storagePools/a"], ["projects/host-prj/zones/europe-west1-b/storagePools/b"]][local.stage]
    tags                  = [null, ["a"], ["b", "c"]][local.stage]
    dynamic "containerd_config" {
      for_each = local.stages
      content {
        private_registry_access_config {
          enabled = containerd_config.value
          dynamic "certificate_authority_domain_config" {
            for_each = containerd_config.value ? ["a.example"] : []
            content {
              fqdns = [certificate_authority_domain_config.value]
              gcp_secret_manager_certificate_config { secret_uri = "projects/1/secrets/s/versions/1" }
            }
          }
        }
      }
    }
    dynamic "fast_socket" {
      for_each = local.stages
      content { enabled = fast_socket.value }
    }
    dynamic "gcfs_config" {
      for_each = local.stages
      content { enabled = gcfs_config.value }
    }
    dynamic "gvnic" {
      for_each = local.stages
      content { enabled = gvnic.value }
    }
    dynamic "kubelet_config" {
      for_each = local.stages
      content {
        allowed_unsafe_sysctls                 = kubelet_config.value ? ["kernel.shm*"] : ["kernel.msg*", "net.*"]
        container_log_max_files                = kubelet_config.value ? 3 : 4
        container_log_max_size                 = kubelet_config.value ? "20Mi" : "30Mi"
        cpu_cfs_quota                          = kubelet_config.value
        cpu_cfs_quota_period                   = kubelet_config.value ? "100ms" : "200ms"
        cpu_manager_policy                     = kubelet_config.value ? "static" : "none"
        eviction_max_pod_grace_period_seconds  = kubelet_config.value ? 30 : 60
        image_gc_high_threshold_percent        = kubelet_config.value ? 80 : 85
        image_gc_low_threshold_percent         = kubelet_config.value ? 50 : 55
        image_maximum_gc_age                   = kubelet_config.value ? "300s" : "400s"
        image_minimum_gc_age                   = kubelet_config.value ? "60s" : "70s"
        insecure_kubelet_readonly_port_enabled = kubelet_config.value ? "TRUE" : "FALSE"
        max_parallel_image_pulls               = kubelet_config.value ? 3 : 4
        pod_pids_limit                         = kubelet_config.value ? 2048 : 4096
        single_process_oom_kill                = kubelet_config.value
        memory_manager { policy = kubelet_config.value ? "Static" : "None" }
        topology_manager {
          policy = kubelet_config.value ? "best-effort" : "restricted"
          scope  = kubelet_config.value ? "pod" : "container"
        }
        dynamic "eviction_minimum_reclaim" {
          for_each = kubelet_config.value ? ["10%"] : []
          content {
            imagefs_available   = eviction_minimum_reclaim.value
            imagefs_inodes_free = eviction_minimum_reclaim.value
            memory_available    = eviction_minimum_reclaim.value
            nodefs_available    = eviction_minimum_reclaim.value
            nodefs_inodes_free  = eviction_minimum_reclaim.value
            pid_available       = eviction_minimum_reclaim.value
          }
        }
        dynamic "eviction_soft" {
          for_each = kubelet_config.value ? ["200Mi"] : ["300Mi"]
          content {
            imagefs_available   = kubelet_config.value ? "10%" : "15%"
            imagefs_inodes_free = kubelet_config.value ? "10%" : "15%"
            memory_available    = eviction_soft.value
            nodefs_available    = kubelet_config.value ? "10%" : "15%"
            nodefs_inodes_free  = kubelet_config.value ? "10%" : "15%"
            pid_available       = kubelet_config.value ? "10%" : "15%"
          }
        }
        dynamic "eviction_soft_grace_period" {
          for_each = kubelet_config.value ? ["1m"] : ["2m"]
          content {
            imagefs_available   = eviction_soft_grace_period.value
            imagefs_inodes_free = eviction_soft_grace_period.value
            memory_available    = eviction_soft_grace_period.value
            nodefs_available    = eviction_soft_grace_period.value
            nodefs_inodes_free  = eviction_soft_grace_period.value
            pid_available       = eviction_soft_grace_period.value
          }
        }
      }
    }
    dynamic "linux_node_config" {
      for_each = local.stages
      content {
        cgroup_mode                  = linux_node_config.value ? "CGROUP_MODE_V1" : "CGROUP_MODE_V2"
        sysctls                      = linux_node_config.value ? { "net.core.somaxconn" = "2048" } : { "net.core.somaxconn" = "4096" }
        transparent_hugepage_defrag  = linux_node_config.value ? "TRANSPARENT_HUGEPAGE_DEFRAG_ALWAYS" : "TRANSPARENT_HUGEPAGE_DEFRAG_NEVER"
        transparent_hugepage_enabled = linux_node_config.value ? "TRANSPARENT_HUGEPAGE_ENABLED_ALWAYS" : "TRANSPARENT_HUGEPAGE_ENABLED_NEVER"
        node_kernel_module_loading { policy = linux_node_config.value ? "ENFORCE_SIGNED_MODULES" : "DO_NOT_ENFORCE_SIGNED_MODULES" }
        swap_config {
          enabled = linux_node_config.value
          boot_disk_profile {
            swap_size_gib     = linux_node_config.value ? 8 : null
            swap_size_percent = linux_node_config.value ? null : 10
          }
          encryption_config { disabled = linux_node_config.value }
        }
        dynamic "hugepages_config" {
          for_each = linux_node_config.value ? [1] : []
          content {
            hugepage_size_1g = 1
            hugepage_size_2m = 1024
          }
        }
      }
    }
    dynamic "taint" {
      for_each = [[], ["x"], ["y", "z"]][local.stage]
      content {
        key    = taint.value
        value  = "v"
        effect = local.stage == 1 ? "NO_SCHEDULE" : "NO_EXECUTE"
      }
    }
    dynamic "windows_node_config" {
      for_each = local.stages
      content { osversion = windows_node_config.value ? "OS_VERSION_LTSC2019" : "OS_VERSION_LTSC2022" }
    }
    dynamic "workload_metadata_config" {
      for_each = local.stages
      content { mode = workload_metadata_config.value ? "GKE_METADATA" : "GCE_METADATA" }
    }
  }
}

# Growing by itself, in zones and in all of them; the disk in its own block.
resource "google_container_node_pool" "grows" {
  name               = "grows"
  cluster            = google_container_cluster.c.name
  location           = "europe-west1"
  initial_node_count = 1
  dynamic "autoscaling" {
    for_each = local.stages
    content {
      location_policy      = autoscaling.value ? "ANY" : "BALANCED"
      min_node_count       = autoscaling.value ? 1 : null
      max_node_count       = autoscaling.value ? 3 : null
      total_min_node_count = autoscaling.value ? null : 2
      total_max_node_count = autoscaling.value ? null : 9
    }
  }
  dynamic "upgrade_settings" {
    for_each = local.stages
    content {
      strategy = "BLUE_GREEN"
      blue_green_settings {
        standard_rollout_policy {
          batch_node_count = upgrade_settings.value ? 2 : null
          batch_percentage = upgrade_settings.value ? null : 0.25
        }
      }
    }
  }
  node_config {
    machine_type = "c3-standard-4"
    dynamic "boot_disk" {
      for_each = local.stages
      content {
        disk_type              = "hyperdisk-balanced"
        size_gb                = boot_disk.value ? 100 : 200
        provisioned_iops       = boot_disk.value ? 3600 : 4000
        provisioned_throughput = boot_disk.value ? 150 : 200
      }
    }
  }
}

# Everything that only a new pool can have.
resource "google_container_node_pool" "fixed" {
  name              = "fixed"
  cluster           = google_container_cluster.c.id
  node_count        = 1
  max_pods_per_node = 32
  network_config {
    pod_range = "more"
    pod_cidr_overprovision_config { disabled = true }
  }
  placement_policy {
    type         = "COMPACT"
    policy_name  = "near"
    tpu_topology = "2x2"
  }
  queued_provisioning { enabled = true }
  node_config {
    boot_disk_kms_key           = "projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k"
    enable_confidential_storage = true
    flex_start                  = true
    local_ssd_encryption_mode   = "EPHEMERAL_KEY_ENCRYPTION"
    machine_type                = "a2-highgpu-1g"
    max_run_duration            = "7200s"
    metadata                    = { a = "b", disable-legacy-endpoints = "true" }
    min_cpu_platform            = "Intel Cascade Lake"
    node_group                  = "g"
    oauth_scopes                = ["cloud-platform"]
    service_account             = "x@host-prj.iam.gserviceaccount.com"
    advanced_machine_features {
      threads_per_core             = 1
      enable_nested_virtualization = true
      performance_monitoring_unit  = "STANDARD"
    }
    confidential_nodes {
      enabled                    = true
      confidential_instance_type = "SEV"
    }
    ephemeral_storage_local_ssd_config {
      local_ssd_count  = 2
      data_cache_count = 1
    }
    guest_accelerator {
      type               = "nvidia-tesla-a100"
      count              = 1
      gpu_partition_size = "1g.5gb"
      gpu_driver_installation_config { gpu_driver_version = "LATEST" }
      gpu_sharing_config {
        gpu_sharing_strategy       = "TIME_SHARING"
        max_shared_clients_per_gpu = 2
      }
    }
    reservation_affinity {
      consume_reservation_type = "SPECIFIC_RESERVATION"
      key                      = "compute.googleapis.com/reservation-name"
      values                   = ["r"]
    }
    secondary_boot_disks {
      disk_image = "projects/host-prj/global/images/i"
      mode       = "CONTAINER_IMAGE_CACHE"
    }
    shielded_instance_config {
      enable_integrity_monitoring = false
      enable_secure_boot          = true
    }
    sole_tenant_config {
      min_node_cpus = 4
      node_affinity {
        key      = "compute.googleapis.com/node-group-name"
        operator = "IN"
        values   = ["g"]
      }
    }
  }
}

resource "google_container_node_pool" "spot" {
  name_prefix = "spot-"
  project     = "host-prj"
  cluster     = google_container_cluster.c.id
  node_config {
    spot            = true
    local_ssd_count = 1
    linux_node_config {
      swap_config {
        enabled = true
        ephemeral_local_ssd_profile {
          swap_size_gib     = [10, 20, null][local.stage]
          swap_size_percent = [null, null, 30][local.stage]
        }
      }
    }
  }
}

resource "google_container_node_pool" "preemptible" {
  name       = "preemptible"
  cluster    = google_container_cluster.c.id
  node_count = 1
  node_config {
    preemptible = true
    linux_node_config {
      swap_config {
        enabled = true
        dedicated_local_ssd_profile { disk_count = [1, 2, 3][local.stage] }
      }
    }
    local_nvme_ssd_block_config { local_ssd_count = 1 }
  }
}

# A cluster whose pools are its blocks.
resource "google_container_cluster" "blocks" {
  name                = "blocks"
  location            = "europe-west1-b"
  network             = google_compute_network.n.id
  subnetwork          = google_compute_subnetwork.s.id
  deletion_protection = false
  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "blocks"
  }
  node_pool {
    name       = "a"
    node_count = [1, 2, 3][local.stage]
    node_config {
      tags = [null, ["a"], ["b"]][local.stage]
    }
  }
  node_pool {
    name               = "b"
    initial_node_count = 1
    dynamic "autoscaling" {
      for_each = local.stages
      content { max_node_count = autoscaling.value ? 3 : 5 }
    }
  }
}

resource "google_container_cluster" "auto" {
  name                = "auto"
  location            = "europe-west1"
  network             = google_compute_network.n.id
  subnetwork          = google_compute_subnetwork.s.id
  enable_autopilot    = true
  allow_net_admin     = [null, true, false][local.stage]
  deletion_protection = false
  ip_allocation_policy {
    cluster_secondary_range_name  = "pods"
    services_secondary_range_name = "auto"
  }
}

# Pools with networks of their own.
resource "google_compute_network" "m" {
  name                    = "m"
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "m" {
  name          = "m"
  network       = google_compute_network.m.id
  ip_cidr_range = "10.64.0.0/22"
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.68.0.0/16"
  }
}

resource "google_container_cluster" "multi" {
  name                     = "multi"
  location                 = "europe-west1-b"
  network                  = google_compute_network.n.id
  subnetwork               = google_compute_subnetwork.u.id
  initial_node_count       = 1
  remove_default_node_pool = true
  deletion_protection      = false
  datapath_provider        = "ADVANCED_DATAPATH"
  enable_multi_networking  = true
  ip_allocation_policy {
    cluster_secondary_range_name  = "multi"
    services_secondary_range_name = "multi-services"
  }
}

resource "google_container_node_pool" "networks" {
  name               = "networks"
  cluster            = google_container_cluster.multi.id
  initial_node_count = 1
  node_config { tags = [null, ["a"], ["b"]][local.stage] }
  network_config {
    create_pod_range    = true
    pod_range           = "own"
    pod_ipv4_cidr_block = "/20"
    additional_node_network_configs {
      network    = google_compute_network.m.name
      subnetwork = google_compute_subnetwork.m.name
    }
    additional_pod_network_configs {
      subnetwork          = google_compute_subnetwork.m.name
      secondary_pod_range = "pods"
      max_pods_per_node   = 32
    }
  }
}
