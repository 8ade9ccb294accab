import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, Person, startBrowser } from "./person.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => ([site, browser] = await Promise.all([startSite(), startBrowser()])));
after(async () => Promise.all([site.stop(), browser.close()]));

test("register, enable, log out, log in with a code, disable", async () => {
  const ada = await Person.arrive(browser, site);
  await ada.enrolled();
  await ada.logOut();
  await ada.givePassword();
  await ada.isAt("/code");
  await ada.enterRightCode();
  await ada.sees(`Hi ${ada.name}`);
  await site.advance(60);
  await ada.page.getByRole("link", { name: "Disable two-factor login" }).click();
  await ada.page.getByRole("button", { name: "Send code" }).click();
  await ada.enterRightCode();
  await ada.sees("Two-factor login is now off");
  await ada.leave();
});

test("remember me and next are honoured after the code", async () => {
  const ada = await Person.arrive(browser, site);
  await ada.enrolled();
  const other = await ada.elsewhere();
  await other.givePassword({ remember: true, at: "/events" });
  await other.isAt("/code");
  await other.enterRightCode();
  await other.isAt("/events");
  const session = (await other.context.cookies()).find((cookie) => cookie.name === "session");
  const days = (session.expires - Date.now() / 1000) / 86_400;
  assert.ok(days > 29 && days <= 30, `remembered for ${days} days`);
  assert.ok(session.httpOnly && session.sameSite === "Lax");
  assert.ok(!(await other.page.evaluate(() => document.cookie)).includes("session"));
  await ada.leave();
  await other.leave();
});

test("without remember me the session ends with the browser", async () => {
  const ada = await Person.arrive(browser, site);
  await ada.enrolled();
  const other = await ada.elsewhere();
  await other.givePassword();
  await other.enterRightCode();
  await other.isAt("/profile");
  const session = (await other.context.cookies()).find((cookie) => cookie.name === "session");
  assert.equal(session.expires, -1);
  await ada.leave();
  await other.leave();
});

test("all of it works without scripts", async () => {
  const ada = await Person.arrive(browser, site, { javaScriptEnabled: false });
  await ada.register();
  await ada.page.getByRole("link", { name: "Enable two-factor login" }).click();
  await ada.page.getByLabel("Country").selectOption("US");
  await ada.page.getByLabel("Phone number").fill(ada.phone.slice(2));
  await ada.page.getByRole("checkbox").check();
  await ada.page.getByRole("button", { name: "Send code" }).click();
  await ada.sees("You can ask for the code again in");
  await site.advance(31);
  await ada.page.getByRole("button", { name: "Send again" }).click();
  await ada.sees("We sent the code again");
  await ada.enterRightCode();
  await ada.sees("Two-factor login is now on");
  await site.advance(60);
  await ada.logOut();
  await ada.givePassword();
  await ada.enterRightCode();
  await ada.isAt("/profile");
  await ada.leave();
});

test("two browsers of a user: the later login has the code", async () => {
  const ada = await Person.arrive(browser, site);
  await ada.enrolled();
  const [one, two] = [await ada.elsewhere(), await ada.elsewhere()];
  await one.givePassword();
  const old = await site.code(ada.phone);
  await two.givePassword();
  await one.enter(old);
  await one.sees("You started again elsewhere");
  await two.enterRightCode();
  await two.isAt("/profile");
  for (const person of [ada, one, two]) await person.leave();
});

test("the phone is chosen with the country picker, and mistakes are told in place", async () => {
  const ada = await Person.arrive(browser, site);
  await ada.register();
  await ada.page.goto("/two-factor/enable");
  assert.equal(await ada.page.getByLabel("Country", { exact: true }).isVisible(), false);
  await ada.page.locator(".iti button").first().click();
  await ada.page.getByRole("option", { name: /United Kingdom/ }).click();
  const phone = ada.page.getByLabel("Phone number", { exact: true });
  await phone.fill("0740");
  await ada.page.getByRole("checkbox").check();
  await ada.page.getByRole("button", { name: "Send code" }).click();
  await ada.sees("There are too few digits");
  assert.equal(await phone.getAttribute("aria-invalid"), "true");
  assert.equal((await site.messages("+447400123456")).length, 0);
  await phone.fill("07400 123456");
  await ada.page.getByText("There are too few digits").waitFor({ state: "hidden" });
  await ada.page.getByRole("button", { name: "Send code" }).click();
  await ada.isAt("/code");
  assert.equal((await site.messages("+447400123456")).length, 1);
  await ada.leave();
});

test("nothing of all that is in the log", async () => {
  const log = site.log();
  assert.match(log, /verify_mfa::event/);
  for (const secret of [PASSWORD, "415555", "415 555"]) assert.ok(!log.includes(secret), secret);
});
