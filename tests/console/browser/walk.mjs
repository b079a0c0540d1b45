// The console in Chromium: the set-up of each system, all pages, lighthouse. `.ci/console` starts it.
import { chromium } from "playwright-core";
import { AUDITED, MODES, SYSTEMS, prepare } from "./data.mjs";
import { Documents } from "./documents.mjs";
import { audit, freePort } from "./lighthouse.mjs";
import { customer, demandAll, team } from "./pages.mjs";
import { readRoutes } from "./routes.mjs";
import { setUp } from "./setup.mjs";

const { CHROMIUM, ROUTES, FOLDER, PICTURES: pictures, ALL } = process.env;
const started = Date.now();
const say = (text) => console.log(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${text}`);

const names = (chosen, all) => chosen?.split(",") ?? all;
const systems = names(process.env.SYSTEMS, SYSTEMS);
const modes = names(process.env.MODES, Object.keys(MODES));
// Each system and each mode once; with ALL, every system in every mode.
const walks = ALL
  ? modes.flatMap((mode) => systems.map((system) => ({ system, mode })))
  : Array.from({ length: Math.max(modes.length, systems.length) }, (_, at) => ({
      system: systems[at % systems.length],
      mode: modes[at % modes.length],
    }));

const port = await freePort();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", `--remote-debugging-port=${port}`] });
const documents = await Documents.open(browser, readRoutes(ROUTES), FOLDER, pictures);
// What breaks off is reported with what was found before it.
const part = (what, work) => work.catch((error) => documents.problems.add(`${what}: ${error.message.slice(0, 500)}`));
try {
  for (const [at, { system, mode }] of walks.entries()) {
    const what = `set-up: ${system}, ${mode.replace("_", " ")}`;
    await part(what, setUp(browser, documents, { system, mode, directory: `walked-${at}`, pictures }));
    say(what);
  }
  const example = await prepare();
  const visitors = {
    customer: await part("the customer's pages", customer(browser, documents, example)),
    team: await part("the team's pages", team(browser, documents, pictures)),
  };
  say("all pages");
  await documents.finish();
  demandAll(documents);
  say(`${documents.count} different documents, the largest ${documents.largest} bytes`);
  for (const { path, session } of ALL ? AUDITED : AUDITED.slice(0, 1)) {
    say(`lighthouse: ${await audit(port, path, visitors[session], documents.problems)}`);
  }
} finally {
  await browser.close();
}
if (documents.problems.size > 0) {
  console.error([...documents.problems].join("\n"));
  process.exit(1);
}
say(`The console in a browser: ${walks.length} set-ups, ${documents.routes.length} routes, nothing wrong.`);
