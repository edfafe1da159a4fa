"""Rows become arrays in this folder, and nowhere else; arrays become figures in the pure files."""

from evaluation.reports.studies import study_figures

__all__ = ["study_figures"]
