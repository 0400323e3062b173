"""The option `--long`: without it, tests marked long are skipped and counted."""

from typing import Any

import pytest

COUNT = pytest.StashKey[int]()
# How a process of pytest-xdist tells it.
OUTPUT = "left_out_as_long"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked long, too")


def pytest_report_header(config: pytest.Config) -> str:
    if config.getoption("--long"):
        return "long: the tests marked long are run, too"
    return "long: the tests marked long are left out; --long runs them"


@pytest.hookimpl(trylast=True)  # After -m and -k: what they leave out is not counted.
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    items[:] = [item for item in items if not item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=left_out)
    config.stash[COUNT] = len(left_out)
    if hasattr(config, "workeroutput"):
        config.workeroutput[OUTPUT] = len(left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    # Each process of pytest-xdist has found the same tests, and this one none.
    node.config.stash[COUNT] = getattr(node, "workeroutput", {}).get(OUTPUT, 0)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if count := config.stash.get(COUNT, 0):
        terminalreporter.write_line(f"Left out as long: {count}. They are run by --long.")
