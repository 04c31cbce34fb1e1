import pytest

from tracker import env


@pytest.fixture(autouse=True)
def nothing_noted_by_run_py(monkeypatch, tmp_path):
    monkeypatch.setattr(env, "LOCAL_FILE", tmp_path / "env")
    env._local_values.cache_clear()
    yield
    env._local_values.cache_clear()


def test_a_variable_set_to_nothing_is_not_set(monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "")
    assert env.text("LOG_LEVEL", "INFO") == "INFO"


def test_what_the_environment_leaves_out_is_read_from_the_file_of_run_py(monkeypatch):
    env.LOCAL_FILE.write_text("SECRET_KEY=made=up\nLOG_LEVEL=DEBUG\n")
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    monkeypatch.delenv("SECRET_KEY")
    assert env.text("SECRET_KEY") == "made=up"
    assert env.text("LOG_LEVEL") == "ERROR"


def test_a_secret_may_be_in_a_file_that_a_variable_names(monkeypatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("made up\n")
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("SECRET_KEY_FILE", str(secret))
    assert env.text("SECRET_KEY") == "made up"
    secret.unlink()
    with pytest.raises(env.BadSetting, match=r"SECRET_KEY_FILE names .*, which cannot be read"):
        env.text("SECRET_KEY")


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (lambda: env.text("X", hint="make one up"), "", "X is not set; make one up."),
        (lambda: env.flag("X", default=False), "1", "X is '1'; write yes or no."),
        (lambda: env.number("X", 5, at_least=1), "0", "X is '0'; write a whole number of at least 1."),
        (lambda: env.number("X", 5), "five", "X is 'five'; write a whole number of at least 0."),
        (lambda: env.choice("X", "a", among=("a", "b")), "c", "X is 'c'; write one of a, b."),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_variable(monkeypatch, read, value, sentence):
    monkeypatch.setenv("X", value)
    with pytest.raises(env.BadSetting) as refused:
        read()
    assert str(refused.value) == sentence


def test_a_list_is_written_with_commas(monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "tracker.example, ,localhost,")
    assert env.words("ALLOWED_HOSTS") == ["tracker.example", "localhost"]


def test_a_database_address_is_taken_apart_and_decoded(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://a%40b:p%2Fw%3A@db.example:6543/the%20record?sslmode=require")
    assert env.database("DATABASE_URL") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "the record",
        "USER": "a@b",
        "PASSWORD": "p/w:",
        "HOST": "db.example",
        "PORT": "6543",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_database_address_may_leave_all_but_the_name_to_libpq(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///tracker")
    described = env.database("DATABASE_URL")
    assert (described["NAME"], described["HOST"], described["PORT"], described["USER"]) == ("tracker", "", "", "")


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("mysql://u:hush@h/db", "does not begin with postgresql://"),
        ("postgresql://u:hush@h:port/db", "has a port that is no number up to 65535"),
        ("postgresql://u:hush@h:99999/db", "has a port that is no number up to 65535"),
        ("postgresql://u:hush@h", "names no database"),
        ("postgresql://u:hush@[::1/db", "is no address"),
        ("postgresql://u:hush@h/db?colour=red", "has the option 'colour'; known are channel_binding"),
    ],
)
def test_a_bad_database_address_is_refused_without_repeating_its_password(monkeypatch, address, complaint):
    monkeypatch.setenv("DATABASE_URL", address)
    with pytest.raises(env.BadSetting) as refused:
        env.database("DATABASE_URL")
    assert str(refused.value).startswith(f"DATABASE_URL {complaint}")
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("address", ["redis://localhost", "rediss://:pw@cache.example:6380/2"])
def test_a_redis_address_is_passed_on_as_it_is(monkeypatch, address):
    monkeypatch.setenv("REDIS_URL", address)
    assert env.redis("REDIS_URL") == address


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("http://h", "is no redis:// or rediss:// address"),
        ("redis://", "is no redis:// or rediss:// address"),
        ("redis://h:no", "has a port that is no number up to 65535"),
        ("redis://h/first", "names a database that is no number"),
    ],
)
def test_a_bad_redis_address_is_refused(monkeypatch, address, complaint):
    monkeypatch.setenv("REDIS_URL", address)
    with pytest.raises(env.BadSetting, match=f"^REDIS_URL {complaint}"):
        env.redis("REDIS_URL")
