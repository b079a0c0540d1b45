// Receives security event tokens by push (RFC 8935) and by poll (RFC 8936), and verifies them with
// `jose` and the keys that the service publishes.
//
//     node receive.mjs TENANT_URL ADMINISTRATOR_KEY
//
// It creates a directory with two subscriptions, changes users and groups, and compares what both
// receivers got. It fails at the first difference.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { calculateJwkThumbprint, createRemoteJWKSet, jwtVerify } from "jose";

const [tenant, key] = process.argv.slice(2);
const origin = tenant.replace(/\/scim\/v2\/?$/, "");
const directory = `sets${Date.now()}`;
const EVENT = "urn:ietf:params:scim:event:prov:";

async function call(method, url, token, body, status) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  assert.equal(response.status, status, `${method} ${url}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}
const admin = (method, path, body, status) => call(method, `${origin}/admin/directories${path}`, key, body, status);

const keys = createRemoteJWKSet(new URL(`${origin}/.well-known/jwks.json`));
async function verify(token, audience) {
  const options = { issuer: origin, audience, typ: "secevent+jwt", algorithms: ["ES256"] };
  const { payload } = await jwtVerify(token, keys, options);
  assert.equal(payload.sub, undefined);
  assert.equal(payload.exp, undefined);
  assert.equal(payload.sub_id.format, "scim");
  const [head, , signature] = token.split(".");
  const other = Buffer.from(JSON.stringify({ ...payload, jti: "evt_other" })).toString("base64url");
  await assert.rejects(jwtVerify([head, other, signature].join("."), keys, options), { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" });
  return payload;
}

await admin("POST", "", { id: directory }, 201);
const scim = (await admin("POST", `/${directory}/credentials`, { label: "scim" }, 201)).token;
const events = (await admin("POST", `/${directory}/credentials`, { label: "events", scopes: ["events"] }, 201)).token;
// By a new credential each time: what the service knows of one may be 30 seconds old.
const config = async () => {
  const { token } = await admin("POST", `/${directory}/credentials`, { label: "config" }, 201);
  return call("GET", `${tenant}/ServiceProviderConfig`, token, undefined, 200);
};
assert.equal((await config()).securityEvents, undefined);

// The receiver of pushed tokens. It fails twice at first: a token comes again.
const pushed = [];
let failures = 2;
const server = createServer(async (request, response) => {
  try {
    assert.equal(request.method, "POST");
    assert.equal(request.headers["content-type"], "application/secevent+jwt");
    assert.equal(request.headers.accept, "application/json");
    assert.equal(request.headers.authorization, "Bearer of-the-receiver");
    let body = "";
    for await (const part of request) body += part;
    if (failures > 0) {
      failures -= 1;
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ err: "invalid_request", description: "not now" }));
      return;
    }
    const payload = await verify(body, "https://push.example.com");
    if (!pushed.some((known) => known.jti === payload.jti)) pushed.push(payload);
    response.writeHead(202).end();
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");

const subscriptions = `/${directory}/subscriptions`;
const push = {
  kind: "push",
  url: `http://127.0.0.1:${server.address().port}/sets`,
  tokens: { audience: "https://push.example.com" },
  authorization: "Bearer of-the-receiver",
};
const created = await admin("POST", subscriptions, { label: "push", channel: push }, 201);
assert.ok(!JSON.stringify(created).includes("of-the-receiver"), "a secret is not shown");
const poll = { kind: "poll", tokens: { content: "notice", audience: "https://poll.example.com" } };
const polled = await admin("POST", subscriptions, { label: "poll", channel: poll }, 201);

// Changes of every kind.
const user = (body, status = 201) =>
  call("POST", `${tenant}/Users`, scim, { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], ...body }, status);
const patch = (path, ...Operations) =>
  call("PATCH", `${tenant}${path}`, scim, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations }, 200);
