"""A migration that begins an app makes the same tables as Django does one operation at a time."""

from typing import Any

import pytest
from django.db import connections, migrations, models
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.state import ProjectState

from crsapp.migrating import Beginning

pytestmark = pytest.mark.django_db
ID = ("id", models.BigAutoField(primary_key=True))
OPERATIONS = [
    migrations.CreateModel(name="Hen", fields=[ID, ("name", models.CharField(max_length=20, db_index=True))]),
    migrations.CreateModel(
        name="Egg",
        fields=[
            ID,
            ("layer", models.ForeignKey("farm.hen", models.CASCADE, related_name="laid")),
            ("colours", models.ManyToManyField("farm.hen", related_name="likes")),
            ("weight", models.IntegerField(default=60)),
        ],
        options={"constraints": [models.CheckConstraint(condition=models.Q(weight__gt=0), name="it_weighs")]},
    ),
    migrations.AddField("Hen", "came_from", models.ForeignKey("farm.egg", models.CASCADE, null=True)),
    migrations.AddIndex("Egg", models.Index(fields=["weight", "layer"], name="by_weight")),
    migrations.AddConstraint("Hen", models.UniqueConstraint(fields=["name", "came_from"], name="one_name")),
]


def made(kind: type[migrations.Migration], operations: list[Any]) -> tuple[list[str], ProjectState]:
    """What stands in the schema of a new SQLite database after such a migration, and the state after it."""
    connection = DatabaseWrapper({**connections.settings["default"], "NAME": ":memory:", "OPTIONS": {}}, "fresh")
    migration = type("Migration", (kind,), {"operations": operations})("0001_initial", "farm")
    state = ProjectState()
    assert state.apps is not None, "there are classes already, as when an app is not the first"
    connections["fresh"] = connection
    try:
        with connection.schema_editor() as editor:
            state = migration.apply(state, editor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            return [row[0] for row in cursor.fetchall()], state
    finally:
        connection.close()
        del connections["fresh"]


def columns(schema: list[str]) -> list[list[str]]:
    """In any order, and whichever way a name is quoted: a table that was altered was made anew."""
    return [sorted(part.strip(' "()') for part in one.split(",")) for one in schema]


def test_tables_indexes_and_constraints_are_those_of_one_operation_after_the_other() -> None:
    slowly, state = made(migrations.Migration, OPERATIONS)
    at_once, same_state = made(Beginning, OPERATIONS)
    assert len(at_once) == len(slowly) > 6
    assert columns(at_once) == columns(slowly)
    assert same_state.models == state.models
    assert same_state.apps.get_model("farm", "Hen")._meta.get_field("came_from").related_model.__name__ == "Egg"


def test_it_refuses_what_is_more_than_beginning() -> None:
    with pytest.raises(TypeError, match="more than begin: Raw"):
        made(Beginning, [*OPERATIONS, migrations.RunSQL("SELECT 1")])
