"""Adds the parts of Lambda that moto lacks, so that one process can run a whole deployment.

- It runs no function without Docker: here the zip that moto holds is unpacked and run by
  awslambdaric, in a bare Python, with the variables that moto holds. A function that was changed
  is started anew, as Lambda does it.
- It drops a dead letter queue on the way in.
- API Gateway calls no function: here an address is answered by the function that moto's API
  integrates for it.

A function's process speaks to stand-ins on this machine: to SNS, and to S3 for environment.json,
which is moto's own but for the database's address, for moto's RDS has no server behind it.
"""

import base64
import json
import time
import urllib.error
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import Message
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from moto.awslambda import models
from zappa import core

from deploy.stack import read_outputs
from tests.deploy.aws_stand_in import AwsStandIn
from tests.deploy.conftest import BESIDE
from tests.deploy.gateway import gateway_event, read_answer
from tests.deploy.lambda_function import LambdaFunction, Package, running_function
from tests.deploy.runtime_api import Outcome


@dataclass
class PlayedLambda:
    """Runs moto's functions; `runs` are the events by the function's name, in order."""

    session: Any
    folder: Path
    python: Path
    aws: AwsStandIn
    database_url: str
    variables: dict[str, str]
    stack: ExitStack
    runs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    running: dict[str, tuple[tuple[str, ...], LambdaFunction, ExitStack]] = field(
        default_factory=dict
    )

    def invoke(self, name: str, event: dict[str, Any]) -> Outcome:
        self.runs.append((name, event))
        process = self._process_of(name)
        if process.api.init_error is not None:
            # It could not start, and Lambda answers for it.
            return Outcome(error=process.api.init_error)
        return process.invoke(event)

    def log_of(self, name: str) -> str:
        return self._process_of(name).log

    def _process_of(self, name: str) -> LambdaFunction:
        found = self.session.client("lambda").get_function_configuration(FunctionName=name)
        variables = found["Environment"]["Variables"]
        state = (found["CodeSha256"], found["Handler"], json.dumps(variables, sort_keys=True))
        if name in self.running and self.running[name][0] == state:
            return self.running[name][1]
        self.stop(name)
        mine = self.stack.enter_context(ExitStack())
        package = Package(
            name.removeprefix("cafe-"), Path(), self._unpack(name), self.python, variables
        )
        log = self.folder / f"{name}-{len(self.runs)}.log"
        self._lay_out_environment()
        function = mine.enter_context(
            running_function(package, log, modules=BESIDE, **self.variables)
        )
        self.running[name] = (state, function, mine)
        return function

    def stop(self, name: str) -> None:
        if name in self.running:
            self.running.pop(name)[2].close()

    def _unpack(self, name: str) -> Path:
        held = self._held(name)
        folder = self.folder / held.code_sha_256.replace("/", "_")
        if not folder.exists():
            with zipfile.ZipFile(BytesIO(held.code_bytes)) as zipped:
                zipped.extractall(folder)
        return folder

    def _held(self, name: str) -> Any:
        backend = models.lambda_backends["123456789012"]["eu-central-1"]
        return backend.get_function(name, None)

    def _lay_out_environment(self) -> None:
        bucket = read_outputs(self.session)["SettingsBucketName"]
        stored = self.session.client("s3").get_object(Bucket=bucket, Key="environment.json")
        content = json.loads(stored["Body"].read()) | {"DATABASE_URL": self.database_url}
        self.aws.objects[f"{bucket}/environment.json"] = json.dumps(content).encode()

    def fetch(self, address: str) -> bytes:
        """Answer an address of API Gateway's as the function does that its API leads to."""
        parts = urlsplit(address)
        api_id, stage, path = *str(parts.hostname).split(".")[:1], *parts.path[1:].split("/", 1)
        client = self.session.client("apigateway")
        assert client.get_stage(restApiId=api_id, stageName=stage)
        [resource] = [
            item
            for item in client.get_resources(restApiId=api_id)["items"]
            if item["path"] == "/{proxy+}"
        ]
        integration = client.get_integration(
            restApiId=api_id, resourceId=resource["id"], httpMethod="ANY"
        )
        name = integration["uri"].split(":function:")[1].removesuffix("/invocations")
        headers = {"Host": str(parts.hostname), "X-Forwarded-Proto": "https"}
        outcome = self.invoke(name, gateway_event("GET", f"/{path}", headers))
        if outcome.error is not None:
            raise urllib.error.HTTPError(address, 502, str(outcome.error), Message(), None)
        answer = read_answer(outcome.answer)
        if answer.status != 200:
            raise urllib.error.HTTPError(address, answer.status, answer.text, Message(), None)
        return answer.content


