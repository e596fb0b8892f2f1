variable "changed" {
  description = "Whether a site has one more range, another has come, and sites with BGP learn one range only."
  type        = bool
  default     = false
}

provider "google" {
  region = "europe-west1"
}

module "network" {
  source = "../../../shared-vpc"

  project_id          = "network-host"
  parent              = "organizations/1234"
  deletion_protection = false
  networks            = { hub = {} }
  subnets             = { shop = { network = "hub", region = "europe-west1", range = "10.16.0.0/22" } }
}

module "sites" {
  source = "../.."

  name      = "hub"
  project   = module.network.project_id
  region    = "europe-west1"
  network   = module.network.networks["hub"].id
  advertise = var.changed ? { "10.0.0.0/8" = "all of ours" } : {}
  ha_sites = merge(
    { office = { asn = 65010, peers = ["198.51.100.1", "198.51.100.2"], links = ["169.254.0.0/30", "169.254.1.0/30"] } },
    var.changed ? { depot = { asn = 65020, peers = ["198.51.100.9"], links = ["169.254.2.0/30", "169.254.3.0/30"] } } : {},
  )
  classic_sites = {
    plant = { peer = "203.0.113.9", ranges = ["192.168.0.0/20"], local = ["10.0.0.0/8"], priority = var.changed ? 900 : 1000 }
  }
  secrets = { office = "not-for-show", plant = "not-for-show", depot = "not-for-show" }
}
