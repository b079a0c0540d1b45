"""Provisions a company with scim2-client and compares what the server has with what it should have.

    python scim2_client_sync.py URL TOKEN

The client discovers the schemas, validates every request and response against them, and sends
If-Match. It fails on the first error, and at the end on any difference.
"""

import random
import sys
import time
import warnings

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import PatchOp, PatchOperation, SearchRequest

USERS, GROUPS, MEMBERS = 200, 20, 30


class Company:
    """The source: what the server should have, and the resources as the server last answered them."""

    def __init__(self, scim):
        self.scim = scim
        self.user = scim.get_resource_model("User")
        self.group = scim.get_resource_model("Group")
        self.random = random.Random(7)
        self.users, self.groups = {}, {}

    def hire(self, number):
        name = f"user{number:03}@ex.io"
        wanted = {"user_name": name, "external_id": f"e{number}", "active": True, "title": "Engineer"}
        sent = self.user(**wanted)
        sent.name = self.user.get_field_root_type("name")(given_name=f"Given{number}", family_name="Test")
        sent.emails = [{"value": name, "type": "work", "primary": True}]
        created = self.scim.create(sent)
        self.users[created.id] = {**wanted, "given_name": f"Given{number}", "email": name, "was": created}

    def change(self, user, *operations, **wanted):
        entry = self.users[user]
        entry["was"] = self.patch(self.user, entry["was"], operations)
        entry.update(wanted)

    def patch(self, model, resource, operations):
        operations = [PatchOperation(op=op, path=path, value=value) for op, path, value in operations]
        answer = self.scim.modify(resource, PatchOp[model](operations=operations))
        return answer or self.scim.query(model(id=resource.id))

    def found(self, number):
        members = set(self.random.sample(sorted(self.users), MEMBERS))
        name = f"Team {number:02}"
        sent = self.group(display_name=name, members=[{"value": id} for id in sorted(members)])
        created = self.scim.create(sent)
        self.groups[created.id] = {"name": name, "members": members, "was": created}

    def move(self, group, *, whole):
        """Two members leave and two others come: by two operations, or by the whole list."""
        entry = self.groups[group]
        leave = set(self.random.sample(sorted(entry["members"]), 2))
        come = set(self.random.sample(sorted(set(self.users) - entry["members"]), 2))
        entry["members"] = entry["members"] - leave | come
        if whole:
            sent = self.scim.query(self.group(id=group))
            sent.members = [{"value": id} for id in sorted(entry["members"])]
            entry["was"] = self.scim.replace(sent)
            return
        operations = [("add", "members", [{"value": id} for id in sorted(come)])]
        operations += [("remove", f'members[value eq "{id}"]', None) for id in sorted(leave)]
        entry["was"] = self.patch(self.group, entry["was"], operations)

    def rename_group(self, group):
        entry = self.groups[group]
        entry["name"] += " renamed"
        entry["was"] = self.patch(self.group, entry["was"], [("replace", "displayName", entry["name"])])

    def dismiss(self, user):
        self.scim.delete(self.users.pop(user)["was"])
        for entry in self.groups.values():
            entry["members"].discard(user)

    def close(self, group):
        self.scim.delete(self.scim.query(self.group(id=group)))
        del self.groups[group]

    def run(self):
        for number in range(USERS):
            self.hire(number)
        for number in range(GROUPS):
            self.found(number)
        people = sorted(self.users)
        for user in people[:40]:
            self.change(user, ("replace", "title", "Manager"), title="Manager")
        for user in people[40:60]:
            name = "new." + self.users[user]["user_name"]
            rename = [("replace", "userName", name), ("replace", 'emails[type eq "work"].value', name)]
            self.change(user, *rename, user_name=name, email=name)
        for user in people[60:90]:
            self.change(user, ("replace", "active", False), active=False)
        for user in people[60:70]:
            self.change(user, ("replace", "active", True), active=True)
        for user in people[90:110]:
            self.change(user, ("remove", "title", None), title=None)
        for turn in range(3):
            for group in sorted(self.groups):
                self.move(group, whole=turn == 1)
        for group in sorted(self.groups)[:5]:
            self.rename_group(group)
        for user in people[110:130]:
            self.dismiss(user)
        for group in sorted(self.groups)[-3:]:
            self.close(group)

    def all(self, model):
        start = 1
        while True:
            page = self.scim.query(model, query_parameters=SearchRequest(start_index=start, count=50))
            yield from page.resources or []
            start += page.items_per_page
            if start > page.total_results or page.items_per_page == 0:
                return

    def differences(self):
        def shown(user):
            emails = [email.value for email in user.emails or []]
            return {
                "user_name": user.user_name, "external_id": user.external_id, "active": user.active,
                "title": user.title, "given_name": user.name.given_name, "email": emails[0] if emails else None,
            }

        there = {user.id: shown(user) for user in self.all(self.user)}
        wanted = {id: {k: v for k, v in entry.items() if k != "was"} for id, entry in self.users.items()}
        yield from (("user", id, wanted.get(id), there.get(id)) for id in wanted.keys() | there if wanted.get(id) != there.get(id))
        there = {g.id: (g.display_name, {m.value for m in g.members or []}) for g in self.all(self.group)}
        wanted = {id: (entry["name"], entry["members"]) for id, entry in self.groups.items()}
        yield from (("group", id, wanted.get(id), there.get(id)) for id in wanted.keys() | there if wanted.get(id) != there.get(id))


def main(url, token):
    requests, begun = [], time.monotonic()
    http = Client(
        base_url=url, timeout=30, headers={"Authorization": f"Bearer {token}"}, event_hooks={"request": [requests.append]}
    )
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        scim = SyncSCIMClient(http)
        scim.discover()
        company = Company(scim)
        company.run()
        different = list(company.differences())
    for one in different:
        print("different:", *one)
    for text in sorted({str(warning.message) for warning in warned}):
        print("warning:", text)
    print(
        f"scim2-client: {len(company.users)} users and {len(company.groups)} groups, {len(different)} differences,"
        f" {len(requests)} requests, {len(warned)} warnings, {time.monotonic() - begun:.0f} s"
    )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
