"""Profiles of people who pass every check, and pools that hold them."""

from typing import Any

from crsapp.accounts.models import User
from generation.models import Endpoint, PoolProfile, ProfilePool
from generation.services.simulation.pools import add_profiles, create_pool
from generation.services.simulation.steering import WritingSettings
from generation.services.simulation.writing_here import write_here
from generation.simulation.profiles import Profile

ANNA = Profile(
    gender="Female",
    age="35",
    personality="Outgoing and quick to laugh",
    occupation="Graphic designer",
    interests="Likes painting and yoga, hates shopping centres",
    travel="Loves foreign cities; avoids cruise ships",
    dining="Enjoys curries but cannot stand coriander",
    spending="Spends on experiences rather than things",
    other="Rides an old motorcycle",
)
PAUL = Profile(
    gender="Male",
    age="66",
    personality="Quiet, patient with everybody",
    occupation="Retired teacher",
    interests="Reads history, dislikes television",
    travel="Visits his grandchildren by train, never flies",
    dining="Prefers home cooking; no fan of restaurants",
    spending="Saves for his health",
    other="Helps out at the library on Mondays",
)


def scripted(**mishaps: float) -> Endpoint:
    """The offline writer, with these things going wrong."""
    made: Endpoint = Endpoint.objects.create(name="Offline", kind="scripted", model="scripted", mishaps=mishaps)
    return made


def pool_of(*profiles: Profile, name: str = "People", by: User | None = None) -> ProfilePool:
    pool = create_pool(name=name, by=by)
    add_profiles(pool=pool, profiles=profiles or (ANNA, PAUL))
    return pool


def row(pool: ProfilePool, number: int = 0) -> PoolProfile:
    return PoolProfile.objects.get(pool=pool, number=number)


def written(size: int = 12, *, endpoint: Endpoint | None = None, name: str = "Written", **said: Any) -> ProfilePool:
    limits = {key: said.pop(key) for key in ("money", "tokens") if key in said}
    pool = ProfilePool.objects.filter(name=name).first() or create_pool(name=name)
    return write_here(pool, endpoint or scripted(), WritingSettings(size=size, **said), **limits)
