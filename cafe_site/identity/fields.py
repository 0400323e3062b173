"""Model fields for identifiers, stored in normal form and compared by code point.

Lookup values are normalised as well, so callers need not do it, and SQLite and MariaDB find the
same rows.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from cafe_site.identity.normal_forms import (
    MAX_KEY_LENGTH,
    normal_code,
    normal_email,
    normal_name,
    normal_receipt,
    normal_slug,
    normal_user_name,
)


class ExactText(models.Field):
    """Text that MariaDB compares by code point, as SQLite does.

    The collation is set on MariaDB and MySQL only: SQLite does not know its name.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters


class ExactTextField(ExactText, models.CharField):
    """Text made by a program: a key, a hash, another service's id."""


class NormalText(ExactText):
    """Text that is stored and looked up in its normal form."""

    normal_form: ClassVar["staticmethod[[str], str]"]

    def to_python(self, value: Any) -> Any:
        """Return the normal form, so that its length is validated, not that of the input."""
        typed = super().to_python(value)
        return type(self).normal_form(typed) if isinstance(typed, str) else typed

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return type(self).normal_form(prepared) if isinstance(prepared, str) else prepared

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        """Set the normal form on the instance as well, so that it equals the saved row."""
        value = super().pre_save(instance, add)
        if isinstance(value, str):
            value = type(self).normal_form(value)
            setattr(instance, self.attname, value)
        return value


class EmailAddressField(NormalText, models.EmailField):
    normal_form = staticmethod(normal_email)


class UserNameField(NormalText, models.CharField):
    normal_form = staticmethod(normal_user_name)


class ReceiptField(NormalText, models.CharField):
    normal_form = staticmethod(normal_receipt)


class CodeField(NormalText, models.CharField):
    normal_form = staticmethod(normal_code)


class ExactSlugField(NormalText, models.SlugField):
    normal_form = staticmethod(normal_slug)


class NameKeyField(ExactText, models.CharField):
    """The normal form of another field, which keeps the name as typed.

    Every save updates it; `QuerySet.update(name=...)` has to pass the key itself.
    """

    def __init__(self, *args: Any, of: str = "name", **kwargs: Any) -> None:
        self.of = of
        kwargs.setdefault("max_length", MAX_KEY_LENGTH)
        # Null until a migration fills it, and for a duplicate older than this column.
        kwargs.setdefault("null", True)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return normal_name(prepared) if isinstance(prepared, str) else prepared

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        key = normal_name(getattr(instance, self.of))
        if not add and getattr(instance, self.attname) is None and self._is_taken(key, instance):
            # A duplicate older than the keys has none until it is renamed.
            return None
        setattr(instance, self.attname, key)
        return key

    def _is_taken(self, key: str, instance: models.Model) -> bool:
        others = type(instance)._default_manager.exclude(pk=instance.pk)
        return others.filter(**{self.attname: key}).exists()
