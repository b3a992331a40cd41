//! What is made of the result for people: one printable page in Chinese and English, and how to check it all.
//!
//! It is made from the summary alone, so that whoever checks the evidence makes it again and compares.

mod how_to;
mod money;
mod proof;
mod story;
mod used;

use std::fmt::Write as _;

use jiff::tz::TimeZone;

use super::summary::Summary;
use super::words::{self, Word};
use super::{Finding, names};
use crate::domain::time::Timestamp;

/// The files that are made of the others.
pub(super) struct Made {
    pub(super) result: String,
    pub(super) page: String,
    pub(super) how_to: String,
}

/// Makes them.
pub(super) fn made_of(summary: &Summary) -> Result<Made, Finding> {
    let result = serde_json::to_string_pretty(summary);
    let result = result.map_err(|error| Finding::undecided(names::RESULT, error.to_string()))?;
    Ok(Made { result: result + "\n", page: page(summary), how_to: how_to::text(summary) })
}

/// A page in the making.
struct Paper<'s> {
    summary: &'s Summary,
    zone: TimeZone,
    html: String,
}

impl Paper<'_> {
    fn add(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }

    /// A heading in two languages.
    fn heading(&mut self, zh: &str, en: &str) {
        self.add(&format!("<h2>{zh} <i>{en}</i></h2>"));
    }

    /// A moment as the office's clocks show it, to the second.
    fn time(&self, at: Timestamp) -> String {
        let moment = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        moment.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    fn maybe_time(&self, at: Option<Timestamp>) -> String {
        at.map_or_else(|| "—".to_owned(), |at| self.time(at))
    }

    /// The distance of the office's clocks from UTC.
    fn offset(&self) -> String {
        let at = self.summary.entries.last().map_or(0, |line| line.at.micros());
        let moment = jiff::Timestamp::from_microsecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        moment.to_zoned(self.zone.clone()).strftime("UTC%:z").to_string()
    }
}

/// Text as it may stand between tags and in attributes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A word in both languages.
fn both(word: Word) -> String {
    format!("{} <i>{}</i>", escape(word.zh), escape(word.en))
}

fn page(summary: &Summary) -> String {
    let zone = TimeZone::get(&summary.log.time_zone).unwrap_or(TimeZone::UTC);
    let mut paper = Paper { summary, zone, html: String::new() };
    paper.head();
    paper.finding();
    paper.money();
    paper.documents();
    paper.proof();
    // What may be long comes last, so that the first sheet says everything else.
    paper.story();
    paper.texts();
    paper.foot();
    paper.html
}

impl Paper<'_> {
    fn head(&mut self) {
        let id = self.summary.contract.id;
        let style = include_str!("style.css");
        self.add("<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">");
        self.add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        self.add(&format!("<title>存证结果 Evidence {id}</title>\n<style>\n{style}</style>\n</head>\n<body>"));
        let title = "预付款提存合同 · 电子存证结果";
        let subtitle = "Evidence of a prepaid contract in notarial escrow — result";
        self.add(&format!("<header><h1>{title}<small>{subtitle}</small></h1></header>"));
        if self.summary.log.mode != "live" {
            let zh = "演示数据，不具证据效力。";
            self.add(&format!("<p class=\"warning\">{zh} Demonstration data: evidence of nothing.</p>"));
        }
        self.facts();
    }

    fn facts(&mut self) {
        let (contract, log) = (&self.summary.contract, &self.summary.log);
        let code = |text: &str| format!("<code>{}</code>", escape(text));
        let signed = [contract.signed_by_consumer_at, contract.signed_by_merchant_at].map(|at| self.maybe_time(at));
        let [by_consumer, by_merchant] = signed;
        let used = used::used(contract.price, &contract.sold, &contract.used);
        let ends_on = contract.ends_on.map_or_else(|| "—".to_owned(), |day| day.to_string());
        let facts = [
            ("合同 contract", code(&contract.id.to_string())),
            ("保管人 keeper", format!("{} · {}", escape(log.office.as_str()), code(&log.origin))),
            ("消费者 consumer", code(&contract.consumer_id.to_string())),
            ("商家 merchant", code(&contract.merchant_id.to_string())),
            ("消费者签署 signed", by_consumer),
            ("商家签署 signed", by_merchant),
            ("状态 state", both(words::contract(contract.state))),
            ("价款 price", format!("{} {}", contract.price, contract.currency)),
            ("服务 service", used),
            ("截止日 ends on", ends_on),
        ];
        let mut html = String::from("<div class=\"facts\">");
        for (name, value) in facts {
            // Writing to a string cannot fail.
            let _infallible = write!(html, "<div><b>{name}</b><span>{value}</span></div>");
        }
        self.add(&(html + "</div>"));
    }

    /// What was found, in a few sentences.
    fn finding(&mut self) {
        let log = &self.summary.log;
        let count = self.summary.entries.len();
        self.heading("一、核验结论", "Finding");
        let mut lines = vec![format!(
            "本文件所载 {count} 条记录，逐条均在日志的同一个已签名检查点（共 {} 条）之内；条款与所附文字同记录中的摘要一致；\
             金额平衡。<i>Each of the {count} entries stands in the log under one signed checkpoint of {} entries; terms \
             and texts fit their digests; the money adds up.</i>",
            log.size, log.size
        )];
        lines.push(match (log.witnesses_required, log.seen_at) {
            (true, Some(at)) => {
                let at = self.time(at);
                format!(
                    "独立见证人最迟于 {at} 见到该检查点，此后改动或删除任何一条均会被发现。<i>By {at} independent witnesses had \
                     seen this checkpoint; since then no entry can be changed or removed unnoticed.</i>"
                )
            }
            _ => "本日志未要求见证人：时间与唯一性只由保管人自己担保。<i>No witness is required of this log: the keeper alone \
                  answers for times, and for showing everybody the same log.</i>"
                .to_owned(),
        });
        let items: String = lines.iter().map(|line| format!("<li>{line}</li>")).collect();
        self.add(&format!("<ul>{items}</ul>"));
    }

    fn foot(&mut self) {
        let zone = escape(&self.summary.log.time_zone);
        let offset = self.offset();
        self.add(&format!(
            "<footer>时间均为 {zone}（{offset}）。本页由同一压缩包内的文件自动生成，任何人可用 HOW-TO-CHECK.txt \
             所列通用工具自行核验，或用 <code>ticun audit evidence</code> 一次核验全部文件。\
             Times are in {zone} ({offset}). This page is made from the files beside it; anybody can check them with the \
             common tools named in HOW-TO-CHECK.txt, or all at once with <code>ticun audit evidence</code>.</footer>\n\
             </body>\n</html>"
        ));
    }
}
