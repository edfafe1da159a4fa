"""Templates that people made, beside those that come with the product."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from generation.reviews.templates import Step, Template


class DialogueTemplateQuerySet(models.QuerySet["DialogueTemplate"]):
    def in_use(self) -> Self:
        return self.filter(archived__isnull=True)


class DialogueTemplate(models.Model):
    """A template of somebody's own, as far as it has got: it need not be legal to be kept, only to be used."""

    name = models.CharField(_("name"), max_length=100)
    utterances = models.JSONField(default=list)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    archived = models.DateTimeField(null=True, blank=True)

    objects = DialogueTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="generation_template_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def template(self) -> Template:
        return Template(self.name, tuple(Step(one["speaker"], tuple(one["goals"])) for one in self.utterances))
