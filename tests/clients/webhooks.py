"""Receives webhooks and verifies them with standardwebhooks, the library of Standard Webhooks.

    ROLLCALL_ADMINISTRATOR_KEY=… python webhooks.py URL TOKEN DIRECTORY

Creates users and disables them, and rotates the secret in between. It fails when an event is missing, comes
out of order, or has no valid signature, and when a forged one is accepted.
"""

import json
import os
import queue
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

USERS = 20


class Receiver(BaseHTTPRequestHandler):
    requests = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.requests.put(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def ask(method, url, token, body=None):
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def is_valid(secret, headers, body):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def main(url, token, directory):
    key = os.environ["ROLLCALL_ADMINISTRATOR_KEY"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    subscriptions = f"{url.removesuffix('/scim/v2')}/admin/directories/{directory}/subscriptions"
    channel = {"kind": "webhook", "url": f"http://127.0.0.1:{server.server_port}/"}
    made = ask("POST", subscriptions, key, {"label": "webhooks.py", "channel": channel, "types": ["user.created", "user.disabled"]})
    own = f"{subscriptions}/{made['id']}"
    secrets, expected = [made["secret"]], []
    for number in range(USERS):
        if number == USERS // 2:
            secrets.append(ask("POST", f"{own}/rotate", key, {"overlapHours": 1})["secret"])
        name = f"hook{number:03}-{os.getpid()}@ex.io"
        user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "active": True}
        id = ask("POST", f"{url}/Users", token, user)["id"]
        operations = [{"op": "replace", "path": "active", "value": False}]
        patch = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
        ask("PATCH", f"{url}/Users/{id}", token, patch)
        expected += [("user.created", id), ("user.disabled", id)]
    got = {}
    while sum(map(len, got.values())) < len(expected):
        headers, body = Receiver.requests.get(timeout=30)
        event = json.loads(body)
        assert headers["webhook-id"] == event["id"], headers
        valid = [is_valid(secret, headers, body) for secret in secrets]
        assert any(valid), f"no secret verifies {headers}"
        assert not is_valid(secrets[0], headers, body.replace("user.", "User.")), "a changed body is accepted"
        got.setdefault(event["resource"]["id"], []).append(event["type"])
    assert valid == [True, True], "after a rotation both secrets verify"
    assert got == {id: ["user.created", "user.disabled"] for _, id in expected}, got
    ask("DELETE", own, key)
    print(f"{len(expected)} events, in order for each user, verified by standardwebhooks before and after a rotation.")


if __name__ == "__main__":
    main(*sys.argv[1:])
