#!/usr/bin/env python3
"""Parts that a parameter leaves out are gone: their routes, functions, and every reference to them.

This transforms template.yaml as AWS does and evaluates its conditions for each combination.
"""

import itertools
import logging
import sys

from versions import Values, transformed

OAUTH = {"/oauth/{proxy+}", "/.well-known/oauth-authorization-server"}
EVENTS = {"/events", "/events/{proxy+}", "/.well-known/jwks.json"}
ADMIN = {"/admin/{proxy+}"}
CONSOLE = {"/console", "/console/{proxy+}", "/setup/{proxy+}"}
FIREWALL = {
    "DomainName": "scim.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "WebAclArn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1",
}


class Referring(Values):
    """Remembers which resources the evaluated expressions refer to."""

    def __init__(self, template, parameters):
        super().__init__(template, parameters)
        self.referred = set()

    def ref_(self, name):
        self.referred.add(name)
        return super().ref_(name)

    def getatt_(self, path):
        self.referred.add((path if isinstance(path, str) else ".".join(path)).partition(".")[0])
        return super().getatt_(path)


def wrong(parameters):
    """What is wrong with the stack of these parameters."""
    template, everything = transformed(parameters)
    values = Referring(template, everything)
    resources = {name: one for name, one in template["Resources"].items() if values.has(one)}
    properties = {name: values.of(one.get("Properties", {})) for name, one in resources.items()}
    for output in template["Outputs"].values():
        if values.has(output):
            values.of(output["Value"])
    for one in resources.values():
        after = one.get("DependsOn", [])
        values.referred |= {after} if isinstance(after, str) else set(after)
    left_out = template["Resources"].keys() - resources.keys()
    yield from (f"refers to {name}, which is left out" for name in sorted(values.referred & left_out))

    admin, oauth, console = everything["AdminApi"], everything["OAuth"] == "on", everything["Console"] == "on"
    paths = properties["Api"]["Body"]["paths"]
    expected = EVENTS | (OAUTH if oauth else set()) | (ADMIN if admin == "public" else set())
    expected |= CONSOLE if console else set()
    found = {path for path in paths if not path.startswith("/scim/") and path not in ("/scim/v2", "$default")}
    if found != expected:
        yield f"has the routes {sorted(found)}"
    if any("uri" not in path["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"] for path in paths.values()):
        yield "has a route without a function"
    throttled = {key.removeprefix("ANY ") for key in properties["ApiApiGatewayDefaultStage"]["RouteSettings"]}
    if throttled != expected - EVENTS - {"/.well-known/oauth-authorization-server"}:
        yield f"throttles {sorted(throttled)}"
    for name, there in {
        "TokenFunction": oauth, "Token": oauth, "AdminFunction": admin != "off", "Admin": admin != "off",
        "ConsoleFunction": console, "ConsoleParts": console,
        "PrivateAdmin": admin == "private", "OriginSecret": "WebAclArn" in parameters,
    }.items():  # fmt: skip
        if (name in resources) != there:
            yield f"{name}: {'left out' if there else 'not left out'}"
    if admin != "off":
        shown = properties["AdminFunction"]["Environment"]["Variables"]["ROLLCALL_ORIGIN_SECRET"]
        if bool(shown) != ("WebAclArn" in parameters and admin == "public"):
            yield f"the function admin wants the origin secret `{shown}`"


def main():
    logging.disable()
    found = []
    combinations = list(itertools.product(["public", "private", "off"], ["on", "off"], ["on", "off"], [{}, FIREWALL]))
    for admin, oauth, console, firewall in combinations:
        parameters = {"AdminApi": admin, "OAuth": oauth, "Console": console, **firewall}
        found += [f"{parameters}: {why}" for why in wrong(parameters)]
    print("\n".join(found) if found else f"{len(combinations)} combinations of parts; nothing refers to what is left out.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
