// The sound of a console.
//
// Takes: the tone that the gateway says, whether this screen is muted.
// Gives: the tones, and what a person must know of them: SOUND OK, MUTED or BLOCKED.
// Never: stops by itself while something sounds, and never claims to sound where the browser forbids it.

import { computed, effect, signal } from "@preact/signals";
import { section } from "./feed/feed";
import type { Tone } from "./feed/types";

interface Beep {
  readonly hertz: number;
  /** Seconds on, and seconds until the next beep begins. */
  readonly on: number;
  readonly next: number;
}

const beep = (hertz: number, on: number, next: number): Beep => ({ hertz, on, next });

/** What each tone sounds like; fire is the temporal three of ISO 8201 and is never mistaken for a fault. */
export const PATTERNS: Readonly<Record<Tone, readonly Beep[]>> = {
  fire: [beep(970, 0.5, 1), beep(970, 0.5, 1), beep(970, 0.5, 2)],
  emergency: [beep(880, 0.15, 0.2), beep(880, 0.15, 0.2), beep(880, 0.15, 0.6)],
  supervisory: [beep(520, 0.8, 1.6)],
  prealarm: [beep(700, 0.12, 0.2), beep(700, 0.12, 4.8)],
  fault: [beep(330, 0.3, 2.7)],
  short: [beep(440, 0.12, 0.2)],
};

const MUTED = "tocsin-muted";

/** This screen is muted; the others go on. */
export const muted = signal(typeof localStorage !== "undefined" && localStorage.getItem(MUTED) === "yes");
const running = signal(false);

/** What people are told of the sound of this screen. */
export const soundState = computed<"ok" | "muted" | "blocked">(() => (muted.value ? "muted" : running.value ? "ok" : "blocked"));

let context: AudioContext | null = null;
let timer = 0;
let playing: Tone | null = null;
let step = 0;
let heardShort = "";
let heardTest = "";
/** A sound test runs; it lasts as long as three pulses of the fire pattern. */
const testing = signal(false);
const TEST_MS = 3000;

/** Mutes this screen, or lets it sound again. */
export function setMuted(value: boolean): void {
  muted.value = value;
  localStorage.setItem(MUTED, value ? "yes" : "no");
}

/** Asks the browser for sound: it allows it after a touch, or at once where the kiosk was told so. */
export function wake(): void {
  try {
    context ??= new AudioContext();
  } catch {
    return;
  }
  context.onstatechange = () => {
    running.value = context?.state === "running";
  };
  running.value = context.state === "running";
  if (context.state === "suspended") context.resume().catch(() => undefined);
}

/** Plays what the gateway says for as long as it says so; called once by each app. */
export function startSound(): void {
  wake();
  document.addEventListener("pointerdown", wake);
  document.addEventListener("keydown", wake);
  effect(() => {
    const sound = section("sound").value;
    if (sound?.test && sound.test.id !== heardTest) {
      heardTest = sound.test.id;
      testing.value = true;
      window.setTimeout(() => (testing.value = false), TEST_MS);
    }
    const tone = sound?.tone ?? (testing.value ? "fire" : null);
    play(soundState.value === "ok" ? tone : null, [...(sound?.sounding ?? [])].sort().at(-1) ?? "");
  });
}

function play(tone: Tone | null, newest: string): void {
  // A short tone is heard once for each new occurrence.
  if (tone === null || (tone === "short" && heardShort === newest)) return hush();
  if (tone === "short") heardShort = newest;
  else if (tone === playing) return;
  hush();
  playing = tone;
  step = 0;
  sound();
}

function sound(): void {
  const pattern = playing && PATTERNS[playing];
  const one = pattern?.[step % pattern.length];
  if (!one || !context || (playing === "short" && step > 0)) return hush();
  step += 1;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = "triangle";
  oscillator.frequency.value = one.hertz;
  const at = context.currentTime;
  // Ten milliseconds of slope: a tone that is cut off clicks.
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.5, at + 0.01);
  gain.gain.setValueAtTime(0.5, at + one.on - 0.02);
  gain.gain.linearRampToValueAtTime(0, at + one.on);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + one.on);
  timer = window.setTimeout(sound, one.next * 1000);
}

function hush(): void {
  window.clearTimeout(timer);
  playing = null;
}
