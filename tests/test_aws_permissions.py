"""Tests of the recorder of AWS calls: a forbidden call fails its test."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from cafe_site.menu.photos import delete_photo, encode_photo, read_photo, store_photo
from cafe_site.outbox import background
from reports.delivery.publishers import Publication
from reports.delivery.sns_publisher import SnsPublisher
from reports.messages.message import Message
from tests import aws_permissions
from tests.aws_permissions import Call, action_of, policy_here, resource_of
from tests.pictures import photo

ROOT = Path(__file__).resolve().parent.parent
TOPIC = "arn:aws:sns:eu-central-1:123456789012:reports"


def work() -> None:
    """Something to be called later."""


def test_photos_are_moved_by_the_web_in_its_pools_too(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {"bucket_name": "photos"},
        },
    }
    encoded = encode_photo(photo(900, 700))
    name = next(iter(encoded.files))

    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="photos")
        store_photo(encoded)
        read_photo(name)
        delete_photo(encoded.stem)

    about_one = {call for call in aws_permissions.recorded if call.resource.endswith(name)}
    place = f"arn:aws:s3:::photos/photos/{name}"
    assert about_one == {
        Call("web", "s3:PutObject", place),
        Call("web", "s3:GetObject", place),
        Call("web", "s3:DeleteObject", place),
    }


def test_reports_are_published_by_the_reports() -> None:
    with mock_aws():
        boto3.client("sns").create_topic(Name="reports")
        SnsPublisher(TOPIC).publish(Publication(Message("Subject", "Text\n", "{}"), {}))

    assert aws_permissions.recorded == [Call("reports", "sns:Publish", TOPIC)]


@pytest.mark.parametrize(
    ("start", "function"),
    [(background._run_on_lambda, "cafe-web"), (background._run_in_reports, "cafe-reports")],
)
def test_work_behind_a_request_is_started_by_the_web(
    start: Any, function: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REPORTS_FUNCTION = "cafe-reports"
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "cafe-web")
    client = boto3.client("lambda")
    monkeypatch.setattr("zappa.asynchronous.LAMBDA_CLIENT", client)

    with Stubber(client) as stub:
        stub.add_response("invoke", {"StatusCode": 202})
        start(work)

    arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{function}"
    assert aws_permissions.recorded == [Call("web", "lambda:InvokeFunction", arn)]


def test_a_call_of_a_test_is_nobodys() -> None:
    with mock_aws():
        boto3.client("sns").create_topic(Name="reports")

    assert aws_permissions.recorded == []


@pytest.mark.parametrize(
    ("service", "parameters", "expected"),
    [
        ("s3", {"Bucket": "b"}, "arn:aws:s3:::b"),
        ("s3", {"Bucket": "b", "Key": "photos/x"}, "arn:aws:s3:::b/photos/x"),
        ("sns", {"SubscriptionArn": f"{TOPIC}:1a"}, f"{TOPIC}:1a"),
        ("sns", {}, "*"),
        (
            "sqs",
            {"QueueUrl": "http://127.0.0.1:5000/123456789012/q"},
            "arn:aws:sqs:eu-central-1:123456789012:q",
        ),
        ("lambda", {"FunctionName": "arn:aws:lambda:x"}, "arn:aws:lambda:x"),
        ("ssm", {"Name": "x"}, "*"),
    ],
)
def test_a_call_is_about_a_resource(
    service: str, parameters: dict[str, str], expected: str
) -> None:
    assert resource_of(service, parameters) == expected


def test_some_actions_are_called_otherwise_than_the_operation() -> None:
    assert action_of("s3", "HeadObject") == "s3:GetObject"
    assert action_of("s3", "DeleteObject") == "s3:DeleteObject"


PUBLISH = f"boto3.client('sns').publish(TopicArn='{TOPIC}', Message='x')"
SUBSCRIBE = f"boto3.client('sns').subscribe(TopicArn='{TOPIC}', Protocol='%s', Endpoint='%s')"
EXPORT = "arn:aws:s3:::cafe-photos/exports/x"
TAKE_BACK = (
    "boto3.client('s3').abort_multipart_upload(Bucket='cafe-photos', Key='exports/x', UploadId='1')"
)
# The module that makes a call, the call, and what the recorder says of it: nothing if allowed.
CASES = [
    ("reports.delivery.publishing", PUBLISH, ""),
    ("cafe_site.dashboard.report_views", PUBLISH, f"web: sns:Publish on {TOPIC}"),
    (
        "reports.delivery.publishing",
        "boto3.client('s3').list_objects_v2(Bucket='cafe-photos')",
        "reports: s3:ListBucket on arn:aws:s3:::cafe-photos",
    ),
    ("reports.offloaded.running", TAKE_BACK, ""),
    ("cafe_site.menu.photos", TAKE_BACK, f"web: s3:AbortMultipartUpload on {EXPORT}"),
    ("cafe_site.dashboard.recipients", SUBSCRIBE % ("email", "a@b.example"), ""),
    (
        "cafe_site.dashboard.recipients",
        SUBSCRIBE % ("https", "https://thief.example"),
        f"web: sns:Subscribe on {TOPIC}",
    ),
    (
        "cafe_site.outbox.background",
        "boto3.client('sqs').list_queues()",
        "web: sqs:ListQueues on *",
    ),
    ("tests.something", "boto3.client('sqs').list_queues()", ""),
]
# Errors are swallowed, as robust code would: the test fails all the same.
INNER = """
import boto3
import pytest
from moto import mock_aws

