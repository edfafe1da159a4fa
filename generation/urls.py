from django.urls import path

from generation.views import datasets, dialogues, enquiries, exports, imports, reviews, translations

app_name = "generation"

urlpatterns = [
    path("", datasets.dataset_list, name="dataset-list"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/<int:pk>/", imports.import_detail, name="import-detail"),
    path("imports/<int:pk>/format/", imports.import_format, name="import-format"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<int:pk>/start/", imports.import_start, name="import-start"),
    path("imports/<int:pk>/discard/", imports.import_discard, name="import-discard"),
    path("reviews/imports/new/", imports.import_new, {"kind": "reviews"}, name="review-import-new"),
    path("<slug:slug>/", datasets.dataset_detail, name="dataset-detail"),
    path("<slug:slug>/export/", exports.dataset_export, name="dataset-export"),
    path("<slug:slug>/export/<slug:format>/", exports.dataset_file, name="dataset-file"),
    path("<slug:slug>/reviews/", reviews.review_settings, name="review-settings"),
    path("<slug:slug>/reviews/people/", reviews.reviewer_list, name="reviewer-list"),
    path("<slug:slug>/reviews/people/<int:pk>/", reviews.reviewer_detail, name="reviewer-detail"),
    path("<slug:slug>/edit/", datasets.dataset_edit, name="dataset-edit"),
    path("<slug:slug>/delete/", datasets.dataset_delete, name="dataset-delete"),
    path("<slug:slug>/dialogues/", dialogues.dialogue_list, name="dialogue-list"),
    path("<slug:slug>/dialogues/<int:number>/", dialogues.dialogue_detail, name="dialogue-detail"),
    path("<slug:slug>/languages/", translations.translation_list, name="translation-list"),
    path("<slug:slug>/enquiries/<int:pk>/", enquiries.enquiry_detail, name="enquiry-detail"),
    path("<slug:slug>/enquiries/<int:pk>/pause/", enquiries.enquiry_pause, name="enquiry-pause"),
    path("<slug:slug>/enquiries/<int:pk>/resume/", enquiries.enquiry_resume, name="enquiry-resume"),
    path("<slug:slug>/enquiries/<int:pk>/cancel/", enquiries.enquiry_cancel, name="enquiry-cancel"),
    path("<slug:slug>/enquiries/<int:pk>/retry/", enquiries.enquiry_retry, name="enquiry-retry"),
    path("<slug:slug>/enquiries/<int:pk>/delete/", enquiries.enquiry_delete, name="enquiry-delete"),
    path("<slug:slug>/enquiries/<int:pk>/limits/", enquiries.enquiry_limits, name="enquiry-limits"),
]
