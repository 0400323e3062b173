"""Command `backtest`: try the forecast on past sales."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from cafe_site.orders.models import OrderLine


class Command(BaseCommand):
    help = (
        "Try the bake plan's forecast on past sales, the shop's own or a file's: each fifth day an "
        "origin, seven days ahead, days on which nothing was sold left out. Nothing is written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--data", type=Path, help="a CSV with the columns product, day, quantity[, price]"
        )
        parser.add_argument("--days", type=int, default=91, help="how many of the last days to try")
        parser.add_argument(
            "--products", type=int, default=20, help="how many of the best sellers to try"
        )
        parser.add_argument(
            "--margin",
            type=float,
            default=0.7,
            help="the part of the price that a sale earns, from 0.5 to 0.95",
        )
        parser.add_argument(
            "--against", choices=("statsforecast",), help="also run its models, if installed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Imported here, because it imports numpy.
        from reports.baking import backtest

        if options["days"] < 1 or options["products"] < 1:
            raise CommandError("--days and --products have to be 1 or more.")
        if not 0.5 <= options["margin"] <= 0.95:
            raise CommandError(f"--margin {options['margin']} is not between 0.5 and 0.95.")
        methods = {
            "bake plan": backtest.our_forecast,
            "same as last week": backtest.same_as_last_week,
        }
        try:
            if options["against"]:
                methods |= backtest.statsforecast_methods()
            series = backtest.read_series(options["data"]) if options["data"] else self.own_series()
            scores = backtest.run_backtest(
                series,
                methods,
                days=options["days"],
                products=options["products"],
                margin=options["margin"],
            )
        except ImportError as error:
            raise CommandError(
                "statsforecast is not installed. To compare with it: pip install statsforecast."
            ) from error
        except backtest.BadSeries as error:
            raise CommandError(str(error)) from error
        self.show_result(scores, len(series.sold), options)

    def own_series(self) -> Any:
        from reports.baking import backtest

        rows = (
            OrderLine.objects.counted()
            .filter(product__is_baked=True)
            .values_list("business_day", "product__name", "product__price_amount")
            .annotate(Sum("quantity"))
        )
        totals, prices = {}, {}
        for day, name, price, quantity in rows:
            totals[day, name] = float(quantity)
            prices[name] = float(price)
        if not totals:
            raise backtest.BadSeries("There are no sales of anything that is baked yet.")
        return backtest.series_of(totals, prices)

    def show_result(self, scores: dict[str, Any], days: int, options: dict[str, Any]) -> None:
        from reports.baking.backtest import LEVELS

        self.stdout.write(
            f"{days} days of sales, the last {options['days']} tried; the {options['products']} "
            f"best sellers; margin {options['margin']:g}."
        )
        covered = "  ".join(f"{level:4.2f}" for level in LEVELS)
        self.stdout.write(
            f"\n{'':<18}{'pinball':>8}{'MASE':>7}{'WAPE':>7}{'cost':>10}{'seconds':>9}"
            f"   coverage of {covered}"
        )
        baseline = scores["same as last week"].cost
        for name, score in scores.items():
            coverage = "  ".join(f"{share:4.2f}" for share in score.coverage)
            self.stdout.write(
                f"{name:<18}{score.pinball:8.4f}{score.mase:7.3f}{score.wape:7.3f}"
                f"{score.cost:10.1f}{score.seconds:9.1f}   {'':<12}{coverage}"
            )
        saved = 1 - scores["bake plan"].cost / baseline if baseline else 0.0
        self.stdout.write(
            f"\nThe bake plan's quantities cost {saved:.0%} less than the same as last week."
        )
