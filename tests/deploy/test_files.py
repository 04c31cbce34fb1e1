"""What is written for servers says what the code says, and gives each program no more than it needs."""

import json
import re

import pytest

from tracker import programs

from .compose import DOCKERFILE, DOCUMENT, OURS, ROOT, SERVICES, copied

UNITS = {
    "web": programs.web(host="127.0.0.1", port=8000, processes=2),
    "worker": programs.WORKER,
    "beat": programs.BEAT,
}
RUN_ONCE_OR_BY_THE_CLOCK = {"prepare", "backup"}


@pytest.mark.parametrize("name", UNITS)
def test_a_program_is_started_in_a_container_and_by_systemd_as_on_a_laptop(name: str):
    in_container = {**UNITS, "web": programs.web(host="0.0.0.0", port=8000, processes=2)}[name]  # noqa: S104
    assert SERVICES[name]["command"] == ["python", *in_container]
    unit = (ROOT / "docs" / "deploy" / f"tracker-{name}.service").read_text()
    assert f"ExecStart=/srv/tracker/.venv/bin/python {' '.join(UNITS[name])}\n" in unit


def test_an_image_that_is_started_by_itself_is_a_web_process():
    (command,) = re.findall(r"^CMD (.+)$", DOCKERFILE, re.MULTILINE)
    assert json.loads(command) == SERVICES["web"]["command"]


@pytest.mark.parametrize("name", OURS)
def test_our_programs_have_no_rights_and_a_root_that_nobody_writes_to(name: str):
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_limits_and_shows_whether_it_is_well(name: str):
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert ("healthcheck" in service) == (name not in RUN_ONCE_OR_BY_THE_CLOCK)
    assert service["logging"]["options"]["max-size"]


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert [name for name, service in SERVICES.items() if "outside" in service["networks"]] == ["proxy"]
    assert DOCUMENT["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_is_in_the_environment_and_each_has_its_file(name: str):
    service = SERVICES[name]
    environment = service.get("environment", {})
    files = {value.removeprefix("/run/secrets/") for key, value in environment.items() if key.endswith("_FILE")}
    assert files <= set(service.get("secrets", []))
    assert set(service.get("secrets", [])) <= set(DOCUMENT["secrets"])
    assert not {key for key in environment if re.search("PASSWORD$|SECRET_KEY$|_URL$", key)}


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_what_serves_and_works_is_not_the_owner_of_the_tables(name: str):
    assert SERVICES[name]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/app_database_url"
    assert "owner_database_url" not in SERVICES[name]["secrets"]


def test_who_waits_for_another_waits_for_what_that_one_shows():
    for service in SERVICES.values():
        for other, waits in service.get("depends_on", {}).items():
            if waits["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other]
            else:
                assert waits["condition"] == "service_completed_successfully"
                assert SERVICES[other]["restart"] == "no"


def test_every_setting_that_is_given_is_told_of():
    told = (ROOT / "docs" / "running.md").read_text()
    given = {key.removesuffix("_FILE") for name in OURS for key in SERVICES[name]["environment"]}
    assert not {key for key in given if f"`{key}`" not in told}


def test_the_image_has_every_package_and_file_that_the_site_needs():
    assert {"manage.py", "tracker", "parties", "provisions", "templates", "static", "fixtures", "locale"} == set(
        copied()
    )
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert not set(copied()) & set(ignored)
    assert "secrets" in ignored
