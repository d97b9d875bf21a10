"""Options have hyphens and flags; an earlier spelling is refused with the present one."""

import pytest

from pilotnet.cli.data_commands import record_parser, scenes_parser
from pilotnet.cli.evaluation_commands import evaluate_parser
from pilotnet.cli.live_commands import watch_parser
from pilotnet.cli.training_commands import train_parser


def test_hyphens_replace_underscores() -> None:
    assert record_parser().parse_args(["--validation-episodes", "3"]).validation_episodes == 3
    assert record_parser().parse_args(["--validation-episodes=3"]).validation_episodes == 3


def test_flags_set_booleans() -> None:
    assert train_parser().parse_args(["data", "--speed"]).speed is True
    assert record_parser().parse_args(["--no-boxes"]).boxes is False
    options = train_parser().parse_args(["data", "--no-augmentation.side-cameras"])
    assert options.augmentation.side_cameras is False


def test_speed_control_is_the_setting_pedals() -> None:
    options = evaluate_parser().parse_args(["expert", "--speed-control", "driver"])
    assert options.pedals == "driver"


def test_pedals_is_accepted_with_a_notice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert evaluate_parser().parse_args(["expert", "--pedals", "driver"]).pedals == "driver"
    assert "option --pedals is now --speed-control" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("make_parser", "words", "says"),
    [
        (record_parser, ["--validation_episodes", "3"], "is now --validation-episodes"),
        (
            record_parser,
            ["--boxes", "true"],
            "takes no value any more; write --boxes or --no-boxes",
        ),
        (record_parser, ["--boxes=false"], "takes no value any more; write --boxes or --no-boxes"),
        (watch_parser, ["expert", "--road", "rural"], "option --road is now --roads"),
        (
            scenes_parser,
            ["x.png", "--roads", "rural", "mountain"],
            "write them with commas: --roads rural,mountain",
        ),
    ],
)
def test_earlier_spellings_name_the_present_one(
    make_parser: object, words: list[str], says: str
) -> None:
    assert callable(make_parser)
    with pytest.raises(ValueError, match=says):
        make_parser().parse_args(words)
