"""Tests of the stand-in's RDS: one instance or parameter refused, one allowed."""

from typing import Any

import pytest

from tests.deploy.bare_account import code_of
from tests.deploy.strict_aws.database_parameters import is_formula
from tests.deploy.strict_aws.databases import classes_of, versions_of
from tests.deploy.tiny_stack import body, create, of

INSTANCE = {
    "DBInstanceIdentifier": "x",
    "Engine": "mariadb",
    "EngineVersion": "10.11",
    "DBInstanceClass": "db.t4g.micro",
    "DBName": "cafe",
    "MasterUsername": "cafe",
    "MasterUserPassword": "x" * 40,
    "StorageType": "gp3",
    "AllocatedStorage": 20,
    "MaxAllocatedStorage": 100,
    "BackupRetentionPeriod": 14,
    "PreferredBackupWindow": "01:30-02:00",
    "PreferredMaintenanceWindow": "mon:02:15-mon:02:45",
}


def create_instance(**changes: Any) -> str:
    return code_of(lambda: of("rds").create_db_instance(**INSTANCE | changes))


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DBInstanceClass": "db.t1.micro"}, "InvalidParameterCombination"),
        ({"EngineVersion": "10.12"}, "InvalidParameterCombination"),
        ({"PreferredBackupWindow": "02:00-02:30"}, "InvalidParameterValue"),
        ({"PreferredBackupWindow": "23:50-02:20"}, "InvalidParameterValue"),
        ({"PreferredMaintenanceWindow": "mon:01:00-mon:01:45"}, "InvalidParameterValue"),
        ({"PreferredBackupWindow": "01:30-01:50"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "x" * 7}, "InvalidParameterValue"),
        ({"MasterUserPassword": "x" * 42}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with/a/slash"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with an é and more"}, "InvalidParameterValue"),
        ({"DBName": "the-cafe"}, "InvalidParameterValue"),
        ({"MasterUsername": "x" * 17}, "InvalidParameterValue"),
        ({"AllocatedStorage": 19}, "InvalidParameterValue"),
        ({"StorageType": "io1", "Iops": 1000}, "InvalidParameterValue"),
        ({"MaxAllocatedStorage": 21}, "InvalidParameterCombination"),
        ({"StorageThroughput": 250}, "InvalidParameterCombination"),
        ({"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
    ],
)
def test_rds_refuses_what_does_not_go_together(changes: dict[str, Any], code: str) -> None:
    assert create_instance(**changes) == code
    assert create_instance() == ""


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    "changes",
    [
        {"DBInstanceClass": "db.t4g.small", "EngineVersion": "10.11.16"},
        {
            "PreferredBackupWindow": "23:50-00:20",
            "PreferredMaintenanceWindow": "sun:23:00-sun:23:30",
        },
        {"PreferredMaintenanceWindow": "mon:02:01-mon:02:31"},
        {"MasterUserPassword": "x!#$%&()*+,-.:;<=>?[]^_{|}~"},
        {"MaxAllocatedStorage": 22},
        {"AllocatedStorage": 400, "MaxAllocatedStorage": 1000, "StorageThroughput": 500},
    ],
)
def test_rds_takes_what_goes_together(changes: dict[str, Any]) -> None:
    assert create_instance(**changes) == ""


def test_the_data_knows_the_cafes_version_and_class() -> None:
    assert "db.t4g.micro" in (classes_of("mariadb", "10.11") or set())
    assert "db.t4g.micro" in (classes_of("mariadb", "10.11.16") or set())
    assert any(version.startswith("10.11.") for version in versions_of("mariadb"))


@pytest.mark.usefixtures("facts")
def test_a_protected_instance_is_deleted_when_its_protection_is_gone() -> None:
    create_instance(DeletionProtection=True)
    client = of("rds")

    def delete() -> str:
        return code_of(
            lambda: client.delete_db_instance(DBInstanceIdentifier="x", SkipFinalSnapshot=True)
        )

    refused = delete()
    client.modify_db_instance(
        DBInstanceIdentifier="x", DeletionProtection=False, ApplyImmediately=True
    )

    assert (refused, delete()) == ("InvalidParameterCombination", "")


