"""A reader of the API: asks over HTTP, as a dashboard does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.builders import ACCORD

BOARD = f"/api/v1/plans/{ACCORD}/board"
CHANGES = f"/api/v1/plans/{ACCORD}/changes"


class Reader:
    """Asks the API. What it gets is an answer of Django's test client."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, *, holding: str | None = None, **headers: str) -> Any:
        """Ask for `path`; `holding` is the ETag of the answer that the reader has."""
        if holding is not None:
            headers["if_none_match"] = holding
        return self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def json(self, path: str) -> Any:
        """What is told at `path`, which must be answered."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def problem(self, path: str) -> Any:
        """What is wrong with asking for `path`."""
        answer = self.get(path)
        assert answer["Content-Type"] == "application/problem+json", answer.content
        told = answer.json()
        assert told["status"] == answer.status_code
        return told


@pytest.fixture
def reader() -> Reader:
    return Reader()
