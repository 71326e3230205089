// The trends app over a year of real history. Takes: address, account, password, the last whole hour, an open alarm, a
// folder for pictures. Fails on: a spike that zooming out loses, a line over a gap, an export that differs from what is
// shown, an address that gives another picture, keys that do nothing, a past that could be taken for the present.
import { mkdirSync } from "node:fs";
import { ask, check, finish, launch, logIn, open, tell } from "./browser.mjs";

const [base, user, password, hour, alarm, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const HOUR = 3_600_000;
const end = Date.parse(hour);
const at = (ms) => new Date(ms).toISOString();
const OIL = "gen-1/oil-pressure";
const browser = await launch();
const session = await logIn(base, user, password);

async function show(search, size = "wall", language = "en", theme = "day", options = {}) {
  const page = await open(browser, base, size, language, theme, options);
  await page.context().addCookies([session]);
  await page.goto(`${base}/trends${search}`);
  await settled(page);
  return page;
}

/** Waits until what is asked for is what is shown. */
async function settled(page) {
  await page.waitForSelector(".trends .events, .trends .start");
  await page.waitForFunction(() => !document.querySelector(".stretch .faint") && !document.querySelector(".awaiting"));
}

/** Every row of a table of the page, over all its pages. */
async function rows(page, name) {
  const all = [];
  for (;;) {
    all.push(...await page.$$eval(`[data-table=${name}] tbody tr`, (found) => found.map((row) => [...row.children].map((cell) => cell.textContent))));
    const next = page.locator(`[data-table=${name}] [data-next]`);
    if (await next.getAttribute("aria-disabled") === "true") return all;
    const first = await page.textContent(`[data-table=${name}] tbody tr`);
    await next.click();
    await page.waitForFunction(([name, first]) => document.querySelector(`[data-table=${name}] tbody tr`).textContent !== first, [name, first]);
  }
}

/** Cells of CSV without quotes. */
const cells = (text) => text.replace(/^\ufeff/, "").split("\r\n").map((line) => line.split(","));

const [TIME, , MIN, , MAX, , , QUALITY] = [0, 1, 2, 3, 4, 5, 6, 7];
const year = `from=${at(end - 365 * 24 * HOUR)}&to=${at(end)}`;
const day = `from=${at(end - 24 * HOUR)}&to=${at(end)}`;

// A year: the spikes of one sample, one in the summer and one of yesterday, are in what is drawn.
{
  const page = await show(`?points=${OIL}&${year}&form=table`);
  const drawn = await rows(page, "numbers");
  const most = drawn.map((row) => Number(row[MAX]));
  check(most.includes(987) && most.includes(765), `a spike is lost over a year: ${Math.max(...most)}`);
  check(drawn.length > 300, `a year has ${drawn.length} columns`);
  await page.click("text=Charts");
  await settled(page);
  check((await page.getAttribute(".figure", "aria-label")).includes("max 987"), "the chart in words does not name the spike");
  await page.screenshot({ path: `${folder}/trends-year-en.png` });
  await page.context().close();
}

// A day: the gap has no value, in the table, in the words and on the canvas.
{
  const page = await show(`?points=${OIL},gen-1/mode,gen-1/voltage-l1-n&${day}&form=table`);
  const drawn = (await rows(page, "numbers")).filter((row) => row[1] === "Oil pressure");
  const gap = drawn.filter((row) => row[QUALITY] === "unknown");
  check(gap.length > 10 && gap.every((row) => row[MIN] === "" && row[3] === "" && row[MAX] === ""), `the gap of 42 minutes: ${gap.length} columns ${gap[0]}`);
  check(Math.max(...drawn.map((row) => Number(row[MAX]))) === 765, "the spike of the day is lost");
  const states = await rows(page, "states");
  check(states.some((row) => row[3] === "Manual") && states.some((row) => row[3] === "unknown"), `the lane says ${states.map((row) => row[3])}`);

  // The file of what is shown has the same rows.
  await page.click("text=Export");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("[data-export=shown-csv]")]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const file = cells(Buffer.concat(chunks).toString("utf8"));
  const exported = file.filter((row) => row[1] === OIL);
  check(exported.length === drawn.length, `shown are ${drawn.length} columns, exported ${exported.length}`);
  const differs = exported.findIndex((row, place) => Number(row[3]) !== Number(drawn[place][MIN]) || Number(row[4]) !== Number(drawn[place][MAX]));
  check(differs < 0, `the export differs in row ${differs}: ${exported[differs]} is shown as ${drawn[differs]}`);
  const clock = (text) => text.slice(0, 19).replace("T", " ");
  check(exported.every((row, place) => clock(row[0]) === drawn[place][TIME].slice(0, 19)), `times differ: ${exported[0]?.[0]} is shown as ${drawn[0]?.[TIME]}`);
  await page.context().close();
}

