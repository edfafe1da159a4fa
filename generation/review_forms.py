"""Forms about reviews: a file and its items, what its columns mean, how reviews are prepared."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.formats.columns import Sample
from generation.forms import ImportForm, choose
from generation.reviews.layouts import all_layouts
from generation.reviews.layouts.cells import NEEDED
from generation.reviews.settings import BOUNDS, Settings, SettingsError

COLUMNS: Final = {
    "person": gettext_lazy("Who wrote it"),
    "item": gettext_lazy("What it is about"),
    "rating": gettext_lazy("Rating"),
    "text": gettext_lazy("What was written"),
    "title": gettext_lazy("Title of the review"),
    "time": gettext_lazy("When"),
}
WORD_RULES: Final = [
    ("spaces", gettext_lazy("what spaces separate")),
    ("letters", gettext_lazy("Latin letters in a row")),
]
ROUNDINGS: Final = [
    ("floor", gettext_lazy("down")),
    ("ceil", gettext_lazy("up")),
    ("nearest", gettext_lazy("to the nearest")),
]
DUPLICATES: Final = [
    ("before", gettext_lazy("before activity is counted")),
    ("after", gettext_lazy("after activity is counted")),
]
GREETINGS: Final = [
    ("likes", gettext_lazy("a liked item")),
    ("any", gettext_lazy("a liked or disliked item")),
]


class ReviewsImportForm(ImportForm):
    """A file of reviews, perhaps one that says what the items are called, and where they are to go."""

    items_file = forms.FileField(
        label=gettext_lazy("Items (if you have them)"),
        required=False,
        help_text=gettext_lazy("What the items are called: Amazon's metadata, a map of titles, or a table."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].label = _("Layout")
        self.fields["language"].help_text = _("Of the reviews, as a code: en, zh, de …")
        known = [(name, layout.title) for name, layout in all_layouts().items()]
        choose(self.fields["format"], [("", _("Find out from the file")), *known])

    def clean_items_file(self) -> Any:
        return self.cleaned_data["items_file"] and self.readable(self.cleaned_data["items_file"])


class ReviewColumnsForm(forms.Form):
    """A choice of a column for each part of a review."""

    def __init__(self, data: QueryDict | None, *, found: Sample, mapping: Mapping[str, Sequence[str]]) -> None:
        heading = list(mapping.get("heading", [])) != ["no"]
        initial = {part: next(iter(mapping.get(part, [])), "") for part in COLUMNS}
        super().__init__(data, initial={**initial, "heading": heading})
        self.so_far = mapping
        columns = [(name, _("Column %(number)s") % {"number": name} if name.isdigit() else name)
                   for name in found.columns]  # fmt: skip
        self.fields["heading"] = forms.BooleanField(
            label=_("The first row holds the names of the columns"), required=False
        )
        for part, label in COLUMNS.items():
            nothing = _("Choose a column") if part in NEEDED else _("No column")
            self.fields[part] = forms.ChoiceField(
                label=label, required=part in NEEDED, choices=[("", nothing), *columns]
            )

    def parts(self) -> list[forms.BoundField]:
        return [self[part] for part in COLUMNS]

    def mapping(self) -> dict[str, list[str]]:
        """What was chosen, as far as it can be understood; before anything was, what the form began with."""
        if not self.is_bound:
            return {part: list(names) for part, names in self.so_far.items()}
        self.is_valid()
        chosen = {part: [self.cleaned_data[part]] for part in COLUMNS if self.cleaned_data.get(part)}
        return chosen | ({} if self.cleaned_data.get("heading") else {"heading": ["no"]})


class SettingsForm(forms.Form):
    """The settings of preprocessing; `settings` after `is_valid`."""

    cleaning = forms.BooleanField(
        label=gettext_lazy("Clean texts first"),
        required=False,
        help_text=gettext_lazy("HTML, addresses, control characters and irregular tokens are removed."),
    )
    max_token_length = forms.IntegerField(label=gettext_lazy("Characters of a token, at most"))
    word_rule = forms.ChoiceField(label=gettext_lazy("A word is"), choices=WORD_RULES)
    min_words = forms.IntegerField(label=gettext_lazy("Words, at least"))
    max_words = forms.IntegerField(label=gettext_lazy("Words, at most"))
    k = forms.IntegerField(
        label=gettext_lazy("Reviews of each person and item, at least (k)"),
        help_text=gettext_lazy("Who and what has fewer is left out."),
    )
    iterative = forms.BooleanField(
        label=gettext_lazy("Again and again, until everybody left has k"),
        required=False,
        help_text=gettext_lazy("Otherwise once: some may have fewer afterwards."),
    )
    duplicates = forms.ChoiceField(label=gettext_lazy("Only the latest of several reviews"), choices=DUPLICATES)
    positive = forms.FloatField(label=gettext_lazy("Liked from a rating of"))
    negative = forms.FloatField(label=gettext_lazy("Disliked up to"))
    holdout = forms.FloatField(
        label=gettext_lazy("Share of likes held out"),
        help_text=gettext_lazy("The latest become might-likes, to be recommended: 0.1 is a tenth."),
    )
    rounding = forms.ChoiceField(label=gettext_lazy("Rounded"), choices=ROUNDINGS)
    at_least = forms.IntegerField(label=gettext_lazy("But at least"))
    greet_with = forms.ChoiceField(label=gettext_lazy("A dialogue opens with"), choices=GREETINGS)
    max_pool = forms.IntegerField(
        label=gettext_lazy("Reviews by others, at most"), help_text=gettext_lazy("Of an item and polarity, to quote.")
    )

    def __init__(self, data: Any = None, *, settings: Settings) -> None:
        super().__init__(data, initial=settings.as_dict())
        for name, (least, most) in BOUNDS.items():
            step = "any" if isinstance(self.fields[name], forms.FloatField) else "1"
            self.fields[name].widget.attrs |= {"min": f"{least:g}", "max": f"{most:.0f}", "step": step}

    def clean(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        if not self.errors:
            try:
                self.settings = Settings(**said)
            except SettingsError as error:
                for name, problem in error.problems.items():
                    self.add_error(name, problem)
        return said

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields as the steps take them."""
        named = (
            (_("Words"), ("cleaning", "max_token_length", "word_rule", "min_words", "max_words")),
            (_("Activity"), ("k", "iterative", "duplicates")),
            (_("Likes and dislikes"), ("positive", "negative")),
            (_("Held out"), ("holdout", "rounding", "at_least")),
            (_("Dialogues"), ("greet_with", "max_pool")),
        )
        return [(title, [self[name] for name in names]) for title, names in named]
