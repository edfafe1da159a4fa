"""The builder's forms for a study that is open: what may not be amended is shown, locked, with the reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from annotation.amendments import NO_DEADLINE, locked
from annotation.forms.draft import ConductForm, Data, DraftForm, SeatsForm, TextsForm, TitleForm
from annotation.instruments import Criterion, Instrument, Option
from annotation.protocol import BlockSpec, Protocol


@dataclass(frozen=True)
class LockedPart:
    """Something of a block that stays as it is, what it is, and why."""

    name: str
    value: str
    reason: str


class AmendedBlockForm(SeatsForm):
    """A block's name and how many judge; all else of it is locked."""

    name = forms.CharField(label=_("Name of this block"), max_length=100)

    def __init__(self, data: Data, *, block: BlockSpec, least: int, prefix: str) -> None:
        super().__init__(data, block=block, prefix=prefix)
        self.initial["name"] = block.name
        self.order_fields(["name", "annotators", "design"])
        field = self.fields["annotators"]
        if isinstance(field, forms.IntegerField):
            field.widget.attrs["min"] = least
        lock(self, "design", locked(("block", "design")))

    def spec(self) -> BlockSpec:
        return replace(self.block, name=self.read("name"), annotators=self.read("annotators"))

    @property
    def locked_parts(self) -> Iterator[LockedPart]:
        block = self.block
        told = {
            "sample": (_("Samples"), ", ".join(f"{sample.size:,} · {sample.dataset}" for sample in block.samples)),
            "instruments": (_("Instruments"), ", ".join(block.instruments)),
            "pairing": (_("Pairs"), f"{block.units:,}" if block.target == "pair" else ""),
            "reveal": (_("The dialogue is shown"), "" if block.target == "pair" else _REVEALS[block.reveal]),
            "ties": (_("Ties"), (_("allowed") if block.ties else _("not allowed")) if block.target == "pair" else ""),
        }
        for key, (name, value) in told.items():
            if value:
                yield LockedPart(str(name), str(value), gettext(locked(("block", key))))


_REVEALS = {"progressive": _("step by step"), "whole": _("whole from the beginning")}


class WordsForm(DraftForm):
    """The words of one instrument: what its questions and answers say, never which there are."""

    def __init__(self, data: Data, *, instrument: Instrument, prefix: str) -> None:
        super().__init__(data, prefix=prefix)
        self.instrument = instrument
        self._add("title", _("Title"), instrument.title, 200)
        self._add("description", _("Description"), instrument.description, 5_000, required=False)
        for number, criterion in enumerate(instrument.criteria):
            self._add(f"c{number}-title", _("Name on screen"), criterion.title, 100)
            self._add(f"c{number}-question", _("Question"), criterion.question, 1_000)
            for place, option in enumerate(criterion.options):
                self._add(f"c{number}o{place}-label", _("Label"), option.label, 100)
                self._add(f"c{number}o{place}-anchor", _("Anchor"), option.anchor, 500, required=False)

    def _add(self, name: str, label: Any, value: str, most: int, *, required: bool = True) -> None:
        widget = forms.Textarea(attrs={"rows": 2}) if most > 200 else forms.TextInput()
        self.fields[name] = forms.CharField(label=label, max_length=most, required=required, widget=widget)
        self.initial[name] = value

    @property
    def criteria(self) -> list[tuple[Criterion, list[Any], list[tuple[Option, list[Any]]]]]:
        """Each criterion with its fields, and each of its options with theirs."""
        return [
            (
                criterion,
                [self[f"c{number}-title"], self[f"c{number}-question"]],
                [
                    (option, [self[f"c{number}o{place}-label"], self[f"c{number}o{place}-anchor"]])
                    for place, option in enumerate(criterion.options)
                ],
            )
            for number, criterion in enumerate(self.instrument.criteria)
        ]

    @property
    def about(self) -> list[Any]:
        return [self["title"], self["description"]]

    def spec(self) -> Instrument:
        criteria = []
        for number, criterion in enumerate(self.instrument.criteria):
            options = tuple(
                replace(
                    option, label=self._text(f"c{number}o{place}-label"), anchor=self._text(f"c{number}o{place}-anchor")
                )
                for place, option in enumerate(criterion.options)
            )
            title, question = self._text(f"c{number}-title"), self._text(f"c{number}-question")
            criteria.append(replace(criterion, title=title, question=question, options=options))
        title, description = self._text("title"), self._text("description")
        return replace(self.instrument, title=title, description=description, criteria=tuple(criteria))

    def _text(self, name: str) -> str:
        return str(self.read(name)).replace("\r\n", "\n").strip()


class ReasonForm(forms.Form):
    """Why a study is amended."""

    reason = forms.CharField(
        label=_("Why is the study amended?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences. They stand in the results, the exports and the record."),
    )


@dataclass(frozen=True)
class AmendedBlock:
    """A block's number and form."""

    number: int
    block: BlockSpec
    form: AmendedBlockForm


class AmendForms:
    """Every form of the page, over the protocol in force; `shown` is one that was changed before, to go on with."""

    def __init__(self, in_force: Protocol, data: Data = None, *, shown: Protocol | None = None) -> None:
        self.in_force = in_force
        shown = shown or in_force
        self.title = TitleForm(data, initial={"title": shown.title})
        self.texts = TextsForm(data, protocol=shown)
        self.conduct = ConductForm(data, protocol=shown, pay="")
        del self.conduct.fields["pay"]
        lock(self.texts, "language", locked(("language",)))
        lock(self.conduct, "seed", locked(("seed",)))
        if not in_force.deadline:
            lock(self.conduct, "deadline", NO_DEADLINE)
        pairs = zip(in_force.blocks, shown.blocks, strict=True)
        self.blocks = [
            AmendedBlock(n, was, AmendedBlockForm(data, block=now, least=was.annotators, prefix=f"b{n - 1}"))
            for n, (was, now) in enumerate(pairs, start=1)
        ]
        self.words = [WordsForm(data, instrument=one, prefix=f"i{n}") for n, one in enumerate(shown.instruments)]

    def forms(self) -> Sequence[DraftForm]:
        return [self.title, self.texts, self.conduct, *(one.form for one in self.blocks), *self.words]

    def is_valid(self) -> bool:
        """Every form is looked at, so that each shows what is wrong with it."""
        return not [form for form in self.forms() if not form.is_valid()]

    def protocol(self) -> Protocol:
        """The protocol as the forms say it."""
        said = self.conduct.spec(self.texts.spec(self.in_force))
        return replace(
            said,
            title=self.title.read("title").strip(),
            blocks=tuple(one.form.spec() for one in self.blocks),
            instruments=tuple(form.spec() for form in self.words),
        )


def lock(form: forms.Form, name: str, reason: str) -> None:
    """Show a field as it is, with the reason why it may not be amended."""
    form.fields[name].disabled = True
    form.fields[name].help_text = gettext(reason)
