"""How jsonargparse reads YAML, in files and in values on the command line: within the limits of `pilotnet.reading`."""

from typing import Any

import yaml
from jsonargparse import get_loader, set_loader

from pilotnet.reading import check_yaml


def limit_yaml() -> None:
    """Have jsonargparse refuse YAML with nesting, aliases or tags beyond the limits; calling it again changes nothing."""
    load = get_loader("yaml")
    if getattr(load, "limited", False):
        return

    def limited(text: str, **settings: Any) -> Any:
        try:
            check_yaml(text)
        except (ValueError, RecursionError) as error:
            # jsonargparse takes text that is no YAML for plain text, and says then what it should be.
            raise yaml.YAMLError(str(error)) from None
        return load(text, **settings)

    limited.limited = True  # type: ignore[attr-defined]
    set_loader("yaml", limited, exceptions=(yaml.YAMLError,))
