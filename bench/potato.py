"""Potato under the same load. It is installed by whoever measures: `pip install potato-annotation`."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx
from judging_site import RATINGS, free_port, running
from measuring import dialogues

INSTANCE = re.compile(r'id="instance_id"[^>]*value="([^"]*)"|"instance_id"\s*:\s*"([^"]+)"')
CONFIG = """
annotation_task_name: bench
task_dir: .
output_annotation_dir: out
output_annotation_format: json
data_files: [data.jsonl]
item_properties: {{id_key: id, text_key: text}}
require_password: false
authentication: {{method: in_memory}}
assignment_strategy: {{name: random, num_annotators_per_item: {annotators}}}
num_annotators_per_item: {annotators}
secret_key: {key}
port: {port}
server: {{port: {port}, host: 127.0.0.1}}
user_config: {{allow_all_users: true, users: []}}
instance_display:
  fields:
    - key: conversation
      type: dialogue
annotation_schemes:
{schemes}
"""
SCHEME = """  - annotation_type: radio
    name: {name}
    description: "{name}"
    labels: ["0", "1", "2"]
    label_requirement: {{required: true}}
"""


@contextmanager
def potato_site(program: Path, *, size: int, annotators: int = 3) -> Iterator[str]:
    """A Potato server with so many dialogues; yields its address."""
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        with (folder / "data.jsonl").open("w") as file:
            for one in dialogues(size):
                text = "\n".join(f"{said['speaker']}: {said['text']}" for said in one["utterances"])
                file.write(json.dumps({"id": one["id"], "text": text, "conversation": one["utterances"]}) + "\n")
        schemes = "".join(SCHEME.format(name=name) for name in RATINGS)
        config = CONFIG.format(annotators=annotators, key=uuid4().hex, port=port, schemes=schemes)
        (folder / "config.yaml").write_text(config)
        command = [str(program), "start", "config.yaml", "-p", str(port)]
        with running(command, folder, f"http://127.0.0.1:{port}/"):
            yield f"http://127.0.0.1:{port}"


class PotatoJudge:
    """Four ratings in one request, the next dialogue in another, as Potato's page does."""

    def __init__(self, site: str) -> None:
        self.browser = httpx.AsyncClient(base_url=site, timeout=60, trust_env=False)
        self.draw = Random(str(uuid4()))
        self.instance = ""

    async def come(self) -> None:
        if not self.instance:
            await self.browser.post("/auth", data={"email": f"user-{uuid4().hex[:8]}", "pass": ""})
            self.instance = self._read(await self._follow(await self.browser.get("/annotate")))

    async def step(self) -> bool:
        labels = {f"{name}:::{value}": str(value) for name in RATINGS for value in [self.draw.randint(0, 2)]}
        body = {"instance_id": self.instance, "annotations": labels, "span_annotations": []}
        answer = await self.browser.post("/updateinstance", json=body)
        if answer.status_code != 200:
            raise RuntimeError(f"updateinstance: {answer.status_code}")
        move = {"action": "next_instance", "instance_id": self.instance}
        before = self.instance
        self.instance = self._read(await self._follow(await self.browser.post("/annotate", json=move)))
        return bool(self.instance) and self.instance != before

    async def go(self) -> None:
        pass

    async def _follow(self, answer: httpx.Response) -> httpx.Response:
        for _ in range(3):
            if answer.status_code not in {302, 303}:
                break
            answer = await self.browser.get(answer.headers["location"])
        if answer.status_code != 200:
            raise RuntimeError(f"annotate: {answer.status_code}")
        return answer

    @staticmethod
    def _read(answer: httpx.Response) -> str:
        found = INSTANCE.search(answer.text)
        return (found[1] or found[2]) if found else ""
