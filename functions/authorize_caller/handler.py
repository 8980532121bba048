"""Authorize caller: a customer of the token issuer, or a guest. API Gateway calls it before every turn."""

from typing import Any

from authorize_caller.tokens import InvalidTokenError, customer_of
from mangaassist.settings import settings
from mangaassist.telemetry import in_turn, logger

# API Gateway answers 401 to exactly this text, and 500 to any other error.
UNAUTHORIZED = "Unauthorized"


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """An IAM policy that lets the caller through, and who it is: `kind` customer or guest, and `customer_id`.

    A token that proves nothing is a 401. An identity provider that is down is a 500: a 401 would sign everybody out.
    """
    token = _bearer_token(event)
    if token is None:
        return _allow(event, kind="guest", customer_id="")
    with in_turn(event["requestContext"]["requestId"], getattr(context, "aws_request_id", None)):
        return _allow(event, kind="customer", customer_id=_customer(token))


def _customer(token: str) -> str:
    try:
        return customer_of(token, settings().token_issuer, settings().token_audience)
    except InvalidTokenError as error:
        logger().info("refused a token", extra={"reason": str(error)})
        raise Exception(UNAUTHORIZED) from None


def _bearer_token(event: dict[str, Any]) -> str | None:
    """The token of the Authorization header; None when there is no such header."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return headers["authorization"].removeprefix("Bearer ").strip() if "authorization" in headers else None


def _allow(event: dict[str, Any], *, kind: str, customer_id: str) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": event["methodArn"]}
    return {
        "principalId": customer_id or kind,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"kind": kind, "customer_id": customer_id},
    }
