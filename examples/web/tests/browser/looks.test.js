import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect } from "./looks.js";
import { PASSWORD, Person, startBrowser } from "./person.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => ([site, browser] = await Promise.all([startSite(), startBrowser()])));
after(async () => Promise.all([site.stop(), browser.close()]));

test("every page can be read by everybody, at 320 and 1280 pixels, light and dark", async () => {
  const ada = await Person.arrive(browser, site);
  const { page } = ada;
  await page.goto("/register");
  await inspect(page, "register");
  await page.goto("/login");
  await inspect(page, "login");
  await page.getByLabel("User name").fill("nobody");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Log in" }).click();
  await ada.sees("Wrong user name or password");
  await inspect(page, "login-wrong");
  await ada.register();
  await inspect(page, "profile-off");
  await page.goto("/two-factor/enable");
  await inspect(page, "enable");
  await inspect(page, "enable-countries", async () => {
    await page.goto("/two-factor/enable");
    await page.locator(".iti button").first().click();
  });
  await page.goto("/two-factor/enable");
  await page.getByLabel("Phone number", { exact: true }).fill("+1415");
  await page.getByRole("checkbox").focus();
  await ada.sees("too few digits");
  await inspect(page, "enable-wrong");
  await ada.askToEnable();
  await ada.isAt("/code");
  await inspect(page, "code");
  await ada.enter(await site.wrongCode(ada.phone));
  await ada.sees("Wrong code");
  await inspect(page, "code-wrong");
  await ada.enterRightCode();
  await ada.sees("is now on");
  await inspect(page, "profile-on");
  await page.goto("/two-factor/phone");
  await inspect(page, "change");
  await page.goto("/two-factor/disable");
  await inspect(page, "disable");
  await page.goto("/events");
  await inspect(page, "events");
  await site.advance(301);
  await page.goto("/two-factor/disable");
  await inspect(page, "confirm");
  await page.goto("/nowhere");
  await inspect(page, "trouble");
  await ada.leave();
});

test("without scripts and in German the pages fit as well", async () => {
  const ada = await Person.arrive(browser, site, { locale: "de-DE" });
  const { page } = ada;
  await page.goto("/register");
  await page.getByLabel("Benutzername").fill(ada.name);
  await page.getByLabel("Passwort").fill(PASSWORD);
  await page.getByRole("button", { name: "Konto anlegen" }).click();
  await ada.sees(`Hallo ${ada.name}`);
  await inspect(page, "profile-german");
  await page.goto("/two-factor/enable");
  await inspect(page, "enable-german");
  await page.getByLabel("Telefonnummer", { exact: true }).fill(ada.phone);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Code senden" }).click();
  await ada.isAt("/code");
  await inspect(page, "code-german");
  await ada.leave();
});

test("the keyboard is enough", async () => {
  const ada = await Person.arrive(browser, site);
  const { page } = ada;
  const type = (text) => page.keyboard.type(text);
  const tabTo = async (wanted) => {
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press("Tab");
      const [name, outline] = await page.evaluate(() => {
        const own = document.activeElement;
        return [own.id || own.getAttribute("name") || own.textContent.trim(), getComputedStyle(own).outlineStyle];
      });
      assert.notEqual(outline, "none", `${name} shows that it has the focus`);
      if (name === wanted) return;
    }
    assert.fail(`${wanted} is not reached`);
  };
  await page.goto("/register");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await tabTo("name");
  await type(ada.name);
  await tabTo("password");
  await type(PASSWORD);
  await page.keyboard.press("Enter");
  await ada.sees(`Hi ${ada.name}`);
  await tabTo("Enable two-factor login");
  await page.keyboard.press("Enter");
  await ada.isAt("/two-factor/enable");
  await tabTo("phone");
  await type(ada.phone);
  await tabTo("notice");
  await page.keyboard.press("Space");
  await tabTo("Send code");
  await page.keyboard.press("Enter");
  await ada.isAt("/code");
  // The field has the focus already.
  await type(await site.code(ada.phone));
  await page.keyboard.press("Enter");
  await ada.sees("Two-factor login is now on");
  await ada.leave();
});
