// scimmy-routers on a handler that keeps everything in memory: nothing is durable, and lookups
// by userName and externalId are answered from a map, so that what is measured is the library.
// A user who is deleted leaves his groups, which a map finds, too.
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const groupsOf = new Map();
const groups = new Map();
const ids = (item) => (item?.members ?? []).map((member) => member.value);

/** Notes who has come to a group and who has left it. */
function joined(item, old) {
  const now = new Set(ids(item));
  const before = new Set(ids(old));
  for (const id of before) if (!now.has(id)) groupsOf.get(id)?.delete(item.id);
  for (const id of now) {
    if (before.has(id)) continue;
    if (!groupsOf.has(id)) groupsOf.set(id, new Set());
    groupsOf.get(id).add(item.id);
  }
}

/** A user leaves all groups. */
function left(id) {
  for (const group of groupsOf.get(id) ?? []) {
    const item = groups.get(group);
    if (item) item.members = item.members.filter((member) => member.value !== id);
  }
  groupsOf.delete(id);
}

function declare(type, all, { written, deleted }, ...keys) {
  const by = Object.fromEntries(keys.map((key) => [key, new Map()]));
  const fold = (value) => String(value).toLowerCase();
  const forget = (item) => keys.forEach((key) => item[key] && by[key].delete(fold(item[key])));
  const missing = (id) => new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);

  SCIMMY.Resources.declare(type)
    .ingress((resource, data) => {
      const old = resource.id ? all.get(resource.id) : undefined;
      if (resource.id && !old) throw missing(resource.id);
      const holder = data[keys[0]] && by[keys[0]].get(fold(data[keys[0]]));
      if (holder && holder !== resource.id) {
        throw new SCIMMY.Types.Error(409, "uniqueness", `${keys[0]} is taken`);
      }
      const id = resource.id ?? randomUUID();
      const now = new Date();
      const meta = { created: old?.meta.created ?? now, lastModified: now };
      const item = { ...JSON.parse(JSON.stringify(data)), id, meta };
      if (old) forget(old);
      all.set(id, item);
      written?.(item, old);
      keys.forEach((key) => item[key] && by[key].set(fold(item[key]), id));
      return item;
    })
    .egress((resource) => {
      if (resource.id) {
        const item = all.get(resource.id);
        if (!item) throw missing(resource.id);
        return item;
      }
      if (!resource.filter) return [...all.values()];
      const [only, ...more] = resource.filter;
      const [[key, condition], ...rest] = Object.entries(only);
      if (!more.length && !rest.length && by[key] && condition[0] === "eq") {
        const item = all.get(by[key].get(fold(condition[1])));
        return item ? [item] : [];
      }
      return resource.filter.match([...all.values()]);
    })
    .degress((resource) => {
      const item = all.get(resource.id);
      if (!item) throw missing(resource.id);
      forget(item);
      all.delete(resource.id);
      deleted?.(item);
    });
}

const users = new Map();
declare(SCIMMY.Resources.User, users, { deleted: (user) => left(user.id) }, "userName", "externalId");
const ofGroups = { written: joined, deleted: (group) => joined({ id: group.id }, group) };
declare(SCIMMY.Resources.Group, groups, ofGroups, "displayName");
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);

const app = express();
const handler = (request) => {
  if (request.header("authorization") !== "Bearer peer") throw new Error("no such token");
  return "peer";
};
app.use("/scim/v2", new SCIMMYRouters({ type: "bearer", handler }));
const server = app.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
