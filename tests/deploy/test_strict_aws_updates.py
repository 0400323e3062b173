"""Tests of the stand-in's stacks: what an update does, and what brings it back."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from deploy.cloudformation import newest_attempt
from tests.deploy.strict_aws import ORDINARY, AccountFacts
from tests.deploy.tiny_stack import (
    BUCKET,
    NAME,
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
    update,
)


def test_an_update_that_fails_brings_back_what_was(facts: AccountFacts) -> None:
    slots = {"Parameters": {"Seconds": {"Type": "Number", "Default": 40}}}
    queue = {
        **QUEUE,
        "Properties": {"QueueName": "second", "VisibilityTimeout": {"Ref": "Seconds"}},
    }
    outputs = {"Outputs": {"Delay": {"Value": {"Ref": "Seconds"}}}}
    create(body(Queue=queue) | slots | outputs)
    before = stack()
    facts.refusing["Topic"] = "no topic today"

    found = update(body(Queue=queue, Topic=TOPIC) | slots | outputs, Seconds="50")

    address = of("sqs").get_queue_url(QueueName="second")["QueueUrl"]
    attributes = of("sqs").get_queue_attributes(QueueUrl=address, AttributeNames=["All"])
    assert (found, standing()) == ("UPDATE_ROLLBACK_COMPLETE", {"second"})
    assert attributes["Attributes"]["VisibilityTimeout"] == "40"
    assert stack() | {"StackStatus": ""} == before | {"StackStatus": ""}
    assert "Topic" not in json.dumps(client().get_template(StackName=NAME)["TemplateBody"])
    assert newest_attempt(client(), NAME)[0] == "Topic: no topic today"
    with pytest.raises(WaiterError):
        client().get_waiter("stack_update_complete").wait(StackName=NAME)


@pytest.mark.usefixtures("facts")
def test_an_update_makes_changes_and_removes() -> None:
    create(body(Topic=TOPIC, Queue=QUEUE))

    found = update(body(Topic=TOPIC, Bucket=BUCKET))

    assert (found, standing()) == ("UPDATE_COMPLETE", {"first", "third"})


def group(**parameters: str) -> dict[str, Any]:
    properties = {"Description": "x", "Family": "mariadb10.11", "Parameters": parameters}
    return {"Type": "AWS::RDS::DBParameterGroup", "Properties": properties}


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("value", "end", "held"),
    [("80", "UPDATE_COMPLETE", "80"), ("0", "UPDATE_ROLLBACK_COMPLETE", "60")],
)
def test_a_databases_parameters_are_changed_or_stay(value: str, end: str, held: str) -> None:
    create(body(Group=group(max_connections="60")))

    found = update(body(Group=group(max_connections=value)))

    [made] = of("rds").describe_db_parameter_groups()["DBParameterGroups"]
    [parameter] = of("rds").describe_db_parameters(
        DBParameterGroupName=made["DBParameterGroupName"]
    )["Parameters"]
    assert (found, parameter["ParameterValue"]) == (end, held)


@pytest.mark.usefixtures("facts")
def test_a_condition_that_changes_makes_and_removes() -> None:
    template = body(Topic=TOPIC, Queue=QUEUE | {"Condition": "Wanted"}) | {
        "Parameters": {"Want": {"Type": "String", "Default": "yes"}},
        "Conditions": {"Wanted": {"Fn::Equals": [{"Ref": "Want"}, "yes"]}},
    }
    create(template)

    update(template, Want="no")
    without = standing()
    update(template, Want="yes")

    assert (without, standing()) == ({"first"}, {"first", "second"})


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"Description": "Other words."},
        {"Resources": {"Bucket": BUCKET | {"DeletionPolicy": "Retain"}}},
    ],
    ids=["nothing", "description", "policy"],
)
def test_an_update_of_nothing_is_refused(change: dict[str, Any]) -> None:
    create(body(Bucket=BUCKET))

    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        update(body(Bucket=BUCKET) | change)


def test_an_output_alone_may_be_an_update_or_none(facts: AccountFacts) -> None:
    create(body(Topic=TOPIC))
    template = body(Topic=TOPIC) | {"Outputs": {"Name": {"Value": {"Ref": "Topic"}}}}

    facts.counts_changes_of_outputs = False
    with pytest.raises(ClientError, match=r"No updates are to be performed\."):
        update(template)
    facts.counts_changes_of_outputs = True

    assert update(template) == "UPDATE_COMPLETE"


@pytest.mark.parametrize("end", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_stack_that_does_not_stand_is_not_updated_but_deleted(
    end: str, facts: AccountFacts
) -> None:
    template = body(Bucket=BUCKET, Queue=QUEUE)
    if end != "DELETE_FAILED":
        facts.refusing["Queue"] = "no queue today"
    if end == "ROLLBACK_FAILED":
        facts.refusing_calls["s3:ListObjectVersions"] = "AccessDenied"
    create(template)
    if end == "DELETE_FAILED":
        of("s3").put_object(Bucket="third", Key="x", Body=b"x")
        delete()

    assert status() == end
    with pytest.raises(ClientError, match=f"is in {end} state and can not be updated"):
        update(template)
    facts.become(ORDINARY)
    if end == "DELETE_FAILED":
        of("s3").delete_object(Bucket="third", Key="x")
    assert (delete(), standing()) == ("DELETE_COMPLETE", set())


@pytest.mark.usefixtures("facts")
def test_a_budgets_subscribers_cannot_be_changed() -> None:
    def budget(address: str) -> dict[str, Any]:
        told = {"SubscriptionType": "EMAIL", "Address": address}
        limit = {"Amount": 1, "Unit": "USD"}
        budget = {"BudgetName": "x", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
        properties = {
            "Budget": budget | {"BudgetLimit": limit},
            "NotificationsWithSubscribers": [{"Subscribers": [told]}],
        }
        return {"Type": "AWS::Budgets::Budget", "Properties": properties}

    create(body(Budget=budget("olga@cafe.example")))

    found = update(body(Budget=budget("piet@cafe.example")))

    assert found == "UPDATE_ROLLBACK_COMPLETE"
    assert "the budget already exists" in newest_attempt(client(), NAME)[0]
