// How this wall hangs: from where it is read, how large it is, whose colours, by day or by night.
//
// Takes: the settings that the gateway wrote into the document, and for trying out the page's address.
// Gives: the settings, the size of a minute of arc, the theme of an hour.
// Never: letters that the distance makes too small, without saying so.

import type { Text } from "../shared/words";

/** One wall as it is set up. */
export interface WallSettings {
  /** Its id; null where a wall is only looked at. */
  readonly id: string | null;
  readonly name: Text | null;
  /** From where it is read, in metres. */
  readonly distance: number;
  /** Diagonal of the display in inches. */
  readonly diagonal: number;
  readonly palette: "gb" | "nfpa";
  /** `null` keeps what the visitor chose. */
  readonly theme: "day" | "night" | "auto" | null;
}

/** Light hours of `auto`, in the site's time. */
const LIGHT = [7, 19] as const;
/** Below this many minutes of arc the parts of a wall have no room, and type must be smaller than the distance asks. */
const LEAST = { height: 460, width: 830 } as const;

const between = (value: unknown, low: number, high: number, otherwise: number): number => {
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value ?? Number.NaN);
  return number >= low && number <= high ? number : otherwise;
};

/** Reads the settings; `search` is the query of the page's address. */
export function readSettings(json: string | undefined, search: string): WallSettings {
  const held = parse(json);
  const asked = new URLSearchParams(search);
  const pick = <T extends string>(value: unknown, allowed: readonly T[]): T | null => allowed.find((one) => one === value) ?? null;
  const name = held.name as Text | undefined;
  return {
    id: typeof held.id === "string" && held.id ? held.id : null,
    name: name && typeof name.zh === "string" && typeof name.en === "string" ? name : null,
    distance: between(asked.get("distance"), 0.5, 30, between(held.distance_m, 0.5, 30, 5)),
    diagonal: between(asked.get("diagonal"), 5, 220, between(held.diagonal_in, 5, 220, 55)),
    palette: pick(asked.get("palette"), ["gb", "nfpa"]) ?? pick(held.palette, ["gb", "nfpa"]) ?? "gb",
    theme: pick(asked.get("theme"), ["day", "night", "auto"]) ?? pick(held.theme, ["day", "night", "auto"]),
  };
}

function parse(json: string | undefined): Record<string, unknown> {
  try {
    const held: unknown = JSON.parse(json ?? "{}");
    return typeof held === "object" && held !== null ? (held as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** The ruler of a page. */
export interface Ruler {
  /** CSS pixels of one minute of arc. */
  readonly minute: number;
  /** Size of the page in minutes of arc. */
  readonly height: number;
  readonly width: number;
  /** The display is too small for its distance: type had to be made smaller than 20 minutes. */
  readonly small: boolean;
}

/** How large one minute of arc is on a page of `width` x `height` CSS pixels. */
export function rule(settings: WallSettings, width: number, height: number): Ruler {
  // 1' = distance x 0.2909 mm; the picture's diagonal in millimetres over its diagonal in pixels gives a pixel.
  const pixel = (settings.diagonal * 25.4) / Math.hypot(width, height);
  const asked = (settings.distance * 0.2909) / pixel;
  const most = Math.min(height / LEAST.height, width / LEAST.width);
  const minute = Math.max(0.1, Math.min(asked, most));
  return { minute, height: height / minute, width: width / minute, small: asked > most * 1.001 };
}

/** The theme at an hour of the site. */
export function themeAt(theme: "day" | "night" | "auto", hour: number): "day" | "night" {
  if (theme !== "auto") return theme;
  return hour >= LIGHT[0] && hour < LIGHT[1] ? "day" : "night";
}
