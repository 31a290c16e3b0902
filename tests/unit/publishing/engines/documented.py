"""Tools whose engine is not public: what their documents say of substitution, and no more.

Each reads its template once, from left to right, and never reads a value again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from copydesk.publishing import dialect_named
from copydesk.publishing.dialects.naming import tool_name

Fields = Mapping[str, str]
Told = tuple[str, str]
"""What a piece of code does: `if`, `unless`, `else`, `end` or `print`, and on which field."""


def render(dialect: str, template: str, fields: Fields) -> str:
    """Return what the tool makes of the template; the recipient's fields are by our names."""
    named = {tool_name(dialect_named(dialect), name): value for name, value in fields.items()}
    return RULES[dialect](template, named)


def mailchimp(template: str, fields: Fields) -> str:
    """Merge tags in `*|` and `|*`; IF holds where the field has a value."""
    return _conditional(template, re.compile(r"\*\|(.*?)\|\*", re.DOTALL), _of_mailchimp, fields)


def _of_mailchimp(code: str) -> Told:
    if code.startswith("IF:"):
        return "if", code[3:]
    return {"ELSE:": ("else", ""), "END:IF": ("end", "")}.get(code, ("print", code))


def activecampaign(template: str, fields: Fields) -> str:
    """Tags between percent signs; !empty holds where the field has a value."""
    code = re.compile(r"%(IF !empty\(\$\w+\)|ELSE|/IF|[A-Z][A-Z0-9_]*)%")
    return _conditional(template, code, _of_activecampaign, fields)


def _of_activecampaign(code: str) -> Told:
    if code.startswith("IF !empty($"):
        return "if", code[11:-1]
    return {"ELSE": ("else", ""), "/IF": ("end", "")}.get(code, ("print", code))


def sailthru(template: str, fields: Fields) -> str:
    """Expressions in braces with no space after the first; `? :`, if, and quoted strings."""
    ternary = r"profile\.(?:vars\.)?(\w+) \? profile\.(?:vars\.)?\1 : '((?:[^'\\]|\\.)*)'"
    choice = re.compile(r"\{" + ternary + r"\}")
    pieces, position = [], 0
    for found in choice.finditer(template):
        pieces.append(_conditional(template[position : found.start()], ZEPHYR, _of_zephyr, fields))
        pieces.append(fields.get(found[1]) or re.sub(r"\\(.)", r"\1", found[2]))
        position = found.end()
    return "".join(pieces) + _conditional(template[position:], ZEPHYR, _of_zephyr, fields)


ZEPHYR = re.compile(r"\{(if profile\.[\w.]+|else|/if|profile\.[\w.]+)\}")


def _of_zephyr(code: str) -> Told:
    name = code.removeprefix("if ").removeprefix("profile.").removeprefix("vars.")
    if code.startswith("if "):
        return "if", name
    return {"else": ("else", ""), "/if": ("end", "")}.get(code, ("print", name))


def marketo(template: str, fields: Fields) -> str:
    """Tokens of a lead, with a default."""
    token = re.compile(r"\{\{lead\.([^{}:]+):default=([^{}]*)\}\}")
    return token.sub(lambda found: fields.get(found[1]) or found[2], template)


def mautic(template: str, fields: Fields) -> str:
    """Tokens as TokenHelper finds them, replaced one after another in the whole text."""
    for found in list(re.finditer(r"(?:\{|%7B)contactfield=(.*?)(?:\}|%7D)", template)):
        alias, _, default = found[1].partition("|")
        template = template.replace(found[0], fields.get(alias) or default.split("|")[0])
    return template


def sfmc(template: str, fields: Fields) -> str:
    """AMPscript: calls in `%%=` and `=%%`, and IF in blocks."""
    code = re.compile(r"%%=(?P<call>.*?)=%%|%%\[ (?P<block>.*?) \]%%", re.DOTALL)
    shown, printed, position = [True], [], 0
    for found in code.finditer(template):
        printed += [template[position : found.start()]] * all(shown)
        position = found.end()
        if found["call"] is not None:
            printed += [_call(found["call"], fields)[0]] * all(shown)
        elif found["block"].startswith("IF "):
            shown.append(_call(found["block"][3:].removesuffix(" THEN"), fields)[0] == "true")
        elif found["block"] == "ELSE":
            shown[-1] = not shown[-1]
        else:
            shown.pop()
    return "".join([*printed, template[position:]])


def _call(code: str, fields: Fields) -> tuple[str, str]:
    """Return what the expression at the start says, and the code after it."""
    if text := re.match(r"\"((?:[^\"]|\"\")*)\"", code):
        return text[1].replace('""', '"'), code[text.end() :]
    name, rest = re.match(r"(\w+)\((.*)", code, re.DOTALL).groups()  # type: ignore[union-attr]
    arguments = []
    while not rest.startswith(")"):
        argument, rest = _call(rest.removeprefix(","), fields)
        arguments.append(argument)
    return _function(name.lower(), arguments, fields), rest[1:]


def _function(name: str, arguments: list[str], fields: Fields) -> str:
    if name == "attributevalue":
        return fields.get(arguments[0], "")
    if name == "empty":
        return "false" if arguments[0] else "true"
    if name == "iif":
        return arguments[1] if arguments[0] == "true" else arguments[2]
    return {"v": lambda: arguments[0], "concat": lambda: "".join(arguments)}[name]()


def _conditional(
    template: str, code: re.Pattern[str], told: Callable[[str], Told], fields: Fields
) -> str:
    shown, printed, position = [True], [], 0
    for found in code.finditer(template):
        printed += [template[position : found.start()]] * all(shown)
        position = found.end()
        what, name = told(found[1])
        if what == "if":
            shown.append(bool(fields.get(name)))
        elif what == "else":
            shown[-1] = not shown[-1]
        elif what == "end":
            shown.pop()
        else:
            printed += [fields.get(name, "")] * all(shown)
    return "".join([*printed, template[position:]])


RULES: dict[str, Callable[[str, Fields], str]] = {
    "activecampaign": activecampaign,
    "mailchimp": mailchimp,
    "marketo": marketo,
    "mautic": mautic,
    "sailthru": sailthru,
    "sfmc": sfmc,
}
