"""What holds between the rows of the record, kept by PostgreSQL on every way in, be it raw SQL, `loaddata` or a shell.

- A thing is saved as the version that follows the one on record, under the name that it has; and is never deleted.
- Whatever a transaction saves of a thing, the same transaction tells the log: at its end PostgreSQL asks for the entry.
- Rows that belong to a version come and go in the transaction that writes that version, and are never edited.
- The head of a plan is the last entry of its log.
- A proposal keeps its author and its thing; it is decided once; approved, it names the change that it became.
- Where changes take two people, no door of people writes to the log without an approved proposal.

What a row must hold by itself is a constraint or a trigger of its model.
"""

from django.db import migrations

FUNCTIONS = """
-- Whether a row was written by the transaction that asks: what others have not committed nobody else can see.
CREATE FUNCTION record_written_now(row_xmin xid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    latest bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
    -- Rows keep the lower half of the number of their transaction.
    behind bigint := (row_xmin::text::bigint - latest) & 4294967295;
BEGIN
    IF behind >= 2147483648 THEN
        behind := behind - 4294967296;
    END IF;
    RETURN pg_xact_status((latest + behind)::text::xid8) IS NOT DISTINCT FROM 'in progress';
END;
$$;

CREATE FUNCTION record_refuse_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot save %: version % is on record, under a name that stays, and only version % can follow it',
        TG_TABLE_NAME, OLD.version, OLD.version + 1;
END;
$$;

CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % %: it is part of the record', lower(TG_OP), TG_TABLE_NAME;
END;
$$;
"""

OWN = "SELECT NEW.plan_id, NEW.slug"
OF_ALL_PLANS = "SELECT id, NEW.slug FROM provisions_plan"


def of(table, column):
    return f"SELECT plan_id, slug FROM {table} WHERE id = NEW.{column}"


def words(given):
    return f"""
        SELECT revision.plan_id, revision.slug || '/' || provision.slug
        FROM provisions_wording AS words
            JOIN provisions_revision AS revision ON revision.id = words.revision_id
            JOIN provisions_provision AS provision ON provision.id = words.provision_id
        WHERE words.id = {given}
    """


# How the log names each thing: the kind, and a query for plan and key.
THINGS = {
    "provisions_plan": ("plan", "SELECT NEW.id, NEW.slug"),
    "parties_party": ("party", OF_ALL_PLANS),
    "parties_source": ("source", OF_ALL_PLANS),
    "provisions_category": ("category", OWN),
    "provisions_topic": ("topic", OWN),
    "provisions_revision": ("revision", OWN),
    "provisions_provision": ("provision", OWN),
    "provisions_wording": ("wording", words("NEW.id")),
    "provisions_event": ("event", OWN),
    "provisions_companion": ("companion", OWN),
    "provisions_dispute": ("dispute", OWN),
    "provisions_relation": (
        "relation",
        f"""
        SELECT mine.plan_id, mine.key || ' to ' || plan.slug || '/' || theirs.key
        FROM ({words("NEW.wording_id")}) AS mine(plan_id, key), ({words("NEW.other_id")}) AS theirs(plan_id, key)
            JOIN provisions_plan AS plan ON plan.id = theirs.plan_id
        """,
    ),
}

# What gives a thing its name, and therefore stays.
NAMES = {
    "parties_party": ["slug"],
    "parties_source": ["slug"],
    "provisions_plan": ["slug"],
    "provisions_wording": ["provision_id", "revision_id"],
    "provisions_relation": ["wording_id", "other_id"],
}

