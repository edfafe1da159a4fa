"""What first_start.py and idle_memory.py share: the site as `make run` starts it, in an empty data folder."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from measuring import ROOT, needed


@contextmanager
def served(patience: float = 180) -> Iterator[tuple["subprocess.Popen[bytes]", float]]:
    """The process of `serve --prepare` once its first page has been answered, and the seconds that took."""
    needed("django")
    with tempfile.TemporaryDirectory(prefix="crsapp-bench-") as folder, socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
        found.close()
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment |= {"CRSAPP_DATA_DIR": folder, "CRSAPP_DEMO": "1", "CRSAPP_LOG_LEVEL": "ERROR", "PORT": str(port)}
        begun = time.perf_counter()
        command = [sys.executable, "manage.py", "serve", "--prepare"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_for_page(f"http://127.0.0.1:{port}/", process, patience)
            yield process, time.perf_counter() - begun
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def wait_for_page(url: str, process: "subprocess.Popen[bytes]", patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"The site stopped with exit status {process.returncode}; what it said stands above.")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"No page came within {patience:.0f} s.")
