#!/usr/bin/env python3
"""How long plan and apply take with many resources, and how much memory: terraform_data in chains of ten.

    python3 tests/bench/terraform_data.py [--program PATH] [--sizes 1000,2000,...] [--terraform-up-to 3000]

Prints one line a size: seconds and peak memory of plan, apply, a plan without changes, and destroy, and the seconds for 1,000
resources, which stay the same when time is linear. If a `terraform` is on the PATH, the same for it, up to a size: its apply
takes quadratic time. Build with `cargo build --release -p terrane-cli` first; without `--program`, target/release is looked at.
"""
import argparse
import os
import shutil
import tempfile

from measure import TARGET, run


def configuration(total):
    """Ten resources in a row, each with a tenth of the instances."""
    blocks = []
    for link in range(10):
        value = "count.index" if link == 0 else f"terraform_data.link{link - 1}[count.index].output"
        blocks.append(f'resource "terraform_data" "link{link}" {{\n  count = {total // 10}\n  input = {value}\n}}\n')
    return "\n".join(blocks)


def benchmark(name, program, total):
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "main.tf"), "w", encoding="utf-8") as file:
            file.write(configuration(total))
        run(program, directory, {}, "init")
        cells = [
            run(program, directory, {}, "plan"),
            run(program, directory, {}, "apply", "-auto-approve"),
            run(program, directory, {}, "plan", "-detailed-exitcode"),
            run(program, directory, {}, "destroy", "-auto-approve"),
        ]
    text = "  ".join(f"{seconds:7.2f} s {memory:5.0f} MB" for seconds, _, memory, _ in cells)
    per_thousand = "  ".join(f"{seconds * 1000 / total:6.3f}" for seconds, *_ in cells)
    print(f"{name:>10} {total:>6}  {text}   | {per_thousand}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--sizes", default="1000,2000,5000,10000")
    parser.add_argument("--terraform-up-to", type=int, default=1000)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    print(f"{'':>17}  {'plan':^18}  {'apply':^18}  {'no-change plan':^18}  {'destroy':^18}   | seconds for 1,000")
    for size in sizes:
        benchmark("terrane", options.program, size)
    terraform = shutil.which("terraform")
    for size in [size for size in sizes if terraform and size <= options.terraform_up_to]:
        benchmark("terraform", terraform, size)


if __name__ == "__main__":
    main()
