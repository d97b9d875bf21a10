"""Spelling of options: hyphens, flags for booleans, hints for spellings of earlier versions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pilotnet.common.progress import notice
from sim.scenario import Daytime, RoadKind, Weather

BOOLEANS = ("true", "false", "yes", "no")  # values of boolean options in earlier versions
NO = "no-"  # prefix of the flag that switches a setting off
RENAMED = {"--road": "--roads"}  # refused, with a message that names the new option
LISTS = {"--roads": RoadKind, "--weather": Weather, "--light": Daytime}  # values with commas
SPEED_CONTROL = "--speed-control"  # name of the setting `pedals` on the command line
EARLIER_SPEED_CONTROL = "--pedals"  # accepted with a notice until version 0.3


def option_name(option: str) -> str:
    """Return an option as the command line spells it, such as `--batch-size` for `--batch_size`."""
    head, dot, last = option.rpartition(".")
    if f"--{last}" == EARLIER_SPEED_CONTROL or option == EARLIER_SPEED_CONTROL:
        return f"{head}{dot}{SPEED_CONTROL[2:]}" if dot else SPEED_CONTROL
    return option.replace("_", "-")


def is_boolean(action: Any) -> bool:
    """Return whether an argument of the parser is a boolean setting."""
    return getattr(action, "_typehint", None) is bool


def parser_words(words: Sequence[str], actions: Mapping[str, Any]) -> list[str]:
    """Return the arguments `words` in the spelling of the parser.

    actions: the parser's arguments by option. Raises ValueError for a spelling of an earlier
    version, naming the new one.
    """
    known = {option_name(option): option for option in actions if option.startswith("--")}
    flags = {known_option for known_option, option in known.items() if is_boolean(actions[option])}
    negations = {f"--{NO}{flag[2:]}": flag for flag in flags}
    translated = []
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        following = words[index + 1] if index + 1 < len(words) else ""
        refuse_earlier_spelling(name, value if equals else following, known, flags)
        if name in negations and not equals:
            translated.append(f"{known[negations[name]]}=false")
        elif name in flags and not equals:
            translated.append(f"{known[name]}=true")
        elif name in known:
            require_commas(name, words[index + 1 :] if not equals else words[index:])
            translated.append(f"{known[name]}{equals}{value}")
        elif is_earlier_speed_control(name, actions):
            present = option_name(name)
            notice(f"option {name} is now {present}; version 0.3 removes the earlier name")
            translated.append(word)
        else:
            translated.append(word)
    return translated


def is_earlier_speed_control(name: str, actions: Mapping[str, Any]) -> bool:
    """Return whether an option is the earlier name of `--speed-control` and the command has it."""
    return name in actions and option_name(name).endswith(SPEED_CONTROL[2:])


def refuse_earlier_spelling(
    name: str, value: str, known: Mapping[str, str], flags: Iterable[str]
) -> None:
    """Raise ValueError for an option in the spelling of an earlier version."""
    if name in flags and value.lower() in BOOLEANS:
        off = f"--{NO}{name[2:]}"
        raise ValueError(f"option {name} takes no value any more; write {name} or {off}")
    renamed = RENAMED.get(name, "")
    if renamed in known and name not in known:
        raise ValueError(f"option {name} is now {renamed}; several values have commas between them")
    hyphenated = name.replace("_", "-")
    if hyphenated != name and hyphenated in known:
        raise ValueError(f"option {name} is now {hyphenated}")


def require_commas(name: str, following: Sequence[str]) -> None:
    """Raise ValueError when spaces instead of commas separate the values of a list option."""
    if name not in LISTS or len(following) < 2:
        return
    first = following[0]
    second = following[1]
    if second in list(LISTS[name]):
        raise ValueError(
            f"{name} has values with spaces; write them with commas: {name} {first},{second}"
        )
