"""Resource types of deploy/cloud.yaml that moto's CloudFormation does not know.

moto (5.2) warns of such a type and makes nothing, so that neither an alarm nor a secret would be
there to look at. Each class below makes the resource by moto's own service, as CloudFormation
would. What moto has no service for, or what is only tied to something that Zappa makes, is Nothing.
"""

# ruff: noqa: ARG003 - the signatures are moto's, and not every kind of resource needs all of it.

import json
import re
from typing import Any

from botocore.exceptions import ClientError
from moto.core.common_models import CloudFormationModel

from tests.deploy.clients import client_of


class _StandIn(CloudFormationModel):
    """One resource by its physical name; subclasses say how it is put and removed."""

    def __init__(self, name: str, properties: dict[str, Any]) -> None:
        self.physical_resource_id = name
        self.properties = properties

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in ("Arn", "RegionalDomainName", "RegionalHostedZoneId")

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return f"{self.physical_resource_id}-{attribute_name}"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Any:
        properties = cloudformation_json.get("Properties", {})
        return cls(cls.put(resource_name, properties, account_id), properties)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        properties = cloudformation_json.get("Properties", {})
        cls.remove(original_resource.physical_resource_id, account_id)
        try:
            return cls(cls.put(new_resource_name, properties, account_id), properties)
        except ClientError:
            # CloudFormation leaves one that it could not change.
            cls.put(
                original_resource.physical_resource_id, original_resource.properties, account_id
            )
            raise

    @classmethod
    def delete_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str
    ) -> None:
        cls.remove(resource_name, account_id)

    def delete(self, account_id: str, region_name: str) -> None:
        self.remove(self.physical_resource_id, account_id)

    @classmethod
    def put(cls, name: str, properties: dict[str, Any], account: str) -> str:
        """Make it, and return its physical name."""
        return name

    @classmethod
    def remove(cls, name: str, account: str) -> None:
        """Take it away."""


class Alarm(_StandIn):
    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::CloudWatch::Alarm"

    @classmethod
    def put(cls, name: str, properties: dict[str, Any], account: str) -> str:
        client_of("cloudwatch").put_metric_alarm(
            **properties | {"Threshold": float(properties["Threshold"])}
        )
        return str(properties["AlarmName"])

    @classmethod
    def remove(cls, name: str, account: str) -> None:
        client_of("cloudwatch").delete_alarms(AlarmNames=[name])


class TopicPolicy(_StandIn):
    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SNS::TopicPolicy"

    @classmethod
    def put(cls, name: str, properties: dict[str, Any], account: str) -> str:
        for topic in properties["Topics"]:
            client_of("sns").set_topic_attributes(
                TopicArn=topic,
                AttributeName="Policy",
                AttributeValue=json.dumps(properties["PolicyDocument"]),
            )
        return name


