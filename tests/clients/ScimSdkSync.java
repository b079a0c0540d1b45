import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import de.captaingoldfish.scim.sdk.client.ScimClientConfig;
import de.captaingoldfish.scim.sdk.client.ScimRequestBuilder;
import de.captaingoldfish.scim.sdk.client.builder.PatchBuilder;
import de.captaingoldfish.scim.sdk.client.builder.RequestBuilder;
import de.captaingoldfish.scim.sdk.client.response.ServerResponse;
import de.captaingoldfish.scim.sdk.common.constants.EndpointPaths;
import de.captaingoldfish.scim.sdk.common.constants.enums.PatchOp;
import de.captaingoldfish.scim.sdk.common.resources.Group;
import de.captaingoldfish.scim.sdk.common.resources.ResourceNode;
import de.captaingoldfish.scim.sdk.common.resources.User;
import de.captaingoldfish.scim.sdk.common.resources.base.ScimObjectNode;
import de.captaingoldfish.scim.sdk.common.resources.complex.Name;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Email;
import de.captaingoldfish.scim.sdk.common.resources.multicomplex.Member;
import de.captaingoldfish.scim.sdk.common.response.ListResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Provisions a company with the client of SCIM-SDK and compares what the server has with what it
 * should have. Arguments: the Tenant URL and the Secret Token. The client accepts a response only with
 * the status and the media type of the RFC. The first failure ends it, and at the end any difference.
 */
public class ScimSdkSync {
    static final int USERS = 200, GROUPS = 20, MEMBERS = 30;

    /** What the server should have. */
    static class Person {
        String userName, externalId, title, givenName, email;
        boolean active;

        @Override
        public String toString() {
            return String.join(" ", userName, externalId, String.valueOf(title), givenName, email, "" + active);
        }
    }

    static class Team {
        String name;
        TreeSet<String> members;

        @Override
        public String toString() {
            return name + " " + members;
        }
    }

    final ScimRequestBuilder scim;
    final Random random = new Random(7);
    final TreeMap<String, Person> users = new TreeMap<>();
    final TreeMap<String, Team> groups = new TreeMap<>();
    int requests = 0;

    ScimSdkSync(String url, String token) {
        ScimClientConfig config =
                ScimClientConfig.builder().httpHeaders(Map.of("Authorization", "Bearer " + token)).build();
        scim = new ScimRequestBuilder(url, config);
    }

    /** Sends a request; returns the resource of the response, or ends the program. */
    <T extends ScimObjectNode> T send(RequestBuilder<T> request) {
        requests++;
        ServerResponse<T> response = request.sendRequest();
        if (!response.isSuccess()) {
            throw new IllegalStateException(response.getHttpStatus() + " " + response.getResponseBody());
        }
        return response.getResource();
    }

    void hire(int number) {
        Person person = new Person();
        person.userName = person.email = String.format("user%03d@ex.io", number);
        person.externalId = "e" + number;
        person.title = "Engineer";
        person.givenName = "Given" + number;
        person.active = true;
        User sent = User.builder()
                .userName(person.userName)
                .title(person.title)
                .active(true)
                .name(Name.builder().givenName(person.givenName).familyName("Test").build())
                .emails(List.of(Email.builder().value(person.email).type("work").primary(true).build()))
                .build();
        sent.setExternalId(person.externalId);
        users.put(send(scim.create(User.class, EndpointPaths.USERS).setResource(sent)).getId().get(), person);
    }

    PatchBuilder<User> patchUser(String id) {
        return scim.patch(User.class, EndpointPaths.USERS, id);
    }

    PatchBuilder<Group> patchGroup(String id) {
        return scim.patch(Group.class, EndpointPaths.GROUPS, id);
    }

    static <T extends ResourceNode> PatchBuilder<T> replace(PatchBuilder<T> patch, String path, JsonNode value) {
        return patch.addOperation().path(path).op(PatchOp.REPLACE).valueNode(value).build();
    }

    static List<Member> listed(Collection<String> ids) {
        List<Member> members = new ArrayList<>();
        ids.forEach(id -> members.add(Member.builder().value(id).build()));
        return members;
    }

    /** Some of `ids`. */
    TreeSet<String> some(Collection<String> ids, int count) {
        List<String> left = new ArrayList<>(new TreeSet<>(ids));
        TreeSet<String> taken = new TreeSet<>();
        while (taken.size() < count) {
            taken.add(left.remove(random.nextInt(left.size())));
        }
        return taken;
    }

    void found(int number) {
        Team team = new Team();
        team.name = String.format("Team %02d", number);
        team.members = some(users.keySet(), MEMBERS);
        Group sent = Group.builder().displayName(team.name).members(listed(team.members)).build();
        groups.put(send(scim.create(Group.class, EndpointPaths.GROUPS).setResource(sent)).getId().get(), team);
    }

