// The set-up of one system in one mode: from the set-up link to the first user that the Entra stand-in creates.
import { rollcall, scim, standIn } from "./data.mjs";
import { Visitor } from "./visitor.mjs";

/** Walks it; throws when it cannot go on. */
export async function setUp(browser, documents, { system, mode, directory, pictures }) {
  await rollcall("directory", "create", directory, "--name", "Example Company", "--profile", system, "--disabled");
  const { url } = await rollcall("setup-link", "create", directory);
  const visitor = await Visitor.open(browser, documents, mode, pictures);
  const { page } = visitor;
  const check = (step) => visitor.check(`${system} ${mode}: ${step}`);
  const wrong = (text) => documents.problems.add(`${system} ${mode}: ${text}`);

  await visitor.go(url);
  await check("link");
  await visitor.press("button", "Begin");
  await visitor.see("not enabled yet");
  await check("conditions");
  const conditions = page.getByRole("checkbox");
  const names = await page.locator("label.check").allInnerTexts();
  if (names.length < 2) wrong(`${names.length} conditions`);
  // The browser refuses while one is missing.
  await visitor.press("button", "Enable user provisioning");
  for (const name of names) {
    if (!(await page.getByText("not enabled yet").isVisible())) wrong("enabled without the conditions");
    await visitor.press("checkbox", name.trim());
  }
  for (const one of await conditions.all()) if (!(await one.isChecked())) wrong("a condition is not ticked");
  await visitor.press("button", "Enable user provisioning");
  await visitor.see("User provisioning is enabled.");
  await check("enabled");

  for (const provider of ["Okta", "Other identity provider", "Microsoft Entra ID"]) {
    await visitor.press("link", provider);
    await visitor.see(`3. Enter the values in ${provider}`);
    await check(provider);
  }
  await visitor.press("button", "Create credentials");
  await visitor.see("Your credentials");
  await check("credentials");
  const [tenant, token] = [await page.inputValue("#url"), await page.inputValue("#token")];
  await visitor.press("link", "Back to the set-up page");
  await visitor.see("5. Finish");
  await visitor.fill("Secret token", token);
  await visitor.press("button", "Test it now");
  await visitor.see("All is well.");
  await check("test");
  await visitor.press("link", "wait for the first request");
  await visitor.see("Waiting for the first request");
  await check("waiting");

  await standIn(tenant, token, system, 1, 0);
  // The use of a token is noted alongside a request, and the note may be dropped: another request makes another one.
  const use = () => scim(tenant, token, "GET", "/Users?count=1");
  if (mode === "desk") {
    // The page loads itself again.
    const more = setInterval(use, 1000);
    await visitor.see("Connected.").finally(() => clearInterval(more));
  } else {
    await visitor.seeAtLast("Connected.", use);
  }
  await check("connected");
  const { body } = await use();
  const [{ id, meta, ...user }] = body.Resources;
  if (body.totalResults !== 1) wrong(`the stand-in created ${body.totalResults} users`);
  const twice = await scim(tenant, token, "POST", "/Users", { ...user, externalId: "another" });
  const empty = await scim(tenant, token, "POST", "/Users", {});
  if (twice.status !== 409 || empty.status !== 400) wrong(`wrong requests get ${twice.status} and ${empty.status}`);

  await visitor.press("link", "provisioning log");
  await visitor.see("Refused requests");
  await visitor.seeAtLast("User created");
  await check("log");
  await visitor.press("link", "Refused requests");
  await visitor.see("What to do: ");
  await visitor.see("Someone else has this value already");
  await check("refused requests");
  await visitor.press("link", "Back to the set-up page");
  await visitor.see("5. Finish");
  await visitor.press("button", "Finish");
  await visitor.see("The set-up is finished");
  await check("finished");
  // The link was used: it opens nothing any more.
  if ((await visitor.go(url)) !== 410) wrong("a link works twice");
  await visitor.close();
}
