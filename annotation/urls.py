"""Addresses of the researcher's side; the annotator's stand in `urls_judging.py`."""

from django.urls import include, path

from annotation.views import building, links, studies, studies_new, studies_preview, studies_protocol

app_name = "annotation"

urlpatterns = [
    path("studies/", studies.study_list, name="study-list"),
    path("new-study/", studies_new.study_new, name="study-new"),
    path("studies/<slug:slug>/", studies.study_detail, name="study-detail"),
    path("studies/<slug:slug>/progress/", studies.study_progress_part, name="study-progress"),
    path("studies/<slug:slug>/edit/<slug:step>/", building.study_edit, name="study-edit"),
    path("studies/<slug:slug>/edit/<slug:step>/consequences/", building.study_consequences, name="study-consequences"),
    path("studies/<slug:slug>/preview/", studies_preview.study_preview, name="study-preview"),
    path("studies/<slug:slug>/protocol/", studies_protocol.study_protocol, name="study-protocol"),
    path("studies/<slug:slug>/protocol.toml", studies_protocol.study_protocol_file, name="study-protocol-file"),
    path("studies/<slug:slug>/record/", studies.study_record, name="study-record"),
    path("studies/<slug:slug>/open/", studies.study_open, name="study-open"),
    path("studies/<slug:slug>/close/", studies.study_close, name="study-close"),
    path("studies/<slug:slug>/copy/", studies.study_copy, name="study-copy"),
    path("studies/<slug:slug>/delete/", studies.study_delete, name="study-delete"),
    path("studies/<slug:slug>/links/", links.link_new, name="link-new"),
    path("links/<int:pk>/revoke/", links.link_revoke, name="link-revoke"),
    path("", include("annotation.urls_judging")),
]
