"""Sends requests until a file exists, and five seconds more. Fails if a response has another status than expected:

    steady.py TENANT_URL TOKEN FILE

In turns a search for a user and a new user, about ten a second.
"""

import collections
import http.client
import json
import pathlib
import ssl
import sys
import time
import urllib.parse


def main(url, token, file):
    address = urllib.parse.urlsplit(url)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
    api = http.client.HTTPSConnection(address.netloc, context=ssl.create_default_context(), timeout=30)
    statuses, slowest = collections.Counter(), 0.0

    def send(method, path, expected, body=None):
        nonlocal slowest
        since = time.monotonic()
        api.request(method, address.path + path, body and json.dumps(body), headers)
        response = api.getresponse()
        text = response.read()
        slowest = max(slowest, time.monotonic() - since)
        statuses[f"{method} {response.status}"] += 1
        if response.status != expected:
            print(f"{method} {path}: {response.status} {text.decode()}", file=sys.stderr)

    number, end = 0, None
    while end is None or time.monotonic() < end:
        send("GET", "/Users?filter=userName+eq+%22absent%22", 200)
        user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"steady-{number}"}
        send("POST", "/Users", 201, user)
        number += 1
        time.sleep(0.1)
        if end is None and pathlib.Path(file).exists():
            end = time.monotonic() + 5
    print(f"requests meanwhile: {dict(statuses)}, the slowest {slowest:.1f} s")
    return 0 if statuses.keys() == {"GET 200", "POST 201"} else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
