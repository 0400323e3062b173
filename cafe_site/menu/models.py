"""Models of the menu: categories, products, ingredients and options."""

from collections.abc import Collection
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import ExactSlugField, ExactTextField, NameKeyField
from cafe_site.menu.illustrations import ILLUSTRATIONS
from cafe_site.menu.labels import Allergen, Diet, labels_of
from cafe_site.menu.photos import Picture, picture_of


def menu_order(product: str = "") -> tuple[str, ...]:
    """Return the fields that sort rows in the menu's order of their products.

    `product` is the lookup from the row to its product, such as "product__". Categories may share a
    position, so their names come next.
    """
    return (
        f"{product}category__position",
        f"{product}category__name_key",
        f"{product}position",
        f"{product}name_key",
    )


class Category(models.Model):
    """A part of the menu, such as Cakes."""

    name = ExactTextField(_("name"), max_length=80)
    name_key = NameKeyField(unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("position", "name_key")

    def __str__(self) -> str:
        return self.name

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        super().validate_unique(exclude)
        if "name" in (exclude or ()):
            # The list of categories does not show errors of the name.
            return
        sentence = gettext("There is a category “%(name)s” already. Choose another name.")
        refuse_known_name(self, sentence)


def refuse_known_name(row: "Category | Product", sentence: str) -> None:
    """Raise ValidationError if another row has the same name in any spelling."""
    same = type(row)._default_manager.filter(name_key=row.name).exclude(pk=row.pk).first()
    if same is not None:
        raise ValidationError({"name": sentence % {"name": same.name}})


class ProductQuerySet(models.QuerySet["Product"]):
    def on_sale(self) -> "ProductQuerySet":
        """Return the products that customers may order."""
        return self.filter(is_on_sale=True)

    def without_stated_allergens(self) -> "ProductQuerySet":
        """Return products whose allergens, or those of their options on sale, are not stated."""
        unstated = {"allergens": [], "is_free_of_allergens": False}
        options = Option.objects.filter(
            **unstated, is_on_sale=True, group__product=models.OuterRef("pk")
        )
        return self.filter(models.Q(**unstated) | models.Exists(options))

    def with_choices(self) -> "ProductQuerySet":
        """Prefetch the option groups of each product and their options, in two more queries.

        `options.all()` of each group then holds only the options on sale.
        """
        return self.prefetch_related(
            models.Prefetch("option_groups__options", Option.objects.filter(is_on_sale=True))
        )

    def in_menu_order(self) -> "ProductQuerySet":
        """Return the products with their categories, in the menu's order."""
        return self.select_related("category").order_by(*menu_order())


class Product(models.Model):
    """A product. Order lines copy its name, price and tax rate when the order is placed."""

    category = models.ForeignKey(
        Category, models.PROTECT, related_name="products", verbose_name=_("category")
    )
    name = ExactTextField(_("name"), max_length=120)
    name_key = NameKeyField(unique=True)
    slug = ExactSlugField(_("address"), max_length=140, unique=True)
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
    )
    lead_minutes = models.PositiveIntegerField(
        _("lead time in minutes"),
        null=True,
        blank=True,
        help_text=_("Only if it needs longer than the rest: 1440 for a cake that takes a day."),
    )
    daily_quantity = models.PositiveIntegerField(
        _("per day"),
        null=True,
        blank=True,
        help_text=_("How many are usually made for a day. Leave it empty for no limit."),
    )
    is_baked = models.BooleanField(
        _("in the bake plan"),
        default=True,
        db_default=True,
        help_text=_("Whether the evening's report says how many to make tomorrow."),
    )
    # For the bake plan. The database defaults are for older code that does not set these fields.
    leftover_value_amount = models.DecimalField(
        _("worth of a leftover"),
        max_digits=10,
        decimal_places=2,
        default=Decimal(0),
        db_default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("What one leftover still brings, without tax. Enter 0 if it is thrown away."),
    )
    shelf_life_days = models.PositiveSmallIntegerField(
        _("shelf life in days"),
        default=1,
        db_default=1,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("On how many days it can be sold. Enter 1 for the day itself only."),
    )
    batch_size = models.PositiveSmallIntegerField(
        _("batch"),
        default=1,
        db_default=1,
        validators=[MinValueValidator(1)],
        help_text=_("How many are made at once, such as a tray of 12."),
    )
    bake_least = models.PositiveIntegerField(
        _("bake at least"),
        null=True,
        blank=True,
        help_text=_("Even if fewer are expected to sell."),
    )
    bake_most = models.PositiveIntegerField(
        _("bake at most"),
        null=True,
        blank=True,
        help_text=_("For example, as many as fit into the oven."),
    )
    allergens = models.JSONField(_("allergens"), default=list, blank=True)
    # If false, an empty list of allergens means "not stated", not "none".
    is_free_of_allergens = models.BooleanField(
        _("none of the fourteen"),
        default=False,
        db_default=False,
        help_text=_("Tick it when you have checked. Until then customers read “please ask us”."),
    )
    diets = models.JSONField(_("dietary labels"), default=list, blank=True)
    # The stem of the names of the photo's files, written only by photos.py.
    photo = ExactTextField(_("photo"), max_length=32, blank=True, editable=False)
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
        ordering = menu_order()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(price_amount__gte=0), name="product_price_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(tax_rate__gte=0, tax_rate__lte=1), name="product_tax_rate_share"
            ),
            models.CheckConstraint(
                condition=models.Q(batch_size__gte=1, shelf_life_days__gte=1),
                name="product_batch_and_shelf_life",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("menu:product", args=[self.slug])

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        super().validate_unique(exclude)
        if "name" in (exclude or ()):
            # The list of products does not show errors of the name.
            return
        sentence = gettext("There is a product “%(name)s” already. Choose another name.")
        refuse_known_name(self, sentence)

    @property
    def illustration_path(self) -> str:
        """Return the drawing's path below the static files."""
        return f"illustrations/{self.illustration}.svg"

    @property
    def allergen_labels(self) -> list[str]:
        """Return the allergens' names in the reader's language, in the regulation's order."""
        return labels_of(Allergen, self.allergens)

    @property
    def has_stated_allergens(self) -> bool:
        """Whether the allergens, or their absence, are stated."""
        return bool(self.allergens) or self.is_free_of_allergens

    @property
    def diet_labels(self) -> list[str]:
        """Return the dietary labels' names in the reader's language."""
        return labels_of(Diet, self.diets)

    @property
    def picture(self) -> Picture | None:
        """Return the photo as a page shows it, if there is one."""
        return picture_of(self.photo) if self.photo else None


class RecipeItem(models.Model):
    """The amount of an ingredient in one item of a product."""

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="recipe", verbose_name=_("product")
    )
    ingredient = ExactTextField(_("ingredient"), max_length=60)
    ingredient_key = NameKeyField(of="ingredient")
    amount = models.DecimalField(
        _("amount for one"),
        max_digits=9,
        decimal_places=3,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    unit = ExactTextField(_("unit"), max_length=12, help_text=_("Such as g, ml or pieces."))

    class Meta:
        verbose_name = _("ingredient")
        verbose_name_plural = _("recipe, for one")
        ordering = ("ingredient", "unit")
        constraints = [
            models.UniqueConstraint(
                fields=("product", "ingredient_key", "unit"), name="recipe_item_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="recipe_item_amount_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ingredient} ({self.unit})"


class OptionGroup(models.Model):
    """A choice for a product, such as its size, between several options."""

    product = models.ForeignKey(
        Product, models.CASCADE, related_name="option_groups", verbose_name=_("product")
    )
    name = ExactTextField(_("name"), max_length=60)
    name_key = NameKeyField()
    is_required = models.BooleanField(
        _("required"), default=True, help_text=_("Customers have to choose one of its options.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("option group")
        verbose_name_plural = _("option groups")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=("product", "name_key"), name="option_group_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.name}"


class Option(models.Model):
    """An option of a group. Order lines copy its name and price when the order is placed."""

    group = models.ForeignKey(
        OptionGroup, models.CASCADE, related_name="options", verbose_name=_("option group")
    )
    name = ExactTextField(_("name"), max_length=60)
    name_key = NameKeyField()
    price_difference_amount = models.DecimalField(
        _("price difference"),
        max_digits=10,
        decimal_places=2,
        default=Decimal(0),
        help_text=_("What it adds to the price; below zero it makes it cheaper."),
    )
    allergens = models.JSONField(_("allergens"), default=list, blank=True)
    is_free_of_allergens = models.BooleanField(
        _("adds none of the fourteen"), default=False, db_default=False
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_on_sale = models.BooleanField(_("on sale"), default=True)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(fields=("group", "name_key"), name="option_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allergen_labels(self) -> list[str]:
        """Return the names of the allergens that it adds."""
        return labels_of(Allergen, self.allergens)

    @property
    def has_stated_allergens(self) -> bool:
        """Whether the allergens that it adds, or their absence, are stated."""
        return bool(self.allergens) or self.is_free_of_allergens
