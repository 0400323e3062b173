"""environment.json, the settings of both functions, made from the stack and SSM parameters.

Zappa reads it from the stack's private bucket at a function's start. It has the stack's outputs,
the database's password from its secret, and the SSM parameters under /cafe/, such as
/cafe/SHOP_NAME (docs/decisions/0020). SECRET_KEY is generated once and stored in SSM.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from cafe_site.env import env

PREFIX = "/cafe/"
KEY = "environment.json"
# zappa_settings.json sets these for each stage. environment.json would override them in both.
OF_A_STAGE = frozenset(
    {
        "BACKGROUND",
        "DATABASE_CA_FILE",
        "INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT",
        "MARIADB_PLUGIN_DIR",
        "REPORTS_FUNCTION",
    }
)
OF_THE_STACK = frozenset({"DATABASE_URL", "REPORT_TOPIC_ARN", "MEDIA_BUCKET", "SITE_URL"})


class BadEnvironment(Exception):
    """The settings are not valid; the message names the setting and the remedy."""


def compose(
    outputs: Mapping[str, str], credentials: Mapping[str, str], chosen: Mapping[str, str]
) -> dict[str, str]:
    """Return the content of environment.json; all values are text, because Zappa drops others."""
    if wrong := sorted(OF_A_STAGE & set(chosen)):
        raise BadEnvironment(
            f"{wrong[0]} is set per stage in zappa_settings.json; delete the parameter "
            f"{PREFIX}{wrong[0]}."
        )
    if wrong := sorted(OF_THE_STACK & set(chosen)):
        raise BadEnvironment(f"{wrong[0]} comes from the stack; delete {PREFIX}{wrong[0]}.")
    if wrong := sorted(set(chosen) - set(env.scheme)):
        raise BadEnvironment(
            f"{wrong[0]} is not a setting of the site; is {PREFIX}{wrong[0]} spelt correctly?"
        )
    if not chosen.get("SECRET_KEY"):
        raise BadEnvironment(f"{PREFIX}SECRET_KEY is missing; write_environment creates it.")
    if "STRIPE_SECRET_KEY" in chosen and outputs["ReachesInternet"] != "yes":
        raise BadEnvironment(
            "STRIPE_SECRET_KEY is set, and nothing leads from the network to Stripe: update the "
            "stack with Nat=yes, or delete the parameter."
        )
    user, password = (quote(credentials[name], safe="") for name in ("username", "password"))
    host = f"{outputs['DatabaseHost']}:{outputs['DatabasePort']}"
    made = {
        "DATABASE_URL": f"mysql://{user}:{password}@{host}/{outputs['DatabaseName']}",
        "REPORT_TOPIC_ARN": outputs["TopicArn"],
        "MEDIA_BUCKET": outputs["PhotoBucketName"],
    }
    if "SiteUrl" in outputs:
        made["SITE_URL"] = outputs["SiteUrl"]
    return made | dict(chosen)


def read_parameters(session: Any) -> dict[str, str]:
    """Return the owners' settings from SSM."""
    pages = (
        session.client("ssm")
        .get_paginator("get_parameters_by_path")
        .paginate(Path=PREFIX, WithDecryption=True)
    )
    return {
        found["Name"].removeprefix(PREFIX): found["Value"]
        for page in pages
        for found in page["Parameters"]
    }


def read_chosen(session: Any) -> dict[str, str]:
    """Return the owners' settings and SECRET_KEY, which is generated if it is missing."""
    client, chosen = session.client("ssm"), read_parameters(session)
    if "SECRET_KEY" not in chosen:
        chosen["SECRET_KEY"] = secrets.token_urlsafe(50)
        client.put_parameter(
            Name=f"{PREFIX}SECRET_KEY", Type="SecureString", Value=chosen["SECRET_KEY"]
        )
    return chosen


def write_environment(session: Any, outputs: Mapping[str, str]) -> bool:
    """Write environment.json, and return whether it changed; functions read it at their start."""
    secret = session.client("secretsmanager").get_secret_value(
        SecretId=outputs["DatabaseSecretArn"]
    )
    made = compose(outputs, json.loads(secret["SecretString"]), read_chosen(session))
    content = json.dumps(made, indent=4, sort_keys=True, ensure_ascii=False).encode()
    client = session.client("s3")
    place = {"Bucket": outputs["SettingsBucketName"], "Key": KEY}
    try:
        if client.get_object(**place)["Body"].read() == content:
            return False
    except client.exceptions.NoSuchKey:
        # It does not exist yet. Writing reports any other error.
        pass
    client.put_object(**place, Body=content, ServerSideEncryption="AES256")
    return True
