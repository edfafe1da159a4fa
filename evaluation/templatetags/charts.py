"""Under each figure of a page: where to download it."""

from typing import Any

from django import template

from annotation.models import Study
from evaluation.charts import FORMATS, block_charts, chart_name
from evaluation.figures import BlockFigures

register = template.Library()


@register.inclusion_tag("evaluation/_downloads.html")
def downloads(study: Study, figures: BlockFigures, what: str, criterion: str | None = None) -> dict[str, Any]:
    """The links of the charts of a block that show `what`; of one criterion, or (where it is empty) of all together."""
    names = [chart.name for chart in block_charts(figures) if chart.what == what]
    if criterion is not None:
        only = chart_name(figures, f"{what}-{criterion}" if criterion else what)
        names = [name for name in names if name == only]
    return {"study": study, "names": names, "formats": FORMATS}
