// The scores of lighthouse for pages of data.mjs.
import { createServer } from "node:net";
import lighthouse from "lighthouse";
import { CONSOLE_URL } from "./data.mjs";

/** The lowest score of each category. */
const LEAST = 95;

/** A port on which nothing listens. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Audits a page in the browser with this debugging port, with the session of `visitor`, if there is one. */
export async function audit(port, path, visitor, problems) {
  const cookies = (await visitor?.context.cookies()) ?? [];
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const { lhr } = await lighthouse(`${CONSOLE_URL}${path}`, {
    port,
    logLevel: "error",
    extraHeaders: Cookie ? { Cookie } : undefined,
    // It asks for robots.txt from within the page, whose policy allows no requests. There is none.
    skipAudits: ["robots-txt"],
  });
  if (new URL(lhr.finalDisplayedUrl).pathname !== path) problems.add(`${path}: lighthouse came to ${lhr.finalDisplayedUrl}`);
  const scores = Object.values(lhr.categories).map(({ title, score, auditRefs }) => {
    const percent = Math.round(score * 100);
    const failed = auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score < 1).map(({ id }) => id);
    if (percent < LEAST) problems.add(`${path}: lighthouse ${title} ${percent}: ${failed.join(", ")}`);
    return `${title} ${percent}`;
  });
  return `${path}: ${scores.join(", ")}`;
}
