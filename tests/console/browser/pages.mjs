// All pages: every link of every page is followed, as the team and as a customer's administrator, and every form of
// data.mjs is sent. A link that leads nowhere is an error, and so is a GET route whose page was not seen.
import { ADMINISTRATOR_KEY, CONSOLE_URL, EXAMPLE, FORMS, PATHS, WITHOUT_PAGE, rollcall } from "./data.mjs";
import { Visitor } from "./visitor.mjs";

/** Pages of one person above which something is wrong with the links. */
const MOST = 300;

/** What makes a page one of its kind: ids and positions do not, and words such as `show=refused` do. */
function kind(routes, url) {
  const route = routes.find((route) => route.matches(url.pathname))?.path ?? url.pathname;
  const query = [...url.searchParams].map(([name, value]) => `${name}=${/^[a-z]+$/.test(value) ? value : "…"}`);
  return [route, ...query.sort()].join(" ");
}

/** Follows all links from where the visitor is. */
async function follow(visitor, routes) {
  const seen = new Set();
  const next = [new URL(visitor.page.url())];
  while (next.length > 0) {
    const url = next.shift();
    if (seen.has(kind(routes, url))) continue;
    seen.add(kind(routes, url));
    if (seen.size > MOST) throw new Error(`more than ${MOST} kinds of pages`);
    const status = await visitor.go(url.href);
    if (status >= 400) visitor.documents.problems.add(`a link leads to ${url.href}, which answers ${status}`);
    await visitor.check(`team: ${url.pathname}`);
    const links = await visitor.page.locator("a[href]").evaluateAll((links) => links.map((link) => link.href));
    next.push(...links.map((link) => new URL(link)).filter((link) => link.origin === CONSOLE_URL));
  }
}

/** The pages of the team. Leaves its session open, and returns its visitor. */
export async function team(browser, documents, pictures) {
  const visitor = await Visitor.open(browser, documents, "desk", pictures);
  await visitor.go("/console");
  await visitor.fill("Administrator key", "wrong");
  await visitor.press("button", "Sign in");
  await visitor.see("This is not the administrator key.");
  await visitor.fill("Administrator key", ADMINISTRATOR_KEY);
  await visitor.press("button", "Sign in");
  await visitor.see("A directory is one customer");
  await visitor.press("button", "Sign out");
  await visitor.see("This page is for the team");
  const { url } = await rollcall("console");
  await visitor.go(url);
  await visitor.press("button", "Sign in");
  await visitor.see("A directory is one customer");
  await visitor.go(`/console/directories/${EXAMPLE}/held`);
  await visitor.seeAtLast("Approve all");
  for (const { at, fill = {}, press, see } of FORMS) {
    await visitor.go(at);
    for (const [label, text] of Object.entries(fill)) await visitor.fill(label, text);
    await visitor.press("button", press);
    await visitor.see(see);
    await visitor.check(`form ${press}`);
  }
  await visitor.go("/console/directories");
  await follow(visitor, documents.routes);
  for (const path of PATHS) await visitor.go(path);
  return visitor;
}

/**
 * The pages of a customer's administrator, who opens the set-up link `link` and is asked for `consent`. Leaves the
 * session open.
 */
export async function customer(browser, documents, { link, consent }) {
  const visitor = await Visitor.open(browser, documents, "desk");
  await visitor.go(link);
  await visitor.press("button", "Begin");
  await visitor.see("5. Finish");
  await follow(visitor, documents.routes);
  if ((await visitor.go(consent)) !== 200) documents.problems.add("there is no page that asks for consent");
  return visitor;
}

/** Reports the routes of which no page was seen. */
export function demandAll(documents) {
  for (const { path } of documents.routes) {
    if (documents.answered.has(path) === path in WITHOUT_PAGE) {
      const text = "no link leads to a page of it: see tests/console/browser/data.mjs";
      documents.problems.add(`GET ${path}: ${path in WITHOUT_PAGE ? "it does answer a page" : text}`);
    }
  }
}
