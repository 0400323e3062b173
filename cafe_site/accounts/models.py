"""The user model: staff, owners, and customers who sign in by an e-mailed link."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import EmailAddressField, UserNameField

OWNERS = "owners"
STAFF = "staff"


class User(AbstractUser):
    """A user: staff see the order board, owners also the reports.

    A customer is a user without a password and without a role. Staff and owners have no
    `customer_email`, so no e-mailed link opens the dashboard.
    """

    username = UserNameField(
        _("user name"),
        max_length=150,
        unique=True,
        help_text=_("Up to 150 letters and digits, and @ . + - _. Capitals make no difference."),
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("Somebody has this user name already. Choose another one.")},
    )
    customer_email = EmailAddressField(
        _("customer's e-mail"), null=True, unique=True, editable=False
    )

    @cached_property
    def group_names(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def shown_name(self) -> str:
        return self.customer_email or self.get_username()

    @property
    def is_owner(self) -> bool:
        """Superusers count as owners: `createsuperuser` creates the first owner."""
        return self.is_active and (self.is_superuser or OWNERS in self.group_names)

    @property
    def is_shop_staff(self) -> bool:
        """Owners have all rights of staff."""
        return self.is_active and (self.is_owner or STAFF in self.group_names)
