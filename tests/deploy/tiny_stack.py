"""A small stack that is created faster than the café's."""

import json
from typing import Any

from tests.deploy.clients import client_of

NAME = "tiny"
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "first"}}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "second"}}
# Needs the topic.
POLICY = {
    "Type": "AWS::SNS::TopicPolicy",
    "Properties": {
        "Topics": [{"Ref": "Topic"}],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": []},
    },
}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "third"}}


def client() -> Any:
    return client_of("cloudformation")


def body(**resources: Any) -> dict[str, Any]:
    return {"Resources": resources}


def create(template: dict[str, Any], **parameters: str) -> str:
    write(client().create_stack, template, parameters)
    return status()


def update(template: dict[str, Any], **parameters: str) -> str:
    write(client().update_stack, template, parameters)
    return status()


def write(action: Any, template: dict[str, Any], parameters: dict[str, str]) -> None:
    action(
        StackName=NAME,
        TemplateBody=json.dumps(template, ensure_ascii=False),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    )


def stack() -> dict[str, Any]:
    [found] = client().describe_stacks(StackName=NAME)["Stacks"]
    return dict(found)


def status() -> str:
    return str(stack()["StackStatus"])


def delete() -> str:
    stack_id = stack()["StackId"]
    client().delete_stack(StackName=NAME)
    return str(client().describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"])


def standing() -> set[str]:
    """Return which of the resources of these tests are there, by their names."""
    return {
        *(item["TopicArn"].split(":")[-1] for item in of("sns").list_topics()["Topics"]),
        *(url.split("/")[-1] for url in of("sqs").list_queues().get("QueueUrls", [])),
        *(item["Name"] for item in of("s3").list_buckets()["Buckets"]),
    }


def of(service: str) -> Any:
    return client_of(service)
