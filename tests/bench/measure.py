"""What the benchmarks share: running programs and measuring them, the endpoint for AWS, and a published plugin."""
import glob
import json
import os
import re
import subprocess
import sys
import threading
import time
from typing import NamedTuple

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target"))
ARCHIVE = "terraform-provider-aws_3.39.0_linux_amd64.zip"
AWS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_EC2_METADATA_DISABLED": "true"}


class Run(NamedTuple):
    """A run of a program: seconds by the clock and of CPU, peak memory in MB, both with all that it started, and what was printed."""

    clock: float
    cpu: float
    memory: float
    text: str

    def traffic(self):
        """How many requests of which service `-stats -json` tells of, in rows."""
        lines = [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]
        return [row for line in lines for rows in line.get("traffic", {}).values() for row in rows]


def run(program, directory, variables, *arguments, expected=0):
    """Runs a program with nothing from outside that would change what it does, and ends if it does not end as expected."""
    outside = ("TF_", "AWS_", "GOOGLE_", "TERRANE_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(outside)}
    environment.update(CHECKPOINT_DISABLE="1", **variables)
    paths = [os.path.join(directory, name) for name in ("output.txt", "errors.txt")]
    with open(paths[0], "wb") as output, open(paths[1], "wb") as errors:
        start = time.monotonic()
        process = subprocess.Popen([program, *arguments], cwd=directory, env=environment, stdout=output, stderr=errors)
        sampler = Sampler(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        clock = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = max(sampler.stop(), usage.ru_maxrss)
    texts = []
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as text:
            texts.append(text.read())
    if process.returncode != expected:
        sys.exit(f"{program} {' '.join(arguments)} ended with {process.returncode}:\n{''.join(texts)[-4000:]}")
    return Run(clock, usage.ru_utime + usage.ru_stime, peak / 1024, texts[0])


class Sampler(threading.Thread):
    """Looks every ten milliseconds at the memory of a process and all that it has started."""

    def __init__(self, pid):
        super().__init__()
        self.pid, self.peak, self.ended = pid, 0, threading.Event()
        self.start()

    def run(self):
        while not self.ended.wait(0.01):
            self.peak = max(self.peak, resident(self.pid))

    def stop(self):
        """The most that was seen, in kB."""
        self.ended.set()
        self.join()
        return self.peak


def resident(pid):
    """The resident memory of a process and all that it has started, in kB."""
    pages = 0
    waiting = [pid]
    while waiting:
        current = waiting.pop()
        try:
            with open(f"/proc/{current}/statm", encoding="ascii") as statm:
                pages += int(statm.read().split()[1])
            for children in glob.glob(f"/proc/{current}/task/*/children"):
                with open(children, encoding="ascii") as text:
                    waiting.extend(map(int, text.read().split()))
        except (OSError, IndexError):
            pass
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def busy(pid):
    """Seconds of CPU that a process has used."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def moto(python, log):
    """A moto of its own, and where it listens."""
    server = os.path.join(ROOT, "tests/xtask/src/moto_server.py")
    environment = {**os.environ, "AWS_EC2_METADATA_DISABLED": "true"}
    process = subprocess.Popen([python, "-u", server], stdout=subprocess.DEVNULL, stderr=log, env=environment)
    while process.poll() is None:
        with open(log.name, encoding="utf-8") as text:
            found = re.search(r"Running on (http://\S+)", text.read())
        if found:
            return process, found.group(1)
        time.sleep(0.1)
    sys.exit("moto did not start")


def requests(log):
    """How many requests that endpoint has had."""
    with open(log.name, encoding="utf-8") as text:
        return sum("HTTP/1." in line for line in text)


def published_plugin(python, directory, name, native=""):
    """Environment variables by which hashicorp/aws 3.39.0 is installed as published, from the package beside an interpreter."""
    packages = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(python))), "lib/python3*/site-packages")
    archives = glob.glob(os.path.join(packages, "cloudrail/terraform_plugins", ARCHIVE))
    if not archives:
        sys.exit(f"{ARCHIVE} is not installed beside {python}")
    mirror = os.path.join(directory, "mirror")
    provider = os.path.join(mirror, "registry.terraform.io/hashicorp/aws")
    os.makedirs(provider, exist_ok=True)
    if not os.path.exists(os.path.join(provider, ARCHIVE)):
        os.symlink(archives[0], os.path.join(provider, ARCHIVE))
    configuration = os.path.join(directory, f"{name}.tfrc")
    with open(configuration, "w", encoding="utf-8") as text:
        text.write(f'provider_installation {{\n  {native}\n  filesystem_mirror {{ path = "{mirror}" }}\n}}\n')
    return {**AWS, "TF_CLI_CONFIG_FILE": configuration}


def published_provider(url, services):
    """The blocks for that plugin, which knows the variables for endpoints of later versions not yet."""
    endpoints = "".join(f'    {service} = "{url}"\n' for service in services)
    return f"""
terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "3.39.0"
    }}
  }}
}}
provider "aws" {{
  region                      = "eu-west-1"
  s3_force_path_style         = true
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  endpoints {{
{endpoints}  }}
}}
"""