CODE = "def run():\\n  try:\\n    {call}\\n  except Exception:\\n    pass"

@pytest.mark.parametrize(("module", "call"), CASES, ids=map(str, range(len(CASES))))
def test_it(module, call):
    with mock_aws():
        boto3.client("sns").create_topic(Name="reports")
        space = {"__name__": module, "boto3": boto3}
        exec(CODE.format(call=call), space)
        space["run"]()
"""


@pytest.mark.once
def test_a_forbidden_call_fails_its_test(tmp_path: Path) -> None:
    # In a session of its own, where tests may fail; one for all cases, for it takes seconds.
    cases = [(module, call) for module, call, _said in CASES]
    (tmp_path / "test_inner.py").write_text(f"CASES = {cases!r}\n{INNER}")

    without = ("cacheprovider", "playwright", "hypothesispytest", "xdist")
    result = subprocess.run(  # noqa: S603 - this test's own file
        [sys.executable, "-m", "pytest", "-q", "-rfp", "--tb=short"]
        + [argument for plugin in without for argument in ("-p", f"no:{plugin}")]
        + ["-p", "tests.aws_permissions", "-c", str(ROOT / "pyproject.toml"), str(tmp_path)],
        cwd=ROOT,
        # In CI pytest says each failure once more, whole, in its summary.
        env={name: value for name, value in os.environ.items() if name != "CI"},
        capture_output=True,
        text=True,
        check=False,
    )

    outcomes = re.findall(r"^(PASSED|FAILED) .*test_it\[(\d)\]", result.stdout, re.MULTILINE)
    assert dict(map(reversed, outcomes)) == {
        str(number): "FAILED" if said else "PASSED"
        for number, (_module, _call, said) in enumerate(CASES)
    }, result.stdout
    assert re.findall(r"^  (\w+: .*)$", result.stdout, re.MULTILINE) == [
        said for _module, _call, said in CASES if said
    ]


def test_the_web_never_publishes_and_the_reports_only_there() -> None:
    allowed = {
        stage: {
            statement["Sid"]: statement["Resource"]
            for statement in policy_here(stage)["Statement"]
            if "sns:Publish" in statement["Action"]
        }
        for stage in ("web", "reports")
    }

    assert allowed == {"web": {}, "reports": {"PublishReports": TOPIC}}
