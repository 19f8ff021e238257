"""Generation: CPU and peak memory of each generator on whole descriptions."""

import os
import pathlib

from measure import CACHE, RIVALS, Failure, generate, median, note, peer, pontoon, save, spec

SUBJECTS = {
    "stripe": "Stripe, 452 operations, 2.5 MB",
    "github": "GitHub, 1,223 operations, 13 MB",
    "graph": "Microsoft Graph v1, 11,422 operations, 20 MB",
}


def tools(name: str) -> list:
    """The generators that are run on a description."""
    if name == "graph":
        return ["pontoon"]
    return ["pontoon"] + [tool for tool in RIVALS if peer(tool)]


def absent(name: str) -> list:
    """The peers that would be run on a description, but are not installed."""
    return [] if name == "graph" else [tool for tool in RIVALS if not peer(tool)]


def size(crate: pathlib.Path) -> str:
    """Lines and MB of Rust."""
    files = [path.read_bytes() for path in crate.rglob("*.rs") if path.is_file()]
    lines = sum(file.count(b"\n") for file in files)
    return f"{lines:,} lines, {sum(map(len, files)) / 1e6:.1f} MB"


def run(options) -> None:
    pontoon()
    plan = [(SUBJECTS[name], spec(name), [(tool, CACHE / "generated" / f"{name}-{tool}") for tool in tools(name)])
            for name in SUBJECTS]
    other = os.environ.get("BENCH_PROGENITOR_SPEC")
    if other and peer("progenitor"):
        source = pathlib.Path(other).resolve()
        plan.append((f"{source.name}, {source.stat().st_size / 1e6:.1f} MB", source,
                     [(tool, CACHE / "generated" / f"other-{tool}") for tool in ("pontoon", "progenitor")]))
    elif not other:
        note("progenitor is left out: BENCH_PROGENITOR_SPEC names no description")
    figures: dict = {}
    for _ in range(1 if options.quick else 3):
        for subject, source, crates in plan:
            for tool, crate in crates:
                note(f"{tool}: {subject}")
                figures.setdefault((subject, tool), []).append(generate(tool, source, crate))
    rows = []
    for subject, source, crates in plan:
        for tool, crate in crates:
            runs = figures[subject, tool]
            if not all(run["ok"] for run in runs) and tool == "pontoon":
                raise Failure(f"pontoon on {subject}:\n{runs[-1]['output']}")
            rows.append({"subject": subject, "who": tool, **median(runs), "size": size(crate)})
    rows += [{"subject": SUBJECTS[name], "who": tool, "result": "not measured (not installed)"}
             for name in SUBJECTS for tool in absent(name)]
    save("generate", rows)
