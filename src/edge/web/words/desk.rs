//! Texts of what the desk does besides the five acts: tests, drills.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other.

use super::Phrase;

catalogue! {
    IN_TEST: "测试", "TEST";
    TESTS_RUN: "测试中 {}", "UNDER TEST: {}";
    DRILLS_RUN: "演练中 {}", "DRILL: {}";
    UNTIL: "至 {}", "until {}";
    END: "结束", "End";
    EXERCISES: "测试与演练", "Tests and drills";
    BEGIN_TEST: "开始测试", "Begin a test";
    TEST_DOES: "所选范围的报警显示为测试：不鸣响、不呼叫、不联动；其他测点照常报警。到时自动结束，仍有信号的即为真实报警。", "What is chosen shows as test: no sound, no paging, no linkage; all else alarms as ever. It ends by itself, and what is active then is a real alarm.";
    BEGIN_DRILL: "开始演练", "Begin a drill";
    DRILL_DOES: "不因此楼报警启动任何设备，也不作为真实火警上传；报警照常鸣响。判为真实的报警不受演练限制。", "Nothing is commanded for alarms of this building and nothing is sent on as real; alarms sound as ever. What is judged real is no drill.";
    WHAT: "范围", "What";
    OF_POINT: "测点", "Point";
    OF_ZONE: "分区", "Zone";
    OF_DEVICE: "设备", "Device";
    OF_LOOP: "回路（如 panel-1 2）", "Loop (such as panel-1 2)";
    OF_SELF_TEST: "控制器自检", "Self-test of a panel";
    LOOP_N: "{} 回路", "loop {}";
    POINTS_N: "{} 个测点", "{} points";
    BUILDING: "楼栋", "Building";
    MINUTES: "{} 分钟", "{} min";
    LASTS: "时长", "Lasts";


    W_ALARMS: "报警", "Alarms";
    W_ACTIONS: "动作", "Actions";
    W_FAULTS: "故障", "Faults";
    W_SET_ASIDE: "屏蔽与测试", "Disabled and test";
    W_EVERYTHING: "全部", "All";
    ORDER_OWED: "请开维修单", "Raise a repair order";
    ORDER: "维修单", "Repair order";
    LINK_ORDER: "登记维修单", "Link the order";
    PURPOSE: "用途", "For";
    P_REPAIR: "检修", "Repair";
    P_HOT_WORK: "动火作业（到时自动释放）", "Hot work (releases itself)";
    P_TEST: "测试（到时自动释放）", "Test (releases itself)";
    AT_PANEL: "在控制器屏蔽，须在控制器释放", "disabled at the panel; release it there";
    FALSE_BEFORE: "曾误报 {} 次，建议隔离", "false {} times: isolate?";
    NEXT: "下一步", "Next";
    MODES: "控制器方式", "Modes of the panels";
    M_AUTO: "联动自动", "Linkage automatic";
    M_MANUAL: "联动手动", "Linkage MANUAL";
    M_MANUAL_ALLOWED: "手动启动允许", "Manual start allowed";
    M_MANUAL_FORBIDDEN: "手动启动禁止", "Manual start forbidden";
    M_AUTO_ALLOWED: "自动启动允许", "Automatic start allowed";
    M_AUTO_FORBIDDEN: "自动启动禁止", "Automatic start forbidden";
    M_SPRAY_ALLOWED: "喷洒允许", "Spray allowed";
    M_SPRAY_FORBIDDEN: "喷洒禁止", "Spray forbidden";
    M_TESTING: "正在自检", "Self-test runs";
    M_NOT_TESTING: "未自检", "No self-test";
    M_UNKNOWN: "{}：未知", "{}: unknown";
    KEYPAD: "按码启停", "Start or stop by code";
    KEYPAD_DOES: "二次码六位、类型两位，* 代表任意数字；先预览再下达，喷洒不在其内。", "Six digits and two for the type; * is any digit. Look first, then send. Never what releases agent.";
    CODE: "二次码", "Secondary code";
    TYPE: "类型", "Type";
    VERB: "操作", "Act";
    WHICH_PANEL: "控制器", "Panel";
    ANY_PANEL: "不指定", "Any";
    START: "启动", "Start";
    STOP: "停动", "Stop";
    PREVIEW: "预览", "Look";
    TARGETS: "涉及 {} 台", "Addresses {}";
    SEND_ALL: "向 {} 台下达", "Send to {}";
    WITHDRAW: "撤回", "Take back";
    L_COMMANDED: "启动灯亮", "commanded";
    L_FED_BACK: "反馈灯亮", "fed back";
    PANEL_ACTS: "控制器操作", "At the panel";
    CANCEL: "取消", "Cancel";
    CANCEL_DOES: "控制器取消键：退出菜单、撤下误报；不复位。", "The panel's cancel key: leaves menus, takes a false alarm off its display; resets nothing.";
    REGISTER: "重新注册", "Register anew";
    REGISTER_DOES: "调试时重新注册外接设备；两分钟后与点表比较。", "Registers the field devices anew while commissioning; compared with the list after two minutes.";
    ABNORMAL: "异响、异光、异味", "abnormal sound, light or smell";
    ABNORMAL_WHAT: "情况", "What is noticed";
    ABNORMAL_DOES: "立即切断电源并通知负责人；控制器断电后须派人值守。", "Switch off its power at once and notify the responsible parties; the panel will be dead, post a fire watch.";
    REPORT: "上报", "Report";
    CALL: "呼叫记录", "A call that was made";
    CALLED: "已呼叫", "Called";
    CALL_RECORD: "记录呼叫", "Record the call";
    CALL_DOES: "记下由谁在何时呼叫了谁；网关自己不拨打电话。", "Records who called whom and when; the gateway itself calls nobody.";
    W_SPLIT: "分屏", "Split";

    CL_TEST: "测试结束", "its test is over";
}
