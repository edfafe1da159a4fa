"""How reviews are prepared, as a form."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.reviews.settings import BOUNDS, Settings, SettingsError

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
