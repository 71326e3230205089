// The texts of the devices console, in both languages.
//
// Takes: nothing.
// Gives: `texts`, and the word of each state, standing, quality and pace.
// Never: a text that the gateway words itself: reasons, failures and names come from there in both languages.

import { catalogue } from "../shared/words";

/** What this console says. */
export const texts = catalogue({
  title: ["设备", "Devices"],
  answering: ["{} / {} 台应答", "{} of {} answer"],
  busesLate: ["{} 条总线超出读取时限", "{} buses over their bound"],
  busesLost: ["{} 条总线不通", "{} buses lost"],
  unknownPoints: ["{} 个测点读不到", "{} points unknown"],
  allRead: ["全部读到", "Everything is read"],
  filter: ["筛选：名称、编号、地址", "Filter: name, id, unit"],
  onlyWork: ["仅显示需处理", "Only what needs work"],
  nothingFits: ["没有符合的设备", "No device fits"],
  nothingToDo: ["没有需要处理的设备", "No device needs work"],
  overview: ["全部设备一览", "All devices at a glance"],
  silent: ["没有应答的设备", "Devices that give nothing"],
  noSilent: ["所有设备都在应答", "Every device answers"],
  partlyUnknown: ["有测点读不到的设备", "Devices with unknown points"],
  noUnknown: ["应答的设备没有读不到的测点", "No point of an answering device is unknown"],
  failedOfLate: ["应答设备最近的失败", "Last failures of devices that answer"],
  allBuses: ["总线", "Buses"],
  device: ["设备", "Device"],
  bus: ["总线", "Bus"],
  lookAt: ["原因与先查什么", "Why, and what to look at first"],
  sinceHead: ["自", "Since"],
  unknownOf: ["读不到", "Unknown"],
  lastAt: ["最近一次", "Last"],
  reachedAt: ["接入", "Reached at"],
  devicesOf: ["应答设备", "Answering"],
  use: ["占用", "Use"],
  rate: ["请求", "Requests"],
  oldestRead: ["最旧读数（限）", "Oldest read (bound)"],
  lostOf: ["中断丢失", "Lost"],
  noiseOf: ["杂波", "Noise"],
  busLost: ["不通", "lost"],
  busUp: ["通", "up"],
  busUnheard: ["尚未连上", "not yet up"],
  bytes: ["{} 字节", "{} bytes"],
  andMore: ["另有 {} 台，见左侧", "{} more, in the list on the left"],
  keys: ["/ 筛选　↑↓ 选择　Enter 查看　Esc 返回", "/ filter   ↑↓ choose   Enter look   Esc back"],
  back: ["返回列表", "Back to the list"],
  logIn: ["登录", "Log in"],

  busy: ["占用 {}%", "{}% busy"],
  perSecond: ["{} 次/秒", "{} requests/s"],
  oldest: ["{} {}，限 {}", "{} {}, bound {}"],
  noise: ["杂波 {} 字节", "{} bytes of noise"],

  unit: ["地址 {}", "unit {}"],
  since: ["自 {}", "since {}"],
  roundTrip: ["应答 {} ms", "answers in {} ms"],
  inARow: ["连续 {} 次正常", "{} good in a row"],
  endings: ["应答 {}　拒绝 {}　超时 {}　不可信 {}", "{} answered, {} refused, {} timed out, {} not believed"],
  split: ["有一段被拒绝，现分开读取；十分钟后再整段尝试", "A range was refused and is read in parts; the whole is tried again every ten minutes"],
  givenUp: ["已多次无应答：只偶尔试一次", "It was silent too often: it is tried now and then only"],
  stranger: ["应答者不是此设备", "Another device answers in its place"],
  trends: ["趋势", "Trends"],

  values: ["数值", "Values"],
  statuses: ["状态", "States"],
  plan: ["请求计划", "Request plan"],
  errors: ["最近的失败", "Last failures"],
  noErrors: ["启动以来没有失败的请求", "No request has failed since the start"],
  noValues: ["没有测点", "It has no points"],
  noPlan: ["总线没有回答：计划不详", "The bus does not answer: its plan is not known"],
  reports: ["此设备自行上报，不能询问", "This device reports by itself and cannot be asked"],
  point: ["测点", "Point"],
  value: ["值", "Value"],
  quality: ["质量", "Quality"],
  age: ["时效", "Age"],
  raw: ["寄存器", "Registers"],
  where: ["位置", "Where"],
  hangs: ["关联报警", "Alarms on it"],
  showAll: ["显示其余 {} 个", "Show {} more"],
  table: ["表", "Table"],
  range: ["地址", "Addresses"],
  every: ["周期", "Every"],
  lastAge: ["距今", "Age"],
  lastTrip: ["往返", "Round trip"],
  brings: ["测点数", "Points"],
  standing: ["状况", "Standing"],
  what: ["经过", "What happened"],
  next: ["先查什么", "Look at first"],
  asked: ["功能 {}，{} 起 {} 个", "function {}, from {}, count {}"],
  times: ["{} 次", "{} times"],
  identify: ["询问标识", "Identify"],
  identifying: ["正在询问", "Asking"],
  identifyNeeds: ["须以工程师登录", "An engineer must log in"],
  notSent: ["没有送达网关", "It did not reach the gateway"],
  notRecorded: ["未写入日志", "NOT RECORDED"],
  expected: ["应为 {}", "should be {}"],
  on: ["是", "on"],
  off: ["否", "off"],
});

/** How a device stands. */
export const states = catalogue({
  answers: ["应答", "answers"],
  partly: ["部分读不到", "partly unknown"],
  refuses: ["拒绝所有请求", "refuses everything"],
  down: ["不应答", "down"],
  unread: ["尚未读到", "not read yet"],
  refused: ["配置被拒", "configuration refused"],
});

/** How a request stands. */
export const standings = catalogue({
  unread: ["尚未读到", "not read yet"],
  current: ["正常", "current"],
  refused: ["设备拒绝", "refused"],
  late: ["过期", "late"],
  probed: ["仅偶尔尝试", "tried now and then"],
  memory: ["事件记录，空闲时读", "event memory, read when idle"],
});

/** Why a value is unknown, or that it is good. */
export const qualities = catalogue({
  good: ["正常", "good"],
  "never-read": ["尚未读到", "never read"],
  stale: ["过期", "stale"],
  "link-down": ["失联", "link down"],
  "bad-value": ["数值无效", "bad value"],
  absent: ["设备无此值", "not fitted"],
  "device-exception": ["设备拒答", "refused by the device"],
});

/** How often something is read. */
export const paces = catalogue({
  fire: ["火警级", "fire"],
  fast: ["快", "fast"],
  normal: ["常规", "normal"],
  slow: ["慢", "slow"],
});

/** What asking a device who it is has shown. */
export const verdicts = catalogue({
  same: ["相符", "As meant"],
  other: ["不是此设备", "Another device"],
  "cannot-tell": ["有应答，不能断定", "It answers; registers cannot tell"],
  refused: ["拒绝", "Refused"],
  silent: ["无应答", "No answer"],
  "no-turn": ["未轮到", "No turn"],
});
