"""Joining sentences in the language of the reader."""


def join_sentences(*parts: str) -> str:
    """Join sentences with blanks; none after a Chinese full stop, which is wide enough."""
    text = ""
    for part in parts:
        blank = "" if not text or not part or text.endswith("。") else " "
        text += blank + part
    return text
