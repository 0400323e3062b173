"""Rules for event sources: queues by event source mappings, and buckets by notifications."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from tests.deploy.strict_aws.calls import Call, Refused, rule
from tests.deploy.strict_aws.execution import refuse_role_without
from tests.deploy.strict_aws.functions import name_of
from tests.deploy.strict_aws.permissions import lets_in

# Lambda guide, "Using Lambda with Amazon SQS", "Execution role permissions".
NEEDED_OF_QUEUES = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


@rule("lambda", "CreateEventSourceMapping")
def refuse_queues_that_would_not_work(call: Call) -> None:
    source = call.parameters.get("EventSourceArn", "")
    if not source.startswith("arn:aws:sqs:"):
        return
    function = call.client("lambda").get_function_configuration(
        FunctionName=name_of(call.parameters["FunctionName"])
    )
    _refuse_short_visibility(call, source, int(function["Timeout"]))
    for action in NEEDED_OF_QUEUES:
        refuse_role_without(call, function["Role"], f"sqs:{action}", source)


def _refuse_short_visibility(call: Call, queue: str, timeout: int) -> None:
    client = call.client("sqs")
    address = client.get_queue_url(QueueName=queue.rsplit(":", 1)[1])["QueueUrl"]
    attributes = client.get_queue_attributes(QueueUrl=address, AttributeNames=["All"])
    visibility = int(attributes["Attributes"]["VisibilityTimeout"])
    if visibility < timeout:
        # The same page, "Configuring a queue to use as an event source"; recorded in many issues.
        raise Refused(
            "InvalidParameterValueException",
            f"Queue visibility timeout: {visibility} seconds is less than Function timeout: "
            f"{timeout} seconds",
        )


# --- Buckets --------------------------------------------------------------------------------------


@rule("s3", "PutBucketNotificationConfiguration")
def refuse_functions_that_s3_may_not_invoke(call: Call) -> None:
    # S3 guide, "Granting permissions to publish event notification messages to a destination".
    source = f"arn:aws:s3:::{call.parameters['Bucket']}"
    for configuration in _of_functions(call):
        function = configuration["LambdaFunctionArn"]
        if not lets_in(call.client("lambda"), function, "s3", source):
            raise Refused(
                "InvalidArgument",
                "Unable to validate the following destination configurations",
            )


@rule("s3", "PutBucketNotificationConfiguration")
def refuse_overlaps(call: Call) -> None:
    # S3 guide, "Event notification types and destinations", "Examples of invalid prefix and suffix
    # overlapping". A bucket has one configuration: each put replaces it as a whole.
    configurations = [
        item
        for kind in ("LambdaFunction", "Queue", "Topic")
        for item in call.parameters["NotificationConfiguration"].get(f"{kind}Configurations", [])
    ]
    for one, other in combinations(configurations, 2):
        if _share_events(one["Events"], other["Events"]) and _overlap(one, other):
            raise Refused(
                "InvalidArgument",
                "Configurations overlap. Configurations on the same bucket cannot share a common "
                "event type.",
            )


def _of_functions(call: Call) -> list[dict[str, Any]]:
    configuration = call.parameters["NotificationConfiguration"]
    return list(configuration.get("LambdaFunctionConfigurations", []))


def _share_events(some: list[str], others: list[str]) -> bool:
    return any(
        one == other
        or (one.endswith("*") and other.startswith(one[:-1]))
        or (other.endswith("*") and one.startswith(other[:-1]))
        for one in some
        for other in others
    )


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    (prefix, suffix), (other_prefix, other_suffix) = _filter(one), _filter(other)
    return (prefix.startswith(other_prefix) or other_prefix.startswith(prefix)) and (
        suffix.endswith(other_suffix) or other_suffix.endswith(suffix)
    )


def _filter(configuration: Mapping[str, Any]) -> tuple[str, str]:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    values = {item["Name"].lower(): item["Value"] for item in rules}
    return values.get("prefix", ""), values.get("suffix", "")
