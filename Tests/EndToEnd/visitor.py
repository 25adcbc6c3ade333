"""A person at the pages with a browser that has no scripts: follows redirects, fills in forms, presses buttons."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

from product import PASSWORD


class Form:
    def __init__(self, attributes):
        self.action = attributes.get("action", "")
        self.method = attributes.get("method", "get").upper()
        self.fields = []
        self.buttons = []


class Page(HTMLParser):
    """What an answer shows: its text and its forms."""

    def __init__(self, answer):
        super().__init__()
        self.answer, self.address, self.status = answer, answer.url, answer.status_code
        self.forms, self.text = [], ""
        self._button = None
        self.feed(answer.text)

    def handle_starttag(self, tag, attributes):
        attributes = {name: value if value is not None else "" for name, value in attributes}
        if tag == "form":
            self.forms.append(Form(attributes))
        elif tag == "input" and self.forms and attributes.get("name"):
            kind = attributes.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in attributes:
                self.forms[-1].fields.append((attributes["name"], attributes.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "button" and self.forms:
            self._button = [attributes.get("name"), attributes.get("value", ""), ""]
            self.forms[-1].buttons.append(self._button)

    def handle_endtag(self, tag):
        if tag == "button":
            self._button = None

    def handle_data(self, data):
        self.text += data
        if self._button:
            self._button[2] += data.strip()

    def form(self, button=None, field=None):
        """The form with this button or field."""
        for form in self.forms:
            if button and any(text == button for _, _, text in form.buttons):
                return form
            if field and any(name == field for name, _ in form.fields):
                return form
        return None


class Landing:
    """Where the product sent the browser: an address that is not its own, with what it carries."""

    def __init__(self, address, form=None):
        self.address = address
        query = urlsplit(address).query
        self.parameters = dict(form) if form is not None else {
            name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()
        }

    def __getitem__(self, name):
        return self.parameters[name]

    def get(self, name):
        return self.parameters.get(name)


class Visitor:
    def __init__(self, product, username=None, password=PASSWORD):
        self.product, self.username, self.password = product, username, password
        self.http = product.client()

    def close(self):
        self.http.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def open(self, address):
        """A page of the product, or the place outside to which it sends."""
        return self._follow(self._send("GET", urljoin(self.product.base, str(address))))

    def submit(self, page, button, **fields):
        """Presses a button of a form, with these fields filled in."""
        form = page.form(button=button)
        assert form, f"no button {button} at {page.address}: {page.answer.text}"
        name, value = next((name, value) for name, value, text in form.buttons if text == button)
        data = [(field, content) for field, content in form.fields if field not in fields]
        data += list(fields.items())
        if name:
            data.append((name, value))
        target = urljoin(page.address, form.action or page.address)
        headers = {"Origin": self.product.base, "Referer": page.address, "Sec-Fetch-Site": "same-origin"}
        if form.method == "GET":
            return self._follow(self._send("GET", target, params=data, headers=headers))
        if not target.startswith(self.product.base + "/"):
            return Landing(target, data)
        return self._follow(self._send("POST", target, data=data, headers=headers))

    def sign_in(self, page):
        return self.submit(page, "Sign in", username=self.username, password=self.password)

    def allow(self, address, decision="Allow"):
        """Goes to an authorization request, signs in where asked, and decides; answers where that leads."""
        place = self.open(address)
        for _ in range(4):
            if isinstance(place, Landing):
                return place
            if place.form(field="password"):
                place = self.sign_in(place)
            elif place.form(button=decision):
                place = self.submit(place, decision)
            elif posted := self._posted(place):
                return posted
            else:
                return place
        return place

    def _posted(self, page):
        """A page that only carries the answer on to the client (form_post)."""
        for form in page.forms:
            target = urljoin(page.address, form.action)
            if form.method == "POST" and not target.startswith(self.product.base + "/"):
                return Landing(target, form.fields)
        return None

    def _send(self, method, address, **options):
        return self.http.request(method, address, allow_redirects=False, timeout=30, **options)

    def _follow(self, answer):
        for _ in range(10):
            if answer.status_code not in (301, 302, 303, 307, 308):
                return Page(answer)
            target = urljoin(answer.url, answer.headers["Location"])
            if not target.startswith(self.product.base + "/"):
                return Landing(target)
            answer = self._send("GET", target)
        raise AssertionError(f"redirects without end, last to {answer.headers['Location']}")
