"""The folder that serves as broker."""

from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from kombu import Connection, Queue
from kombu.simple import SimpleQueue

from crsapp.jobs.celery import wake
from crsapp.jobs.folder import SUFFIX


def receive(folder: Path) -> list[str]:
    """Take all messages that are there."""
    taken = []
    with Connection("folder://localhost", transport_options={"folder": str(folder.parent)}) as connection:
        queue = SimpleQueue(connection.default_channel, Queue("jobs"), no_ack=True)
        while queue.qsize():
            try:
                taken.append(queue.get(block=False).payload[0][0])
            except queue.Empty:
                break
    return taken


def test_messages_arrive_in_the_order_in_which_they_were_sent(broker_folder: Path) -> None:
    ids = [uuid4() for _ in range(5)]
    for job_id in ids:
        wake(job_id)
    assert receive(broker_folder) == [str(job_id) for job_id in ids]
    assert not list(broker_folder.iterdir())


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"properties": {}}', '{"body": "%%%", "properties": 1}'])
def test_a_broken_message_is_dropped_and_the_next_one_arrives(
    broker_folder: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    broker_folder.mkdir(parents=True)
    (broker_folder / f"0{SUFFIX}").write_text(content)
    job_id = uuid4()
    wake(job_id)
    assert receive(broker_folder) == [str(job_id)]
    assert "Dropped the broken message" in caplog.text


def test_what_is_not_yet_written_to_its_end_is_not_read(broker_folder: Path) -> None:
    broker_folder.mkdir(parents=True)
    (broker_folder / "0.unfinished").write_text("{")
    assert receive(broker_folder) == []


def test_of_several_readers_one_gets_each_message(broker_folder: Path) -> None:
    ids = {str(uuid4()) for _ in range(60)}
    for job_id in ids:
        wake(job_id)  # type: ignore[arg-type]
    taken: list[str] = []
    readers = [Thread(target=lambda: taken.extend(receive(broker_folder))) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(taken) == 60
    assert set(taken) == ids
