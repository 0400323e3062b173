"""Cached boto3 clients for stand-ins and rules: creating one takes as long as ten calls."""

from functools import cache
from typing import Any

import boto3

REGION = "eu-central-1"


@cache
def client_of(service: str, region: str = REGION) -> Any:
    """Return a client that moto answers while it is on: it has to be used then alone."""
    return boto3.client(service, region_name=region)
