"""File names made of titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sources.names import LONGEST, file_name


def test_forbidden_signs_become_underscores_and_emoji_stay() -> None:
    """redstream: Sanitization des noms de fichiers."""
    assert file_name('a<b>c:d"e/f\\g|h?i*j\x00k\x1fl', "mp4") == "a_b_c_d_e_f_g_h_i_j_k_l.mp4"
    assert file_name("Chats 🐈‍⬛/🐕 : été ★", "mp4") == "Chats 🐈‍⬛_🐕 _ été ★.mp4"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "_.mp4"),
        ("..", "_.mp4"),
        (" . hidden. ", "hidden.mp4"),
        ("../../etc/passwd", "_.._etc_passwd.mp4"),
        ("CON", "_CON.mp4"),
        ("nul.txt", "_nul.txt.mp4"),
        ("a\u202egpj.exe", "agpj.exe.mp4"),
        ("two\nlines\tand  spaces", "two lines and spaces.mp4"),
        ("e\u0301te\u0301", "été.mp4"),
    ],
)
def test_odd_titles_have_a_name(title: str, name: str) -> None:
    assert file_name(title, "mp4") == name


def test_a_name_is_unique_among_those_taken() -> None:
    assert file_name("a", "mp4", taken={"a.mp4", "a (2).mp4"}) == "a (3).mp4"
    assert file_name("a", "vtt", "fr") == "a.fr.vtt"
    assert file_name("a", "../sh") == "a.bin"


def test_a_long_title_is_cut_at_a_whole_sign() -> None:
    family = "👨‍👩‍👧‍👦"
    name = file_name(family * 100, "mp4")
    assert len(name.encode()) <= LONGEST
    assert not name.removesuffix(".mp4").endswith("\u200d")


@given(st.text(), st.text(max_size=50))
def test_no_title_makes_an_unsafe_name(title: str, middle: str) -> None:
    name = file_name(title, "mp4", middle)
    assert 0 < len(name.encode()) <= LONGEST
    assert not set(name) & set('/\\:*?"<>|\x00\n\r')
    assert not name.startswith(".")
    assert name.endswith(".mp4")
