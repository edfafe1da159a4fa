"""The builder's forms. Each part of a protocol has one form that shows it and reads it back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from annotation.consequences import SampleConsequence
from annotation.instruments import Instrument, InstrumentError, parse
from annotation.protocol import (
    PAIRING_KEYS,
    BlockSpec,
    FilterSpec,
    PairingSpec,
    Protocol,
    SampleSpec,
    moment,
)
from generation.translation import translated

Choices = Sequence[tuple[str, Any]]
Data = Mapping[str, Any] | None


class DraftForm(forms.Form):
    """A form over a part of a draft: what is not readable (yet) keeps the value it had."""

    def read(self, name: str) -> Any:
        cleaned: dict[str, Any] = getattr(self, "cleaned_data", {})
        return cleaned[name] if name in cleaned else self.initial.get(name)


class TitleForm(DraftForm):
    title = forms.CharField(label=_("Title of the study"), max_length=200, help_text=_("Annotators see it."))


class LeaveOutForm(DraftForm):
    """Studies whose dialogues are not drawn again: pilots, say."""

    leaves_out = forms.MultipleChoiceField(
        label=_("Draw no dialogue that one of these studies shows"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Data, *, protocol: Protocol, studies: Choices) -> None:
        super().__init__(data, initial={"leaves_out": list(protocol.leaves_out)})
        gone = [slug for slug in protocol.leaves_out if slug not in dict(studies)]
        field = self.fields["leaves_out"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [*studies, *((slug, _("%(slug)s (not here)") % {"slug": slug}) for slug in gone)]
        self.before = protocol.leaves_out

    def spec(self, protocol: Protocol) -> Protocol:
        chosen = self.read("leaves_out")
        kept = [slug for slug in self.before if slug in chosen]
        return replace(protocol, leaves_out=(*kept, *(slug for slug in chosen if slug not in kept)))


class SampleForm(DraftForm):
    """Which dialogues of which dataset, and how many. `consequence` is set where the page says what there is."""

    consequence: SampleConsequence | None = None

    dataset = forms.ChoiceField(label=_("Dataset"), required=False)
    size = forms.IntegerField(label=_("Dialogues to draw"), min_value=1, max_value=200_000)
    min_turns = forms.IntegerField(label=_("Turns, at least"), min_value=1, max_value=100_000, required=False)
    max_turns = forms.IntegerField(label=_("Turns, at most"), min_value=1, max_value=100_000, required=False)
    task = forms.CharField(label=_("Task"), max_length=200, required=False)
    search = forms.CharField(label=_("Contains the text"), max_length=200, required=False)

    def __init__(self, data: Data, *, sample: SampleSpec, datasets: Choices, prefix: str) -> None:
        limits = sample.filter
        initial = {
            "dataset": sample.dataset,
            "size": sample.size,
            "min_turns": limits.min_turns,
            "max_turns": limits.max_turns,
            "task": limits.task,
            "search": limits.search,
        }
        super().__init__(data, initial=initial, prefix=prefix)
        known = [("", _("Choose a dataset …")), *datasets]
        if sample.dataset and sample.dataset not in dict(known):
            known.append((sample.dataset, _("%(slug)s (not here)") % {"slug": sample.dataset}))
        field = self.fields["dataset"]
        if isinstance(field, forms.ChoiceField):
            field.choices = known
        self.fields["task"].widget.attrs["list"] = f"{self.prefix}-tasks"
        self.removal = str(self.prefix).removeprefix("b").replace("s", "-")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        least, most = cleaned.get("min_turns"), cleaned.get("max_turns")
        if least and most and least > most:
            self.add_error(
                "max_turns", _("At most %(most)s is less than at least %(least)s.") % {"most": most, "least": least}
            )
        return cleaned

    @property
    def is_filtered(self) -> bool:
        return any(self.read(name) for name in ("min_turns", "max_turns", "task", "search")) or bool(
            self.is_bound and self.errors
        )

    def spec(self) -> SampleSpec:
        limits = FilterSpec(self.read("min_turns"), self.read("max_turns"), self.read("task"), self.read("search"))
        return SampleSpec(self.read("dataset") or "", self.read("size"), limits)


PAIRINGS: Final = [
    ("random", _("at random")),
    ("person-scenario", _("of the same profile and scenario")),
    ("scenario", _("of the same scenario")),
    ("person", _("of the same person")),
    ("task", _("of the same task")),
]


class ComparedForm(DraftForm):
    """A block's name and, of pairs, how they are formed."""

    name = forms.CharField(label=_("Name of this block"), max_length=100)
    pairing = forms.ChoiceField(
        label=_("Pairs are formed"),
        choices=PAIRINGS,
    )
    pairs = forms.IntegerField(
        label=_("Pairs"),
        min_value=1,
        max_value=200_000,
        required=False,
        help_text=_("Each dialogue is in one pair. Empty: as many as the smaller sample has."),
    )

    def __init__(self, data: Data, *, block: BlockSpec, prefix: str) -> None:
        pairing = block.pairing or PairingSpec()
        # As many as the smaller sample has stays so when the samples change.
        pairs = None if pairing.size == _smallest(block.samples) else pairing.size
        initial = {"name": block.name, "pairing": pairing.key or "random", "pairs": pairs or None}
        super().__init__(data, initial=initial, prefix=prefix)
        self.block = block
        if block.target != "pair":
            del self.fields["pairing"], self.fields["pairs"]

    def spec(self, samples: Sequence[SampleSpec]) -> BlockSpec:
        block = replace(self.block, name=self.read("name"), samples=tuple(samples))
        if block.target != "pair":
            return block
        key = self.read("pairing") if self.read("pairing") in PAIRING_KEYS else ""
        pairing = PairingSpec("matched" if key else "random", key, self.read("pairs") or _smallest(samples))
        return replace(block, pairing=pairing)


