import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inspect } from "./looks.js";
import { PASSWORD, Person, startBrowser } from "./person.js";
import { startSite } from "./site.js";

let site, browser;
before(async () => ([site, browser] = await Promise.all([startSite(), startBrowser()])));
after(async () => Promise.all([site.stop(), browser.close()]));

for (const locale of ["en-US", "de-DE"]) {
  test(`every page can be read by everybody, at 320 and 1280 pixels, light and dark, in ${locale}`, async () => {
    const ada = await Person.arrive(browser, site, { locale });
    const { page } = ada;
    const look = (name, prepare) => inspect(page, `${name}-${locale}`, prepare);
    await page.goto("/register");
    await look("register");
    await page.goto("/login");
    await look("login");
    await send(page, { name: "nobody", password: "not the password" });
    await page.locator("#notice").waitFor();
    await look("login-wrong");
    await page.goto("/register");
    await send(page, { name: ada.name, password: PASSWORD });
    await ada.isAt("/profile");
    await look("profile-off");
    await page.goto("/two-factor/enable");
    await look("enable");
    await look("enable-countries", async () => {
      await page.goto("/two-factor/enable");
      await page.locator(".iti button").first().click();
    });
    await page.goto("/two-factor/enable");
    await page.locator("#phone").fill("+1415");
    await page.getByRole("checkbox").check();
    await page.locator("#phone-problem").waitFor();
    await look("enable-wrong");
    await send(page, { phone: ada.phone });
    await ada.isAt("/code");
    await look("code");
    await send(page, { code: await site.wrongCode(ada.phone) });
    await page.locator("#notice").waitFor();
    await look("code-wrong");
    await send(page, { code: await site.code(ada.phone) });
    await ada.isAt("/profile");
    await look("profile-on");
    await page.goto("/two-factor/phone");
    await look("change");
    await page.goto("/two-factor/disable");
    await look("disable");
    await page.goto("/events");
    await look("events");
    await site.advance(301);
    await page.goto("/two-factor/disable");
    await look("confirm");
    await page.goto("/nowhere");
    await look("trouble");
    await ada.leave();
  });
}

test("where scripts do not arrive the pages can be read as well", async () => {
  const ada = await Person.arrive(browser, site);
  const { page } = ada;
  await page.route(/[.]js$/, (route) => route.abort());
  await ada.register();
  await page.goto("/two-factor/enable");
  await inspect(page, "enable-without-scripts");
  await page.getByRole("checkbox").check();
  await send(page, { phone: ada.phone });
  await ada.isAt("/code");
  await inspect(page, "code-without-scripts");
  await ada.leave();
});

/** Fills in the form of the page, whatever its language. */
async function send(page, fields) {
  for (const [id, text] of Object.entries(fields)) await page.locator(`#${id}`).fill(text);
  await page.locator("main button.primary").click();
}

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
  await tabTo("consent");
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
