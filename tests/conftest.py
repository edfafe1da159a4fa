"""Fixtures everybody shares: named people, the datasets that are never shipped, a real site and a real browser."""

from pathlib import Path

import pytest

from crsapp.accounts.models import User

SHARED_DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


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
