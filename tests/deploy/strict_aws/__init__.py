"""A stricter moto: it refuses what AWS refuses, with AWS's messages.

`with strict_aws() as facts:` opens an account of moto with the rules of this package. Tests may
change its facts. Each rule names its source.
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
