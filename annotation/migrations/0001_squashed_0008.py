import annotation.models.people
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from crsapp.migrating import Beginning


class Migration(Beginning):
    replaces = [
        ("annotation", "0001_initial"),
        ("annotation", "0002_running_a_study"),
        ("annotation", "0003_the_record_shows_changes"),
        ("annotation", "0004_assignment_block"),
        ("annotation", "0005_assignment_indexes"),
        ("annotation", "0006_judgments_from_elsewhere"),
        ("annotation", "0007_find_excluded_units"),
        ("annotation", "0008_order_without_joins"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("generation", "0001_squashed_0012"),
        ("jobs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Study",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("open", "Open"), ("closed", "Closed")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("protocol", models.JSONField(default=dict)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("is_demo", models.BooleanField(default=False)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("opened", models.DateTimeField(blank=True, null=True)),
                ("closed", models.DateTimeField(blank=True, null=True)),
                ("deadline", models.DateTimeField(blank=True, null=True)),
                ("amendment_number", models.PositiveSmallIntegerField(default=0)),
                ("revision", models.PositiveBigIntegerField(default=0)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pilot_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="pilots",
                        to="annotation.study",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "studies",
                "ordering": ["-created"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"),
                            models.Q(models.Q(("digest", ""), _negated=True), ("opened__isnull", False)),
                            _connector="OR",
                        ),
                        name="annotation_study_frozen_once_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=100)),
                (
                    "target",
                    models.CharField(choices=[("dialogue", "Dialogues"), ("pair", "Pairs of dialogues")], max_length=8),
                ),
                (
                    "design",
                    models.CharField(
                        choices=[
                            ("panel", "Panel: everybody judges everything"),
                            ("overlap", "Overlap: k annotators a unit"),
                            ("elsewhere", "Judged elsewhere: as many annotators a unit as there were"),
                        ],
                        max_length=12,
                    ),
                ),
                ("annotators_per_unit", models.PositiveIntegerField()),
                ("seed", models.BigIntegerField()),
                ("languages", models.JSONField(default=list)),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="blocks", to="annotation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["study_id", "number"],
                "constraints": [models.UniqueConstraint(fields=("study", "number"), name="annotation_block_number")],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="annotation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["study_id", "number"],
                "constraints": [models.UniqueConstraint(fields=("study", "number"), name="annotation_seat_number")],
            },
        ),
        migrations.CreateModel(
            name="Annotator",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("pseudonym", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("llm", "LLM"), ("classifier", "Classifier")],
                        default="person",
                        max_length=12,
                    ),
                ),
                ("guidelines_digest", models.CharField(blank=True, max_length=64)),
                ("consent_digest", models.CharField(blank=True, max_length=64)),
                ("consented", models.DateTimeField(blank=True, null=True)),
                ("joined", models.DateTimeField(auto_now_add=True)),
                ("last_seen", models.DateTimeField(blank=True, null=True)),
                ("left", models.DateTimeField(blank=True, null=True)),
                (
                    "departure",
                    models.CharField(
                        blank=True, choices=[("removed", "Removed"), ("withdrawn", "Withdrawn")], max_length=10
                    ),
                ),
                ("revision", models.PositiveBigIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annotators",
                        to="annotation.seat",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="annotators", to="annotation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["study_id", "pseudonym"],
                "constraints": [
                    models.UniqueConstraint(fields=("study", "pseudonym"), name="annotation_annotator_pseudonym"),
                    models.UniqueConstraint(
                        condition=models.Q(("left__isnull", True)),
                        fields=("seat",),
                        name="annotation_annotator_seat_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("departure", ""), ("left__isnull", True)),
                            models.Q(("left__isnull", False), models.Q(("departure", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="annotation_annotator_left_how",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("study", "user"),
                        name="annotation_annotator_user_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exhibit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("dialogue_name", models.CharField(blank=True, max_length=200)),
                ("dataset_name", models.CharField(blank=True, max_length=80)),
                ("content", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("probability", models.FloatField()),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="exhibits", to="annotation.block"
                    ),
                ),
                (
                    "dataset",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="generation.dataset",
                    ),
                ),
                (
                    "dialogue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="generation.dialogue",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("block", "dialogue"), name="annotation_exhibit_dialogue_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dataset__isnull", False), ("dialogue__isnull", False)),
                            models.Q(("dialogue_name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="annotation_exhibit_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("probability", models.FloatField()),
                ("excluded", models.DateTimeField(blank=True, null=True)),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="units", to="annotation.block"
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="annotation.exhibit"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="annotation.exhibit",
                    ),
                ),
            ],
            options={
                "ordering": ["block_id", "number"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("excluded__isnull", False)),
                        fields=["block"],
                        name="annotation_unit_excluded",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("block", "number"), name="annotation_unit_number"),
                    models.CheckConstraint(
                        condition=models.Q(("first", models.F("second")), _negated=True),
                        name="annotation_unit_two_different_dialogues",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("repeat", models.PositiveSmallIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("leased", "Being judged"),
                            ("submitted", "Submitted"),
                            ("returned", "Returned to the queue"),
                            ("late", "Submitted too late to count"),
                            ("set_aside", "Set aside by the researchers"),
                        ],
                        default="leased",
                        max_length=10,
                    ),
                ),
                (
                    "side",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "One dialogue"), (1, "First on the left"), (2, "Second on the left")], default=0
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("started", models.DateTimeField()),
                ("submitted", models.DateTimeField(blank=True, null=True)),
                ("active_seconds", models.FloatField(default=0)),
                (
                    "annotator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="annotation.annotator",
                    ),
                ),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="annotation.block"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="annotation.unit"
                    ),
                ),
            ],
            options={
                "ordering": ["annotator_id", "started", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "leased")),
                        fields=["lease_until"],
                        name="annotation_assignment_leases",
                    ),
                    models.Index(fields=["annotator", "block", "position"], name="annotation_assignment_last"),
                    models.Index(
                        condition=models.Q(("state__in", ["submitted", "late"])),
                        fields=["annotator", "submitted", "block"],
                        name="annotation_assignment_finished",
                    ),
                    models.Index(
                        condition=models.Q(("state", "returned")),
                        fields=["annotator"],
                        name="annotation_assignment_back",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "annotator", "repeat"), name="annotation_assignment_never_twice"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "leased")),
                        fields=("annotator",),
                        name="annotation_assignment_one_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "leased")),
                            models.Q(("state", "leased"), _negated=True),
                            _connector="OR",
                        ),
                        name="annotation_assignment_lease_has_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["submitted", "late"]), _negated=True),
                            ("submitted__isnull", False),
                            _connector="OR",
                        ),
                        name="annotation_assignment_submitted_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True)),
                ("client_key", models.UUIDField()),
                ("raised", models.DateTimeField()),
                ("withdrawn", models.DateTimeField(blank=True, null=True)),
                ("settled", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=[("kept", "Unit kept"), ("excluded", "Unit excluded")], max_length=8
                    ),
                ),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="flags", to="annotation.assignment"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["assignment_id", "raised"],
                "constraints": [
                    models.UniqueConstraint(fields=("assignment", "client_key"), name="annotation_flag_client_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled__isnull", True)),
                            models.Q(("settled__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="annotation_flag_settled_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Judgment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("instrument", models.CharField(max_length=60)),
                ("criterion", models.CharField(max_length=60)),
                ("place", models.IntegerField(default=-1)),
                ("value", models.IntegerField(blank=True, null=True)),
                ("cannot_judge", models.BooleanField(default=False)),
                ("text", models.TextField(blank=True)),
                ("reason", models.TextField(blank=True)),
                ("span_start", models.PositiveIntegerField(blank=True, null=True)),
                ("span_end", models.PositiveIntegerField(blank=True, null=True)),
                ("client_key", models.UUIDField()),
                ("sequence", models.PositiveIntegerField()),
                ("superseded", models.BooleanField(default=False)),
                ("amendment", models.PositiveSmallIntegerField(default=0)),
                ("answered", models.DateTimeField()),
                ("received", models.DateTimeField(auto_now_add=True)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="judgments",
                        to="annotation.assignment",
                    ),
                ),
            ],
            options={
                "ordering": ["assignment_id", "sequence"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded", False)),
                        fields=("assignment", "instrument", "criterion", "place"),
                        name="annotation_judgment_one_current",
                    ),
                    models.UniqueConstraint(fields=("assignment", "client_key"), name="annotation_judgment_client_key"),
                    models.UniqueConstraint(fields=("assignment", "sequence"), name="annotation_judgment_sequence"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cannot_judge", True), ("value__isnull", True)),
                            ("cannot_judge", False),
                            _connector="OR",
                        ),
                        name="annotation_judgment_value_or_cannot",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JudgmentImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Being checked"),
                            ("checked", "Checked, waiting for your word"),
                            ("running", "Being imported"),
                            ("complete", "Complete"),
                            ("failed", "Failed"),
                            ("discarded", "Discarded"),
                        ],
                        default="checking",
                        max_length=16,
                    ),
                ),
                ("filename", models.CharField(max_length=255)),
                ("file", models.FileField(blank=True, upload_to="judgments/%Y/%m/")),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("options", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to="annotation.study",
                    ),
                ),
            ],
            options={
                "ordering": ["-created"],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("personal", "Personal"), ("open", "Open")], max_length=8)),
                ("token", models.CharField(default=annotation.models.people.new_token, max_length=40, unique=True)),
                ("label", models.CharField(blank=True, max_length=100)),
                ("cap", models.PositiveIntegerField(blank=True, null=True)),
                ("used", models.PositiveIntegerField(default=0)),
                ("revoked", models.DateTimeField(blank=True, null=True)),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "annotator",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="link",
                        to="annotation.annotator",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ways_back",
                        to="annotation.link",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="annotation.seat",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to="annotation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["study_id", "created", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked__isnull", True), ("seat__isnull", False)),
                        fields=("seat",),
                        name="annotation_link_seat_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cap__isnull", True), ("used__lte", models.F("cap")), _connector="OR"),
                        name="annotation_link_within_cap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "personal"),
                            models.Q(("annotator__isnull", True), ("seat__isnull", True)),
                            _connector="OR",
                        ),
                        name="annotation_link_open_is_nobodys",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Slot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveSmallIntegerField()),
                (
                    "side",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "One dialogue"), (1, "First on the left"), (2, "Second on the left")], default=0
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("withheld", models.BooleanField(default=False)),
                (
                    "assignment",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slot",
                        to="annotation.assignment",
                    ),
                ),
                (
                    "block",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="annotation.block"
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="annotation.seat",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="annotation.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("assignment__isnull", True), ("withheld", False)),
                        fields=["block", "seat", "side", "position"],
                        name="annotation_slot_free",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "n"), name="annotation_slot_n"),
                    models.UniqueConstraint(
                        condition=models.Q(("seat__isnull", False)),
                        fields=("unit", "seat"),
                        name="annotation_slot_seat_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("reason", models.TextField()),
                ("changes", models.JSONField()),
                ("protocol_before", models.JSONField()),
                ("before", models.CharField(max_length=64)),
                ("after", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="amendments", to="annotation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["study_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("study", "number"), name="annotation_amendment_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("who", models.CharField(blank=True, max_length=301)),
                ("kind", models.CharField(max_length=40)),
                ("detail", models.JSONField(default=dict)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="annotation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["study_id", "number"],
                "constraints": [models.UniqueConstraint(fields=("study", "number"), name="annotation_event_number")],
            },
        ),
    ]
