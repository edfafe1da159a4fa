"""Where dialogues are made."""

from django.urls import URLPattern, path

from generation.views import attempts, runs, template_editor, template_files, templates

app_name = "generate"

urlpatterns: list[URLPattern] = [
    path("runs/", runs.run_list, name="run-list"),
    path("runs/new/", runs.run_new, name="run-new"),
    path("runs/<int:pk>/", runs.run_detail, name="run-detail"),
    path("runs/<int:pk>/pause/", runs.run_pause, name="run-pause"),
    path("runs/<int:pk>/resume/", runs.run_resume, name="run-resume"),
    path("runs/<int:pk>/cancel/", runs.run_cancel, name="run-cancel"),
    path("runs/<int:pk>/limits/", runs.run_limits, name="run-limits"),
    path("runs/<int:pk>/accepted/", attempts.run_acceptance, name="run-acceptance"),
    path("runs/<int:pk>/attempts/", attempts.attempt_list, name="attempt-list"),
    path("runs/<int:pk>/attempts/<int:attempt>/", attempts.attempt_detail, name="attempt-detail"),
    path("runs/<int:pk>/attempts/<int:attempt>/keep/", attempts.attempt_keep, name="attempt-keep"),
    path("runs/<int:pk>/attempts/<int:attempt>/undo/", attempts.attempt_undo, name="attempt-undo"),
    path("templates/", templates.template_list, name="template-list"),
    path("templates/new/", template_editor.template_new, name="template-new"),
    path("templates/draft/", template_editor.template_draft, name="template-draft"),
    path("templates/import/", template_files.template_import, name="template-import"),
    path("templates/export/<slug:layout>/", template_files.template_export, name="template-export"),
    path("templates/built-in/<slug:name>/", templates.template_built_in, name="template-built-in"),
    path("templates/<int:pk>/", templates.template_detail, name="template-detail"),
    path("templates/<int:pk>/edit/", template_editor.template_edit, name="template-edit"),
    path("templates/<int:pk>/archive/", templates.template_archive, name="template-archive"),
    path("templates/<int:pk>/restore/", templates.template_restore, name="template-restore"),
]
