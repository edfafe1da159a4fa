"""Starting an enquiry, pausing it, going on, ending it, deleting what it brought. What is to be done stands in rows."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.registry import Progress, Steps
from crsapp.jobs.services import enqueue
from generation.llm.access import trouble_with
from generation.llm.budget import LimitTooLow, set_limits
from generation.llm.prompts import Prompt, get_prompt
from generation.models import AskedText, Budget, Dataset, Endpoint, Enquiry
from generation.services.enquiries.kinds import EnquiryError
from generation.services.enquiries.table import KINDS, kind_of

ENQUIRE: Final = "generation.enquire"
DELETE: Final = "generation.delete_enquiry"
ANSWERING: Final = ("kind", "model", "temperature", "top_p")
State = Enquiry.State


@transaction.atomic
def start_enquiry(
    *,
    dataset: Dataset,
    kind: str,
    endpoint: Endpoint,
    language: str = "",
    settings: Mapping[str, Any] | None = None,
    money: int | None = None,
    tokens: int | None = None,
    by: User | None = None,
    here: bool = False,
) -> Enquiry:
    """Have a worker begin, unless it is to be run `here`. Limits: None for none."""
    if trouble := trouble_with(endpoint):
        raise EnquiryError(trouble)
    said = dict(settings or {})
    if next(KINDS[kind].targets(dataset, language, said), None) is None:
        raise EnquiryError(_("There is nothing left to ask about in “%(name)s”.") % {"name": dataset})
    try:
        with transaction.atomic():
            enquiry = Enquiry.objects.create(
                dataset=dataset,
                kind=kind,
                language=language,
                endpoint=endpoint,
                budget=Budget.objects.create(money_limit=money, tokens_limit=tokens),
                is_scripted=endpoint.is_scripted,
                settings=frozen_with(kind, endpoint, said),
                created_by=by,
            )
    except IntegrityError:
        raise EnquiryError(_("This is being done already. Resume or end it before another one is begun.")) from None
    _enqueue(enquiry, by, here=here)
    return enquiry


def frozen_with(kind: str, endpoint: Endpoint, settings: Mapping[str, Any]) -> dict[str, Any]:
    """All that decides what is answered."""
    prompt = get_prompt(KINDS[kind].prompt)
    return {
        "tries": 2,
        **settings,
        "prompt": {"name": prompt.name, "version": prompt.version, "digest": prompt.digest},
        "endpoint": {name: getattr(endpoint, name) for name in ("name", *ANSWERING)},
    }


def pause(enquiry: Enquiry, *, why: str) -> bool:
    """Ask no more; what is in flight is waited for. False if it does not run."""
    running = Enquiry.objects.filter(pk=enquiry.pk, state=State.RUNNING)
    return bool(running.update(state=State.PAUSED, why=why))


@transaction.atomic
def resume(enquiry: Enquiry, *, by: User | None = None, here: bool = False) -> Enquiry:
    """Go on with what is still to be asked. Raises EnquiryError while the last requests are in flight."""
    enquiry = _locked(enquiry)
    if enquiry.state != State.PAUSED:
        raise EnquiryError(_("This is not paused, so there is nothing to resume."))
    return _go_on(enquiry, by, here=here)


@transaction.atomic
def retry_failed(enquiry: Enquiry, *, number: int | None = None, by: User | None = None, here: bool = False) -> Enquiry:
    """Ask again about the texts that failed, or the one of this number."""
    enquiry = _locked(enquiry)
    if enquiry.state == State.DELETED:
        raise EnquiryError(_("What it brought was deleted. Begin a new one."))
    failed = AskedText.objects.filter(enquiry=enquiry).failed()
    if number is not None:
        failed = failed.filter(n=number)
    if enquiry.state == State.RUNNING:
        raise EnquiryError(_("It is still going on. What failed can be tried again when it is over or paused."))
    if not failed.exists():
        raise EnquiryError(_("Nothing failed that could be tried again."))
    _refuse_second(enquiry)
    enquiry = _go_on(enquiry, by, here=here)
    failed.update(state=AskedText.State.TO_DO, tries=0, reason="")
    return enquiry


def _refuse_second(enquiry: Enquiry) -> None:
    others = Enquiry.objects.open().filter(dataset=enquiry.dataset_id, kind=enquiry.kind, language=enquiry.language)
    if others.exclude(pk=enquiry.pk).exists():
        raise EnquiryError(_("This is being done already. Resume or end it before another one is begun."))


@transaction.atomic
def cancel(enquiry: Enquiry) -> None:
    """End it: what it brought stays, nothing more is asked."""
    enquiry = _locked(enquiry)
    if not enquiry.is_open:
        raise EnquiryError(_("This is over already."))
    enquiry.state, enquiry.why, enquiry.finished = State.CANCELLED, "", timezone.now()
    enquiry.save(update_fields=["state", "why", "finished"])


def raise_limits(enquiry: Enquiry, *, money: int | None, tokens: int | None) -> None:
    """Set what it may use in all; less than it has used already is refused."""
    try:
        set_limits(budget_id=enquiry.budget_id, money=money, tokens=tokens)
    except LimitTooLow as error:
        raise EnquiryError(str(error)) from error


@transaction.atomic
def delete_results(enquiry: Enquiry, *, by: User | None = None, here: bool = False) -> Enquiry:
    """Have everything taken back that it brought. That it was there, with which prompt and model, stays on record."""
    enquiry = _locked(enquiry)
    if enquiry.is_open:
        raise EnquiryError(_("It is not over. End it before you delete what it brought."))
    if enquiry.state == State.DELETED:
        raise EnquiryError(_("What it brought is deleted already."))
    if enquiry.kind == Enquiry.Kind.SYNONYMS:
        raise EnquiryError(_("What it suggested is dropped where the synonyms are looked at."))
    if enquiry.job is not None and not enquiry.job.is_over:
        raise EnquiryError(_("The last requests are still in flight. Wait until they have come back."))
    enquiry.state, enquiry.finished = State.DELETED, timezone.now()
    title = _("Deleting: %(what)s") % {"what": title_of(enquiry)}
    enquiry.job = enqueue(
        kind=DELETE, arguments={"enquiry": enquiry.pk}, title=title, created_by=by, dispatch_now=not here
    )
    enquiry.save(update_fields=["state", "finished", "job"])
    return enquiry


def delete_steps(enquiry: Enquiry) -> Steps:
    """Harmless to do twice: what is gone is not there to be taken back."""
    done = 0
    for count in kind_of(enquiry).remove(enquiry):
        done += count
        yield Progress(done=done, total=None)
    return {"removed": done}


def finish_if_done(enquiry: Enquiry) -> None:
    """Complete it when all is planned and nothing is left to be asked, also where that came in after it
    was paused. The caller holds the transaction."""
    enquiry = _locked(enquiry)
    if enquiry.is_open and enquiry.all_planned and not enquiry.texts.to_do().exists():
        enquiry.state, enquiry.why, enquiry.finished = State.COMPLETE, "", timezone.now()
        enquiry.save(update_fields=["state", "why", "finished"])


def is_going_on(enquiry: Enquiry, job_id: Any) -> bool:
    """Whether this job is the one that may ask for it now."""
    return Enquiry.objects.filter(pk=enquiry.pk, state=State.RUNNING, job=job_id).exists()


def prompt_of(enquiry: Enquiry) -> Prompt:
    """The prompt with which it began; one that was changed since would mix two in one result."""
    said = enquiry.settings["prompt"]
    prompt = get_prompt(said["name"])
    if prompt.digest != said["digest"]:
        raise EnquiryError(
            _(
                "The prompt %(name)s has changed since this began (version %(then)s, now %(now)s). "
                "End it and begin anew."
            )
            % {"name": prompt.name, "then": said["version"], "now": prompt.version}
        )
    return prompt


def check_endpoint(enquiry: Enquiry) -> None:
    """Raise EnquiryError where answers would come from another model than those before."""
    changed = [name for name in ANSWERING if getattr(enquiry.endpoint, name) != enquiry.settings["endpoint"][name]]
    if changed:
        raise EnquiryError(
            _(
                "%(endpoint)s was changed since this began (%(names)s). Set it back and resume, "
                "or end this and begin anew."
            )
            % {"endpoint": enquiry.endpoint.name, "names": ", ".join(changed)}
        )


def title_of(enquiry: Enquiry) -> str:
    words = {
        Enquiry.Kind.TRANSLATION: _("Translating %(name)s (%(language)s)"),
        Enquiry.Kind.PREFERENCES: _("Preferences in %(name)s"),
        Enquiry.Kind.SYNONYMS: _("Synonyms in %(name)s"),
    }
    return words[Enquiry.Kind(enquiry.kind)] % {"name": enquiry.dataset, "language": enquiry.language}


def _locked(enquiry: Enquiry) -> Enquiry:
    found = Enquiry.objects.select_for_update(of=("self",)).select_related("endpoint", "job", "dataset")
    return found.get(pk=enquiry.pk)


def _go_on(enquiry: Enquiry, by: User | None, *, here: bool) -> Enquiry:
    if enquiry.job is not None and not enquiry.job.is_over:
        raise EnquiryError(_("The last requests are still in flight. Wait until they have come back."))
    if trouble := trouble_with(enquiry.endpoint):
        raise EnquiryError(trouble)
    _enqueue(enquiry, by, here=here)
    return enquiry


def _enqueue(enquiry: Enquiry, by: User | None, *, here: bool) -> None:
    enquiry.state, enquiry.why, enquiry.finished = State.RUNNING, "", None
    enquiry.resumed = timezone.now()
    enquiry.done_before = enquiry.texts.exclude(state=AskedText.State.TO_DO).count()
    enquiry.job = enqueue(
        kind=ENQUIRE,
        arguments={"enquiry": enquiry.pk},
        title=title_of(enquiry),
        created_by=by,
        dispatch_now=not here,
    )
    enquiry.save(update_fields=["state", "why", "finished", "resumed", "done_before", "job"])
