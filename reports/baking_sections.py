"""The bake plan and its scores in the report's text: forty columns. Pure."""

import datetime
from textwrap import wrap

from cafe_site.shop.money import Currency
from reports.baking import Baking, PlannedProduct, Savings, score_words, waste_of
from reports.sections import percent_of
from reports.wording import WIDTH, count_of, paragraph, row, short_day


def baking_sections(baking: Baking | None, *, currency: Currency, is_tomorrow: bool) -> list[str]:
    """Return what became of the day's baking, what four weeks cost, and the plan."""
    if baking is None:
        return []
    return [
        _scores(baking, currency),
        _savings(baking.savings, currency),
        _plan(baking, is_tomorrow=is_tomorrow),
    ]


def _scores(baking: Baking, currency: Currency) -> str:
    if not baking.scores:
        return ""
    lines = ["BAKED and sold, and what became of it"]
    for score in baking.scores:
        lines += row(score.name, f"{score.baked}  {score.sold:>3}")
        lines += _indented(score_words(score, currency))
    if baking.left_out_products:
        return "\n".join(lines)
    waste, missed = waste_of(baking.scores)
    lines += row("Waste", currency.plain(waste))
    lines += row("Missed sales, estimated", currency.plain(missed))
    return "\n".join(lines)


def _savings(savings: Savings | None, currency: Currency) -> str:
    if savings is None:
        return ""
    cost, before = savings.cost_amount, savings.as_last_week_amount
    text = (
        f"On the last {count_of(savings.days, 'day')} waste and missed sales cost "
        f"{currency.plain(cost)}; the same as last week would have cost {currency.plain(before)}"
    )
    if before:
        percent = percent_of((cost - before) / before)
        text += f" ({percent:+}%)" if percent else ""
    return paragraph(f"{text}.")


def _plan(baking: Baking, *, is_tomorrow: bool) -> str:
    if not baking.plan or baking.plan_day is None:
        return ""
    lines = wrap(f"BAKE PLAN for {_when(baking.plan_day, is_tomorrow=is_tomorrow)}", WIDTH)
    category = None
    for product in baking.plan:
        if product.category != category:
            category = product.category
            lines += ["", *wrap(category, WIDTH)]
        lines += [line.rstrip() for line in row(f"{product.quantity:>4} {product.name}", "")]
        lines += _indented(_reason(product))
    if baking.left_out_products:
        names = count_of(baking.left_out_products, "product")
        lines += ["", *wrap(f"And {names} more; the dashboard has them.", WIDTH)]
    return "\n".join(lines)


def _reason(product: PlannedProduct) -> str:
    if product.batch_size == 1 or not product.quantity:
        return product.reason
    return f"{product.batches} x {product.batch_size}; {product.reason}"


def _when(day: datetime.date, *, is_tomorrow: bool) -> str:
    return f"tomorrow, {short_day(day)}" if is_tomorrow else short_day(day)


def _indented(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent="     ", subsequent_indent="     ")
