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

    K_TEST_BEGUN: "测试开始", "Test begun";
    K_TEST_ENDED: "测试结束", "Test ended";
    K_DRILL_BEGUN: "演练开始", "Drill begun";
    K_DRILL_ENDED: "演练结束", "Drill ended";
    CL_TEST: "测试结束", "its test is over";
}
