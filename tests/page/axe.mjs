// Every page in both languages before axe-core: nothing serious or critical; nothing wider than its screen.
// Takes: address, user, password, scene, pages.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { check, finish, launch, logIn, open } from "./browser.mjs";

const [url, user, password, scene, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await launch();
const session = await logIn(url, user, password);
for (const [language, theme] of [["zh", "day"], ["en", "night"]]) {
  for (const path of pages) {
    const size = path.startsWith("/wall") ? "wall" : path === "/phone" || path.startsWith("/alarm/") ? "phone" : "desk";
    // The policy of the pages forbids foreign scripts: only here it is put aside, for the judge's own.
    const page = await open(browser, url, size, language, theme, { bypassCSP: true });
    await page.context().addCookies([session]);
    await page.goto(url + path, { waitUntil: "load" });
    if (["/wall", "/", "/trends", "/devices"].includes(path)) await page.waitForSelector(".lamp, main");
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const one of found.violations) {
      if (!["serious", "critical"].includes(one.impact)) continue;
      const where = one.nodes.slice(0, 4).map((node) => `${node.target.join(" ")}: ${node.any?.[0]?.message ?? node.failureSummary ?? ""}`);
      check(false, `${scene} ${path} ${language} ${theme}: ${one.id} (${one.impact}) x ${one.nodes.length}: ${where.join(" | ")}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(wide <= 0, `${scene} ${path} ${language}: ${wide} px wider than its screen`);
    await page.context().close();
  }
}
await finish(browser);