// The same address draws the same picture, and keys change it: + and - zoom, arrows move, Home is live.
{
  const search = `?points=${OIL},gen-1/mode&from=${at(end - 8 * HOUR)}&to=${at(end)}&compare=day`;
  const [one, other] = [await show(search), await show(search)];
  check(new URL(one.url()).search === search, `the address became ${one.url()}`);
  const [first, second] = [await one.locator(".stack").screenshot(), await other.locator(".stack").screenshot()];
  check(first.equals(second), "one address gives two pictures");
  await other.context().close();
  check(await one.locator(".readout .earlier").count() === 1, "the compared day has no readout");
  await one.focus(".figure");
  const span = () => { const said = new URL(one.url()).searchParams; return Date.parse(said.get("to")) - Date.parse(said.get("from")); };
  const key = async (name, changed) => { await one.keyboard.press(name); await one.waitForFunction((before) => location.search !== before, changed); await settled(one); };
  await key("+", new URL(one.url()).search);
  check(span() === 4 * HOUR, `+ zooms to ${span() / HOUR} h`);
  const middle = new URL(one.url()).searchParams.get("from");
  await key("-", new URL(one.url()).search);
  check(span() === 8 * HOUR, `- zooms to ${span() / HOUR} h`);
  await key("ArrowLeft", new URL(one.url()).search);
  check(new URL(one.url()).searchParams.get("from") < middle, "the left arrow does not go back");
  await one.keyboard.press("Shift+ArrowRight");
  await one.waitForSelector(".field .cursor");
  const read = await one.textContent(".readout h2");
  check(/^\d\d:\d\d:\d\d$/.test(read), `the readout says ${read}`);
  check(await one.locator(".stretch.past").count() === 1, "the past has no bar of its own");
  await key("Home", new URL(one.url()).search);
  check(await one.locator(".stretch.live").count() === 1 && new URL(one.url()).searchParams.has("span"), "Home does not lead back to live");
  await one.context().close();
}

// A mouse drags over a stretch, a wheel zooms around the pointer; a link from an alarm centres on it.
{
  const page = await show(`?points=${OIL}&${day}`);
  const box = await page.locator(".field").boundingBox();
  const [x, y] = [box.x + box.width / 4, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + box.width / 4, y, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction((before) => location.search !== before, `?points=${OIL}&${day}`);
  await settled(page);
  const said = new URL(page.url()).searchParams;
  check(Math.abs(Date.parse(said.get("to")) - Date.parse(said.get("from")) - 6 * HOUR) < 5 * 60_000, `a drag over a quarter of a day shows ${said}`);
  const dragged = new URL(page.url()).search;
  await page.mouse.wheel(0, 100);
  await page.waitForFunction((before) => location.search !== before, dragged);
  await page.goto(`${base}/trends?points=${OIL}&at=${at(end - HOUR)}`);
  await settled(page);
  const centred = new URL(page.url()).searchParams;
  check((Date.parse(centred.get("from")) + Date.parse(centred.get("to"))) / 2 === end - HOUR, `at= centres on ${centred}`);
  await page.context().close();
}

// What happened leads to the alarm; how soon a day is drawn is told.
{
  const page = await show(`?points=${OIL},gen-1/mode&span=28800`);
  check(await page.locator(`.events a[href="/alarm/${alarm}"]`).count() === 1, "the alarm is not listed");
  check(await page.locator(`.flags a[href="/alarm/${alarm}"]`).count() === 1, "the alarm flies no flag");
  check((await page.textContent(".events")).includes("mode switch changed"), "the isolation is not listed");
  const took = await page.evaluate(async () => {
    const button = [...document.querySelectorAll(".group button")].find((one) => one.textContent === "1 d");
    const drawn = new Promise((done) => new MutationObserver(() => { if (document.querySelector(".time-axis li")) done(); }).observe(document.querySelector(".time-axis"), { childList: true, subtree: true, characterData: true }));
    const begun = performance.now();
    button.click();
    await drawn;
    await new Promise(requestAnimationFrame);
    return performance.now() - begun;
  });
  tell("milliseconds until the axes of a day stand", Math.round(took));
  await page.context().close();
}

// Choosing: what is typed in either language is found, and chosen points come to the address.
for (const [language, words] of [["zh", "发电机 机油"], ["en", "generator OIL press"]]) {
  const page = await show("", "phone", language);
  await page.click(".start button");
  await page.fill(".chooser input", words);
  await page.click(`.chooser [data-point="${OIL}"]`);
  await page.waitForFunction((id) => new URLSearchParams(location.search).get("points") === id, OIL);
  await page.screenshot({ path: `${folder}/trends-chooser-${language}.png` });
  await page.click(".chooser header button");
  await page.waitForSelector(".figure");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(wide <= 0, `the phone's page is ${wide} px too wide`);
  await page.context().close();
}

// Beginning: a device shows what it measures, and stands among the last choices when somebody comes back.
{
  const page = await show("", "desk", "en");
  const name = await page.textContent(".start [data-device=gen-1] b");
  await page.click(".start [data-device=gen-1] .offer");
  await page.waitForFunction(() => new URLSearchParams(location.search).get("points")?.includes("gen-1/"));
  await page.waitForSelector(".figure");
  const chosen = new URLSearchParams(new URL(page.url()).search).get("points");
  check(chosen.split(",").length <= 8, `a device begins with ${chosen}`);
  await page.goto(`${base}/trends`);
  await page.locator(".start section .offer b", { hasText: name }).first().click();
  await page.waitForFunction((points) => new URLSearchParams(location.search).get("points") === points, chosen);
  await page.context().close();
}

// A browser elsewhere shows the site's time; a fire stays on top of the past; paper has ink on white.
await ask("fire");
for (const [language, theme] of [["zh", "day"], ["en", "night"]]) {
  const page = await show(`?points=${OIL},gen-1/mode,gen-1/voltage-l1-n&${day}&compare=day`, "wall", language, theme, { timezoneId: "America/New_York" });
  await page.waitForSelector(".now.is-fire");
  const shanghai = new Date(end + 8 * HOUR).toISOString().slice(11, 19);
  check((await page.textContent(".stretch.past")).includes(shanghai), `the bar does not say ${shanghai}`);
  await page.screenshot({ path: `${folder}/trends-day-${language}.png`, fullPage: true });
  await page.emulateMedia({ media: "print" });
  check(await page.isHidden(".head") && await page.isHidden(".now") && await page.isVisible(".print-head"), "a printed trend has the console's bars, or no head");
  await page.screenshot({ path: `${folder}/trends-printed-${language}.png`, fullPage: true });
  await page.context().close();
}

await finish(browser);
