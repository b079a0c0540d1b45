// A person in front of a browser, in one of the modes.
import { statSync } from "node:fs";
import { CONSOLE_URL, MODES, PICTURES } from "./data.mjs";

/** How long a busy machine may take for one step, in milliseconds. */
const PATIENCE = 60_000;
/** The largest picture, in bytes. */
const PICTURE = 100_000;
/** Presses of the tab key within which everything on a page is reached. */
const TABS = 300;

export class Visitor {
  /** Pictures go to the folder `pictures`, if there is one. */
  static async open(browser, documents, mode, pictures) {
    const context = await browser.newContext(MODES[mode]);
    context.setDefaultTimeout(PATIENCE);
    documents.watch(context);
    const visitor = new Visitor();
    return Object.assign(visitor, { context, documents, mode, pictures, page: await context.newPage() });
  }

  async close() {
    await this.documents.settle();
    await this.context.close();
  }

  /** Opens an address of the service; returns the status. */
  async go(path) {
    await this.documents.settle();
    return (await this.page.goto(new URL(path, CONSOLE_URL).href)).status();
  }

  /** Waits for a text. */
  async see(text) {
    await this.page.getByText(text).first().waitFor();
  }

  /** Loads the page again until it has the text; `before` is done each time. */
  async seeAtLast(text, before = () => {}) {
    const end = Date.now() + PATIENCE;
    while (!(await this.page.getByText(text).first().isVisible())) {
      if (Date.now() > end) throw new Error(`${this.page.url()} does not say: ${text}`);
      await before();
      await this.documents.settle();
      await this.page.reload();
    }
  }

  /** Presses a button or a link, or ticks a box: by keyboard, or with the pointer. */
  async press(role, name) {
    await this.documents.settle();
    const target = this.page.getByRole(role, { name, exact: true }).first();
    if (this.mode !== "keyboard") return target.click();
    await this.#reach(target, name);
    await this.page.keyboard.press(role === "checkbox" ? "Space" : "Enter");
  }

  /** Fills in a field. */
  async fill(label, text) {
    const target = this.page.getByLabel(label, { exact: true }).first();
    if (this.mode !== "keyboard") return target.fill(text);
    await this.#reach(target, label);
    await this.page.keyboard.insertText(text);
  }

  /** Moves the focus to `target` with the tab key alone. */
  async #reach(target, name) {
    const focus = (one) => one === document.activeElement && getComputedStyle(one).outlineStyle;
    for (let tab = 0; tab < TABS; tab++) {
      const ring = await target.evaluate(focus);
      if (ring === "none") this.documents.problems.add(`${this.page.url()}: the focus on ${name} is not visible`);
      if (ring) return;
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`${this.page.url()}: the tab key does not reach ${name}`);
  }

  /** Checks the page as it is on the screen; `step` names its picture. */
  async check(step) {
    const [wide, screen] = await this.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    if (wide > screen) this.documents.problems.add(`${step}: ${wide} pixels wide, and the screen has ${screen}`);
    const [file, height] = PICTURES[step] ?? [];
    if (!file || !this.pictures) return;
    await this.page.setViewportSize({ width: 1000, height });
    const path = `${this.pictures}/${file}.png`;
    await this.page.screenshot({ path });
    if (statSync(path).size > PICTURE) this.documents.problems.add(`${path} is larger than ${PICTURE} bytes`);
    await this.page.setViewportSize(MODES[this.mode].viewport);
  }
}
