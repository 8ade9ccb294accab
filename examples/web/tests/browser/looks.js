// What every page has to be: readable by everybody, on a phone and on a desk, by day and by night.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const SCREENSHOTS = new URL("../../../../target/web-screenshots/", import.meta.url).pathname;
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [320, 1280];
const THEMES = ["light", "dark"];

/** `prepare` brings the page into a state that does not survive another width. */
export async function inspect(page, name, prepare = async () => {}) {
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 720 });
    await prepare();
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const path = `${SCREENSHOTS}${name}-${width}-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: true });
      await fits(page, `${name} at ${width}`);
      await isAccessible(page, `${name} at ${width}, ${colorScheme}`);
    }
  }
}

async function fits(page, what) {
  const [needed, given] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  assert.ok(needed <= given, `${what} is ${needed} wide`);
}

async function isAccessible(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`);
  assert.deepEqual(told, [], what);
}
