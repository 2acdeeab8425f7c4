"""The metrics and labels of a PromQL expression, read without a parser: enough to find names that nobody exports."""

import re

WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "inf",
         "nan"}


def series(expression):
    """Each metric name with the set of labels by which it is chosen."""
    expression = re.sub(r"label_values\((\w+),\s*\w+\)", r"\1", expression)
    expression = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", expression)
    expression = re.sub(r"\[[^\]]*\]", "", expression)
    expression = re.sub(r"\boffset\s+\w+", "", expression)
    expression = re.sub(r'"[^"]*"(?![^{]*\})', "", expression)
    for name, matchers, call in re.findall(r"([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(\s*\()?", expression):
        if call or name in WORDS or name.isdigit():
            continue
        yield name, set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers or ""))
