"""Instructions for the manual steps after a deployment."""

from collections.abc import Mapping
from typing import Any

from deploy.rollout.functions import find_function
from deploy.rollout.switching import PACKAGE_TAG

MAKE_OWNER = (
    "Create the first owner: script/make-owner olga olga@cafe.example. It asks for the password; "
    "sign in with it at /sign-in/."
)


def next_things(
    session: Any, stage: str, outputs: Mapping[str, str], before: Mapping[str, Any] | None
) -> list[str]:
    found = []
    if _addresses(session, outputs["AlarmTopicArn"], is_confirmed=False):
        found.append("Click the link in AWS's e-mail to the alarms' address, or you get no alarms.")
    if stage == "web":
        found.append(f"The site is at {outputs['SiteUrl']}.")
        if before is None:
            found.append(MAKE_OWNER)
        if "DomainTarget" in outputs:
            found.append(f"If DNS is not in Route 53, set its CNAME to {outputs['DomainTarget']}.")
    if not find_function(session, "cafe-reports"):
        found.append("Deploy the reports: script/deploy reports.")
    elif not _addresses(session, outputs["TopicArn"], is_confirmed=True):
        found.append(
            "Nobody gets the report yet: add an address on the dashboard's page of recipients, and "
            "confirm it there with the link of SNS's e-mail."
        )
    earlier = (before or {}).get("Tags", {}).get(PACKAGE_TAG)
    if earlier:
        found.append(f"To restore the previous version: script/deploy {stage} --zip {earlier}.")
    return found


def _addresses(session: Any, topic: str, *, is_confirmed: bool) -> list[str]:
    """Return the confirmed or unconfirmed e-mail addresses of a topic."""
    pages = (
        session.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    )
    return [
        item["Endpoint"]
        for page in pages
        for item in page["Subscriptions"]
        if item["Protocol"] == "email"
        and item["SubscriptionArn"].startswith("arn:") == is_confirmed
    ]
