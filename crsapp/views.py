"""The pages of the roof: home, the two questions a load balancer asks, and what a refused form says."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from crsapp.accounts.models import User
from crsapp.overview import overview, own_studies
from crsapp.readiness import readiness


def home(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not user.is_authenticated:
        return render(request, "crsapp/welcome.html", {"nobody_yet": not User.objects.exists()})
    if not user.is_researcher:
        return render(request, "crsapp/own_studies.html", {"annotators": own_studies(user)})
    return render(request, "crsapp/home.html", {"overview": overview()})


@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers. Nothing else is looked at."""
    return JsonResponse({"ok": True})


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything that serving people takes: the database, its migrations, a worker."""
    checks = readiness()
    ready = all(check.ok for check in checks)
    return JsonResponse({"ok": ready} | {check.name: check.ok for check in checks}, status=200 if ready else 503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "crsapp/csrf_failure.html", status=403)
