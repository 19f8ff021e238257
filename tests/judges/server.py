"""Runs one judge server for as long as the caller wants it.

Contract of every start script:

- when the server answers, one line `READY <url> <token>` goes to stdout
  (`-` where there is no token), and nothing else ever does;
- the server ends, and its folder is removed, when stdin is closed or on
  SIGTERM, SIGINT or SIGHUP, so it cannot outlive the caller;
- exit code 0 after such an end, 1 when the server does not come up or dies,
  2 for wrong usage, 3 when the judge is not installed.

The server listens on loopback, has an empty HOME of its own, and logs into its
folder; the end of the log is printed when something goes wrong.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

JUDGES = pathlib.Path(__file__).resolve().parent.parent / ".cache" / "judges"
HOST = "127.0.0.1"


def arguments(description: str) -> argparse.ArgumentParser:
    """The options that all start scripts share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: a free one)")
    parser.add_argument("--log", type=pathlib.Path, help="also keep the server's log in this file")
    return parser


def installed(judge: str, program: str) -> str:
    """The path of an installed program, or exit code 3 with the command that installs it."""
    path = JUDGES / judge / program
    if not path.exists():
        print(f"{judge} is not installed; run: tests/judges/install {judge}", file=sys.stderr)
        sys.exit(3)
    return str(path)


def free_port(wanted: int) -> int:
    """The port asked for, or with 0 any that is free; exit code 1 if it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError as error:
            print(f"cannot listen on {HOST}:{wanted}: {error.strerror}", file=sys.stderr)
            sys.exit(1)
        return probe.getsockname()[1]


def environment(home: pathlib.Path, **more: str) -> dict:
    """This environment with another HOME, and without settings of the servers themselves."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PREFECT_", "JUPYTER_", "XDG_", "PYTHON"))
    }
    return {**kept, "HOME": str(home), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", **more}


class Server:
    """A child process in its own session, with a folder that goes away with it."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.port = free_port(options.port)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pontoon-judge-"))
        self.home = self.folder / "home"
        self.home.mkdir()
        self.url = f"http://{HOST}:{self.port}"
        self.log = (options.log or self.folder / "log").resolve()
        # What a server that is up may answer where its health is asked for, beside 200.
        self.alive = ()
        self.child = None
        self.stop = threading.Event()

    def run(self, command: list, environment: dict, health: str, token: str = "-",
            public: str = "", within: float = 120.0) -> None:
        """Starts `command`, announces it once `health` answers 200, and waits for the end."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop.set())
        threading.Thread(target=self.await_end_of_stdin, daemon=True).start()
        try:
            with open(self.log, "wb") as log:
                self.child = subprocess.Popen(
                    command, env=environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                )
            self.await_health(health, token, within)
            if not self.stop.is_set():
                print(f"READY {self.url}{public} {token}", flush=True)
            while not self.stop.wait(0.2):
                if self.child.poll() is not None:
                    self.fail(f"the server ended by itself (exit code {self.child.returncode})")
        finally:
            self.end()

    def await_end_of_stdin(self) -> None:
        while os.read(0, 4096):
            pass
        self.stop.set()

    def await_health(self, path: str, token: str, within: float) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(self.url + path)
        if token != "-":
            request.add_header("Authorization", f"token {token}")
        deadline = time.monotonic() + within
        while not self.stop.wait(0.05):
            if self.child.poll() is not None:
                self.fail(f"the server did not start (exit code {self.child.returncode})")
            try:
                with opener.open(request, timeout=5) as response:
                    if response.status == 200:
                        return
            except urllib.error.HTTPError as error:
                if error.code in self.alive:
                    return
            except (urllib.error.URLError, OSError):
                pass
            if time.monotonic() > deadline:
                self.fail(f"the server did not answer within {within:.0f} s")

    def fail(self, message: str) -> None:
        print(message, file=sys.stderr)
        try:
            tail = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
            print("\n".join(tail), file=sys.stderr)
        except OSError:
            pass
        sys.exit(1)

    def end(self) -> None:
        """Ends the child and everything it started, then removes the folder."""
        if self.child is not None:
            for number, seconds in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
                try:
                    os.killpg(self.child.pid, number)
                except ProcessLookupError:
                    break
                try:
                    self.child.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
        shutil.rmtree(self.folder, ignore_errors=True)


def run_node(judge: str, description: str, health: str) -> None:
    """Runs `JUDGE/server.mjs` on the packages that are installed for the judge."""
    options = arguments(description).parse_args()
    folder = pathlib.Path(installed(judge, "node_modules")).parent
    node = shutil.which("node")
    if node is None:
        print("Node is missing", file=sys.stderr)
        sys.exit(3)
    script = pathlib.Path(__file__).resolve().parent / judge / "server.mjs"
    running = Server(options)
    command = [node, str(script), str(folder), HOST, str(running.port)]
    running.run(command, environment(running.home), health=health)
