// Texts of panels and people that turn the direction of letters: in their own place, never of the words beside them.
// Takes: address, name, password, how the hostile text begins, pages. Gives: wrongs.
import { check, finish, launch, logIn, open } from "./browser.mjs";

const [url, user, password, hostile, ...pages] = process.argv.slice(2);
const browser = await launch();

/** Words beside a hostile text whose letters do not go from left to right. */
function turned(begin) {
  const found = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const boxOf = (node, index) => {
    range.setStart(node, index);
    range.setEnd(node, index + 1);
    return range.getBoundingClientRect();
  };
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const text = node.data;
    if (!node.parentElement || node.parentElement.closest("script, style, noscript, svg") || !node.parentElement.checkVisibility()) continue;
    let from = 0;
    const theirs = [];
    for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) {
      seen += 1;
      theirs.push([at, at + begin.length]);
    }
    const own = (index) => !theirs.some(([start, end]) => index >= start && index < end);
    for (from = 0; from + 1 < text.length; from += 1) {
      // Letters of one word: spaces and signs may be drawn anywhere.
      if (!own(from) || !own(from + 1) || !/[\p{L}\p{N}]{2}/u.test(text.slice(from, from + 2))) continue;
      const [one, next] = [boxOf(node, from), boxOf(node, from + 1)];
      const sameLine = Math.abs(one.top - next.top) < 2 && one.width > 0 && next.width > 0;
      if (sameLine && next.left < one.left - 0.5) {
        found.push(`${text.slice(0, 60)} in ${node.parentElement.outerHTML.slice(0, 90)}`);
        break;
      }
    }
  }
  return { found, seen };
}

const cookie = await logIn(url, user, password);
let seen = 0;
for (const language of ["zh", "en"]) {
  const page = await open(browser, url, "desk", language, "day");
  await page.context().addCookies([cookie]);
  for (const path of pages) {
    await page.goto(url + path);
    await page.waitForLoadState("load");
    await page.waitForFunction(() => document.body.innerText.length > 40);
    if (["/", "/wall"].includes(path)) await page.waitForFunction((begin) => document.body.textContent.includes(begin), hostile).catch(() => check(false, `${path}: never shows the text`));
    const told = await page.evaluate(turned, hostile);
    seen += told.seen;
    for (const one of told.found.slice(0, 8)) check(false, `${language} ${path}: turned: ${one}`);
  }
  await page.context().close();
}
check(seen > 20, `the hostile text was seen ${seen} times: this proves nothing`);
// The measure itself: without isolation it finds what is turned.
const bare = await browser.newPage();
await bare.setContent(`<p>before ${hostile} after them</p>`);
check((await bare.evaluate(turned, hostile)).found.length > 0, "the measure sees nothing turned where something is");
await finish(browser);
