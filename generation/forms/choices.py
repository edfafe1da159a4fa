"""Fields that offer choices."""

from django import forms

Choices = list[tuple[str, str]]


def choose(field: forms.Field, choices: Choices) -> None:
    """Let these be the choices of a field that has some."""
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{field} offers no choices")
    field.choices = choices


def has_choices(field: forms.Field) -> bool:
    """Whether there is anything to choose but to choose nothing."""
    return isinstance(field.widget, forms.Select) and len(list(field.widget.choices)) > 1
