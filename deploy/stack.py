"""The outputs of the stack, and zappa_settings.json made from them.

Functions are pure or take a boto3 session: nothing is read from this machine.
"""

import copy
from collections.abc import Mapping
from typing import Any

from deploy.limits import find_apis

NAME = "cafe"
# After a failed update, the stack is rolled back to its earlier state.
STANDING = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
# States of a failed creation: the stack was never complete and has no data.
NEVER_STOOD = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")


class NoStack(Exception):
    """The stack does not exist or is not in a usable state; the message says which."""


def read_outputs(session: Any, name: str = NAME) -> dict[str, str]:
    """Return the outputs of a complete stack, with the site's address if there is one."""
    from botocore.exceptions import ClientError

    try:
        [stack] = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        raise NoStack(
            f"There is no stack {name!r} in {session.region_name}: create it from "
            f"deploy/cloud.yaml first. ({error})"
        ) from error
    if stack["StackStatus"] not in STANDING:
        raise NoStack(
            f"The stack {name!r} is in state {stack['StackStatus']}; wait until it is complete, "
            "or correct what its events name."
        )
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    if "SiteUrl" not in outputs and (apis := find_apis(session)):
        # CloudFormation may ignore an update that changes only outputs.
        outputs["SiteUrl"] = api_url(session, apis[0])
    return outputs


def api_url(session: Any, api_id: str) -> str:
    """Return the address of the web stage of an API."""
    endpoint = session.client("apigateway").meta.endpoint_url
    suffix = endpoint.split(f".{session.region_name}.", 1)[1]
    return f"https://{api_id}.execute-api.{session.region_name}.{suffix}/web"


def find_s3_prefix_list(session: Any) -> str:
    """Return the id of S3's prefix list in the session's region, for the parameter
    S3PrefixListId."""
    name = f"com.amazonaws.{session.region_name}.s3"
    found = session.client("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": [name]}]
    )["PrefixLists"]
    if len(found) != 1:
        raise NoStack(f"EC2 knows {len(found)} prefix lists called {name}, not one.")
    return str(found[0]["PrefixListId"])


def zappa_settings(settings: Mapping[str, Any], outputs: Mapping[str, str]) -> dict[str, Any]:
    """Return zappa_settings.json with the values of the stack.

    The ids in the file are examples, which the outputs replace.
    """
    made: dict[str, Any] = copy.deepcopy(dict(settings))
    bucket = outputs["SettingsBucketName"]
    made["base"] |= {
        "aws_region": outputs["Region"],
        "s3_bucket": bucket,
        "remote_env": f"s3://{bucket}/environment.json",
        "vpc_config": {
            "SubnetIds": outputs["FunctionSubnetIds"].split(","),
            "SecurityGroupIds": [outputs["FunctionSecurityGroupId"]],
        },
    }
    made["web"]["role_name"] = outputs["WebRoleName"]
    # Without a way to Lambda, every checkout would wait for a timeout.
    made["web"]["aws_environment_variables"]["BACKGROUND"] = outputs["Background"]
    made["reports"]["role_name"] = outputs["ReportsRoleName"]
    made["reports"]["dead_letter_arn"] = outputs["FailedRunsArn"]
    for event in made["reports"]["events"]:
        if "event_source" in event:
            event["event_source"]["arn"] = outputs["TopicArn"]
    return made
