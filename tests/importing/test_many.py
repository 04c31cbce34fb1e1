"""Many plans by one call of `manage.py import_plan`: each by itself, by several processes, whatever happens to them."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from parties.models import Source
from provisions.importing import import_files, many, opened
from provisions.models import Change, Plan, Resource
from tracker.embedded.processes import wait_until

from .conftest import IMPORTER, TODAY, Terminal

ROOT = Path(__file__).parents[2]
MANY = 40

PLAN = """\
plan: {{slug: {slug}, title: A plan, principals: [arden, brevia], current_revision: draft}}
parties:
  - {{slug: arden, name: Arden, short: Arden}}
  - {{slug: brevia, name: Brevia, short: Brevia}}
categories: [{{slug: peace, title: Peace}}]
sources: [{sources}]
provisions:
  - {{slug: ceasefire, title: Ceasefire, category: peace}}
revisions:
  - slug: draft
    title: A draft
    short: Draft
    dated: 2026-01-01
    provenance: official
    wordings:
      - provision: ceasefire
        number: "1"
        text: All fire ceases at dawn.
"""

RELATION = """\
relations:
  - {{from: draft/ceasefire, to: {other}/draft/ceasefire, kind: related}}
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a plan into a file that is named after it."""
    monkeypatch.chdir(tmp_path)

    def written(slug: str, *, sources: str = "S1", more: str = "") -> str:
        listed = ", ".join(f"{{id: {each}, title: Report {each}, kind: news}}" for each in sources.split())
        Path(f"{slug}.yaml").write_text(PLAN.format(slug=slug, sources=listed) + more)
        return f"{slug}.yaml"

    return written


@pytest.fixture
def plans(write):
    """The files of many plans."""
    return [write(f"plan-{number:02}") for number in range(MANY)]


@pytest.fixture
def no_matter_how_few(monkeypatch):
    """Helpers are begun at once."""
    monkeypatch.setattr(many, "WORTH_SECONDS", 0.0)


def slugs() -> list[str]:
    return sorted(Plan.objects.values_list("slug", flat=True))


def whole(plan: Plan) -> bool:
    return plan.seq > 0 and Change.objects.filter(plan=plan).count() == plan.seq


# ---- What the command says ----


@pytest.mark.django_db
def test_each_plan_is_told_in_a_line(write, capsys):
    call_command("import_plan", write("accord"), write("treaty"))
    told = capsys.readouterr().out.splitlines()
    assert told == [f"{slug}: its seq went from 0 to {Plan.objects.get(slug=slug).seq}." for slug in slugs()]
    call_command("import_plan", "accord.yaml", "treaty.yaml")
    assert capsys.readouterr().out.startswith("accord: nothing to change, ")


@pytest.mark.django_db
def test_a_plan_that_is_refused_does_not_stop_the_others(write, capsys):
    paths = [write("accord"), write("treaty", more="nonsense: yes\n"), "missing.yaml", write("truce")]
    with pytest.raises(CommandError, match=r"^Not imported: 2 of 4 plans\. Of those nothing was written\.$") as error:
        call_command("import_plan", *paths)
    told = capsys.readouterr().err
    assert "treaty.yaml:19:1: nonsense: " in told
    assert "treaty.yaml: not imported: 1 fault." in told
    assert "missing.yaml: not imported: 1 fault." in told
    assert (error.value.returncode, slugs()) == (1, ["accord", "truce"])


@pytest.mark.django_db
def test_json_is_one_object_a_line(write, capsys):
    with pytest.raises(CommandError):
        call_command("import_plan", write("accord"), write("treaty", more="nonsense: yes\n"), "--json")
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["path"], first["plan"], first["seq_before"]) == ("accord.yaml", "accord", 0)
    assert (second["path"], second["error"], second["faults"][0]["line"]) == ("treaty.yaml", "faults", 19)


@pytest.mark.django_db
def test_a_dry_run_of_several_writes_nothing(write, capsys):
    call_command("import_plan", write("accord"), write("treaty"), "--dry-run")
    assert capsys.readouterr().out.count("Dry run: nothing was written.") == 2
    assert not slugs()


@pytest.mark.django_db
def test_a_plan_may_lead_to_words_of_one_that_is_named_after_it(write, capsys):
    first = write("accord", more=RELATION.format(other="treaty"))
    second = write("treaty", more=RELATION.format(other="truce"))
    call_command("import_plan", first, second, write("truce"))
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == ["truce", "treaty", "accord"]


@pytest.mark.django_db
def test_who_leads_to_words_that_never_come_is_told_so(write, capsys):
    lost = [write(slug, more=RELATION.format(other="nowhere")) for slug in ("accord", "treaty")]
    with pytest.raises(CommandError, match="2 of 3 plans"):
        call_command("import_plan", *lost, write("truce"))
    told = capsys.readouterr().err
    assert told.count("no plan on record has a line with the words 'nowhere/draft/ceasefire'") == 2
    assert slugs() == ["truce"]


@pytest.mark.parametrize("options", [["--expect-seq", "0"], ["--expect-hash", "a"], ["--jobs", "0"]])
def test_options_that_make_no_sense_are_refused(write, options):
    with pytest.raises(CommandError) as error:
        call_command("import_plan", write("accord"), write("treaty"), *options)
    assert error.value.returncode == 2


@pytest.mark.django_db
def test_a_terminal_shows_how_far_it_is_and_is_left_clean(write):
    terminal = Terminal()
    call_command("import_plan", write("accord"), write("treaty"), stderr=terminal)
    assert "1 of 2 plans, about " in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


# ---- By several processes ----


@pytest.mark.django_db(transaction=True)
def test_helpers_do_a_part_and_each_plan_is_on_record_whole(plans, no_matter_how_few, capsys, monkeypatch):
    here = []
    slowed(monkeypatch, here.append)
    call_command("import_plan", *plans, "--jobs", "2")
    assert 0 < len(here) < MANY
    assert len(slugs()) == MANY == len(capsys.readouterr().out.splitlines())
    assert all(map(whole, Plan.objects.all()))
    assert Source.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_helper_was_at_is_done_all_the_same(plans, no_matter_how_few, capsys, monkeypatch):
    killed = []

    def kill_it_once(_path):
        if not killed and len(slugs()) > HALF:
            (helper,) = multiprocessing.active_children()
            os.kill(helper.pid, signal.SIGKILL)
            killed.append(helper)

    slowed(monkeypatch, kill_it_once)
    call_command("import_plan", *plans, "--jobs", "2")
    assert killed
    assert len(slugs()) == MANY == len(capsys.readouterr().out.splitlines())
    assert all(map(whole, Plan.objects.all()))


HALF = MANY // 2


def slowed(monkeypatch, note):
    """This process takes its time for each plan, so that helpers get to do some."""

    def slowly(files, **given):
        note(files.path)
        threading.Event().wait(0.15)
        return import_files(files, **given)

    monkeypatch.setattr(many, "import_files", slowly)


@pytest.mark.django_db
def test_little_work_is_done_without_helpers(plans, monkeypatch):
    monkeypatch.setattr(many, "beside", lambda number: pytest.fail("helpers were begun"))
    call_command("import_plan", *plans[:2], "--jobs", "4")
    call_command("import_plan", *plans[:2], "--jobs", "4")


@pytest.fixture
def shell(write, transactional_db, engines):
    """Starts the command on many plans from a shell, with a helper, over the test database."""
    server, _, _ = engines.postgres.url.rpartition("/")
    paths = [write(f"plan-{number:03}") for number in range(10 * MANY)]

    def started() -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "import_plan", "--jobs", "2", *paths],
            # As a shell has it: with the role of a web process its pool of connections would have its say as well.
            env=os.environ
            | {"DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}", "TRACKER_ROLE": "command"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    # Whoever was begun deaf to Ctrl-C, as by nohup, has children who are.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield started
    signal.signal(signal.SIGINT, before)


def children(pid: int) -> list[int]:
    """Those that do work: the helper and what multiprocessing keeps beside it."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    """Whether it still does something: what nobody has buried yet has no command line any more."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are found in /proc")
