"""The main program of the demo, which script/demo starts in .venv.

Nothing in this package is product code, and the product does not import it."""

import contextlib
import datetime
import signal
import socket
import sys
import threading
from collections.abc import Callable

from script.demo_parts.arguments import DEFAULT_PORT, PortTaken, listen, read_arguments
from script.demo_parts.environment import Secrets, load_secrets, set_environment
from script.demo_parts.topic import stand_in, subscribe_queue


def main() -> int:
    arguments = read_arguments(sys.argv[1:])
    # `kill` ends it like Ctrl-C, which shells disable for background jobs.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        # Take the port first, because another program could take it meanwhile.
        with listen(arguments.port) as listener, stand_in() as endpoint:
            secrets = load_secrets()
            # A check uses any port, but its reports are kept, so their links name the usual port.
            port = arguments.port or DEFAULT_PORT
            set_environment(secret_key=secrets.secret_key, port=port, aws_endpoint=endpoint)
            return run(listener, secrets, is_check=arguments.is_check)
    except PortTaken as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 130


def run(listener: socket.socket, secrets: Secrets, *, is_check: bool) -> int:
    """Prepare, report and serve. The environment is complete, so settings can be loaded."""
    import django

    django.setup()
    # Imported here, because these modules load the settings and the models.
    from script.demo_parts import check, schedule, seed, serve, show

    now = datetime.datetime.now(datetime.UTC)
    prepare_files()
    seed.seed_shop(now)
    seed.keep_people(secrets)
    subscriber = subscribe_queue()
    evening = schedule.run_missed_evenings(now)
    bodies = subscriber.receive()
    show.show_report(evening.report)
    show.show_received(bodies)
    show.show_age(evening.day)
    with serve.served(listener) as site:
        if is_check:
            show.show_heading("Check")
            return 0 if check.check_all(site, evening, bodies, secrets) else 1
        show.show_addresses(secrets)
        wait_for_the_end(schedule.run_schedule)
    return 0


def prepare_files() -> None:
    """Run the migrations, and collect the static files under their hashed names."""
    from django.core.management import call_command

    print("Preparing the database and the static files ...", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


def wait_for_the_end(run_schedule: Callable[[threading.Event], None]) -> None:
    """Run the schedule in a second thread until Ctrl-C."""
    stopped = threading.Event()
    clock = threading.Thread(target=run_schedule, args=[stopped], name="schedule", daemon=True)
    clock.start()
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()
    print("\nClosed.")
    stopped.set()
    clock.join()


if __name__ == "__main__":
    sys.exit(main())
