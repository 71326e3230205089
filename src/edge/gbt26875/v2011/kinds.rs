//! The code tables of the standard: kinds of systems, components and quantities (tables 4, 5 and 6).
//!
//! Takes: a code of the wire.
//! Gives: what people call it, and for a quantity its unit and the worth of its last place.
//! Never: a name for a reserved code; those are shown as their number.

use crate::engine::base::Text;

const SYSTEMS: &[(u8, &str, &str)] = &[
    (0, "通用", "general"),
    (1, "火灾报警系统", "fire alarm system"),
    (10, "消防联动控制器", "linkage controller"),
    (11, "消火栓系统", "hydrant system"),
    (12, "自动喷水灭火系统", "sprinkler system"),
    (13, "气体灭火系统", "gas extinguishing system"),
    (14, "水喷雾灭火系统（泵启动）", "water spray system (pump start)"),
    (15, "水喷雾灭火系统（压力容器启动）", "water spray system (pressure vessel start)"),
    (16, "泡沫灭火系统", "foam system"),
    (17, "干粉灭火系统", "dry powder system"),
    (18, "防烟排烟系统", "smoke control system"),
    (19, "防火门及卷帘系统", "fire doors and shutters"),
    (20, "消防电梯", "fire elevator"),
    (21, "消防应急广播", "emergency broadcast"),
    (22, "消防应急照明和疏散指示系统", "emergency lighting and evacuation signs"),
    (23, "消防电源", "fire power supply"),
    (24, "消防电话", "fire telephone"),
];

const COMPONENTS: &[(u8, &str, &str)] = &[
    (0, "通用", "general"),
    (1, "火灾报警控制器", "fire alarm controller"),
    (10, "可燃气体探测器", "combustible gas detector"),
    (11, "点型可燃气体探测器", "point gas detector"),
    (12, "独立式可燃气体探测器", "stand-alone gas detector"),
    (13, "线型可燃气体探测器", "line gas detector"),
    (16, "电气火灾监控报警器", "electrical-fire monitor"),
    (17, "剩余电流式电气火灾监控探测器", "residual-current detector"),
    (18, "测温式电气火灾监控探测器", "electrical-fire temperature detector"),
    (21, "探测回路", "detection loop"),
    (22, "火灾显示盘", "repeater display panel"),
    (23, "手动火灾报警按钮", "manual call point"),
    (24, "消火栓按钮", "hydrant button"),
    (25, "火灾探测器", "fire detector"),
    (30, "感温火灾探测器", "heat detector"),
    (31, "点型感温火灾探测器", "point heat detector"),
    (32, "点型感温火灾探测器（S型）", "point heat detector, type S"),
    (33, "点型感温火灾探测器（R型）", "point heat detector, type R"),
    (34, "线型感温火灾探测器", "line heat detector"),
    (35, "线型感温火灾探测器（S型）", "line heat detector, type S"),
    (36, "线型感温火灾探测器（R型）", "line heat detector, type R"),
    (37, "光纤感温火灾探测器", "fibre-optic heat detector"),
    (40, "感烟火灾探测器", "smoke detector"),
    (41, "点型离子感烟火灾探测器", "point ion smoke detector"),
    (42, "点型光电感烟火灾探测器", "point optical smoke detector"),
    (43, "线型光束感烟火灾探测器", "beam smoke detector"),
    (44, "吸气式感烟火灾探测器", "aspirating smoke detector"),
    (50, "复合式火灾探测器", "compound detector"),
    (51, "复合式感烟感温火灾探测器", "smoke and heat detector"),
    (52, "复合式感光感温火灾探测器", "flame and heat detector"),
    (53, "复合式感光感烟火灾探测器", "flame and smoke detector"),
    (61, "紫外火焰探测器", "ultraviolet flame detector"),
    (62, "红外火焰探测器", "infrared flame detector"),
    (69, "感光火灾探测器", "flame detector"),
    (74, "气体探测器", "gas detector"),
    (78, "图像摄像方式火灾探测器", "image detector"),
    (79, "感声火灾探测器", "acoustic detector"),
    (81, "气体灭火控制器", "gas-extinguishing controller"),
    (82, "消防电气控制装置", "fire electrical control device"),
    (83, "消防控制室图形显示装置", "control-room graphic display"),
    (84, "模块", "module"),
    (85, "输入模块", "input module"),
    (86, "输出模块", "output module"),
    (87, "输入/输出模块", "input/output module"),
    (88, "中继模块", "relay module"),
    (91, "消防水泵", "fire pump"),
    (92, "消防水箱", "fire water tank"),
    (95, "喷淋泵", "sprinkler pump"),
    (96, "水流指示器", "flow indicator"),
    (97, "信号阀", "signal valve"),
    (98, "报警阀", "alarm valve"),
    (99, "压力开关", "pressure switch"),
    (101, "阀驱动装置", "valve actuator"),
    (102, "防火门", "fire door"),
    (103, "防火阀", "fire damper"),
    (104, "通风空调", "ventilation"),
    (105, "泡沫液泵", "foam pump"),
    (106, "管网电磁阀", "solenoid valve"),
    (111, "防烟排烟风机", "smoke fan"),
    (113, "排烟防火阀", "smoke fire damper"),
    (114, "常闭送风口", "normally closed air inlet"),
    (115, "排烟口", "smoke exhaust inlet"),
    (116, "电控挡烟垂壁", "electrically driven smoke curtain"),
    (117, "防火卷帘控制器", "shutter controller"),
    (118, "防火门监控器", "fire-door monitor"),
    (121, "警报装置", "alarm device"),
];

/// Code, names, unit, worth of the last place.
const QUANTITIES: &[(u8, &str, &str, &str, f64)] = &[
    (1, "事件计数", "event count", "", 1.0),
    (2, "高度", "height", "m", 0.01),
    (3, "温度", "temperature", "°C", 0.1),
    (4, "压力", "pressure", "MPa", 0.1),
    (5, "压力", "pressure", "kPa", 0.1),
    (6, "气体浓度", "gas concentration", "%LEL", 0.1),
    (7, "时间", "time", "s", 1.0),
    (8, "电压", "voltage", "V", 0.1),
    (9, "电流", "current", "A", 0.1),
    (10, "流量", "flow", "L/s", 0.1),
    (11, "风量", "air volume", "m³/min", 0.1),
    (12, "风速", "air speed", "m/s", 1.0),
];

/// What people call a kind of system.
pub fn system_kind(code: u8) -> Text {
    named(SYSTEMS, code, "系统类型", "system type")
}

/// What people call a kind of component.
pub fn component_kind(code: u8) -> Text {
    named(COMPONENTS, code, "部件类型", "component type")
}

/// What a quantity is called, its unit, and the worth of its last place; nothing for a reserved code.
pub fn quantity(code: u8) -> Option<(Text, &'static str, f64)> {
    let (_, zh, en, unit, place) = QUANTITIES.iter().find(|row| row.0 == code)?;
    Some((Text::new(zh, en), unit, *place))
}

fn named(table: &[(u8, &str, &str)], code: u8, zh: &str, en: &str) -> Text {
    match table.iter().find(|row| row.0 == code) {
        Some((_, zh, en)) => Text::new(zh, en),
        None => Text::new(&format!("{zh} {code}"), &format!("{en} {code}")),
    }
}
