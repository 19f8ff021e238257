"""Decode and encode of a page of 100 objects; and the programs that `http` uses too."""

import json

from measure import BENCH, CACHE, environment, generate, note, pontoon, quiet, save, spec

KEEP = ("--include", "/repos/{owner}/{repo}/issues#GET",
        "--include", "/repos/{owner}/{repo}/milestones/{milestone_number}#GET")
TASKS = [
    ("pontoon, generated type", "generated"),
    ("serde derive, the same types (labels an untagged union)", "serde"),
    ("serde derive, labels simplified to one struct", "serde plain"),
]


def build() -> None:
    """The Rust programs, on a crate generated now."""
    pontoon()
    generate("pontoon", spec("github"), CACHE / "clients" / "github-issues", KEEP)
    note("building the programs")
    quiet(["cargo", "build", "--release", "--manifest-path", BENCH / "Cargo.toml"], "building tests/bench",
          env=environment("target"))


def run(options) -> None:
    build()
    note("decode and encode")
    rounds = "5" if options.quick else "31"
    figures = json.loads(quiet([CACHE / "target/release/codec", rounds], "codec"))
    rows = [{"who": who, "decode": figures[f"decode {key}"], "encode": figures[f"encode {key}"]}
            for who, key in TASKS]
    save("codec", rows, f"{figures['bytes'] / 1000:.0f} KB, 100 objects; median of {rounds} interleaved rounds of 20")