class Secret(_StandIn):
    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SecretsManager::Secret"

    @classmethod
    def put(cls, name: str, properties: dict[str, Any], account: str) -> str:
        client, wanted = client_of("secretsmanager"), properties["GenerateSecretString"]
        password = client.get_random_password(
            PasswordLength=int(wanted["PasswordLength"]),
            ExcludePunctuation=wanted["ExcludePunctuation"],
        )["RandomPassword"]
        content = json.loads(wanted["SecretStringTemplate"]) | {
            wanted["GenerateStringKey"]: password
        }
        made = client.create_secret(Name=properties["Name"], SecretString=json.dumps(content))
        return str(made["ARN"])

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Any, *_: Any, **__: Any) -> Any:
        # As CloudFormation does: a password is generated once.
        return original_resource

    @classmethod
    def remove(cls, name: str, account: str) -> None:
        client_of("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


class Budget(_StandIn):
    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Budgets::Budget"

    @classmethod
    def put(cls, name: str, properties: dict[str, Any], account: str) -> str:
        budget = properties["Budget"]
        limit = budget["BudgetLimit"] | {"Amount": str(budget["BudgetLimit"]["Amount"])}
        client_of("budgets").create_budget(
            AccountId=account, Budget=budget | {"BudgetLimit": limit}
        )
        return str(budget["BudgetName"])

    @classmethod
    def remove(cls, name: str, account: str) -> None:
        client_of("budgets").delete_budget(AccountId=account, BudgetName=name)


class Firewall(_StandIn):
    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::WAFv2::WebACL"

    @classmethod
    def put(cls, name: str, properties: dict[str, Any], account: str) -> str:
        made = client_of("wafv2").create_web_acl(**properties)["Summary"]
        return f"{made['Name']}|{made['Id']}|{properties['Scope']}"

    @classmethod
    def remove(cls, name: str, account: str) -> None:
        client, (acl, acl_id, scope) = client_of("wafv2"), name.split("|")
        lock = client.get_web_acl(Name=acl, Scope=scope, Id=acl_id)["LockToken"]
        client.delete_web_acl(Name=acl, Scope=scope, Id=acl_id, LockToken=lock)


class Database(_StandIn):
    """moto's own drops the security group, the protection and the limit of growth, and fails on a
    parameter group. Like CloudFormation, this one leaves a snapshot behind.
    """

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::RDS::DBInstance"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in ("Endpoint.Address", "Endpoint.Port")

    def get_cfn_attribute(self, attribute_name: str) -> str:
        [found] = client_of("rds").describe_db_instances(
            DBInstanceIdentifier=self.physical_resource_id
        )["DBInstances"]
        return str(found["Endpoint"][attribute_name.removeprefix("Endpoint.")])

    @classmethod
    def put(cls, name: str, properties: dict[str, Any], account: str) -> str:
        # A Ref to what moto made is its object here, and a truth value is text.
        wanted = {
            key: {"true": True, "false": False}.get(str(value), getattr(value, "name", value))
            for key, value in properties.items()
        }
        wanted["VpcSecurityGroupIds"] = wanted.pop("VPCSecurityGroups")
        for key in ("MasterUsername", "MasterUserPassword"):
            wanted[key] = _from_secret(wanted[key])
        identifier = name.lower()
        client_of("rds").create_db_instance(DBInstanceIdentifier=identifier, **wanted)
        return identifier

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Any:
        client_of("rds").modify_db_instance(
            DBInstanceIdentifier=original_resource.physical_resource_id,
            DBInstanceClass=cloudformation_json["Properties"]["DBInstanceClass"],
            DeletionProtection=cloudformation_json["Properties"]["DeletionProtection"] == "true",
            AllocatedStorage=int(cloudformation_json["Properties"]["AllocatedStorage"]),
        )
        return original_resource

    # By its DeletionPolicy: strict_aws/resources.py says which one it has.
    leaves_snapshot = True

    def delete(self, account_id: str, region_name: str) -> None:
        name = self.physical_resource_id
        last = (
            {"FinalDBSnapshotIdentifier": f"{name}-final"}
            if self.leaves_snapshot
            else {"SkipFinalSnapshot": True}
        )
        client_of("rds").delete_db_instance(DBInstanceIdentifier=name, **last)


def _from_secret(reference: str) -> str:
    """Return what a dynamic reference leads to, which moto takes for a text."""
    found = re.fullmatch(r"\{\{resolve:secretsmanager:(.+):SecretString:(\w+)\}\}", reference)
    if not found:
        return reference
    secret = client_of("secretsmanager").get_secret_value(SecretId=found[1])
    return str(json.loads(secret["SecretString"])[found[2]])


class LogGroup(_StandIn):
    """moto's own keeps its first retention for ever, and outlives the stack."""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Logs::LogGroup"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        [found] = client_of("logs").describe_log_groups(
            logGroupNamePrefix=self.physical_resource_id
        )["logGroups"]
        return str(found["arn"])

    @classmethod
    def put(cls, name: str, properties: dict[str, Any], account: str) -> str:
        client, group = client_of("logs"), str(properties["LogGroupName"])
        client.create_log_group(logGroupName=group)
        client.put_retention_policy(
            logGroupName=group, retentionInDays=int(properties["RetentionInDays"])
        )
        return group

    @classmethod
    def remove(cls, name: str, account: str) -> None:
        client_of("logs").delete_log_group(logGroupName=name)


class Nothing(_StandIn):
    """A certificate, a domain and what ties them to Zappa's API: nothing to look at in moto.

    Nor a bucket's policy: moto applies one to everybody and without its conditions, so that "not
    in clear" shuts out everybody.
    """

    TYPES = (
        "AWS::S3::BucketPolicy",
        "AWS::CertificateManager::Certificate",
        "AWS::ApiGateway::DomainName",
        "AWS::ApiGateway::BasePathMapping",
        "AWS::WAFv2::WebACLAssociation",
    )

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SERVICE::RESOURCE"


STAND_INS = (Alarm, TopicPolicy, Secret, Budget, Firewall)


def known_types() -> dict[str, type[CloudFormationModel]]:
    """Return moto's own models by type, and the stand-ins for what it lacks."""
    # Subclasses of moto's base class would be taken for moto's own, these among them.
    own = {
        model.cloudformation_type(): model
        for model in CloudFormationModel.__subclasses__()
        if model.__module__.startswith("moto.")
    }
    lacking: dict[str, type[CloudFormationModel]] = {
        stand_in.cloudformation_type(): stand_in for stand_in in STAND_INS
    }
    lacking |= dict.fromkeys(Nothing.TYPES, Nothing)  # type: ignore[type-abstract]
    assert not own.keys() & lacking.keys(), "moto has learned a type: its stand-in can go."
    better: dict[str, Any] = {
        better.cloudformation_type(): better for better in (Database, LogGroup)
    }
    return own | lacking | better
