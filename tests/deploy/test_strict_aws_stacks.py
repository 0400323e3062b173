"""Tests of the stand-in's stacks: what a failure leaves, at a creation and a deletion."""

import json

import pytest
from botocore.exceptions import ClientError, WaiterError

from deploy.cloudformation import newest_attempt
from tests.deploy.account import databases, inventory
from tests.deploy.cloud import Cloud
from tests.deploy.strict_aws import FIRST_DAY, ORDINARY, AccountFacts
from tests.deploy.tiny_stack import (
    BUCKET,
    NAME,
    POLICY,
    QUEUE,
    TOPIC,
    body,
    client,
    create,
    delete,
    of,
    stack,
    standing,
    status,
)

# --- Creation -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("facts")
def test_a_stack_is_made_whole() -> None:
    found = create(body(Topic=TOPIC, Queue=QUEUE))

    client().get_waiter("stack_create_complete").wait(StackName=NAME)
    assert (found, standing()) == ("CREATE_COMPLETE", {"first", "second"})


def test_a_creation_that_fails_leaves_nothing(facts: AccountFacts) -> None:
    facts.refusing["Queue"] = "no queue today"

    found = create(body(Topic=TOPIC, Queue=QUEUE))

    assert (found, standing()) == ("ROLLBACK_COMPLETE", set())
    with pytest.raises(WaiterError):
        client().get_waiter("stack_create_complete").wait(StackName=NAME)
    assert newest_attempt(client(), NAME)[0] == "Queue: no queue today"
    assert client().list_stack_resources(StackName=NAME)["StackResourceSummaries"] == []
    assert "Outputs" not in stack()


def test_what_needs_the_one_that_failed_is_never_made_and_the_others_are_cancelled(
    facts: AccountFacts,
) -> None:
    facts.refusing["Topic"] = "no topic today"

    create(body(Topic=TOPIC, Policy=POLICY, Queue=QUEUE))

    events = client().describe_stack_events(StackName=NAME)["StackEvents"]
    told = [(event["LogicalResourceId"], event["ResourceStatus"]) for event in reversed(events)]
    assert told == [
        (NAME, "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_FAILED"),
        ("Queue", "CREATE_IN_PROGRESS"),
        ("Queue", "CREATE_FAILED"),
        (NAME, "ROLLBACK_IN_PROGRESS"),
        ("Queue", "DELETE_IN_PROGRESS"),
        ("Queue", "DELETE_COMPLETE"),
        (NAME, "ROLLBACK_COMPLETE"),
    ]


@pytest.mark.parametrize(
    ("policy", "left", "left_at_last"),
    [
        ("Delete", set(), set()),
        ("Retain", {"third"}, {"third"}),
        ("RetainExceptOnCreate", set(), {"third"}),
    ],
)
def test_a_policy_says_what_outlives_its_stack(
    policy: str, left: set[str], left_at_last: set[str], facts: AccountFacts
) -> None:
    template = body(Bucket=BUCKET | {"DeletionPolicy": policy}, Queue=QUEUE)
    facts.refusing["Queue"] = "no queue today"
    create(template)
    after_rollback = standing()
    delete()
    facts.refusing.clear()
    if left:
        of("s3").delete_bucket(Bucket="third")

    created = create(template)
    deleted = delete()

    assert after_rollback == left
    assert (created, deleted) == ("CREATE_COMPLETE", "DELETE_COMPLETE")
    assert standing() == left_at_last


def test_a_protected_database_stops_the_rollback_and_what_it_needs_stays(cloud: Cloud) -> None:
    cloud.facts.refusing["MailInterface"] = "not in this zone"

    status = cloud.try_to_create()

    failures = cloud.failures()
    assert status == "ROLLBACK_FAILED"
    assert failures[0] == "MailInterface CREATE_FAILED: not in this zone"
    assert "Database DELETE_FAILED" in failures[-2]
    assert "please disable deletion protection" in failures[-2]
    left = inventory(cloud)
    assert len(left["databases"]) == len(left["database subnets"]) == 1
    assert (left["topics"], left["alarms"], left["roles"]) == ([], [], [])


def test_without_protection_the_whole_stack_goes_back(cloud: Cloud) -> None:
    before = inventory(cloud)
    cloud.facts.refusing["MailInterface"] = "not in this zone"

    status = cloud.try_to_create(DatabaseDeletionProtection="false")

    after = inventory(cloud)
    assert status == "ROLLBACK_COMPLETE"
    assert databases(cloud) == []
    assert {name for name in after if after[name] != before[name]} == {"snapshots"}


@pytest.mark.usefixtures("facts")
def test_a_name_is_taken_once() -> None:
    create(body(Topic=TOPIC))

    with pytest.raises(ClientError, match="AlreadyExistsException"):
        create(body(Topic=TOPIC))


