#!/usr/bin/env python3
"""An example product, whose accounts and groups follow a directory of Rollcall.

    ROLLCALL_TOKEN=rc_… python3 product.py

One thread serves a web page with everyone who may sign in. The main thread reads `GET /events` and applies
each page of events to an SQLite database, in the transaction that also stores the position after the page.
So the program may be killed at any moment: after a restart it continues where the database is.
"""

import argparse
import html
import json
import os
import secrets
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from http.client import HTTPException
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS position (next TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, version INT, name TEXT, active INT, fresh INT);
CREATE TABLE IF NOT EXISTS team (id TEXT PRIMARY KEY, version INT, name TEXT, fresh INT);
CREATE TABLE IF NOT EXISTS member (team TEXT, id TEXT, fresh INT, PRIMARY KEY (team, id));
CREATE TABLE IF NOT EXISTS session (secret TEXT PRIMARY KEY, account TEXT NOT NULL);
"""
FOLLOWED = ("account", "team", "member")
EVERYONE = """
SELECT account.id, account.name, active, group_concat(team.name, ', '),
       EXISTS (SELECT 1 FROM session WHERE session.account = account.id)
FROM account LEFT JOIN member ON member.id = account.id LEFT JOIN team ON team.id = member.team
GROUP BY account.id ORDER BY account.name LIMIT 500
"""


def database(options):
    return sqlite3.connect(options.data, timeout=30)


# --- The consumer ---------------------------------------------------------------------------------


def apply(db, event):
    """Changes the database as `event` says. Applied twice, it changes nothing the second time."""
    resource, data = event.get("resource", {}), event.get("data", {})
    match event["type"].split("."):
        case "user", "snapshot" | "created" | "updated" | "disabled" | "enabled":
            user = (resource["id"], resource["version"], data["userName"], data.get("active", True))
            # A snapshot may be ahead of the events that follow it: an older version changes nothing.
            db.execute(
                "INSERT INTO account VALUES (?, ?, ?, ?, 1) ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
                " name = excluded.name, active = excluded.active, fresh = 1 WHERE excluded.version >= version",
                user,
            )
        case "group", "snapshot" | "created" | "updated":
            db.execute(
                "INSERT INTO team VALUES (?, ?, ?, 1) ON CONFLICT (id) DO UPDATE SET version = excluded.version,"
                " name = excluded.name, fresh = 1 WHERE excluded.version >= version",
                (resource["id"], resource["version"], data["displayName"]),
            )
        case "group", "members_snapshot" | "members_changed":
            of = resource["id"]
            db.executemany("DELETE FROM member WHERE team = ? AND id = ?", [(of, id) for id in data["removed"]])
            db.executemany("INSERT OR REPLACE INTO member VALUES (?, ?, 1)", [(of, id) for id in data["added"]])
        case "user", "deleted":
            db.execute("DELETE FROM account WHERE id = ?", (resource["id"],))
        case "group", "deleted":
            db.execute("DELETE FROM team WHERE id = ?", (resource["id"],))
            db.execute("DELETE FROM member WHERE team = ?", (resource["id"],))
        case "directory", "snapshot_completed":
            # The snapshot did not have these: they were deleted while this program was not running.
            for table in FOLLOWED:
                db.execute(f"DELETE FROM {table} WHERE NOT fresh")
        case _:
            pass  # Types that this product does not need, also those that will be added.


def store(db, page, is_first):
    """Applies a page of events and stores the position after it: all of it or nothing."""
    with db:
        if is_first:
            for table in FOLLOWED:
                db.execute(f"UPDATE {table} SET fresh = 0")
        for event in page["events"]:
            apply(db, event)
        db.execute("DELETE FROM position")
        # After this event a group's members are only known to a new snapshot.
        if not any(event["type"] == "group.members_replaced" for event in page["events"]):
            db.execute("INSERT INTO position VALUES (?)", (str(page["next"]),))
        db.execute("DELETE FROM session WHERE account NOT IN (SELECT id FROM account WHERE active)")


def read(options, position):
    """The events after `position`, or the beginning of a snapshot. Waits up to 25 seconds for an event."""
    start = {"after": position} if position else {"start": "snapshot"}
    query = urllib.parse.urlencode({**start, "limit": 1000, "wait": 25})
    request = urllib.request.Request(f"{options.rollcall}/events?{query}")
    request.add_header("Authorization", f"Bearer {options.token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def follow(options):
    """Follows the directory for ever."""
    db = database(options)
    while True:
        (position,) = db.execute("SELECT next FROM position").fetchone() or (None,)
        try:
            store(db, read(options, position), is_first=position is None)
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                sys.exit(f"Rollcall refuses the token: {error.read().decode()}")
            if error.code in (400, 410):
                # The position is not known any more: the program was stopped for a year.
                with db:
                    db.execute("DELETE FROM position")
            print(f"Rollcall answers {error.code}", file=sys.stderr, flush=True)
            time.sleep(float(error.headers.get("Retry-After", 1)))
        except (OSError, HTTPException, json.JSONDecodeError) as error:
            print(f"Rollcall cannot be reached: {error}", file=sys.stderr, flush=True)
            time.sleep(1)


# --- The web page ---------------------------------------------------------------------------------


class Web(BaseHTTPRequestHandler):
    def do_GET(self):
        match self.path:
            case "/":
                self.answer(200, self.page(), "text/html; charset=utf-8")
            case "/me":
                name = self.signed_in()
                self.answer(200 if name else 401, name or "not signed in")
            case _:
                self.answer(404, "not found")

    def do_POST(self):
        match self.path:
            case "/sign-in":
                self.sign_in()
            case "/sign-out":
                self.change("DELETE FROM session WHERE secret = ?", (self.secret(),))
                self.redirect()
            case _:
                self.answer(404, "not found")

    def sign_in(self):
        """A real product asks for a password or an identity provider here. This one believes everyone."""
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        account, secret = form.get("account", [""])[0], secrets.token_urlsafe()
        # One statement: an account that is disabled at the same moment gets no session.
        insert = "INSERT INTO session SELECT ?, id FROM account WHERE id = ? AND active"
        if self.change(insert, (secret, account)) == 1:
            self.redirect(f"session={secret}; HttpOnly; SameSite=Strict; Path=/")
        else:
            self.answer(403, "this account may not sign in")

    def signed_in(self):
        query = "SELECT name FROM session JOIN account ON account.id = session.account WHERE secret = ?"
        return next((name for (name,) in self.query(query, (self.secret(),))), None)

    def page(self):
        rows = []
        for id, name, active, teams, is_here in self.query(EVERYONE):
            state = "signed in" if is_here else "may sign in" if active else "disabled"
            button = f'<button name="account" value="{html.escape(id)}"{"" if active else " disabled"}>Sign in</button>'
            cells = [html.escape(name), html.escape(teams or ""), state, button]
            rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        return (
            '<!doctype html><meta http-equiv="refresh" content="1"><title>Product</title>'
            f"<h1>You are {html.escape(self.signed_in() or 'not signed in')}</h1>"
            '<form method="post" action="/sign-out"><button>Sign out</button></form>'
            '<form method="post" action="/sign-in"><table border="1" cellpadding="6">'
            f"<tr><th>Name<th>Groups<th>State<th></tr>{''.join(rows)}</table></form>"
        )

    def secret(self):
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        return cookie.value if cookie else ""

    def query(self, statement, values=()):
        with closing(database(self.server.options)) as db:
            return db.execute(statement, values).fetchall()

    def change(self, statement, values):
        with closing(database(self.server.options)) as db, db:
            return db.execute(statement, values).rowcount

    def redirect(self, cookie=None):
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()

    def answer(self, status, text, kind="text/plain; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser(description="An example product whose accounts follow a directory of Rollcall")
    parser.add_argument("--rollcall", default="http://127.0.0.1:3000", help="where Rollcall is")
    parser.add_argument("--token", default=os.environ.get("ROLLCALL_TOKEN"), help="or ROLLCALL_TOKEN: the scope is events")
    parser.add_argument("--data", default="product.sqlite", help="the database")
    parser.add_argument("--port", type=int, default=8000, help="of the web page; 0 for any")
    options = parser.parse_args()
    if not options.token:
        parser.error("set ROLLCALL_TOKEN")
    with closing(database(options)) as db:
        db.executescript(SCHEMA)
    web = ThreadingHTTPServer(("127.0.0.1", options.port), Web)
    web.options = options
    threading.Thread(target=web.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{web.server_port}", flush=True)
    try:
        follow(options)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