@pytest.mark.usefixtures("facts")
def test_storage_only_grows() -> None:
    create_instance(AllocatedStorage=30)

    def modify(size: int) -> str:
        return code_of(
            lambda: of("rds").modify_db_instance(DBInstanceIdentifier="x", AllocatedStorage=size)
        )

    assert (modify(29), modify(31)) == ("InvalidParameterCombination", "")


# --- Parameters -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("max_connections", "80", "0"),
        ("max_connections", "100000", "100001"),
        ("max_connections", "LEAST({DBInstanceClassMemory/25165760},12000)", "many"),
        ("max_connections", "{DBInstanceClassMemory/12582880}", "DBInstanceClassMemory/12582880"),
        ("require_secure_transport", "1", "yes"),
        ("time_zone", "UTC", "Mars/Olympus"),
        ("collation_server", "utf8mb4_bin", "utf8mb4"),
        ("long_query_time", "0.5", "-1"),
    ],
)
def test_a_stacks_parameters_are_in_range(name: str, right: str, wrong: str) -> None:
    def group(value: str) -> dict[str, Any]:
        properties = {
            "Description": "The database",
            "Family": "mariadb10.11",
            "Parameters": {name: value},
        }
        return body(Group={"Type": "AWS::RDS::DBParameterGroup", "Properties": properties})

    assert create(group(wrong)) == "ROLLBACK_COMPLETE"
    of("cloudformation").delete_stack(StackName="tiny")
    assert create(group(right)) == "CREATE_COMPLETE"


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("name", "how", "code"),
    [
        ("performance_schema", "immediate", "InvalidParameterCombination"),
        ("performance_schema", "pending-reboot", ""),
        ("slow_query_log", "immediate", ""),
        ("validate_password.policy", "immediate", "InvalidParameterValue"),
    ],
)
def test_a_static_parameter_waits_for_a_restart(name: str, how: str, code: str) -> None:
    client = of("rds")
    client.create_db_parameter_group(
        DBParameterGroupName="x", DBParameterGroupFamily="mariadb10.11", Description="x"
    )
    item = {"ParameterName": name, "ParameterValue": "1", "ApplyMethod": how}

    found = code_of(
        lambda: client.modify_db_parameter_group(DBParameterGroupName="x", Parameters=[item])
    )

    assert found == code


@pytest.mark.usefixtures("facts")
def test_a_call_changes_twenty_parameters_at_the_most() -> None:
    client = of("rds")
    client.create_db_parameter_group(
        DBParameterGroupName="x", DBParameterGroupFamily="mariadb10.11", Description="x"
    )
    item = {"ParameterName": "wait_timeout", "ParameterValue": "9", "ApplyMethod": "immediate"}

    def modify(count: int) -> str:
        return code_of(
            lambda: client.modify_db_parameter_group(
                DBParameterGroupName="x", Parameters=[item] * count
            )
        )

    assert (modify(21), modify(20)) == ("InvalidParameterValue", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{DBInstanceClassMemory/25165760}", True),
        ("{DBInstanceClassMemory*3/4}", True),
        ("GREATEST({DBInstanceClassMemory/25165760},40)", True),
        ("SUM({AllocatedStorage*2}, 5, 7)", True),
        ("LEAST({DBInstanceClassMemory/25165760})", False),
        ("LEAST(1,2)", False),
        ("MIN({DBInstanceClassMemory/25165760},40)", False),
        ("{Memory/25165760}", False),
        ("{DBInstanceClassMemory/2.5}", False),
        ("LEAST{DBInstanceClassMemory/25165760},40", False),
    ],
)
def test_a_formula_is_written_as_rds_reads_it(text: str, expected: bool) -> None:
    assert is_formula(text) is expected
