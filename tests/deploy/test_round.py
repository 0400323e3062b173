"""Tests of a full deployment in a moto account: refusal, deployment, calls, update, removal.

The packages are those of script/package, Zappa is Zappa, and the functions are the zips that moto
holds, run by awslambdaric against MariaDB and a stand-in for SNS. played_lambda.py says what moto
lacks and how it is made up for, and strict_aws refuses what AWS refuses. What cannot be played here
is listed in strict_aws/coverage.py; the clock of a schedule is one of it, so the rule is read and
its event made by hand. test_first_day.py has what each refusal leaves, with empty packages.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from deploy.errors import StepFailed
from deploy.rollout import checks, smoke
from deploy.rollout.undeploy import main as undeploy
from deploy.stack import read_outputs
from tests.deploy.account import databases, inventory
from tests.deploy.aws_stand_in import running_aws
from tests.deploy.certificates import Authority
from tests.deploy.clients import REGION
from tests.deploy.cloud import make_cloud
from tests.deploy.deployed import Builds, Deployed, make_deployed
from tests.deploy.lambda_function import Package
from tests.deploy.mariadb_server import PASSWORD, USER, MariadbServer
from tests.deploy.played_lambda import PlayedLambda
from tests.deploy.strict_aws import FIRST_DAY, ORDINARY
from tests.faults.sns_stand_in import SnsStandIn

ARN = f"arn:aws:lambda:{REGION}:123456789012:function:cafe"
RULES = ("cafe-reports-reports.events.run_due_reports", "cafe-reports-reports.events.sweep_outbox")


@pytest.fixture(scope="module")
def empty(
    authority: Authority,
    packages: dict[str, Package],
    bare_python: Path,
    mariadb: MariadbServer,
    sns: SnsStandIn,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployed]:
    """An account with two of the owners' settings in it, and an empty database."""
    mariadb.query("CREATE DATABASE round CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    mariadb.query(f"GRANT ALL ON round.* TO {USER}@'%'")
    address = f"mysql://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{mariadb.port}/round"
    folder = tmp_path_factory.mktemp("round")
    with make_cloud() as cloud, running_aws() as aws:
        client = cloud.session.client("ssm")
        client.put_parameter(Name="/cafe/SHOP_NAME", Type="String", Value="Café Linde")
        client.put_parameter(
            Name="/cafe/EMAIL_URL", Type="String", Value="smtp+tls://mail.example:587"
        )

        def make_played(stack: ExitStack) -> PlayedLambda:
            variables = {"AWS_ENDPOINT_URL_S3": aws.address, "AWS_ENDPOINT_URL_SNS": sns.address}
            return PlayedLambda(cloud.session, folder, bare_python, aws, address, variables, stack)

        builds = Builds(folder, packages["reports"].archive)
        with make_deployed(cloud, make_played, authority, builds) as deployed:
            yield deployed
    mariadb.query("DROP DATABASE round")


@pytest.fixture(scope="module")
def deployed(empty: Deployed) -> Deployed:
    """Both stages, deployed for the first time, after a refusal on the first day."""
    empty.cloud.facts.become(FIRST_DAY)
    assert empty.deploy("web", "--parameter", "AlarmEmail=olga@cafe.example") == 1
    empty.cloud.facts.become(ORDINARY)
    assert empty.deploy("web", "--parameter", "AlarmEmail=olga@cafe.example") == 0
    assert empty.deploy("reports") == 0
    return empty


@pytest.fixture(autouse=True)
def same_builds(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test starts from the packages of the checkout, whatever the one before built."""
    yield
    found: Deployed = request.getfixturevalue("empty")
    found.builds.changed.clear()


def test_the_functions_are_as_the_settings_say(deployed: Deployed) -> None:
    outputs = read_outputs(deployed.session)
    web, reports = deployed.function("web"), deployed.function("reports")

    for stage, found in (("web", web), ("reports", reports)):
        configuration = found["Configuration"]
        assert configuration["Role"] == f"arn:aws:iam::123456789012:role/cafe-{stage}"
        assert configuration["VpcConfig"]["SubnetIds"] == outputs["FunctionSubnetIds"].split(",")
        assert configuration["VpcConfig"]["SecurityGroupIds"] == [
            outputs["FunctionSecurityGroupId"]
        ]
        assert (configuration["Runtime"], configuration["Handler"]) == (
            "python3.13",
            "handler.lambda_handler",
        )
    assert (web["Configuration"]["Timeout"], reports["Configuration"]["Timeout"]) == (30, 120)
    assert reports["Concurrency"] == {"ReservedConcurrentExecutions": 1}
    assert web["Concurrency"] == {"ReservedConcurrentExecutions": 50}
    names = [item["FunctionName"] for item in _functions(deployed)]
    assert sorted(names) == ["cafe-reports", "cafe-web"]


def _functions(deployed: Deployed) -> list[dict[str, Any]]:
    return list(deployed.session.client("lambda").list_functions()["Functions"])


def test_what_zappa_has_no_key_for_is_set(deployed: Deployed) -> None:
    client, outputs = deployed.session.client("lambda"), read_outputs(deployed.session)
    [api] = deployed.session.client("apigateway").get_rest_apis()["items"]
    stage = deployed.session.client("apigateway").get_stage(restApiId=api["id"], stageName="web")
    failures = {
        name: client.get_function_event_invoke_config(FunctionName=f"cafe-{name}")
        for name in ("web", "reports")
    }

    assert {
        name: (found["MaximumRetryAttempts"], found["MaximumEventAgeInSeconds"])
        for name, found in failures.items()
    } == {"web": (0, 300), "reports": (1, 900)}
    assert deployed.function("reports")["Configuration"]["DeadLetterConfig"] == {
        "TargetArn": outputs["FailedRunsArn"]
    }
    limits = stage["methodSettings"]["*/*"]
    assert (limits["throttlingRateLimit"], limits["throttlingBurstLimit"]) == (100, 200)
    groups = deployed.session.client("logs").describe_log_groups()["logGroups"]
    assert {group["logGroupName"]: group.get("retentionInDays") for group in groups} == {
        "/aws/lambda/cafe-web": 30,
        "/aws/lambda/cafe-reports": 30,
    }


def test_api_gateway_leads_everything_to_the_site(deployed: Deployed) -> None:
    client = deployed.session.client("apigateway")
    [api] = client.get_rest_apis()["items"]
    integrations = {
        item["path"]: client.get_integration(
            restApiId=api["id"], resourceId=item["id"], httpMethod="ANY"
        )
        for item in client.get_resources(restApiId=api["id"])["items"]
    }

    assert api["name"] == "cafe-web"
    # No way by CloudFront, and no compression of what is compressed already. moto's API forgets the
    # first, so it is read from the template that Zappa has sent.
    sent = deployed.cloud.client.get_template(StackName="cafe-web")["TemplateBody"]
    assert sent["Resources"]["Api"]["Properties"]["EndpointConfiguration"] == {
        "Types": ["REGIONAL"]
    }
    assert "minimumCompressionSize" not in api
    assert set(integrations) == {"/", "/{proxy+}"}
    for integration in integrations.values():
        assert integration["type"] == "AWS_PROXY"
        assert integration["uri"].endswith(f"/functions/{ARN}-web/invocations")


def test_the_site_answers_at_the_address_that_it_was_told(deployed: Deployed) -> None:
    site_url = read_outputs(deployed.session)["SiteUrl"]

    page = deployed.played.fetch(f"{site_url}/").decode()
    [style, *_] = re.findall(r'href="/web(/static/css/[^"]+)"', page)

    assert "Café Linde" in page
    # API Gateway's stage is part of the address, and so of the links.
    assert 'href="/web/' in page
    assert b"{" in deployed.played.fetch(f"{site_url}{style}")


def test_the_schedule_and_the_topic_may_call_the_reports_and_nobody_else(
    deployed: Deployed,
) -> None:
    topic, rules = read_outputs(deployed.session)["TopicArn"], deployed.rules()

    assert {name: rule["ScheduleExpression"] for name, rule in rules.items()} == {
        RULES[0]: "rate(15 minutes)",
        RULES[1]: "rate(5 minutes)",
    }
    assert [target["Arn"] for rule in rules.values() for target in rule["Targets"]] == [
        f"{ARN}-reports"
    ] * 2
    assert sorted(deployed.permissions("reports").values()) == sorted(
        [("events.amazonaws.com", rule["Arn"]) for rule in rules.values()]
        + [("sns.amazonaws.com", topic)]
    )
    assert (topic, f"{ARN}-reports") in deployed.subscriptions()


def test_the_rule_runs_the_zip_and_the_report_is_published(
    deployed: Deployed, sns: SnsStandIn
) -> None:
    for event in ({"play": "open_shop"}, {"play": "sell_on", "day": "2026-11-21"}):
        assert deployed.played.invoke("cafe-web", event).error is None
    sns.accepted.clear()

    outcome = fire(deployed, RULES[0], "2026-11-21T23:30:00Z")

    assert {name: days for name, days in outcome.items() if days} == {
        "published": ["daily 2026-11-21"]
    }
    assert sns.subjects == ["Cafe Linde, Sat 21 Nov 2026: EUR 7.85 net, 1 order"]
    assert sns.accepted[0]["TopicArn"] == read_outputs(deployed.session)["TopicArn"]
    assert read_outputs(deployed.session)["SiteUrl"] in sns.accepted[0]["Message"]


def fire(deployed: Deployed, rule: str, time: str) -> Any:
    """Do what EventBridge does when a rule's time has come: make its event, and call its target."""
    found = deployed.rules()[rule]
    [target] = found["Targets"]
    assert ("events.amazonaws.com", found["Arn"]) in deployed.permissions("reports").values()
    event = {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": time,
        "region": REGION,
        "resources": [found["Arn"]],
        "detail": {},
    }
    transformer = target["InputTransformer"]
    text = transformer["InputTemplate"]
    for name, path in transformer["InputPathsMap"].items():
        text = text.replace(f"<{name}>", json.dumps(event[path.removeprefix("$.")]))
    outcome = deployed.played.invoke(target["Arn"].rsplit(":", 1)[1], json.loads(text))
    assert outcome.error is None
    return outcome.answer


def test_a_second_run_changes_nothing(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    before, runs = deployed.state(), len(deployed.played.runs)

    statuses = [deployed.deploy("web"), deployed.deploy("reports")]

    said = capsys.readouterr().out
    assert statuses == [0, 0]
    assert deployed.state() == before
    assert said.count("The stack is unchanged.") == 2
    assert said.count("environment.json is unchanged.") == 2
    assert said.count("Nothing has changed.") == 4
    assert "Set:" not in said
    assert [name for name, _event in deployed.played.runs[runs:] if name.endswith("-next")] == []


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    before = deployed.state()

    status = deployed.deploy("web", "--dry-run", "--parameter", "LogDays=90")

    assert status == 0
    assert deployed.state() == before
    said = capsys.readouterr().out
    assert "Stack: update." in said
    assert "Function: zappa update web" in said


def test_a_changed_file_is_served_and_the_one_before_can_be_had_again(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    before, permissions = deployed.code("reports"), len(deployed.permissions("reports"))
    address = deployed.function("reports")["Tags"]["cafe-package"]
    deployed.builds.change("reports", **{"reports.changed": "WHAT = 'changed'\n"})

    assert deployed.deploy("reports") == 0

    assert deployed.code("reports") != before
    ran = [name for name, event in deployed.played.runs if "manage" in event]
    assert ran[-1] == "cafe-reports-next"
    # `zappa update` forgets the queue and adds a permission for the topic each time.
    assert "DeadLetterConfig" in deployed.function("reports")["Configuration"]
    assert len(deployed.permissions("reports")) == permissions
    assert f"script/deploy reports --zip {address}" in capsys.readouterr().out

    assert deployed.deploy("reports", "--zip", address) == 0

    assert deployed.code("reports") == before


def test_a_changed_setting_reaches_the_functions(deployed: Deployed) -> None:
    before = deployed.code("web")
    client = deployed.session.client("ssm")
    name = {"Name": "/cafe/SHOP_NAME", "Type": "String", "Overwrite": True}
    client.put_parameter(**name, Value="Café Birke")

    assert deployed.deploy("web") == 0

    site_url = read_outputs(deployed.session)["SiteUrl"]
    assert "Café Birke" in deployed.played.fetch(f"{site_url}/").decode()
    assert deployed.code("web") == before
    client.put_parameter(**name, Value="Café Linde")


# After the app's newest one: two ends of one app's migrations are another error.
MIGRATIONS = Path(__file__).resolve().parents[2] / "cafe_site" / "shop" / "migrations"
NEWEST = max(path.stem for path in MIGRATIONS.glob("0*.py"))
BROKEN_MIGRATION = f"""
from django.db import migrations

def fail(apps, schema_editor):
    raise ValueError("what is wrong with the rows")

class Migration(migrations.Migration):
    dependencies = [("shop", "{NEWEST}")]
    operations = [migrations.RunPython(fail, migrations.RunPython.noop)]
"""


def test_a_migration_that_fails_leaves_the_version_before(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    before = deployed.state()
    deployed.builds.change("web", **{"cafe_site.shop.migrations.9999_broken": BROKEN_MIGRATION})

    status = deployed.deploy("web")

    said = capsys.readouterr().err
    assert status == 1
    assert "The step 'Migrations' failed: The function cafe-web-next failed" in said
    assert "ValueError: what is wrong with the rows" in said
    assert "The previous version goes on serving." in said
    assert deployed.state()["functions"] == before["functions"]


def test_a_package_that_does_not_start_never_serves(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    before = deployed.state()
    deployed.builds.change("web", **{"cafe_site.checks": "raise RuntimeError('a broken module')\n"})

    status = deployed.deploy("web")

    assert status == 1
    assert "The step 'Migrations' failed" in capsys.readouterr().err
    assert deployed.state()["functions"] == before["functions"]


def test_a_package_that_cannot_be_built_changes_nothing(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    before = deployed.state()
    deployed.builds.changed["web"] = StepFailed("script/package web failed with status 1.")

    status = deployed.deploy("web")

    assert status == 1
    assert "The step 'Package' failed: script/package web" in capsys.readouterr().err
    assert deployed.state() == before


def test_a_site_that_does_not_answer_is_put_back(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "PAUSE_SECONDS", 0)
    before = deployed.function("web")
    deployed.builds.change("web", **{"cafe_site.health": BROKEN_HEALTH})

    status = deployed.deploy("web")

    said = capsys.readouterr().err
    after = deployed.function("web")
    assert status == 1
    assert "The step 'Smoke test' failed: https://" in said
    assert "The previous version was restored, and serves." in said
    assert _lasting(after["Configuration"]) == _lasting(before["Configuration"])
    assert after["Tags"] == before["Tags"]
    site_url = read_outputs(deployed.session)["SiteUrl"]
    assert b'"database": "ok"' in deployed.played.fetch(f"{site_url}/healthz")


BROKEN_HEALTH = """
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse

@login_not_required
def health(request):
    return HttpResponse("no", status=500)
"""


def _lasting(configuration: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in configuration.items() if key != "LastModified"}


def test_migrations_that_the_version_before_does_not_survive_are_refused(
    deployed: Deployed, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, asked = deployed.state(), []

    def find(applied: list[str]) -> list[str]:
        asked.append(applied)
        return ["menu.0009_x: it removes product.name."]

    monkeypatch.setattr(checks, "find_unsafe_migrations", find)

    status = deployed.deploy("web")

    said = capsys.readouterr().err
    assert status == 1
    assert "The step 'Checks' failed: The version that serves now would break" in said
    assert "- menu.0009_x: it removes product.name." in said
    # The function has reported the state of its database.
    assert "menu.0001_initial" in asked[0]
    assert deployed.state() == before


def test_taken_away_nothing_is_left_but_the_photos_and_a_snapshot(
    deployed: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    # The last one: it takes away what the others look at.
    session = deployed.session
    photos = read_outputs(session)["PhotoBucketName"]
    [database] = databases(deployed.cloud)

    status = undeploy(["all", "--yes"], session)

    snapshot = f"{database['DBInstanceIdentifier']}-final"
    left = inventory(deployed.cloud)
    said = capsys.readouterr().out
    assert status == 0
    assert _functions(deployed) == []
    assert deployed.rules() == {}
    assert deployed.subscriptions() == []
    assert session.client("apigateway").get_rest_apis()["items"] == []
    assert session.client("cloudformation").describe_stacks()["Stacks"] == []
    # moto's account comes with a network of its own.
    ours = {name: found for name, found in left.items() if name not in NETWORK_OF_EVERY_ACCOUNT}
    assert {name: found for name, found in ours.items() if found} == {
        "buckets": [photos],
        "snapshots": [snapshot],
    }
    assert f"The photos, in the bucket {photos}." in said
    assert f"The database's snapshot {snapshot}: at most 2.06 dollars a month" in said
    assert "/cafe/, free: EMAIL_URL, SECRET_KEY, SHOP_NAME." in said


NETWORK_OF_EVERY_ACCOUNT = ("networks", "subnets", "routes", "groups")