const ann = await user({ userName: "ann", externalId: "e-ann" });
const bob = await user({ userName: "bob" });
await patch(`/Users/${ann.id}`, { op: "replace", path: "title", value: "Cook" });
await patch(`/Users/${ann.id}`, { op: "replace", path: "active", value: false });
await patch(`/Users/${ann.id}`, { op: "replace", path: "active", value: true });
const group = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "Kitchen" };
const { id } = await call("POST", `${tenant}/Groups`, scim, group, 201);
await patch(`/Groups/${id}`, { op: "add", path: "members", value: [{ value: ann.id }, { value: bob.id }] });
await patch(`/Groups/${id}`, { op: "replace", path: "displayName", value: "Cooks" });
await patch(`/Groups/${id}`, { op: "remove", path: `members[value eq "${bob.id}"]` });
await call("DELETE", `${tenant}/Users/${bob.id}`, scim, undefined, 204);

// What the tokens must say of each subject, in order. Members that are added by one request may be in
// several tokens: patches of a group that follow each other count as one.
const expected = {
  [`/Users/${ann.id}`]: ["create", "put", "deactivate put", "activate put"],
  [`/Users/${bob.id}`]: ["create", "delete"],
  [`/Groups/${id}`]: ["create", "patch"],
};
function summary(payloads, mode) {
  const seen = {};
  for (const { sub_id, events } of payloads) {
    const names = Object.keys(events).map((uri) => {
      assert.ok(uri.startsWith(EVENT), uri);
      const [name, suffix] = uri.slice(EVENT.length).split(":");
      assert.equal(suffix, ["create", "put", "patch"].includes(name) ? mode : undefined, uri);
      return name;
    });
    const list = (seen[sub_id.uri] ??= []);
    const name = names.join(" ");
    if (name !== "patch" || list.at(-1) !== "patch") list.push(name);
  }
  return seen;
}
const isComplete = (payloads, mode) => isDeepStrictEqual(summary(payloads, mode), expected);
/** The members of the group after the operations of its tokens. */
function members(payloads) {
  const found = new Set();
  for (const { events } of payloads) {
    for (const { op, path, value } of events[`${EVENT}patch:full`]?.data.Operations ?? []) {
      if (op === "add" && path === "members") value.forEach((member) => found.add(member.value));
      if (op === "remove") found.delete(/^members\[value eq "(.*)"\]$/.exec(path)?.[1]);
    }
  }
  return [...found];
}
function compare(payloads, mode) {
  assert.deepEqual(summary(payloads, mode), expected);
  const first = payloads.find(({ sub_id }) => sub_id.uri === `/Users/${ann.id}`);
  assert.equal(first.sub_id.externalId, "e-ann");
}
async function until(condition) {
  const end = Date.now() + 60_000;
  while (!condition()) {
    assert.ok(Date.now() < end, "nothing more came within a minute");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

await until(() => isComplete(pushed, "full") && members(pushed).length === 1);
compare(pushed, "full");
assert.deepEqual(members(pushed), [ann.id]);
const creation = pushed.find(({ sub_id }) => sub_id.uri === `/Users/${ann.id}`);
assert.equal(creation.events[`${EVENT}create:full`].data.userName, "ann");

const received = [];
let ack = [];
const url = `${origin}/events/sets/${polled.id}`;
while (received.length < pushed.length) {
  const answer = await call("POST", url, events, { maxEvents: 4, ack }, 200);
  ack = Object.keys(answer.sets);
  assert.ok(ack.length > 0 && ack.length <= 4, "a poll waits for tokens");
  assert.equal(answer.moreAvailable, received.length + ack.length < pushed.length);
  for (const [jti, token] of Object.entries(answer.sets)) {
    const payload = await verify(token, "https://poll.example.com");
    assert.equal(payload.jti, jti);
    received.push(payload);
  }
}
assert.deepEqual(await call("POST", url, events, { returnImmediately: true, ack }, 200), { sets: {}, moreAvailable: false });
compare(received, "notice");
assert.deepEqual(new Set(received.map(({ jti }) => jti)), new Set(pushed.map(({ jti }) => jti)));

// The id of a key is its thumbprint.
const published = await (await fetch(`${origin}/.well-known/jwks.json`)).json();
for (const jwk of published.keys) {
  assert.equal(jwk.kid, await calculateJwkThumbprint(jwk));
  assert.equal(jwk.d, undefined);
}
assert.ok((await config()).securityEvents.eventUris.includes(`${EVENT}create:full`));

server.close();
console.log(`jose: ${pushed.length} tokens by push and ${received.length} by poll are valid and complete`);
