"""Rules for names and descriptions that neither botocore's models nor moto check."""

import re
from collections.abc import Iterator
from typing import Any

from tests.deploy.strict_aws.calls import Call, Refused, rule


@rule("s3", "CreateBucket")
def refuse_bucket_name(call: Call) -> None:
    # S3 guide, "General purpose bucket naming rules"; moto lets capitals through.
    name = call.parameters["Bucket"]
    is_plain = re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name)
    if not is_plain or ".." in name or re.fullmatch(r"[\d.]+", name) or name.startswith("xn--"):
        raise Refused("InvalidBucketName", "The specified bucket is not valid.")


@rule("ec2", "CreateSecurityGroup")
def refuse_group_description(call: Call) -> None:
    # EC2 API, CreateSecurityGroup; an apostrophe is none of these characters.
    _refuse_text(call.parameters["Description"], "security group description")


@rule("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def refuse_rule_descriptions(call: Call) -> None:
    # EC2 API, IpRange.
    for text in _descriptions(call.parameters.get("IpPermissions", [])):
        _refuse_text(text, "rule description")


def _descriptions(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _descriptions(item)
    elif isinstance(node, dict):
        yield from [node["Description"]] if "Description" in node else []
        yield from _descriptions([item for item in node.values() if isinstance(item, list)])


def _refuse_text(text: str, what: str) -> None:
    if not re.fullmatch(r"[a-zA-Z0-9. _:/()#,@\[\]+=&;{}!$*-]{0,255}", text):
        raise Refused(
            "InvalidParameterValue",
            f"Invalid {what}. Valid descriptions are strings less than 256 characters from the "
            r"following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
        )
