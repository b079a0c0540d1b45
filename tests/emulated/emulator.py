"""MiniStack, an emulated AWS, with what it lacks of the services that the template uses.

Started by .ci/emulated-aws. Each function below says what AWS does and MiniStack 1.5.33 does not.
Nothing here depends on Rollcall's code, and nothing of Rollcall knows that it is emulated.
"""

import contextvars
import json
import threading
import time

from ministack import app
from ministack.core import iam_actions
from ministack.services import apigateway, cloudformation, dynamodb, secretsmanager
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks
from samtranslator.translator import transform as sam

HANDLERS = provisioners._RESOURCE_HANDLERS


def wrap(kind, action):
    """Decorates a function that replaces a handler and gets the replaced one as its first argument."""

    def decorate(function):
        own = HANDLERS[kind][action]
        HANDLERS[kind][action] = lambda *args: function(own, *args)

    return decorate


def code_deploy():
    """CodeDeploy moves an alias to a new version, which takes time. The types are unknown here, and the alias
    moves within milliseconds after roles and policies have changed: no request would notice a role that lost
    what the old version needs. So each move waits a second, during which the old version serves."""
    on_thread = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda kind: kind == "AWS::Lambda::Alias" or on_thread(kind)

    @wrap("AWS::Lambda::Alias", "update")
    def update(own, *args):
        time.sleep(1)
        return own(*args)

    for kind in ("Application", "DeploymentGroup"):
        HANDLERS[f"AWS::CodeDeploy::{kind}"] = {
            "create": lambda logical_id, props, stack: (f"{stack}-{logical_id}", {}),
            "update": lambda physical_id, old, new, stack: (physical_id, {}),
            "delete": lambda physical_id, props: None,
        }


def alarms():
    """An alarm may watch an expression of metrics. It is refused here; it gets its first metric instead."""
    own = provisioners._cw_metric_alarm_record

    def record(name, props):
        metric = next((one["MetricStat"] for one in props.get("Metrics", []) if "MetricStat" in one), None)
        if metric:
            others = {key: value for key, value in props.items() if key != "Metrics"}
            props = {**others, **metric["Metric"], "Period": metric["Period"], "Statistic": metric["Stat"]}
        return own(name, props)

    provisioners._cw_metric_alarm_record = record


def http_api():
    """An HTTP API has the routes of its `Body`, where SAM writes them. They are ignored here."""
    kind = "AWS::ApiGatewayV2::Api"

    def routes(api, props):
        apigateway._routes[api] = {}
        apigateway._integrations[api] = {}
        for path, methods in props["Body"]["paths"].items():
            for method, operation in methods.items():
                lambda_proxy = operation["x-amazon-apigateway-integration"]
                integration = {
                    "integrationUri": lambda_proxy["uri"],
                    "payloadFormatVersion": lambda_proxy["payloadFormatVersion"],
                }
                created = json.loads(apigateway._create_integration(api, integration)[2])
                method = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
                route = {
                    "routeKey": path if path == "$default" else f"{method} {path}",
                    "target": f"integrations/{created['integrationId']}",
                }
                apigateway._create_route(api, route)

    @wrap(kind, "create")
    def create(own, logical_id, props, stack):
        created = own(logical_id, props, stack)
        routes(created[0], props)
        return created

    @wrap(kind, "update")
    def update(own, physical_id, old, new, stack, logical_id):
        updated = own(physical_id, old, new, stack, logical_id)
        routes(updated[0], new)
        return updated


def secret():
    """The `Ref` of a secret is its ARN, which policies and functions name. Here it is the secret's name."""
    kind = "AWS::SecretsManager::Secret"

    def name(arn):
        return next((name for name, one in secretsmanager._secrets.items() if one["ARN"] == arn), arn)

    @wrap(kind, "create")
    def create(own, logical_id, props, stack):
        _, attributes = own(logical_id, props, stack)
        return attributes["Arn"], attributes

    @wrap(kind, "update")
    def update(own, physical_id, old, new, stack, logical_id):
        _, attributes = own(name(physical_id), old, new, stack, logical_id)
        return attributes["Arn"], attributes

    @wrap(kind, "delete")
    def delete(own, physical_id, props):
        own(name(physical_id), props)


def table():
    """A table gets its TTL and its backups, and deletion protection holds. All three are ignored here."""
    kind = "AWS::DynamoDB::Table"

    @wrap(kind, "create")
    def create(own, logical_id, props, stack):
        created = own(logical_id, props, stack)
        for call in (dynamodb._update_ttl, dynamodb._update_continuous_backups):
            call({"TableName": created[0], **props})
        return created

    @wrap(kind, "delete")
    def delete(own, physical_id, props):
        if dynamodb._tables.get(physical_id, {}).get("DeletionProtectionEnabled"):
            raise ValueError(f"{physical_id} is protected against deletion")
        own(physical_id, props)


