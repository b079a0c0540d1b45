// Walks the set-up of each system in a browser, from the set-up link to the first user, without scripts:
// at a desk, on a phone, in the dark, and by keyboard. Each page is checked by axe and html-validate, and for
// its size. `.ci/console` starts it; with a folder as SCREENSHOTS it writes pictures of the pages.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const { CONSOLE_URL, ROLLCALL, SCREENSHOTS, CHROMIUM = "/usr/bin/chromium", ADMINISTRATOR_KEY } = process.env;
const LARGEST = 40 * 1024;
const SYSTEMS = (process.env.SYSTEMS ?? "chatwork,workgrid,kintone,clarizen-one").split(",");
const MODES = {
  desk: { viewport: { width: 1280, height: 900 } },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  keyboard: { viewport: { width: 1280, height: 900 } },
};

// The pictures of docs/console.md and of the README: a part of a page, from a height on.
const PICTURES = {
  "chatwork-desk 2 conditions": ["conditions", 0, 720],
  "chatwork-desk 7 connected": ["connected", 0, 900],
  "chatwork-desk 9 refused": ["refused", 0, 880],
  "team desk 4 directory": ["health", 0, 960],
};

const html = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:a11y"],
  // maud writes `<!DOCTYPE html>` and no optional slashes; the style is inline so that its hash is the policy.
  rules: { "doctype-style": "off", "no-inline-style": "error", "require-sri": "off", "long-title": "off" },
});
const wrong = [];
const sizes = [];
const rollcall = (...args) => execFileSync(ROLLCALL, [...args, "--json"], { encoding: "utf8" });

/** Checks the page that the browser shows, and takes a picture of it. axe is a script: it gets a copy of the page. */
async function check(page, what, mode) {
  const copy = await (await page.context().browser().newContext(MODES[mode])).newPage();
  await copy.setContent(await page.content());
  const { violations } = await new AxeBuilder({ page: copy }).analyze();
  await copy.context().close();
  for (const { id, impact, nodes } of violations) {
    wrong.push(`${what}: axe ${impact} ${id}: ${nodes.map((node) => node.html).join(" ").slice(0, 300)}`);
  }
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  if (width[0] > width[1]) wrong.push(`${what}: ${width[0]} pixels wide, the screen has ${width[1]}`);
  if (!SCREENSHOTS) return;
  await page.screenshot({ path: `${SCREENSHOTS}/${what.replaceAll(/[^a-z0-9]+/gi, "-")}.png`, fullPage: true });
  const [name, from, height] = PICTURES[what] ?? [];
  const clip = { x: 260, y: from, width: 760, height };
  if (name) await page.screenshot({ path: `${SCREENSHOTS}/${name}.png`, fullPage: true, clip });
}

/** Presses what has this name: by keyboard, or with the pointer. */
async function press(page, mode, role, name) {
  if (mode !== "keyboard") return page.getByRole(role, { name, exact: true }).click();
  for (let at = 0; at < 80; at++) {
    await page.keyboard.press("Tab");
    const text = await page.evaluate(() => {
      const active = document.activeElement;
      return (active.closest("label") ?? active).textContent.trim();
    });
    if (text === name) return page.keyboard.press(role === "checkbox" ? "Space" : "Enter");
  }
  throw new Error(`the keyboard does not reach ${name}`);
}

/** A page without scripts, whose documents are checked as they arrive; `close` waits for the checks. */
async function open(browser, what, mode) {
  const context = await browser.newContext({ ...MODES[mode], javaScriptEnabled: false });
  const page = await context.newPage();
  const checks = [];
  const validate = async (response) => {
    // A redirect has no document, and a page that was left at once has none any more.
    const text = await response.text().catch(() => "");
    if (text === "") return;
    sizes.push(text.length);
    if (text.length > LARGEST) wrong.push(`${what}: ${response.url()} has ${text.length} bytes`);
    for (const { messages } of (await html.validateString(text)).results) {
      for (const { ruleId, message, line, column } of messages) wrong.push(`${what}: ${ruleId}: ${message} (${line}:${column})`);
    }
  };
  page.on("response", (response) => {
    if (response.headers()["content-type"]?.startsWith("text/html")) checks.push(validate(response));
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(CONSOLE_URL)) wrong.push(`${what}: loads ${request.url()}`);
  });
  return { page, close: async () => (await Promise.all(checks), context.close()) };
}

