// Keeps a page that the server drew as fresh as the server's stream, says when it is not, and sounds.
//
// Takes: the stream's events and the page drawn anew.
// Gives: replaced parts (`data-part`), running ages, the fuse, tones.
// Never: looks live when it is not. Without this file the page works and refreshes itself.
"use strict";

(() => {
  const body = document.body;
  const STALE_MS = 15000;
  const FUSE = 15;
  const PATTERNS = {
    // Frequency in hertz, seconds on, seconds until the next; fire is never mistaken for a fault.
    fire: [[970, 0.5, 1], [970, 0.5, 1], [970, 0.5, 2]],
    emergency: [[880, 0.15, 0.2], [880, 0.15, 0.2], [880, 0.15, 0.6]],
    supervisory: [[520, 0.8, 1.6]],
    prealarm: [[700, 0.12, 0.2], [700, 0.12, 4.8]],
    fault: [[330, 0.3, 2.7]],
    short: [[440, 0.12, 0.2]],
  };

  // ---- time: the server's clock, running on this machine's monotonic one ----
  let serverMs = Number(body.dataset.now);
  let localMs = performance.now();
  let lastBeat = performance.now();
  let connected = false;
  const now = () => serverMs + (performance.now() - localMs);

  function setServerTime(ms) {
    serverMs = ms;
    localMs = performance.now();
  }

  const chinese = document.documentElement.lang.startsWith("zh");
  function age(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 600) return Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
    if (s < 7200) return Math.floor(s / 60) + (chinese ? " 分" : " min");
    if (s < 172800) return Math.floor(s / 3600) + (chinese ? " 小时" : " h");
    return Math.floor(s / 86400) + (chinese ? " 天" : " d");
  }

  // The site's clock as the server wrote it, moved on by what has passed since.
  let clockBase = null;
  function readClock() {
    const clock = document.getElementById("clock");
    const parts = clock && clock.textContent.match(/^(\d\d):(\d\d):(\d\d)$/);
    clockBase = parts ? { day: (+parts[1] * 60 + +parts[2]) * 60 + +parts[3], at: now() } : null;
  }

  function clockText() {
    if (!clockBase) return "";
    const s = Math.floor(clockBase.day + (now() - clockBase.at) / 1000) % 86400;
    const two = (n) => String(n).padStart(2, "0");
    return two(Math.floor(s / 3600)) + ":" + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
  }

  function tick() {
    for (const element of document.querySelectorAll("[data-since]")) {
      const text = age(now() - Number(element.dataset.since));
      if (element.textContent !== text) element.textContent = text;
    }
    const clock = document.getElementById("clock");
    const text = clockText();
    if (clock && text) clock.textContent = text;
    const silent = performance.now() - lastBeat;
    drawFuse(Math.min(FUSE, Math.floor(silent / 1000)));
    setLost(silent > STALE_MS, silent);
  }

  // ---- the fuse: one mark burns out for every second without a heartbeat ----
  function drawFuse(burnt) {
    const fuse = document.querySelector(".fuse");
    if (!fuse) return;
    while (fuse.children.length < FUSE) fuse.append(document.createElement("i"));
    [...fuse.children].forEach((mark, index) => mark.classList.toggle("out", index >= FUSE - burnt));
  }

  let lastDataText = "";
  function setLost(lost, silent) {
    const notice = document.getElementById("feed-lost");
    if (!notice) return;
    if (lost && notice.hidden) lastDataText = clockTextAt(silent);
    if (notice.hidden === lost) {
      notice.hidden = !lost;
      body.classList.toggle("feed-lost", lost);
    }
    if (lost) {
      document.getElementById("lost-age").textContent = age(silent);
      document.getElementById("lost-at").textContent = lastDataText;
    }
  }

  function clockTextAt(ago) {
    if (!clockBase) return "?";
    const s = (((Math.floor(clockBase.day + (now() - ago - clockBase.at) / 1000)) % 86400) + 86400) % 86400;
    const two = (n) => String(n).padStart(2, "0");
    return two(Math.floor(s / 3600)) + ":" + two(Math.floor(s / 60) % 60) + ":" + two(s % 60);
  }

  // ---- drawing anew: the server draws, this only swaps the parts that differ ----
  let drawing = false;
  let wanted = false;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  async function redraw() {
    wanted = true;
    if (drawing) return;
    drawing = true;
    while (wanted) {
      wanted = false;
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
        if (answer.redirected && new URL(answer.url).pathname === "/login") {
          location.assign("/login");
          return;
        }
        if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch {
        // The stream's silence tells that the server is gone; this only failed to draw.
      }
      await pause(250);
    }
    drawing = false;
  }

  function swap(fresh) {
    if (fresh.body.dataset.now) setServerTime(Number(fresh.body.dataset.now));
    document.title = fresh.title;
    const focused = document.activeElement && document.activeElement.closest("[id]");
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = document.getElementById(part.id);
      if (!old) continue;
      if (still(old).isEqualNode(still(part))) {
        followSmall(old, part);
        continue;
      }
      // A part in which a person is in the middle of something waits.
      if (old.querySelector("details[open]") || old.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) continue;
      old.replaceWith(document.adoptNode(part));
    }
    if (focused && focused.id && !document.contains(focused)) {
      const again = document.getElementById(focused.id);
      const target = again && (again.matches("a, button") ? again : again.querySelector("a, button, summary"));
      if (target) target.focus({ preventScroll: true });
    }
    readClock();
    tick();
    sound();
  }

  // What runs by itself does not count as a change: an alert is announced again only when it says something else.
  const RUNNING = "[data-since], #clock, .fuse, .feed, .made, #sound, #sound-switch, .oldest";
  function still(part) {
    const copy = part.cloneNode(true);
    for (const element of copy.querySelectorAll(RUNNING)) {
      element.textContent = "";
      for (const name of ["class", "hidden", "data-since"]) element.removeAttribute(name);
    }
    return copy;
  }

  function followSmall(old, fresh) {
    for (const name of [".feed", ".made", ".oldest"]) {
      const [from, to] = [fresh.querySelectorAll(name), old.querySelectorAll(name)];
      from.forEach((element, index) => { if (to[index]) to[index].textContent = element.textContent; });
    }
    const [clock, shown] = [fresh.querySelector("#clock"), old.querySelector("#clock")];
    if (clock && shown) shown.textContent = clock.textContent;
  }

  // ---- the stream ----
  function follow() {
    const stream = new EventSource("/api/v1/stream?points=no");
    const alive = () => { lastBeat = performance.now(); connected = true; };
    stream.addEventListener("heartbeat", (event) => {
      alive();
      const at = Date.parse(JSON.parse(event.data).at);
      if (!Number.isNaN(at)) setServerTime(at);
      redraw();
    });
    stream.addEventListener("snapshot", () => { alive(); redraw(); });
    stream.addEventListener("fact", () => { alive(); redraw(); });
    stream.onerror = () => {
      // EventSource gives up on an error status (such as a session that ended); it is tried anew, gently.
      if (stream.readyState === EventSource.CLOSED) setTimeout(follow, 3000);
    };
  }

  // ---- sound ----
  let context = null;
  let playing = "";
  let timer = 0;
  let step = 0;
  let heard = "";
  const muted = () => localStorage.getItem("tocsin-muted") === "yes";

  function sound() {
    const source = document.getElementById("silence");
    const tone = (source && source.dataset.tone) || "";
    const newest = (source && source.dataset.newest) || "";
    showSound();
    if (!context || context.state !== "running" || muted() || !tone) return hush();
    // A short tone is heard once for each new occurrence.
    if (tone === "short" && heard === newest) return hush();
    if (tone === playing) return;
    hush();
    playing = tone;
    heard = newest;
    step = 0;
    beep();
  }

  function beep() {
    const pattern = PATTERNS[playing];
    if (!pattern || playing === "short" && step >= pattern.length) return hush();
    const [hertz, on, next] = pattern[step % pattern.length];
    step += 1;
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.type = "triangle";
    oscillator.frequency.value = hertz;
    const t = context.currentTime;
    gain.gain.setValueAtTime(0, t);
    gain.gain.linearRampToValueAtTime(0.5, t + 0.01);
    gain.gain.setValueAtTime(0.5, t + on - 0.02);
    gain.gain.linearRampToValueAtTime(0, t + on);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(t);
    oscillator.stop(t + on);
    timer = setTimeout(beep, next * 1000);
  }

  function hush() {
    clearTimeout(timer);
    playing = "";
  }

  function showSound() {
    const text = document.getElementById("sound-text");
    const toggle = document.getElementById("sound-switch");
    if (!text || !toggle) return;
    const blocked = !context || context.state !== "running";
    const state = muted() ? "muted" : blocked ? "blocked" : "ok";
    const words = { ok: body.dataset.soundOk, muted: body.dataset.soundMuted, blocked: body.dataset.soundBlocked };
    if (text.textContent !== words[state]) text.textContent = words[state];
    document.getElementById("sound").className = "sound-" + state;
    toggle.hidden = state === "blocked";
    toggle.textContent = muted() ? body.dataset.unmute : body.dataset.mute;
  }

  function wake() {
    if (!context) {
      try {
        context = new AudioContext();
        context.onstatechange = sound;
      } catch {
        return;
      }
    }
    if (context.state === "suspended") context.resume().then(sound, () => {});
    sound();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("#sound-switch")) {
      localStorage.setItem("tocsin-muted", muted() ? "no" : "yes");
    }
    wake();
  });
  document.addEventListener("keydown", wake);

  readClock();
  tick();
  wake();
  setInterval(tick, 500);
  if (body.querySelector("#banner")) {
    follow();
    if (body.dataset.live === "measuring") setInterval(redraw, 2000);
  } else {
    lastBeat = Infinity;
  }
})();
