"""An enquiry in this process, for commands: begun, or gone on with where another process left it."""

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from crsapp.jobs.models import Job
from crsapp.jobs.services import run_inline, sweep
from generation.models import Enquiry
from generation.services.enquiries.kinds import EnquiryError
from generation.services.enquiries.steering import resume


def enquire_here(enquiry: Enquiry) -> Enquiry:
    """Ask until it is over or paused; one that is paused goes on.

    Raises EnquiryError while another process has it in hand.
    """
    sweep(capacity=0)
    enquiry.refresh_from_db()
    job_id = enquiry.job_id
    if Job.objects.filter(Q(pk=job_id) | Q(parent=job_id), state=Job.State.RUNNING).exists():
        raise EnquiryError(
            _("Another process is at it right now, or died less than %(seconds)d seconds ago. Try later.")
            % {"seconds": settings.JOB_LEASE_SECONDS}
        )
    was_paused = enquiry.state == Enquiry.State.PAUSED
    _finish_job(enquiry)
    if was_paused and enquiry.state == Enquiry.State.PAUSED:
        enquiry = resume(enquiry, here=True)
        _finish_job(enquiry)
    return enquiry


def _finish_job(enquiry: Enquiry) -> None:
    if enquiry.job is not None and not enquiry.job.is_over:
        run_inline(enquiry.job)
    enquiry.refresh_from_db()
