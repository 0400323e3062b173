"""Checks every AWS call of the suite against the policy of the stage that makes it.

moto asks nobody for permission: a call that the deployed role may not make would pass every test
and fail on AWS. So each call that botocore makes is recorded here, whatever answers it, and a test
during which the product made one that its policy does not allow is failed.

Who makes a call is read from the stack: with the reports' entries, commands, publishing or jobs
on it, it is the reports function, which also does what an owner's "send again" or export asks
for; with any other module of the product, it is the web site. Calls of the tests themselves and
of deploy/ are nobody's. A pool's thread works for whoever gave it the work: boto3 moves files
that way. Processes that tests start are not seen.
"""

import contextvars
import functools
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.client import BaseClient

from deploy.policies import policy_of
from tests.iam import is_allowed, values_of

ACCOUNT = "123456789012"
REGION = "eu-central-1"
REPORTS = (
    "reports.events",
    "reports.management",
    "reports.offloaded.running",
    "reports.delivery.sns_publisher",
    "reports.delivery.publishing",
    "reports.sweep",
)
PRODUCT = ("cafe_site.", "reports.")
# Where the operation's name is not the action's.
ACTIONS = {
    "s3:HeadObject": "s3:GetObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "sns:PublishBatch": "sns:Publish",
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:InvokeAsync": "lambda:InvokeFunction",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the product: which stage made it, and what it asked for."""

    stage: str
    action: str
    resource: str


recorded: list[Call] = []
forbidden: list[Call] = []
_stage_of_pool: contextvars.ContextVar[str | None] = contextvars.ContextVar("stage", default=None)
_make_api_call = BaseClient._make_api_call
_submit = ThreadPoolExecutor.submit


def stage_of_stack() -> str | None:
    """Return the stage whose code is being run, or None for the tests' own calls."""
    names = set(_modules_on_stack())
    if any(name.startswith(REPORTS) for name in names):
        return "reports"
    if any(name.startswith(PRODUCT) for name in names):
        return "web"
    return _stage_of_pool.get()


def _modules_on_stack() -> Iterator[str]:
    frame = sys._getframe(1)
    while frame is not None:
        yield frame.f_globals.get("__name__", "")
        frame = frame.f_back  # type: ignore[assignment]


def action_of(service: str, operation: str) -> str:
    name = f"{service}:{operation}"
    return ACTIONS.get(name, name)


def resource_of(service: str, parameters: dict[str, Any]) -> str:
    """Return the ARN that a call is about; "*" where it names none."""
    if service == "s3" and "Bucket" in parameters:
        path = f"/{parameters['Key']}" if "Key" in parameters else ""
        return f"arn:aws:s3:::{parameters['Bucket']}{path}"
    if service == "sns":
        names = ("TopicArn", "TargetArn", "SubscriptionArn")
        return next((str(parameters[name]) for name in names if name in parameters), "*")
    if service == "sqs" and "QueueUrl" in parameters:
        account, name = parameters["QueueUrl"].split("/")[-2:]
        return f"arn:aws:sqs:{REGION}:{account}:{name}"
    if service == "lambda" and "FunctionName" in parameters:
        name = parameters["FunctionName"]
        is_arn = name.startswith("arn:")
        return name if is_arn else f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    return "*"


def record(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Write down a call of the product, and whether its stage may make it."""
    stage = stage_of_stack()
    if stage is None:
        return
    call = Call(stage, action_of(service, operation), resource_of(service, parameters))
    recorded.append(call)
    context = {
        "lambda:SourceFunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:cafe-{stage}"
    }
    if "Protocol" in parameters:
        context["sns:Protocol"] = parameters["Protocol"]
    if not is_allowed(policy_here(stage), call.action, call.resource, context):
        forbidden.append(call)


def policy_here(stage: str) -> dict[str, Any]:
    """Return a stage's policy, about the topic and the bucket that this test's settings name."""
    from django.conf import settings

    storage = settings.STORAGES["default"].get("OPTIONS", {})
    return _policy(stage, settings.REPORT_TOPIC_ARN, storage.get("bucket_name", "cafe-photos"))


@functools.cache
def _policy(stage: str, topic_arn: str, photo_bucket: str) -> dict[str, Any]:
    values = values_of(
        account=ACCOUNT,
        region=REGION,
        topic_arn=topic_arn,
        settings_bucket="cafe-settings",
        photo_bucket=photo_bucket,
    )
    return policy_of(stage, values)


def _recorded_call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
    record(client.meta.service_model.service_name, operation, parameters)
    return _make_api_call(client, operation, parameters)


def _submit_for_its_stage(
    pool: ThreadPoolExecutor, work: Callable[..., Any], /, *arguments: Any, **named: Any
) -> "Future[Any]":
    stage = stage_of_stack()

    def work_for_stage() -> Any:
        token = _stage_of_pool.set(stage)
        try:
            return work(*arguments, **named)
        finally:
            _stage_of_pool.reset(token)

    return _submit(pool, work_for_stage)


def pytest_configure() -> None:
    BaseClient._make_api_call = _recorded_call
    ThreadPoolExecutor.submit = _submit_for_its_stage  # type: ignore[assignment]


def pytest_unconfigure() -> None:
    BaseClient._make_api_call = _make_api_call
    ThreadPoolExecutor.submit = _submit  # type: ignore[method-assign]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    recorded.clear()
    forbidden.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, Any, Any]:
    result = yield
    if forbidden:
        lines = "\n".join(
            f"  {call.stage}: {call.action} on {call.resource}" for call in dict.fromkeys(forbidden)
        )
        pytest.fail(
            f"On AWS this would be refused, by deploy/cloud.yaml's roles:\n{lines}", pytrace=False
        )
    return result
