"""Monthly costs on AWS: `python -m deploy.costs` prints the table of docs/deploy.md.

The prices and the usage of a small café are in deploy/prices.json. After a change there, print the
table and copy it to docs/deploy.md; a test compares the two.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

PRICES = Path(__file__).resolve().parent / "prices.json"
MILLION = Decimal(1_000_000)
# A db.t4g.micro: two vCPUs with a baseline of 10 % each.
PROCESSORS, BASELINE = 2, Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Setup:
    """The network of a setup: endpoints times zones, or a NAT."""

    name: str
    endpoints: int
    zones: int = 1
    has_nat: bool = False
    has_mail: bool = True
    has_domain: bool = True


SETUPS = (
    Setup("SNS alone", 1, has_mail=False),
    Setup("as it comes", 2),
    Setup("and Lambda", 3),
    Setup("in two zones", 3, zones=2),
    Setup("`Nat=yes`", 0, has_nat=True),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The prices, the permanent free amounts, and a month's usage."""

    prices: Mapping[str, Decimal]
    free: Mapping[str, Decimal]
    month: Mapping[str, Decimal]


def read_sheet(content: Mapping[str, Any]) -> Sheet:
    return Sheet(
        *(
            {name: Decimal(value) for name, value in content[part].items()}
            for part in ("prices", "free", "month")
        )
    )


def running_costs(sheet: Sheet, setup: Setup) -> dict[str, Decimal]:
    """Return the costs by usage, less the permanent free amounts."""
    prices, free, month = sheet.prices, sheet.free, sheet.month
    requests = month["page_requests"] + month["runs"]
    emails = month["customer_emails"] if setup.has_mail else Decimal(0)
    seconds = month["page_requests"] * month["page_seconds"] + month["runs"] * month["run_seconds"]
    return {
        "Lambda, requests": _above(requests, free["lambda_requests"])
        / MILLION
        * prices["lambda_million_requests"],
        "Lambda, time": _above(seconds * month["memory_gb"], free["lambda_gb_seconds"])
        * prices["lambda_gb_second"],
        "API Gateway": month["page_requests"] / MILLION * prices["api_million_requests"],
        "SNS, reports": _above(month["report_emails"], free["sns_emails"])
        / 1000
        * prices["sns_thousand_emails"],
        "SES, customers' e-mails": emails / 1000 * prices["ses_thousand_emails"],
        "S3": month["stored_gb"] * prices["s3_gb_month"],
        "Logs": _above(month["log_gb"], free["log_gb"]) * prices["log_gb"],
        "Data through endpoints": month["endpoint_gb"] * prices["endpoint_gb"]
        if setup.endpoints
        else Decimal(0),
        "Database above its baseline": month["surplus_vcpu_hours"] * prices["cpu_credit_hour"],
    }


def standing_costs(sheet: Sheet, setup: Setup) -> dict[str, Decimal]:
    """Return the fixed costs, which are due without any usage."""
    prices, free, month = sheet.prices, sheet.free, sheet.month
    hours = month["hours"]
    nat = hours * (prices["nat_hour"] + prices["public_address_hour"])
    nat += month["nat_gb"] * prices["nat_gb"]
    return {
        "Database": hours * prices["database_hour"]
        + month["database_gb"] * prices["database_gb_month"],
        "Database's secret": prices["secret_month"],
        "Interface endpoints": hours * prices["endpoint_hour"] * setup.endpoints * setup.zones,
        "NAT and its address": nat if setup.has_nat else Decimal(0),
        "Hosted zone of the name": prices["hosted_zone_month"] if setup.has_domain else Decimal(0),
        "Alarms": _above(month["alarms"], free["alarms"]) * prices["alarm_month"],
        "Metrics of our own": _above(month["metrics"], free["metrics"]) * prices["metric_month"],
    }


def busiest_database(sheet: Sheet) -> Decimal:
    """Return the extra costs of a database that is fully busy for the whole month.

    CPU credits are earned at the baseline and spent above it; RDS charges for missing ones.
    """
    surplus = PROCESSORS * (1 - BASELINE) * sheet.month["hours"]
    return surplus * sheet.prices["cpu_credit_hour"]


def table(sheet: Sheet) -> str:
    """Return the Markdown table: one row per service, one column per setup."""
    columns = [standing_costs(sheet, setup) | running_costs(sheet, setup) for setup in SETUPS]
    lines = [
        "| dollars a month | " + " | ".join(setup.name for setup in SETUPS) + " |",
        "|---|" + "---:|" * len(SETUPS),
    ]
    lines += [_row(name, [column[name] for column in columns]) for name in columns[0]]
    lines.append(_row("**Together**", [sum(column.values(), Decimal(0)) for column in columns]))
    return "\n".join(lines)


def surplus_sentence(sheet: Sheet) -> str:
    hours = sheet.month["surplus_vcpu_hours"]
    return (
        f"The database is assumed to need {hours} vCPU hours a month above its baseline (a tenth "
        f"of {PROCESSORS} vCPUs). A database that is always busy costs "
        f"{busiest_database(sheet):.2f} dollars more."
    )


def _row(name: str, amounts: list[Decimal]) -> str:
    return f"| {name} | " + " | ".join(f"{amount:.2f}" for amount in amounts) + " |"


def _above(amount: Decimal, free: Decimal) -> Decimal:
    return max(amount - free, Decimal(0))


def main() -> None:
    content = json.loads(PRICES.read_text(encoding="utf-8"))
    sheet = read_sheet(content)
    print(table(sheet))
    print(f"\n{surplus_sentence(sheet)}")
    print(f"\nPrices of {content['region']}, noted {content['noted']}. {content['remark']}")


if __name__ == "__main__":
    main()