async function walk(browser, system, mode) {
  const id = `${system}-${mode}`;
  rollcall("directory", "create", id, "--name", "Example Company", "--profile", system, "--disabled");
  const { url } = JSON.parse(rollcall("setup-link", "create", id));
  const { page, close } = await open(browser, id, mode);
  const see = (text) => page.getByText(text).first().waitFor({ timeout: 5000 });
  await page.goto(url);
  await check(page, `${id} 1 link`, mode);
  await press(page, mode, "button", "Begin");
  await see("not enabled yet");
  await check(page, `${id} 2 conditions`, mode);
  const conditions = await page.getByRole("checkbox").count();
  // The browser refuses while one is missing.
  await press(page, mode, "button", "Enable user provisioning");
  await see("not enabled yet");
  const names = await page.locator("label.check").allInnerTexts();
  await page.goto(page.url());
  for (const name of names) await press(page, mode, "checkbox", name.trim());
  if (conditions < 2) wrong.push(`${id}: ${conditions} conditions`);
  await press(page, mode, "button", "Enable user provisioning");
  await see("User provisioning is enabled.");
  await check(page, `${id} 3 enabled`, mode);
  for (const provider of ["Okta", "Other identity provider", "Microsoft Entra ID"]) {
    await press(page, mode, "link", provider);
    await see(`3. Enter the values in ${provider}`);
    await check(page, `${id} 4 ${provider}`, mode);
  }
  await press(page, mode, "button", "Create credentials");
  await see("Your credentials");
  const [tenant, token] = [await page.inputValue("#url"), await page.inputValue("#token")];
  await check(page, `${id} 5 credentials`, mode);
  await press(page, mode, "link", "Back to the set-up page");
  await see("5. Finish");
  if (mode === "desk" && system === SYSTEMS[0]) {
    await page.getByLabel("Secret token").fill(token);
    await press(page, mode, "button", "Test it now");
    await see("All is well.");
    await check(page, `${id} 6 test`, mode);
    await page.goBack();
  }
  await press(page, mode, "link", "wait for the first request");
  await see("Waiting for the first request");
  await check(page, `${id} 6 waiting`, mode);
  const scim = (path, init) =>
    fetch(`${tenant}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, "content-type": "application/scim+json" } });
  const empty = await scim(`/Users?filter=${encodeURIComponent(`userName eq "${randomUUID()}"`)}`);
  const body = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ana@example.com", externalId: "ana" };
  const made = await scim("/Users", { method: "POST", body: JSON.stringify(body) });
  if (empty.status !== 200 || made.status !== 201) wrong.push(`${id}: SCIM answers ${empty.status} and ${made.status}`);
  // The page loads itself again. The use of a token is noted alongside a request, and the note may be dropped.
  const more = setInterval(() => scim("/Users?count=0"), 1000);
  await page.getByText("Connected.").waitFor({ timeout: 30000 }).finally(() => clearInterval(more));
  await check(page, `${id} 7 connected`, mode);
  const twice = { schemas: body.schemas, userName: "ana@example.com", externalId: "other" };
  for (const init of [{ method: "POST", body: JSON.stringify(twice) }, { method: "POST", body: "{}" }]) {
    const { status } = await scim("/Users", init);
    if (![400, 409].includes(status)) wrong.push(`${id}: a wrong request gets ${status}`);
  }
  await press(page, mode, "link", "provisioning log");
  await see("User created");
  await check(page, `${id} 8 log`, mode);
  await press(page, mode, "link", "Refused requests");
  await see("Someone else has this value already");
  await see("What to do: ");
  await check(page, `${id} 9 refused`, mode);
  await press(page, mode, "link", "Back to the set-up page");
  await see("5. Finish");
  await press(page, mode, "button", "Finish");
  await see("The set-up is finished");
  await check(page, `${id} 10 finished`, mode);
  await close();
}

/** The pages of the team. */
async function team(browser, mode, system) {
  const { page, close } = await open(browser, `team ${mode}`, mode);
  await page.goto(`${CONSOLE_URL}/console`);
  await check(page, `team ${mode} 1 sign-in`, mode);
  await page.getByLabel("Administrator key").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByText("This is not the administrator key.").waitFor();
  await check(page, `team ${mode} 2 wrong key`, mode);
  await page.getByLabel("Administrator key").fill(ADMINISTRATOR_KEY);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Directories" }).waitFor();
  await check(page, `team ${mode} 3 directories`, mode);
  await page.goto(`${CONSOLE_URL}/console/directories/${system}-${mode}`);
  await page.getByText("Health", { exact: true }).waitFor();
  await page.getByText("Numbers by hour").click();
  await check(page, `team ${mode} 4 directory`, mode);
  for (const [name, heading] of [["held changes", "Held changes"], ["subscriptions", "Subscriptions"]]) {
    await page.getByRole("link", { name }).click();
    await page.getByRole("heading", { name: heading }).waitFor();
    await check(page, `team ${mode} ${name}`, mode);
    await page.getByRole("link", { name: "Back to the directory" }).click();
  }
  await page.getByRole("button", { name: "Create a set-up link" }).click();
  await check(page, `team ${mode} 5 link`, mode);
  await page.goto(`${CONSOLE_URL}/console/directories/unknown`);
  await check(page, `team ${mode} 6 not found`, mode);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(JSON.parse(rollcall("console")).url);
  await check(page, `team ${mode} 7 link to sign in`, mode);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Directories" }).waitFor();
  await close();
}

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
try {
  const modes = (process.env.MODES ?? Object.keys(MODES).join()).split(",");
  // Each system at a desk, and each other mode with one of them; with ALL, every system in every mode.
  const isWalked = (system, mode, at) => process.env.ALL || mode === "desk" || system === SYSTEMS[at % SYSTEMS.length];
  for (const [at, mode] of modes.entries()) {
    const systems = SYSTEMS.filter((system) => isWalked(system, mode, at));
    for (const system of systems) await walk(browser, system, mode);
    if (mode !== "keyboard") await team(browser, mode, systems[0]);
  }
} finally {
  await browser.close();
}
if (wrong.length > 0) {
  console.error([...new Set(wrong)].join("\n"));
  process.exit(1);
}
console.log(`${sizes.length} pages, the largest ${Math.max(...sizes)} bytes; nothing wrong.`);
