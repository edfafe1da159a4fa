from django.urls import path

from evaluation.views import (
    chart,
    dashboard,
    dataset_statistics,
    exporting,
    judgments,
    labels,
    plan,
    preference_table,
    report,
    results,
    side_by_side,
    split,
    unit_history,
)

app_name = "evaluation"

urlpatterns = [
    path("statistics/", dataset_statistics.dataset_statistics, name="dataset-statistics"),
    path("statistics/count/", dataset_statistics.dataset_statistics_count, name="dataset-statistics-count"),
    path("preferences/<slug:slug>/table.csv", preference_table.preference_table, name="preference-table"),
    path("studies/<slug:slug>/plan/", plan.plan, name="plan"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("side-by-side/", side_by_side.side_by_side, name="side-by-side"),
    path("studies/<slug:slug>/agreement/", dashboard.agreement_so_far, name="agreement-so-far"),
    path("studies/<slug:slug>/results/", results.results, name="results"),
    path("studies/<slug:slug>/results/figures/", results.results_figures, name="results-figures"),
    path("studies/<slug:slug>/results/details/", results.results_details, name="results-details"),
    path("studies/<slug:slug>/results/split/", split.results_split, name="results-split"),
    path("studies/<slug:slug>/results/split.csv", split.results_split_table, name="results-split-table"),
    path("studies/<slug:slug>/results/labels/", labels.results_labels, name="results-labels"),
    path("studies/<slug:slug>/results/look/", results.look, name="look"),
    path("studies/<slug:slug>/figures/<slug:name>.<slug:format>", chart.chart, name="chart"),
    path("studies/<slug:slug>/report/", report.report, name="report"),
    path("studies/<slug:slug>/report/file/", report.report_file, name="report-file"),
    path("studies/<slug:slug>/judgments/", judgments.judgments, name="judgments"),
    path(
        "studies/<slug:slug>/judgments/<int:block>/<int:number>/",
        unit_history.unit_history,
        name="unit-history",
    ),
    path("studies/<slug:slug>/export/<str:format>/", exporting.export, name="export"),
    path("studies/<slug:slug>/export/labels/<str:format>/", exporting.export_labels, name="export-labels"),
]
