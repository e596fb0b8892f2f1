#!/usr/bin/env python3
"""Terrane and gcloud at one sandbox: each reads, changes and takes over what the other made.

    python3 terrane_and_gcloud.py [--sandbox PROGRAM] [--terrane PROGRAM] [--verbose]

What gcloud makes is imported by Terrane, whose plan has to find nothing to change; what Terrane makes is described by gcloud; what
gcloud changes in it is found and repaired. Where gcloud is not installed, the judge says so and has no objection. The exit code
is 1 if a step failed. The sandbox is no Google Cloud: see README.md.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from with_gcloud import ROOT, Walk

REGION, ZONE = "europe-west1", "europe-west1-b"
SERVICES = "COMPUTE CONTAINER RESOURCE_MANAGER_V3 IAM STORAGE LOGGING DNS SERVICE_USAGE CLOUD_BILLING BIG_QUERY KMS PUBSUB".split()

# What gcloud makes first, and what Terrane then has to find as it is written here.
BY_GCLOUD = [
    "compute networks create theirs --subnet-mode=custom",
    f"compute networks subnets create theirs --network=theirs --region={REGION} --range=10.0.0.0/24 --secondary-range=pods=10.4.0.0/14 --enable-private-ip-google-access",
    "compute firewall-rules create theirs --network=theirs --allow=tcp:22,icmp --source-ranges=10.0.0.0/8 --priority=900",
    f"compute routers create theirs --network=theirs --region={REGION} --asn=64512",
    f"compute routers nats create theirs --router=theirs --region={REGION} --auto-allocate-nat-external-ips --nat-all-subnet-ip-ranges",
    f"compute addresses create theirs --region={REGION}",
    f"compute vpn-gateways create theirs --network=theirs --region={REGION}",
    f"compute target-vpn-gateways create theirs --network=theirs --region={REGION}",
    f"compute disks create theirs --zone={ZONE} --size=20GB --type=pd-ssd --labels=a=b",
    "iam service-accounts create theirs-account --display-name=Theirs",
    "storage buckets create gs://theirs-bucket --location=EU --uniform-bucket-level-access",
    f"kms keyrings create theirs --location={REGION}",
    f"kms keys create theirs --keyring=theirs --location={REGION} --purpose=encryption --rotation-period=90d --next-rotation-time=2030-01-01T00:00:00Z",
    "pubsub topics create theirs --message-retention-duration=1d --labels=a=b",
    "logging sinks create theirs storage.googleapis.com/theirs-bucket --log-filter=severity>=ERROR",
]

IMPORTED = f"""
import {{
  to = google_compute_network.theirs
  id = "theirs"
}}
resource "google_compute_network" "theirs" {{
  name                    = "theirs"
  auto_create_subnetworks = false
}}
import {{
  to = google_compute_subnetwork.theirs
  id = "theirs"
}}
resource "google_compute_subnetwork" "theirs" {{
  name                     = "theirs"
  network                  = google_compute_network.theirs.id
  ip_cidr_range            = "10.0.0.0/24"
  private_ip_google_access = true
  secondary_ip_range {{
    range_name    = "pods"
    ip_cidr_range = "10.4.0.0/14"
  }}
}}
import {{
  to = google_compute_firewall.theirs
  id = "theirs"
}}
resource "google_compute_firewall" "theirs" {{
  name          = "theirs"
  network       = google_compute_network.theirs.name
  priority      = 900
  source_ranges = ["10.0.0.0/8"]
  allow {{
    protocol = "tcp"
    ports    = ["22"]
  }}
  allow {{ protocol = "icmp" }}
}}
import {{
  to = google_compute_router.theirs
  id = "theirs"
}}
resource "google_compute_router" "theirs" {{
  name    = "theirs"
  network = google_compute_network.theirs.name
  bgp {{ asn = 64512 }}
}}
import {{
  to = google_compute_router_nat.theirs
  id = "host-prj/{REGION}/theirs/theirs"
}}
resource "google_compute_router_nat" "theirs" {{
  name                               = "theirs"
  router                             = google_compute_router.theirs.name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}}
