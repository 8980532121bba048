"""Mapping templates: Velocity and API Gateway's variables, as AWS evaluates them."""

from typing import Any

import pytest

from local.api import MappingTemplateError
from local.api.variables import Blanks, Input, Util
from local.api.velocity import render


def rendered(template: str, body: str = "{}", **context: Any) -> str:
    parameters = {"path": {"id": "7"}, "querystring": {"q": "x"}, "header": {"X-Token": "t"}}
    return render(template, {"input": Input(body, parameters), "util": Util(), "context": Blanks(context)})


@pytest.mark.parametrize(
    ("template", "body", "text"),
    [
        ("$input.json('$.a')", '{"a": {"b": "é"}}', '{"b":"é"}'),
        ("$input.json('$.missing')", "{}", ""),
        ("$input.path('$.a[1].b')", '{"a": [0, {"b": 5}]}', "5"),
        ("$input.path(\"$['a b']\")", '{"a b": true}', "true"),
        ("#if($input.path('$.yes'))1#else 0#end", '{"yes": false}', " 0"),
        ("$input.params('x-token') $input.params('id') $input.params('q') $input.params('none')", "{}", "t 7 x "),
        ("#foreach($h in $input.params().header.keySet())$h#end", "{}", "X-Token"),
        (
            "$util.escapeJavaScript($input.body)",
            'it\'s "é" \\ / \n🍜',
            'it\\\'s \\"\\u00E9\\" \\\\ \\/ \\n\\uD83C\\uDF5C',
        ),
        ('$util.escapeJavaScript($input.body).replaceAll("\\\\\'", "\'")', "it's", "it's"),
        ('$util.escapeJavaScript($input.body).replaceAll(".\'", "\'")', "it's", "it's"),
        ('#set($s = "a""b")$s', "{}", 'a"b'),
        ('#set($m = {"A": 400})$m.get("A")', "{}", "400"),
        ("$util.urlEncode('a b&c') $util.base64Encode('x')", "{}", "a+b%26c eA=="),
        ("$util.parseJson('[1, {\"k\": null}]').size()", "{}", "2"),
        ("[$context.authorizer.missing][$unknown]", "{}", "[][$unknown]"),
        ('#set($s = "FAILED")#if($s.matches("F.*") && !$s.matches("AIL"))yes#end', "{}", "yes"),
    ],
)
def test_given_a_template_when_rendered_then_it_reads_as_on_api_gateway(template: str, body: str, text: str) -> None:
    assert rendered(template, body, authorizer=Blanks()) == text


def test_given_an_override_when_set_then_status_and_hyphenated_header_are_in_the_context() -> None:
    override: dict[str, Any] = {"header": {}}
    rendered(
        '#set($context.responseOverride.status = 429)#set($context.responseOverride.header.Retry-After = "3")',
        responseOverride=override,
    )
    assert override == {"status": 429, "header": {"Retry-After": "3"}}


@pytest.mark.parametrize(
    ("template", "body"),
    [
        ("$input.json('$.a.length()')", "{}"),
        ("$input.json('$.a')", "not json"),
        ("#set($x 1)", "{}"),
        ("$util.parseJson('x')", "{}"),
    ],
)
def test_given_what_cannot_be_evaluated_when_rendered_then_it_is_refused(template: str, body: str) -> None:
    with pytest.raises(MappingTemplateError):
        rendered(template, body)
