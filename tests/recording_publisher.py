"""A publisher that publishes nothing."""

from dataclasses import dataclass, field

from reports.delivery.publishers import Publication, check_publication


@dataclass(slots=True)
class RecordingPublisher:
    """Keeps what it is given; `failure` is raised instead, if set."""

    publications: list[Publication] = field(default_factory=list)
    failure: BaseException | None = None

    def publish(self, publication: Publication) -> str:
        check_publication(publication)
        if self.failure is not None:
            raise self.failure
        self.publications.append(publication)
        return f"recorded-{len(self.publications)}"
