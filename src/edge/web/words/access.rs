//! Texts of accounts, sessions and tokens.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other.

use super::Phrase;

catalogue! {
    BAD_NAME: "名称只用 a-z 0-9 _ . -，最多 64 个", "A name is made of a-z 0-9 _ . -, at most 64 of them";
    BAD_PASSWORD: "密码至少 8 个字符，且与原密码不同", "A password has at least 8 characters and is not the one before";
    WRONG_PASSWORD: "原密码不对", "The old password is wrong";
    ROLE_ABOVE: "令牌的角色不能高于本人", "A token may not do more than you";
    PAST_EXPIRY: "有效期已过", "That time has passed already";
    NAME_TAKEN: "名称已被使用", "The name is taken";
    LAST_MANAGER: "这是最后一个管理人账户", "This is the last account of a manager";
    CHANGE_FIRST: "请先修改一次性密码，再进行操作", "Change the one-time password first; until then nothing can be done";
    NOT_BY_TOKEN: "令牌不能管理账户，也不能归档记录，请登录后操作", "A token can neither change who comes in nor archive records; log in for that";

    ACCOUNT: "账户", "Account";
    CHANGE_PASSWORD: "修改密码", "Change password";
    OLD_PASSWORD: "原密码", "Old password";
    NEW_PASSWORD: "新密码", "New password";
    NEW_AGAIN: "再次输入新密码", "New password again";
    NOT_SAME: "两次输入的新密码不同", "The two new passwords differ";
    PASSWORD_CHANGED: "密码已修改，其他会话已结束", "The password is changed; your other sessions have ended";
    SESSIONS: "会话", "Sessions";
    THIS_ONE: "本会话", "this one";
    SINCE: "开始", "Since";
    FROM_WHERE: "来自", "From";
    LAST_SEEN: "最近使用", "Last used";
    RUNS_OUT: "到期", "Runs out";
    NEVER: "不限", "never";
    END: "结束", "End";
    END_OTHERS: "结束其他会话", "End all others";
    TOKENS: "接口令牌", "API tokens";
    TOKENS_WHAT: "供程序使用，放在 Authorization 头中；操作以令牌名称署名", "For programs, in the Authorization header; what they do is signed with the token's name";
    ADD_TOKEN: "新增令牌", "Add a token";
    REVOKE: "撤销", "Revoke";
    DAYS: "有效天数（空为不限）", "Days it is good for (empty: no end)";
    ACCOUNTS: "所有账户", "All accounts";
    ADD_ACCOUNT: "新增账户", "Add an account";
    SET_ROLE: "设定角色", "Set role";
    SET_PASSWORD: "重设密码", "Set a new password";
    REMOVE: "删除", "Remove";
    ONE_TIME: "一次性密码", "one-time password";
    SHOWN_ONCE: "只显示这一次，请立即记下：", "Shown this once; write it down now:";
    NAME: "名称", "Name";
    ROLE: "角色", "Role";
}
