"""Tests of the evaluator of IAM policies."""

from typing import Any

import pytest

from tests.iam import is_allowed

TOPIC = "arn:aws:sns:eu-central-1:123456789012:cafe-reports"
PUBLISH = {"Effect": "Allow", "Action": "sns:Publish", "Resource": TOPIC}
BY_EMAIL = {
    "Effect": "Allow",
    "Action": ["sns:Subscribe"],
    "Resource": [TOPIC],
    "Condition": {"StringEquals": {"sns:Protocol": "email"}},
}


@pytest.mark.parametrize(
    ("statements", "action", "resource", "facts", "expected"),
    [
        ([], "sns:Publish", TOPIC, {}, False),
        ([PUBLISH], "sns:Publish", TOPIC, {}, True),
        ([PUBLISH], "SNS:publish", TOPIC, {}, True),
        ([PUBLISH], "sns:PublishBatch", TOPIC, {}, False),
        ([PUBLISH], "sns:Publish", f"{TOPIC}-two", {}, False),
        ([PUBLISH], "sns:Publish", TOPIC.upper(), {}, False),
        ([PUBLISH | {"Action": "sns:*"}], "sns:Subscribe", TOPIC, {}, True),
        ([PUBLISH | {"Resource": f"{TOPIC}:*"}], "sns:Publish", f"{TOPIC}:1a", {}, True),
        ([PUBLISH | {"Resource": f"{TOPIC}:*"}], "sns:Publish", TOPIC, {}, False),
        ([PUBLISH | {"Resource": "arn:aws:sns:*:*:cafe-report?"}], "sns:Publish", TOPIC, {}, True),
        # IAM knows no classes of letters, which fnmatch would.
        ([PUBLISH | {"Resource": TOPIC[:-1] + "[s]"}], "sns:Publish", TOPIC, {}, False),
        ([PUBLISH, PUBLISH | {"Effect": "Deny"}], "sns:Publish", TOPIC, {}, False),
        ([BY_EMAIL], "sns:Subscribe", TOPIC, {"sns:Protocol": "email"}, True),
        ([BY_EMAIL], "sns:Subscribe", TOPIC, {"sns:Protocol": "https"}, False),
        ([BY_EMAIL], "sns:Subscribe", TOPIC, {}, False),
    ],
)
def test_a_policy_allows_what_it_names(
    statements: list[dict[str, Any]],
    action: str,
    resource: str,
    facts: dict[str, str],
    expected: bool,
) -> None:
    assert is_allowed({"Statement": statements}, action, resource, facts) is expected


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ({"NotAction": "s3:GetObject"}, "NotAction"),
        ({"Condition": {"StringLike": {"sns:Protocol": "e*"}}}, "StringLike"),
    ],
)
def test_what_it_does_not_know_is_no_guess(part: dict[str, Any], word: str) -> None:
    with pytest.raises(NotImplementedError, match=word):
        is_allowed({"Statement": [PUBLISH | part]}, "sns:Publish", TOPIC, {})
