//! Words of the apps' shells.
//!
//! Takes: nothing.
//! Gives: one phrase per text.
//! Never: one language without the other.

use super::Phrase;

catalogue! {
    WALL: "大屏", "Wall";
    TRENDS: "趋势", "Trends";
    PLAIN: "打开不需要脚本的页面", "Open the page that needs no script";
    MISSING: "此程序未包含操作界面（编译时没有 Node）；用 make 重新编译", "This program was built without the consoles (no Node at hand); build it with make";
}
