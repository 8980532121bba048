"""Check state machine definitions: `python -m local.check_workflows FILE...`.

Two checks see different mistakes: CloudFormation's schema of the language (cfn-lint) knows every field that Step
Functions accepts, the local engine refuses dangling transitions, unreachable states, bad JSONata and calls that no
AWS service has. Whether a workflow is Express is in the template: what only Standard allows passes here.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cfnlint

from local.integrations import check
from local.stepfunctions import DefinitionError, StateMachine

PLACEHOLDER = re.compile(r"\$\{\w+\}")
ANY_FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:any:live"
ANY_ROLE = "arn:aws:iam::123456789012:role/any"
REGION = "us-east-1"


def problems(path: Path) -> Iterator[str]:
    """What is wrong with a definition, one line each."""
    text = path.read_text(encoding="utf-8")
    try:
        json.loads(text)
        definition = json.loads(PLACEHOLDER.sub(ANY_FUNCTION, text))
        StateMachine.compile(definition, name=path.stem, kind="STANDARD", check=check)
    except (ValueError, DefinitionError) as error:
        yield str(error)
        return
    yield from (str(match.message) for match in cfnlint.lint(_template(definition), regions=[REGION]))


def _template(definition: dict[str, Any]) -> str:
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": ANY_ROLE, "Definition": definition},
    }
    return json.dumps({"Resources": {"StateMachine": machine}})


def main(paths: list[str]) -> int:
    found = [f"{path}: {problem}" for path in paths for problem in problems(Path(path))]
    print("\n".join(found) or f"{len(paths)} state machine definition(s) are sound")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
