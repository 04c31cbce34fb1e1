"""The fourteen ways past the writer that were tried (operations.md), each refused by PostgreSQL itself, with a message.

Every act is what somebody would type or a program would do; nothing of ours stands between it and the database.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.admin import ModelAdmin, site
from django.contrib.admin.actions import delete_selected
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from django.utils import timezone

from provisions.assessing import recompute
from provisions.contents import LookContent, SourceContent, TopicContent
from provisions.importing import apply, read_plan
from provisions.models import (
    Change,
    FourEyes,
    Plan,
    Position,
    Proposal,
    Resource,
    Revision,
    Topic,
    Via,
    WordingVersion,
)
from provisions.record import Author, Stale, change, note_look, retract_position, writing
from tests import builders
from tests.builders import ACCORD, ARDEN, FIRST_DAY, TESTER, says
from tracker.backups import BackupError, run, take
from tracker.embedded.processes import wait_until

HERE = Path(__file__).parent


@contextmanager
def a_transaction() -> Iterator[None]:
    """All of it, with what PostgreSQL asks for when it is about to commit."""
    with transaction.atomic():
        yield
        in_sql("SET CONSTRAINTS ALL IMMEDIATE")


def in_sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def topic(accord: Plan) -> Topic:
    """A topic that was edited once, so that it is at version 2."""
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([TopicContent(slug="sea", title="At sea")])
    change(ACCORD, TopicContent(slug="sea", title="The sea"), seen=1, by=TESTER)
    says(ARDEN, "accept", "ceasefire")
    return Topic.objects.get()


def stale_save(topic: Topic) -> None:
    change(ACCORD, TopicContent(slug="sea", title="High seas"), seen=2, by=TESTER)
    topic.title = "What I had in mind"
    topic.save()


def stale_save_with_a_guessed_version(topic: Topic) -> None:
    topic.title, topic.version = "A lucky guess", topic.version + 1
    topic.save()


def queryset_update(topic: Topic) -> None:
    Topic.objects.update(title="All of them")


def bulk_update(topic: Topic) -> None:
    topic.title, topic.version = "In bulk", topic.version + 1
    Topic.objects.bulk_update([topic], ["title", "version"])


def raw_sql(topic: Topic) -> None:
    in_sql("UPDATE provisions_topic SET title = 'In SQL', version = version + 1")


def loaddata(topic: Topic, folder: Path) -> None:
    file = folder / "rows.json"
    call_command("dumpdata", "provisions.topic", output=str(file), verbosity=0)
    (row,) = json.loads(file.read_text())
    row["fields"] |= {"title": "From a file", "version": 3}
    file.write_text(json.dumps([row]))
    call_command("loaddata", str(file), verbosity=0)


def edit_of_the_log(topic: Topic) -> None:
    Change.objects.filter(resource=Resource.TOPIC).update(reason="Never happened.")


def delete_of_the_log(topic: Topic) -> None:
    Change.objects.filter(resource=Resource.TOPIC).delete()


def truncate_of_the_log(topic: Topic) -> None:
    # What a savepoint leaves pending would be in the way of any truncate.
    in_sql("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE provisions_change")


def self_approval(topic: Topic) -> None:
    proposal = proposed_by(User.objects.create_user("con"), topic)
    con = replace(TESTER, actor=proposal.author)
    change(ACCORD, TopicContent(slug="sea", title="A proposal"), seen=2, by=con)
    proposal.status, proposal.decided_by, proposal.decision = "approved", proposal.author, "Mine is fine."
    proposal.seq = Plan.objects.get().seq
    proposal.save()


def second_change_for_one_version(topic: Topic) -> None:
    entry = Change.objects.get(resource=Resource.TOPIC, version=2)
    Plan.objects.filter(pk=entry.plan_id).update(seq=Plan.objects.get().seq + 1)
    entry.pk, entry.seq = None, Plan.objects.get().seq
    entry.save(force_insert=True)


def admin_action(topic: Topic) -> None:
    request = RequestFactory().post("/", {"post": "yes"})
    request.user = User.objects.create_superuser("chief")
    delete_selected(OpenToAll(Topic, site), request, Topic.objects.all())


class OpenToAll(ModelAdmin):
    """An admin that somebody has set up without a thought."""

    def get_deleted_objects(self, objs, request):
        return [], {}, set(), []

    def message_user(self, *args, **options):
        pass


def shell(topic: Topic) -> None:
    typed = "from provisions.models import Topic; topic = Topic.objects.get(); topic.title = ''; topic.save()"
    call_command("shell", command=typed)


def proposed_by(author: User, topic: Topic) -> Proposal:
    return Proposal.objects.create(
        plan=topic.plan, number=1, resource=Resource.TOPIC, key="sea", base_version=2, reason="Better.", author=author,
        content={"slug": "sea", "title": "A proposal"}, proposed_at=timezone.now(),
    )  # fmt: skip


Route = Callable[..., None]

# Each with what PostgreSQL says to it.
ROUTES: dict[str, tuple[Route, str]] = {
    "stale save": (stale_save, "version 3 is on record, .* only version 4 can follow"),
    "stale save with a guessed version": (stale_save_with_a_guessed_version, "the log was told of no such change"),
    "QuerySet.update": (queryset_update, "version 2 is on record, .* only version 3 can follow"),
    "bulk_update": (bulk_update, "the log was told of no such change"),
    "raw SQL": (raw_sql, "the log was told of no such change"),
    "loaddata": (loaddata, "the log was told of no such change"),
    "edit of the log": (edit_of_the_log, "Cannot update or delete rows from provisions_change"),
    "delete of the log": (delete_of_the_log, "Cannot update or delete rows from provisions_change"),
    "truncate of the log": (truncate_of_the_log, "Cannot truncate provisions_change"),
    "self-approval": (self_approval, "nobody_decides_their_own_proposal"),
    "a second change for one version": (second_change_for_one_version, "one_change_for_each_version"),
    "admin action": (admin_action, "Cannot delete provisions_topic: it is part of the record"),
    "shell": (shell, "version 2 is on record"),
}


def go(act: Route, topic: Topic, folder: Path) -> None:
    act(topic, folder) if act is loaddata else act(topic)


@pytest.mark.parametrize("route", ROUTES)
def test_postgresql_refuses_and_says_why(topic, tmp_path, route):
    act, told = ROUTES[route]
    with pytest.raises(DatabaseError) as refused, a_transaction():
        go(act, topic, tmp_path)
    assert re.search(told, str(refused.value))
    assert Topic.objects.get().title == "The sea"


def test_restore_into_a_living_database(transactional_db, tmp_path):
    apply(read_plan(HERE.parent / "importing" / "everything.yaml", today=timezone.now().date()), by=TESTER)
    before = Change.objects.count()
    file = take(tmp_path)
    with pytest.raises(BackupError, match=r"already exists|duplicate key|Cannot"):
        run("pg_restore", "--data-only", "--single-transaction", "--exit-on-error", str(file))
    assert Change.objects.count() == before


# ---- What the guards hold, beyond the fourteen ----


def test_a_proposal_keeps_its_author_and_is_decided_once(topic):
    con, pro = User.objects.create_user("con"), User.objects.create_user("pro")
    proposal = proposed_by(con, topic)
    for edit in ({"author": pro}, {"key": "land"}, {"number": 7}):
        with pytest.raises(DatabaseError, match="its author and its thing stay"), transaction.atomic():
            Proposal.objects.update(**edit)
    Proposal.objects.update(status="rejected", decided_by=pro, decision="No.")
    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        Proposal.objects.update(status="withdrawn")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        proposal.delete()


def approve_without_a_change(topic: Topic) -> None:
    proposed_by(User.objects.create_user("con"), topic)
    pro = User.objects.create_user("pro")
    Proposal.objects.update(status="approved", decided_by=pro, decision="Yes.", seq=topic.plan.seq)


def decide_twice(topic: Topic) -> None:
    pro = User.objects.create_user("pro")
    proposed_by(User.objects.create_user("con"), topic)
    Proposal.objects.update(status="rejected", decided_by=pro, decision="No.")
    Proposal.objects.update(status="withdrawn")


def change_alone_where_it_takes_two(topic: Topic) -> None:
    FourEyes.objects.create(plan=topic.plan, set_by=User.objects.create_user("chief"), set_at=timezone.now())
    alone = Author(via=Via.PAGE, reason="Nobody looks.", approved=True)
    change(ACCORD, TopicContent(slug="sea", title="Mine"), seen=2, by=alone)


def log_past_the_head(topic: Topic) -> None:
    Change(
        plan=topic.plan, seq=Change.objects.count() + 1, kind="changed", resource="topic", key="sea", version=3,
        via="shell", recorded_at=timezone.now(),
    ).save()  # fmt: skip


def head_past_the_log(topic: Topic) -> None:
    Plan.objects.update(seq=Change.objects.count() + 5)


def log_with_a_gap(topic: Topic) -> None:
    seq = Change.objects.count() + 2
    Change(
        plan=topic.plan, seq=seq, kind="changed", resource="topic", key="sea", version=3, via="shell",
        recorded_at=timezone.now(),
    ).save()  # fmt: skip
    Plan.objects.update(seq=seq)


def log_with_a_gap_inside(topic: Topic) -> None:
    seq = Change.objects.count()
    Change.objects.bulk_create(
        Change(
            plan=topic.plan, seq=seq + step, kind="changed", resource="topic", key="sea", version=2 + step, via="shell",
            recorded_at=timezone.now(),
        )
        for step in (1, 3)
    )  # fmt: skip
    Plan.objects.update(seq=seq + 3)


def words_under_another_text(topic: Topic) -> None:
    builders.revision("draft-2", words={})
    words = WordingVersion.objects.get(wording__provision__slug="ceasefire")
    seq = Change.objects.count() + 1
    Change(
        plan=topic.plan, seq=seq, kind="changed", resource="wording", key="draft-1/ceasefire", version=2, via="shell",
        recorded_at=timezone.now(),
    ).save()  # fmt: skip
    Plan.objects.update(seq=seq)
    WordingVersion.objects.filter(pk=words.pk).update(superseded_at=timezone.now())
    words.pk, words.version, words.number = None, 2, ""
    words.revision = Revision.objects.get(slug="draft-2")
    words.save(force_insert=True)


FURTHER: dict[str, tuple[Route, str]] = {
    "an approval without its change": (approve_without_a_change, "Cannot approve proposal 1"),
    "a decision taken twice": (decide_twice, "decided once"),
    "a change by one alone where it takes two": (change_alone_where_it_takes_two, "it takes two people"),
    "an entry without the head of its plan": (log_past_the_head, "the last entry of its log is"),
    "a head without its entry": (head_past_the_log, "the last entry of its log is"),
    "a gap in the log": (log_with_a_gap, "leaves a gap"),
    "a gap among entries that come together": (log_with_a_gap_inside, "leaves a gap"),
    "words under another text": (words_under_another_text, "carries the revision of its wording"),
}


@pytest.mark.parametrize("act", FURTHER)
def test_what_the_guards_hold_beyond_the_fourteen(topic, act):
    do, told = FURTHER[act]
    with pytest.raises(DatabaseError, match=told), a_transaction():
        do(topic)


# ---- Each guard by itself: taken away, what it alone holds goes through ----

# The triggers or the constraint that make up one guard, as PostgreSQL calls them, and the acts that it holds.
MUTANTS = {
    "record_next_version": ["stale save", "QuerySet.update", "shell"],
    "record_told_%": ["stale save with a guessed version", "bulk_update", "raw SQL", "loaddata"],
    "pgtrigger_append_only_%": ["edit of the log", "delete of the log"],
    "%_no_truncate%": ["truncate of the log"],
    "record_no_delete": ["admin action"],
    "record_head%": ["an entry without the head of its plan", "a head without its entry"],
    "record_became%": ["an approval without its change"],
    "record_decided_once": ["a decision taken twice"],
    "record_takes_two": ["a change by one alone where it takes two"],
    "pgtrigger_seq_without_gaps%": ["a gap in the log", "a gap among entries that come together"],
    "pgtrigger_revision_of_its_wording%": ["words under another text"],
    "nobody_decides_their_own_proposal": ["self-approval"],
    "one_change_for_each_version": ["a second change for one version"],
}

REMOVE = """
DO $$ DECLARE guard record; BEGIN
    FOR guard IN
        SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname) AS statement
            FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '{name}'
        UNION ALL SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
            FROM pg_constraint WHERE contype IN ('c', 'u') AND conname LIKE '{name}'
    LOOP EXECUTE guard.statement; END LOOP;
