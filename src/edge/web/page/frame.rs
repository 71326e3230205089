//! What every page has around it: head, banner, lamps, links, foot.
//!
//! Takes: a view and the page's own part.
//! Gives: the whole document.
//! Never: an inline script or style (the policy forbids both).

use maud::{DOCTYPE, Markup, html};

use super::View;
use super::banner::{banner, lamps};
use crate::edge::web::accounts::Theme;
use crate::edge::web::words;
use crate::engine::base::Language;

/// How a page behaves without and with a script.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// Redrawn when something is shown; without a script every five seconds.
    Live,
    /// The same, and also while measurements change.
    Measuring,
    /// A person fills in a form: only banner and lamps are redrawn, and without a script nothing is.
    Form,
}

/// The language as HTML names it.
pub fn lang(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh-CN",
        Language::En => "en",
    }
}

/// A symbol of the sprite; it always stands beside a word.
pub fn symbol(name: &str) -> Markup {
    html! { svg class={ "sym sym-" (name) } aria-hidden="true" focusable="false" { use href={ "/assets/symbols.svg#" (name) } {} } }
}

/// The whole document.
pub fn page(view: &View, title: &str, liveness: Liveness, body: Markup) -> Markup {
    let head = html! {
        @if liveness != Liveness::Form { noscript { meta http-equiv="refresh" content="5"; } }
    };
    bare(
        view,
        title,
        liveness,
        head,
        html! {
            (banner(view))
            (lamps(view))
            (super::scopes::strip(view))
            main #main { (body) }
            (foot(view))
        },
    )
}

/// A document without banner and lamps, for visitors who may not read yet.
pub fn bare(view: &View, title: &str, liveness: Liveness, head: Markup, body: Markup) -> Markup {
    let theme = view.visitor.theme.as_str();
    let site = view.web.services.site.name.get(view.language()).to_owned();
    let live = match liveness {
        Liveness::Live => "live",
        Liveness::Measuring => "measuring",
        Liveness::Form => "form",
    };
    html! {
        (DOCTYPE)
        html lang=(lang(view.language())) data-theme=(theme) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(if theme == "night" { "dark" } else { "light" });
                title { (title) " - " (site) }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/console.css";
                link rel="stylesheet" href="/assets/forms.css";
                link rel="stylesheet" href="/assets/report.css";
                link rel="stylesheet" href="/assets/history.css";
                script src="/assets/live.js" defer {}
                (head)
            }
            body data-live=(live)
                data-now=(view.now.wall.0 / 1000)
                data-sound-ok=(view.say(words::SOUND_OK))
                data-sound-muted=(view.say(words::SOUND_MUTED))
                data-sound-blocked=(view.say(words::SOUND_BLOCKED))
                data-mute=(view.say(words::MUTE_SCREEN))
                data-unmute=(view.say(words::UNMUTE_SCREEN)) {
                a .skip href="#main" { (view.say(words::SKIP)) }
                div #feed-lost role="alert" hidden {
                    (symbol("link-broken"))
                    div {
                        strong { (view.say(words::FEED_LOST)) }
                        p { (view.say(words::FEED_LOST_DO)) }
                    }
                    p .lost-age { span #lost-age {} br; (view.say(words::LAST_DATA)) " " span #lost-at {} }
                }
                (body)
            }
        }
    }
}

fn foot(view: &View) -> Markup {
    let site = &view.web.services.site;
    html! {
        footer {
            nav {
                a href="/" { (view.say(words::CONSOLE)) }
                a href="/devices" { (view.say(words::DEVICES)) }
                a href="/duty" { (view.say(words::duty::DUTY)) }
                @for (address, phrase) in super::history::PAGES { a href=(address) { (view.say(phrase)) } }
            }
            p #made data-part="" {
                span .foot-site { (site.name.get(view.language())) }
                span .made { (view.fill(words::PAGE_OF, view.web.when.day_clock(view.now.wall, view.now.wall))) }
            }
            (switches(view))
        }
    }
}

/// Language, theme, session.
pub fn switches(view: &View) -> Markup {
    let to_night = view.visitor.theme == Theme::Day;
    let other = match view.language() {
        Language::Zh => ("en", "en"),
        Language::En => ("zh", "zh-CN"),
    };
    html! {
        div .switches {
            form method="post" action="/language" { button .plain name="to" value=(other.0) lang=(other.1) { (view.say(words::OTHER_LANGUAGE)) } }
            form method="post" action="/theme" {
                button .plain name="to" value=(if to_night { "night" } else { "day" }) {
                    (view.say(if to_night { words::NIGHT } else { words::DAY }))
                }
            }
            @if let Some(account) = &view.visitor.account {
                a .who href="/account" { (symbol("person")) (account.name) " " small { (view.say(words::role(account.role))) } }
                form method="post" action="/logout" { button .plain { (view.say(words::LOGOUT)) } }
            } @else {
                a .login href="/login" { (symbol("person")) (view.say(words::LOGIN)) }
            }
        }
    }
}
