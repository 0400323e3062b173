"""Applies the rules of a call to the stack resource for which CloudFormation makes that call."""

from collections.abc import Callable
from typing import Any

from tests.deploy.clients import client_of
from tests.deploy.strict_aws.calls import Call, Refused, check
from tests.deploy.strict_aws.facts import AccountFacts

Properties = dict[str, Any]
Translate = Callable[[Properties, str], Properties]
# The service, the operation, and its parameters from a resource's properties and physical name.
CALLS_OF: dict[str, tuple[str, str, Translate]] = {
    # stand_ins.py makes the others by boto3, where calls.py sees them.
    "AWS::Events::Rule": ("events", "PutRule", lambda item, name: {"Name": name} | item),
    "AWS::Lambda::Function": (
        "lambda",
        "CreateFunction",
        lambda item, name: {"FunctionName": name} | item,
    ),
    # Zappa's own stack makes its API of these.
    "AWS::ApiGateway::Method": (
        "apigateway",
        "PutIntegration",
        lambda item, _name: {"credentials": item.get("Integration", {}).get("Credentials", "")},
    ),
    "AWS::S3::Bucket": ("s3", "CreateBucket", lambda _item, name: {"Bucket": name}),
    "AWS::SQS::Queue": ("sqs", "CreateQueue", lambda _item, name: {"QueueName": name}),
    "AWS::SNS::Topic": ("sns", "CreateTopic", lambda _item, name: {"Name": name}),
    "AWS::EC2::SecurityGroup": (
        "ec2",
        "CreateSecurityGroup",
        lambda item, _name: {"Description": item["GroupDescription"]},
    ),
    "AWS::EC2::SecurityGroupIngress": (
        "ec2",
        "AuthorizeSecurityGroupIngress",
        lambda item, _name: {"IpPermissions": [item]},
    ),
    "AWS::RDS::DBParameterGroup": (
        "rds",
        "ModifyDBParameterGroup",
        lambda item, _name: {
            "Family": item["Family"],
            "Parameters": [
                {"ParameterName": key, "ParameterValue": str(value)}
                for key, value in item.get("Parameters", {}).items()
            ],
        },
    ),
    "AWS::Lambda::EventSourceMapping": (
        "lambda",
        "CreateEventSourceMapping",
        lambda item, _name: item,
    ),
    "AWS::SNS::Subscription": ("sns", "Subscribe", lambda item, _name: item),
    "AWS::StepFunctions::StateMachine": (
        "stepfunctions",
        "CreateStateMachine",
        lambda item, _name: {"roleArn": item.get("RoleArn", "")},
    ),
}


RULES_OF_GROUP: tuple[str, str, Translate] = (
    "ec2",
    "AuthorizeSecurityGroupEgress",
    lambda item, _name: {
        "IpPermissions": [
            *item.get("SecurityGroupEgress", []),
            *item.get("SecurityGroupIngress", []),
        ]
    },
)


def check_resource(template: dict[str, Any], name: str, region: str, facts: AccountFacts) -> None:
    """Raise Refused if AWS would not make a resource as its properties are now."""
    kind, properties = template["Type"], template["Properties"]
    if kind == "AWS::EC2::VPCEndpoint":
        _refuse_zone(properties, facts)
    calls = [CALLS_OF[kind]] if kind in CALLS_OF else []
    if kind == "AWS::EC2::SecurityGroup":
        calls.append(RULES_OF_GROUP)
    for service, operation, translate in calls:
        check(Call(service, operation, translate(properties, name), region, facts))


def _refuse_zone(properties: Properties, facts: AccountFacts) -> None:
    service = properties["ServiceName"].split(".")[-1]
    zones = (facts.endpoint_zones or {}).get(service)
    if zones is None or properties.get("VpcEndpointType") != "Interface":
        return
    found = client_of("ec2").describe_subnets(SubnetIds=properties["SubnetIds"])["Subnets"]
    for subnet in found:
        if subnet["AvailabilityZone"] not in zones:
            # VPC guide, "Access an AWS service using an interface VPC endpoint": a subnet's zone
            # has to be one of the service's.
            raise Refused(
                "InvalidParameter",
                f"The VPC endpoint service {properties['ServiceName']} does not support the "
                f"availability zone of the subnet: {subnet['SubnetId']}.",
            )
