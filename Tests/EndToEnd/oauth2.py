"""Clients of OAuth2 at the product, registered as an administrator does it."""

from product import made

CLIENTS = "/api/v1/oauth2/clients"


def service_user(product, organization, role="editor"):
    """Somebody whom programs act as."""
    user = product.user(kind="service", password=None, email=None)
    product.add_member(organization, user["id"], [role])
    return user


def register(product, **fields):
    return made(product.call("POST", CLIENTS, product.admin, json={"name": "ERP", **fields}), 201)


def machine(product, robot, **fields):
    """A client that acts as the service user."""
    return register(product, **{
        "grant_types": ["client_credentials"], "scopes": ["pipelines:read", "models:read"],
        "service_user_id": robot["id"], **fields,
    })