    /** Two members leave and two others come: by operations, or by the whole list. */
    void move(String id, Team team, boolean whole) {
        TreeSet<String> leave = some(team.members, 2);
        TreeSet<String> others = new TreeSet<>(users.keySet());
        others.removeAll(team.members);
        TreeSet<String> come = some(others, 2);
        team.members.removeAll(leave);
        team.members.addAll(come);
        if (whole) {
            Group sent = Group.builder().displayName(team.name).members(listed(team.members)).build();
            send(scim.update(Group.class, EndpointPaths.GROUPS, id).setResource(sent));
            return;
        }
        var added = JsonNodeFactory.instance.arrayNode();
        come.forEach(member -> added.addObject().put("value", member));
        PatchBuilder<Group> patch =
                patchGroup(id).addOperation().path("members").op(PatchOp.ADD).valueNode(added).build();
        for (String member : leave) {
            patch = patch.addOperation().path("members[value eq \"" + member + "\"]").op(PatchOp.REMOVE).build();
        }
        send(patch);
    }

    void run() {
        for (int number = 0; number < USERS; number++) {
            hire(number);
        }
        for (int number = 0; number < GROUPS; number++) {
            found(number);
        }
        List<String> people = new ArrayList<>(users.keySet());
        for (String id : people.subList(0, 40)) {
            users.get(id).title = "Manager";
            send(replace(patchUser(id), "title", new TextNode("Manager")));
        }
        for (String id : people.subList(40, 60)) {
            Person person = users.get(id);
            person.userName = person.email = "new." + person.userName;
            TextNode name = new TextNode(person.userName);
            send(replace(replace(patchUser(id), "userName", name), "emails[type eq \"work\"].value", name));
        }
        for (String id : people.subList(60, 90)) {
            users.get(id).active = false;
            send(replace(patchUser(id), "active", BooleanNode.FALSE));
        }
        for (String id : people.subList(60, 70)) {
            users.get(id).active = true;
            send(replace(patchUser(id), "active", BooleanNode.TRUE));
        }
        for (String id : people.subList(90, 110)) {
            users.get(id).title = null;
            send(patchUser(id).addOperation().path("title").op(PatchOp.REMOVE).build());
        }
        for (int turn = 0; turn < 3; turn++) {
            for (Map.Entry<String, Team> entry : groups.entrySet()) {
                move(entry.getKey(), entry.getValue(), turn == 1);
            }
        }
        List<String> teams = new ArrayList<>(groups.keySet());
        for (String id : teams.subList(0, 5)) {
            Team team = groups.get(id);
            team.name += " renamed";
            send(replace(patchGroup(id), "displayName", new TextNode(team.name)));
        }
        for (String id : people.subList(110, 130)) {
            users.remove(id);
            groups.values().forEach(team -> team.members.remove(id));
            send(scim.delete(User.class, EndpointPaths.USERS, id));
        }
        for (String id : teams.subList(GROUPS - 3, GROUPS)) {
            groups.remove(id);
            send(scim.delete(Group.class, EndpointPaths.GROUPS, id));
        }
    }

    /** All resources of a type, page by page. */
    <T extends ResourceNode> List<T> all(Class<T> type, String endpoint) {
        List<T> found = new ArrayList<>();
        while (true) {
            ListResponse<T> page =
                    send(scim.list(type, endpoint).startIndex(found.size() + 1).count(50).get());
            found.addAll(page.getListedResources());
            if (page.getListedResources().isEmpty() || found.size() >= page.getTotalResults()) {
                return found;
            }
        }
    }

    /** Prints what differs; returns how many resources do. */
    int differences() {
        TreeMap<String, String> wanted = new TreeMap<>(), there = new TreeMap<>();
        users.forEach((id, person) -> wanted.put(id, person.toString()));
        groups.forEach((id, team) -> wanted.put(id, team.toString()));
        for (User user : all(User.class, EndpointPaths.USERS)) {
            Person person = new Person();
            person.userName = user.getUserName().orElse(null);
            person.externalId = user.getExternalId().orElse(null);
            person.title = user.getTitle().orElse(null);
            person.givenName = user.getName().flatMap(Name::getGivenName).orElse(null);
            person.email = user.getEmails().isEmpty() ? null : user.getEmails().get(0).getValue().orElse(null);
            person.active = user.isActive().orElse(false);
            there.put(user.getId().get(), person.toString());
        }
        for (Group group : all(Group.class, EndpointPaths.GROUPS)) {
            Team team = new Team();
            team.name = group.getDisplayName().orElse(null);
            team.members = new TreeSet<>();
            group.getMembers().forEach(member -> team.members.add(member.getValue().get()));
            there.put(group.getId().get(), team.toString());
        }
        TreeSet<String> ids = new TreeSet<>(wanted.keySet());
        ids.addAll(there.keySet());
        int different = 0;
        for (String id : ids) {
            if (!Objects.equals(wanted.get(id), there.get(id))) {
                different++;
                System.out.println("different: " + id + " " + wanted.get(id) + " / " + there.get(id));
            }
        }
        return different;
    }

    public static void main(String[] arguments) {
        long begun = System.currentTimeMillis();
        ScimSdkSync sync = new ScimSdkSync(arguments[0], arguments[1]);
        sync.run();
        int different = sync.differences();
        System.out.printf(
                "SCIM-SDK: %d users and %d groups, %d differences, %d requests, %d s%n",
                sync.users.size(), sync.groups.size(), different, sync.requests,
                (System.currentTimeMillis() - begun) / 1000);
        System.exit(different == 0 ? 0 : 1);
    }
}
