"""RESULTS.md from the kept figures."""

import json
import os
import pathlib
import platform
import subprocess

from measure import BENCH, CACHE

PIECES = ("generate", "check", "release", "build", "codec", "http")
TITLES = {
    "generate": "Generation", "check": "`cargo check` of the generated crate alone",
    "release": "Release build of a binary that makes one Stripe call", "codec": "JSON codec",
    "http": "Requests on loopback", "build": "Debug build from nothing",
}
VERSIONS = ("ploidy 0.15.0, oas3-gen 0.29.0, openapi-to-rust 0.23.0, progenitor (cargo-progenitor) 0.15.1, "
            "openapi-generator 7.26.0 (rust, reqwest)")


def machine() -> str:
    """The processor and memory, as far as the system tells."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
        kilobytes = int(pathlib.Path("/proc/meminfo").read_text().split()[1])
        memory = f", {kilobytes / 1024 / 1024:.0f} GiB"
    except (OSError, ValueError, IndexError):
        model, memory = platform.machine(), ""
    try:
        rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    except (OSError, subprocess.CalledProcessError):
        rustc = "unknown"
    return f"{os.cpu_count()} cores ({model}{memory}), {platform.system()}, rustc {rustc}"


def requests(row: dict, rows: list) -> list:
    """The figures of a client, in shares of the raw client on the same transport."""
    if "result" in row:
        return ["", "", "", row["result"]]
    raw = "hyper +" if "hyper" in row["who"] else "reqwest +"
    base = next((other for other in rows if other["subject"] == row["subject"] and raw in other["who"]), None)

    def share(key: str, form: str) -> str:
        value = row.get(key)
        if value is None:
            return ""
        part = value / base[key] if base and base.get(key) else None
        if key == "micros":
            part = row.get("share", part)
        return format(value, form) + (f" ({part * 100:.0f} %)" if part else "")

    return [share("micros", ".1f"), share("instructions", ",.0f"), f"{row['rate']:,.0f}" if "rate" in row else "",
            share("mb", ".0f" if row["mb"] >= 1 else ".3f")]


def cells(piece: str, row: dict, rows: list) -> list:
    """One line of a piece's table."""
    if piece == "codec":
        base = rows[1]
        return [row["who"], *(f"{row[task]:.0f} MB/s ({row[task] / base[task] * 100:.0f} %)"
                              for task in ("decode", "encode"))]
    if piece == "build":
        share = row["cpu"] / rows[0]["cpu"]
        return [row["who"], f"{row['cpu']:.1f} ({row['lowest']:.1f}-{row['highest']:.1f})", f"{share:.2f}"]
    if piece == "http":
        return [row["subject"], row["who"], *requests(row, rows)]
    if piece == "release":
        hand = rows[0]
        if not row["ok"]:
            return [row["subject"], f"{row['cpu']:.0f}", "", f"{row['mb'] / 1024:.2f}", "does not compile", ""]
        more = [f"{row['cpu'] - hand['cpu']:+.0f}", f"{(row['bytes'] - hand['bytes']) / 1e6:+.2f}"]
        more = ["", ""] if row is hand else more
        return [row["subject"], f"{row['cpu']:.0f}", more[0], f"{row['mb'] / 1024:.2f}",
                f"{row['bytes'] / 1e6:.2f}", more[1]]
    if "cpu" not in row:
        return [row["subject"], row["who"], "", "", row["result"]]
    last = row["result"] if piece == "check" else (row["size"] if row["ok"] else "fails")
    spread = f" ({row['lowest']:.2f}-{row['highest']:.2f})" if row["runs"] > 1 else " (one run)"
    return [row["subject"], row["who"], f"{row['cpu']:.2f}{spread}", f"{row['mb']:,.0f}", last]


HEADS = {
    "build": ["crate that depends on", "CPU s", "times the first"],
    "generate": ["description", "generator", "CPU s", "peak MB", "Rust written"],
    "check": ["description", "generator", "CPU s", "peak MB", "result"],
    "release": ["program", "CPU s", "more than by hand", "peak GB", "stripped MB", "more than by hand"],
    "codec": ["types", "decode (of serde derive)", "encode (of serde derive)"],
    "http": ["payload, requests", "client", "CPU us a request (of the raw client)",
             "instructions a request", "requests/s", "peak MB"],
}
REMARKS = {
    "generate": "CPU s = user + system; median (lowest-highest) of interleaved runs into an empty folder.",
    "check": "Dependencies built before, not incremental, `src/lib.rs` touched; cargo's own 0.1-0.3 s included.",
    "release": "From nothing, dependencies included, default release profile; one run each.",
    "build": "CPU s = user + system; median (lowest-highest) of interleaved builds into an empty folder.",
    "codec": "", "http": "CPU and memory are the client's alone. The peers' clients come from a description of the two "
            "operations with their success responses alone, and are built on the same reqwest.",
}


def before() -> dict:
    """The sections of the table as it is: figures of a piece that were taken elsewhere stay."""
    table = BENCH / "RESULTS.md"
    sections = (table.read_text() if table.exists() else "").split("\n## ")[1:]
    return {title: body.strip() for title, _, body in (section.partition("\n") for section in sections)}


def write() -> str:
    """Writes the table and gives it."""
    kept_before = before()
    text = [
        "# Benchmarks", "",
        "Written by `tests/bench/run` (see its `--help`). Compare within a table; differences under 10 % are noise.",
        f"Machine: {machine()}. Peers: {VERSIONS}.",
    ]
    for piece in PIECES:
        text += ["", f"## {TITLES[piece]}", ""]
        path = CACHE / "results" / f"{piece}.json"
        if not path.exists():
            text.append(kept_before.get(TITLES[piece], "Not measured."))
            continue
        kept = json.loads(path.read_text())
        parts = [REMARKS[piece], kept["remark"] and kept["remark"] + "."]
        text += [" ".join(part for part in parts if part), ""]
        text.append("| " + " | ".join(HEADS[piece]) + " |")
        text.append("|" + "---|" * len(HEADS[piece]))
        for row in kept["rows"]:
            text.append("| " + " | ".join(cells(piece, row, kept["rows"])) + " |")
        text += ["", f"Taken {kept['date']} at commit {kept['commit']} by `{kept['command'].strip()}`; "
                     f"load average of the 15 minutes before: {kept['load']}."]
    result = "\n".join(text) + "\n"
    (BENCH / "RESULTS.md").write_text(result)
    return result
