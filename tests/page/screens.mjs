// Pictures of the consoles in the states that matter, for docs/screens and for whoever changes a page: the wall (1080p and
// 4K), the desk and the phone, normal, first fire, fire with faults and an isolation, feed lost; in both languages.
// Takes: address, user, password, folder. Fails on: a page that says something else than its state, an empty picture.
import { mkdirSync, statSync } from "node:fs";
import { ask, check, door, finish, launch, logIn, open, wrong } from "./browser.mjs";
import { cutLetters } from "./letters.mjs";

const [url, user, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await launch();
const way = await door(url);
const session = await logIn(way.base, user, password);
const STATE = { normal: ["正常", "Normal"], fire: ["火警", "Fire"], more: ["火警", "Fire"], lost: ["火警", "Fire"] };

async function picture(scene, path, size, language, theme, name) {
  const page = await open(browser, way.base, size, language, theme);
  if (!path.startsWith("/wall")) await page.context().addCookies([session]);
  await page.goto(way.base + path, { waitUntil: "load" });
  const word = STATE[scene][language === "zh" ? 0 : 1];
  // The state stands there in words, and the fuse burns: the page lives.
  const says = () => page.waitForFunction((wanted) => document.querySelector("h1")?.textContent.includes(wanted) && document.querySelectorAll(".fuse i").length === 15, word, { timeout: 10_000 }).then(() => true, () => false);
  // A machine under load may have been too slow for the journal or for a bus for a moment: that is a fault until somebody
  // has acknowledged it, as it should be.
  for (let again = 0; !(await says()); again += 1) {
    if (again === 3) {
      check(false, `${name}: the banner says ${await page.textContent("h1").catch(() => "nothing")}`);
      break;
    }
    await ask("quiet");
  }
  if (scene === "lost") {
    page.removeAllListeners("console");
    way.shut();
    await page.waitForFunction(() => /失联|no longer|lost/i.test(document.body.innerText), null, { timeout: 30_000 }).catch(() => check(false, `${name}: a lost feed is not said`));
    check(await page.isVisible("[data-lamp=fire].on-fire"), `${name}: the fire on show is gone with the feed`);
    const drawn = await page.evaluate(() => [...document.querySelectorAll("svg.sym")].filter((one) => one.checkVisibility() && one.getBBox().width === 0).length);
    check(drawn === 0, `${name}: ${drawn} symbols are gone with the feed`);
    way.open();
  }
  await page.evaluate(() => document.fonts.ready);
  const file = `${folder}/${name}.png`;
  await page.screenshot({ path: file, animations: "disabled", fullPage: size === "phone" });
  check(statSync(file).size > 15_000, `${name}: the picture is empty`);
  const [wide, high] = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
  check(wide <= 0, `${name}: ${wide} px wider than its screen`);
  if (path.startsWith("/wall")) check(high <= 0, `${name}: a wall that must be scrolled by ${high} px`);
  for (const cut of await cutLetters(page)) check(false, `${name}: ${cut}`);
  // The same wall hung elsewhere: other sizes, other breaks of lines.
  for (const metres of path === "/wall" && scene !== "lost" ? [2.5, 8] : []) {
    await page.goto(`${way.base}${path}?distance=${metres}`, { waitUntil: "load" });
    await page.waitForFunction(() => document.querySelectorAll(".lamp").length === 12 && document.querySelectorAll(".fuse i").length === 15);
    for (const cut of await cutLetters(page)) check(false, `${name} read from ${metres} m: ${cut}`);
  }
  await page.context().close();
}

for (const scene of ["normal", "fire", "more", "lost"]) {
  if (scene !== "lost") await ask(scene);
  for (const [language, theme] of [["zh", "night"], ["en", "day"]]) {
    await picture(scene, "/wall", "wall", language, theme, `wall-${scene}-${language}`);
    if (scene !== "lost" && scene !== "fire") await picture(scene, "/", "wall", language, theme, `desk-${scene}-${language}`);
    if (scene === "fire") await picture(scene, "/phone", "phone", language, theme, `phone-${scene}-${language}`);
    if (scene === "more") await picture(scene, "/wall", "wall4k", language, theme, `wall-4k-${scene}-${language}`);
  }
}
for (const line of [...wrong]) if (line.includes("ERR_")) wrong.splice(wrong.indexOf(line), 1);
way.close();
await finish(browser);
