variable "changed" {
  description = "Whether a subnet has come, another has more ranges, and a rule lets in more."
  type        = bool
  default     = false
}

provider "google" {
  region = "europe-west1"
}

module "network" {
  source = "../.."

  project_id          = "network-host"
  parent              = "organizations/1234"
  deletion_protection = false
  networks            = { hub = {}, lab = { routing_mode = "REGIONAL", default_route = false } }
  subnets = merge(
    {
      shop = { network = "hub", region = "europe-west1", range = "10.16.0.0/22", flow_logs = var.changed }
      platform = {
        network          = "hub"
        region           = "europe-west1"
        range            = "10.129.16.0/24"
        secondary_ranges = merge({ pods = "10.128.0.0/16" }, var.changed ? { services = "10.129.0.0/20" } : {})
      }
    },
    var.changed ? { lab = { network = "lab", region = "europe-west4", range = "10.20.0.0/22" } } : {},
  )
  routes = {
    plant = { network = "hub", range = "192.168.0.0/16", next_hop_ip = var.changed ? "10.16.0.3" : "10.16.0.2" }
  }
  firewall_rules = {
    ssh    = { network = "hub", ports = { tcp = var.changed ? ["22", "3389"] : ["22"] }, ranges = ["35.235.240.0/20"], target_tags = ["bastion"] }
    no-lab = { network = "lab", action = "deny", direction = "EGRESS", ranges = ["0.0.0.0/0"], log = true }
  }
  nats = { out = { network = "hub", region = "europe-west1" } }
}
