import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person, startBrowser } from "./person.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => ([site, browser] = await Promise.all([startSite(), startBrowser()])));
after(async () => Promise.all([site.stop(), browser.close()]));

async function atCodePage() {
  const ada = await Person.arrive(browser, site);
  await ada.enrolled();
  await ada.logOut();
  await ada.givePassword();
  await ada.isAt("/code");
  return ada;
}

test("Enter submits the code and never asks for another one", async () => {
  const ada = await atCodePage();
  await site.advance(60);
  await ada.page.reload();
  const sent = (await site.messages(ada.phone)).length;
  await ada.page.getByLabel("Code", { exact: true }).fill(await site.code(ada.phone));
  await ada.page.keyboard.press("Enter");
  await ada.isAt("/profile");
  assert.equal((await site.messages(ada.phone)).length, sent);
  await ada.leave();
});

test("a double click on the right code logs in", async () => {
  const ada = await atCodePage();
  await ada.page.getByLabel("Code", { exact: true }).fill(await site.code(ada.phone));
  await ada.page.getByRole("button", { name: "Verify" }).dblclick();
  await ada.sees(`Hi ${ada.name}`);
  await ada.leave();
});

test("wrong codes end the challenge, and more of them lock the user", async () => {
  const ada = await atCodePage();
  for (const _ of [1, 2]) {
    const wrong = await site.wrongCode(ada.phone);
    for (const left of [4, 3, 2]) {
      await ada.enter(wrong);
      await ada.sees(`Wrong code. You have ${left} tries left.`);
    }
    await ada.enter(wrong);
    await ada.sees("Wrong code. You have 1 try left.");
    await ada.enter(wrong);
    await ada.sees("Too many wrong codes. Please start again");
    await site.advance(120);
    await ada.page.getByLabel("User name").fill(ada.name);
    await ada.page.getByLabel("Password").fill("correct horse battery");
    await ada.page.getByRole("button", { name: "Log in" }).click();
  }
  await ada.sees("Too many wrong codes. Please wait 13 minutes");
  await ada.leave();
});

test("the countdown runs, and then the code can be sent again", async () => {
  const ada = await atCodePage();
  const again = ada.page.getByRole("button", { name: "Send again" });
  assert.equal(await again.isDisabled(), true);
  const shown = await ada.page.locator("#wait").textContent();
  await ada.page.waitForFunction((shown) => document.getElementById("wait").textContent !== shown, shown);
  // The browser's own clock, which counts down, and the sandbox's, which decides.
  await site.advance(30);
  await ada.page.reload();
  await ada.sees("No message? You can ask for the code again.");
  const sent = (await site.messages(ada.phone)).length;
  await again.click();
  await ada.sees("We sent the code again");
  assert.equal(await again.isDisabled(), true);
  assert.equal((await site.messages(ada.phone)).length, sent + 1);
  await ada.leave();
});

test("reloading the code page sends nothing", async () => {
  const ada = await atCodePage();
  const sent = (await site.messages(ada.phone)).length;
  for (const _ of [1, 2, 3]) await ada.page.reload();
  assert.equal((await site.messages(ada.phone)).length, sent);
  await ada.leave();
});

test("whoever gets no message is called", async () => {
  const ada = await atCodePage();
  const call = ada.page.getByRole("button", { name: "Call me instead" });
  assert.equal(await call.isDisabled(), true);
  await site.advance(60);
  await ada.page.reload();
  await call.click();
  await ada.sees("We are calling you now");
  assert.equal((await site.messages(ada.phone))[0].channel, "call");
  await ada.enterRightCode();
  await ada.isAt("/profile");
  await ada.leave();
});

test("a code that has expired says so", async () => {
  const ada = await atCodePage();
  await site.advance(601);
  await ada.enterRightCode();
  await ada.sees("The code has expired. Please start again");
  await ada.isAt("/login");
  await ada.leave();
});

test("the back button after the login shows no code page to stumble over", async () => {
  const ada = await atCodePage();
  await ada.enterRightCode();
  await ada.isAt("/profile");
  await ada.page.goBack();
  await ada.isAt("/profile");
  await ada.logOut();
  await ada.page.goBack();
  await ada.isAt("/login");
  await ada.leave();
});

test("two tabs: a wrong code in one, the right one in the other, and the first goes on too", async () => {
  const ada = await atCodePage();
  const other = await ada.tab();
  await other.goto("/code");
  await ada.enter(await site.wrongCode(ada.phone));
  await ada.sees("Wrong code");
  await ada.enter(await site.code(ada.phone), other);
  await ada.isAt("/profile", other);
  await ada.enter(await site.wrongCode(ada.phone));
  await ada.isAt("/profile");
  await ada.leave();
});

test("an outage is told, with what to do", async () => {
  const ada = await atCodePage();
  await site.fault({ fault: "error", status: 401, code: 20003, message: "Authenticate", times: 1 });
  await ada.enterRightCode();
  await ada.sees("Please try again in a few minutes");
  await ada.enterRightCode();
  await ada.isAt("/profile");
  await ada.leave();
});
