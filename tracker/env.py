"""Settings from the environment, and one sentence naming the variable where one is wrong.

What the environment leaves out is read from `.local/env`, which run.py writes for the servers that it starts.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

LOCAL_FILE: Final = Path(__file__).resolve().parent.parent / ".local" / "env"

# What libpq may be told in DATABASE_URL beside the address.
DATABASE_OPTIONS: Final = frozenset(
    {"channel_binding", "connect_timeout", "sslcert", "sslkey", "sslmode", "sslrootcert", "target_session_attrs"}
)


class BadSetting(ImproperlyConfigured):
    """A variable of the environment that is missing or cannot be read."""


def text(name: str, default: str | None = None, *, hint: str = "") -> str:
    """The variable's text. Without a default it must be set."""
    # A variable that is set to nothing is what compose files make of one that is not set.
    value = os.environ.get(name) or _from_its_file(name) or _local_values().get(name) or default
    if value is None:
        raise BadSetting(f"{name} is not set; {hint or 'give it a value'}.")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = text(name, "yes" if default else "no")
    if value not in ("yes", "no"):
        raise BadSetting(f"{name} is {value!r}; write yes or no.")
    return value == "yes"


def number(name: str, default: int, *, at_least: int = 0) -> int:
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < at_least:
        raise BadSetting(f"{name} is {value!r}; write a whole number of at least {at_least}.")
    return int(value)


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in among:
        raise BadSetting(f"{name} is {value!r}; write one of {', '.join(among)}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list, written with commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str) -> dict[str, Any]:
    """Django's description of the PostgreSQL database at an address like postgresql://user:password@host:5432/name."""
    # The messages never repeat the address: it holds a password.
    shape = "write it as postgresql://user:password@host:5432/name"
    address = _address(name, shape)
    if address.scheme not in ("postgres", "postgresql"):
        raise BadSetting(f"{name} does not begin with postgresql://; {shape}.")
    if not (database_name := unquote(address.path[1:])):
        raise BadSetting(f"{name} names no database; {shape}.")
    options = dict(parse_qsl(address.query, keep_blank_values=True))
    if unknown := sorted(options.keys() - DATABASE_OPTIONS):
        raise BadSetting(f"{name} has the option {unknown[0]!r}; known are {', '.join(sorted(DATABASE_OPTIONS))}.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(address.username or ""),
        "PASSWORD": unquote(address.password or ""),
        # A folder of sockets is written percent-encoded, as libpq has it.
        "HOST": unquote(address.hostname or ""),
        "PORT": str(address.port or ""),
        "OPTIONS": options,
    }


def redis(name: str) -> str:
    """The address of a Redis or Valkey, like redis://:password@host:6379/0."""
    shape = "write it as redis://:password@host:6379/0"
    address = _address(name, shape)
    if address.scheme not in ("redis", "rediss") or not address.hostname:
        raise BadSetting(f"{name} is no redis:// or rediss:// address; {shape}.")
    if not (address.path in ("", "/") or address.path[1:].isdigit()):
        raise BadSetting(f"{name} names a database that is no number; {shape}.")
    return address.geturl()


def _address(name: str, shape: str) -> SplitResult:
    value = text(name, hint=f"start everything with run.py, or {shape}")
    try:
        address = urlsplit(value)
    except ValueError:
        raise BadSetting(f"{name} is no address; {shape}.") from None
    try:
        _ = address.port
    except ValueError:
        raise BadSetting(f"{name} has a port that is no number up to 65535; {shape}.") from None
    return address


def _from_its_file(name: str) -> str | None:
    """The text of the file that NAME_FILE names, as secrets of containers and services are handed over."""
    if not (file := os.environ.get(f"{name}_FILE")):
        return None
    try:
        return Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise BadSetting(f"{name}_FILE names {file}, which cannot be read.") from None


@cache
def _local_values() -> dict[str, str]:
    try:
        lines = LOCAL_FILE.read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)
