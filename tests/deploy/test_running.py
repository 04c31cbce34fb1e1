"""The installation of docker-compose.yml, without Docker: its steps, programs, variables and health checks, on the
engines of the test run, in a folder that holds nothing but what the image would."""

import http.client
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.deploy.compose import SERVICES, SITE, collect_step, copy_as_the_dockerfile_does, environment
from tracker.embedded import Engines
from tracker.embedded.processes import Running, free_port, last_lines, start, wait_until

ROLE = "tracker_app"


class Machine:
    """A host on which the services run as processes."""

    def __init__(self, folder: Path, engines: Engines, database: str) -> None:
        self.image, self.secrets, self.logs = folder / "image", folder / "secrets", folder / "logs"
        for each in (self.image, self.secrets, self.logs):
            each.mkdir()
        self.static = folder / "static"
        self.port = free_port()
        self.running: list[Running] = []
        owner = f"{engines.postgres.url.rpartition('/')[0]}/{database}"
        at = owner.rpartition("@")[2]
        for name, secret in {
            "owner_database_url": owner,
            "app_password": "made-up",
            "app_database_url": f"postgresql://{ROLE}:made-up@{at}",
            "redis_url": engines.variables["REDIS_URL"],
            "secret_key": "made-up-for-a-test-" * 3,
        }.items():
            (self.secrets / name).write_text(f"{secret}\n")

    def variables(self, service: str) -> dict[str, str]:
        machine = {"PATH": os.environ["PATH"], "STATIC_ROOT": str(self.static), "HOSTNAME": "machine"}
        return machine | environment(service, secrets=self.secrets)

    def words(self, words: list[str]) -> list[str]:
        """A command of the file, with our interpreter and a free port."""
        here = [word.replace("8000", str(self.port)).replace("0.0.0.0", "127.0.0.1") for word in words]  # noqa: S104
        return [sys.executable if word == "python" else word for word in here]

    def run(self, words: list[str], variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.words(words), cwd=self.image, env=variables, capture_output=True, text=True, check=False, timeout=120
        )

    def up(self, service: str) -> None:
        log = self.logs / f"{service}.log"
        command = self.words(SERVICES[service]["command"])
        if service == "worker":
            command.append("--hostname=celery@machine")
        variables = self.variables(service)
        process = start(command, log=log, pid_file=log.with_suffix(".pid"), cwd=self.image, env=variables)
        self.running.append(process)

    def healthy(self, service: str) -> bool:
        how, *words = SERVICES[service]["healthcheck"]["test"]
        if how == "CMD-SHELL":
            words = shlex.split(words[0].replace("$$HOSTNAME", "machine"))
        return self.run(words, self.variables(service)).returncode == 0

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Host": SITE, **headers})
        return connection.getresponse()


@pytest.fixture(scope="module")
def machine(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Web, worker and beat run, after all that comes before."""
    name = "deployed"
    with psycopg.connect(engines.postgres.url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    machine = Machine(tmp_path_factory.mktemp("deployed"), engines, name)
    copy_as_the_dockerfile_does(machine.image)
    unused, words = collect_step()
    collected = machine.run(
        ["python", *words], {"PATH": os.environ["PATH"], **unused, "STATIC_ROOT": str(machine.static)}
    )
    assert collected.returncode == 0, collected.stderr
    prepared = machine.run(SERVICES["prepare"]["command"], machine.variables("prepare"))
    assert prepared.returncode == 0, prepared.stderr
    for service in ("web", "worker", "beat"):
        machine.up(service)
    yield machine
    for process in machine.running:
        process.kill()
    with psycopg.connect(engines.postgres.url, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(ROLE)))


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_each_service_becomes_healthy_by_its_own_check(machine: Machine, service: str):
    until = time.monotonic() + 90
    while not machine.healthy(service) and time.monotonic() < until:
        time.sleep(1)
    assert machine.healthy(service), last_lines(machine.logs / f"{service}.log", 40)


def test_a_reader_behind_the_proxy_gets_the_site_with_everything_closed_that_it_does_not_use(machine: Machine):
    assert wait_until(lambda: machine.healthy("web"), seconds=60)
    page = machine.get("/", **{"X-Forwarded-Proto": "https"})
    told = {name.lower(): value for name, value in page.getheaders()}
    assert page.status == 200, last_lines(machine.logs / "web.log", 60)
    assert "unsafe" not in told["content-security-policy"]
    assert told["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert told["cross-origin-opener-policy"] == "same-origin"
    assert told["cross-origin-resource-policy"] == "same-origin"
    assert told["x-content-type-options"] == "nosniff"
    assert told["x-frame-options"] == "DENY"
    assert "camera=()" in told["permissions-policy"]
    style = machine.get("/static/css/app.css", **{"X-Forwarded-Proto": "https"})
    assert style.status == 200


def test_cookies_are_this_hosts_alone(machine: Machine):
    assert wait_until(lambda: machine.healthy("web"), seconds=60)
    page = machine.get("/accounts/login/", **{"X-Forwarded-Proto": "https"})
    (cookie,) = (value for name, value in page.getheaders() if name.lower() == "set-cookie")
    assert cookie.startswith("__Host-csrftoken=")
    assert {"Secure", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()


def test_http_is_sent_on_to_https_and_another_name_is_none_of_ours(machine: Machine):
    assert wait_until(lambda: machine.healthy("web"), seconds=60)
    sent_on = machine.get("/")
    assert (sent_on.status, sent_on.getheader("Location")) == (301, f"https://{SITE}/")
    assert machine.get("/", Host="elsewhere.example", **{"X-Forwarded-Proto": "https"}).status == 400


def test_djangos_own_check_for_servers_finds_nothing(machine: Machine):
    checked = machine.run(
        ["python", "manage.py", "check", "--deploy", "--fail-level=WARNING"], machine.variables("web")
    )
    assert checked.returncode == 0, checked.stderr
