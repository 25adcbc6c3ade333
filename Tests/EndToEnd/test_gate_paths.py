"""Paths that two readers could read differently: judged as nginx reads them, or refused."""

import pytest

from product import ENGINE


@pytest.fixture(scope="module")
def credential(product):
    organization = product.organization()["id"]
    person = product.member(organization, roles=["editor"])
    token = person.token("pipelines:read", "uns:read")["token"]
    return ("Authorization", f"Bearer {token}"), ("X-Organization-ID", organization)


@pytest.mark.parametrize("path", [
    "/pipelines/../models", "/pipelines/%2e%2e/models", "/pipelines/%2E%2E/models", "/pipelines/.%2e/models",
    "/pipelines/..%2fmodels", "/pipelines/..%2Fmodels", "/pipelines/%2e%2e%2fmodels",
    "/pipelines/./1", "/pipelines/%2e/1", "/pipelines/1/.", "/pipelines/1/..",
    "//pipelines", "/pipelines//1", "/pipelines/1//", "/%2fpipelines", "/pipelines%2f1", "/pipelines%2F..%2Fmodels",
    "/pipelines/..;/models", "/pipelines;a=b", "/pipelines;/1", "/pipelines/1;x", "/pipelines/%3b/1", "/pipelines/..%3b/models",
    "/pipelines\\..\\models", "/pipelines/..\\models", "/pipelines%5c1", "/pipelines%5C..%5Cmodels",
    "/pipelines/%2561", "/pipelines/%252e%252e/models", "/pipelines%252f1", "/pipelines/%25%32%65",
    "/pipelines/%0d%0aX-Auth-Subject:%20evil", "/pipelines/%0a", "/pipelines/%09", "/pipelines/%7f", "/pipelines/%01",
    "/pipelines/%c0%af..", "/pipelines/%c0%ae%c0%ae/models", "/pipelines/%ff",
    "/../engine/pipelines", "/pipelines/%2e%2e/pipelines",
])
def test_a_path_that_can_be_read_in_two_ways_is_refused(product, credential, path):
    answer = product.raw(ENGINE + path, *credential)

    assert answer.status == 400, answer.body
    assert answer.json()["code"] in ("ambiguous_path", "malformed_request")


@pytest.mark.parametrize("path", [
    "/pipelines/%2e%2e/models", "/pipelines//1", "/pipelines;a=b", "/pipelines%5c1", "/pipelines/%252e",
])
def test_such_a_path_is_refused_before_anything_else(product, path):
    answer = product.raw(ENGINE + path)

    assert answer.status == 400
    assert answer.json()["code"] == "ambiguous_path"


@pytest.mark.parametrize("target", [
    "/pipelines/../api/v1/engine/models", "/public/../api/v1/engine/models", "/public/%2e%2e/api/v1/engine/models",
    "/auth/..%2fapi/v1/engine/models", "//api/v1/engine/models", "/api//v1/engine/models", "/api/v1/./engine/models",
    "/api/v1/engine/../engine/models", "/healthz/../api/v1/engine/models", "/%61pi/v1/engine/models",
    "https://localhost/api/v1/engine/models", "http://localhost/api/v1/engine/models", "/machhub/../api/v1/engine/models",
])
def test_no_spelling_of_a_gated_address_passes_without_its_scope(product, credential, target):
    without = product.raw(target)
    with_another_scope = product.raw(target, *credential)

    assert without.status in (400, 401, 404)
    assert with_another_scope.status in (400, 403, 404)


@pytest.mark.parametrize("path,arrives", [
    ("/pipelines?path=/../x;y//z", "/pipelines?path=/../x;y//z"),
    ("/pipelines/a%20b", "/pipelines/a%20b"),
    ("/pipelines/%41", "/pipelines/A"),
    ("/pipelines/%C3%A9t%C3%A9", "/pipelines/%C3%A9t%C3%A9"),
    ("/pipelines/a.b..c", "/pipelines/a.b..c"),
    ("/pipelines/a?b=%2e%2e%2f", "/pipelines/a?b=%2e%2e%2f"),
    ("/pipelines/a%3Fb", "/pipelines/a%3Fb"),
    ("/pipelines/...", "/pipelines/..."),
    ("/uns/plant1/%23", "/uns/plant1/%23"),
    ("/pipelines/1/", "/pipelines/1/"),
])
def test_a_path_with_one_reading_arrives_as_it_was_judged(product, credential, path, arrives):
    answer = product.raw(ENGINE + path, *credential)

    assert answer.status == 200, answer.body
    assert answer.json()["uri"] == ENGINE + arrives


@pytest.mark.parametrize("data", [
    b"GET /api/v1/engine/pipelines#/../models HTTP/1.1", b"GET /api/v1/engine/pipe lines HTTP/1.1",
    b"GET /api/v1/engine/%00 HTTP/1.1", b"GET /api/v1/engine/%zz HTTP/1.1", b"GET /api/v1/engine/% HTTP/1.1",
    b"GET ../api/v1/engine/pipelines HTTP/1.1", b"GET * HTTP/1.1",
])
def test_a_request_line_that_is_malformed_opens_nothing(product, data):
    from wire import send_raw

    answer = send_raw(product.port, data + b"\r\nHost: localhost:%d\r\nConnection: close\r\n\r\n" % product.port)

    assert answer.status in (400, 401)
    assert answer.header("content-type") == "application/problem+json"