VERSIONS = {
    "provisions_planversion": ("plan", "SELECT id, slug FROM provisions_plan WHERE id = NEW.plan_id"),
    "provisions_revisionversion": ("revision", of("provisions_revision", "revision_id")),
    "provisions_provisionversion": ("provision", of("provisions_provision", "provision_id")),
    "provisions_wordingversion": ("wording", words("NEW.wording_id")),
    "provisions_eventstateversion": ("event", of("provisions_event", "event_id")),
    "provisions_silenceprocedure": ("silence_procedure", words("NEW.wording_id")),
    "provisions_ruling": ("ruling", words("NEW.wording_id")),
    "provisions_planassessment": ("assessment", "SELECT id, slug FROM provisions_plan WHERE id = NEW.plan_id"),
}

POSITION = "SELECT plan_id, key FROM provisions_position WHERE id = NEW.position_id"
LINE = """
    SELECT plan.id, plan.slug FROM provisions_plan AS plan
        JOIN provisions_provision AS provision ON provision.plan_id = plan.id WHERE provision.id = NEW.provision_id
"""


def one(table, column):
    return f"SELECT FROM {table} AS whole WHERE whole.id = touched.{column} AND record_written_now(whole.xmin)"


# Rows that say part of a version, or link it: whether what they belong to is written by the same transaction.
PARTS = {
    "provisions_planparty": """
        SELECT FROM provisions_planversion AS whole
        WHERE whole.plan_id = touched.plan_id AND record_written_now(whole.xmin)
    """,
    "provisions_revisionversion_sources": one("provisions_revisionversion", "revisionversion_id"),
    "provisions_removal": one("provisions_revisionversion", "revision_version_id"),
    "provisions_removal_sources": one("provisions_removal", "removal_id"),
    "provisions_provisionrole": one("provisions_provisionversion", "provision_version_id"),
    "provisions_wordingversion_comes_from": one("provisions_wordingversion", "wordingversion_id"),
    "provisions_wordingversion_sources": one("provisions_wordingversion", "wordingversion_id"),
    "provisions_variant": one("provisions_wordingversion", "wording_version_id"),
    "provisions_variant_sources": one("provisions_variant", "variant_id"),
    "provisions_figure": " UNION ALL ".join([
        one("provisions_wordingversion", "wording_version_id"),
        one("provisions_variant", "variant_id"),
        one("provisions_companion", "companion_id"),
    ]),
    "provisions_event_revisions": one("provisions_event", "event_id"),
    "provisions_event_sources": one("provisions_event", "event_id"),
    "provisions_evidence": one("provisions_position", "position_id"),
    "provisions_condition": one("provisions_position", "position_id"),
    "provisions_silenceprocedure_sources": one("provisions_silenceprocedure", "silenceprocedure_id"),
    "provisions_ruling_sources": one("provisions_ruling", "ruling_id"),
    "provisions_companion_sources": one("provisions_companion", "companion_id"),
    "provisions_dispute_provisions": one("provisions_dispute", "dispute_id"),
    "provisions_rivalclaim": one("provisions_dispute", "dispute_id"),
    "provisions_rivalclaim_sources": """
        SELECT FROM provisions_rivalclaim AS claim JOIN provisions_dispute AS whole ON whole.id = claim.dispute_id
        WHERE claim.id = touched.rivalclaim_id AND record_written_now(whole.xmin)
    """,
    "provisions_relation_sources": one("provisions_relation", "relation_id"),
}


def told(table, suffix, resource, names, *, version, when):
    """A trigger that asks, at the end of the transaction, for the entry in the log."""
    name = f"record_told_{suffix}"
    return [
        f"""
        CREATE FUNCTION {name}_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM ({names}) AS named(plan_id, key)
                    JOIN provisions_change AS entry ON entry.plan_id = named.plan_id
                        AND entry.resource = '{resource}' AND entry.key = named.key
                WHERE {version} AND record_written_now(entry.xmin)
            ) THEN
                RAISE EXCEPTION 'Cannot keep this in {table}: the log was told of no such change of the {resource}'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END;
        $$
        """,
        f"""
        CREATE CONSTRAINT TRIGGER {name} AFTER {when} EXECUTE FUNCTION {name}_{table}()
        """,
    ]


