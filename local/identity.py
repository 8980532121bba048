"""An identity provider on loopback: signs tokens for any customer and publishes its key, as the store's own would."""

import json
import time
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

AUDIENCE = "mangaassist-local"
TOKEN_VALID_S = 8 * 3600
_KEY_ID = "local"
_KEY_BITS = 2048


class IdentityProvider:
    """A key pair made at the start. `issuer` is the URL it is served at, once it is."""

    def __init__(self) -> None:
        self.issuer = ""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)

    def token(self, customer_id: str, *, valid_s: int = TOKEN_VALID_S) -> str:
        """A signed token whose subject is the customer."""
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": AUDIENCE, "sub": customer_id, "iat": now, "exp": now + valid_s}
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})

    def key_set(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**key, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}

    def application(self) -> web.Application:
        """Its key set, and a door for whoever wants a token: this is a laptop's loopback."""
        app = web.Application()
        app.router.add_get("/.well-known/jwks.json", self._keys)
        app.router.add_post("/token", self._mint)
        return app

    async def _keys(self, _: web.Request) -> web.Response:
        return web.json_response(self.key_set())

    async def _mint(self, request: web.Request) -> web.Response:
        customer_id = (await request.post()).get("customer_id")
        if not isinstance(customer_id, str) or not customer_id:
            return web.json_response({"error": "customer_id: missing"}, status=400)
        return web.json_response({"token": self.token(customer_id)})
