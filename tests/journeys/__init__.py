import pytest

pytest.register_assert_rewrite(
    *(f"tests.journeys.{name}" for name in ("person", "habits", "proof_of_export", "proof_of_figures"))
)
