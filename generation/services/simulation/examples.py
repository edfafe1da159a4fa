"""The example that models are shown of a profile: improved by people, version by version."""

from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from generation.models import ExampleProfile, PoolProfile
from generation.services.simulation.pools import PoolError
from generation.simulation.profile_checks import findings
from generation.simulation.profiles import Profile, read_profile
from generation.simulation.text import one_line
from generation.translation import translated

LONGEST_NOTE: Final = 500
BUILT_IN: Final = Profile(
    gender="Female",
    age="41",
    personality="Patient and practical; warms up slowly, then jokes a lot; dislikes being rushed into a decision",
    occupation="Physiotherapist in a small practice of her own",
    interests="Plays badminton twice a week, likes restoring old lamps; hates shopping centres, never watches series",
    travel="Likes hiking from hut to hut and travelling by train; avoids package tours and gets seasick on ferries",
    dining="Enjoys lentil dishes, sourdough bread and strong coffee; cannot stand coriander or very sweet desserts",
    spending="Compares prices for everyday things, but pays well for shoes and tools that last",
    other="Lives with her brother and his dog; wakes at five; speaks some Italian",
)
"""What is shown before anybody promoted another."""


def example_in_force(language: str) -> Profile:
    """The latest version in this language; in none, the one that comes with the product."""
    kept = ExampleProfile.objects.filter(language=language).first()
    return read_profile(kept.text) if kept else BUILT_IN


@transaction.atomic
def promote(
    *, profile: Profile, language: str, note: str = "", source: PoolProfile | None = None, by: User | None = None
) -> ExampleProfile:
    """Make this the example from now on; the versions before stay. Raises PoolError where a check finds something."""
    if found := findings(profile, language):
        raise PoolError(_("An example has to pass every check: %(words)s.") % {"words": translated(found[0].words)})
    before = ExampleProfile.objects.filter(language=language).first()
    if before is not None and before.text == profile.text():
        return before
    version = before.version + 1 if before else 1
    try:
        with transaction.atomic():
            return ExampleProfile.objects.create(
                language=language,
                version=version,
                text=profile.text(),
                note=one_line(note, LONGEST_NOTE),
                source=source,
                created_by=by,
            )
    except IntegrityError:
        raise PoolError(_("Somebody else promoted an example just now. Look at theirs first.")) from None
