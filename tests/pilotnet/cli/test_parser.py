"""Messages of the parser: value, allowed values and suggestions."""

import pytest

from pilotnet.cli.parser import did_you_mean, plain_message, shortened


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        ("<class 'int'>", "a whole number"),
        ("typing.Literal['train', 'test']", "one of train, test"),
    ],
)
def test_a_wrong_value_is_named_with_the_allowed_ones(kind: str, allowed: str) -> None:
    line = f'Parser key "split": Expected a {kind}. Got value: moon'
    assert plain_message(line) == f"split is 'moon'; it must be {allowed}"


def test_other_messages_are_kept() -> None:
    assert plain_message("something else") == "something else"


def test_a_similar_option_is_suggested() -> None:
    assert did_you_mean("--rods", ["--roads", "--light"]) == "; did you mean --roads?"
    assert did_you_mean("--nonsense", ["--roads", "--light"]) == ""


def test_long_text_is_shortened_to_80_characters() -> None:
    assert shortened("x" * 80) == "x" * 80
    assert shortened("x" * 81) == "x" * 77 + "..."
