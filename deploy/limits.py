"""The rate limit of API Gateway, which neither Zappa nor CloudFormation can set.

Zappa creates the API but has no setting for throttling. CloudFormation can throttle only its own
APIs, and usage plans count only requests with an API key. `zappa update` may recreate the stage, so
this runs after each deployment.
"""

from collections.abc import Mapping
from typing import Any


class NoApi(Exception):
    """There is not exactly one API with that name; the message says what was found."""


def find_apis(session: Any, name: str = "cafe-web") -> list[str]:
    """Return the ids of all APIs with that name; there should be one, or none yet."""
    pages = session.client("apigateway").get_paginator("get_rest_apis").paginate()
    return [str(api["id"]) for page in pages for api in page["items"] if api["name"] == name]


def find_api(session: Any, name: str = "cafe-web") -> str:
    """Return the id of Zappa's API for the web stage."""
    found = find_apis(session, name)
    if len(found) != 1:
        raise NoApi(
            f"API Gateway has {len(found)} APIs called {name!r}, not one; `zappa deploy web` "
            "creates it."
        )
    return found[0]


def limit_requests(session: Any, api_id: str, outputs: Mapping[str, str]) -> None:
    """Set rate and burst for all methods of the web stage; safe to repeat."""
    values = {"rateLimit": outputs["RequestsPerSecond"], "burstLimit": outputs["RequestsBurst"]}
    session.client("apigateway").update_stage(
        restApiId=api_id,
        stageName="web",
        patchOperations=[
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": value}
            for name, value in values.items()
        ],
    )
