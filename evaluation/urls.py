from django.urls import path

from evaluation.views import exporting, judgments, results

app_name = "evaluation"

urlpatterns = [
    path("studies/<slug:slug>/results/", results.results, name="results"),
    path("studies/<slug:slug>/results/figures/", results.results_figures, name="results-figures"),
    path("studies/<slug:slug>/results/look/", results.look, name="look"),
    path("studies/<slug:slug>/judgments/", judgments.judgments, name="judgments"),
    path("studies/<slug:slug>/export/<str:format>/", exporting.export, name="export"),
]
