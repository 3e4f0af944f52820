"""What every test may ask for: the database, and the cast. Slow tests go first, so that two cores end together."""

import pytest

pytest_plugins = ["tests.postgres", "tests.programs", "tests.cast"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
