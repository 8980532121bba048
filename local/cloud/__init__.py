"""The part of AWS that moto plays: DynamoDB, EventBridge, queues, secrets, parameters and control planes."""

from local.cloud.moto_server import MotoServer
from local.cloud.provision import Cloud, provision

__all__ = ["Cloud", "MotoServer", "provision"]
