// A wall under load: a thousand alarms in one second while twenty other consoles follow; then a day of events, after
// which the page holds as much memory as before. Takes: address, how many cycles make the day.
import { ask, check, finish, launch, open, tell } from "./browser.mjs";

const [url, cycles] = process.argv.slice(2);
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
tell("painted after the last of a thousand alarms, ms", at - last);
check(at - last < 15_000, `a flood is painted ${at - last} ms after its last alarm`);
const rows = await page.evaluate(() => document.querySelectorAll("li, tr").length);
check(rows < 400, `${rows} rows are drawn for a thousand alarms`);

const session = await page.context().newCDPSession(page);
await session.send("HeapProfiler.enable");
const held = async () => {
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  return { usedSize, nodes, jsEventListeners };
};
const marks = [];
for (let part = 0; part < 5; part += 1) {
  const { open: left } = await ask("cycles", { count: Math.ceil(Number(cycles) / 5) });
  await painted(left);
  marks.push(await held());
}
// The first part warms up: code is compiled, caches fill.
const [first, last5] = [marks[1], marks.at(-1)];
tell("heap after each fifth of a day, kB", marks.map((mark) => Math.round(mark.usedSize / 1024)));
tell("nodes after each fifth of a day", marks.map((mark) => mark.nodes));
check(last5.usedSize < first.usedSize * 1.25 + 512 * 1024, `the heap grows: ${marks.map((mark) => mark.usedSize)}`);
check(last5.nodes < first.nodes * 1.5 + 200, `nodes grow: ${marks.map((mark) => mark.nodes)}`);
check(last5.jsEventListeners < first.jsEventListeners * 1.5 + 50, `listeners grow: ${marks.map((mark) => mark.jsEventListeners)}`);
await finish(browser);
