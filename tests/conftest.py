import pytest

from tracker.embedded import Engines


@pytest.fixture(scope="session")
def django_db_modify_db_settings(engines: Engines) -> None:
    """pytest-django asks for this before it makes the test database: the moment to have a server."""
