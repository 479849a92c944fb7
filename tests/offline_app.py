"""Start app.py where no network but loopback exists, ask it, and print the answer as JSON.

Run by test_fresh_environment.py inside a network namespace of its own.
"""

import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time

from gradio_client import Client

PORT = 7860
PATIENT = {"timeout": 60}  # an app that has just begun to listen is still starting
START_SECONDS = 400  # the fast forms of the models are made first
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def raise_loopback() -> None:
    """``ip link set lo up``, without needing iproute2."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def outside_is_refused() -> bool:
    """Whether an address outside cannot even be tried."""
    try:
        with socket.socket() as outside:
            outside.connect(("192.0.2.1", 80))  # TEST-NET-1 (RFC 5737): nobody is there
    except OSError:
        return True
    return False


def main() -> None:
    """Start the app, wait for it, ask, and stop it."""
    raise_loopback()
    assert outside_is_refused()
    app = subprocess.Popen([sys.executable, "app.py"], stdout=sys.stderr)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert app.poll() is None, "app.py stopped"
            assert time.monotonic() < deadline, "app.py did not start in time"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                    break
            time.sleep(0.5)
        client = Client(f"http://127.0.0.1:{PORT}", verbose=False, httpx_kwargs=PATIENT)
        question = "how many prisoners were pardoned?"
        print(json.dumps(client.predict(question, api_name="/ask")))
    finally:
        app.send_signal(signal.SIGINT)
        app.wait(timeout=30)


if __name__ == "__main__":
    os.environ["GRADIO_SERVER_PORT"] = str(PORT)
    main()