def deferred(event, table, condition="true"):
    return f"{event} ON {table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({condition})"


def refused(table, *events):
    """Whole statements are refused for TRUNCATE only: an UPDATE of no row, as loaddata tries, does nothing."""
    for event in events:
        each = "STATEMENT" if event == "TRUNCATE" else "ROW"
        yield (
            f"CREATE TRIGGER record_no_{event.lower()} BEFORE {event} ON {table}"
            f" FOR EACH {each} EXECUTE FUNCTION record_refuse()"
        )


def guards_of_a_thing(table, resource, names, name=None):
    stay = ["id", *(name or NAMES.get(table, ["plan_id", "slug"]))]
    old, new = (", ".join(f"{row}.{column}" for column in stay) for row in ("OLD", "NEW"))
    # The rest of a plan's own row is the head of its log and how far levels are worked out.
    same = "NEW.version <> OLD.version AND " if table == "provisions_plan" else ""
    changed = "NEW.version IS DISTINCT FROM OLD.version"
    yield (
        f"CREATE TRIGGER record_next_version BEFORE UPDATE ON {table} FOR EACH ROW"
        f" WHEN (({new}) IS DISTINCT FROM ({old}) OR {same}NEW.version <> OLD.version + 1)"
        " EXECUTE FUNCTION record_refuse_stale()"
    )
    yield from told(
        table, "new", resource, names, version="entry.version = NEW.version", when=deferred("INSERT", table)
    )
    yield from told(
        table, "changed", resource, names, version="entry.version = NEW.version", when=deferred("UPDATE", table, changed)
    )
    yield from refused(table, "DELETE", "TRUNCATE")


def guards_of_a_version(table, resource, names):
    yield from told(
        table, "new", resource, names, version="entry.version = NEW.version", when=deferred("INSERT", table)
    )
    yield from told(
        table, "closed", resource, names, version="entry.version > NEW.version", when=deferred("UPDATE", table)
    )


