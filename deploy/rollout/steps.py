"""The steps of a deployment, in order. Each one says what it does, checks first, and may be
repeated."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.account.check import ZAPPA_SETTINGS, look_before_deployment, open_account
from deploy.account.lines import Line, stops, table
from deploy.environment import KEY, write_environment
from deploy.errors import StepFailed
from deploy.packaging.locks import ROOT
from deploy.rollout import checks, hooks, smoke, switching
from deploy.rollout.budget import set_budget
from deploy.rollout.cloud import apply_plan, plan_stack
from deploy.rollout.functions import ask, find_function, rehearsal
from deploy.rollout.next_things import next_things
from deploy.rollout.packages import (
    StoredPackage,
    build_package,
    find_ca_file,
    store_package,
    take_stored_package,
)
from deploy.rollout.schedule import Rule, read_schedule
from deploy.stack import read_outputs, zappa_settings

# Functions read environment.json at their start; a new value of this variable restarts them. It is
# a hash of the content, which reveals nothing of the random secrets in it.
ENVIRONMENT_VERSION = "ENVIRONMENT_VERSION"


@dataclass(frozen=True, slots=True)
class Options:
    stage: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    zip: str = ""
    ca_file: Path | None = None
    allow_unsafe_migrations: bool = False


@dataclass
class Deployment:
    """One run of script/deploy, with the results of its steps so far."""

    session: Any
    options: Options
    fetch: smoke.Fetch = smoke.fetch
    settings_file: Path = ROOT / "var" / "zappa_settings.json"
    say: Callable[[str], None] = print
    outputs: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    package: StoredPackage | None = None
    # The version that served before this run; None if there was none.
    before: dict[str, Any] | None = None
    schedule: Sequence[Rule] = ()
    is_changed: bool = True

    @property
    def stage(self) -> str:
        return self.options.stage

    @property
    def has_api(self) -> bool:
        return bool(self.settings.get("apigateway_enabled", True))

    @property
    def mark(self) -> str:
        return switching.fingerprint(self._stored(), self.stage, self.settings)

    def _stored(self) -> StoredPackage:
        assert self.package is not None  # noqa: S101 - the step "Package" ran before
        return self.package

    # --- The steps ----------------------------------------------------------------------------

    def look_at_account(self) -> None:
        """Run the account checks before anything is changed."""
        account = open_account(
            self.session,
            self.options.parameters,
            self.fetch,
            builds_packages=not self.options.zip,
        )
        lines = look_before_deployment(account)
        self.say(table(lines))
        refuse_stops(lines)

    def check(self) -> None:
        """Check settings and migrations before anything is changed."""
        self.before = switching.find_deployed(self.session, self.stage)
        self.schedule = read_schedule(self.session, self.stage)
        self.say(checks.check_settings(self.session, self._own_variables()))
        if self.stage == "reports" and not find_function(self.session, "cafe-web"):
            raise StepFailed(
                "The reports need the site, which is not deployed yet: run `script/deploy web` "
                "first."
            )
        if self.options.zip:
            self.say("Migrations are not checked: an earlier package has none that are pending.")
        elif self.options.allow_unsafe_migrations:
            self.say("Migrations are not checked (--allow-unsafe-migrations).")
        else:
            checks.refuse_unsafe(checks.check_migrations(self.session))
            self.say("The version that serves now works with the migrations.")

    def _own_variables(self) -> dict[str, str]:
        stages = json.loads(ZAPPA_SETTINGS.read_text(encoding="utf-8"))
        return dict(stages[self.stage]["aws_environment_variables"])

    def stand_up_stack(self) -> None:
        plan = plan_stack(self.session, self.options.parameters)
        if plan.action == "replace":
            self.say("The rest of a failed creation is deleted first.")
        if plan.action in ("create", "replace"):
            self.say("The stack is being created. The database takes a quarter of an hour.")
        apply_plan(self.session, plan)
        self.outputs = read_outputs(self.session)
        self.say({"nothing": "The stack is unchanged."}.get(plan.action, f"Done: {plan.action}."))

    def write_settings(self) -> None:
        """Write Write environment.json for the functions, and Zappa's settings for this machine."""
        is_new = write_environment(self.session, self.outputs)
        self.say("environment.json is written." if is_new else "environment.json is unchanged.")
        made = zappa_settings(json.loads(ZAPPA_SETTINGS.read_text(encoding="utf-8")), self.outputs)
        found = self.session.client("s3").head_object(
            Bucket=self.outputs["SettingsBucketName"], Key=KEY
        )
        # Without Zappa's request of "/", because the smoke test checks more.
        made["base"]["touch"] = False
        for stage in checks.STAGES:
            made[stage]["aws_environment_variables"][ENVIRONMENT_VERSION] = found["ETag"].strip('"')
        self.settings_file.parent.mkdir(parents=True, exist_ok=True)
        self.settings_file.write_text(json.dumps(made, indent=4, ensure_ascii=False) + "\n")
        self.settings = made["base"] | made[self.stage]

    def make_package(self) -> None:
        bucket = self.outputs["SettingsBucketName"]
        if self.options.zip:
            self.package = take_stored_package(self.session, self.options.zip, bucket)
        else:
            ca_file = find_ca_file(
                self.options.ca_file,
                ROOT / self.settings["aws_environment_variables"]["DATABASE_CA_FILE"],
                self.outputs["DatabaseCaAddress"],
                self.fetch,
            )
            archive = build_package(self.stage, self.settings_file, ca_file)
            self.package = store_package(self.session, self.stage, archive, bucket)
        self.is_changed = not switching.is_deployed(
            self.session, self.stage, self._stored(), self.settings
        )
        self.say(self._stored().address)

    def migrate(self) -> None:
        """Try the package in a temporary function, which also runs the migrations."""
        if not self.is_changed:
            self.say("Nothing has changed.")
            return
        package = self._stored()
        with rehearsal(
            self.session, self.stage, self.settings, package.bucket, package.key
        ) as name:
            ask(self.session, name, {"manage": "migrate --no-input"})
            self.say(smoke.try_function(self.session, name))

    def put_in_place(self) -> None:
        if not self.is_changed:
            self.say("Nothing has changed.")
            return
        self._switch()
        plan = plan_stack(self.session, self.options.parameters)
        if self.has_api and plan.action != "nothing":
            self._make_address_known()

    def _make_address_known(self) -> None:
        """Pass Zappa's API to the stack, and the site's address to the functions.

        Until then, a site without a domain refuses all requests.
        """
        self.say("The stack and the functions get the site's address.")
        before = self.settings
        self.stand_up_stack()
        self.write_settings()
        if self.settings != before:
            self._switch()

    def _switch(self) -> None:
        action = switching.switch(
            self.session, self.stage, self._stored(), self.settings_file, has_api=self.has_api
        )
        self.say(f"Done: zappa {action}.")

    def set_hooks(self) -> None:
        for said in hooks.set_hooks(self.session, self.stage, self.settings, self.outputs):
            self.say(f"Set: {said}.")

    def try_out(self) -> None:
        self.say(smoke.try_function(self.session, f"cafe-{self.stage}"))
        if self.has_api:
            self.say(smoke.try_site(self.fetch, self.outputs["SiteUrl"]))
        if self.is_changed:
            switching.mark_deployed(self.session, self.stage, self._stored(), self.mark)

    def set_budget(self) -> None:
        self.say(set_budget(self.session, self.outputs))

    def say_what_is_next(self) -> None:
        for line in next_things(self.session, self.stage, self.outputs, self.before):
            self.say(f"- {line}")


def refuse_stops(lines: Sequence[Line]) -> None:
    if found := stops(lines):
        subjects = ", ".join(dict.fromkeys(line.subject for line in found))
        raise StepFailed(
            f"The account is not ready: {subjects}. The lines that end in 'stop' say what to do; "
            "script/deploy --check-account shows them again."
        )


# A failure in these steps does not affect the previous version; later, it is restored.
BEFORE_THE_SWITCH: tuple[tuple[str, Callable[[Deployment], None]], ...] = (
    ("Account", Deployment.look_at_account),
    ("Checks", Deployment.check),
    ("Stack", Deployment.stand_up_stack),
    ("Settings", Deployment.write_settings),
    ("Package", Deployment.make_package),
    ("Migrations", Deployment.migrate),
)
FROM_THE_SWITCH: tuple[tuple[str, Callable[[Deployment], None]], ...] = (
    ("Function", Deployment.put_in_place),
    ("What Zappa leaves out", Deployment.set_hooks),
    ("Smoke test", Deployment.try_out),
)
AT_THE_END: tuple[tuple[str, Callable[[Deployment], None]], ...] = (
    ("Budget", Deployment.set_budget),
    ("What to do next", Deployment.say_what_is_next),
)
