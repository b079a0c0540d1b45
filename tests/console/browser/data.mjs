// What the walk knows of single pages, all in one place. Whoever adds a page looks here: it needs something to show
// (`prepare`), and, if no link leads to it, a row in PATHS. A form whose answer is a page needs a row in FORMS.
import { promisify } from "node:util";
import { execFile } from "node:child_process";

export const { CONSOLE_URL, ADMINISTRATOR_KEY } = process.env;
const { ROLLCALL, ENTRA } = process.env;
const run = promisify(execFile);

export const SYSTEMS = ["chatwork", "workgrid", "kintone", "clarizen-one"];
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };
/** How the set-up is walked. */
export const MODES = {
  desk: { viewport: DESK },
  phone: { viewport: PHONE, hasTouch: true },
  keyboard: { viewport: DESK },
  dark: { viewport: DESK, colorScheme: "dark" },
  script_off: { viewport: DESK, javaScriptEnabled: false },
};
/** How every document is looked at, wherever it comes from. */
export const LOOKS = {
  desk: { viewport: DESK, colorScheme: "light" },
  phone: { viewport: PHONE, colorScheme: "dark" },
};

/** The directory in which each page has something to show. */
export const EXAMPLE = "example";
const BASE = `/console/directories/${EXAMPLE}`;

/** Pages to which no link leads, and pages that say what is wrong. */
export const PATHS = [
  "/console/directories/unknown",
  "/console/directories?after=!",
  "/setup/unknown",
  "/console/sign-in/unknown",
];

/** GET routes that answer no page, and why. */
export const WITHOUT_PAGE = {};

/** Forms that a page answers: where, what is filled in, which button, and what the answer says. */
export const FORMS = [
  { at: BASE, press: "Create a set-up link", see: "This page shows the link only now." },
  { at: `${BASE}/setup`, press: "Create credentials", see: "The secret token is not shown again." },
  { at: `${BASE}/setup`, fill: { "Secret token": "wrong" }, press: "Test it now", see: "Something is wrong." },
];

/** Pages for lighthouse: the first one always, with `ALL=1` all. `session` is whose session it is. */
export const AUDITED = [
  { path: BASE, session: "team" },
  { path: `${BASE}/setup`, session: "customer" },
  { path: `${BASE}/log`, session: "team" },
  { path: "/console", session: "none" },
];

/** The pictures of docs/console.md and of the README, by the step of the walk: file, and height in pixels. */
export const PICTURES = {
  "chatwork desk: conditions": ["conditions", 640],
  "chatwork desk: connected": ["connected", 800],
  "chatwork desk: refused requests": ["refused", 700],
  [`team: ${BASE}`]: ["health", 860],
};

/** Runs a command of `rollcall`, and returns what it prints. */
export async function rollcall(...args) {
  const { stdout } = await run(ROLLCALL, [...args, "--json"]);
  return stdout.trim() === "" ? null : JSON.parse(stdout);
}

/** The Entra stand-in provisions `users` generated people, with the Tenant URL and the token that a page showed. */
export function standIn(url, token, profile, users, groups) {
  const args = ["sync", "--quiet", "--profile", profile, "--users", users, "--groups", groups, "--cycles", 0];
  return run(ENTRA, args.map(String), { env: { ...process.env, ENTRA_URL: url, ENTRA_TOKEN: token } });
}

/** A SCIM request; returns the status and the body. */
export async function scim(url, token, method, path, body) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  const answer = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

/** The schema of a user. */
export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

/** Makes EXAMPLE, with one of everything that a page shows. Returns a set-up link, and where an OAuth client sends people. */
export async function prepare() {
  const [id, url] = [EXAMPLE, `${CONSOLE_URL}/scim/v2`];
  const settings = JSON.stringify({ protectedUsers: ["held@example.com"] });
  await rollcall("directory", "create", id, "--name", "Example Company", "--profile", "workgrid", "--settings", settings);
  const { token } = await rollcall("credential", "create", id, "--label", "Microsoft Entra ID (example)");
  const back = "https://login.example.com/callback";
  const { clientId } = await rollcall("client", "create", id, "--label", "Example client", "--redirect-uri", back, "--pkce", "optional");
  await rollcall("subscription", "create", id, "--label", "Product", "--webhook", "http://127.0.0.1:9/", "--start", "latest");
  await standIn(url, token, "workgrid", 55, 3);
  const held = { schemas: [USER], userName: "held@example.com", externalId: "held", active: true };
  const { body } = await scim(url, token, "POST", "/Users", held);
  await scim(url, token, "POST", "/Users", held);
  await scim(url, token, "POST", "/Users", {});
  await scim(url, token, "DELETE", `/Users/${body.id}`);
  // A link that was withdrawn, and an open one.
  await rollcall("setup-link", "create", id);
  const { url: link } = await rollcall("setup-link", "create", id);
  const query = new URLSearchParams({ response_type: "code", client_id: clientId, redirect_uri: back });
  return { link, consent: `/oauth/authorize?${query}` };
}
