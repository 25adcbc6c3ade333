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


class Caller:
    """A program with the SDK, which does by itself whatever an answer asks for."""

    def __init__(self, product, person, visitor):
        self.product, self.person, self.visitor = product, person, visitor
        self.memory, self.landings = Memory(), []
        self.provider = OAuthClientProvider(
            product.base + ENGINE, OAuthClientMetadata(redirect_uris=[CALLBACK], client_name="MCP client"),
            self.memory, self.redirect, self.callback,
        )

    async def redirect(self, address):
        self.landings.append(self.visitor.allow(address))

    async def callback(self):
        landing = self.landings[-1]
        return AuthorizationCodeResult(code=landing["code"], state=landing["state"], iss=landing["iss"])

    def ask(self, *paths):
        """Asks for these one after the other; answers what the last one told."""
        return asyncio.run(self._ask(paths))

    async def _ask(self, paths):
        trust = ssl.create_default_context(cafile=self.product.state / "tls/certificate.pem")
        async with httpx2.AsyncClient(auth=self.provider, verify=trust, trust_env=False) as client:
            for path in paths:
                answer = await client.get(
                    self.product.base + ENGINE + path, headers={"X-Organization-ID": self.person.organization},
                    timeout=30,
                )
        return answer


@pytest.fixture
def caller(product, editor, visitor):
    return Caller(product, editor, visitor)


def test_the_mcp_sdk_finds_its_way_from_a_401_at_the_gate(product, editor, caller):
    answer = caller.ask("/models")

    assert answer.status_code == 200, answer.text
    assert answer.json()["headers"]["x-auth-subject"] == editor.id
    assert len(caller.landings) == 1
    assert claims(caller.memory.tokens.access_token)["aud"] == product.base + ENGINE
    assert caller.memory.client.client_id and caller.memory.client.issuer.rstrip("/") == product.base


def test_the_mcp_sdk_refreshes_without_asking_again(caller):
    caller.ask("/models")
    first = caller.memory.tokens
    # As if an hour had gone by: the SDK knows this only of tokens that it got itself.
    caller.provider.context.token_expiry_time = 1

    answer = caller.ask("/models")

    second = caller.memory.tokens
    assert answer.status_code == 200 and len(caller.landings) == 1
    assert first.access_token != second.access_token and first.refresh_token != second.refresh_token
    assert claims(second.access_token)["aud"] == claims(first.access_token)["aud"]


def relying_party(product, **more):
    """One of idpyoidc's, which registers with much that does not apply here."""
    handler = RPHandler(
        base_url="https://rp.example.com", client_configs={"": {
            "client_type": "oidc", "redirect_uris": ["https://rp.example.com/callback"], "client_name": "idpyoidc",
            "response_types_supported": ["code"], "application_type": "web", "contacts": ["ops@example.com"],
            "policy_uri": "https://rp.example.com/policy", "tos_uri": "https://rp.example.com/terms",
            "logo_uri": "https://rp.example.com/logo.png", "default_max_age": 3600,
            "initiate_login_uri": "https://rp.example.com/login", **more,
        }},
        httpc_params={"verify": str(product.state / "tls/certificate.pem")},
        key_conf={"key_defs": [{"type": "EC", "crv": "P-256", "use": ["sig"]}]},
    )
    # What it does by itself at the first visit, but for the scope: it asks for none, and of the answer's (RFC 7591
    # 3.2.1) it understands no other.
    client = handler.init_client(product.base)
    client.do_provider_info()
    client.do_client_registration(request_args={"scope": "openid"})
    handler.issuer2rp[product.base] = client
    return handler


PKCE = {"pkce": {
    "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
    "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
}}


# cryptojwt, which it reads keys with, checks no certificate of localhost.
@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
@pytest.mark.parametrize("add_ons", [PKCE, {}], ids=["PKCE", "nonce"])
def test_idpyoidc_registers_with_metadata_that_does_not_apply(product, editor, visitor, add_ons):
    handler = relying_party(product, add_ons=add_ons)

    begun = handler.begin(issuer_id=product.base, req_args={
        # OpenID Connect Core 5.5: without the scope that gives it.
        "claims": {"userinfo": {"email": {"essential": True}}, "id_token": {"auth_time": {"essential": True}}},
    })
    landing = visitor.allow(begun if isinstance(begun, str) else begun["url"])
    done = handler.finalize(product.base, landing.parameters)

    assert "error" not in done, done
    assert done["userinfo"]["sub"] == done["id_token"]["sub"] == editor.id
    assert done["userinfo"]["email"] == editor.user["email"] and done["id_token"]["auth_time"]


def test_what_does_not_apply_is_left_out_of_the_answer(product):
    """RFC 7591, 2: «The authorization server MUST ignore any client metadata sent by the client that it does not
    understand»; 3.2.1: the answer tells what was registered."""
    told = made(product.call("POST", "/oauth2/register", json={
        "redirect_uris": [CALLBACK], "client_name": "Somebody", "software_id": "x", "nobody-knows": {"a": 1},
        "id_token_encrypted_response_alg": "RSA-OAEP", "require_auth_time": True, "default_acr_values": ["urn:x"],
    }), 201)

    assert told["client_id"] and told["redirect_uris"] == [CALLBACK]
    assert not {"nobody-knows", "id_token_encrypted_response_alg", "default_acr_values"} & set(told)