END $$
"""


@pytest.mark.parametrize(("guard", "act"), [(guard, act) for guard, acts in MUTANTS.items() for act in acts])
def test_without_the_one_guard_that_holds_it_the_same_act_goes_through(topic, tmp_path, guard, act):
    """So it is this guard that refuses, and nothing else on the way: without it the test of the refusal fails."""
    do, _told = (ROUTES | FURTHER)[act]
    in_sql("SET CONSTRAINTS ALL IMMEDIATE")
    in_sql(REMOVE.format(name=guard))
    in_sql("SET CONSTRAINTS ALL DEFERRED")
    with a_transaction():
        go(do, topic, tmp_path)


def test_every_act_has_the_guard_that_holds_it():
    assert sorted(act for acts in MUTANTS.values() for act in acts) == sorted(ROUTES | FURTHER)


def test_a_thing_keeps_its_name(topic):
    with pytest.raises(DatabaseError, match="under a name that stays"), transaction.atomic():
        Topic.objects.update(slug="lake", version=3)


def test_two_plans_that_edit_one_source_at_once_do_not_overwrite_each_other(transactional_db):
    """Sources are shared, and each plan has a lock of its own."""
    builders.plan()
    builders.plan("treaty")
    source = SourceContent(slug="S1", title="The Daily Record", kind="news")
    begun = threading.Event()

    def first() -> None:
        with writing(ACCORD, by=TESTER) as pen:
            pen.put([replace(source, title="Of the accord")], seen={"S1": 1})
            begun.set()
            assert wait_until(somebody_waits, seconds=20)
        connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        done = pool.submit(first)
        assert begun.wait(20)
        with pytest.raises(Stale):
            change("treaty", replace(source, title="Of the treaty"), seen=1, by=TESTER)
        done.result(timeout=20)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
        return cursor.fetchone()[0]


# What is not told in a log: who may do what, what is under way, what jobs noted.
NOT_THE_RECORD = {
    "draft",
    "foureyes",
    "heartbeat",
    "import",
    "importedfiles",
    "membership",
    "opened",
    "proposal",
    "savedfilter",
    "setback",
}


def tables() -> list[str]:
    names = connection.introspection.table_names()
    return [
        name
        for name in names
        if name.startswith(("provisions_", "parties_")) and name.partition("_")[2] not in NOT_THE_RECORD
    ]


def columns(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER'",
            [table],
        )
        return cursor.fetchone()[0]


ATTEMPTS = {
    "edit": "UPDATE {table} SET {changes}",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table} CASCADE",
    # The first of them: what was taken from the end of the log could be its next entry.
    "add": """
        SET LOCAL session_replication_role = replica;
        CREATE TEMPORARY TABLE taken ON COMMIT DROP AS SELECT {columns} FROM {table} ORDER BY id LIMIT 1;
        DELETE FROM {table} WHERE id IN (SELECT id FROM taken);
        SET LOCAL session_replication_role = DEFAULT;
        INSERT INTO {table} ({columns}) SELECT {columns} FROM taken;
    """,
}


# A version is closed by an update; what is edited in place takes the next version.
EDITS = {"superseded_at": "superseded_at = now()", "version": "version = version + 1"}


def holes() -> Iterator[str]:
    for table in tables():
        names = columns(table)
        changes = next((edit for name, edit in EDITS.items() if name in names.split(", ")), "id = id")
        for what, statement in ATTEMPTS.items():
            try:
                with a_transaction():
                    in_sql(statement.format(table=table, columns=names, changes=changes))
            except DatabaseError as error:
                if "Cannot" not in str(error) and "leaves a gap" not in str(error):
                    yield f"{what} {table}: {error}"
            else:
                yield f"{what} {table}: went through"


def test_no_table_of_the_record_can_be_written_past_the_log(transactional_db):
    """Whatever table there is: one that nobody guards is found here."""
    apply(read_plan(HERE.parent / "importing" / "everything.yaml", today=timezone.now().date()), by=TESTER)
    plan = Plan.objects.get()
    recompute(plan.pk)
    first, *_, last = Position.objects.filter(wording__provision__parent=None).order_by("pk")
    retract_position(plan.slug, first.key, by=TESTER)
    note_look(plan.slug, LookContent(position=last.key, provision="forces", looked_on=FIRST_DAY), by=TESTER)
    empty = [table for table in tables() if not filled(table)]
    assert empty == []
    assert list(holes()) == []


def filled(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")  # noqa: S608
        return cursor.fetchone()[0]
