"""The pages of the roof: home, the two questions a load balancer asks, and what a refused form says."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from crsapp.accounts.models import User
from crsapp.jobs.models import Worker
from crsapp.overview import overview, own_studies


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
    checks = {"database": False, "migrations": False, "worker": False}
    try:
        executor = MigrationExecutor(connection)
        checks["database"] = True
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        since = timezone.now() - timedelta(seconds=settings.WORKER_MISSING_SECONDS)
        checks["worker"] = checks["migrations"] and Worker.objects.filter(seen__gte=since).exists()
    except DatabaseError:
        checks["database"] = False
    ready = all(checks.values())
    return JsonResponse({"ok": ready, **checks}, status=200 if ready else 503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "crsapp/csrf_failure.html", status=403)
