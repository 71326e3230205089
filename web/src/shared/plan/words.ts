// The texts of plans and sections.
//
// Takes: nothing.
// Gives: the catalogue.
// Never: a state that only a colour tells.

import { catalogue } from "../words";

/** What plans and sections say. */
export const planWords = catalogue({
  loading: ["正在读取平面图", "Reading the plan"],
  unreadable: ["平面图读取失败，正在重试", "The plan cannot be read; trying again"],
  noPlan: ["本层没有平面图", "There is no plan of this floor"],
  notPlaced: ["图上未标位置", "not on the plan"],
  morePlaced: ["图上另有 {} 处未画", "{} more are not drawn"],
  first: ["首警", "first alarm"],
  fresh: ["未确认", "not acknowledged"],
  alarm: ["{} 号报警 {}", "Alarm {}: {}"],
  isolated: ["隔离 {}", "isolated: {}"],
  fault: ["故障 {}", "fault: {}"],
  unknown: ["未知 {}", "unknown: {}"],
  planOf: ["{} 号楼 {} 层平面图", "Plan of building {}, floor {}"],
  section: ["各楼剖面图", "Section of the buildings"],
  buildingNumber: ["{}号", "{}"],
  floorNumber: ["{}层", "Fl {}"],
  moreFloors: ["另 {} 层", "{} more"],
  lost: ["{} 号楼失联", "building {} is lost"],
  fireSomewhere: ["{} 号楼火警，楼层未知", "fire in building {}, floor unknown"],
  fireOn: ["{} 号楼 {} 层火警", "fire in building {}, floor {}"],
});
