"""The Lambda handler. It replaces Zappa's handler.py in the root of the package.

zappa.utilities imports boto3 for its command line and one annotation. That takes half of the start,
and pages do not need it. So a lazy module replaces boto3 while Zappa's handler is imported, and is
removed afterwards. Later imports of boto3, and attributes of the lazy module, get the real one.

Zappa's handler runs any code that an event names, so this handler calls cafe_site.lambda_events
first.
"""

import importlib
import sys
import types
from typing import Any


class LateModule(types.ModuleType):
    """A module that is imported on first access to an attribute."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


def import_zappa_utilities() -> None:
    late = {name: LateModule(name) for name in ("boto3", "botocore")}
    # The annotation `session: boto3.Session` is evaluated while the module is imported.
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

# Only now may the handler create its instance, which it does on import on Lambda.
import zappa.handler  # noqa: E402

from cafe_site.lambda_events import refuse_unknown  # noqa: E402

# script/package puts it next to this file.
STAGE = importlib.import_module("zappa_settings").API_STAGE


def lambda_handler(event: Any, context: Any) -> Any:
    """Handle a Lambda event; raise EventRefused if the function does not accept it."""
    refuse_unknown(event, STAGE)
    return zappa.handler.lambda_handler(event, context)
