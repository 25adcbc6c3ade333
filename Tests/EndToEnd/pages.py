"""A browser without scripts: keeps cookies, reads forms, sends them as the page says."""

import functools
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from product import PASSWORD


class Form:
    """One form of a page: where it goes, and what it sends when nobody types anything."""

    def __init__(self, attributes):
        self.action = attributes.get("action", "")
        self.fields = []


class Page(HTMLParser):
    """What a page shows: its text, its forms, its links."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer
        self.status = answer.status_code
        self.forms, self.links, self.headings, self.words = [], [], [], []
        self.inputs = {}
        self._heading = False
        self._select = self._area = None
        self.feed(answer.text)

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(values))
        elif tag == "input" and values.get("name") and self.forms:
            self.inputs.setdefault(values["name"], values)
            if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                self.forms[-1].fields.append((values["name"], values.get("value", "")))
        elif tag == "select" and self.forms:
            self._select = values.get("name")
        elif tag == "option" and self._select:
            self._choose(values.get("value", ""), "selected" in values)
        elif tag == "textarea" and values.get("name") and self.forms:
            self._area = values["name"]
            self.forms[-1].fields.append((self._area, ""))
        elif tag == "a":
            self.links.append(values.get("href"))
        self._heading = tag == "h1" or self._heading and tag not in ("p", "form")

    def _choose(self, value, is_selected):
        """The first option of a list stands for it, until one says that it does."""
        fields = self.forms[-1].fields
        if self._select not in dict(fields):
            fields.append((self._select, value))
        elif is_selected:
            fields[:] = [field for field in fields if field[0] != self._select] + [(self._select, value)]

    def handle_endtag(self, tag):
        if tag == "h1":
            self._heading = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._area:
            # HTML 13.2.6.4.7: a line break right behind the tag is none of the text.
            self.forms[-1].fields[-1] = (self._area, self.forms[-1].fields[-1][1] + data.removeprefix("\n"))
        self.words.append(data)
        if self._heading:
            self.headings.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    @property
    def heading(self):
        return "".join(self.headings).strip()

    def form(self, action):
        return next(form for form in self.forms if form.action == action)


def weight(product, html):
    """Bytes of a page with its style sheet and scripts, as sent to a browser."""
    parts = set(re.findall(r'(?:src|href)="(/public/(?:css|js)/[^"]+)"', html))
    assert parts
    return len(html.encode()) + sum(sent(product, part) for part in parts)


@functools.cache
def sent(product, part):
    """Bytes of a style sheet or script, compressed as browsers take it."""
    with product.client() as client:
        answer = client.get(product.base + part, headers={"Accept-Encoding": "gzip"}, stream=True)
        assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "gzip", part
        return len(answer.raw.read(decode_content=False))


class Browser:
    """Somebody with a browser, in front of a product."""

    def __init__(self, product, base=None):
        self.base = base or product.base
        self.session = product.client()
        self.page = None

    def ask(self, method, target, **options):
        headers = {"Accept": "text/html", **options.pop("headers", {})}
        answer = self.session.request(
            method, urljoin(self.base, target), headers=headers, allow_redirects=False, timeout=30, **options
        )
        self.page = Page(answer)
        return self.page

    def get(self, target, **options):
        return self.ask("GET", target, **options)

    def follow(self):
        """Goes where the last answer leads, until it leads nowhere else on this site."""
        for _ in range(10):
            location = self.page.answer.headers.get("Location")
            if not location or not urljoin(self.base, location).startswith(self.base):
                return self.page
            self.get(location)
        raise AssertionError("a ring of redirects")

    def open(self, target):
        self.get(target)
        return self.follow()

    def send(self, action, headers={}, **typed):
        """Sends the form that goes to the address, filled in; a list stands for several fields of a name."""
        form = self.page.form(action)
        fields = [(name, value) for name, value in form.fields if name not in typed]
        for name, value in typed.items():
            fields += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return self.ask("POST", action, data=fields, headers={"Origin": self.base, **headers})

    def sign_in(self, username, password=PASSWORD, target="/login"):
        self.open(target)
        self.send("/login", username=username, password=password)
        return self.page

    def cookie(self, name):
        return self.session.cookies.get(f"__Host-gatehouse-{name}")
