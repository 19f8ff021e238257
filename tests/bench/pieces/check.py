"""`cargo check` of each generated crate alone, its dependencies already built."""

import os
import pathlib

from measure import CRATES, RIVALS, environment, generate, median, note, peer, pontoon, save, spec, timed


def run(options) -> None:
    pontoon()
    peers = [] if options.quick else [tool for tool in RIVALS if peer(tool)]
    plan = [("Stripe", "stripe", "pontoon"), ("GitHub", "github", "pontoon")]
    plan += [("Stripe", "stripe", tool) for tool in peers]
    if options.full:
        plan += [("GitHub", "github", tool) for tool in peers]
    crates = [(subject, tool, CRATES / f"{name}-{tool}", spec(name)) for subject, name, tool in plan]
    other = os.environ.get("BENCH_PROGENITOR_SPEC")
    if other and not options.quick and peer("progenitor"):
        source = pathlib.Path(other).resolve()
        crates += [(source.name, tool, CRATES / f"other-{tool}", source) for tool in ("pontoon", "progenitor")]
    variables, figures = environment("check-target"), {}
    # The peers take minutes: they are measured once, in the middle of our rounds.
    for turn in range(1 if options.quick else 3):
        for subject, tool, crate, source in crates:
            if tool != "pontoon" and turn != 0:
                continue
            if tool == "pontoon" and turn == 0 or not (crate / "Cargo.toml").exists():
                generate(tool, source, crate)
            note(f"{tool}: {subject}")
            manifest = crate / "Cargo.toml"
            if turn == 0:
                # Builds the dependencies.
                timed(["cargo", "check", "--manifest-path", manifest], env=variables)
            (crate / "src/lib.rs").touch()
            figures.setdefault((subject, tool), []).append(
                timed(["cargo", "check", "--manifest-path", manifest], env=variables))
    rows = []
    for subject, tool, _, _ in crates:
        runs = figures[subject, tool]
        output = runs[-1]["output"]
        result = "compiles" if runs[-1]["ok"] else "does not compile"
        if runs[-1]["ok"] and "warning:" in output:
            result = "compiles, with warnings"
        rows.append({"subject": subject, "who": tool, **median(runs), "result": result})
    reason = "not measured (left out by `--quick`)" if options.quick else "not measured (not installed)"
    rows += [{"subject": "Stripe", "who": tool, "result": reason} for tool in RIVALS if tool not in peers]
    if not options.full:
        rows += [{"subject": "GitHub", "who": tool, "result": "not measured (needs `--full`)"} for tool in RIVALS]
    save("check", rows)
