from django.urls import include, path
from django.views.i18n import set_language

from crsapp import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("language/", set_language, name="set-language"),
    path("accounts/", include("crsapp.accounts.urls")),
    path("jobs/", include("crsapp.jobs.urls")),
    path("datasets/", include("generation.urls")),
    path("generate/", include("generation.urls_generate")),
    path("models/", include("generation.urls_models")),
    path("", include("annotation.urls")),
    path("", include("evaluation.urls")),
]