def _smallest(samples: Sequence[SampleSpec]) -> int:
    return min((sample.size for sample in samples), default=0)


class TextsForm(DraftForm):
    """What annotators read before they begin."""

    language = forms.CharField(
        label=_("Language of the study"), max_length=16, help_text=_("A language tag such as en or zh-Hans.")
    )
    guidelines = forms.CharField(
        label=_("Guidelines"),
        max_length=100_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Markdown. Shown before the first dialogue, and beside every question on request (key g)."),
    )
    consent = forms.CharField(
        label=_("Consent"),
        max_length=100_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Markdown. Annotators agree to it before they begin; when, and to which text, is recorded."),
    )

    completion_code = forms.CharField(
        label=_("Completion code"),
        max_length=100,
        required=False,
        help_text=_("Shown with a copy button to whoever has judged everything, for a platform that asks for one."),
    )

    def __init__(self, data: Data, *, protocol: Protocol) -> None:
        super().__init__(data, initial={name: getattr(protocol, name) for name in self.base_fields})

    def spec(self, protocol: Protocol) -> Protocol:
        texts = {name: str(self.read(name)).replace("\r\n", "\n").strip() for name in self.base_fields}
        return replace(
            protocol,
            language=texts["language"],
            guidelines=texts["guidelines"],
            consent=texts["consent"],
            completion_code=texts["completion_code"],
        )


