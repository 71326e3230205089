// Letters that are cut: a box that hides what is beyond it takes the tail of a g, or half of a word.
// Takes: a page. Gives: each text of which a part is drawn and a part is hidden, with the box that hides it. Never: counts
// what is hidden on purpose: a line below a clamp, what is behind an ellipsis, what can be scrolled to.

/** Every text that is cut, in words. */
export const cutLetters = (page) => page.evaluate(() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const found = [];
  // Half a pixel is the rounding of the layout.
  const SLACK = 0.75;

  /** How far the ink of a text reaches above and below the line's own box, for this font. */
  const inkOf = (text, style) => {
    canvas.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const measured = canvas.measureText(text);
    return { ascent: measured.fontBoundingBoxAscent, up: measured.actualBoundingBoxAscent, down: measured.actualBoundingBoxDescent };
  };

  /** The boxes around an element that hide what is beyond them. */
  const boxesOf = (element) => {
    const boxes = [];
    for (let box = element; box && box !== document.documentElement; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.clipPath !== "none") return null;
      // What is beyond the edge of a list that scrolls can be scrolled to.
      if (["auto", "scroll"].includes(style.overflowY)) return boxes;
      const hides = (overflow) => overflow === "hidden" || overflow === "clip";
      if (!hides(style.overflowY) && !hides(style.overflowX)) continue;
      const outer = box.getBoundingClientRect();
      const px = (name) => parseFloat(style[name]) || 0;
      boxes.push({
        box, vertical: hides(style.overflowY), across: hides(style.overflowX) && style.textOverflow !== "ellipsis",
        top: outer.top + px("borderTopWidth"), bottom: outer.bottom - px("borderBottomWidth"),
        left: outer.left + px("borderLeftWidth"), right: outer.right - px("borderRightWidth"),
        // What an ellipsis ends is cut across on purpose.
        ends: style.textOverflow === "ellipsis",
      });
    }
    return boxes;
  };
  const name = (box) => `${box.tagName.toLowerCase()}.${[...box.classList].join(".")}`;

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const text = node.data.trim();
    const element = node.parentElement;
    if (!text || !element.checkVisibility({ visibilityProperty: true }) || element.closest("svg, .aloud, .unseen, option")) continue;
    const boxes = boxesOf(element);
    if (!boxes || boxes.length === 0) continue;
    const style = getComputedStyle(element);
    const range = document.createRange();
    // Line by line: the ink of one line says nothing of another.
    const lines = [];
    for (let at = 0; at < node.data.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const rect = range.getClientRects()[0];
      const last = lines.at(-1);
      if (!node.data[at].trim()) {
        if (last && !last.text.endsWith(" ")) last.text += " ";
        continue;
      }
      if (!rect || rect.width === 0) continue;
      if (last && Math.abs(last.top - rect.top) < 1) Object.assign(last, { text: last.text + node.data[at], right: rect.right });
      else lines.push({ text: node.data[at], top: rect.top, left: rect.left, right: rect.right });
    }
    for (const line of lines) {
      const ink = inkOf(line.text, style);
      const baseline = line.top + ink.ascent;
      const [top, bottom] = [baseline - ink.up, baseline + ink.down];
      const hidden = boxes.find((box) => (box.vertical && (top >= box.bottom - SLACK || bottom <= box.top + SLACK)) || line.left >= box.right);
      if (hidden) continue;
      for (const box of boxes) {
        const below = box.vertical ? bottom - box.bottom : 0;
        const above = box.vertical ? box.top - top : 0;
        const beyond = box.across && !boxes.some((other) => other.ends) ? line.right - box.right : 0;
        const [how, by] = [["below", below], ["above", above], ["across", beyond]].sort((a, b) => b[1] - a[1])[0];
        if (by > SLACK) found.push(`"${line.text}" is cut ${how} by ${by.toFixed(1)} px in ${name(box.box)}`);
      }
    }
  }
  return [...new Set(found)];
});
