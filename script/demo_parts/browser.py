"""A small browser for --check: it keeps cookies, follows redirects and fills in forms."""

import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar


@dataclass(slots=True)
class Form:
    """A form of a page. `values` holds the prefilled fields."""

    action: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    address: str
    text: str
    forms: list[Form]

    def form_for(self, action: str) -> Form:
        """Return the form with this action; raise LookupError if there is none."""
        for form in self.forms:
            target = urllib.parse.urljoin(self.address, form.action)
            if urllib.parse.urlsplit(target).path == action:
                return form
        raise LookupError(f"{self.address} has no form for {action}.")


class FormReader(HTMLParser):
    """Parses the forms of a page; for each select, it takes the first non-empty choice."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        elif not self.forms:
            return
        elif tag in ("input", "textarea") and "name" in found:
            if found.get("type") not in ("checkbox", "radio") or "checked" in found:
                self.forms[-1].values.setdefault(found["name"], found.get("value", ""))
        elif tag == "select":
            self._select = found.get("name", "")
        elif tag == "option" and self._select and found.get("value"):
            self.forms[-1].values.setdefault(self._select, found["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


class Browser:
    def __init__(self, site: str) -> None:
        self._site = site
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies),
            urllib.request.ProxyHandler({}),
        )

    def get(self, path: str) -> Page:
        """Open a page; raise urllib.error.HTTPError unless it answers with 200."""
        return self._open(urllib.parse.urljoin(self._site, path), None)

    def submit(self, page: Page, action: str, **values: str) -> Page:
        """Send one of a page's forms with some fields filled in; return the page it leads to."""
        filled = page.form_for(action).values | values
        target = urllib.parse.urljoin(self._site, action)
        return self._open(target, urllib.parse.urlencode(filled).encode())

    def _open(self, address: str, body: bytes | None) -> Page:
        request = urllib.request.Request(address, data=body, headers={"Referer": self._site})
        with self._opener.open(request, timeout=30) as answer:
            text = answer.read().decode()
        reader = FormReader()
        reader.feed(text)
        return Page(answer.url, text, reader.forms)
