"""Rows become arrays in this folder, and nowhere else; arrays become figures in the pure files."""

from evaluation.reports.kept import figures_now, kept_figures
from evaluation.reports.studies import study_figures

__all__ = ["figures_now", "kept_figures", "study_figures"]
