"""The check that the fixed names of deploy/cloud.yaml are free before the stack is created.

If a name is in use, CloudFormation fails after a quarter of an hour. It is left over from an
earlier deployment, or belongs to another café: roles are shared by all regions of an account.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from deploy.account.account import Account
from deploy.account.lines import Line, note, ok, stop
from deploy.account.refusals import find
from deploy.cloudformation import find_stack
from deploy.stack import NAME, STANDING
from deploy.template import put_in, read_template

SUBJECT, API = "names", "API's stack"
# Named resources that are created only with a parameter.
ASKED_FOR = {"HasImageRepository": "ImageRepository", "HasWebAcl": "WebAcl"}
FIRST = "If no other deployment in this account uses it:"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: the property with its name, how to find it, and how to delete it."""

    noun: str
    name_property: str
    is_taken: Callable[[Account, str], bool]
    removal: str


def _has_role(account: Account, name: str) -> bool:
    return find(account.session.client("iam").get_role, RoleName=name) is not None


def _has_topic(account: Account, name: str) -> bool:
    # The partition differs in China and in government clouds.
    partition = account.identity["Arn"].split(":")[1]
    arn = f"arn:{partition}:sns:{account.region}:{account.identity['Account']}:{name}"
    return find(account.session.client("sns").get_topic_attributes, TopicArn=arn) is not None


def _has_queue(account: Account, name: str) -> bool:
    return find(account.session.client("sqs").get_queue_url, QueueName=name) is not None


def _has_log_group(account: Account, name: str) -> bool:
    # Only a prefix can be searched, so /aws/lambda/cafe-web-next would match as well.
    found = account.session.client("logs").describe_log_groups(logGroupNamePrefix=name)
    return any(group["logGroupName"] == name for group in found["logGroups"])


def _has_secret(account: Account, name: str) -> bool:
    # A secret that is scheduled for deletion keeps its name until then.
    client = account.session.client("secretsmanager")
    return find(client.describe_secret, SecretId=name) is not None


def _has_alarm(account: Account, name: str) -> bool:
    found = account.session.client("cloudwatch").describe_alarms(AlarmNames=[name])
    return bool(found["MetricAlarms"])


def _has_registry(account: Account, name: str) -> bool:
    client = account.session.client("ecr")
    return find(client.describe_repositories, repositoryNames=[name]) is not None


def _has_firewall(account: Account, name: str) -> bool:
    found = account.session.client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
    return any(item["Name"] == name for item in found)


def _has_bucket(account: Account, name: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        return find(account.session.client("s3").head_bucket, Bucket=name) is not None
    except ClientError as error:
        # Bucket names are global: another account's bucket answers 403, or 301 in another region.
        if error.response["ResponseMetadata"].get("HTTPStatusCode") in (301, 403):
            return True
        raise


def _has_function(account: Account, name: str) -> bool:
    client = account.session.client("lambda")
    return find(client.get_function_configuration, FunctionName=name) is not None


KINDS = {
    "AWS::IAM::Role": Kind(
        "role",
        "RoleName",
        _has_role,
        "delete it in IAM, Roles, with its policies",
    ),
    "AWS::SNS::Topic": Kind(
        "topic",
        "TopicName",
        _has_topic,
        "delete it in SNS, Topics; its subscriptions go with it",
    ),
    "AWS::SQS::Queue": Kind(
        "queue",
        "QueueName",
        _has_queue,
        "delete it in SQS, Queues, and wait a minute until its name is free",
    ),
    "AWS::Logs::LogGroup": Kind(
        "log group",
        "LogGroupName",
        _has_log_group,
        "`aws logs delete-log-group --log-group-name {name}`",
    ),
    "AWS::SecretsManager::Secret": Kind(
        "secret",
        "Name",
        _has_secret,
        "`aws secretsmanager delete-secret --secret-id {name} --force-delete-without-recovery`. "
        "First check that it is not the password of a snapshot that you want to restore",
    ),
    "AWS::CloudWatch::Alarm": Kind(
        "alarm",
        "AlarmName",
        _has_alarm,
        "`aws cloudwatch delete-alarms --alarm-names {name}`",
    ),
    "AWS::ECR::Repository": Kind(
        "registry",
        "RepositoryName",
        _has_registry,
        "`aws ecr delete-repository --repository-name {name}`, once it is empty",
    ),
    "AWS::WAFv2::WebACL": Kind(
        "firewall",
        "Name",
        _has_firewall,
        "delete it in WAF & Shield, Web ACLs",
    ),
    "AWS::S3::Bucket": Kind(
        "bucket",
        "BucketName",
        _has_bucket,
        "bucket names are global: choose another one in deploy/cloud.yaml",
    ),
}
FUNCTION = Kind(
    "function",
    "FunctionName",
    _has_function,
    "`aws lambda delete-function --function-name {name}`",
)


def look_at_names(account: Account) -> list[Line]:
    if account.may_own_names:
        return [ok(SUBJECT, f"they are the stack {NAME}'s own")]
    names = [*fixed_names(account), *((FUNCTION, f"cafe-{stage}") for stage in account.stages)]
    taken = [
        stop(
            SUBJECT,
            f"the {kind.noun} {name} exists, and the stack {NAME} does not",
            f"{FIRST} {kind.removal.format(name=name)}.",
        )
        for kind, name in names
        if kind.is_taken(account, name)
    ]
    return taken or [ok(SUBJECT, f"{len(names)} fixed names are free; {_told_of_buckets(names)}")]


def fixed_names(account: Account) -> Iterator[tuple[Kind, str]]:
    """Yield the fixed names in the template, in its order.

    Parameters in a name are replaced by their values; names that only AWS knows are left out.
    """
    parameters = {name: account.parameter(name) for name in read_template()["Parameters"]}
    values = parameters | {
        "AWS::Region": account.region,
        "AWS::AccountId": account.identity["Account"],
    }
    for resource in read_template()["Resources"].values():
        kind = KINDS.get(resource["Type"])
        name = resource.get("Properties", {}).get(kind.name_property) if kind else None
        if kind is None or name is None or not _is_made(account, resource):
            continue
        if isinstance(made := put_in(name, values), str) and "${" not in made:
            yield kind, made


def _is_made(account: Account, resource: dict[str, Any]) -> bool:
    asked_for = ASKED_FOR.get(resource.get("Condition", ""))
    return asked_for is None or account.parameter(asked_for) == "yes"


def _told_of_buckets(names: list[tuple[Kind, str]]) -> str:
    if any(kind.noun == "bucket" for kind, _name in names):
        return "buckets among them"
    return "the buckets' names are made by CloudFormation"


def look_at_api_stacks(account: Account) -> list[Line]:
    """Check Zappa's own stacks: a half-created one can be neither updated nor created."""
    lines = []
    for stage, settings in account.stages.items():
        if not settings.get("apigateway_enabled", True):
            continue
        found = find_stack(account.session, f"cafe-{stage}")
        if found is None:
            lines.append(ok(API, f"there is no stack cafe-{stage} yet"))
        elif found["StackStatus"] in STANDING:
            lines.append(ok(API, f"cafe-{stage} is in state {found['StackStatus']}"))
        else:
            lines.append(_half_made(f"cafe-{stage}", found["StackStatus"]))
    return lines


def _half_made(name: str, status: str) -> Line:
    found = f"{name} is in state {status}"
    if status.endswith("IN_PROGRESS"):
        return stop(API, found, "Wait until it is done, and run this again.")
    return note(
        API,
        found,
        "The next deployment creates it again. Until then, the site's address does not work.",
    )
