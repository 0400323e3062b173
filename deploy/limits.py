"""What Zappa and CloudFormation cannot set: how much API Gateway lets through to the site.

The API is Zappa's, and Zappa has no key for it; CloudFormation sets throttling on stages of its
own APIs alone, and a usage plan counts only requests that carry a key, which customers do not have.
Each `zappa update` may make the stage anew, so this is run after each deployment.
"""

from collections.abc import Mapping
from typing import Any


class NoApi(Exception):
    """There is no API of that name, or more than one; the message says what was found."""


def find_apis(session: Any, name: str = "cafe-web") -> list[str]:
    """Return the ids of all APIs of that name; there should be one, or none yet."""
    pages = session.client("apigateway").get_paginator("get_rest_apis").paginate()
    return [str(api["id"]) for page in pages for api in page["items"] if api["name"] == name]


def find_api(session: Any, name: str = "cafe-web") -> str:
    """Return the id of the API that Zappa made for the web stage."""
    found = find_apis(session, name)
    if len(found) != 1:
        raise NoApi(
            f"API Gateway has {len(found)} APIs called {name!r}, not one; "
            "`zappa deploy web` makes it."
        )
    return found[0]


def limit_requests(session: Any, api_id: str, outputs: Mapping[str, str]) -> None:
    """Set the rate and the burst of all methods of the web stage; safe to repeat."""
    values = {"rateLimit": outputs["RequestsPerSecond"], "burstLimit": outputs["RequestsBurst"]}
    session.client("apigateway").update_stage(
        restApiId=api_id,
        stageName="web",
        patchOperations=[
            {"op": "replace", "path": f"/*/*/throttling/{name}", "value": value}
            for name, value in values.items()
        ],
    )
