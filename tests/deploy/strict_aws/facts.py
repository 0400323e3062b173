"""The facts of an account on which AWS's responses depend."""

from copy import deepcopy
from dataclasses import dataclass, field

from tests.deploy.strict_aws.told import Answers


@dataclass
class AccountFacts:
    """Facts of an account of moto's. A test may change them between two runs."""

    # The account's limit of functions that run at once, in a region.
    concurrent_executions: int = 1000
    # Whether the root user has activated IAM access to billing information.
    has_billing_access: bool = True
    # Not on an account's first day, nor in a member account whose payer never made a budget.
    may_make_budgets: bool = True
    has_ses_production_access: bool = True
    # Whether the caller has iam:PassRole.
    may_pass_roles: bool = True
    # CloudFormation's documents disagree on whether a changed output alone is an update.
    counts_changes_of_outputs: bool = True
    # In which zones an interface endpoint's service is to be had, by its last word ("email-smtp").
    # A service that is not named, or None, is to be had everywhere.
    endpoint_zones: dict[str, set[str]] | None = None
    # Why a resource of a stack cannot be made or changed, by its logical id.
    refusing: dict[str, str] = field(default_factory=dict)
    # Which calls are refused, with which code, such as {"sns:Subscribe": "AuthorizationError"}.
    refusing_calls: dict[str, str] = field(default_factory=dict)
    # How many of the next invokes of a function are throttled, by the function's name.
    busy: dict[str, int] = field(default_factory=dict)

    # What AWS answers besides, and all that it was asked.
    answers: Answers = field(default_factory=Answers)

    def become(self, other: "AccountFacts") -> None:
        """Take over all facts of another account, such as those of its second day.

        What a test has put into the answers stays.
        """
        self.__dict__.update(deepcopy(other.__dict__) | {"answers": self.answers})


# What an account's first user finds on its first day, and what its owner has after a few days and
# the requests of docs/deploy.md. Use them with `become`: these two are never changed themselves.
FIRST_DAY = AccountFacts(
    concurrent_executions=10, has_billing_access=False, has_ses_production_access=False
)
ORDINARY = AccountFacts()
