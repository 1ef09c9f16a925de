"""Settings: read when they are asked for, in the spellings people use."""

import pytest

from shared.settings import Flag, Switch, Text, documented, settings


@pytest.mark.parametrize("word", ["1", "true", "TRUE", "yes", "On", " true "])
def test_a_flag_is_set_by_saying_so(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("OPEN_WRITES", word)
    assert settings.open_writes is True


@pytest.mark.parametrize("word", ["", "0", "false", "no", "off", "2", "maybe", "null", " "])
def test_a_flag_is_off_for_every_other_word(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """What opens a door must be spelled right; a slip leaves it shut."""
    monkeypatch.setenv("OPEN_WRITES", word)
    assert settings.open_writes is False


@pytest.mark.parametrize(
    ("word", "on"),
    [("", True), ("off", False), ("OFF", False), (" off ", False), ("0", False), ("on", True), ("of", True)],
)
def test_a_guard_stays_on_unless_it_is_turned_off(monkeypatch: pytest.MonkeyPatch, word: str, on: bool) -> None:
    monkeypatch.setenv("RATE_LIMITS", word)
    assert settings.rate_limits is on


def test_a_setting_is_read_each_time_and_an_empty_one_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_NAME", "one")
    assert settings.service_name == "one"
    monkeypatch.setenv("SERVICE_NAME", "")
    assert settings.service_name == "bobine"
    monkeypatch.delenv("SERVICE_NAME")
    assert settings.service_name == "bobine"


def test_nothing_dangerous_is_on_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in documented():
        monkeypatch.delenv(name, raising=False)
    assert (settings.open_writes, settings.expose_client_secrets, settings.rate_limits) == (False, False, True)
    assert (settings.jwt_secret, settings.origin_secret, settings.outbound_allow) == ("", "", "")


def test_every_setting_says_what_it_is_for() -> None:
    for name, setting in documented().items():
        assert name == name.upper() == setting.name
        assert isinstance(setting, Text | Flag | Switch)
        assert len(setting.purpose) > 10
