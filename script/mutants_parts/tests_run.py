"""A plugin of pytest: records which test runs which lines, or runs chosen tests in an order."""

import json
from collections.abc import Generator
from pathlib import Path

import coverage
import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", metavar="FOLDER", help="record what each test runs")
    parser.addoption("--chosen", metavar="FILE", help="run the tests in a JSON list, in its order")


def pytest_configure(config: pytest.Config) -> None:
    if folder := config.getoption("--record"):
        config.pluginmanager.register(Recorder(Path(folder)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if file := config.getoption("--chosen"):
        chosen = json.loads(Path(file).read_text(encoding="utf-8"))
        there = {item.nodeid: item for item in items}
        items[:] = [there[name] for name in chosen if name in there]


class Recorder:
    """Writes the lines that each test runs, and the seconds that it takes, into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seconds: dict[str, float] = {}
        self.coverage = coverage.Coverage(
            data_file=str(folder / "lines"), source=["cafe_site", "reports"], config_file=False
        )
        self.coverage.start()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self.coverage.switch_context(item.nodeid)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        self.coverage.save()
        times = json.dumps(self.seconds)
        (self.folder / "seconds.json").write_text(times, encoding="utf-8")
