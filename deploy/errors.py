"""Why a step of a deployment stopped."""


class StepFailed(Exception):
    """A step did not do its work; the message says why, and what to do about it."""
