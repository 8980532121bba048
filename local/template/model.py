"""The template with every name in it resolved for one local deployment."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from local.template.errors import TemplateError, UnresolvableError, UnsupportedError
from local.template.globals import with_globals
from local.template.identities import PARTITION, Place, Resource, attribute, kind_of
from local.template.intrinsics import NO_VALUE, Resolver
from local.template.loader import load_template
from local.template.sam_events import GeneratedResource, generated
from local.template.specs import ApiSpec, EventInvokeSpec, FunctionSpec, ResourceSpec, StateMachineSpec

FUNCTION = "AWS::Serverless::Function"
STATE_MACHINE = "AWS::Serverless::StateMachine"
API = "AWS::Serverless::Api"

_SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_LAMBDA_DEFAULT_TIMEOUT_S = 3
_LAMBDA_DEFAULT_MEMORY_MB = 128
_SSM_PARAMETER = "AWS::SSM::Parameter::Value<"


@dataclass(frozen=True)
class Overrides:
    """What a deployment chooses: parameters by name, and exports of other stacks."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)


class Deployment:
    """A template, its parameters and a place. Everything is resolved when asked for."""

    def __init__(self, path: Path, overrides: Overrides | None = None, place: Place | None = None) -> None:
        self._path = path
        self._document = load_template(path)
        self._overrides = overrides or Overrides()
        self.place = place or Place()
        self._resolver = Resolver(self)
        unknown = self._overrides.parameters.keys() - self._section("Parameters").keys()
        if unknown:
            raise TemplateError(f"{path.name} has no parameter {', '.join(sorted(unknown))}")

    def functions(self) -> dict[str, FunctionSpec]:
        """Every function by logical id."""
        return {logical_id: self._function(logical_id) for logical_id in self.of_type(FUNCTION)}

    def state_machines(self) -> dict[str, StateMachineSpec]:
        """Every state machine by logical id."""
        return {logical_id: self._state_machine(logical_id) for logical_id in self.of_type(STATE_MACHINE)}

    def apis(self) -> dict[str, ApiSpec]:
        """Every REST API by logical id."""
        return {logical_id: self._api(logical_id) for logical_id in self.of_type(API)}

    def functions_of_requests(self) -> list[str]:
        """Names of the functions that an API or an Express state machine calls while somebody waits."""
        callers = [json.dumps(api.document) for api in self.apis().values()]
        callers += [machine.definition for machine in self.state_machines().values() if machine.kind == "EXPRESS"]
        return [
            spec.name
            for spec in self.functions().values()
            if any(_mentions(text, arn) for text in callers for arn in spec.arns)
        ]

    def resources(self, resource_type: str) -> list[ResourceSpec]:
        """The resources of any other type that the conditions let exist, those included that SAM makes of events."""
        own = [self._resource(logical_id) for logical_id in self.of_type(resource_type)]
        return own + [self._generated_resource(one) for one in self._events() if one.type == resource_type]

    def of_type(self, resource_type: str) -> Iterator[str]:
        """Logical ids of the resources of a type whose condition holds."""
        for logical_id, resource in self._section("Resources").items():
            if resource.get("Type") == resource_type and self._exists(resource):
                yield logical_id

    def ref(self, name: str) -> Any:
        pseudo = self._pseudo_parameters()
        if name in pseudo:
            return pseudo[name]
        if name in self._section("Parameters"):
            return self._parameter(name)
        generated = self._generated_by_sam(name)
        if generated is not None:
            return generated
        resource = self._identity(name)
        return kind_of(resource.type).ref(resource)

    def attribute(self, logical_id: str, name: str) -> Any:
        return attribute(self._identity(logical_id), name)

    def mapping(self, name: str) -> Mapping[str, Any]:
        found = self._section("Mappings").get(name)
        if found is None:
            raise UnresolvableError(f"no mapping {name}")
        mapping: Mapping[str, Any] = found
        return mapping

    def condition(self, name: str) -> Any:
        if name not in self._section("Conditions"):
            raise UnresolvableError(f"no condition {name}")
        return self._section("Conditions")[name]

    def imported(self, name: str) -> Any:
        if name not in self._overrides.imports:
            raise UnresolvableError(f"Fn::ImportValue {name}: give it a local value")
        return self._overrides.imports[name]

    def _section(self, name: str) -> dict[str, Any]:
        return self._document.get(name) or {}

    def _exists(self, resource: Mapping[str, Any]) -> bool:
        return "Condition" not in resource or self._resolver.condition(resource["Condition"])

    def _pseudo_parameters(self) -> dict[str, Any]:
        place = self.place
        return {
            "AWS::Region": place.region,
            "AWS::AccountId": place.account,
            "AWS::Partition": PARTITION,
            "AWS::StackName": place.stack,
            "AWS::StackId": f"arn:{PARTITION}:cloudformation:{place.region}:{place.account}:stack/{place.stack}/local",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NotificationARNs": [],
        }

    def _parameter(self, name: str) -> Any:
        declared = self._section("Parameters")[name]
        value = self._overrides.parameters.get(name, declared.get("Default"))
        if value is None:
            raise UnresolvableError(f"parameter {name} has no default and no local value")
        if str(declared.get("Type", "")).startswith(_SSM_PARAMETER):
            raise UnsupportedError(f"parameter {name}: {declared['Type']} needs a local value")
        if declared.get("Type") in ("CommaDelimitedList", "List<Number>"):
            return [item.strip() for item in str(value).split(",")] if value != "" else []
        return value

    def _generated_by_sam(self, name: str) -> str | None:
        """The ARN behind a resource that SAM makes of another: `FunctionRole`, `MachineAliaslive`, `Function.Alias`."""
        base, dot, part = name.partition(".")
        if dot:
            return str(self.attribute(base, part))
        if name in self._section("Resources"):
            return None
        for logical_id in (*self.of_type(FUNCTION), *self.of_type(STATE_MACHINE)):
            alias = self._properties(logical_id).get("AutoPublishAlias")
            if alias and name == f"{logical_id}Alias{self._resolver.resolve(alias)}":
                return str(self.attribute(logical_id, "Alias"))
            if name == f"{logical_id}Role":
                return f"{self.place.stack}-{name}"
        return None

    def _properties(self, logical_id: str) -> dict[str, Any]:
        return with_globals(self._section("Resources")[logical_id], self._section("Globals"))

    def _identity(self, logical_id: str) -> Resource:
        resource = self._section("Resources").get(logical_id)
        if resource is None:
            raise UnresolvableError(f"nothing in the template is called {logical_id}")
        if not self._exists(resource):
            raise UnresolvableError(f"{logical_id} does not exist in this deployment (its condition is false)")
        kind = kind_of(resource["Type"])
        properties = self._properties(logical_id)
        given = properties.get(kind.name_property) if kind.name_property else None
        name = self._resolver.resolve(given) if given is not None else f"{self.place.stack}-{logical_id}"
        wanted: dict[str, Any] = {
            key: self._resolver.resolve(properties[key]) for key in ("AutoPublishAlias", "Value") if key in properties
        }
        return Resource(
            logical_id=logical_id,
            type=resource["Type"],
            name=str(name).lower() if kind.lower_case else str(name),
            place=self.place,
            properties=wanted,
        )

    def _resource(self, logical_id: str) -> ResourceSpec:
        identity = self._identity(logical_id)
        return ResourceSpec(
            logical_id=logical_id,
            type=identity.type,
            name=identity.name,
            ref=kind_of(identity.type).ref(identity),
            properties=self._resolver.resolve(self._properties(logical_id)),
        )

    def _events(self) -> Iterator[GeneratedResource]:
        """What SAM makes of the events of functions and state machines."""
        for logical_id in (*self.of_type(FUNCTION), *self.of_type(STATE_MACHINE)):
            properties = self._properties(logical_id)
            target = "Alias" if properties.get("AutoPublishAlias") else "Arn"
            yield from generated(
                logical_id,
                str(self.attribute(logical_id, target)),
                self._resolver.resolve(properties.get("Events", {})),
            )

    def _generated_resource(self, resource: GeneratedResource) -> ResourceSpec:
        name = resource.properties.get("Name", f"{self.place.stack}-{resource.logical_id}")
        identity = Resource(resource.logical_id, resource.type, str(name), self.place, {})
        return ResourceSpec(
            logical_id=resource.logical_id,
            type=resource.type,
            name=identity.name,
            ref=kind_of(resource.type).ref(identity),
            properties=resource.properties,
        )

    def _function(self, logical_id: str) -> FunctionSpec:
        identity, properties = self._identity(logical_id), self._properties(logical_id)
        wanted = (
            "Handler",
            "CodeUri",
            "Timeout",
            "MemorySize",
            "ReservedConcurrentExecutions",
            "Environment",
            "SnapStart",
            "LoggingConfig",
            "EventInvokeConfig",
            "DeadLetterQueue",
        )
        values = {key: self._resolver.resolve(properties[key]) for key in wanted if key in properties}
        reserved = values.get("ReservedConcurrentExecutions", NO_VALUE)
        environment = values.get("Environment", {}).get("Variables", {})
        logging = values.get("LoggingConfig", {})
        return FunctionSpec(
            logical_id=logical_id,
            name=identity.name,
            arn=str(attribute(identity, "Arn")),
            handler=values["Handler"],
            task_root=(self._path.parent / values.get("CodeUri", ".")).resolve(),
            environment={key: _as_environment(value) for key, value in environment.items()},
            timeout_s=float(values.get("Timeout", _LAMBDA_DEFAULT_TIMEOUT_S)),
            memory_mb=int(values.get("MemorySize", _LAMBDA_DEFAULT_MEMORY_MB)),
            reserved_concurrency=None if reserved is NO_VALUE else int(reserved),
            alias=identity.properties.get("AutoPublishAlias"),
            snap_start=values.get("SnapStart", {}).get("ApplyOn") == "PublishedVersions",
            log_format=logging.get("LogFormat", "Text"),
            log_level=logging.get("ApplicationLogLevel"),
            event_invoke=EventInvokeSpec.of(values.get("EventInvokeConfig", {}), values.get("DeadLetterQueue", {})),
        )

    def _state_machine(self, logical_id: str) -> StateMachineSpec:
        identity, properties = self._identity(logical_id), self._properties(logical_id)
        return StateMachineSpec(
            logical_id=logical_id,
            name=identity.name,
            arn=str(attribute(identity, "Arn")),
            kind=str(self._resolver.resolve(properties.get("Type", "STANDARD"))),
            definition=self._definition(logical_id, properties),
            alias=identity.properties.get("AutoPublishAlias"),
        )

    def _definition(self, logical_id: str, properties: Mapping[str, Any]) -> str:
        if "Definition" in properties:
            text = json.dumps(properties["Definition"])
        else:
            text = (self._path.parent / properties["DefinitionUri"]).read_text(encoding="utf-8")
        substitutions = properties.get("DefinitionSubstitutions", {})

        @cache
        def value(name: str) -> str:
            if name not in substitutions:
                raise UnresolvableError(f"{logical_id}: the definition's ${{{name}}} has no DefinitionSubstitution")
            return json.dumps(_as_environment(self._resolver.resolve(substitutions[name])))[1:-1]

        return _SUBSTITUTION.sub(lambda match: value(match[1]), text)

    def _api(self, logical_id: str) -> ApiSpec:
        identity = self._identity(logical_id)
        properties = self._properties(logical_id)
        if "DefinitionBody" not in properties:
            raise UnsupportedError(f"{logical_id}: only an API with a DefinitionBody can be served")
        values = {key: self._resolver.resolve(value) for key, value in properties.items()}
        return ApiSpec(
            logical_id=logical_id,
            name=identity.name,
            stage=str(values.pop("StageName", "local")),
            document=values.pop("DefinitionBody"),
            gateway_responses=values.pop("GatewayResponses", {}),
            properties=values,
        )


def _as_environment(value: Any) -> str:
    """A scalar as CloudFormation turns it into a string: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _mentions(text: str, arn: str) -> bool:
    """Whether an ARN stands in the text as a whole, not as the beginning of a longer one."""
    return re.search(rf"{re.escape(arn)}(?![\w:-])", text) is not None
