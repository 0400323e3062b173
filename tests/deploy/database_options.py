"""RDS's current options for MariaDB, because moto's own list is outdated."""

from typing import Any

ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")


def database_option(**changes: Any) -> dict[str, Any]:
    """Return what RDS offers: one class, version and kind of storage, and where."""
    zones = changes.pop("zones", ZONES)
    return {
        "Engine": "mariadb",
        "EngineVersion": "10.11.14",
        "DBInstanceClass": "db.t4g.micro",
        "StorageType": "gp3",
        "AvailabilityZones": [{"Name": zone} for zone in zones],
        "MultiAZCapable": True,
        "Vpc": True,
        **changes,
    }
