// Every HTML document that a browser of the walk receives is checked: its size, valid HTML (vnu), and in two looks
// axe, and that nothing is wider than the screen. Documents that differ in ids, times and addresses only are checked
// once.
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import vnu from "vnu-jar";
import { CONSOLE_URL, LOOKS } from "./data.mjs";

/** The largest page, in bytes. */
const LARGEST = 40 * 1024;

/** The document without what differs from one session, directory or moment to the next. */
function masked(text) {
  const kept = text.replaceAll(/(<input[^>]*type="hidden"[^>]*value=")[^"]*/g, "$1").replaceAll(/(href|action)="[^"]*"/g, "");
  return kept.replaceAll(/[\w-]{20,}/g, "x").replaceAll(/\d+/g, "0");
}

export class Documents {
  /** What is wrong, one line each. */
  problems = new Set();
  /** The paths of the routes that answered a page. */
  answered = new Set();
  /** The size of the largest page in bytes. */
  largest = 0;
  #seen = new Map();
  #received = new Set();
  #checks = Promise.resolve();
  #looks = [];

  /** `folder` is for the documents, and for `pictures` of them if there are to be any. */
  static async open(browser, routes, folder, pictures) {
    const documents = new Documents();
    Object.assign(documents, { routes, folder, pictures });
    for (const [name, look] of Object.entries(LOOKS)) {
      documents.#looks.push([name, await (await browser.newContext(look)).newPage()]);
    }
    for (const kind of ["html", "pages"]) {
      rmSync(`${folder}/${kind}`, { recursive: true, force: true });
      mkdirSync(`${folder}/${kind}`);
    }
    return documents;
  }

  /** How many different documents there were. */
  get count() {
    return this.#seen.size;
  }

  /** Checks what `context` receives from now on. */
  watch(context) {
    context.on("request", (request) => {
      if (!request.url().startsWith(CONSOLE_URL)) this.problems.add(`${request.frame().url()} loads ${request.url()}`);
    });
    context.on("console", (message) => {
      // An answer that is an error page is one here, too.
      const isWrong = message.type() === "error" && !message.text().startsWith("Failed to load resource");
      if (isWrong) this.problems.add(`${message.page()?.url()}: ${message.text()}`);
    });
    context.on("response", (response) => {
      if (!response.headers()["content-type"]?.startsWith("text/html")) return;
      const received = this.#receive(response).finally(() => this.#received.delete(received));
      this.#received.add(received);
    });
  }

  /** Waits until all documents that were loaded have arrived. */
  async settle() {
    await Promise.all(this.#received);
  }

  async #receive(response) {
    // A page that loads itself again may take its document away; it comes once more.
    const text = await response.text().catch(() => "");
    if (text === "") return;
    const { pathname } = new URL(response.url());
    const route = this.routes.find((route) => route.matches(pathname));
    if (response.request().method() === "GET" && response.ok()) this.answered.add(route?.path);
    const name = `${response.request().method()} ${route?.path ?? pathname} ${response.status()}`;
    const bytes = Buffer.byteLength(text);
    this.largest = Math.max(this.largest, bytes);
    if (bytes > LARGEST) this.problems.add(`${name}: ${bytes} bytes, of ${LARGEST} at most`);
    const key = masked(text);
    if (this.#seen.has(key)) return;
    const file = `${String(this.#seen.size).padStart(3, "0")}-${name.replaceAll(/\W+/g, "-")}`;
    this.#seen.set(key, { name, file });
    writeFileSync(`${this.folder}/html/${file}.html`, text);
    this.#checks = this.#checks.then(() => this.#look(name, file, text));
  }

  /** Shows a copy of the document: axe is a script, which the policy of the page itself does not allow. */
  async #look(name, file, text) {
    for (const [look, page] of this.#looks) {
      await page.setContent(text);
      await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      for (const { id, impact, nodes } of violations) {
        const where = nodes.map((node) => node.html).join(" ").slice(0, 300);
        this.problems.add(`${name}, ${look}: axe ${impact} ${id}: ${where}`);
      }
      const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      if (wide > screen) this.problems.add(`${name}, ${look}: ${wide} pixels wide, and the screen has ${screen}`);
      if (this.pictures) await page.screenshot({ path: `${this.folder}/pages/${file}-${look}.png`, fullPage: true });
    }
  }

  /** Waits for all checks. */
  async finish() {
    await this.settle();
    await this.#checks;
    const args = ["-jar", vnu, "--format", "json", "--stdout", "--exit-zero-always", `${this.folder}/html`];
    const { stdout } = await promisify(execFile)("java", args, { maxBuffer: 1 << 26 });
    const names = new Map([...this.#seen.values()].map(({ name, file }) => [`${file}.html`, name]));
    for (const { type, url, lastLine, message, extract } of JSON.parse(stdout).messages) {
      const name = names.get(url?.split("/").pop());
      this.problems.add(`${name}: HTML ${type}, line ${lastLine}: ${message} ${extract?.trim() ?? ""}`);
    }
  }
}
