// A wall in the browser of its kiosk, which somebody else has started: it is only looked at, over its debugging port.
// Takes: the address of that port, folder for pictures. Asks the test to cause what is to be seen.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { ask, check, tell, wrong } from "./browser.mjs";
import { cutLetters } from "./letters.mjs";

const [port, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.connectOverCDP(port);
const page = browser.contexts().flatMap((context) => context.pages()).find((one) => one.url().startsWith("http"));
if (!page) throw new Error("the kiosk shows no page");
await page.waitForSelector(".lamp", { timeout: 30_000 });
check(!page.url().includes("token"), `the token stays in the address: ${page.url()}`);
const said = async () => page.evaluate(() => document.querySelector(".foot").innerText);
check(!/BLOCKED/.test(await said()), `the kiosk may not sound: ${await said()}`);

const { shown } = await ask("shown");
if (shown === "fire") {
  // The wall comes back while it burns.
  await page.waitForSelector("[data-lamp=fire].on-fire", { timeout: 30_000 });
} else {
  check(await page.locator("[data-lamp=fire].on-fire").count() === 0, "a fire is shown before there is one");
  const painted = page.evaluate(() => new Promise((done) => {
    const look = () => {
      const lamp = document.querySelector("[data-lamp=fire]");
      if (lamp?.classList.contains("on-fire")) requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now())));
      else setTimeout(look, 10);
    };
    look();
  }));
  const asked = Date.now();
  await ask("fire");
  tell("painted after the fire was asked of the field, ms", (await painted) - asked);
  check(/Fire/.test(await page.textContent("h1")), `the banner says ${await page.textContent("h1")}`);
}
for (const cut of await cutLetters(page)) check(false, cut);
await page.screenshot({ path: `${folder}/kiosk-${shown}.png` });
if (wrong.length > 0) console.error(wrong.join("\n"));
// The browser is not ours to close.
process.exit(wrong.length > 0 ? 1 : 0);
