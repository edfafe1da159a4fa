"""Fixtures everybody shares: named people, the datasets that are never shipped, a real site and a real browser."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.db import connection
from django.utils import translation
from django.utils.translation import trans_real
from hypothesis import HealthCheck
from hypothesis import settings as examples
from playwright.sync_api import Browser, Page, expect, sync_playwright

from annotation.services import material
from crsapp.accounts.models import User
from crsapp.catalogues import compile_catalogues
from crsapp.jobs.services import worker_is_alive
from tests import emptying, services

pytest_plugins = ["tests.skips"]

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def pytest_configure() -> None:
    # How long an example takes says how busy the machine is, and nothing else.
    examples.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    examples.load_profile("busy machine")
    settings.PASSWORD_HASHERS = ["tests.hashers.QuickArgon2", *settings.PASSWORD_HASHERS]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "figures"}
    settings.CACHES = {**settings.CACHES, "figures": memory}
    expect.set_options(timeout=20_000)
    emptying.quickly()


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    """Keys are given again after a rollback, and digests made up: what is cached under one is another test's."""
    cache.clear()
    caches["figures"].clear()
    material._FROZEN.clear()
    material._LAID_OUT.clear()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """A request leaves its language active in its thread, which is the next test's."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def compiled() -> None:
    """The interface's translations as `make test` compiles them, here for whoever runs one test alone."""
    if compile_catalogues():
        trans_real._translations.clear()


@pytest.fixture
def shared_data() -> Path:
    """The folder of real datasets beside the checkout; never shipped, so the test skips where it is not."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs shared data, which is not beside this checkout")
    return SHARED_DATA


@pytest.fixture
def amira(db: None) -> User:
    """A researcher."""
    return User.objects.create_user("amira", password="amira's long password", role=User.Role.RESEARCHER)


@pytest.fixture
def olga(db: None) -> User:
    """The owner of the installation."""
    return User.objects.create_user("olga", password="olga's long password", role=User.Role.OWNER)


@pytest.fixture
def ben(db: None) -> User:
    """An annotator with an account."""
    return User.objects.create_user("ben", password="ben's long password", role=User.Role.ANNOTATOR)


@pytest.fixture(scope="session")
def site_environment(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The environment of another process of the same site: the same database, its own static files, no demo."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("CRSAPP_")},
        "DJANGO_SETTINGS_MODULE": "crsapp.settings",
        "CRSAPP_DATA_DIR": str(tmp_path_factory.mktemp("site")),
        "CRSAPP_LOG_LEVEL": "INFO",
        "CRSAPP_JOB_SWEEP_SECONDS": "1",
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "DATABASE_URL": services.database_url(connection.settings_dict),
    }


@pytest.fixture(scope="session")
def web_site(site_environment: dict[str, str]) -> Iterator[str]:
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=services.ROOT, env=site_environment, check=True)
    with services.web_processes(site_environment, Path(site_environment["CRSAPP_DATA_DIR"]) / "web.log") as url:
        yield url


@pytest.fixture
def live_site(transactional_db: None, web_site: str) -> Iterator[str]:
    """The address of the site as production serves it (gunicorn, compressed static files) on the test database.

    What the test writes, the site reads; each test starts with an empty database.
    """
    yield web_site
    # Emptying the tables waits for nobody, and a request that is still being answered would wait for it in turn.
    services.until(lambda: not others_at_work(), 20, "The site comes to rest")


def others_at_work() -> bool:
    """Is another connection in the middle of something? On SQLite, writing waits its turn by itself."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state IN ('active', 'idle in transaction')"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture
def live_worker(transactional_db: None, site_environment: dict[str, str]) -> Iterator[None]:
    """A worker process beside the live site, on the same database and folder broker, until the test ends."""
    log = Path(site_environment["CRSAPP_DATA_DIR"]) / "worker.log"
    with services.worker_process(site_environment, log):
        services.until(worker_is_alive, 30, f"A worker shows that it is alive (its log: {log})")
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = services.chromium()
    if path is None:
        pytest.skip("no Chromium is installed")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    # Playwright's own event loop makes Django think that it runs inside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium: Browser, live_site: str) -> Iterator[Page]:
    """A new browser's page, its addresses relative to the live site. A script's error fails the test."""
    context = chromium.new_context(base_url=live_site, locale="en-GB")
    context.set_default_timeout(30_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
