"""Label Studio taking the same dialogues. It is installed by whoever measures: `pip install label-studio`."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx
from judging_site import RATINGS, free_port, running

ADMIN = "admin@example.org"


@contextmanager
def label_studio(program: Path) -> Iterator[Callable[[list[str]], None]]:
    """A server of its own; yields what imports these lines of JSON into a new project, each as a task."""
    with TemporaryDirectory() as name:
        port, key = free_port(), uuid4().hex + uuid4().hex[:8]
        said = {
            "BASE_DATA_DIR": name,
            "ENABLE_LEGACY_API_TOKEN": "true",
            "USERNAME": ADMIN,
            "PASSWORD": uuid4().hex,
            "USER_TOKEN": key,
        }
        environment = {**os.environ, **{f"LABEL_STUDIO_{part}": value for part, value in said.items()}}
        environment |= {"COLLECT_ANALYTICS": "0", "collect_analytics": "0", "LATEST_VERSION_CHECK": "0"}
        environment |= {"SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": "", "DEBUG": "0", "LOG_LEVEL": "ERROR"}
        for ours in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL"):
            environment.pop(ours, None)
        command = [str(program), "start", "--no-browser", "--port", str(port), "--internal-host", "127.0.0.1"]
        site = f"http://127.0.0.1:{port}"
        with running(command, Path(name), f"{site}/user/login/", environment, patience=900):
            headers = {"Authorization": f"Token {key}"}
            with httpx.Client(base_url=site, headers=headers, timeout=900, trust_env=False) as admin:
                yield lambda lines: imported(admin, lines)


def imported(admin: httpx.Client, lines: list[str]) -> None:
    project = answered(admin.post("/api/projects/", json={"title": uuid4().hex, "label_config": questions()}))["id"]
    body = "[" + ",".join(f'{{"data": {line}}}' for line in lines) + "]"
    took = answered(
        admin.post(
            f"/api/projects/{project}/import?return_task_ids=false",
            content=body.encode(),
            headers={"Content-Type": "application/json"},
        )
    )
    if took.get("task_count") != len(lines):
        raise SystemExit(f"Label Studio took {took.get('task_count')} of {len(lines)} dialogues.")


def answered(answer: httpx.Response) -> dict[str, int]:
    if answer.status_code >= 300:
        raise SystemExit(f"Label Studio: {answer.status_code} {answer.text[:200]}")
    return dict(json.loads(answer.text))


def questions() -> str:
    choices = "".join(f"<Choice value='{value}'/>" for value in range(3))
    asked = "".join(f"<Choices name='{name}' toName='dialogue' choice='single'>{choices}</Choices>" for name in RATINGS)
    shown = "<Paragraphs name='dialogue' value='$utterances' layout='dialogue' nameKey='speaker' textKey='text'/>"
    return f"<View>{shown}{asked}</View>"
