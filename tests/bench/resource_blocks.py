#!/usr/bin/env python3
"""How long large configurations take: as many resource blocks of about 150 bytes, in one file, each referring to another.

    python3 tests/bench/resource_blocks.py [--program PATH] [--sizes 1000,10000,50000] [--plan] [--terraform-up-to 0]

Prints one line a size: seconds of CPU and on the clock, peak memory, and megabytes of configuration a second, of `fmt`, `validate` and,
with --plan, `plan`; and the milliseconds for 1,000 blocks, which stay the same when time is linear. Build with
`cargo build --release -p terrane-cli` first; without `--program`, target/release is looked at. """
import argparse
import os
import shutil
import tempfile

from measure import TARGET, run


def configuration(total):
    """Chains of ten resources, so that what is deep does not hide what is large."""
    blocks = []
    for i in range(total):
        before = f"terraform_data.resource_{i - 1}.output" if i % 10 else '"first"'
        blocks.append(
            f'resource "terraform_data" "resource_{i}" {{\n'
            f"  input = {{\n    name   = \"name-${{local.prefix}}-{i}\"\n    before = {before}\n    index  = {i}\n  }}\n}}\n"
        )
    return 'locals {\n  prefix = "prefix"\n}\n\n' + "\n".join(blocks)


def benchmark(name, program, total, commands):
    text = configuration(total)
    megabytes = len(text.encode()) / 1e6
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "main.tf"), "w", encoding="utf-8") as file:
            file.write(text)
        cells = [min((run(program, directory, {}, *command) for _ in range(3)), key=lambda run: run.cpu) for command in commands]
    shown = "  ".join(f"{cpu:6.2f} s CPU {clock:6.2f} s {memory:5.0f} MB {megabytes / cpu:6.1f} MB/s" for clock, cpu, memory, _ in cells)
    per_thousand = "  ".join(f"{cpu * 1e6 / total:6.1f}" for _, cpu, *_ in cells)
    print(f"{name:>10} {total:>6} {megabytes:5.1f} MB  {shown}   | {per_thousand}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(TARGET, "release/terrane"), type=os.path.abspath)
    parser.add_argument("--sizes", default="1000,10000,50000")
    parser.add_argument("--plan", action="store_true")
    parser.add_argument("--terraform-up-to", type=int, default=0)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    commands = [["fmt", "-write=false", "-list=false"], ["validate"]] + ([["plan"]] if options.plan else [])
    print(f"{'':>26}  " + "  ".join(f"{' '.join(command[:1]):^42}" for command in commands) + "   | ms of CPU for 1,000")
    for size in sizes:
        benchmark("terrane", options.program, size, commands)
    terraform = shutil.which("terraform")
    for size in [size for size in sizes if terraform and size <= options.terraform_up_to]:
        benchmark("terraform", terraform, size, commands)


if __name__ == "__main__":
    main()
