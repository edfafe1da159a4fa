"""Times in words, as exact as an estimate deserves."""

from django.utils.translation import gettext as _


def duration(minutes: float) -> str:
    """Minutes in words, as exact as an estimate deserves.

    >>> duration(7), duration(95), duration(1300)
    ('7 min', '1 h 35 min', '22 h')
    """
    whole = round(minutes)
    if whole < 60:
        return _("%(minutes)d min") % {"minutes": max(1, whole) if minutes else 0}
    if whole < 600:
        hours, rest = divmod(round(whole / 5) * 5, 60)
        return (
            _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
            if rest
            else _("%(hours)d h") % {"hours": hours}
        )
    return _("%(hours)d h") % {"hours": round(whole / 60)}
