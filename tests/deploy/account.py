"""Lists the resources of a moto account, and the alarms that it must have."""

from typing import Any

from tests.deploy.cloud import Cloud

ALARMS = {
    "cafe-no-report",
    "cafe-failed-report",
    "cafe-web-errors",
    "cafe-web-5xx",
    "cafe-reports-errors",
    "cafe-web-throttles",
    "cafe-reports-throttles",
    "cafe-database-connections",
    "cafe-database-storage",
    "cafe-failed-runs",
}


def inventory(cloud: Cloud) -> dict[str, Any]:
    """Return everything in the account that a stack can make."""
    client = cloud.session.client
    ec2, rds = client("ec2"), client("rds")
    gone = ("deleted", "deleting")
    return {
        "networks": [item["VpcId"] for item in ec2.describe_vpcs()["Vpcs"]],
        "subnets": [item["SubnetId"] for item in ec2.describe_subnets()["Subnets"]],
        "routes": [item["RouteTableId"] for item in ec2.describe_route_tables()["RouteTables"]],
        "groups": [item["GroupId"] for item in ec2.describe_security_groups()["SecurityGroups"]],
        "addresses": ec2.describe_addresses()["Addresses"],
        "gateways": [
            item["InternetGatewayId"]
            for item in ec2.describe_internet_gateways()["InternetGateways"]
        ],
        "nat": [
            item for item in ec2.describe_nat_gateways()["NatGateways"] if item["State"] not in gone
        ],
        "endpoints": [
            item
            for item in ec2.describe_vpc_endpoints()["VpcEndpoints"]
            if item["State"] not in gone
        ],
        "databases": databases(cloud),
        "snapshots": [
            item["DBSnapshotIdentifier"] for item in rds.describe_db_snapshots()["DBSnapshots"]
        ],
        "database subnets": rds.describe_db_subnet_groups()["DBSubnetGroups"],
        "database parameters": rds.describe_db_parameter_groups()["DBParameterGroups"],
        "secrets": client("secretsmanager").list_secrets()["SecretList"],
        "buckets": buckets(cloud),
        "topics": topics(cloud),
        "queues": client("sqs").list_queues().get("QueueUrls", []),
        "roles": [item["RoleName"] for item in roles(cloud)],
        "logs": client("logs").describe_log_groups()["logGroups"],
        "alarms": client("cloudwatch").describe_alarms()["MetricAlarms"],
        "budgets": client("budgets").describe_budgets(AccountId="123456789012")["Budgets"],
        "firewalls": client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"],
        "registries": client("ecr").describe_repositories()["repositories"],
    }


def topics(cloud: Cloud) -> list[str]:
    return [item["TopicArn"] for item in cloud.session.client("sns").list_topics()["Topics"]]


def roles(cloud: Cloud) -> list[dict[str, Any]]:
    return list(cloud.session.client("iam").list_roles()["Roles"])


def buckets(cloud: Cloud) -> list[str]:
    return [item["Name"] for item in cloud.session.client("s3").list_buckets()["Buckets"]]


def databases(cloud: Cloud) -> list[dict[str, Any]]:
    return list(cloud.session.client("rds").describe_db_instances()["DBInstances"])


def subnets(cloud: Cloud, ids: list[str]) -> list[dict[str, Any]]:
    return list(cloud.session.client("ec2").describe_subnets(SubnetIds=ids)["Subnets"])
