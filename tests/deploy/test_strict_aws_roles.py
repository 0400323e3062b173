"""Tests of the stand-in's roles: one call refused, one allowed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.deploy.bare_account import code_of, make_function, make_role
from tests.deploy.strict_aws import AccountFacts
from tests.deploy.tiny_stack import body, create, of


def put_rule(role: str) -> Any:
    return of("events").put_rule(Name="x", ScheduleExpression="rate(1 day)", RoleArn=role)


def put_targets(role: str) -> Any:
    of("events").put_rule(Name="x", ScheduleExpression="rate(1 day)")
    target = {"Id": "1", "Arn": "arn:aws:sqs:eu-central-1:123456789012:x", "RoleArn": role}
    return of("events").put_targets(Rule="x", Targets=[target])


def put_integration(role: str) -> Any:
    client = of("apigateway")
    api_id = client.create_rest_api(name="x")["id"]
    [root] = client.get_resources(restApiId=api_id)["items"]
    method = {"restApiId": api_id, "resourceId": root["id"], "httpMethod": "ANY"}
    client.put_method(**method, authorizationType="NONE")
    return client.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri="arn:aws:apigateway:eu-central-1:lambda:path/x",
        credentials=role,
    )


def create_machine(role: str) -> Any:
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    return of("stepfunctions").create_state_machine(
        name="x", definition=json.dumps(definition), roleArn=role
    )


def create_schedule(role: str) -> Any:
    return of("scheduler").create_schedule(
        Name="x",
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:sqs:eu-central-1:123456789012:x", "RoleArn": role},
    )


def create_stack(role: str) -> Any:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {}}
    return of("cloudformation").create_stack(
        StackName="x", TemplateBody=json.dumps(body(Topic=topic)), RoleARN=role
    )


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("action", "service", "code"),
    [
        (put_rule, "events", "ValidationException"),
        (put_targets, "events", "ValidationException"),
        (make_function, "lambda", "InvalidParameterValueException"),
        (put_integration, "apigateway", "BadRequestException"),
        (create_machine, "states", "AccessDeniedException"),
        (create_schedule, "scheduler", "ValidationException"),
        (create_stack, "cloudformation", "ValidationError"),
    ],
)
def test_a_service_takes_a_role_that_trusts_it(
    action: Callable[[str], Any], service: str, code: str
) -> None:
    other = make_role("ec2", name="other")
    trusting = make_role("ec2", service, name="trusting")

    refused = [code_of(lambda role=role: action(role)) for role in (other, f"{other}-missing")]

    assert refused == [code, code]
    assert code_of(lambda: action(trusting)) == ""


@pytest.mark.usefixtures("facts")
def test_a_rule_says_which_role_it_cannot_take() -> None:
    role = make_role("lambda")

    with pytest.raises(
        ClientError,
        match=f"Provided role '{role}' cannot be assumed by principal 'events.amazonaws.com'",
    ):
        put_rule(role)


@pytest.mark.usefixtures("facts")
def test_a_functions_role_is_looked_at_when_it_is_exchanged() -> None:
    role, other = make_role("lambda"), make_role("events", name="other")
    make_function(role)
    client = of("lambda")

    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        client.update_function_configuration(FunctionName="x", Role=other)
    client.update_function_configuration(FunctionName="x", Role=role, Timeout=9)

    assert client.get_function_configuration(FunctionName="x")["Timeout"] == 9


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("service", "end"), [("lambda", "ROLLBACK_COMPLETE"), ("apigateway", "CREATE_COMPLETE")]
)
def test_an_api_that_a_stack_makes_takes_a_role_that_trusts_it(service: str, end: str) -> None:
    role = make_role(service)
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "x"}}
    method = {
        "Type": "AWS::ApiGateway::Method",
        "Properties": {
            "RestApiId": {"Ref": "Api"},
            "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
            "HttpMethod": "ANY",
            "AuthorizationType": "NONE",
            "Integration": {
                "Type": "AWS_PROXY",
                "IntegrationHttpMethod": "POST",
                "Uri": "arn:aws:apigateway:eu-central-1:lambda:path/x",
                "Credentials": role,
            },
        },
    }

    assert create(body(Api=api, Method=method)) == end


def test_a_caller_that_may_pass_no_role_passes_none(facts: AccountFacts) -> None:
    role = make_role("lambda", "events")
    actions = (lambda: make_function(role), lambda: put_rule(role))

    facts.may_pass_roles = False
    refused = [code_of(action) for action in actions]
    facts.may_pass_roles = True

    assert refused == ["AccessDeniedException", "AccessDeniedException"]
    assert [code_of(action) for action in actions] == ["", ""]