def test_helpers_end_with_the_one_that_was_killed(shell):
    with shell() as first:
        assert wait_until(lambda: len(children(first.pid)) > 1, seconds=30)
        helpers = children(first.pid)
        assert wait_until(lambda: len(slugs()) > MANY, seconds=30)
        first.kill()
    assert wait_until(lambda: not any(map(alive, helpers)), seconds=10)
    assert all(map(whole, Plan.objects.all()))


def test_ctrl_c_ends_it_between_plans_and_another_run_does_the_rest(shell):
    with shell() as run:
        assert wait_until(lambda: len(slugs()) > MANY, seconds=30)
        os.killpg(run.pid, signal.SIGINT)
        _, told = run.communicate(timeout=30)
    assert run.returncode == 130
    assert " of 400 plans; some more may be done. Run it again for the others.\n" in told
    assert "Traceback" not in told
    assert MANY < len(slugs()) < 10 * MANY
    assert all(map(whole, Plan.objects.all()))
    with shell() as run:
        told, _ = run.communicate(timeout=60)
    assert (run.returncode, len(told.splitlines()), len(slugs())) == (0, 10 * MANY, 10 * MANY)


# ---- At the same moment ----


@pytest.mark.django_db(transaction=True)
def test_of_two_that_bring_the_same_source_the_later_finds_it(write):
    outcomes = []
    with transaction.atomic():
        import_files(opened(Path(write("accord"))), by=IMPORTER, today=TODAY)
        other = waiting_for_us(write("treaty"), outcomes)
    other.join()
    assert slugs() == ["accord", "treaty"]
    assert outcomes[0].tallies[Resource.SOURCE].unchanged == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_wait_for_each_other_one_begins_anew(write):
    outcomes = []
    # The parties are there, so that only sources are waited for.
    import_files(opened(Path(write("base", sources="S3"))), by=IMPORTER, today=TODAY)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The other one looks first whether they wait for each other, and gives in.
            cursor.execute("SET LOCAL deadlock_timeout = '30s'")
        import_files(opened(Path(write("accord", sources="S2"))), by=IMPORTER, today=TODAY)
        other = waiting_for_us(write("treaty", sources="S1 S2"), outcomes)
        import_files(opened(Path(write("truce", sources="S1"))), by=IMPORTER, today=TODAY)
    other.join()
    assert slugs() == ["accord", "base", "treaty", "truce"]
    assert outcomes[0].tallies[Resource.SOURCE].unchanged == 2


@pytest.mark.django_db(transaction=True)
def test_in_whatever_order_sources_are_listed_nobody_waits_for_ever(write):
    outcomes = []
    import_files(opened(Path(write("base", sources="S3"))), by=IMPORTER, today=TODAY)
    with transaction.atomic():
        import_files(opened(Path(write("accord", sources="S1"))), by=IMPORTER, today=TODAY)
        other = waiting_for_us(write("treaty", sources="S2 S1"), outcomes)
        # The other one has not added this before that for which it waits.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '100ms'")
        import_files(opened(Path(write("truce", sources="S2"))), by=IMPORTER, today=TODAY)
    other.join()
    assert outcomes[0].tallies[Resource.SOURCE].unchanged == 2


def waiting_for_us(path, outcomes) -> threading.Thread:
    """Somebody else who imports it at the same moment, and cannot go on before we are done."""
    other = threading.Thread(target=beside_it, args=(path, outcomes))
    other.start()
    assert wait_until(somebody_waits, seconds=10)
    return other


def beside_it(path, outcomes):
    try:
        outcomes.append(import_files(opened(Path(path)), by=IMPORTER, today=TODAY))
    finally:
        connection.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]
