"""What a command says when it cannot go on: a sentence, never a traceback, for what is known."""

from collections.abc import Callable

from deploy.environment import BadEnvironment
from deploy.errors import StepFailed
from deploy.limits import NoApi
from deploy.stack import NoStack


def reason_of_failure(action: Callable[[], object]) -> str:
    """Do something, and return why it failed; nothing if it did not."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        action()
    except (StepFailed, NoStack, NoApi, BadEnvironment) as error:
        return str(error)
    except ClientError as error:
        return f"AWS refused: {error}. Is it a permission of yours, or a limit?"
    except BotoCoreError as error:
        return f"AWS could not be asked: {error}. Look at the credentials and the region."
    return ""
