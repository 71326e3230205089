// A wall under load: a thousand alarms in one second while other consoles follow. Takes: address, how many others.
import { ask, check, finish, launch, open, tell } from "./browser.mjs";

const [url, others] = process.argv.slice(2);
const browser = await launch();
const page = await open(browser, url, "wall", "zh", "night");
await page.goto(url + "/wall");
await page.waitForSelector(".lamp");

// When the count on the lamp is as wanted, and the frame that shows it is drawn.
const painted = (total) => page.evaluate((wanted) => new Promise((done) => {
  const look = () => {
    const shown = Number(document.querySelector("[data-lamp=fire]")?.dataset.total ?? NaN);
    if (shown === wanted) requestAnimationFrame(() => requestAnimationFrame(() => done(Date.now())));
    else setTimeout(look, 20);
  };
  look();
}), total);
const { fires, wanted } = await ask("flood-size");
const seen = painted(fires + wanted);
const { last } = await ask("flood");
const at = await seen;
tell(`painted after the last of a thousand alarms beside ${others} other consoles, ms`, at - last);
check(at - last < 15_000, `a flood is painted ${at - last} ms after its last alarm`);
const rows = await page.evaluate(() => document.querySelectorAll("li, tr").length);
check(rows < 400, `${rows} rows are drawn for a thousand alarms`);
await finish(browser);
