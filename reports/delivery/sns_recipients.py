"""Recipients of reports sent by SNS: the e-mail subscribers of the topic.

A subscription confirmed by clicking SNS's link gets an unsubscribe link in every report, and a mail
scanner that follows links then unsubscribes it. A subscription confirmed by ConfirmSubscription
with AuthenticateOnUnsubscribe can only be ended with the account's permissions. So owners paste the
link on the recipients page instead of clicking it.

https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html
"""

import json
import logging
from collections.abc import Callable, Collection
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import gettext as _

from cafe_site.identity.normal_forms import normal_email
from reports.delivery.problems import problem_of_sns
from reports.delivery.recipients import (
    CHOSEN_KINDS,
    Recipient,
    RecipientRefused,
    RecipientState,
    RecipientsUnavailable,
)
from reports.delivery.sns_publisher import connect_to_sns
from reports.models import Report

# SNS lists this instead of an ARN while a subscription is unconfirmed.
PENDING = "PendingConfirmation"
# SNS error codes for changes that will never succeed.
REFUSALS = ("InvalidParameter", "NotFound", "SubscriptionLimitExceeded")

logger = logging.getLogger(__name__)

T = TypeVar("T")


class SnsRecipients:
    """The e-mail subscribers of one topic; subscribers of other protocols are ignored."""

    asks_to_confirm = True

    def __init__(self, topic_arn: str) -> None:
        self._topic_arn = topic_arn
        self._client: Any = None

    def all(self) -> list[Recipient]:
        found = [self._recipient_of(subscription) for subscription in self._subscriptions()]
        return sorted(found, key=lambda recipient: recipient.address)

    def add(self, address: str, kinds: Collection[str]) -> None:
        """Have SNS send a confirmation e-mail to the address; each call sends another one."""
        for subscription in self._subscriptions():
            is_theirs = normal_email(subscription["Endpoint"]) == normal_email(address)
            if is_theirs and subscription["SubscriptionArn"] != PENDING:
                raise RecipientRefused(
                    _("%(address)s already gets the reports.") % {"address": address}
                )
        self._change(
            lambda sns: sns.subscribe(
                TopicArn=self._topic_arn,
                Protocol="email",
                Endpoint=address,
                Attributes={"FilterPolicy": policy_of(kinds)},
            ),
            refused=_("Amazon SNS does not accept the address %(address)s. Check the spelling.")
            % {"address": address},
        )

    def change_kinds(self, key: str, kinds: Collection[str]) -> None:
        self._check_key(key)
        self._change(
            lambda sns: sns.set_subscription_attributes(
                SubscriptionArn=key,
                AttributeName="FilterPolicy",
                AttributeValue=policy_of(kinds),
            ),
            refused=_("This recipient is no longer in the list. Reload the page."),
        )

    def remove(self, key: str) -> None:
        self._check_key(key)
        self._change(
            lambda sns: sns.unsubscribe(SubscriptionArn=key),
            refused=_("This recipient is no longer in the list. Reload the page."),
        )

    def confirm(self, link: str) -> None:
        token = token_in(link)
        self._change(
            lambda sns: sns.confirm_subscription(
                TopicArn=self._topic_arn, Token=token, AuthenticateOnUnsubscribe="true"
            ),
            refused=_(
                "This link is no longer valid. Add the address again, and paste the link from "
                "the new e-mail."
            ),
        )

    def _subscriptions(self) -> list[dict[str, str]]:
        def list_all(sns: Any) -> list[dict[str, str]]:
            pages = sns.get_paginator("list_subscriptions_by_topic").paginate(
                TopicArn=self._topic_arn
            )
            return [
                subscription
                for page in pages
                for subscription in page["Subscriptions"]
                if subscription["Protocol"] == "email"
            ]

        return self._ask(list_all)

    def _recipient_of(self, subscription: dict[str, str]) -> Recipient:
        address, arn = subscription["Endpoint"], subscription["SubscriptionArn"]
        if arn == PENDING:
            return Recipient(address, RecipientState.PENDING, ())
        answer = self._ask(lambda sns: sns.get_subscription_attributes(SubscriptionArn=arn))
        attributes = answer["Attributes"]
        return Recipient(
            address,
            RecipientState.CONFIRMED,
            kinds_in(attributes.get("FilterPolicy", "")),
            key=arn,
            is_protected=attributes.get("ConfirmationWasAuthenticated") == "true",
        )

    def _check_key(self, key: str) -> None:
        """Ensure that a form can only change subscriptions of this topic."""
        if not key.startswith(f"{self._topic_arn}:"):
            raise RecipientRefused(_("This recipient is no longer in the list. Reload the page."))

    def _change(self, change: Callable[[Any], object], *, refused: str) -> None:
        """Make a change; raise RecipientRefused with `refused` if it is not possible."""
        try:
            self._ask(change)
        except RecipientsUnavailable as error:
            if error.code not in REFUSALS:
                raise
            logger.warning("recipients_refused reason=%s", error)
            if error.code == "SubscriptionLimitExceeded":
                refused = _("No more recipients can be added. Remove one first.")
            raise RecipientRefused(refused) from error

    def _ask(self, question: Callable[[Any], T]) -> T:
        from botocore.exceptions import BotoCoreError, ClientError

        if self._client is None:
            self._client = connect_to_sns(self._topic_arn)
        try:
            return question(self._client)
        except ClientError as error:
            answer = error.response.get("Error", {})
            code = answer.get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            raise RecipientsUnavailable(
                f"SNS answered {code}: {answer.get('Message', '')}",
                code=code,
                problem=problem_of_sns(code, status),
            ) from error
        except BotoCoreError as error:
            raise RecipientsUnavailable(f"SNS gave no answer: {error}") from error


def policy_of(kinds: Collection[str]) -> str:
    """Return the filter policy for the messages' attribute `kind`."""
    chosen = [str(kind) for kind in CHOSEN_KINDS if kind in kinds]
    if Report.Kind.DAILY in kinds:
        chosen.append(str(Report.Kind.DIGEST))
    return json.dumps({"kind": chosen})


def kinds_in(policy: str) -> tuple[str, ...]:
    """Return the kinds that a filter policy accepts; all kinds if it names none."""
    allowed = json.loads(policy).get("kind") if policy else None
    return tuple(str(kind) for kind in CHOSEN_KINDS if allowed is None or kind in allowed)


def token_in(link: str) -> str:
    """Return the token in the link from SNS's e-mail; the text may also be the token itself."""
    text = link.strip()
    tokens = parse_qs(urlsplit(text).query).get("Token", []) if "://" in text else [text]
    if len(tokens) != 1 or not tokens[0].isalnum():
        raise RecipientRefused(
            _(
                "This is not the link from the e-mail. Copy the address behind “Confirm "
                "subscription” and paste it here; it contains “Token=”."
            )
        )
    return tokens[0]
