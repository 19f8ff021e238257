"""Debug builds from nothing: the runtime with its default features beside what it stands on."""

import shutil

from measure import CACHE, ROOT, Failure, environment, median, note, quiet, save, timed

BARE = """
reqwest = { version = "0.13", default-features = false, features = ["http2", "rustls-no-provider", "system-proxy"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
tokio = { version = "1", features = ["macros", "rt"] }
"""
RUNTIME = f"""
pontoon-runtime = {{ path = "{ROOT / 'runtime' / 'client'}" }}
tokio = {{ version = "1", features = ["macros", "rt"] }}
"""
PROGRAMS = {"bare": ("reqwest, rustls (ring), tokio", BARE), "runtime": ("pontoon-runtime, default features", RUNTIME)}


def run(options) -> None:
    figures: dict = {}
    for name, (_, dependencies) in PROGRAMS.items():
        folder = CACHE / "programs" / f"build-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "src").mkdir(parents=True)
        (folder / "src/lib.rs").write_text("")
        (folder / "Cargo.toml").write_text(
            f'[workspace]\n[package]\nname = "build-{name}"\nversion = "0.1.0"\nedition = "2024"\n'
            f"[dependencies]{dependencies}")
        # The same versions of what both have.
        shutil.copy(ROOT / "Cargo.lock", folder / "Cargo.lock")
        quiet(["cargo", "fetch", "--manifest-path", folder / "Cargo.toml"], "cargo fetch")
    for turn in range(1 if options.quick else 3):
        for name, (label, _) in PROGRAMS.items():
            note(f"round {turn + 1}: {label}")
            target = f"build-{name}"
            shutil.rmtree(CACHE / target, ignore_errors=True)
            manifest = CACHE / "programs" / f"build-{name}" / "Cargo.toml"
            once = timed(["cargo", "build", "--manifest-path", manifest], env=environment(target))
            shutil.rmtree(CACHE / target, ignore_errors=True)
            if not once["ok"]:
                raise Failure(f"{label}:\n{once['output']}")
            figures.setdefault(name, []).append(once)
    rows = [{"who": label, **median(figures[name])} for name, (label, _) in PROGRAMS.items()]
    save("build", rows)
