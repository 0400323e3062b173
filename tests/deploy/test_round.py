"""scratch"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy.rollout.__main__ import main
from tests.deploy.certificates import Authority
from tests.deploy.conftest import Cloud, make_cloud
from tests.deploy.aws_stand_in import running_aws
from tests.deploy.mariadb_server import PASSWORD, USER, MariadbServer
from tests.deploy.played_lambda import PlayedLambda, install
from tests.faults.sns_stand_in import SnsStandIn
import time
import zappa.core


@pytest.fixture(scope="module")
def played(authority: Authority, bare_python: Path, mariadb: MariadbServer, sns: SnsStandIn, tmp_path_factory) -> Iterator[PlayedLambda]:
    mariadb.query("CREATE DATABASE round CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    mariadb.query(f"GRANT ALL ON round.* TO {USER}@'%'")
    password = PASSWORD.replace(" ", "%20")
    with make_cloud() as cloud, running_aws() as aws, ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        p = PlayedLambda(cloud.session, tmp_path_factory.mktemp("functions"), bare_python, aws,
            f"mysql://{USER}:{password}@127.0.0.1:{mariadb.port}/round",
            {"AWS_ENDPOINT_URL_S3": aws.address, "AWS_ENDPOINT_URL_SNS": sns.address}, stack)
        install(p, patch)
        p.cloud = cloud
        yield p


def test_x(played, authority, tmp_path, capfd):
    def go(*args):
        t = time.time()
        r = main([*args, "--ca-file", str(authority.ca)], played.session, fetch=played.fetch, settings_file=tmp_path / "zs.json")
        print("RESULT", r, time.time() - t)
        return r
    assert go("web", "--parameter", "AlarmEmail=olga@cafe.example") == 0
    assert go("web") == 0
    assert go("reports") == 0
    assert go("reports") == 0
