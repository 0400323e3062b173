"""Errors of deployment steps."""


class StepFailed(Exception):
    """A step failed; the message says why, and what to do."""
