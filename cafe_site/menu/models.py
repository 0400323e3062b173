"""What the shop sells."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cafe_site.menu.illustrations import ILLUSTRATIONS


class Allergen(models.TextChoices):
    """The fourteen that Annex II of Regulation (EU) No 1169/2011 wants named."""

    GLUTEN = "gluten", _("Cereals containing gluten")
    CRUSTACEANS = "crustaceans", _("Crustaceans")
    EGGS = "eggs", _("Eggs")
    FISH = "fish", _("Fish")
    PEANUTS = "peanuts", _("Peanuts")
    SOYBEANS = "soybeans", _("Soybeans")
    MILK = "milk", _("Milk")
    NUTS = "nuts", _("Nuts")
    CELERY = "celery", _("Celery")
    MUSTARD = "mustard", _("Mustard")
    SESAME = "sesame", _("Sesame seeds")
    SULPHITES = "sulphites", _("Sulphur dioxide and sulphites")
    LUPIN = "lupin", _("Lupin")
    MOLLUSCS = "molluscs", _("Molluscs")


class Category(models.Model):
    """A part of the menu, such as Cakes."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> "ProductQuerySet":
        """Return what customers may order."""
        return self.filter(is_on_sale=True)

    def in_menu_order(self) -> "ProductQuerySet":
        """Return the products with their categories, as the menu lists them."""
        return self.select_related("category").order_by(
            "category__position", "category__name", "position", "name"
        )


class Product(models.Model):
    """Something to order. Order lines copy its name, price and tax rate when they are placed."""

    category = models.ForeignKey(
        Category, models.PROTECT, related_name="products", verbose_name=_("category")
    )
    name = models.CharField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(_("address"), max_length=140, unique=True)
    description = models.TextField(_("description"), max_length=600, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    price_amount = models.DecimalField(
        _("price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal(0))]
    )
    unit_cost_amount = models.DecimalField(
        _("unit cost"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("What making one costs, without tax. Never shown to customers."),
    )
    tax_rate = models.DecimalField(
        _("tax rate"),
        max_digits=5,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text=_("As a share: 0.07 for 7 percent."),
    )
    allergens = models.JSONField(_("allergens"), default=list, blank=True)
    illustration = models.CharField(
        _("illustration"),
        max_length=40,
        blank=True,
        choices=[(name, name.replace("-", " ")) for name in ILLUSTRATIONS],
    )
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("category__position", "position", "name")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_amount__gte=0), name="product_price_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(tax_rate__gte=0, tax_rate__lte=1), name="product_tax_rate_share"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("menu:product", args=[self.slug])

    @property
    def illustration_path(self) -> str:
        """Return where the drawing lies among the static files."""
        return f"illustrations/{self.illustration}.svg"

    @property
    def allergen_labels(self) -> list[str]:
        """Return the allergens' names in the reader's language, in the regulation's order."""
        return [str(allergen.label) for allergen in Allergen if allergen.value in self.allergens]
