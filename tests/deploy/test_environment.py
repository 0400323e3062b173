"""Tests of environment.json: complete, generated, and nothing that Zappa would misread."""

import json
import os
from types import SimpleNamespace
from typing import Any

import environ
import pytest

from cafe_site.env import env
from deploy.environment import OF_A_STAGE, BadEnvironment, compose, write_environment
from deploy.stack import read_outputs
from tests.deploy.cloud import Cloud
from tests.test_zappa_settings import STAGES

OUTPUTS = {
    "DatabaseHost": "db.example",
    "DatabasePort": "3306",
    "DatabaseName": "cafe",
    "TopicArn": "arn:aws:sns:eu-central-1:1:cafe-reports",
    "PhotoBucketName": "photos",
    "ReachesInternet": "no",
    "SiteUrl": "https://cafe.example",
}
CREDENTIALS = {"username": "cafe", "password": "a/b@c:d"}
CHOSEN = {"SECRET_KEY": "secret", "SHOP_NAME": "Café Linde"}


def test_the_settings_are_what_the_stack_and_the_owners_say() -> None:
    assert compose(OUTPUTS, CREDENTIALS, CHOSEN) == {
        "DATABASE_URL": "mysql://cafe:a%2Fb%40c%3Ad@db.example:3306/cafe",
        "REPORT_TOPIC_ARN": "arn:aws:sns:eu-central-1:1:cafe-reports",
        "MEDIA_BUCKET": "photos",
        "SITE_URL": "https://cafe.example",
        "SECRET_KEY": "secret",
        "SHOP_NAME": "Café Linde",
    }


def test_the_password_arrives_as_it_is() -> None:
    url = compose(OUTPUTS, CREDENTIALS, CHOSEN)["DATABASE_URL"]

    assert environ.Env.db_url_config(url)["PASSWORD"] == "a/b@c:d"


def test_every_setting_is_one_that_the_site_reads() -> None:
    assert set(compose(OUTPUTS, CREDENTIALS, CHOSEN)) <= set(env.scheme)


def test_what_differs_between_the_stages_is_not_in_it() -> None:
    # remote_env wins over the function's own variables: the reports would become another web.
    differing = {name for stage in STAGES.values() for name in stage["aws_environment_variables"]}

    assert differing == OF_A_STAGE


@pytest.mark.parametrize(
    ("chosen", "outputs", "sentence"),
    [
        ({"BACKGROUND": "inline"}, {}, "BACKGROUND is set per stage"),
        ({"DATABASE_URL": "mysql://x"}, {}, "DATABASE_URL comes from the stack; delete /cafe/DATA"),
        ({"SECRET_KEY": ""}, {}, "/cafe/SECRET_KEY is missing"),
        ({"SHOP_NMAE": "x"}, {}, "SHOP_NMAE is not a setting of the site; is /cafe/SHOP_NMAE"),
        ({"STRIPE_SECRET_KEY": "sk"}, {}, "nothing leads from the network to Stripe"),
    ],
)
def test_a_wrong_mix_is_told_with_its_remedy(
    chosen: dict[str, str], outputs: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadEnvironment, match=sentence):
        compose(OUTPUTS | outputs, CREDENTIALS, CHOSEN | chosen)


def test_with_nat_customers_may_pay_online() -> None:
    made = compose(
        OUTPUTS | {"ReachesInternet": "yes"}, CREDENTIALS, CHOSEN | {"STRIPE_SECRET_KEY": "sk"}
    )

    assert made["STRIPE_SECRET_KEY"] == "sk"


def test_it_is_written_once_and_only_when_something_changed(cloud: Cloud) -> None:
    cloud.create()
    outputs = read_outputs(cloud.session)
    parameters = cloud.session.client("ssm")

    first = write_environment(cloud.session, outputs)
    again = write_environment(cloud.session, outputs)
    before = written(cloud, outputs)
    parameters.put_parameter(Name="/cafe/SHOP_NAME", Type="String", Value="Café Linde")
    changed = write_environment(cloud.session, outputs)

    assert (first, again, changed) == (True, False, True)
    assert written(cloud, outputs) == before | {"SHOP_NAME": "Café Linde"}
    # A new one at every deployment would sign everybody out.
    assert len(before["SECRET_KEY"]) >= 50
    assert all(isinstance(value, str) for value in before.values())


def test_zappa_reads_it_whole(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from zappa.handler import LambdaHandler

    cloud.create()
    outputs = read_outputs(cloud.session)
    write_environment(cloud.session, outputs)
    expected = written(cloud, outputs)
    # It writes into the process's environment, where the test's own settings are.
    own = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    monkeypatch.setattr(os, "environ", own.copy())
    handler = object.__new__(LambdaHandler)
    handler.settings = SimpleNamespace(LOG_LEVEL="INFO")
    handler.load_remote_settings(outputs["SettingsBucketName"], "environment.json")

    assert os.environ == own | expected


def written(cloud: Cloud, outputs: dict[str, str]) -> dict[str, Any]:
    answer = cloud.session.client("s3").get_object(
        Bucket=outputs["SettingsBucketName"], Key="environment.json"
    )
    assert answer["ServerSideEncryption"] == "AES256"
    return dict(json.loads(answer["Body"].read()))
