"""The server that a load is put on, in a process of its own."""

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
from timing import ROOT

# All visitors come from this machine, so its one share must be enough for all.
QUESTIONS_PER_MINUTE = 1_000_000
START_S = 300  # the fast forms of the models may have to be made
POLL_S = 0.2  # between two looks at whether it runs


class Server:
    """``pullquote chat`` over the example articles, in a process of its own.

    Args:
        keep: the folder where it keeps what visitors bring and ask.
    """

    def __init__(self, keep: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._command = [
            *(sys.executable, "-m", "qa.cli", "chat", "--no-browser", "--port", str(port)),
            *("--questions-per-minute", str(QUESTIONS_PER_MINUTE), "--keep", str(keep)),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        self.runs = False  # and can be asked

    def start(self) -> None:
        """Start it, and wait until it can be asked.

        Raises:
            RuntimeError: it did not start, or not in time.
        """
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError("The server did not start.")
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK:
                    self.runs = True
                    return
            except httpx.TransportError:
                pass
            time.sleep(POLL_S)
        raise RuntimeError("The server did not start in time.")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.runs = False
        self.kills += 1
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def resident_mb(self) -> float | None:
        """Its memory; None while it does not run."""
        if self._process is None or not self.runs:
            return None
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text("utf-8")
        except FileNotFoundError:
            return None
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1000 if found else None
