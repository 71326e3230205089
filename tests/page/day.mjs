// A wall and a desk over a day of events: after it each holds as much memory as after its first hours, and shows what
// there is. Takes: address, user, password. Asks for the hours, one after the other.
import { ask, check, finish, launch, logIn, open, tell } from "./browser.mjs";

const [url, user, password] = process.argv.slice(2);
const HOURS = 24;
/** A page holds so many drawings of floors, and no more however many it showed (web/src/shared/plan/drawing.ts). */
const DRAWINGS = 3;
const browser = await launch();
const session = await logIn(url, user, password);
const consoles = [];
for (const [name, path, size, ready] of [["wall", "/wall", "wall", ".lamp"], ["desk", "/", "desk", ".window"]]) {
  const page = await open(browser, url, size, "zh", "night");
  if (name === "desk") await page.context().addCookies([session]);
  await page.goto(url + path);
  await page.waitForSelector(ready);
  const tools = await page.context().newCDPSession(page);
  await tools.send("HeapProfiler.enable");
  consoles.push({ name, page, tools, marks: [] });
}

const held = async ({ tools }) => {
  await tools.send("HeapProfiler.collectGarbage");
  await tools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await tools.send("Runtime.getHeapUsage");
  const { documents, nodes, jsEventListeners } = await tools.send("Memory.getDOMCounters");
  return { usedSize, documents, nodes, jsEventListeners };
};
/** What is open is shown: faults are counted on their lamps. */
const shows = ({ page, name }, open) => page.waitForFunction((wanted) => {
  const total = (lamp) => Number(document.querySelector(`[data-lamp=${lamp}]`)?.dataset.total ?? NaN);
  return total("fire") === 0 && total("fault") + total("power") + total("link") === wanted;
}, open, { timeout: 30_000 }).catch(() => check(false, `${name}: not what is open (${open})`));

for (let hour = 0; hour < HOURS; hour += 1) {
  const { open: left } = await ask("hour", { hour });
  for (const one of consoles) await shows(one, left);
  if (hour % 3 === 2) for (const one of consoles) one.marks.push(await held(one));
}
for (const { name, marks, page } of consoles) {
  // The first half warms up: code is compiled, and a page holds the drawings of the three floors it showed last, of which
  // each fire brings one.
  const [first, last] = [marks[3], marks.at(-1)];
  tell(`${name}: heap every three hours, kB`, marks.map((mark) => Math.round(mark.usedSize / 1024)));
  tell(`${name}: nodes every three hours`, marks.map((mark) => mark.nodes));
  tell(`${name}: documents every three hours`, marks.map((mark) => mark.documents));
  check(last.usedSize < first.usedSize * 1.25 + 512 * 1024, `${name}: the heap grows: ${marks.map((mark) => mark.usedSize)}`);
  check(last.nodes < first.nodes * 1.5 + 200, `${name}: nodes grow: ${marks.map((mark) => mark.nodes)}`);
  check(last.documents <= DRAWINGS + 3, `${name}: drawings are kept: ${marks.map((mark) => mark.documents)}`);
  check(last.jsEventListeners < first.jsEventListeners * 1.5 + 50, `${name}: listeners grow: ${marks.map((mark) => mark.jsEventListeners)}`);
  check(!/失联/.test(await page.evaluate(() => document.body.innerText)), `${name}: called lost after the day`);
}
await finish(browser);
