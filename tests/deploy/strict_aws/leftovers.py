"""Deletes the resources that moto's CloudFormation leaves behind when a stack is deleted."""

from collections.abc import Callable
from typing import Any

from tests.deploy.clients import client_of


def _delete_route_table(table_id: str) -> None:
    client = client_of("ec2")
    [table] = client.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    for association in table["Associations"]:
        client.disassociate_route_table(AssociationId=association["RouteTableAssociationId"])
    client.delete_route_table(RouteTableId=table_id)


def _delete_internet_gateway(gateway_id: str) -> None:
    client = client_of("ec2")
    [gateway] = client.describe_internet_gateways(InternetGatewayIds=[gateway_id])[
        "InternetGateways"
    ]
    for attachment in gateway["Attachments"]:
        client.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=attachment["VpcId"])
    client.delete_internet_gateway(InternetGatewayId=gateway_id)


LEFT_BY_MOTO: dict[str, Callable[[str], Any]] = {
    # Zappa's own stack has but this one, and its paths.
    "AWS::ApiGateway::RestApi": lambda name: client_of("apigateway").delete_rest_api(
        restApiId=name
    ),
    "AWS::EC2::RouteTable": _delete_route_table,
    "AWS::EC2::InternetGateway": _delete_internet_gateway,
    "AWS::EC2::VPCEndpoint": lambda name: client_of("ec2").delete_vpc_endpoints(
        VpcEndpointIds=[name]
    ),
    "AWS::EC2::NatGateway": lambda name: client_of("ec2").delete_nat_gateway(NatGatewayId=name),
    "AWS::EC2::EIP": lambda name: client_of("ec2").release_address(PublicIp=name),
}
