"""The clients that peers generate, as programs that make the calls of `client`."""

import json
import pathlib
import shutil

from measure import BENCH, CACHE, VERSIONS, environment, generate, note, peer, quiet, spec

CLIENTS = {"progenitor": "progenitor's client", "openapi-generator": "openapi-generator's client"}
PATHS = ("/repos/{owner}/{repo}/issues", "/repos/{owner}/{repo}/milestones/{milestone_number}")
FOLDER = CACHE / "clients"


def references(node) -> list:
    """Every `$ref` below a node."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in references(value)]
    return [found for value in node for found in references(value)] if isinstance(node, list) else []


def untitled(node):
    """The same without titles, which progenitor makes names of, some of them twice."""
    if isinstance(node, dict):
        return {key: untitled(value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
    return [untitled(value) for value in node] if isinstance(node, list) else node


def description() -> pathlib.Path:
    """The two operations of `client` with what they refer to, and the success response
    alone: progenitor refuses operations with several types of errors."""
    whole = json.loads(spec("github").read_text())
    paths = {}
    for path in PATHS:
        operation = whole["paths"][path]["get"]
        responses = {"200": operation["responses"]["200"]}
        paths[path] = {"get": {**operation, "responses": responses}}
    components: dict = {}
    todo, seen = references(paths), set()
    while todo:
        reference = todo.pop()
        if reference not in seen:
            seen.add(reference)
            _, _, kind, name = reference.split("/")
            found = untitled(whole["components"][kind][name])
            components.setdefault(kind, {})[name] = found
            todo += references(found)
    out = FOLDER / "issues.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({
        "openapi": whole["openapi"], "info": {"title": "issues", "version": "0.1.0"},
        "servers": whole["servers"], "paths": paths, "components": components}))
    return out


def program(tool: str) -> pathlib.Path:
    """The program on a peer's client."""
    return CACHE / f"target-{tool}" / "release" / "program"


def build(tool: str) -> str:
    """Builds the program on a peer's client; says why, if there is none."""
    if not peer(tool):
        return f"not measured ({VERSIONS[tool]} is not installed)"
    folder = FOLDER / tool
    figures = generate(tool, description(), folder / "client")
    if not figures["ok"]:
        note(figures["output"])
        return "does not generate"
    crate = folder / "program"
    shutil.rmtree(crate, ignore_errors=True)
    (crate / "src").mkdir(parents=True)
    for source, name in (("peers/Cargo.toml", "Cargo.toml"), ("peers/main.rs", "src/main.rs"),
                         (f"peers/{tool}.rs", "src/calls.rs"), ("src/meter.rs", "src/meter.rs"),
                         # The versions that the other clients are built with.
                         ("Cargo.lock", "Cargo.lock")):
        shutil.copy(BENCH / source, crate / name)
    note(f"building {CLIENTS[tool]}")
    quiet(["cargo", "build", "--release", "--manifest-path", crate / "Cargo.toml"], f"building {tool}",
          env=environment(f"target-{tool}"))
    return ""
