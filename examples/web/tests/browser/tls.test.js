import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, startBrowser } from "./person.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => ([site, browser] = await Promise.all([startSite({ isSecure: true }), startBrowser()])));
after(async () => Promise.all([site.stop(), browser.close()]));

const arrive = () => Person.arrive(browser, site, { ignoreHTTPSErrors: true });
const sessions = async (person) => (await person.context.cookies()).filter(({ name }) => name.includes("session"));

test("under https somebody logs in with a code, and gets another session at each step", async () => {
  const ada = await arrive();
  await ada.enrolled();
  await ada.logOut();
  const steps = [await sessions(ada)];
  await ada.givePassword();
  await ada.isAt("/code");
  steps.push(await sessions(ada));
  await ada.enterRightCode();
  await ada.sees(`Hi ${ada.name}`);
  steps.push(await sessions(ada));
  const values = steps.map(([session]) => session.value);
  assert.equal(new Set(values).size, steps.length);
  await ada.leave();
});

test("the browser keeps the session for this host, for https and from scripts", async () => {
  const ada = await arrive();
  await ada.register();
  const [session, ...others] = await sessions(ada);
  assert.deepEqual(others, []);
  const { name, domain, path, secure, httpOnly, sameSite } = session;
  const expected = { name: "__Host-session", domain: "localhost", path: "/", secure: true, httpOnly: true, sameSite: "Lax" };
  assert.deepEqual({ name, domain, path, secure, httpOnly, sameSite }, expected);
  assert.ok(!(await ada.page.evaluate(() => document.cookie)).includes("session"));
  await ada.leave();
});

test("whoever came with https once is told to come with https always", async () => {
  const ada = await arrive();
  for (const path of ["/login", "/static/style.css", "/nowhere"]) {
    const answer = await ada.page.goto(path);
    assert.match(answer.headers()["strict-transport-security"], /^max-age=63072000/, path);
  }
  await ada.leave();
});
