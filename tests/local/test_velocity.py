"""Mapping templates: Velocity and API Gateway's variables, as AWS evaluates them.

Variables: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
Overrides: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
The language: https://velocity.apache.org/engine/1.7/user-guide.html, which AWS's reference points to.
"""

from typing import Any

import pytest

from local.api import MappingTemplateError
from local.api.variables import Blanks, Input, Util
from local.api.velocity import check, render


def rendered(template: str, body: str = "{}", **context: Any) -> str:
    parameters = {"path": {"id": "7"}, "querystring": {"q": "x"}, "header": {"X-Token": "t"}}
    variables = {"input": Input(body, parameters), "util": Util(), "context": Blanks(context)}
    return render(template, {**variables, "stageVariables": Blanks({"shop": "tokyo"})})


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


ORDER = '{"t": true, "f": false, "n": null, "d": 1.5, "l": [1, "a", null], "m": {"b": "c", "e": []}}'


@pytest.mark.parametrize(
    ("template", "text"),
    [
        # $input
        ("$input.json('$')", '{"t":true,"f":false,"n":null,"d":1.5,"l":[1,"a",null],"m":{"b":"c","e":[]}}'),
        ("$input.json('$.l') $input.json('$.n') $input.json('$.m.b')", '[1,"a",null] null "c"'),
        ("$input.path('$.l[*]').size() $input.path('$..b')", "3 [c]"),
        ("$input.path('$.m') $input.path('$.l') $input.path('$.none')", "{b=c, e=[]} [1, a, null] "),
        ("$input.path('$.l')[1] $input.path('$.l').get(0) $input.path('$.m').b", "a 1 c"),
        ("$input.params().path.id $input.params().querystring.get('q')", "7 x"),
        ("$input.params('nobody')", ""),
        # $util
        ("$util.escapeJavaScript($input.json('$.m'))", '{\\"b\\":\\"c\\",\\"e\\":[]}'),
        ("$util.parseJson($input.body).m.b", "c"),
        ("$util.urlEncode('a/b ü') $util.urlDecode('a%2Fb+%C3%BC')", "a%2Fb+%C3%BC a/b ü"),
        ("$util.base64Encode('ü') $util.base64Decode('w7w=')", "w7w= ü"),
        # $context and $stageVariables
        ("$context.requestId|$context.nobody|$stageVariables.shop|$stageVariables.nobody", "r-1||tokyo|"),
        # The language
        ("#set($x = 1 + 2 * 3)$x #set($y = 7 / 2)$y #set($z = 7 % 3)$z", "7 3 1"),
        ("#set($a = 'v')#set($b = \"<$a>\")#set($c = '<$a>')$b $c ${a}x", "<v> <$a> vx"),
        ("#foreach($x in $input.path('$.l'))$foreach.count$x#if($foreach.hasNext),#end#end", "11,2a,3$x"),
        ("#foreach($x in [1..3])$foreach.index$velocityCount;#end", "01;12;23;"),
        ("#foreach($x in $input.path('$.m'))$x;#end", "c;[];"),
        ("#foreach($e in $input.path('$.m').entrySet())$e.key=$e.value;#end", "b=c;e=[];"),
        ("#if($input.path('$.f'))1#elseif($input.path('$.n'))2#{else}3#end", "3"),
        ("#if(!$nobody && (1 == 1 || false) && 'a' != 'b' && 2 > 1)yes#end", "yes"),
        (
            "#set($l = [])#set($q = $l.add('x'))#set($m = {})#set($q = $m.put('k', $l))$m.k.get(0) $m.containsKey('k')",
            "x true",
        ),
        ("#set($s = 'a,b,')$s.split(',')[1] $s.contains('a') $s.length() $s.substring(2)", "b true 4 b,"),
        ("$!nobody|$nobody|## a comment", "|$nobody|"),
        ("a #* block *# b", "a  b"),
    ],
)
def test_given_the_reference_when_a_template_uses_it_then_it_reads_as_documented(template: str, text: str) -> None:
    assert rendered(template, ORDER, requestId="r-1") == text


@pytest.mark.parametrize("template", ["#[[ $x ]]#", "#foreach($x in [1])#break#end", "#parse('x')", "#if(1 == 1)"])
def test_given_what_airspeed_would_print_as_it_stands_when_loaded_then_it_is_refused(template: str) -> None:
    with pytest.raises(MappingTemplateError, match="POST /a: "):
        check("POST /a", template)


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
