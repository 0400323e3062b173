"""moto, as strict as AWS: it refuses what moto lets through, in AWS's words.

`with strict_aws() as facts:` is an account of moto's under the rules of this package, whose facts
a test may change. Each rule has its source beside it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from moto import mock_aws

from tests.deploy.strict_aws import (
    budgets,
    database_parameters,
    databases,
    execution,
    functions,
    mail,
    names,
    permissions,
    roles,
    shapes,
    sources,
    stack_calls,
)
from tests.deploy.strict_aws.calls import checked_calls
from tests.deploy.strict_aws.cloudformation import strict_stacks
from tests.deploy.strict_aws.facts import FIRST_DAY, ORDINARY, AccountFacts
from tests.deploy.strict_aws.permissions import sns_may_invoke

# Their rules are registered by their import.
ROOMS = (
    budgets,
    database_parameters,
    databases,
    execution,
    functions,
    mail,
    names,
    permissions,
    roles,
    shapes,
    sources,
    stack_calls,
)

__all__ = ["FIRST_DAY", "ORDINARY", "AccountFacts", "sns_may_invoke", "strict_aws"]


@contextmanager
def strict_aws(facts: AccountFacts = ORDINARY) -> Iterator[AccountFacts]:
    """Yield the facts of an empty account of moto's, which are a copy of those given."""
    own = deepcopy(facts)
    with mock_aws(), strict_stacks(own), checked_calls(own):
        yield own
