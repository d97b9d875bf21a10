"""Limits for the YAML that jsonargparse reads, in files and in values on the command line; see
`pilotnet.common.reading`.
"""

from typing import Any

import yaml
from jsonargparse import get_loader, set_loader

from pilotnet.common.reading import check_yaml


def limit_yaml() -> None:
    """Make jsonargparse refuse YAML with nesting, aliases or tags beyond the limits; calling it
    again changes nothing.
    """
    load = get_loader("yaml")
    if getattr(load, "limited", False):
        return

    def limited(text: str, **settings: Any) -> Any:
        try:
            check_yaml(text)
        except (ValueError, RecursionError) as error:
            # On YAMLError, jsonargparse takes the text as a plain string, and its type check then
            # reports it.
            raise yaml.YAMLError(str(error)) from None
        return load(text, **settings)

    limited.limited = True  # type: ignore[attr-defined]
    set_loader("yaml", limited, exceptions=(yaml.YAMLError,))