def install(played: PlayedLambda, patch: pytest.MonkeyPatch) -> None:
    """Have moto's Lambda run functions, and keep what it drops."""

    def invoke(
        backend: Any, name: str, qualifier: Any, body: Any, headers: Any, answers: dict[str, str]
    ) -> bytes:
        held = backend.get_function(name, qualifier)
        outcome = played.invoke(held.function_name, json.loads(body))
        log = played.log_of(held.function_name)[-4096:]
        answers["x-amz-log-result"] = base64.b64encode(log.encode()).decode()
        if outcome.error is not None:
            answers["x-amz-function-error"] = "Unhandled"
            return json.dumps(outcome.error).encode()
        return json.dumps(outcome.answer).encode()

    def delete(backend: Any, name: str, qualifier: Any = None) -> None:
        if qualifier is None:
            played.stop(name)
        delete_as_moto(backend, name, qualifier)

    delete_as_moto = models.LambdaBackend.delete_function
    keep_dead_letters(patch)
    patch.setattr(models.LambdaBackend, "invoke", invoke)
    patch.setattr(models.LambdaBackend, "delete_function", delete)
    # `zappa update` deletes addresses that functions have by themselves. Ours have none, and moto
    # does not know how to list them.
    patch.setattr(core.Zappa, "delete_lambda_function_url", lambda *_: None)
    # It waits three seconds for a stack that moto makes at once.
    patch.setattr(core, "time", SimpleNamespace(sleep=ShortPatience(), time=time.time))


class ShortPatience:
    """Zappa waits for ever on a stack whose creation has gone back: it does not know the state."""

    # This number of pauses in a few seconds means a loop: a deployment has only a few.
    PAUSES, SECONDS = 100, 20

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def __call__(self, _seconds: float) -> None:
        now = time.monotonic()
        self.pauses = [moment for moment in self.pauses if now - moment < self.SECONDS] + [now]
        if len(self.pauses) > self.PAUSES:
            self.pauses.clear()
            raise TimeoutError("Zappa would wait for ever.")


def keep_dead_letters(patch: pytest.MonkeyPatch) -> None:
    """Have moto keep where failed events go, which it takes and forgets."""
    own = models.LambdaFunction

    def make(held: Any, **facts: Any) -> None:
        held.dead_letter_config = facts["spec"].get("DeadLetterConfig") or {}
        make_as_moto(held, **facts)

    def update(held: Any, changes: dict[str, Any]) -> Any:
        held.dead_letter_config = changes.get("DeadLetterConfig", held.dead_letter_config)
        return update_as_moto(held, changes)

    def tell(held: Any, on_create: bool = False) -> dict[str, Any]:
        told: dict[str, Any] = tell_as_moto(held, on_create)
        letter = held.dead_letter_config
        return told | ({"DeadLetterConfig": letter} if letter.get("TargetArn") else {})

    make_as_moto, update_as_moto = own.__init__, own.update_configuration
    tell_as_moto = own.get_configuration
    patch.setattr(own, "__init__", make)
    patch.setattr(own, "update_configuration", update)
    patch.setattr(own, "get_configuration", tell)
