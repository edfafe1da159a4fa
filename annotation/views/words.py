"""What the judging page's script says, in the language of the page."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """By the names `static/js/annotate.js` uses; names in braces are filled in there."""
    return {
        "saved": _("Saved"),
        "savedSeconds": _("Saved {count} s ago"),
        "savedMinutes": _("Saved {count} min ago"),
        "saving": _("Saving…"),
        "keptFinish": _("Not finished yet: no connection, trying again"),
        "keptOne": _("Not saved yet: 1 answer kept on this device, trying again"),
        "keptMany": _("Not saved yet: {count} answers kept on this device, trying again"),
        "keptSignedOut": _("Not saved yet: what you answered is kept on this device until you are back"),
        "keptHere": _("Nothing is lost: {count} answers are kept on this device and are sent when you are back."),
        "keptHereOne": _("Nothing is lost: 1 answer is kept on this device and is sent when you are back."),
        "noConnection": _("No connection to the server. Trying again."),
        "finishing": _("Finishing. The next one comes as soon as this one is saved."),
        "chosen": _("{answer} chosen: undo with u"),
        "cannot": _("“Cannot judge”"),
        "undone": _("Taken back. Choose again."),
        "nothingToUndo": _("There is nothing to undo."),
        "revising": _("This is one you finished. What you change is saved; the earlier answer stays on record."),
        "missing": _("{count} questions are still open. Here is the first."),
        "left": _("Answer {count} more"),
        "finish": _("Finish"),
        "back": _("Back to work"),
        "allAnswered": _("All answered. Enter finishes."),
        "reasonWanted": _("This answer wants a reason. Write it, then press Esc."),
        "where": _("{speaker}, utterance {turn} · question {number} of {count}"),
        "whereOne": _("{speaker}, utterance {turn}"),
        "whole": _("About the whole dialogue"),
        "change": _("Change the answers to utterance {turn}"),
        "previewEnd": _("This is where the next one would come. In a preview nothing is saved."),
        "refused": _("Not kept: {count}. {reason}"),
        "ok": _("OK"),
    }
