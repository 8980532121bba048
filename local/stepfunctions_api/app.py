"""Step Functions' API over HTTP, in the AWS JSON 1.0 protocol. Signatures are not verified.

https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
"""

import uuid
from typing import Final

import orjson
from aiohttp import web

from local.stepfunctions_api.service import StepFunctionsApi

CONTENT_TYPE: Final = "application/x-amz-json-1.0"
MAX_BODY_BYTES: Final = 4 * 1024 * 1024
_TARGET: Final = "AWSStepFunctions."


def stepfunctions_app(api: StepFunctionsApi) -> web.Application:
    """The service, for an unchanged boto3 client: POST /, the action in X-Amz-Target."""

    async def answer(request: web.Request) -> web.Response:
        action = request.headers.get("X-Amz-Target", "").removeprefix(_TARGET)
        status, body = await api.call(action, await request.read())
        headers = {"Content-Type": CONTENT_TYPE, "x-amzn-RequestId": str(uuid.uuid4())}
        return web.Response(status=status, body=orjson.dumps(body), headers=headers)

    app = web.Application(client_max_size=MAX_BODY_BYTES)
    app.router.add_post("/", answer)
    return app
