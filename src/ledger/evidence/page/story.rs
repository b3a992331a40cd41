//! The part of the page about what happened and when, and the words that people wrote.

use super::{Paper, both, escape};
use crate::domain::actor::Actor;
use crate::ledger::evidence::summary::EntryLine;
use crate::ledger::evidence::times::Entered;
use crate::ledger::evidence::words;

impl Paper<'_> {
    pub(super) fn story(&mut self) {
        self.heading("六、经过", "What happened");
        self.add(
            "<table><thead><tr><th>序号<br><i>entry</i></th><th>事件 <i>event</i></th><th>行为人 <i>by</i></th>\
             <th class=\"amount\">金额 <i>amount</i></th>\
             <th>进入日志（见证人证明）<br><i>entered the log, as witnesses prove</i></th>\
             <th>保管人记时（自述）<br><i>keeper's own clock</i></th></tr></thead><tbody>",
        );
        let rows: Vec<String> = self.summary.entries.iter().map(|line| self.row(line)).collect();
        rows.iter().for_each(|row| self.add(row));
        self.add("</tbody></table>");
        if self.summary.entries.iter().any(|line| line.clock_differs) {
            self.add(
                "<p><b class=\"odd\">≠</b> 保管人记时与见证人证明的时间相差一分钟以上。\
                 <i>The keeper's clock is more than a minute outside of what witnesses prove.</i></p>",
            );
        }
    }

    fn row(&self, line: &EntryLine) -> String {
        let amount = line.amount.map(|amount| amount.to_string()).unwrap_or_default();
        format!(
            "<tr><td class=\"n\">{}</td><td>{}</td><td>{}</td><td class=\"amount\">{amount}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td></tr>",
            line.position,
            both(words::kind(line.kind)),
            by(line.actor),
            self.entered(line.entered),
            if line.clock_differs {
                format!("<b class=\"odd\">{} ≠</b>", self.time(line.at))
            } else {
                self.time(line.at)
            },
        )
    }

    fn entered(&self, entered: Entered) -> String {
        let (after, not_later) = (entered.after.map(|seen| seen.at), entered.not_later.map(|seen| seen.at));
        match (after.map(|at| self.time(at)), not_later.map(|at| self.time(at))) {
            (None, None) => "未获证明 <i>not proven</i>".to_owned(),
            (None, Some(not_later)) => format!("≤ {not_later}"),
            (Some(after), None) => format!("&gt; {after}"),
            (Some(after), Some(not_later)) => {
                // The day is said once.
                let same_day = after.get(..10).is_some_and(|day| not_later.starts_with(day));
                let until = if same_day { not_later.get(11..).unwrap_or(&not_later) } else { &not_later };
                format!("{after} – {until}")
            }
        }
    }

    pub(super) fn texts(&mut self) {
        let shown: Vec<String> = self
            .summary
            .texts
            .iter()
            .filter_map(|line| {
                let text = escape(line.text.as_ref()?).replace('\n', "<br>");
                Some(format!("<tr><td class=\"n\">{}</td><td>{text}</td></tr>", line.position))
            })
            .collect();
        if shown.is_empty() {
            return;
        }
        self.heading("七、所写文字", "What people wrote; each text fits the commitment in its entry");
        self.add(
            "<table><thead><tr><th class=\"n\">序号 <i>entry</i></th><th>文字 <i>text</i></th></tr></thead><tbody>",
        );
        shown.iter().for_each(|row| self.add(row));
        self.add("</tbody></table>");
    }
}

/// Who caused an entry: the role, and the end of the id that tells people of one role apart.
fn by(actor: Actor) -> String {
    let id = actor.user().map(|id| id.to_string()).unwrap_or_default();
    let tail: String = id.chars().skip(id.chars().count().saturating_sub(6)).collect();
    let tail = if tail.is_empty() { tail } else { format!(" <code>…{tail}</code>") };
    format!("{}{tail}", both(words::role(actor.role())))
}
