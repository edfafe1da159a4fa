"""How an annotator stands, in words and in a colour."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from annotation.monitoring import Standing
from annotation.services.monitoring import PersonLine

NAMES: Final = {
    Standing.STUCK: gettext_lazy("lease run out"),
    Standing.QUIET: gettext_lazy("quiet"),
    Standing.NOT_BEGUN: gettext_lazy("not begun"),
    Standing.WAITING: gettext_lazy("nothing to do"),
    Standing.PAUSED: gettext_lazy("paused"),
    Standing.JUDGING: gettext_lazy("judging"),
    Standing.ACTIVE: gettext_lazy("between two"),
    Standing.FINISHED: gettext_lazy("finished"),
    Standing.REMOVED: gettext_lazy("removed"),
    Standing.WITHDRAWN: gettext_lazy("withdrawn"),
}
TONES: Final = {
    Standing.STUCK: "bad",
    Standing.QUIET: "warn",
    Standing.NOT_BEGUN: "warn",
    Standing.WAITING: "warn",
    Standing.JUDGING: "good",
    Standing.ACTIVE: "good",
    Standing.FINISHED: "accent",
}


def standing_words(line: PersonLine) -> str:
    """One annotator's standing; for those who stopped, since when."""
    match line.standing:
        case Standing.QUIET:
            return _("quiet for %(time)s") % {"time": lasted(line.silent)}
        case Standing.PAUSED:
            return _("paused for %(time)s") % {"time": lasted(line.silent)}
        case _other:
            return str(NAMES[line.standing])


def lasted(time: timedelta) -> str:
    """A stretch of time in its largest unit.

    >>> lasted(timedelta(days=4, hours=7)), lasted(timedelta(minutes=95)), lasted(timedelta(seconds=90))
    ('4 days', '1 hour', '1 minute')
    """
    minutes = max(1, int(time.total_seconds() // 60))
    if minutes >= 24 * 60:
        return ngettext("%(n)d day", "%(n)d days", minutes // (24 * 60)) % {"n": minutes // (24 * 60)}
    if minutes >= 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
