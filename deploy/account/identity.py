"""The checks of the credentials, the region, the stack's state and the parameters."""

from collections.abc import Mapping

from deploy.account.account import Account
from deploy.account.lines import Level, Line, note, ok, stop
from deploy.account.refusals import words_of
from deploy.stack import NAME, NEVER_STOOD, STANDING
from deploy.template import read_template

IDENTITY, STACK = "identity", "stack"
SIGN_IN = (
    "`aws configure` (or `aws sso login`) for a user of the account, or AWS_PROFILE for one that "
    "is configured. `aws sts get-caller-identity` has to answer."
)


def look_at_identity(account: Account) -> list[Line]:
    from botocore.exceptions import ClientError, NoCredentialsError

    if not account.region:
        return [
            _unknown(
                "no region is chosen",
                "export AWS_DEFAULT_REGION=eu-central-1, or another region.",
            )
        ]
    try:
        arn, number = account.identity["Arn"], account.identity["Account"]
    except NoCredentialsError:
        return [_unknown("there are no credentials", SIGN_IN)]
    except ClientError as error:
        # This call needs no permission, so a refusal means that the credentials are invalid.
        return [_unknown(f"AWS refuses the credentials ({words_of(error)})", SIGN_IN)]
    found = f"account {number}, {account.region}, {arn}"
    if arn.endswith(":root"):
        return [
            note(
                IDENTITY,
                found,
                "This is the root user. Create another user for deployments (IAM Identity Center, "
                "or "
                "an IAM user with AdministratorAccess), enable multi-factor authentication for "
                "root, and delete its access keys.",
            )
        ]
    return [ok(IDENTITY, found)]


def _unknown(found: str, remedy: str) -> Line:
    return Line(IDENTITY, found, Level.STOP, remedy, is_known=False)


def look_at_stack(account: Account) -> list[Line]:
    return [_state(account), *_wrong_parameters(account.given)]


def _state(account: Account) -> Line:
    if account.stack is None:
        return ok(STACK, f"there is no stack {NAME} yet")
    status = account.stack["StackStatus"]
    found = f"{NAME} is in state {status}"
    if status in STANDING:
        return ok(STACK, found)
    if status in NEVER_STOOD:
        return note(
            STACK, found, "Its creation failed. The next deployment deletes what is left of it."
        )
    if status.endswith("IN_PROGRESS"):
        return stop(STACK, found, "Wait until it is done, and run this again.")
    if status.startswith("UPDATE_"):
        remedy = f"`aws cloudformation continue-update-rollback --stack-name {NAME}`."
    else:
        remedy = "`script/undeploy all` deletes what is left of it."
    return stop(STACK, found, f"Its events name the reason. Then: {remedy}")


def _wrong_parameters(given: Mapping[str, str]) -> list[Line]:
    """CloudFormation would refuse these; the other checks would misread them."""
    known, lines = read_template()["Parameters"], []
    for name, value in given.items():
        allowed = [str(item) for item in known.get(name, {}).get("AllowedValues", [])]
        if name not in known:
            lines.append(
                stop(
                    STACK,
                    f"deploy/cloud.yaml has no parameter {name}",
                    f"It has {', '.join(known)}.",
                )
            )
        elif allowed and value not in allowed:
            lines.append(
                stop(
                    STACK,
                    f"{name}={value} is not allowed",
                    f"Choose one of: {', '.join(allowed)}.",
                )
            )
    return lines
