"""Size limit of a message. Pure."""

import json

from reports.messages.message import Message

# SNS counts the whole message with its attributes; some room is left for those.
SIZE_LIMIT = 250 * 1024


def is_small_enough(message: Message) -> bool:
    return len(sns_body(message).encode()) <= SIZE_LIMIT


def sns_body(message: Message) -> str:
    """Return one body for all protocols: the text for people, the JSON for machines."""
    return json.dumps(
        {
            "default": message.text,
            "email": message.text,
            "sqs": message.payload,
            "lambda": message.payload,
            "http": message.payload,
            "https": message.payload,
        },
        ensure_ascii=False,
    )
