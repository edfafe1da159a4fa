"""Background work of the evaluation; the services do it."""

from crsapp.jobs.registry import Context, Steps, handler
from evaluation.services import dataset_statistics as counting
from evaluation.services import study_reports as reporting


@handler(counting.KIND)
def dataset_statistics(context: Context) -> Steps:
    return (yield from counting.job_steps(context.arguments))


@handler(reporting.KIND, abandoned=reporting.forget)
def study_report(context: Context) -> Steps:
    return (yield from reporting.job_steps(context))
