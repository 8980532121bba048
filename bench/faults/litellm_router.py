"""LiteLLM's Router before two Bedrock models, as its documentation sets one up. Runs under .venv-bench.

    python -m bench.faults.litellm_router URL PRIMARY FALLBACK BUDGET_MS

It answers each line {"system", "question", "max_tokens"} with {"text", "finish_reason", "model", "error", "ms"}.
https://docs.litellm.ai/docs/routing, https://docs.litellm.ai/docs/proxy/reliability
"""

import asyncio
import json
import logging
import os
import sys
import time
from typing import Any

PRIMARY, FALLBACK = "primary", "fallback"
RETRIES = 1


def router(url: str, models: dict[str, str], budget_s: float) -> Any:
    """Retries, a fallback to the other model, and time-outs of a turn's generation."""
    from litellm import Router

    deployments = [
        {
            "model_name": name,
            "litellm_params": {
                "model": f"bedrock/converse/{model}",
                "api_base": f"{url}/model/{model.replace(':', '%3A')}",
                "aws_bedrock_runtime_endpoint": url,
                "aws_access_key_id": "local",
                "aws_secret_access_key": "local",
                "aws_region_name": "us-east-1",
            },
        }
        for name, model in models.items()
    ]
    return Router(
        model_list=deployments,
        fallbacks=[{PRIMARY: [FALLBACK]}],
        num_retries=RETRIES,
        timeout=budget_s,
        stream_timeout=budget_s,
        disable_cooldowns=True,
    )


async def answer(routed: Any, asked: dict[str, Any]) -> dict[str, Any]:
    """What came of one question, as it was streamed."""
    started, text, reason, model, error = time.perf_counter(), "", None, None, None
    messages = [{"role": "system", "content": asked["system"]}, {"role": "user", "content": asked["question"]}]
    try:
        stream = await routed.acompletion(model=PRIMARY, messages=messages, max_tokens=asked["max_tokens"], stream=True)
        async for chunk in stream:
            model = chunk.model or model
            text += chunk.choices[0].delta.content or ""
            reason = chunk.choices[0].finish_reason or reason
    except Exception as failure:  # whatever a caller would get is what is measured
        error = type(failure).__name__
    return {
        "text": text,
        "finish_reason": reason,
        "model": model,
        "error": error,
        "ms": (time.perf_counter() - started) * 1000,
    }


async def main(url: str, primary: str, fallback: str, budget_ms: str) -> None:
    routed = router(url, {PRIMARY: primary, FALLBACK: fallback}, float(budget_ms) / 1000)
    print(json.dumps("ready"), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await answer(routed, json.loads(line))), flush=True)


if __name__ == "__main__":
    # Prices come out of the package; connections that a fault broke are no news here.
    os.environ |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    logging.disable()
    asyncio.run(main(*sys.argv[1:]))
