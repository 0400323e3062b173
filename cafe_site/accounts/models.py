"""The people who work here. Customers order as guests and have no account."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser

OWNERS = "owners"
STAFF = "staff"


class User(AbstractUser):
    """Somebody who signs in: staff see the order board, owners also the reports."""

    @cached_property
    def group_names(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def is_owner(self) -> bool:
        """The first owner is made by `createsuperuser`, before any group has a member."""
        return self.is_active and (self.is_superuser or OWNERS in self.group_names)

    @property
    def is_shop_staff(self) -> bool:
        """Owners may do whatever staff may do."""
        return self.is_active and (self.is_owner or STAFF in self.group_names)
