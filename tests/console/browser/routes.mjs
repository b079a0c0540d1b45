// The GET routes of the console, from the list that the server is built from (functions/console/src/route.rs): a new
// page is demanded of the walk at once.
import { readFileSync } from "node:fs";

const PARAMETER = /\{[^}]+\}/g;

/** Reads all GET routes of the file `path`: `{ path, matches(pathname) }`, the more specific one first. */
export function readRoutes(path) {
  const text = readFileSync(path, "utf8");
  const all = [...text.matchAll(/\broute\(\s*(GET|POST),\s*"([^"]+)"/g)];
  const count = Number(/\bROUTES: \[Route; (\d+)\]/.exec(text)?.[1]);
  if (all.length !== count) throw new Error(`${path}: ${all.length} routes were read, and there are ${count}`);
  const parameters = (path) => path.split("{").length;
  const routes = all.filter(([, method]) => method === "GET").map(([, , path]) => route(path));
  return routes.sort((one, other) => parameters(one.path) - parameters(other.path));
}

function route(path) {
  const pattern = new RegExp(`^${path.replaceAll(PARAMETER, "[^/]+")}$`);
  return { path, matches: (pathname) => pattern.test(pathname) };
}
