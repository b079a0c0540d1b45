#!/usr/bin/env python3
"""A parameter that changes a function also publishes a new version of it.

The alias `live` points at a published version. So a change that publishes none never reaches the
requests. SAM publishes one when the text of the template changes, but not when only the value of
a parameter changes: `VersionDescription` has to name that value. (A new description makes
CloudFormation replace the version.) Lambda in turn refuses to publish a version that does not
differ from the last one.

This transforms template.yaml as AWS does, with each parameter changed in turn, and compares the
functions and their versions. It needs `aws-sam-translator`, which `aws-sam-cli` installs.
"""

import copy
import json
import logging
import os
import pathlib
import re
import sys

from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Another value of each parameter.
OTHER = {
    "Stage": "prod", "Architecture": "x86_64", "Memory": 1024, "Deployment": "Canary10Percent5Minutes",
    "LogRetentionDays": 7, "Metrics": "off", "Alarms": "off", "AlarmEmail": "ops@example.com",
    "KmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/1", "DomainName": "scim.example.com",
    "CertificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1", "HostedZoneId": "Z1",
    "WebAclArn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1", "RestoredTable": "restored",
    "RestoredTableStreamArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/restored/stream/1",
    "RegionLabel": "eu", "StageLabel": "sandbox", "RequestsPerSecond": 50,
    "EventBus": "product", "DynamodbUrl": "https://dynamodb.eu-central-1.api.aws", "ConsentByAdministratorKey": "on",
    "AdminApi": "private", "OAuth": "off", "Console": "on", "ConsoleSignIn": "both",
    "ApiRequestsPerSecond": 500, "ApiBurst": 500, "OAuthRequestsPerSecond": 5, "AdminRequestsPerSecond": 5,
    "WarmReadUnits": 13000, "WarmWriteUnits": 16000, "MaxReadUnits": 40000, "MaxWriteUnits": 20000,
    "ChangesConcurrency": 10, "TokenConcurrency": 50, "EventsConcurrency": 50,
}  # fmt: skip
# Where a parameter changes a function only together with others.
WITH = {"AdminApi": ["DomainName", "CertificateArn", "WebAclArn"], "ConsoleSignIn": ["Console"]}
PSEUDO = {
    "AWS::StackName": "rollcall", "AWS::Region": "eu-central-1", "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
}  # fmt: skip
# What `!Ref AWS::NoValue` becomes: whatever has this value is left out.
NOTHING = object()
# Lambda refuses a longer description of a version.
LONGEST = 256
# CloudFormation names a table `STACK-Table-X-Table-X`, with 13 letters in place of each X.
LONGEST_STACK = 40
OWN_TABLE = LONGEST_STACK + len("-Table--Table-") + 26


