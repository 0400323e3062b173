"""Publisher that sends reports to an Amazon SNS topic."""

from typing import Any

from reports.delivery.problems import Problem, problem_of_sns
from reports.delivery.publishers import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    Publication,
    PublishAmbiguous,
    PublishError,
    PublishRefused,
    PublishThrottled,
    check_publication,
)
from reports.messages.size import sns_body


class SnsPublisher:
    """Publishes to an Amazon SNS topic, once per call: botocore's retries are off.

    With retries, one call might send three e-mails, and the count of attempts would be wrong.
    """

    def __init__(self, topic_arn: str) -> None:
        self._topic_arn = topic_arn
        self._client: Any = None

    def publish(self, publication: Publication) -> str:
        # boto3 takes a quarter of a second to import; most runs have nothing to publish.
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            ConnectTimeoutError,
            EndpointConnectionError,
            NoCredentialsError,
            NoRegionError,
            ParamValidationError,
            PartialCredentialsError,
            ProxyConnectionError,
            SSLError,
        )

        check_publication(publication)
        try:
            answer = self._connect().publish(
                TopicArn=self._topic_arn,
                Subject=publication.message.subject,
                Message=sns_body(publication.message),
                MessageStructure="json",
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in publication.attributes.items()
                },
            )
        except ClientError as error:
            raise _from_answer(error.response) from error
        except ParamValidationError as error:
            raise PublishRefused(f"boto3 would not send it: {error}") from error
        except (NoCredentialsError, NoRegionError, PartialCredentialsError) as error:
            # Nothing was sent; the next run may have credentials.
            raise PublishThrottled(f"SNS was not reached: {error}", Problem.NOT_ALLOWED) from error
        except (
            ConnectTimeoutError,
            EndpointConnectionError,
            ProxyConnectionError,
            SSLError,
        ) as error:
            # All of these are raised before the message is sent.
            raise PublishThrottled(f"SNS was not reached: {error}") from error
        except BotoCoreError as error:
            raise PublishAmbiguous(f"SNS gave no answer: {error}") from error
        return str(answer["MessageId"])

    def _connect(self) -> Any:
        if self._client is None:
            self._client = connect_to_sns(self._topic_arn)
        return self._client


def connect_to_sns(topic_arn: str) -> Any:
    """Return a client for a topic's region, without retries and with timeouts of seconds."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        "sns",
        region_name=topic_arn.split(":")[3],
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": 1},
        ),
    )


def _from_answer(response: dict[str, Any]) -> PublishError:
    """Return the publishing error for an error response of SNS."""
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    error = response.get("Error", {})
    what = f"SNS answered {status} {error.get('Code', '')}: {error.get('Message', '')}"
    problem = problem_of_sns(error.get("Code", ""), status)
    if problem == Problem.BUSY:
        return PublishThrottled(what, problem)
    if 400 <= status < 500:
        return PublishRefused(what, problem)
    return PublishAmbiguous(what)
