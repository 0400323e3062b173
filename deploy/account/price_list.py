"""The prices of deploy/prices.json in AWS's price list.

Prices whose usage type is not certain are left out of the mapping, and reported as "not compared".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

# The price list service exists in three regions, and has the prices of all.
REGION = "us-east-1"
# The prefix of usage types. In Virginia, some services use "USE1-" and others none.
PREFIXES: dict[str, tuple[str, ...]] = {
    "ap-northeast-1": ("APN1-",),
    "ap-northeast-2": ("APN2-",),
    "ap-south-1": ("APS3-",),
    "ap-southeast-1": ("APS1-",),
    "ap-southeast-2": ("APS2-",),
    "ca-central-1": ("CAN1-",),
    "eu-central-1": ("EUC1-",),
    "eu-north-1": ("EUN1-",),
    "eu-south-1": ("EUS1-",),
    "eu-west-1": ("EU-", "EUW1-"),
    "eu-west-2": ("EUW2-",),
    "eu-west-3": ("EUW3-",),
    "sa-east-1": ("SAE1-",),
    "us-east-1": ("", "USE1-"),
    "us-east-2": ("USE2-",),
    "us-west-1": ("USW1-",),
    "us-west-2": ("USW2-",),
}
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Product:
    """Where to find a price; `times` converts AWS's unit to ours, such as a million requests."""

    service: str
    usage_type: str
    times: int = 1
    filters: Mapping[str, str] = field(default_factory=dict)
    is_regional: bool = True

    def usage_types(self, region: str) -> list[str]:
        prefixes = PREFIXES.get(region, ()) if self.is_regional else ("",)
        return [f"{prefix}{self.usage_type}" for prefix in prefixes]


MARIADB = {"databaseEngine": "MariaDB"}
ONE_ZONE = MARIADB | {"deploymentOption": "Single-AZ"}
PRODUCTS: dict[str, Product] = {
    "lambda_million_requests": Product("AWSLambda", "Request", MILLION),
    "lambda_gb_second": Product("AWSLambda", "Lambda-GB-Second"),
    "api_million_requests": Product("AmazonApiGateway", "ApiGatewayRequest", MILLION),
    "database_hour": Product("AmazonRDS", "InstanceUsage:db.t4g.micro", 1, ONE_ZONE),
    "database_gb_month": Product("AmazonRDS", "RDS:GP3-Storage", 1, ONE_ZONE),
    "cpu_credit_hour": Product("AmazonRDS", "CPUCredits:db.t4g", 1, MARIADB),
    "snapshot_gb_month": Product("AmazonRDS", "RDS:ChargedBackupUsage"),
    "endpoint_hour": Product("AmazonVPC", "VpcEndpoint-Hours"),
    "endpoint_gb": Product("AmazonVPC", "VpcEndpoint-Bytes"),
    "public_address_hour": Product("AmazonVPC", "PublicIPv4:InUseAddress"),
    "nat_hour": Product("AmazonEC2", "NatGateway-Hours"),
    "nat_gb": Product("AmazonEC2", "NatGateway-Bytes"),
    "sns_thousand_emails": Product("AmazonSNS", "DeliveryAttempts-SMTP", 1000),
    "s3_gb_month": Product("AmazonS3", "TimedStorage-ByteHrs"),
    "log_gb": Product("AmazonCloudWatch", "DataProcessing-Bytes"),
    "alarm_month": Product("AmazonCloudWatch", "CW:AlarmMonitorUsage"),
    "metric_month": Product("AmazonCloudWatch", "CW:MetricMonitorUsage"),
    "secret_month": Product("AWSSecretsManager", "AWSSecretsManager-Secrets"),
    "hosted_zone_month": Product("AmazonRoute53", "HostedZone", is_regional=False),
}


def find_price(client: Any, product: Product, region: str) -> Decimal | None:
    """Return the price in our unit above the free amount; None if there is not exactly one."""
    found: set[Decimal] = set()
    for usage_type in product.usage_types(region):
        filters = {"usagetype": usage_type, **product.filters}
        pages = client.get_paginator("get_products").paginate(
            ServiceCode=product.service,
            Filters=[
                {"Type": "TERM_MATCH", "Field": name, "Value": value}
                for name, value in filters.items()
            ],
        )
        for page in pages:
            found |= {
                price
                for item in page["PriceList"]
                if (price := _first_price(json.loads(item))) is not None
            }
    if len(found) != 1:
        return None
    return found.pop() * product.times


def _first_price(item: Mapping[str, Any]) -> Decimal | None:
    """Return the price of the first tier that is not free; later tiers are cheaper."""
    steps = [
        (Decimal(step.get("beginRange") or 0), Decimal(step["pricePerUnit"]["USD"]))
        for term in item.get("terms", {}).get("OnDemand", {}).values()
        for step in term["priceDimensions"].values()
        if "USD" in step["pricePerUnit"]
    ]
    return next((price for _begin, price in sorted(steps) if price > 0), None)


def not_compared(names: Iterable[str], found: Mapping[str, Decimal]) -> list[str]:
    return sorted(set(names) - set(found))
