#!/usr/bin/env python3
"""The template of a release takes everything from the bucket, and a new release reaches the requests.

Its functions are transformed as AWS does it, for two releases: each must have another archive and
another version. See versions.py for why that is not certain.
"""

import importlib.machinery
import importlib.util
import logging
import os
import sys

from samtranslator.yaml_helper import yaml_parse

from versions import PSEUDO, ROOT, deployed

# With every function.
BUCKET = {"CodeBucket": "code", "CodePrefix": "releases/", "Console": "on"}


def script(name):
    """A script of infra/release as a module."""
    loader = importlib.machinery.SourceFileLoader(name, str(ROOT / "infra/release" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def main():
    logging.disable()
    sys.dont_write_bytecode = True
    os.environ["AWS_DEFAULT_REGION"] = PSEUDO["AWS::Region"]
    text = (ROOT / "template.yaml").read_text()
    templates = script("templates")
    releases = {version: yaml_parse(templates.packaged(text, version)) for version in ("1.0.0", "1.0.1")}
    before, after = (deployed(BUCKET, template) for template in releases.values())
    functions = [name for name, one in releases["1.0.0"]["Resources"].items() if one["Type"] == "AWS::Serverless::Function"]
    assert len(before) == len(functions) - 2, "all but ChangesFunction and DeliverFunction have versions"
    for name in before:
        for version, found in (("1.0.0", before), ("1.0.1", after)):
            archive = f"releases/rollcall-{version}/arm64/{name.removesuffix('Function').lower()}.zip"
            assert archive in found[name][0], f"{name} does not use {archive}: {found[name][0]}"
        assert before[name][1:] != after[name][1:], f"a new release publishes no new version of {name}"
    print(f"{len(functions)} functions from the bucket; a new release publishes a new version of {len(before)}")


if __name__ == "__main__":
    main()
