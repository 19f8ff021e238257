"""Requests per second, CPU, instructions and memory per request against a hyper server on loopback."""

import json
import os
import re
import shutil
import statistics
import subprocess

from measure import CACHE, note, quiet, save
from pieces import codec, peers

CLIENTS = {
    "hyper": "raw hyper + serde_json", "pontoon-hyper": "pontoon, hyper transport",
    "pontoon-limits": "pontoon, hyper transport, with limits",
    "reqwest": "raw reqwest + serde_json", "pontoon": "pontoon, reqwest transport",
}
PAYLOADS = {"small": "object of 1.3 KB", "page": "page of 100 objects, 274 KB"}
PROGRAMS = CACHE / "target" / "release"
# Calls for counting instructions: the difference leaves out what is done once.
FEW, MANY = {"small": 200, "page": 80}, {"small": 1200, "page": 160}
# Rounds and their seconds: what takes microseconds varies with everything around it, and
# many short rounds beside each other vary alike.
ROUNDS = {"small": (61, "0.25"), "page": (7, "1.2")}
RAW = {"hyper": "hyper", "pontoon-hyper": "hyper", "pontoon-limits": "hyper"}


class Server:
    """A server on a port of its own, on the given core."""

    def __init__(self, pin: list):
        self.process = subprocess.Popen([*pin, PROGRAMS / "server"], stdout=subprocess.PIPE, text=True)
        self.port = self.process.stdout.readline().strip()

    def __enter__(self) -> str:
        return self.port

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()


def command(port: str, kind: str, *rest: str) -> list:
    """The program of a client with its arguments."""
    if kind in peers.CLIENTS:
        return [peers.program(kind), port, *rest]
    return [PROGRAMS / "client", port, kind, *rest]


def client(pin: list, port: str, kind: str, payload: str, tasks: int, limit: str) -> dict:
    run = [*pin, *command(port, kind, payload, str(tasks), limit)]
    return json.loads(quiet(run, f"{kind} {payload} {tasks}"))


def instructions(port: str, kind: str, payload: str, tasks: int) -> float | None:
    """Instructions of user code per request, by cachegrind; None without it."""
    if not shutil.which("valgrind"):
        return None
    counts = []
    for calls in (FEW[payload], MANY[payload]):
        tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
        run = subprocess.run([*tool, *command(port, kind, payload, str(tasks), f"{calls}x")],
                             capture_output=True, text=True, check=False)
        found = re.search(r"I\s+refs:\s+([\d,]+)", run.stderr)
        if not found:
            return None
        counts.append(int(found[1].replace(",", "")))
    return (counts[1] - counts[0]) / (MANY[payload] - FEW[payload])


def run(options) -> None:
    codec.build()
    missing = {tool: reason for tool in peers.CLIENTS if (reason := peers.build(tool))}
    names = {**CLIENTS, **peers.CLIENTS}
    kinds = [kind for kind in names if kind not in missing]
    pinned = shutil.which("taskset") and (os.cpu_count() or 1) > 1
    pin = [["taskset", "-c", core] if pinned else [] for core in ("0", "1")]
    plans = {payload: (1, "0.3") if options.quick else plan for payload, plan in ROUNDS.items()}
    cells = [(payload, tasks) for payload in PAYLOADS for tasks in (1, 64)]
    figures: dict = {}
    counted: dict = {}
    with Server(pin[0]) as port:
        for payload, tasks in cells:
            rounds, seconds = plans[payload]
            note(f"{PAYLOADS[payload]}, {tasks} at a time: {rounds} rounds")
            for turn in range(rounds):
                for kind in kinds if turn % 2 else reversed(kinds):
                    run = client(pin[1], port, kind, payload, tasks, seconds)
                    run["micros"] = run["cpu"] / run["requests"] * 1e6
                    figures.setdefault((payload, tasks, kind), []).append(run)
        note("instructions")
        for payload, tasks in cells:
            for kind in kinds:
                counted[payload, tasks, kind] = instructions(port, kind, payload, tasks)
    rows = []
    for payload, tasks in cells:
        for kind, name in names.items():
            row = {"subject": f"{PAYLOADS[payload]}, {tasks} at a time", "who": name}
            rows.append(row)
            if kind in missing:
                row["result"] = missing[kind]
                continue
            runs = figures[payload, tasks, kind]
            raw = figures[payload, tasks, RAW.get(kind, "reqwest")]
            row.update(
                share=statistics.median(run["micros"] / beside["micros"] for run, beside in zip(runs, raw)),
                rate=statistics.median(run["requests"] / run["seconds"] for run in runs),
                micros=statistics.median(run["micros"] for run in runs),
                instructions=counted[payload, tasks, kind],
                mb=statistics.median(run["memory"] for run in runs) / 1024)
    note("memory")
    many = 1_000 if options.quick else 10_000
    for kind in ("hyper", "pontoon-hyper", "pontoon"):
        # A server that has not yet counted.
        with Server(pin[0]) as port:
            held = client(pin[1], port, kind, "held", many, f"{many}x")
        rows.append({"subject": f"{many:,} requests that wait at once", "who": CLIENTS[kind], "mb": held["memory"] / 1024})
    for kind in ("reqwest", "pontoon", "pontoon-hyper"):
        idle = client(pin[1], "9", kind, "idle", 1000, "0x")
        rows.append({"subject": "a client that has sent nothing, of 1,000", "who": CLIENTS[kind],
                     "mb": idle["memory"] / 1024})
    place = "server on core 0, client on core 1" if pinned else "not pinned to cores"
    spans = "; ".join(f"{PAYLOADS[payload]}: {seconds} s a cell, {rounds} interleaved rounds"
                      for payload, (rounds, seconds) in plans.items())
    save("http", rows, f"{spans}; {place}; one thread each. Medians; the share of CPU is that of the shares "
         "of the rounds. Instructions are those of user code (cachegrind), without what is done once")