def conditions():
    """A condition may join a list, to find out whether it is empty. Joins are not evaluated here, and a list is one
    text."""
    own = engine._evaluate_conditions

    def joined(value):
        if isinstance(value, dict):
            return joined(value["Fn::Join"][1]) if "Fn::Join" in value else {name: joined(one) for name, one in value.items()}
        return [joined(one) for one in value] if isinstance(value, list) else value

    def evaluate(template, values):
        return own({**template, "Conditions": joined(template.get("Conditions", {}))}, values)

    for module in (engine, changesets, handlers, provisioners, stacks):
        if hasattr(module, "_evaluate_conditions"):
            module._evaluate_conditions = evaluate


def leading_keys():
    """A condition of a policy may name the partition keys of a request. They are not known here."""
    own = iam_actions.dynamodb_service_context

    def keys(value):
        """The partition keys in a request: of keys, of items, and of a query's condition."""
        if isinstance(value, list):
            for one in value:
                yield from keys(one)
        elif isinstance(value, dict):
            key = value.get("PK")
            if isinstance(key, dict) and "S" in key:
                yield key["S"]
            else:
                for one in value.values():
                    yield from keys(one)

    def context(body):
        data = json.loads(body or b"{}")
        found = list(keys(data))
        condition = data.get("KeyConditionExpression")
        if condition:
            # The partition key comes first: `#n0 = :v0`, with or without a range.
            value = condition.split(" AND ")[0].split("=")[1].strip()
            found.append(data["ExpressionAttributeValues"][value]["S"])
        return {**own(body), **({"dynamodb:LeadingKeys": found} if found else {})}

    iam_actions.dynamodb_service_context = context


def transform():
    """SAM transforms a template with the values of its parameters. Here it gets none, and takes the defaults."""
    values = contextvars.ContextVar("values of the template's parameters", default={})
    apply, own = engine._apply_transforms, sam.transform

    def apply_with_values(template, provided=None, previous=None):
        token = values.set(engine._transform_parameters(template, provided, previous))
        try:
            return apply(template, provided, previous)
        finally:
            values.reset(token)

    for module in (changesets, handlers):
        module._apply_transforms = apply_with_values
    sam.transform = lambda template, _, loader: own(template, values.get(), loader)


def nested_stacks():
    """Three things that a nested stack does like any other stack, but not here."""
    kind = "AWS::CloudFormation::Stack"
    later = contextvars.ContextVar("deletes of a nested stack that wait for the end of the whole update", default=None)

    # 1. What an update replaces is deleted when the whole update is complete, not at once: until then
    # the old version of a function uses it, also for requests that it has begun. In AWS that is seconds
    # after the last change of an alias, here it would be milliseconds.
    delete_now = provisioners._delete_predecessor

    def delete_soon(function, *args, **named):
        context = contextvars.copy_context()
        threading.Timer(5, context.run, (function, *args), named).start()

    def delete_predecessor(function, *args, **named):
        waiting = later.get()
        if waiting is None or provisioners._RETAIN_REPLACED.get():
            delete_now(function, *args, **named)
        else:
            waiting.append((delete_soon, (function, *args), named))

    provisioners._delete_predecessor = delete_predecessor

    @wrap(kind, "update")
    def update(own, physical_id, old, new, stack):
        token = later.set(provisioners._DEFERRED_PREDECESSOR_DELETES.get())
        try:
            return own(physical_id, old, new, stack)
        finally:
            later.reset(token)

    # 2. A resource that an update does not touch keeps its attributes.
    update_resource = provisioners._update_resource

    def update_keeping_attributes(kind, physical_id, old, new, stack, logical_id=None, attributes=None):
        if attributes is None:
            attributes = cloudformation._stacks[stack]["_resources"][logical_id]["Attributes"]
        return update_resource(kind, physical_id, old, new, stack, logical_id, attributes)

    provisioners._update_resource = update_keeping_attributes

    # 3. The deletion of the stack keeps what its template says is to be retained.
    @wrap(kind, "delete")
    def delete(own, physical_id, props):
        child = cloudformation._stacks[provisioners._nested_stack_lookup_name(physical_id)]
        for logical_id, resource in child["_template"]["Resources"].items():
            if resource.get("DeletionPolicy") == "Retain":
                child["_resources"].pop(logical_id, None)
        own(physical_id, props)


if __name__ == "__main__":
    for gap in (code_deploy, alarms, http_api, secret, table, conditions, leading_keys, transform, nested_stacks):
        gap()
    app.main()
