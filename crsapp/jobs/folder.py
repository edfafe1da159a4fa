"""A folder as message broker, for an installation on one machine that wants no second service.

A message is a file, written under another name first and then renamed, so that nobody reads half of it; whoever
manages to remove the file has the message. Messages are hints: one that is lost, broken or doubled does no harm,
because the `Job` row is the truth and the sweep sends another.
"""

import json
import logging
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, virtual

logger = logging.getLogger(__name__)

SUFFIX = ".message"
ALIAS = "folder"
TRANSPORT_ALIASES[ALIAS] = f"{__name__}:Transport"


class Channel(virtual.Channel):
    supports_fanout = False

    def _folder(self, queue: str) -> Path:
        client = self.connection.client
        options = client.transport_options if client else None
        if not options or "folder" not in options:
            raise ChannelError("The folder broker needs broker_transport_options={'folder': …}.")
        folder = Path(options["folder"]) / queue
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _files(self, queue: str) -> list[Path]:
        return sorted(path for path in self._folder(queue).iterdir() if path.name.endswith(SUFFIX))

    def _put(self, queue: str, message: dict[str, Any], **kwargs: Any) -> None:
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        unfinished = self._folder(queue) / f"{name}.unfinished"
        unfinished.write_text(json.dumps(message), encoding="utf-8")
        unfinished.rename(unfinished.with_name(name + SUFFIX))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        for path in self._files(queue):
            try:
                content = path.read_bytes()
                path.unlink()
            except FileNotFoundError:
                continue  # another worker was faster
            except OSError as error:
                logger.warning("Cannot take the message %s (%s); leaving it.", path, error)
                continue
            try:
                message: dict[str, Any] = json.loads(content)
                self.Message(message, channel=self)
            except Exception as error:
                logger.warning("Dropped the broken message %s (%s); the sweep sends another.", path.name, error)
                continue
            return message
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._files(queue))

    def _purge(self, queue: str) -> int:
        files = self._files(queue)
        for path in files:
            path.unlink(missing_ok=True)
        return len(files)


class Transport(virtual.Transport):
    Channel = Channel
    driver_type = "folder"
    driver_name = "folder"

    def driver_version(self) -> str:
        return "1"
