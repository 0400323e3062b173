"""What AWS says of an account, where moto says nothing or the opposite.

botocore asks its listeners before it sends anything: an answer that is put here is taken, and the
call goes nowhere. The others go to moto. `asked` has every call of the session.
"""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")


@dataclass
class AccountFacts:
    """Answers by service and operation, such as "lambda.GetAccountSettings"."""

    session: Any
    asked: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    refuses_all: bool = False
    parts: dict[str, str] = field(default_factory=dict)

    def say(self, operation: str, **answer: Any) -> None:
        self._put(operation, 200, answer)

    def refuse(
        self, operation: str, code: str = "AccessDeniedException", message: str = "not you"
    ) -> None:
        status = int(code) if code.isdigit() else 400
        error = {"Error": {"Code": code, "Message": message}}
        self._put(operation, status, error | {"ResponseMetadata": {"HTTPStatusCode": status}})

    def say_to(self, operation: str, part: str, **answer: Any) -> None:
        """Answer a call whose address or body has a part in it; the others go on to moto."""
        self.parts[operation] = part
        self.say(operation, **answer)

    def refuse_all(self) -> None:
        self.refuses_all = True
        self.refuse("all")

    def fail(self, operation: str, error: Exception) -> None:
        """Have a call end without an answer, as without a network."""
        self._put(operation, 0, error)

    def _put(self, operation: str, status: int, answer: Any) -> None:
        self.answers[operation] = (SimpleNamespace(status_code=status), answer)

    def listen(self, model: Any, params: Any, **_: Any) -> Any:
        service = model.service_model.service_id.hyphenize()
        operation = f"{service}.{model.name}"
        self.asked.append(operation)
        name = "all" if self.refuses_all else operation
        http, answer = self.answers.get(name, (None, None))
        if self.parts.get(name, "") not in f"{params.get('url')}{params.get('body')}":
            return None
        if isinstance(answer, Exception):
            raise answer
        return None if http is None else (http, answer)


def answer_as_an_account(session: Any) -> AccountFacts:
    """Have a session hear of an account that is ready for the café."""
    facts = AccountFacts(session)
    session.events.register("before-call", facts.listen)
    facts.say(
        "lambda.GetAccountSettings",
        AccountLimit={"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000},
    )
    facts.say(
        "rds.DescribeOrderableDBInstanceOptions",
        OrderableDBInstanceOptions=[database_option()],
    )
    facts.say("sesv2.GetAccount", ProductionAccessEnabled=True, SendingEnabled=True)
    # moto has no price list: an empty one.
    facts.say("pricing.GetProducts", PriceList=[])
    return facts


def database_option(**changes: Any) -> dict[str, Any]:
    """Return what RDS offers: one class, version and kind of storage, and where."""
    zones = changes.pop("zones", ZONES)
    return {
        "Engine": "mariadb",
        "EngineVersion": "10.11.14",
        "DBInstanceClass": "db.t4g.micro",
        "StorageType": "gp3",
        "AvailabilityZones": [{"Name": zone} for zone in zones],
        "MultiAZCapable": True,
        "Vpc": True,
        **changes,
    }
