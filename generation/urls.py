from django.urls import path

from generation.views import datasets, dialogues, imports

app_name = "generation"

urlpatterns = [
    path("", datasets.dataset_list, name="dataset-list"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/<int:pk>/", imports.import_detail, name="import-detail"),
    path("imports/<int:pk>/start/", imports.import_start, name="import-start"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import-discard"),
    path("<slug:slug>/", datasets.dataset_detail, name="dataset-detail"),
    path("<slug:slug>/edit/", datasets.dataset_edit, name="dataset-edit"),
    path("<slug:slug>/delete/", datasets.dataset_delete, name="dataset-delete"),
    path("<slug:slug>/dialogues/", dialogues.dialogue_list, name="dialogue-list"),
    path("<slug:slug>/dialogues/<int:number>/", dialogues.dialogue_detail, name="dialogue-detail"),
]
