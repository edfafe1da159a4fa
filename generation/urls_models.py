"""Addresses of what is asked by generation and by annotation: models and where they answer."""

from django.urls import path

from generation.views import calls, endpoints

app_name = "models"

urlpatterns = [
    path("", endpoints.endpoint_list, name="endpoint-list"),
    path("new/", endpoints.endpoint_new, name="endpoint-new"),
    path("calls/", calls.call_list, name="call-list"),
    path("calls/export/", calls.call_export, name="call-export"),
    path("calls/<int:pk>/", calls.call_detail, name="call-detail"),
    path("<int:pk>/", endpoints.endpoint_detail, name="endpoint-detail"),
    path("<int:pk>/edit/", endpoints.endpoint_edit, name="endpoint-edit"),
    path("<int:pk>/try/", endpoints.endpoint_try, name="endpoint-try"),
]
