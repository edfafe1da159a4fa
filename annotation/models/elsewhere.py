"""Files of judgments that were given elsewhere."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from annotation.models.studies import Study
from crsapp.jobs.models import Job


class JudgmentImport(models.Model):
    """One file of judgments: received, checked, and with somebody's word made into a closed study of its own.

    The study is there when it is whole, and not before.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked, waiting for your word")
        RUNNING = "running", _("Being imported")
        COMPLETE = "complete", _("Complete")
        FAILED = "failed", _("Failed")
        DISCARDED = "discarded", _("Discarded")

    title = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State, default=State.CHECKING)
    filename = models.CharField(max_length=255)
    file = models.FileField(upload_to="judgments/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(default=0)
    options = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    study = models.ForeignKey(Study, models.SET_NULL, null=True, blank=True, related_name="imports")
    created = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_refused(self) -> bool:
        """Whether it is checked, and nothing of it can be imported as it is read now."""
        nothing = not self.report.get("judgments") or bool(self.report.get("fatal"))
        return self.state == JudgmentImport.State.CHECKED and nothing
