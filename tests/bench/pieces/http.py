"""Requests per second and CPU per request against a hyper server on loopback."""

import json
import os
import shutil
import statistics
import subprocess

from measure import CACHE, note, quiet, save
from pieces import codec

CLIENTS = {
    "hyper": "raw hyper + serde_json", "reqwest": "raw reqwest + serde_json", "pontoon": "pontoon, reqwest transport",
}
PAYLOADS = {"small": "object of 1.3 KB", "page": "page of 100 objects, 274 KB"}


def run(options) -> None:
    codec.build()
    pinned = shutil.which("taskset") and (os.cpu_count() or 1) > 1
    pin = [["taskset", "-c", core] if pinned else [] for core in ("0", "1")]
    programs = CACHE / "target" / "release"
    seconds, rounds = ("0.3", 1) if options.quick else ("1.5", 2)
    cells = [(payload, tasks) for payload in PAYLOADS for tasks in ("1", "64")]
    figures: dict = {}
    server = subprocess.Popen([*pin[0], programs / "server"], stdout=subprocess.PIPE, text=True)
    try:
        port = server.stdout.readline().strip()
        for turn in range(rounds):
            note(f"round {turn + 1} of {rounds}")
            for payload, tasks in cells:
                for client in CLIENTS:
                    command = [*pin[1], programs / "client", port, client, payload, tasks, seconds]
                    run = json.loads(quiet(command, f"{client} {payload} {tasks}"))
                    figures.setdefault((payload, tasks, client), []).append(run)
    finally:
        server.terminate()
        server.wait()
    rows = []
    for (payload, tasks, client), runs in figures.items():
        rows.append({
            "subject": f"{PAYLOADS[payload]}, {tasks} at a time", "who": CLIENTS[client],
            "rate": statistics.median(run["requests"] / run["seconds"] for run in runs),
            "micros": statistics.median(run["cpu"] / run["requests"] * 1e6 for run in runs),
            "mb": statistics.median(run["memory"] for run in runs) / 1024})
    place = "server on core 0, client on core 1" if pinned else "not pinned to cores"
    save("http", rows, f"{seconds} s a cell, median of {rounds} interleaved rounds; {place}; one thread each")
