"""Who signs in: the people who work here, and customers who came by an e-mailed link."""

from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import EmailAddressField, UserNameField

OWNERS = "owners"
STAFF = "staff"


class User(AbstractUser):
    """Somebody who signs in: staff see the order board, owners also the reports.

    A customer is a user without a password and without a role. Nobody who works here has
    `customer_email`, so no e-mailed link ever opens the counter's side.
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
        """The first owner is made by `createsuperuser`, before any group has a member."""
        return self.is_active and (self.is_superuser or OWNERS in self.group_names)

    @property
    def is_shop_staff(self) -> bool:
        """Owners may do whatever staff may do."""
        return self.is_active and (self.is_owner or STAFF in self.group_names)
