"""Size limit of a message. Pure."""

import json

from reports.messages.message import Message

# SNS counts the message with its attributes; this leaves room for them.
SIZE_LIMIT = 250 * 1024


def is_small_enough(message: Message) -> bool:
    return len(sns_body(message).encode()) <= SIZE_LIMIT


def sns_body(message: Message) -> str:
    """Return the SNS body for all protocols: text for e-mail, JSON for machines."""
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
