"""Under each figure of a page: where to download it."""

from typing import Any

from django import template

from annotation.models import Study
from evaluation.charts import FORMATS, block_charts
from evaluation.figures import BlockFigures

register = template.Library()


@register.inclusion_tag("evaluation/_downloads.html")
def downloads(study: Study, figures: BlockFigures, what: str) -> dict[str, Any]:
    """The links of the charts of a block that show `what`."""
    names = [chart.name for chart in block_charts(figures) if chart.what == what]
    return {"study": study, "names": names, "formats": FORMATS}
