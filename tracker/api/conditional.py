"""Has anything changed? Tags of answers, and whether the one that a reader holds still fits.

A tag names the state of the record that an answer was made of, together with what was asked; it is never made of the
body. It is the same in every encoding, so it is compared with any `W/` stripped: proxies and compression weaken tags.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import parties
import provisions

ANY = "*"
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked and in which form it is to be told, by this version of the program."""

    key: bytes

    @classmethod
    def of(cls, *parts: Any) -> Question:
        """The same only while all parts are."""
        text = json.dumps([program(), *parts], default=str, sort_keys=True, separators=(",", ":"))
        return cls(hashlib.blake2b(text.encode(), digest_size=32).digest())

    def tag(self, state: str) -> str:
        """The tag of the answer that is made of this state of the record."""
        return hashlib.blake2b(state.encode(), key=self.key, digest_size=12).hexdigest()


def still_fits(tag: str, if_none_match: str) -> bool:
    """Whether a reader that sends this If-None-Match holds the answer with this tag. `*` is no tag."""
    return tag in _TAG.findall(if_none_match)


def asks_for_any(if_none_match: str) -> bool:
    """Whether any answer at all would do for "not modified"."""
    return if_none_match.strip() == ANY


@cache
def program() -> str:
    """The version of the representation: a fingerprint of the code that makes answers.

    A number kept by hand would be forgotten one day, and readers would be told "not modified" of an answer whose form
    had changed. So each release costs every reader one answer more.
    """
    return fingerprint(*(Path(package.__path__[0]) for package in (parties, provisions)), Path(__file__).parent)


def fingerprint(*folders: Path) -> str:
    """The same only while all code in the folders is the same."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
