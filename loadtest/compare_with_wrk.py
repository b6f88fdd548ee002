#!/usr/bin/env python3
"""Compares the load generator with wrk: runs of both alternate against one server.

usage: compare_with_wrk.py GENERATOR URL [--pipeline N] [--connections N] [--seconds N] [--rounds N]
                           [--server COMMAND] [--server-cpu N] [--generator-cpu N] [--realtime]

GENERATOR is the command before the options, e.g. "target/release/dx loadtest". For each round it
prints both generators' requests a second, latency (p50, p99) and processor time a request (user
and system, from the kernel's account of the finished process), and at the end the median of the
rounds' ratios ours/wrk. Loopback only. Needs wrk; pipelining uses a wrk script made on the fly.
"""

import argparse
import json
import os
import re
import resource
import shlex
import statistics
import subprocess
import tempfile
import time

PIPELINE_SCRIPT = """
init = function(args)
  local requests = {}
  for i = 1, %d do requests[i] = wrk.format() end
  all = table.concat(requests)
end
request = function() return all end
"""

UNITS = {"us": 1.0, "ms": 1e3, "s": 1e6}


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(command):
    before = processor_seconds()
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return result.stdout, processor_seconds() - before


def percentile(name, output):
    """A line of wrk's latency distribution; wrk sometimes has none when pipelining."""
    match = re.search(rf"^\s+{name}%\s+([\d.]+)(us|ms|s)$", output, re.MULTILINE)
    return float(match.group(1)) * UNITS[match.group(2)] if match else 0.0


def measure_wrk(options, script):
    command = options.prefix + ["wrk", "-t1", f"-c{options.connections}", "--latency"]
    command += [f"-d{options.seconds}s"] + (["-s", script] if script else []) + [options.url]
    output, processor = run(command)
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    p50, p99 = percentile("50", output), percentile("99", output)
    return rate, p50, p99, processor * 1e6 / requests, True


def measure_ours(options):
    command = options.prefix + shlex.split(options.generator)
    command += ["--json", "--threads", "1", "--connections", str(options.connections)]
    command += ["--pipeline", str(options.pipeline), "--duration", f"{options.seconds}s"]
    output, processor = run(command + [options.url])
    report = json.loads(output)
    latency = report["latency_us"]
    each = processor * 1e6 / report["requests"]
    rate = report["requests_per_second"]
    return rate, latency["p50"], latency["p99"], each, report["valid"]


def show(name, figures):
    rate, p50, p99, processor, valid = figures
    note = "" if valid else "  (generator saturated)"
    print(
        f"  {name:5} {rate:12,.0f} req/s  p50 {p50:8.1f} us  p99 {p99:8.1f} us  "
        f"{processor:7.3f} us processor time a request{note}",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("generator")
    parser.add_argument("url")
    parser.add_argument("--pipeline", type=int, default=1)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--server", help="command to start first, and stop at the end")
    parser.add_argument("--server-cpu", type=int)
    parser.add_argument("--generator-cpu", type=int)
    parser.add_argument("--realtime", action="store_true", help="keep other programs out (root)")
    options = parser.parse_args()
    realtime = ["chrt", "-r", "10"] if options.realtime else []
    pin = lambda cpu: realtime + ([] if cpu is None else ["taskset", "-c", str(cpu)])
    options.prefix = pin(options.generator_cpu)
    server = None
    if options.server:
        server = subprocess.Popen(pin(options.server_cpu) + shlex.split(options.server))
        time.sleep(1)
    script = None
    if options.pipeline > 1:
        with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as file:
            file.write(PIPELINE_SCRIPT % options.pipeline)
            script = file.name
    ratios = []
    try:
        for number in range(options.rounds):
            # The order alternates too: what drifts within a round would favour one of them.
            if number % 2:
                ours, wrk = measure_ours(options), measure_wrk(options, script)
            else:
                wrk, ours = measure_wrk(options, script), measure_ours(options)
            show("wrk", wrk)
            show("ours", ours)
            ratios.append([ours[index] / wrk[index] if wrk[index] else None for index in range(4)])
    finally:
        if server:
            server.terminate()
        if script:
            os.unlink(script)
    names = ["requests a second", "p50", "p99", "processor time a request"]
    for index, name in enumerate(names):
        column = sorted(ratio[index] for ratio in ratios if ratio[index] is not None)
        if not column:
            continue
        print(
            f"{name:26} ours/wrk: median {statistics.median(column):.3f}  "
            f"(from {column[0]:.3f} to {column[-1]:.3f}, {len(column)} rounds)"
        )


if __name__ == "__main__":
    main()
