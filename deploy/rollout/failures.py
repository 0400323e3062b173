"""Error messages of commands: a sentence instead of a traceback for known errors."""

from collections.abc import Callable

from deploy.environment import BadEnvironment
from deploy.errors import StepFailed
from deploy.limits import NoApi
from deploy.stack import NoStack


def reason_of_failure(action: Callable[[], object]) -> str:
    """Run an action, and return why it failed; empty if it succeeded."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        action()
    except (StepFailed, NoStack, NoApi, BadEnvironment) as error:
        return str(error)
    except ClientError as error:
        return f"AWS refused: {error}. Check your permissions and the account's limits."
    except BotoCoreError as error:
        return f"AWS could not be asked: {error}. Check the credentials and the region."
    return ""
