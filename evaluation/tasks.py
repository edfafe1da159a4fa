"""Background work of the evaluation; the services do it."""

from crsapp.jobs.registry import Context, Steps, handler
from evaluation.services.dataset_statistics import KIND, job_steps


@handler(KIND)
def dataset_statistics(context: Context) -> Steps:
    return (yield from job_steps(context.arguments))
