# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "google" {
  project                         = "host-prj"
  region                          = "europe-west1"
  zone                            = "europe-west1-b"
  add_terraform_attribution_label = false
}

locals {
  stage = 0
}

resource "google_compute_network" "n" {
  count                   = 2
  name                    = "n${count.index}"
  auto_create_subnetworks = false
}

resource "google_dns_managed_zone" "signed" {
  name        = "signed"
  dns_name    = "example.com."
  description = [null, "a", "b"][local.stage]
  labels      = [null, { a = "b" }, { c = "d" }][local.stage]
  dynamic "dnssec_config" {
    for_each = [["off"], ["on"], ["transfer"]][local.stage]
    content {
      state         = dnssec_config.value
      non_existence = "nsec3"
    }
  }
  dynamic "cloud_logging_config" {
    for_each = [[false], [true], [false]][local.stage]
    content { enable_logging = cloud_logging_config.value }
  }
}

resource "google_dns_managed_zone" "keys" {
  name     = "keys"
  dns_name = "keys.example.org."
  dnssec_config {
    state         = "on"
    non_existence = "nsec"
    default_key_specs {
      algorithm  = "rsasha256"
      key_length = 2048
      key_type   = "keySigning"
    }
    default_key_specs {
      algorithm  = "rsasha256"
      key_length = 1024
      key_type   = "zoneSigning"
    }
  }
}

resource "google_dns_managed_zone" "plain" {
  name     = "plain"
  dns_name = "plain.example.org."
  dynamic "dnssec_config" {
    for_each = [[], ["on"], ["transfer"]][local.stage]
    content { state = dnssec_config.value }
  }
}

resource "google_dns_managed_zone" "forward" {
  name       = "forward"
  dns_name   = "corp.example.com."
  visibility = "private"
  private_visibility_config {
    dynamic "networks" {
      for_each = [[0], [0, 1], [1]][local.stage]
      content { network_url = google_compute_network.n[networks.value].id }
    }
  }
  forwarding_config {
    dynamic "target_name_servers" {
      for_each = [["10.0.0.1"], ["10.0.0.1", "10.0.0.2"], ["10.0.0.3"]][local.stage]
      content {
        ipv4_address    = target_name_servers.value
        forwarding_path = target_name_servers.value == "10.0.0.2" ? "private" : null
      }
    }
  }
}

resource "google_dns_managed_zone" "peer" {
  name       = "peer"
  dns_name   = "peer.example.com."
  visibility = "private"
  private_visibility_config {
    networks { network_url = google_compute_network.n[0].self_link }
  }
  peering_config {
    target_network {
      network_url = [google_compute_network.n[1].id, google_compute_network.n[0].id, google_compute_network.n[1].id][local.stage]
    }
  }
}

resource "google_dns_record_set" "wrr" {
  managed_zone = google_dns_managed_zone.keys.name
  name         = "w.keys.example.org."
  type         = "A"
  ttl          = [300, 60, 3600][local.stage]
  routing_policy {
    dynamic "wrr" {
      for_each = [[0.5], [0.5, 0.25], [1]][local.stage]
      content {
        weight  = wrr.value
        rrdatas = ["10.0.0.${wrr.key}"]
      }
    }
  }
}

resource "google_dns_record_set" "geo" {
  managed_zone = google_dns_managed_zone.keys.name
  name         = "g.keys.example.org."
  type         = "A"
  routing_policy {
    enable_geo_fencing = [null, true, false][local.stage]
    dynamic "geo" {
      for_each = [["us-central1"], ["us-central1", "europe-west1"], ["europe-west1"]][local.stage]
      content {
        location = geo.value
        rrdatas  = ["10.0.1.${geo.key}"]
      }
    }
  }
  ttl = 300
}

resource "google_dns_record_set" "backup" {
  managed_zone = google_dns_managed_zone.forward.name
  name         = "b.corp.example.com."
  type         = "A"
  ttl          = 300
  routing_policy {
    primary_backup {
      trickle_ratio                  = [null, 0.1, 0.2][local.stage]
      enable_geo_fencing_for_backups = [null, true, false][local.stage]
      primary {
        dynamic "internal_load_balancers" {
          for_each = [["10.0.0.9"], ["10.0.0.9", "10.0.0.10"], ["10.0.0.11"]][local.stage]
          content {
            load_balancer_type = "regionalL4ilb"
            ip_address         = internal_load_balancers.value
            port               = "80"
            ip_protocol        = "tcp"
            network_url        = google_compute_network.n[0].id
            project            = "host-prj"
            region             = "europe-west1"
          }
        }
      }
      dynamic "backup_geo" {
        for_each = [["europe-west4"], ["europe-west4", "us-east1"], ["us-east1"]][local.stage]
        content {
          location = backup_geo.value
          rrdatas  = ["10.1.${backup_geo.key}.1"]
        }
      }
    }
  }
}

resource "google_dns_record_set" "plain" {
  managed_zone = google_dns_managed_zone.keys.name
  name         = "p.keys.example.org."
  type         = ["A", "A", "A"][local.stage]
  ttl          = [300, null, 60][local.stage]
  rrdatas      = [["10.0.0.1"], ["10.0.0.1", "10.0.0.2"], ["10.0.0.3"]][local.stage]
}

resource "google_dns_record_set" "txt" {
  managed_zone = google_dns_managed_zone.keys.name
  name         = "t.keys.example.org."
  type         = "TXT"
  ttl          = 300
  rrdatas      = [["\"v=spf1 -all\""], ["\"a b\"", "\"c\""], ["\"x\""]][local.stage]
}

resource "google_dns_record_set" "mx" {
  managed_zone = google_dns_managed_zone.keys.name
  name         = "keys.example.org."
  type         = "MX"
  ttl          = 300
  rrdatas      = ["10 a.example.org.", "20 b.example.org."]
}
