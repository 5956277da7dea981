"""Nothing is written over what is read, over another output, or under a name that says something else."""

import os
from pathlib import Path

import pytest

from therarel.errors import InvalidValueError
from therarel.files import keep_what_is_there, refuse_other_kind, refuse_same


def test_an_input_is_known_by_whatever_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another spelling, a link, a hard link and another folder lead to the same file."""
    monkeypatch.chdir(tmp_path)
    scores = Path("scores.csv")
    scores.write_text("x")
    Path("sub").mkdir()
    Path("link.csv").symlink_to(scores)
    Path("hard.csv").hardlink_to(scores)
    for other in ("scores.csv", "./scores.csv", "sub/../scores.csv", tmp_path / scores, "link.csv", "hard.csv"):
        with pytest.raises(InvalidValueError, match="--out: the same file as SESSIONS, which would be lost"):
            refuse_same({"--out": other, "--problems": "other.csv"}, {"SESSIONS": scores})
    refuse_same({"--out": "other.csv", "--truth": None}, {"SESSIONS": scores, "more": None})


def test_two_outputs_are_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also files that are not there yet are compared, and names that some systems hold equal."""
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    Path("link.csv").symlink_to("new.csv")
    for one, other in (
        ("new.csv", "new.csv"),
        ("new.csv", "./sub/../new.csv"),
        ("new.csv", "link.csv"),
        ("new.csv", "New.CSV"),
        ("caf\u00e9.csv", "cafe\u0301.csv"),
    ):
        with pytest.raises(InvalidValueError, match="--truth: the same file as --out"):
            refuse_same({"--out": one, "--truth": other})
    refuse_same({"--out": "one.csv", "--truth": "two.csv", "--more": "sub/one.csv"})


def test_streams_are_nobodys_file() -> None:
    """What goes to a device or through a pipe replaces nothing."""
    refuse_same({"--out": "/dev/null", "--truth": "/dev/null"}, {"SESSIONS": "/dev/stdin"})


def test_a_name_says_what_is_inside(tmp_path: Path) -> None:
    """An ending of another kind, and none, are refused with the hint; capitals do not matter, and pipes have no kind."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for name in ("a.svg", "a.SVG", "a.b.svg", "/dev/null", pipe):
        refuse_other_kind(name, (".svg",), what="a drawing", hint="save it as .svg")
    for name in ("a.png", "a.svg.pdf", "a", ".svg", "svg", tmp_path):
        with pytest.raises(InvalidValueError, match=r"a drawing is not written as .* Hint: save it as \.svg"):
            refuse_other_kind(name, (".svg",), what="a drawing", hint="save it as .svg")


def test_what_stands_under_a_name_that_nobody_gave_is_kept(tmp_path: Path) -> None:
    """Only the same text, or a file that is recognised, may be replaced; a link to nothing is something too."""
    path, link = tmp_path / "concepts.svg", tmp_path / "link.svg"
    keep_what_is_there(path, "--out", text="new")
    path.write_text("old")
    link.symlink_to(tmp_path / "nothing")
    for refused in ({}, {"text": "new"}, {"ours": lambda _: False}):
        for there in (path, link, tmp_path):
            with pytest.raises(InvalidValueError, match=r"already, and it stays as it is.*named is replaced"):
                keep_what_is_there(there, "--out", **refused)
    keep_what_is_there(path, "--out", text="old")
    keep_what_is_there(path, "--out", ours=lambda _: True)