import {{
  to = google_compute_address.theirs
  id = "theirs"
}}
resource "google_compute_address" "theirs" {{
  name = "theirs"
}}
import {{
  to = google_compute_ha_vpn_gateway.theirs
  id = "theirs"
}}
resource "google_compute_ha_vpn_gateway" "theirs" {{
  name    = "theirs"
  network = google_compute_network.theirs.id
}}
import {{
  to = google_compute_vpn_gateway.theirs
  id = "theirs"
}}
resource "google_compute_vpn_gateway" "theirs" {{
  name    = "theirs"
  network = google_compute_network.theirs.id
}}
import {{
  to = google_compute_disk.theirs
  id = "theirs"
}}
resource "google_compute_disk" "theirs" {{
  name   = "theirs"
  type   = "pd-ssd"
  size   = 20
  labels = {{ a = "b" }}
}}
import {{
  to = google_service_account.theirs
  id = "projects/host-prj/serviceAccounts/theirs-account@host-prj.iam.gserviceaccount.com"
}}
resource "google_service_account" "theirs" {{
  account_id   = "theirs-account"
  display_name = "Theirs"
}}
import {{
  to = google_storage_bucket.theirs
  id = "theirs-bucket"
}}
resource "google_storage_bucket" "theirs" {{
  name                        = "theirs-bucket"
  location                    = "EU"
  uniform_bucket_level_access = true
}}
import {{
  to = google_kms_key_ring.theirs
  id = "{REGION}/theirs"
}}
resource "google_kms_key_ring" "theirs" {{
  name     = "theirs"
  location = "{REGION}"
}}
import {{
  to = google_kms_crypto_key.theirs
  id = "projects/host-prj/locations/{REGION}/keyRings/theirs/cryptoKeys/theirs"
}}
resource "google_kms_crypto_key" "theirs" {{
  name            = "theirs"
  key_ring        = google_kms_key_ring.theirs.id
  rotation_period = "7776000s"
}}
import {{
  to = google_pubsub_topic.theirs
  id = "theirs"
}}
resource "google_pubsub_topic" "theirs" {{
  name                       = "theirs"
  message_retention_duration = "86400s"
  labels                     = {{ a = "b" }}
}}
import {{
  to = google_logging_project_sink.theirs
  id = "projects/host-prj/sinks/theirs"
}}
resource "google_logging_project_sink" "theirs" {{
  name        = "theirs"
  destination = "storage.googleapis.com/theirs-bucket"
  filter      = "severity>=ERROR"
}}
"""

OURS = f"""
resource "google_compute_network" "ours" {{
  name                    = "ours"
  auto_create_subnetworks = false
}}
resource "google_compute_subnetwork" "ours" {{
  name                     = "ours"
  network                  = google_compute_network.ours.id
  ip_cidr_range            = "10.32.0.0/20"
  private_ip_google_access = false
}}
resource "google_compute_firewall" "ours" {{
  name          = "ours"
  network       = google_compute_network.ours.name
  source_ranges = ["10.0.0.0/8"]
  allow {{ protocol = "tcp" }}
}}
resource "google_compute_vpn_gateway" "ours" {{
  name    = "ours"
  network = google_compute_network.ours.id
}}
resource "google_compute_address" "ours" {{
  name = "ours"
}}
resource "google_compute_forwarding_rule" "ours" {{
  name        = "ours-esp"
  ip_protocol = "ESP"
  ip_address  = google_compute_address.ours.address
  target      = google_compute_vpn_gateway.ours.id
}}
resource "google_compute_disk" "ours" {{
  name   = "ours"
  size   = 10
  labels = {{ a = "x" }}
}}
resource "google_compute_network_firewall_policy" "ours" {{
  name = "ours"
}}
resource "google_storage_bucket" "ours" {{
  name     = "ours-bucket"
  location = "EU"
}}
resource "google_storage_bucket_object" "ours" {{
  bucket  = google_storage_bucket.ours.name
  name    = "note"
  content = "made by Terrane"
}}
resource "google_logging_project_sink" "ours" {{
  name        = "ours"
  destination = "storage.googleapis.com/${{google_storage_bucket.ours.name}}"
}}
resource "google_kms_crypto_key" "ours" {{
  name     = "ours"
  key_ring = google_kms_key_ring.theirs.id
  labels   = {{ a = "b" }}
}}
resource "google_pubsub_topic" "ours" {{
  name         = "ours"
  kms_key_name = google_kms_crypto_key.ours.id
}}
resource "google_service_account" "ours" {{
  account_id = "ours-account"
}}
"""

HEAD = f"""
provider "google" {{
  project                         = "host-prj"
  region                          = "{REGION}"
  zone                            = "{ZONE}"
  access_token                    = "sandbox"
  add_terraform_attribution_label = false
}}
"""

# What gcloud has to say of what Terrane made.
DESCRIBED = [
    ("compute networks describe ours", '"autoCreateSubnetworks": false'),
    (f"compute networks subnets describe ours --region={REGION}", "10.32.0.0/20"),
    ("compute firewall-rules describe ours", "10.0.0.0/8"),
    (f"compute target-vpn-gateways describe ours --region={REGION}", "ours-esp"),
    (f"compute forwarding-rules describe ours-esp --region={REGION}", '"ESP"'),
    (f"compute disks describe ours --zone={ZONE}", '"sizeGb": "10"'),
    ("compute network-firewall-policies describe ours --global", "goto_next"),
    ("storage buckets describe gs://ours-bucket", "ours-bucket"),
    ("storage cat gs://ours-bucket/note", "made by Terrane"),
    ("logging sinks describe ours", "ours-bucket"),
    (f"kms keys describe ours --keyring=theirs --location={REGION}", '"a": "b"'),
    ("pubsub topics describe ours", "cryptoKeys/ours"),
    ("iam service-accounts describe ours-account@host-prj.iam.gserviceaccount.com", "ours-account"),
]

CHANGES = [
    "compute firewall-rules update ours --priority=7 --allow=tcp:80",
    f"compute networks subnets update ours --region={REGION} --enable-private-ip-google-access",
    f"compute disks add-labels ours --zone={ZONE} --labels=a=b",
    "logging sinks update ours --log-filter=severity>=ERROR",
    f"kms keys update ours --keyring=theirs --location={REGION} --update-labels=a=c",
    "pubsub topics update ours --message-retention-duration=1d",
    "iam service-accounts update ours-account@host-prj.iam.gserviceaccount.com --display-name=Renamed",
]


class Terrane:
    """The program in a directory of its own."""

    def __init__(self, program, walk):
        self.program, self.walk = program, walk
        self.folder = tempfile.TemporaryDirectory()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("TF_", "GOOGLE_", "TERRANE_"))}
        self.environment |= {f"GOOGLE_{service}_CUSTOM_ENDPOINT": f"{walk.base}/" for service in SERVICES}

    def write(self, *parts):
        pathlib.Path(self.folder.name, "main.tf").write_text("".join(parts))

    def run(self, line, code=0, expect=None):
        """One command, which has to end with `code` and say `expect`."""
        self.walk.steps += 1
        done = subprocess.run(
            [self.program, *line.split()], cwd=self.folder.name, env=self.environment, capture_output=True, text=True
        )
        said = done.stdout + done.stderr
        if done.returncode != code or expect is not None and expect not in said:
            self.walk.failures.append(line)
            print(f"FAILED terrane {line}: exit code {done.returncode}, expected {code} and {expect!r}\n{said[-3000:]}", flush=True)
        elif self.walk.verbose:
            print(f"terrane {line}", flush=True)


def judge(walk, terrane):
    walk.run("projects create host-prj --organization=1234")
    walk.project = "host-prj"
    for line in BY_GCLOUD:
        walk.run(line)
    terrane.write(HEAD, IMPORTED)
    terrane.run("init")
    count = IMPORTED.count("import {")
    terrane.run("plan", expect=f"Plan: {count} to import, 0 to add, 0 to change, 0 to destroy.")
    terrane.run("apply -auto-approve")
    terrane.run("plan -detailed-exitcode")
    terrane.write(HEAD, IMPORTED, OURS)
    terrane.run("apply -auto-approve", expect="0 changed, 0 destroyed")
    terrane.run("plan -detailed-exitcode")
    for line, expect in DESCRIBED:
        walk.run(line, expect)
    for line in CHANGES:
        walk.run(line)
    terrane.run("drift", code=2)
    terrane.run("apply -auto-approve", expect=f"0 added, {len(CHANGES)} changed, 0 destroyed")
    terrane.run("plan -detailed-exitcode")
    walk.run("compute firewall-rules describe ours", '"priority": 1000')
    terrane.run("destroy -auto-approve", expect="Destroy complete!")
    for line in ["compute networks list", "compute forwarding-rules list", "compute disks list"]:
        if walk.run(line) not in ([], ""):
            walk.failures.append(line)
            print(f"FAILED gcloud {line}: something is left", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", default=str(ROOT / "target" / "debug" / "terrane-sandbox"))
    parser.add_argument("--terrane", default=str(ROOT / "target" / "debug" / "terrane"))
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    if not shutil.which("gcloud"):
        print("gcloud is not installed: nothing was judged")
        return
    walk = Walk(arguments.sandbox, arguments.verbose)
    terrane = Terrane(os.path.abspath(arguments.terrane), walk)
    try:
        judge(walk, terrane)
    finally:
        walk.close()
        terrane.folder.cleanup()
    print(f"{walk.steps} steps, {len(walk.failures)} failed")
    sys.exit(1 if walk.failures else 0)


if __name__ == "__main__":
    main()
