// Somebody with a browser and a phone.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const PASSWORD = "correct horse battery";

export async function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
  return chromium.launch({ executablePath, args });
}

let people = 0;

export class Person {
  /** With a browser of their own, a name and a phone that nobody else has. */
  static async arrive(browser, site, options = {}) {
    people += 1;
    // Limits by address are for another test.
    await site.advance(3600);
    const name = `person${people}`;
    const person = new Person(browser, site, name, `+1415555${String(100 + people).padStart(4, "0")}`);
    await person.open(options);
    return person;
  }

  constructor(browser, site, name, phone) {
    Object.assign(this, { browser, site, name, phone });
  }

  /** Another browser of the same person. */
  async elsewhere(options = {}) {
    const other = new Person(this.browser, this.site, this.name, this.phone);
    await other.open(options);
    return other;
  }

  async open(options) {
    this.context = await this.browser.newContext({ baseURL: this.site.base, locale: "en-US", ...options });
    this.context.setDefaultTimeout(10_000);
    this.problems = [];
    this.addresses = [];
    this.page = await this.tab();
  }

  async tab() {
    const page = await this.context.newPage();
    page.on("console", (message) => {
      // Chromium reports answers such as 422, which are meant.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.problems.push(message.text());
      }
    });
    page.on("request", (request) => this.addresses.push(request.url()));
    page.on("pageerror", (error) => this.problems.push(String(error)));
    return page;
  }

  /**
   * Whatever a script complained of, the content security policy included, is a mistake of ours. So is
   * an address that tells anything.
   */
  async leave() {
    await this.context.close();
    assert.deepEqual(this.problems, []);
    const telling = /[?&](code|csrf|phone|password|challenge)=|415555/;
    assert.deepEqual(this.addresses.filter((address) => telling.test(address)), []);
  }

  async register() {
    await this.page.goto("/register");
    await this.page.getByLabel("User name").fill(this.name);
    await this.page.getByLabel("Password").fill(PASSWORD);
    await this.page.getByRole("button", { name: "Create account" }).click();
    await this.sees(`Hi ${this.name}`);
  }

  async askToEnable(phone = this.phone) {
    await this.page.goto("/two-factor/enable");
    await this.page.getByLabel("Phone number").fill(phone);
    await this.page.getByRole("checkbox").check();
    await this.page.getByRole("button", { name: "Send code" }).click();
  }

  async enable() {
    await this.askToEnable();
    await this.enter(await this.site.code(this.phone));
    await this.sees("Two-factor login is now on");
    await this.site.advance(60);
  }

  async enrolled() {
    await this.register();
    await this.enable();
    return this;
  }

  async logOut() {
    await this.page.getByRole("button", { name: "Log out", exact: true }).click();
    await this.sees("You are logged out");
  }

  async givePassword({ remember = false, at = "/login" } = {}) {
    await this.page.goto(at);
    await this.page.getByLabel("User name").fill(this.name);
    await this.page.getByLabel("Password").fill(PASSWORD);
    if (remember) await this.page.getByRole("checkbox").check();
    await this.page.getByRole("button", { name: "Log in" }).click();
    await this.page.waitForURL((url) => url.pathname !== "/login");
  }

  async enter(code, page = this.page) {
    await page.getByLabel("Code", { exact: true }).fill(code);
    await page.getByRole("button", { name: "Verify" }).click();
  }

  async enterRightCode() {
    await this.enter(await this.site.code(this.phone));
  }

  async sees(text, page = this.page) {
    await page.getByText(text).first().waitFor();
  }

  async isAt(path, page = this.page) {
    await page.waitForURL((url) => url.pathname === path);
  }
}
