"""Where does the record stand? Asked of PostgreSQL itself each time, over connections of our own.

One prepared statement by libpq takes this process five microseconds, as much as asking Valkey would. So nothing is
kept beside the database that could be stale, lost or written too late: a change that is committed is seen.
"""

from __future__ import annotations

from django.db import connection as django_connection
from psycopg import Error
from psycopg.conninfo import make_conninfo
from psycopg.pq import ConnStatus, ExecStatus, PGconn, abc

from provisions.api import ENDPOINTS, Head
from provisions.api.endpoint import Update
from tracker.models import NOTED_EVERY

# What psycopg is told beside what libpq understands.
NOT_OF_LIBPQ = ("context", "cursor_factory", "prepare_threshold")
PATIENCE = {"connect_timeout": 2, "tcp_user_timeout": 5000}
NAMES = {head: f"head_{n}".encode() for n, head in enumerate({head for each in ENDPOINTS for head in each.heads})}
NEWS = {
    sql: f"news_{n}".encode()
    for n, sql in enumerate(dict.fromkeys(each.update.sql for each in ENDPOINTS if each.update is not None))
}

# A key that may be used and of which that was noted lately. Whatever else is to be done or said of a key, Django does.
KEY, KEY_SQL = (
    b"key",
    f"""SELECT key.id FROM tracker_apikey AS key JOIN auth_user AS owner ON owner.id = key.user_id
    WHERE key.digest = $1 AND key.revoked_at IS NULL AND (key.expires_at IS NULL OR key.expires_at > now())
        AND owner.is_active AND key.last_used_at > now() - interval '{NOTED_EVERY.total_seconds():.0f} seconds'""",  # noqa: S608  # nosec B608
)


class Away(Exception):
    """PostgreSQL does not answer."""


class Heads:
    """Reads heads. May be asked by many threads at once; each has a connection for itself meanwhile."""

    def __init__(self) -> None:
        # A list is enough: taking and giving back are one step each.
        self._idle: list[abc.PGconn] = []

    def now(self, head: Head, plan: str) -> str | None:
        """The head as it is at this moment, or None where there is no such plan. Raises Away."""
        return self._ask(NAMES[head], [plan.encode()] if head.of_a_plan else [])

    def news(self, update: Update, plan: str, since: int) -> str | None:
        """What is new of a plan since a change, or None where there is no such plan. Raises Away."""
        return self._ask(NEWS[update.sql], [plan.encode(), str(since).encode()])

    def key(self, digest: str) -> str | None:
        """The id of the key with this digest, or None where Django is to look at it. Raises Away."""
        return self._ask(KEY, [digest.encode()])

    def close(self) -> None:
        while self._idle:
            self._idle.pop().finish()

    def _ask(self, statement: bytes, values: list[bytes]) -> str | None:
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._read(self._connect(), statement, values)
        try:
            return self._read(connection, statement, values)
        except Away:
            # PostgreSQL was started anew, and the others that are idle are cut off as well.
            self.close()
            return self._read(self._connect(), statement, values)

    def _read(self, connection: abc.PGconn, statement: bytes, values: list[bytes]) -> str | None:
        try:
            result = connection.exec_prepared(statement, values)
        except Error as error:
            connection.finish()
            raise Away from error
        if result.status != ExecStatus.TUPLES_OK:
            connection.finish()
            raise Away
        self._idle.append(connection)
        found = result.get_value(0, 0) if result.ntuples else None
        return None if found is None else found.decode()

    def _connect(self) -> abc.PGconn:
        connection = PGconn.connect(_address())
        if connection.status != ConnStatus.OK:
            connection.finish()
            raise Away
        for head, name in NAMES.items():
            connection.prepare(name, head.sql.format(plan="$1").encode())
        for sql, name in NEWS.items():
            connection.prepare(name, (sql % {"plan": "$1", "since": "$2"}).encode())
        connection.prepare(KEY, KEY_SQL.encode())
        return connection


def _address() -> bytes:
    given = django_connection.get_connection_params()
    told = {name: value for name, value in given.items() if name not in NOT_OF_LIBPQ}
    return make_conninfo("", **{**PATIENCE, **told}).encode()
