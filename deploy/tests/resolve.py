"""As much of CloudFormation as it takes to see what a template makes of its parameters."""

import re

import cfnlint.decode
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from where import REPOSITORY

REGION = "eu-west-1"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": "123456789012",
    "AWS::StackName": "recs",
}
NOTHING = object()


def load():
    path = REPOSITORY / "deploy/template.yaml"
    template, problems = cfnlint.decode.decode(str(path))
    assert not problems, problems
    return template


def schema(kind):
    return PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema


class Deployed:
    """The template with its defaults, but for some parameters."""

    def __init__(self, template, **parameters):
        self.template = template
        self.values = {
            name: text(parameter["Default"])
            for name, parameter in template["Parameters"].items()
            if "Default" in parameter
        }
        self.values |= {"CodeBucket": "builds", "CodeKey": "writer/1.zip"} | parameters
        unknown = set(self.values) - set(template["Parameters"])
        assert not unknown, unknown

    def resources(self):
        """Logical id to (type, properties), of the resources that are made."""
        return {
            name: (resource["Type"], self.value(resource.get("Properties", {})))
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }

    def holds(self, name):
        return self.test(self.template["Conditions"][name])

    def test(self, condition):
        (function, argument), = condition.items()
        match function:
            case "Fn::Not":
                return not self.test(argument[0])
            case "Fn::Equals":
                return text(self.value(argument[0])) == text(self.value(argument[1]))
        raise AssertionError(f"{function} is not read here")

    def value(self, node):
        if isinstance(node, dict):
            if len(node) == 1:
                (function, argument), = node.items()
                if function == "Ref" or function.startswith("Fn::"):
                    return self.call(function, argument)
            members = {key: self.value(member) for key, member in node.items()}
            return {key: member for key, member in members.items() if member is not NOTHING}
        if isinstance(node, list):
            return [item for item in map(self.value, node) if item is not NOTHING]
        return node

    def call(self, function, argument):
        match function:
            case "Ref":
                return self.reference(argument)
            case "Fn::GetAtt":
                return f"<{argument if isinstance(argument, str) else '.'.join(argument)}>"
            case "Fn::If":
                return self.value(argument[1 if self.holds(argument[0]) else 2])
            case "Fn::Split":
                return self.value(argument[1]).split(argument[0])
            case "Fn::Sub":
                name = lambda found: text(
                    f"<{found[1]}>" if "." in found[1] else self.reference(found[1])
                )
                return re.sub(r"\$\{([A-Za-z0-9.:]+)\}", name, argument)
        raise AssertionError(f"{function} is not read here")

    def reference(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        return PSEUDO.get(name) or self.values.get(name, f"<{name}>")


def text(value):
    """CloudFormation hands every parameter on as text."""
    return value if isinstance(value, str) else str(value)


def coerced(value, node, root):
    """A value as CloudFormation hands it to a resource: text becomes what the schema asks for."""
    while "$ref" in node:
        node = root["definitions"][node["$ref"].rsplit("/", 1)[1]]
    kinds = node.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(value, dict) and "properties" in node:
        return {
            key: coerced(member, node["properties"].get(key, {}), root)
            for key, member in value.items()
        }
    if isinstance(value, list) and "items" in node:
        return [coerced(item, node["items"], root) for item in value]
    if isinstance(value, str) and "string" not in kinds:
        if "boolean" in kinds and value in ("true", "false"):
            return value == "true"
        if {"integer", "number"} & set(kinds) and re.fullmatch(r"-?[0-9]+", value):
            return int(value)
    if isinstance(value, (int, float)) and kinds == ["string"]:
        return text(value)
    return value
