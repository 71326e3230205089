// A console whose feed is cut: it says so in words within fifteen seconds, and goes on without being loaded anew; what
// happened meanwhile is there once, and nothing twice. Takes: address, folder for pictures.
import { mkdirSync } from "node:fs";
import { ask, check, door, finish, launch, open, wrong } from "./browser.mjs";

const [url, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await launch();
const way = await door(url);

for (const [path, size] of [["/wall", "wall"], ["/", "desk"]]) {
  const page = await open(browser, way.base, size, "zh", "night");
  await page.goto(way.base + path);
  await page.waitForSelector(".lamp");
  // What would be lost if the page were loaded anew.
  await page.evaluate(() => { window.sameDocument = true; });
  const before = await ask("open");
  const shown = () => page.evaluate(() => Number(document.querySelector("[data-lamp=fire]")?.dataset.total ?? NaN));
  check(await shown() === before.fires, `${path}: ${await shown()} fires are shown of ${before.fires}`);

  page.removeAllListeners("console");
  way.shut();
  const cut = Date.now();
  await page.waitForFunction(() => /失联|数据中断/.test(document.body.innerText), null, { timeout: 30_000 }).catch(() => check(false, `${path}: a dead feed is not announced in words`));
  // Fifteen seconds by the page's own clock; a loaded machine may look at it late.
  check(Date.now() - cut > 10_000, `${path}: called lost after ${Date.now() - cut} ms, a heartbeat is every five seconds`);
  check(Date.now() - cut < 25_000, `${path}: a dead feed is announced after ${Date.now() - cut} ms`);
  await page.screenshot({ path: `${folder}/cut-${size}.png` });
  const after = await ask("fire");
  way.open();
  await page.waitForFunction((fires) => Number(document.querySelector("[data-lamp=fire]")?.dataset.total ?? NaN) === fires, after.fires, { timeout: 30_000 })
    .catch(async () => check(false, `${path}: after the cut ${await shown()} fires are shown of ${after.fires}`));
  check(!/失联：|数据中断/.test(await page.evaluate(() => document.body.innerText)), `${path}: still called lost after the feed is back`);
  check(await page.evaluate(() => window.sameDocument === true), `${path}: the page was loaded anew`);
  await page.context().close();
}
for (const line of wrong) if (line.includes("ERR_")) wrong.splice(wrong.indexOf(line), 1);
way.close();
await finish(browser);
