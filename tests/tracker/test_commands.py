from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command

from tracker.management.commands import prepare


@pytest.mark.django_db
def test_the_demo_users_are_made_once_with_passwords_that_work(capsys):
    call_command("demo_users")
    made = dict(line.split() for line in capsys.readouterr().out.splitlines()[1:])
    assert list(made) == ["admin", "analyst", "viewer"]
    for name, password in made.items():
        assert authenticate(username=name, password=password)
    assert User.objects.get(username="admin").is_superuser
    assert list(User.objects.get(username="analyst").groups.values_list("name", flat=True)) == ["analyst"]
    assert not User.objects.get(username="viewer").is_staff

    call_command("demo_users")
    assert capsys.readouterr().out == ""


@pytest.mark.django_db
def test_static_files_are_collected_anew_only_when_one_of_them_changed(settings, tmp_path):
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "app.css").write_text("a { color: red }")
    settings.STATICFILES_DIRS = [ours]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATIC_HASHED = True

    def collected() -> Path:
        call_command("prepare", verbosity=0)
        return tmp_path / "collected" / "app.css"

    before = collected().stat().st_ino, collected().stat().st_mtime_ns
    assert (collected().stat().st_ino, collected().stat().st_mtime_ns) == before
    (ours / "app.css").write_text("a { color: darkred }")
    assert collected().read_text() == "a { color: darkred }"


def test_each_plan_that_is_loaded_on_a_first_start_stands_in_a_folder_of_its_name(settings):
    for slug in prepare.PLANS:
        assert (settings.BASE_DIR / "fixtures" / slug).is_dir()
