"""AWS's responses about an account, where moto has none and no other rule applies."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

Told = dict[str, Any] | Exception


@dataclass
class Answers:
    """Answers by service and operation, such as "ec2.DescribeSubnets"; `asked` has every call."""

    asked: list[str] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    refuses_all: bool = False

    def say(self, operation: str, **answer: Any) -> None:
        self.told[operation] = answer

    def say_to(self, operation: str, part: str, **answer: Any) -> None:
        """Answer a call whose parameters have a part in them; the others go on to moto."""
        self.parts[operation] = part
        self.say(operation, **answer)

    def refuse(
        self, operation: str, code: str = "AccessDeniedException", message: str = "not you"
    ) -> None:
        answer: Any = {
            "Error": {"Code": code, "Message": message},
            # S3 has no words for what is asked by its head alone, and the status for a code.
            "ResponseMetadata": {"HTTPStatusCode": int(code) if code.isdigit() else 400},
        }
        self.told[operation] = ClientError(answer, operation.rpartition(".")[2])

    def refuse_all(self) -> None:
        self.refuses_all = True

    def fail(self, operation: str, error: Exception) -> None:
        """Have a call end without an answer, as without a network."""
        self.told[operation] = error

    def take(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any] | None:
        """Return what was put here for a call, if anything; raise what it ends in."""
        self.asked.append(operation)
        if self.refuses_all:
            self.refuse(operation)
        told = self.told.get(operation)
        if told is None or self.parts.get(operation, "") not in str(parameters):
            return None
        if isinstance(told, Exception):
            raise told
        return {"ResponseMetadata": {"HTTPStatusCode": 200}, **told}
