"""The role that web, worker and beat are in the database: it reads and writes rows, owns no table, and so cannot lift
the guards that keep the record."""

from django.db import connection, transaction
from psycopg import sql

GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
)


@transaction.atomic
def grant(role: str, password: str) -> None:
    """Make the role if it is not there, give it this password, and let it do what it needs to every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = "ALTER" if cursor.fetchone() else "CREATE"
        name = sql.Identifier(role)
        # A password cannot be a parameter of this statement.
        made = sql.SQL("{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {password}")
        cursor.execute(made.format(verb=sql.SQL(verb), role=name, password=sql.Literal(password)))
        for statement in GRANTS:
            cursor.execute(sql.SQL(statement).format(role=name))
