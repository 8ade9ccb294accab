// Where npm has not installed the country picker, browsers get it from a public copy.
import assert from "node:assert/strict";
import { readFile, rename } from "node:fs/promises";
import { extname } from "node:path";
import { after, before, test } from "node:test";
import { Person, startBrowser } from "./person.js";
import { startSite } from "./site.js";

const INSTALLED = new URL("../../node_modules/intl-tel-input/", import.meta.url).pathname;
const { version } = JSON.parse(await readFile(`${INSTALLED}package.json`, "utf8"));
const PUBLIC = `https://cdn.jsdelivr.net/npm/intl-tel-input@${version}/`;
const TYPES = { ".css": "text/css", ".js": "text/javascript", ".webp": "image/webp" };

let site, browser;
before(async () => ([site, browser] = [await startSiteWithoutPicker(), await startBrowser()]));
after(async () => Promise.all([site.stop(), browser.close()]));

/** The application looks for it when it starts. */
async function startSiteWithoutPicker() {
  const [installed, aside] = [INSTALLED, `${INSTALLED.slice(0, -1)}-aside`];
  await rename(installed, aside);
  try {
    return await startSite();
  } finally {
    await rename(aside, installed);
  }
}

/** Answers for the public copy with the files that npm installed. Returns what was asked for. */
async function publish(person, change = (bytes) => bytes) {
  const asked = new Set();
  await person.context.route(/^https:/, async (route) => {
    const address = route.request().url();
    if (!address.startsWith(PUBLIC)) return route.abort();
    const path = address.slice(PUBLIC.length);
    asked.add(path);
    const headers = { "access-control-allow-origin": "*", "content-type": TYPES[extname(path)] };
    return route.fulfill({ body: change(await readFile(INSTALLED + path)), headers });
  });
  return asked;
}

test("the public copy is of the version that is locked, and runs", async () => {
  const ada = await Person.arrive(browser, site);
  const asked = await publish(ada);
  await ada.register();
  await ada.page.goto("/two-factor/enable");
  await ada.page.locator(".iti button").first().click();
  await ada.page.getByRole("option", { name: /United Kingdom/ }).click();
  await ada.page.getByLabel("Phone number", { exact: true }).fill("07400 123456");
  await ada.page.getByRole("checkbox").check();
  await ada.page.getByRole("button", { name: "Send code" }).click();
  await ada.isAt("/code");
  assert.equal((await site.messages("+447400123456")).length, 1);
  const files = ["dist/css/intlTelInput.min.css", "dist/img/flags.webp", "dist/js/intlTelInputWithUtils.min.js"];
  assert.deepEqual([...asked].sort(), files);
  await ada.leave();
});

test("a public copy with one byte more is refused, and the plain form does", async () => {
  const ada = await Person.arrive(browser, site);
  await publish(ada, (bytes) => Buffer.concat([bytes, Buffer.from("\n")]));
  await ada.register();
  await ada.page.goto("/two-factor/enable");
  assert.equal(await ada.page.evaluate(() => typeof window.intlTelInput), "undefined");
  await ada.page.getByLabel("Country", { exact: true }).selectOption("GB");
  await ada.page.getByLabel("Phone number", { exact: true }).fill("07400 123457");
  await ada.page.getByRole("checkbox").check();
  await ada.page.getByRole("button", { name: "Send code" }).click();
  await ada.isAt("/code");
  const refused = ada.problems.filter((problem) => problem.includes("valid digest in the 'integrity' attribute"));
  assert.equal(refused.length, 2, "the script and the style");
  ada.problems = [];
  await ada.leave();
});