class AskedForm(DraftForm):
    """Which instruments a block asks, and what of the dialogue is visible when."""

    instruments = forms.MultipleChoiceField(label=_("Instruments"), required=False, widget=forms.CheckboxSelectMultiple)
    own = forms.CharField(
        label=_("An instrument of your own"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "class": "code"}),
        help_text=_("Its TOML. It is kept inside this study; one with the same slug is replaced."),
    )
    reveal = forms.ChoiceField(
        label=_("The dialogue is shown"),
        widget=forms.RadioSelect,
        choices=[
            ("progressive", _("step by step: later utterances stay hidden until this one is judged")),
            ("whole", _("whole from the beginning")),
        ],
    )
    merge_turns = forms.BooleanField(
        label=_("Merge neighbouring messages of one speaker into one turn"), required=False
    )
    ties = forms.BooleanField(label=_("Allow “no difference”"), required=False)
    carry_over = forms.BooleanField(
        label=_("Allow dialogues of earlier blocks here"),
        required=False,
        help_text=_("Otherwise nobody meets a dialogue again that an earlier block has shown."),
    )

    def __init__(self, data: Data, *, block: BlockSpec, known: Sequence[Instrument], first: bool, prefix: str) -> None:
        fields = ("reveal", "merge_turns", "ties", "carry_over")
        initial = {"instruments": list(block.instruments)} | {name: getattr(block, name) for name in fields}
        super().__init__(data, initial=initial, prefix=prefix)
        self.block = block
        self.offered = [instrument for instrument in known if instrument.suits(block.target)]
        field = self.fields["instruments"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(instrument.slug, instrument.title) for instrument in self.offered]
        for name, shown in {
            "reveal": block.target != "pair",
            "ties": block.target == "pair",
            "carry_over": not first,
        }.items():
            if not shown:
                del self.fields[name]

    @property
    def offered_choices(self) -> list[tuple[Instrument, Any]]:
        return list(zip(self.offered, self["instruments"], strict=True))

    def clean_own(self) -> Instrument | None:
        text = self.cleaned_data["own"]
        if not text.strip():
            return None
        try:
            instrument = parse(text)
        except InstrumentError as error:
            raise forms.ValidationError([translated(problem) for problem in error.problems]) from error
        if not instrument.suits(self.block.target):
            raise forms.ValidationError(
                _("“%(title)s” asks about something that this block does not show: it shows a %(target)s.")
                % {"title": instrument.title, "target": self.block.target}
            )
        return instrument

    @property
    def own_instrument(self) -> Instrument | None:
        own = self.read("own")
        return own if isinstance(own, Instrument) else None

    def spec(self) -> BlockSpec:
        fields = [name for name in ("reveal", "merge_turns", "ties", "carry_over") if name in self.fields]
        chosen = [slug for slug in self.block.instruments if slug in self.read("instruments")]
        chosen += [slug for slug in self.read("instruments") if slug not in chosen]
        if self.own_instrument and self.own_instrument.slug not in chosen:
            chosen.append(self.own_instrument.slug)
        return replace(self.block, instruments=tuple(chosen), **{name: self.read(name) for name in fields})


class SeatsForm(DraftForm):
    """How many judge what a block shows."""

    design = forms.ChoiceField(
        label=_("Who judges what"),
        widget=forms.RadioSelect,
        choices=[
            ("panel", _("Panel: the same people all judge everything")),
            ("overlap", _("Overlap: many people, each judges a part")),
        ],
    )
    annotators = forms.IntegerField(
        label=_("Annotators"),
        min_value=1,
        max_value=200,
        help_text=_(
            "Of a panel: how many people, each with a seat. Of an overlap: how many judge each dialogue or pair."
        ),
    )

    def __init__(self, data: Data, *, block: BlockSpec, prefix: str) -> None:
        super().__init__(data, initial={"design": block.design, "annotators": block.annotators}, prefix=prefix)
        self.block = block

    def spec(self) -> BlockSpec:
        return replace(self.block, design=self.read("design"), annotators=self.read("annotators"))


class ConductForm(DraftForm):
    """What holds for the study as a whole. The pay is for the estimate alone and no part of the protocol."""

    pay = forms.DecimalField(
        label=_("Pay per hour"),
        min_value=0,
        max_value=100_000,
        decimal_places=2,
        required=False,
        help_text=_("For the estimate alone, in your currency; not part of the protocol."),
    )
    lease_minutes = forms.IntegerField(
        label=_("Minutes before unfinished work goes back"),
        min_value=5,
        max_value=10_080,
        help_text=_("Counted from the last answer. Answers are kept either way."),
    )
    deadline = forms.CharField(
        label=_("Deadline"),
        max_length=40,
        required=False,
        help_text=_(
            "A day such as 2026-12-01 (until it ends, UTC), or a moment such as 2026-12-01T18:00+01:00. After it "
            "nobody can answer. Empty: until you close the study."
        ),
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        min_value=0,
        max_value=2**53 - 1,
        help_text=_("Decides every draw, order and side. The same protocol and data give the same study."),
    )

    def __init__(self, data: Data, *, protocol: Protocol, pay: str) -> None:
        kept = {name: getattr(protocol, name) for name in ("seed", "lease_minutes", "deadline")}
        super().__init__(data, initial={**kept, "pay": pay or None})

    def clean_deadline(self) -> str:
        text = str(self.cleaned_data["deadline"]).strip()
        try:
            return text if not text or moment(text) else ""
        except (ValueError, OverflowError):
            raise forms.ValidationError(_("Write a day as 2026-12-01, or a moment with its zone.")) from None

    def spec(self, protocol: Protocol) -> Protocol:
        said = {name: self.read(name) for name in ("seed", "lease_minutes", "deadline")}
        return replace(protocol, **said)
