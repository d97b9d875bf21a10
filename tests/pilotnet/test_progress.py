"""Progress bars say nothing where nobody watches, and closing lines are one line."""

import pytest

from pilotnet.progress import closing_line, track


def test_items_pass_through_without_a_word_in_a_log(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(track([1, 2, 3], "counting")) == [1, 2, 3]
    assert list(track((item for item in "ab"), "counting", total=2)) == ["a", "b"]
    assert capfd.readouterr() == ("", "")


def test_a_closing_line_is_one_line_however_long_the_path(capsys: pytest.CaptureFixture[str]) -> None:
    path = "data/" + "long-" * 60 + "[0]"
    closing_line(f"wrote {path}", f"pilotnet train {path}")
    assert capsys.readouterr().out == f"wrote {path}; next: pilotnet train {path}\n"