class Values:
    """What the expressions of a template become, with these parameters."""

    def __init__(self, template, parameters):
        self.template = template
        defaults = {name: one.get("Default") for name, one in template.get("Parameters", {}).items()}
        self.parameters = {**PSEUDO, **defaults, **parameters}

    def of(self, value):
        if isinstance(value, list):
            return [one for one in map(self.of, value) if one is not NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Condition" and isinstance(argument, str):
                return self.of(self.template["Conditions"][argument])
            if name == "Ref" or name.startswith("Fn::"):
                # `not`, `and` and `if` are words of Python.
                return getattr(self, name.removeprefix("Fn::").lower() + "_")(argument)
        items = ((name, self.of(one)) for name, one in value.items())
        return {name: one for name, one in items if one is not NOTHING}

    def has(self, resource):
        """Whether the condition of a resource or output holds."""
        return self.of({"Condition": resource["Condition"]}) if "Condition" in resource else True

    def ref_(self, name):
        if name == "AWS::NoValue":
            return NOTHING
        return self.parameters.get(name, f"<{name}>")

    def getatt_(self, path):
        resource, _, attribute = (path if isinstance(path, str) else ".".join(path)).partition(".")
        stack = self.template["Resources"][resource]
        if not attribute.startswith("Outputs."):
            return f"<{resource}.{attribute}>"
        file = self.of(stack["Properties"]["TemplateURL"]).rpartition("/")[2]
        nested = yaml_parse((ROOT / "infra" / file).read_text())
        parameters = self.of(stack["Properties"]["Parameters"])
        output = nested["Outputs"][attribute.removeprefix("Outputs.")]["Value"]
        return f"{resource}:{Values(nested, parameters).of(output)}"

    def sub_(self, argument):
        text, more = (argument, {}) if isinstance(argument, str) else argument
        one = lambda name: more[name] if name in more else {"Fn::GetAtt": name} if "." in name else {"Ref": name}
        return re.sub(r"\$\{([^!}]+)\}", lambda found: str(self.of(one(found[1]))), text)

    def join_(self, argument):
        return argument[0].join(str(one) for one in self.of(argument[1]))

    def equals_(self, argument):
        return str(self.of(argument[0])) == str(self.of(argument[1]))

    def not_(self, argument):
        return not self.of(argument[0])

    def and_(self, argument):
        return all(self.of(argument))

    def if_(self, argument):
        return self.of(argument[1] if self.of({"Condition": argument[0]}) else argument[2])


def read():
    template = yaml_parse((ROOT / "template.yaml").read_text())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # As `sam deploy` leaves it; the code does not change here.
            resource["Properties"]["CodeUri"] = "s3://packages/0123456789abcdef"
    return template


def transformed(parameters, source=None):
    """The template as CloudFormation gets it, and the values of its parameters."""
    os.environ["AWS_DEFAULT_REGION"] = PSEUDO["AWS::Region"]
    source = source or read()
    defaults = {name: one.get("Default", "") for name, one in source["Parameters"].items()}
    everything = {**defaults, **parameters}
    loader = ManagedPolicyLoader(None)
    loader.load = lambda: {}
    return transform(copy.deepcopy(source), everything, loader), everything


def deployed(parameters, source=None):
    """The functions that have versions: their configuration, and what identifies the version."""
    template, everything = transformed(parameters, source)
    values = Values(template, everything)
    found = {}
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Lambda::Version" or not values.has(resource):
            continue
        function = resource["Properties"]["FunctionName"]["Ref"]
        kept = {resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")}
        assert kept == {"Retain"}, f"{name}: the version before has to be kept, to go back to it"
        configuration = values.of(template["Resources"][function]["Properties"])
        # These belong to the function, not to a version of it.
        configuration.pop("Tags")
        configuration.pop("ReservedConcurrentExecutions", None)
        description = values.of(resource["Properties"].get("Description", ""))
        found[function] = (json.dumps(configuration, sort_keys=True), name, description)
    return found


def longest_choice(value):
    """The most letters of a text that depends on conditions."""
    return len(value) if isinstance(value, str) else max(longest_choice(one) for one in value["Fn::If"][1:])


def length_of_description(template):
    """The most letters that a description can have, by what is set for its parameters."""
    texts = [
        resource["Properties"]["VersionDescription"]["Fn::Sub"]
        for resource in template["Resources"].values()
        if "VersionDescription" in resource.get("Properties", {})
    ]
    restored = template["Parameters"]["RestoredTable"]["MaxLength"]

    def most(name, more):
        if name in more:
            return longest_choice(more[name])
        if name == "Table.Outputs.TableName":
            return max(restored, OWN_TABLE)
        one = template["Parameters"][name]
        allowed = one.get("AllowedValues") or [one.get("MaxValue", "")]
        return one.get("MaxLength") or max(len(str(value)) for value in allowed)

    def length(text, more):
        names = re.findall(r"\$\{([^}]+)\}", text)
        return sum(most(name, more) for name in names) + len(re.sub(r"\$\{[^}]+\}", "", text))

    return max(length(*text) for text in texts)


def main():
    logging.disable()
    template = read()
    assert set(OTHER) == set(template["Parameters"]), "OTHER has to name each parameter of the template"
    longest = length_of_description(template)
    assert longest <= LONGEST, f"the description of a version can have {longest} letters, {LONGEST} are allowed"
    default = deployed({})
    assert len(default) >= 6, sorted(default)
    reaching, wrong = [], []
    for parameter, value in OTHER.items():
        others = {name: OTHER[name] for name in WITH.get(parameter, [])}
        before = deployed(others) if others else default
        after = deployed({**others, parameter: value})
        # A parameter may leave a function out.
        both = before.keys() & after.keys()
        changed = {name for name in both if before[name][0] != after[name][0]}
        published = {name for name in both if before[name][1:] != after[name][1:]}
        if changed:
            reaching.append(parameter)
        for name in sorted(changed - published):
            wrong.append(f"{parameter} changes {name}, but publishes no new version")
        for name in sorted(published - changed):
            wrong.append(f"{parameter} publishes a version of {name} that is the same as the last one")
    print("\n".join(wrong) if wrong else (
        f"{len(OTHER)} parameters; {len(reaching)} change the functions, each publishes a new version of "
        f"every function that it reaches: {', '.join(reaching)}. A description has at most {longest} letters."
    ))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
