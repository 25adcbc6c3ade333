"""Programs of others that register by themselves: the MCP SDK at an API behind the gate, and idpyoidc."""

import asyncio
import ssl

import httpx2
import pytest
from idpyoidc.client.rp_handler import RPHandler
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

from conftest import SETTINGS
from product import ENGINE, Product, claims, made
from visitor import Visitor

CALLBACK = "http://127.0.0.1:33418/callback"


@pytest.fixture(scope="module")
def product(tmp_path_factory, binary):
    """One where anybody may register a client."""
    product = Product(tmp_path_factory.mktemp("open") / "state", binary, GATEHOUSE_REGISTRATION="open", **SETTINGS)
    product.start()
    yield product
    assert product.stop() == 0, product.said()


@pytest.fixture
def visitor(product, editor):
    with Visitor(product, editor.username) as visitor:
        yield visitor


class Memory:
    """Where the SDK keeps what it got."""

    def __init__(self):
        self.tokens = self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


def ask(product, editor, visitor, memory, path="/models"):
    """One request through the SDK, which does by itself whatever an answer asks for."""
    landings = []

    async def redirect(address):
        landings.append(visitor.allow(address))

    async def callback():
        landing = landings[-1]
        return AuthorizationCodeResult(code=landing["code"], state=landing["state"], iss=landing["iss"])

    async def run():
        provider = OAuthClientProvider(
            product.base + ENGINE, OAuthClientMetadata(redirect_uris=[CALLBACK], client_name="MCP client"), memory,
            redirect, callback,
        )
        trust = ssl.create_default_context(cafile=product.state / "tls/certificate.pem")
        async with httpx2.AsyncClient(auth=provider, verify=trust, trust_env=False) as client:
            return await client.get(
                product.base + ENGINE + path, headers={"X-Organization-ID": editor.organization}, timeout=30
            )

    return asyncio.run(run()), landings


def test_the_mcp_sdk_finds_its_way_from_a_401_at_the_gate(product, editor, visitor):
    memory = Memory()

    answer, landings = ask(product, editor, visitor, memory)

    assert answer.status_code == 200, answer.text
    assert answer.json()["headers"]["x-auth-subject"] == editor.id
    assert len(landings) == 1
    assert claims(memory.tokens.access_token)["aud"] == product.base + ENGINE
    assert memory.client.client_id and memory.client.issuer.rstrip("/") == product.base


def test_the_mcp_sdk_refreshes_without_asking_again(product, editor, visitor):
    memory = Memory()
    ask(product, editor, visitor, memory)
    first = memory.tokens
    assert first.refresh_token
    memory.tokens = first.model_copy(update={"access_token": "gone", "expires_in": -1})

    answer, landings = ask(product, editor, visitor, memory)

    assert answer.status_code == 200 and landings == []
    assert memory.tokens.refresh_token != first.refresh_token


def test_idpyoidc_registers_with_metadata_that_does_not_apply(product, editor, visitor, tmp_path):
    callback = "https://rp.example.com/callback"
    handler = RPHandler(
        base_url="https://rp.example.com", client_configs={"": {
            "client_type": "oidc", "redirect_uris": [callback], "client_name": "idpyoidc",
            "response_types_supported": ["code"], "scopes_supported": ["openid", "profile", "email"],
            "application_type": "web", "contacts": ["ops@example.com"], "policy_uri": "https://rp.example.com/policy",
            "tos_uri": "https://rp.example.com/terms", "logo_uri": "https://rp.example.com/logo.png",
            "default_max_age": 3600, "initiate_login_uri": "https://rp.example.com/login",
            "add_ons": {"pkce": {
                "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
            }},
        }},
        httpc_params={"verify": str(product.state / "tls/certificate.pem")},
        key_conf={"key_defs": [{"type": "EC", "crv": "P-256", "use": ["sig"]}]},
    )

    begun = handler.begin(issuer_id=product.base)
    landing = visitor.allow(begun if isinstance(begun, str) else begun["url"])
    done = handler.finalize(product.base, landing.parameters)

    assert "error" not in done, done
    assert done["userinfo"]["sub"] == editor.id
    assert done["userinfo"]["email"] == editor.user["email"]


def test_what_was_registered_by_itself_is_asked_for_each_time(product, editor, visitor):
    """RFC 7591, 5: whoever registered says who they are, and nobody checked it."""
    made_client = product.call("POST", "/oauth2/register", json={
        "redirect_uris": [CALLBACK], "client_name": "Somebody", "software_id": "x", "nobody-knows": {"a": 1},
        "id_token_encrypted_response_alg": "RSA-OAEP", "require_auth_time": True, "default_acr_values": ["urn:x"],
    })

    told = made(made_client, 201)

    assert told["client_id"] and told["redirect_uris"] == [CALLBACK]
    assert "nobody-knows" not in told
