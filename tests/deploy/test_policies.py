"""Tests of the roles' policies: linted, narrow, and explained statement by statement."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.policies import STAGES, main, policy_of
from deploy.template import read_template
from tests.deploy.test_cloud import lint
from tests.iam import is_allowed, values_of

ROOT = Path(__file__).resolve().parents[2]
VALUES = values_of(
    account="123456789012",
    region="eu-central-1",
    topic_arn="arn:aws:sns:eu-central-1:123456789012:cafe-reports",
    settings_bucket="cafe-settings",
    photo_bucket="cafe-photos",
)
STATEMENTS = [
    (stage, statement) for stage in STAGES for statement in policy_of(stage, VALUES)["Statement"]
]


def lint_policy(policy: dict[str, Any]) -> list[str]:
    """Lint a policy with its ARNs written out: cfn-lint then knows which actions take them."""
    template = {
        "Resources": {
            "Policy": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}}
        }
    }
    return [rule for rule in lint(json.dumps(template)) if rule != "I3042"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_policy_is_clean(stage: str) -> None:
    assert lint_policy(policy_of(stage, VALUES)) == []


@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        ("sqs:SendMessage", "sqs:SendMesage", "W3037"),
        ("arn:aws:sqs:eu-central-1:123456789012:cafe-failed-runs", "arn:aws:s3:::b", "I3510"),
        ('"Effect": "Allow"', '"Effect": "Permit"', "E3510"),
    ],
)
def test_a_broken_policy_is_not_clean(good: str, bad: str, rule: str) -> None:
    text = json.dumps(policy_of("reports", VALUES))
    assert good in text

    assert rule in lint_policy(json.loads(text.replace(good, bad)))


def test_no_placeholder_is_left() -> None:
    assert [stage for stage in STAGES if "${" in json.dumps(policy_of(stage, VALUES))] == []


def test_no_statement_allows_everything_or_everywhere() -> None:
    everywhere = {
        statement["Sid"] for _stage, statement in STATEMENTS if statement["Resource"] == "*"
    }

    # Lambda's own, for the network; the code is denied the same.
    assert everywhere == {"LambdaMakesInterfaces", "CodeMakesNoInterfaces"}
    for _stage, statement in STATEMENTS:
        assert "*" not in "".join(statement["Action"])


def test_the_code_may_not_touch_the_network() -> None:
    for stage in STAGES:
        by_sid = {item["Sid"]: item for item in policy_of(stage, VALUES)["Statement"]}
        allowed, denied = by_sid["LambdaMakesInterfaces"], by_sid["CodeMakesNoInterfaces"]

        assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
        assert allowed["Action"] == denied["Action"]
        assert denied["Condition"]["ArnEquals"] == {
            # And that of the function which script/deploy makes for the migrations.
            "lambda:SourceFunctionArn": [
                f"arn:aws:lambda:eu-central-1:123456789012:function:cafe-{stage}{end}"
                for end in ("", "-next")
            ]
        }


EXPORT = "arn:aws:s3:::cafe-photos/exports/0123456789abcdef0123456789abcdef/1-sales.xlsx"
PHOTO = "arn:aws:s3:::cafe-photos/photos/0123456789abcdef0123456789abcdef-320.avif"


KEEP = {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}
TAKE_BACK = "s3:AbortMultipartUpload"


@pytest.mark.parametrize(
    ("stage", "resource", "expected"),
    [
        # A link that the site signs opens what the site may read, and nothing else.
        ("web", EXPORT, {"s3:GetObject"}),
        # Photos are smaller than what goes in pieces.
        ("web", PHOTO, KEEP),
        ("reports", EXPORT, KEEP | {TAKE_BACK}),
        ("reports", PHOTO, set()),
    ],
)
def test_exports_and_photos_are_kept_apart(stage: str, resource: str, expected: set[str]) -> None:
    policy = policy_of(stage, VALUES)

    allowed = {action for action in (*KEEP, TAKE_BACK) if is_allowed(policy, action, resource, {})}

    assert allowed == expected


@pytest.mark.parametrize("stage", STAGES)
def test_the_way_to_s3_lets_through_what_the_roles_may_do(stage: str) -> None:
    endpoint = read_template()["Resources"]["S3Gateway"]["Properties"]["PolicyDocument"]
    let_through = {action for item in endpoint["Statement"] for action in item["Action"]}

    actions = {
        action
        for statement in policy_of(stage, VALUES)["Statement"]
        for action in listed(statement["Action"])
        if action.startswith("s3:")
    }

    assert actions <= let_through


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_the_manual_gives_each_statement_its_reason() -> None:
    manual = (ROOT / "docs" / "deploy.md").read_text()
    rows = re.findall(r"^\| (web|reports|both) \| `(\w+)` \| .{20,} \|$", manual, re.MULTILINE)
    told = {
        (stage, sid) for whose, sid in rows for stage in (STAGES if whose == "both" else (whose,))
    }

    assert told == {(stage, statement["Sid"]) for stage, statement in STATEMENTS}


def test_a_policy_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reports"]) == 0

    assert json.loads(capsys.readouterr().out) == policy_of("reports")


def test_an_unknown_stage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["base"]) == 2

    assert capsys.readouterr().err == "Say which stage: web or reports.\n"
