"""A pytest plugin for the tests of an older release: before they migrate their database they restore a newer one.

It is loaded into another checkout by its bare name, so it may import nothing of this one.
"""

import os
from typing import Any

import pytest


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    from django.core.management.commands import migrate
    from django.db import connection

    from tracker.backups import run

    of_the_older = migrate.Command.handle

    def handle(self: Any, *args: Any, **options: Any) -> Any:
        if not connection.introspection.table_names():
            run("pg_restore", "--no-owner", "--exit-on-error", os.environ["NEWER_SCHEMA"])
        return of_the_older(self, *args, **options)

    migrate.Command.handle = handle  # type: ignore[method-assign]