def guards_of_a_part(table, written):
    function = f"record_part_of_{table}"
    yield f"""
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM touched WHERE NOT EXISTS ({written})) THEN
                RAISE EXCEPTION 'Cannot % %: it belongs to a version that stands', lower(TG_OP), TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END;
        $$
    """
    for event, rows in (("INSERT", "NEW"), ("DELETE", "OLD")):
        yield (
            f"CREATE TRIGGER record_part_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} TABLE AS touched"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
    yield from refused(table, "UPDATE", "TRUNCATE")


OTHERS = {
    # A position is version 1 of its thing, and its retraction version 2.
    "provisions_position": list(told(
        "provisions_position", "new", "position", "SELECT NEW.plan_id, NEW.key",
        version="entry.version = 1", when=deferred("INSERT", "provisions_position"),
    )),
    "provisions_retraction": list(told(
        "provisions_retraction", "new", "position", POSITION,
        version="entry.version = 2", when=deferred("INSERT", "provisions_retraction"),
    )),
    # One entry tells of all lines that moved.
    "provisions_lineassessment": [
        *told(
            "provisions_lineassessment", "new", "assessment", LINE,
            version="true", when=deferred("INSERT", "provisions_lineassessment"),
        ),
        *told(
            "provisions_lineassessment", "closed", "assessment", LINE,
            version="true", when=deferred("UPDATE", "provisions_lineassessment"),
        ),
    ],
}

HEAD = [
    """
    CREATE FUNCTION record_head() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        of_plan bigint := CASE TG_TABLE_NAME WHEN 'provisions_plan' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'plan_id')::bigint END;
        head bigint := (SELECT seq FROM provisions_plan WHERE id = of_plan);
        last bigint := (SELECT COALESCE(max(seq), 0) FROM provisions_change WHERE plan_id = of_plan);
    BEGIN
        IF head <> last THEN
            RAISE EXCEPTION 'Cannot keep % as the head of plan %: the last entry of its log is %', head, of_plan, last
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END;
    $$
    """,
    f"CREATE CONSTRAINT TRIGGER record_head AFTER {deferred('INSERT', 'provisions_change')} EXECUTE FUNCTION record_head()",
    f"CREATE CONSTRAINT TRIGGER record_head AFTER {deferred('INSERT', 'provisions_plan')} EXECUTE FUNCTION record_head()",
    "CREATE CONSTRAINT TRIGGER record_head_moves AFTER "
    + deferred("UPDATE", "provisions_plan", "NEW.seq <> OLD.seq")
    + " EXECUTE FUNCTION record_head()",
]

PROPOSALS = [
    """
    CREATE FUNCTION record_refuse_decided() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'Cannot edit proposal %: its author and its thing stay, and it is decided once', OLD.number;
    END;
    $$
    """,
    """
    CREATE TRIGGER record_decided_once BEFORE UPDATE ON provisions_proposal FOR EACH ROW
    WHEN (
        OLD.status <> 'open' OR (NEW.id, NEW.plan_id, NEW.number, NEW.author_id, NEW.resource, NEW.key)
            IS DISTINCT FROM (OLD.id, OLD.plan_id, OLD.number, OLD.author_id, OLD.resource, OLD.key)
    )
    EXECUTE FUNCTION record_refuse_decided()
    """,
    *refused("provisions_proposal", "DELETE", "TRUNCATE"),
    """
    CREATE FUNCTION record_became_a_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM provisions_change AS entry
            WHERE (entry.plan_id, entry.seq, entry.resource, entry.key, entry.actor_id)
                = (NEW.plan_id, NEW.seq, NEW.resource, NEW.key, NEW.author_id) AND record_written_now(entry.xmin)
        ) THEN
            RAISE EXCEPTION 'Cannot approve proposal %: the log was told of no such change', NEW.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END;
    $$
    """,
    "CREATE CONSTRAINT TRIGGER record_became_new AFTER "
    + deferred("INSERT", "provisions_proposal", "NEW.status = 'approved'")
    + " EXECUTE FUNCTION record_became_a_change()",
    "CREATE CONSTRAINT TRIGGER record_became AFTER "
    + deferred("UPDATE", "provisions_proposal", "NEW.status = 'approved'")
    + " EXECUTE FUNCTION record_became_a_change()",
    """
    CREATE FUNCTION record_takes_two() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM provisions_foureyes WHERE plan_id = NEW.plan_id AND set_at <= NEW.recorded_at)
            AND NOT EXISTS (
                SELECT FROM provisions_proposal AS proposal
                WHERE proposal.plan_id = NEW.plan_id AND proposal.status = 'approved' AND proposal.seq >= NEW.seq
                    AND record_written_now(proposal.xmin)
            )
        THEN
            RAISE EXCEPTION 'Cannot keep change % of plan %: it takes two people', NEW.seq, NEW.plan_id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END;
    $$
    """,
    "CREATE CONSTRAINT TRIGGER record_takes_two AFTER "
    + deferred("INSERT", "provisions_change", "NEW.via IN ('page', 'api')")
    + " EXECUTE FUNCTION record_takes_two()",
]


def all_guards():
    for table, (resource, names) in THINGS.items():
        yield from guards_of_a_thing(table, resource, names)
    for table, (resource, names) in VERSIONS.items():
        yield from guards_of_a_version(table, resource, names)
    for table, written in PARTS.items():
        yield from guards_of_a_part(table, written)
    for statements in OTHERS.values():
        yield from statements
    yield from HEAD
    yield from PROPOSALS


# Triggers go with their functions.
REMOVE = r"""
DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'record\_%'
    LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', guard);
    END LOOP;
END;
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('parties', '0001_initial'),
        ('provisions', '0009_four_eyes'),
    ]

    operations = [
        migrations.RunSQL([FUNCTIONS, *all_guards()], REMOVE),
    ]
