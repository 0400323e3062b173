"""Creates, changes and deletes one stack resource as CloudFormation does, with moto's models."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from moto.cloudformation import parsing
from moto.cloudformation.parsing import ResourceMap
from moto.core.exceptions import ServiceException
from moto.ec2 import models as ec2_models
from moto.ec2.models.core import TaggedEC2Resource
from werkzeug.exceptions import HTTPException

from tests.deploy.clients import client_of
from tests.deploy.stand_ins import Database
from tests.deploy.strict_aws.calls import Refused
from tests.deploy.strict_aws.leftovers import LEFT_BY_MOTO

# What moto and the rules raise where AWS would refuse. Anything else is a fault of a test or moto.
REFUSALS = (Refused, ClientError, BotoCoreError, ServiceException, HTTPException)


def reason_of(error: Exception) -> str:
    """Return a refusal's reason as CloudFormation writes it into an event."""
    if isinstance(error, ClientError):
        said = error.response["Error"]
        message = f"{said['Message']} (Service error code: {said['Code']})"
    elif isinstance(error, HTTPException):
        message = str(getattr(error, "message", "") or error.description)
    else:
        message = str(error)
    return f'Resource handler returned message: "{message}"'


def existing(resources: ResourceMap) -> dict[str, Any]:
    """Return the resources that are there, by their logical ids."""
    parsed = resources._parsed_resources
    return {
        name: parsed[name] for name in resources._resource_json_map if parsed.get(name) is not None
    }


def make_resource(resources: ResourceMap, name: str) -> None:
    resources.tags.update(
        {
            "aws:cloudformation:stack-name": resources["AWS::StackName"],
            "aws:cloudformation:stack-id": resources["AWS::StackId"],
        }
    )
    made = resources[name]
    if isinstance(made, TaggedEC2Resource):
        tags = resources.tags | {"aws:cloudformation:logical-id": name}
        backend = ec2_models.ec2_backends[resources._account_id][resources._region_name]
        backend.create_tags([made.physical_resource_id], tags)


def change_resource(resources: ResourceMap, name: str) -> None:
    changed: Any = parsing.parse_and_update_resource(
        name,
        resources._resource_json_map[name],
        resources,
        resources._account_id,
        resources._region_name,
    )
    if changed is not None:
        resources._parsed_resources[name] = changed
    elif resources._resource_json_map[name]["Type"] == "AWS::RDS::DBParameterGroup":
        _change_parameters(resources, name)
    # Else moto's model cannot be changed, and stays as it was: see coverage.py.


def _change_parameters(resources: ResourceMap, name: str) -> None:
    template = parsing.clean_json(resources._resource_json_map[name], resources)
    found = template["Properties"].get("Parameters", {})
    if found:
        client_of("rds").modify_db_parameter_group(
            DBParameterGroupName=resources._parsed_resources[name].name,
            Parameters=[
                {
                    "ParameterName": key,
                    "ParameterValue": str(value),
                    "ApplyMethod": "pending-reboot",
                }
                for key, value in found.items()
            ],
        )


def forget_resource(resources: ResourceMap, name: str) -> None:
    """Remove a resource from what moto keeps of a stack, or moto would create it again."""
    resources._parsed_resources[name] = None


def delete_resource(resources: ResourceMap, name: str) -> None:
    template = resources._resource_json_map[name]
    resource = resources._parsed_resources[name]
    if template["Type"] == "AWS::S3::Bucket":
        _refuse_full_bucket(resource.physical_resource_id)
    if isinstance(resource, Database):
        resource.leaves_snapshot = template.get("DeletionPolicy", "Snapshot") == "Snapshot"
    if delete := LEFT_BY_MOTO.get(template["Type"]):
        delete(resource.physical_resource_id)
    else:
        resources._delete_resource(resource, template)
    forget_resource(resources, name)


def _refuse_full_bucket(bucket: str) -> None:
    # S3 API, DeleteBucket: all objects with all versions must be deleted before. moto's
    # CloudFormation leaves a full bucket and says nothing.
    client = client_of("s3")
    found = client.list_object_versions(Bucket=bucket)
    if found.get("Versions") or found.get("DeleteMarkers"):
        raise Refused(
            "BucketNotEmpty",
            "The bucket you tried to delete is not empty. You must delete all versions in the "
            "bucket.",
            409,
        )


def is_kept(template: dict[str, Any], *, is_rollback_of_its_creation: bool) -> bool:
    """Say whether a resource outlives its stack's deletion, or the rollback that ends its creation.

    CloudFormation's template reference, "DeletionPolicy attribute".
    """
    policy = template.get("DeletionPolicy")
    return policy == "Retain" or (
        policy == "RetainExceptOnCreate" and not is_rollback_of_its_creation
    )
