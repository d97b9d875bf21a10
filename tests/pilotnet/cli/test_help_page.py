"""The help: purpose, example, important options first, and values from the code."""

import pytest

from pilotnet.cli import COMMANDS
from pilotnet.cli.help_page import HIDDEN_ACTIONS, description
from pilotnet.data.suites import suite_names
from sim.scenario import RoadKind

NOISE = ("<class", "default: )", "SUPPRESS", "_episodes", "typing.")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_begins_with_the_purpose_and_an_example(name: str) -> None:
    lines = COMMANDS[name].parser().format_help().splitlines()
    assert lines[0] == COMMANDS[name].summary
    assert f"usage: pilotnet {name}" in lines[2]
    assert lines[3] == f"example: {COMMANDS[name].example}"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_shows_no_types_and_no_empty_defaults(name: str) -> None:
    page = COMMANDS[name].parser().format_help()
    assert [noise for noise in NOISE if noise in page] == []
    assert max(map(len, page.splitlines())) <= 100


def test_values_are_listed_from_the_code() -> None:
    words = COMMANDS["record"].parser().format_help().replace(",", " ").replace(";", " ").split()
    assert set(suite_names()) <= set(words)
    assert {str(kind) for kind in RoadKind} <= set(words)


def test_important_options_come_first() -> None:
    page = COMMANDS["record"].parser().format_help()
    assert page.index("--out") < page.index("--suite") < page.index("--noise")


def test_examples_are_command_lines_that_the_parser_accepts() -> None:
    for name, command in COMMANDS.items():
        words = command.example.partition(" > ")[0].split()
        assert words[:2] == ["pilotnet", name]
        command.parser().parse_args(words[2:])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_description(name: str) -> None:
    actions = COMMANDS[name].parser()._actions
    shown = [action for action in actions if type(action).__name__ not in HIDDEN_ACTIONS]
    assert [action.dest for action in shown if not description(action)] == []
