"""What Lambda calls. It lies in the root of the package, in the place of Zappa's own handler.py.

zappa.utilities imports boto3 at its top, for functions of the command line and one annotation.
That takes as long as all the rest of the start together, and a page needs none of it. So a late
boto3 stands in while Zappa's handler is imported, and gives its place up afterwards: whoever
imports boto3 then gets the real one, and so does whoever asks the late one for anything.

And Zappa's handler runs whatever code an event names. This one asks cafe_site.lambda_events first.
"""

import importlib
import sys
import types
from typing import Any


class LateModule(types.ModuleType):
    """A module that is imported when somebody asks for something in it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def import_zappa_utilities() -> None:
    late = {name: LateModule(name) for name in ("boto3", "botocore")}
    # The annotation `session: boto3.Session` is looked up while the module is imported.
    late["boto3"].Session = None  # type: ignore[attr-defined]
    sys.modules.update(late)
    try:
        import zappa.utilities  # noqa: F401 - what matters is what it imports
    finally:
        del late["boto3"].Session
        for name in late:
            del sys.modules[name]


if "boto3" not in sys.modules:
    import_zappa_utilities()

# Only now may the handler make its instance, which Lambda's environment asks for on import.
import zappa.handler  # noqa: E402

from cafe_site.lambda_events import refuse_unknown  # noqa: E402

# script/package lays it beside this file.
STAGE = importlib.import_module("zappa_settings").API_STAGE


def lambda_handler(event: Any, context: Any) -> Any:
    """Take an event from Lambda; raise EventRefused for one that this function does not take."""
    refuse_unknown(event, STAGE)
    return zappa.handler.lambda_handler(event, context)
