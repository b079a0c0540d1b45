#!/usr/bin/env python3
"""What `cdk synth` made of a release's template still has everything of it:

    examples.py TEMPLATE SYNTHESIZED
"""

import json
import pathlib
import sys

from samtranslator.yaml_helper import yaml_parse

# CDK's own.
ADDED = {"CDKMetadata", "CDKMetadataAvailable", "CheckBootstrapVersion", "BootstrapVersion"}


def main(template, synthesized):
    before = yaml_parse(pathlib.Path(template).read_text())
    after = json.loads(pathlib.Path(synthesized).read_text())
    wrong = []
    for section in ("Transform", "Globals", "Resources", "Conditions", "Rules", "Outputs"):
        if section not in after:
            wrong.append(f"{section} is missing")
        elif section != "Transform":
            wrong += [f"{section}/{name}" for name in before[section].keys() ^ after[section].keys() if name not in ADDED]
    for name, resource in before["Resources"].items():
        kept = after["Resources"].get(name, {})
        for attribute in ("Type", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy"):
            expected, found = (one.get(attribute) for one in (resource, kept))
            if expected != found and [expected] != found:
                wrong.append(f"{name}: {attribute} is {found}, not {expected}")
        if resource.get("Properties", {}).keys() != kept.get("Properties", {}).keys():
            wrong.append(f"{name}: other properties")
    print("\n".join(wrong) if wrong else f"{len(before['Resources'])} resources with their conditions, dependencies and policies")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
