"""EventBridge rules of the template, in moto, and a look at the events that passed."""

import json
from typing import Any

from local.cloud.clients import Clients
from local.template.specs import ResourceSpec

JOURNAL = "mangaassist-local-journal"
_RULE_FIELDS = ("Description", "ScheduleExpression", "State", "EventBusName")


def create_rule(events: Any, rule: ResourceSpec) -> None:
    """Create a rule and its targets; moto delivers to the queues among them."""
    properties = rule.properties
    request = {key: properties[key] for key in _RULE_FIELDS if key in properties}
    if "EventPattern" in properties:
        request["EventPattern"] = json.dumps(properties["EventPattern"])
    events.put_rule(Name=rule.name, **request)
    if properties.get("Targets"):
        bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
        events.put_targets(Rule=rule.name, Targets=properties["Targets"], **bus)


class EventJournal:
    """A queue of the local stack's own behind every event of a bus, so that what was published can be read."""

    def __init__(self, clients: Clients, bus: str, account: str) -> None:
        self._sqs = clients.of("sqs")
        self._url = self._sqs.create_queue(QueueName=JOURNAL)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events = clients.of("events")
        events.put_rule(Name=JOURNAL, EventBusName=bus, EventPattern=json.dumps({"account": [account]}))
        events.put_targets(Rule=JOURNAL, EventBusName=bus, Targets=[{"Id": "journal", "Arn": arn}])

    def take(self) -> list[dict[str, Any]]:
        """The events since the last call, oldest first."""
        taken: list[dict[str, Any]] = []
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                taken.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return taken
