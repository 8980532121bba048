"""The fault catalogue in real time: the running stack, and beside it LiteLLM's Router."""
