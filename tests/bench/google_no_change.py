#!/usr/bin/env python3
"""What plans without changes cost: mixed Google Cloud objects in the sandbox, made once and then planned again.

    python3 tests/bench/google_no_change.py [--program PATH] [--sandbox PATH] [--sizes 1000,10000]

Prints one line a size: requests by service (from `plan -stats`), seconds on the clock and of CPU, and peak memory of the plan, and
for comparison how long the sandbox itself was busy. Build with `cargo build --release -p terrane-cli -p terrane-sandbox` first. The
sandbox answers one request at a time, from memory: with Google itself the time between here and there is added to each.
"""
import argparse
import json
import os
import shutil
import subprocess
import tempfile
import urllib.request

from measure import TARGET, busy, run

SERVICES = "COMPUTE RESOURCE_MANAGER_V3 IAM STORAGE LOGGING DNS SERVICE_USAGE CLOUD_BILLING".split()

# A unit of ten objects.
UNIT = """
resource "google_compute_subnetwork" "s{i}" {{
  name          = "subnet-{i}"
  network       = google_compute_network.bench.id
  ip_cidr_range = cidrsubnet("10.0.0.0/8", 16, {i})
}}
resource "google_compute_firewall" "f{i}" {{
  name          = "rule-{i}"
  network       = google_compute_network.bench.name
  source_ranges = [google_compute_subnetwork.s{i}.ip_cidr_range]
  allow {{ protocol = "tcp" }}
}}
resource "google_compute_address" "a{i}" {{
  name   = "address-{i}"
  region = ["europe-west1", "europe-west4"][{i} % 2]
}}
resource "google_compute_route" "r{i}" {{
  name             = "route-{i}"
  network          = google_compute_network.bench.name
  dest_range       = cidrsubnet("172.16.0.0/12", 14, {i})
  next_hop_gateway = "default-internet-gateway"
}}
resource "google_service_account" "u{i}" {{
  account_id = "runner-{i:05}"
}}
resource "google_project_iam_member" "m{i}" {{
  project = "bench-project"
  role    = "roles/viewer"
  member  = google_service_account.u{i}.member
}}
resource "google_storage_bucket" "b{i}" {{
  name     = "bench-bucket-{i}"
  location = "EU"
}}
resource "google_storage_bucket_iam_member" "w{i}" {{
  bucket = google_storage_bucket.b{i}.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.u{i}.member
}}
resource "google_logging_project_sink" "l{i}" {{
  name        = "sink-{i}"
  destination = "storage.googleapis.com/${{google_storage_bucket.b{i}.name}}"
}}
resource "google_compute_disk" "d{i}" {{
  name = "disk-{i}"
  zone = "europe-west1-b"
  size = 10
}}
"""

HEAD = """
provider "google" {
  project      = "bench-project"
  region       = "europe-west1"
  access_token = "bench"
}
resource "google_compute_network" "bench" {
  name                    = "bench"
  auto_create_subnetworks = false
}
"""


def sandbox(program):
    """A sandbox of its own with a project, and where it listens."""
    process = subprocess.Popen([program], stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    body = json.dumps({"projectId": "bench-project", "parent": {"type": "organization", "id": "1234"}})
    urllib.request.urlopen(urllib.request.Request(url + "/v1/projects", method="POST", data=body.encode())).read()
    return process, url


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--sandbox", default=os.path.join(TARGET, "release/terrane-sandbox"), type=os.path.abspath)
    parser.add_argument("--sizes", default="1000")
    arguments = parser.parse_args()
    for size in map(int, arguments.sizes.split(",")):
        directory = tempfile.mkdtemp(prefix="terrane-bench-")
        process, url = sandbox(arguments.sandbox)
        try:
            units = max(size // 10, 1)
            with open(os.path.join(directory, "main.tf"), "w", encoding="utf-8") as text:
                text.write(HEAD + "".join(UNIT.format(i=i) for i in range(units)))
            variables = {f"GOOGLE_{service}_CUSTOM_ENDPOINT": f"{url}/" for service in SERVICES}
            run(arguments.program, directory, variables, "init")
            made = run(arguments.program, directory, variables, "apply", "-auto-approve", "-parallelism=16")
            before = busy(process.pid)
            plan = run(arguments.program, directory, variables, "plan", "-stats", "-json", "-detailed-exitcode")
            work = busy(process.pid) - before
        finally:
            process.terminate()
            process.wait()
        rows = plan.traffic()
        services = ", ".join(f"{row['service']} {row['requests']}" for row in rows)
        print(
            f"{units * 10 + 1} objects: {sum(row['requests'] for row in rows)} requests ({services}); plan {plan.clock:.1f} s on the clock, "
            f"{plan.cpu:.1f} s of CPU, {plan.memory:.0f} MB; sandbox {work:.1f} s of CPU; made in {made.clock:.0f} s",
            flush=True,
        )
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
