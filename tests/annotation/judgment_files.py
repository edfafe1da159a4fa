"""Files of judgments as Amira brings them in the browser: uploaded, checked, and imported at her word."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from annotation.models import JudgmentImport
from crsapp.jobs.services import run_inline
from tests.annotation.tables import KRIPPENDORFF


def upload(client: Client, text: str = KRIPPENDORFF, name: str = "table.csv", **said: str) -> HttpResponse:
    file = SimpleUploadedFile(name, text.encode())
    sent = {"title": "Krippendorff", "file": file, **said}
    return client.post(reverse("annotation:judgments-new"), sent)  # type: ignore[return-value]


def checked(client: Client, text: str = KRIPPENDORFF, **said: str) -> JudgmentImport:
    upload(client, text, **said)
    return worked_on(JudgmentImport.objects.latest("pk"))


def detail(client: Client, imported: JudgmentImport) -> str:
    return client.get(reverse("annotation:judgments-detail", args=[imported.pk])).content.decode()


def start(client: Client, imported: JudgmentImport, **said: str) -> JudgmentImport:
    client.post(reverse("annotation:judgments-start", args=[imported.pk]), said)
    return worked_on(imported)


def worked_on(imported: JudgmentImport) -> JudgmentImport:
    """After what a worker has to do for it, if anything."""
    imported.refresh_from_db()
    if imported.state in {JudgmentImport.State.CHECKING, JudgmentImport.State.RUNNING} and imported.job is not None:
        run_inline(imported.job)
        imported.refresh_from_db()
    return imported
