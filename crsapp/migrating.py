"""Migrations that begin an app make its tables in their last form, all at once."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.state import ProjectState


class Beginning(Migration):
    """Creates models, and adds what those that refer to each other could not have from the start.

    Django puts the classes of all models together again after each operation, which for fifty of them takes longer than
    everything else before the first page. Here they are put together once, as they are in the end.
    """

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        for operation in self.operations:
            if not isinstance(operation, CreateModel | AddField | AddIndex | AddConstraint):
                raise TypeError(f"{self} does more than begin: {operation.describe()}")
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        project_state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        for operation in self.operations:
            if isinstance(operation, CreateModel):
                operation.database_forwards(self.app_label, schema_editor, project_state, project_state)
        return project_state
