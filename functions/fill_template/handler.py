"""Fill template: the reply that needs no language model."""

from mangaassist.clock import TimeBudget, today
from mangaassist.contracts import Draft, ReplyInput
from mangaassist.policy.templates import compose
from mangaassist.step import step


@step("fill_template", accepts=ReplyInput)
def handler(request: ReplyInput, _budget: TimeBudget) -> Draft:
    return compose(request, today(request.turn.locale))
