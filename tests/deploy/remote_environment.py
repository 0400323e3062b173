"""Puts the settings where `remote_env` in zappa_settings.json looks for them."""

import json

from deploy.packaging.locks import ROOT
from tests.deploy.aws_stand_in import AwsStandIn


def write_remote_environment(aws: AwsStandIn, **facts: str) -> None:
    address = json.loads((ROOT / "zappa_settings.json").read_text())["base"]["remote_env"]
    aws.objects[address.removeprefix("s3://")] = json.dumps(facts).encode()
