// The buildings of the site, with what is open in each.
//
// Takes: the site, open alarms, devices that cannot be read.
// Gives: a list: floors with fire, counts, what is unknown.
// Never: a building whose devices cannot be read, shown as quiet.

import { alarms, lost, section } from "../shared/feed/feed";
import { Symbol } from "../shared/symbol";
import { language, say, tell } from "../shared/words";
import { floorsOf } from "./floors";
import { ruler } from "./state";
import { wall } from "./words";

/** The list. */
export function Buildings() {
  const site = section("site").value;
  const health = section("health").value;
  const room = Math.max(1, Math.floor((ruler.value.height - 250) / 62));
  const open = floorsOf(alarms.value.values(), site?.buildings ?? []);
  const all = [...(site?.buildings ?? [])].sort((a, b) => Number((open.get(b.id)?.fires.length ?? 0) > 0) - Number((open.get(a.id)?.fires.length ?? 0) > 0));
  return (
    <ul class="buildings">
      {all.slice(0, room).map((building) => {
        const found = open.get(building.id) ?? { fires: [], faults: 0, disabled: 0 };
        const unread = lost.value || (health?.blind.some((one) => one.building === building.id) ?? true);
        const floors = found.fires.slice(0, 3);
        return (
          <li key={building.id} class={`${found.fires.length > 0 ? "has-fire" : ""} ${unread ? "hatched" : ""}`}>
            <p class="name"><b>{[...building.id].length <= 3 ? language === "zh" ? `${building.id}${say(wall.numeralBuilding)}` : `${say(wall.numeralBuilding)} ${building.id}` : tell(building.name)}</b>{unread && <span class="q">?</span>}</p>
            <p class="marks">
              {floors.map((floor) => <span class="floor" key={floor}>{language === "zh" ? `${floor}${say(wall.numeralFloor)}` : `${say(wall.numeralFloor)} ${floor}`}</span>)}
              {found.fires.length > 3 && <span class="floor">+{found.fires.length - 3}</span>}
              {!lost.value && found.faults > 0 && <span class="mark"><Symbol name="fault" tone="fault" />{found.faults}</span>}
              {!lost.value && found.disabled > 0 && <span class="mark"><Symbol name="disabled" tone="dis" />{found.disabled}</span>}
            </p>
          </li>
        );
      })}
      {all.length > room && <li class="more">+{all.length - room}</li>}
    </ul>
  );
}
