// From a cold start of the browser to the first paint of the wall; what the wall's files come to, packed.
// Takes: address, the built files' folder.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { check, finish, launch, open, tell } from "./browser.mjs";

const [url, dist] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(`${dist}/manifest.json`, "utf8"));
const files = (entry, found = new Set()) => {
  const chunk = manifest[entry];
  found.add(chunk.file);
  for (const style of chunk.css ?? []) found.add(style);
  for (const next of chunk.imports ?? []) files(next, found);
  return found;
};
for (const entry of ["wall", "desk", "trends", "devices"]) {
  const packed = [...files(`src/${entry}/main.tsx`)].reduce((sum, file) => sum + gzipSync(readFileSync(`${dist}/${file}`)).length, 0);
  tell(`${entry}, its files packed, kB`, Math.round(packed / 102.4) / 10);
  if (entry === "wall") check(packed < 150_000, `the wall's files are ${packed} bytes, packed`);
}
const times = [];
let browser = null;
for (let round = 0; round < 3; round += 1) {
  if (browser) await browser.close();
  browser = await launch();
  const page = await open(browser, url, "wall", "zh", "night");
  await page.goto(url + "/wall");
  await page.waitForSelector(".lamp");
  times.push(Math.round(await page.evaluate(() => performance.getEntriesByType("paint").find((one) => one.name === "first-contentful-paint")?.startTime ?? NaN)));
}
tell("first paint of the wall in a cold browser, ms", times);
check(Math.min(...times) < 5_000, `the wall is first painted after ${times} ms`);
await finish(browser);
