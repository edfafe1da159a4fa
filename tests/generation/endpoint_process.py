"""An endpoint as a process of its own, to be killed and brought back: it answers as the scripted one does.

`python -m tests.generation.endpoint_process PORT SECONDS`
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import Popen
from typing import Any
from urllib.request import urlopen

from generation.llm.exchange import Message, Request
from generation.llm.scripted import ScriptedClient
from tests import services


@contextmanager
def endpoint_process(port: int, *, seconds: float = 0.1) -> Iterator["Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.generation.endpoint_process", str(port), str(seconds)]
    with Popen(command, cwd=services.ROOT) as process:
        try:
            services.until(lambda: _answers(port), 30, "the endpoint answers", process)
            yield process
        finally:
            process.kill()


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class Handler(BaseHTTPRequestHandler):
    seconds = 0.0
    client = ScriptedClient(mishaps={"ends_at": 3})

    def do_GET(self) -> None:
        self._say({})

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        messages = tuple(Message(one["role"], one["content"]) for one in said["messages"])
        time.sleep(self.seconds)
        outcome = asyncio.run(self.client.ask(Request(messages, max_tokens=2048, seed=said.get("seed"))))
        message = {"role": "assistant", "content": outcome.text}
        usage = {"prompt_tokens": outcome.tokens_in, "completion_tokens": outcome.tokens_out}
        self._say({"choices": [{"index": 0, "finish_reason": "stop", "message": message}], "usage": usage})

    def _say(self, what: dict[str, Any]) -> None:
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what was asked is on record."""


if __name__ == "__main__":
    Handler.seconds = float(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