# --- Deletion -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("facts")
def test_a_bucket_that_is_not_empty_stops_the_deletion_and_nothing_else() -> None:
    create(body(Topic=TOPIC, Bucket=BUCKET))
    of("s3").put_object(Bucket="third", Key="x", Body=b"x")

    found = delete()

    assert (found, standing()) == ("DELETE_FAILED", {"third"})
    assert "The bucket you tried to delete is not empty" in newest_attempt(client(), NAME)[0]
    with pytest.raises(WaiterError):
        client().get_waiter("stack_delete_complete").wait(StackName=NAME)


# --- What it reads before -------------------------------------------------------------------------


@pytest.mark.usefixtures("facts")
def test_a_template_comes_back_without_what_is_not_ascii() -> None:
    create(body(Topic=TOPIC) | {"Description": "A café"})

    template = client().get_template(StackName=NAME)["TemplateBody"]

    assert template["Description"] == "A caf?"


@pytest.mark.usefixtures("facts")
def test_a_body_may_have_so_many_bytes_and_no_more() -> None:
    longest = 51_200 - len(json.dumps(body(Topic=TOPIC) | {"Description": ""}))

    with pytest.raises(ClientError, match="less than or equal to 51200"):
        create(body(Topic=TOPIC) | {"Description": "x" * (longest + 1)})

    assert create(body(Topic=TOPIC) | {"Description": "x" * longest}) == "CREATE_COMPLETE"


@pytest.mark.usefixtures("facts")
def test_a_role_with_a_name_needs_the_capability() -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": "x", "AssumeRolePolicyDocument": {"Statement": []}},
    }
    template = json.dumps(body(Role=role))

    with pytest.raises(ClientError, match="Requires capabilities"):
        client().create_stack(
            StackName=NAME, TemplateBody=template, Capabilities=["CAPABILITY_IAM"]
        )
    client().create_stack(
        StackName=NAME, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
    )

    assert status() == "CREATE_COMPLETE"


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"Number": "1", "Word": "a", "Other": "x"}, r"\[Other\] do not exist in the template"),
        ({"Number": "1"}, r"Parameters: \[Word\] must have values"),
        ({"Number": "0", "Word": "a"}, "'Number' must be a number not less than 1"),
        ({"Number": "3", "Word": "a"}, "'Number' must be a number not greater than 2"),
        ({"Number": "x", "Word": "a"}, "'Number' must be a number"),
        ({"Number": "1", "Word": "c"}, "'Word' must be one of AllowedValues"),
        ({"Number": "1", "Word": "b"}, "must match pattern a"),
    ],
)
def test_parameters_are_held_against_the_template(given: dict[str, str], sentence: str) -> None:
    template = body(Topic=TOPIC) | {
        "Parameters": {
            "Number": {"Type": "Number", "MinValue": 1, "MaxValue": 2},
            "Word": {"Type": "String", "AllowedValues": ["a", "b"], "AllowedPattern": "a"},
        }
    }

    with pytest.raises(ClientError, match=sentence):
        create(template, **given)

    assert create(template, Number="1", Word="a") == "CREATE_COMPLETE"


@pytest.mark.usefixtures("facts")
def test_resources_that_need_each_other_are_refused() -> None:
    first, second = TOPIC | {"DependsOn": "Queue"}, QUEUE | {"DependsOn": "Topic"}

    with pytest.raises(ClientError, match="Circular dependency between resources"):
        create(body(Topic=first, Queue=second))

    assert create(body(Topic=TOPIC, Queue=second)) == "CREATE_COMPLETE"


# --- Facts ----------------------------------------------------------------------------------------


def test_an_account_may_grow_up(facts: AccountFacts) -> None:
    facts.become(FIRST_DAY)
    facts.refusing["Topic"] = "no topic today"
    first = create(body(Topic=TOPIC))
    delete()

    facts.become(ORDINARY)

    assert (first, create(body(Topic=TOPIC))) == ("ROLLBACK_COMPLETE", "CREATE_COMPLETE")
    assert (ORDINARY, FIRST_DAY.refusing) == (AccountFacts(), {})


def test_an_endpoint_stands_where_its_service_is_to_be_had(cloud: Cloud) -> None:
    cloud.facts.endpoint_zones = {"email-smtp": {"eu-central-1b"}}

    first = cloud.try_to_create(DatabaseDeletionProtection="false")
    told = cloud.failures()[0]
    cloud.delete()
    cloud.facts.endpoint_zones = {"email-smtp": {"eu-central-1a"}}
    cloud.create()

    assert first == "ROLLBACK_COMPLETE"
    assert "email-smtp does not support the availability zone of the subnet" in told
