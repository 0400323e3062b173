"""Events in the format of API Gateway, and a small browser that uses them."""

import base64
import gzip
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from script.demo_parts.browser import FormReader, Page
from tests.deploy.lambda_function import LambdaFunction

HOST = "cafe.example"
SITE = f"https://{HOST}"


def gateway_event(
    method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> dict[str, Any]:
    """Return a proxy event of a REST API with a domain of its own, format 1.0."""
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/{proxy+}",
            "httpMethod": method,
            "path": path,
            "stage": "web",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "test", "userArn": None},
            "requestId": "1",
            "domainName": HOST,
        },
        # The gateway knows nothing of text: with binary media types all of it comes encoded.
        "body": None if body is None else base64.b64encode(body).decode(),
        "isBase64Encoded": body is not None,
    }


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, list[str]]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def read_answer(answer: dict[str, Any]) -> Answer:
    headers = {name.title(): values for name, values in answer["multiValueHeaders"].items()}
    body = answer.get("body", "")
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    if headers.get("Content-Encoding") == ["gzip"]:
        content = gzip.decompress(content)
    return Answer(answer["statusCode"], headers, content)


@dataclass
class GatewayBrowser:
    """Keeps cookies, follows redirects and fills in forms; every step is an event."""

    function: LambdaFunction
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self._send("GET", path, None, headers)

    def page(self, path: str) -> Page:
        answer = self.get(path)
        while answer.status == 302:
            path = urljoin(path, answer.headers["Location"][0])
            answer = self.get(path)
        assert answer.status == 200, (path, answer.status, answer.text[:2000], self.function.log)
        reader = FormReader()
        reader.feed(answer.text)
        return Page(path, answer.text, reader.forms)

    def submit(self, page: Page, action: str, **values: str) -> Page:
        body = urlencode(page.form_for(action).values | values).encode()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"{SITE}{page.address}",
        }
        answer = self._send("POST", action, body, headers)
        assert answer.status == 302, (action, answer.status, answer.text, self.function.log)
        return self.page(urlsplit(answer.headers["Location"][0]).path)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        sent = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        outcome = self.function.invoke(gateway_event(method, path, {**sent, **headers}, body))
        assert outcome.error is None, (outcome.error, self.function.log)
        answer = read_answer(outcome.answer)
        for line in answer.headers.get("Set-Cookie", []):
            self.cookies.update((name, item.value) for name, item in SimpleCookie(line).items())
        return answer
