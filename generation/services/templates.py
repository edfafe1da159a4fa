"""Templates of one's own: kept, changed, archived, brought along. Built-in ones are never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.models import DialogueTemplate
from generation.reviews.grammar import BUILT_IN
from generation.reviews.template_files import LONGEST_NAME, steps_as_json
from generation.reviews.templates import Step, Template
from generation.reviews.validation import is_legal

BUILT_IN_NAMES = {name.lower() for name in BUILT_IN}


class TemplateError(Exception):
    """Why a template cannot be kept like this, in words."""


class TemplateChangedError(Exception):
    """Somebody else changed the template since it was read."""


def state_of(kept: DialogueTemplate) -> str:
    """A digest of what a template is now, to see whether somebody changed it meanwhile."""
    return sha256(f"{kept.name}\n{kept.template}".encode()).hexdigest()[:16]


def usable_templates() -> list[Template]:
    """Those that dialogues may be made from: the built-in ones, and one's own that are legal and not archived."""
    own = (kept.template for kept in DialogueTemplate.objects.in_use())
    return [*BUILT_IN.values(), *(template for template in own if is_legal(template))]


def create_template(*, name: str, steps: Sequence[Step], by: User | None) -> DialogueTemplate:
    """Keep a new template. Raises `TemplateError` where its name will not do."""
    kept = DialogueTemplate(created_by=by)
    return _keep(kept, name, steps)


@transaction.atomic
def change_template(*, pk: int, name: str, steps: Sequence[Step], seen: str) -> DialogueTemplate:
    """Replace a template that is still as it was `seen`, else raise `TemplateChangedError`."""
    kept = DialogueTemplate.objects.select_for_update().get(pk=pk)
    if state_of(kept) != seen:
        raise TemplateChangedError
    return _keep(kept, name, steps)


def _keep(kept: DialogueTemplate, name: str, steps: Sequence[Step]) -> DialogueTemplate:
    kept.name = _checked(name)
    kept.utterances = steps_as_json(steps)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise TemplateError(
            _("There is a template “%(name)s” already. Choose another name.") % {"name": name}
        ) from None
    return kept


def _checked(name: str) -> str:
    name = name.strip()
    if not name:
        raise TemplateError(_("Give the template a name."))
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise TemplateError(_("Give the template a name of at most %(most)s letters.") % {"most": LONGEST_NAME})
    if name.lower() in BUILT_IN_NAMES:
        raise TemplateError(_("“%(name)s” is the name of a built-in template. Choose another.") % {"name": name})
    return name


def archive_template(*, pk: int) -> None:
    """Take a template out of use; nothing that was made from it changes. Done twice it does no harm."""
    DialogueTemplate.objects.in_use().filter(pk=pk).update(archived=timezone.now())


def restore_template(*, pk: int) -> None:
    DialogueTemplate.objects.filter(pk=pk).update(archived=None)


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of the templates of a file. `known` were there already, name and utterances alike."""

    made: list[DialogueTemplate]
    known: int

    @property
    def unfinished(self) -> int:
        """Those that no dialogue can be made from yet."""
        return sum(1 for kept in self.made if not is_legal(kept.template))


@transaction.atomic
def bring_templates(*, templates: Iterable[Template], by: User | None) -> Brought:
    """Keep the templates of a file, all or none. Of two that share a name, the new one gets a number."""
    present = {kept.name.lower(): kept.template for kept in DialogueTemplate.objects.all()}
    present |= {name.lower(): template for name, template in BUILT_IN.items()}
    made, known = [], 0
    for template in templates:
        found = present.get(template.id.lower())
        if found and found.steps == template.steps:
            known += 1
            continue
        name = free_name(template.id, present)
        kept = create_template(name=name, steps=template.steps, by=by)
        present[name.lower()] = kept.template
        made.append(kept)
    return Brought(made, known)


def free_name(wanted: str, taken: Iterable[str] | None = None) -> str:
    """`wanted`, or the first of “wanted 2”, “wanted 3” … that no template has."""
    names = set(taken) if taken is not None else _names_in_use()
    stem, number, name = wanted[: LONGEST_NAME - 6], 1, wanted
    while name.lower() in names:
        number += 1
        name = f"{stem} {number}"
    return name


def _names_in_use() -> set[str]:
    return {name.lower() for name in DialogueTemplate.objects.values_list("name", flat=True)} | BUILT_IN_NAMES
