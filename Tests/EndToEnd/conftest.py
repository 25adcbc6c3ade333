"""What every end-to-end test may ask for."""

import os
from pathlib import Path

import pytest

from chromium import Chromium
from product import Product
from servers import CHECKOUT


@pytest.fixture(scope="session")
def binary():
    path = Path(os.environ.get("GATEHOUSE_BINARY", CHECKOUT / ".build/release/gatehouse")).resolve()
    assert path.exists(), "scripts/build makes the binary"
    return path


# One client address makes all wrong sign-ins, so the limit of one is put aside; and a cheap password hash keeps
# the processor for what is tested. Both are as shipped in test_make_run.py.
SETTINGS = {"GATEHOUSE_SIGN_IN_ADDRESS_LIMIT": "1000000", "GATEHOUSE_SCRYPT_COST": "14"}


@pytest.fixture(scope="session")
def product(tmp_path_factory, binary):
    """One product for all tests that leave it as they found it."""
    product = Product(tmp_path_factory.mktemp("product") / "state", binary, **SETTINGS)
    product.start()
    yield product
    assert product.stop() == 0, product.said()


@pytest.fixture(scope="module")
def own_product(tmp_path_factory, binary):
    """A product of one file of tests, which may break it."""
    product = Product(tmp_path_factory.mktemp("own") / "state", binary, **SETTINGS)
    product.start()
    yield product
    product.stop()


@pytest.fixture
def organization(product):
    """A new organization of level basic."""
    return product.organization()["id"]


@pytest.fixture
def editor(product, organization):
    """Somebody who reads, writes, executes and publishes there."""
    return product.member(organization, roles=["editor"])


@pytest.fixture(scope="module")
def chromium(product):
    """Of one file of tests: its thread belongs to Playwright as long as it runs."""
    browser = Chromium(product)
    yield browser
    browser.close()


@pytest.fixture
def window(chromium):
    """Makes windows of the browser, and fails the test for what a page does in one that it must not."""
    windows = []

    def new(**options):
        windows.append(chromium.window(**options))
        return windows[-1]

    yield new
    for window in windows:
        window.close()
