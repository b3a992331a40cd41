//! The working paper of a calculation: its lines, and whether a person has to weigh something.

use crate::domain::money::Amount;
use crate::domain::refund::Line;

/// Illness and other changed conditions; never a penalty.
pub(super) const CONDITIONS_CHANGED: &str = "法释〔2025〕4号 第13条第2款";
/// The seven days.
pub(super) const SEVEN_DAYS: &str = "法释〔2025〕4号 第14条";
/// The seven days, whose last one moves to a working day.
pub(super) const SEVEN_DAYS_WINDOW: &str = "法释〔2025〕4号 第14条、民法典 第203条";
/// What may be deducted.
pub(super) const DEDUCTIONS: &str = "法释〔2025〕4号 第15条第2款、第3款";
/// Interest.
pub(super) const INTEREST: &str = "法释〔2025〕4号 第15条、第16条";
/// Deal price, for a count plan inferred from the text on discounts.
pub(super) const DEAL_PRICE: &str = "法释〔2025〕4号 第18条（参考）";
/// Price before discount, when the cause is the consumer's.
pub(super) const LIST_PRICE: &str = "法释〔2025〕4号 第19条";
/// Discounted items: the prices actually charged.
pub(super) const CHARGED: &str = "法释〔2025〕4号 第18条第1款";
/// A bonus shares in the price.
pub(super) const BONUS: &str = "法释〔2025〕4号 第18条第2款";
/// Price before discount, where none is stated and the text is only leant on.
pub(super) const LIST_PRICE_INFERRED: &str = "法释〔2025〕4号 第19条（参考）";
/// Gifts beside a deposit, read in the draft.
pub(super) const GIFTS: &str = "法释〔2025〕4号 第21条（参考）";
/// Period cards, read in the draft.
pub(super) const PERIOD: &str = "法释〔2025〕4号 第22条（参考）";
/// Both causes side by side, inferred from the two.
pub(super) const BOTH_CAUSES: &str = "法释〔2025〕4号 第18条、第19条（参考）";
/// The cap, read in the draft.
pub(super) const CAP: &str = "法释〔2025〕4号 第20条（参考）";

/// Lines in the order they were worked out.
#[derive(Debug, Default)]
pub(super) struct Paper {
    /// The lines so far.
    pub(super) lines: Vec<Line>,
    /// True once anything needs a person's judgement.
    pub(super) needs_decision: bool,
}

/// What a line says, in both languages.
pub(super) struct Text<'a> {
    /// In Chinese.
    pub(super) zh: &'a str,
    /// In English.
    pub(super) en: &'a str,
}

impl Paper {
    /// Adds a line.
    pub(super) fn write(&mut self, article: &'static str, text: &Text<'_>, formula: String, amount: Amount) {
        self.lines.push(Line { article, text_zh: text.zh.to_owned(), text_en: text.en.to_owned(), formula, amount });
    }

    /// Adds a line that only explains.
    pub(super) fn explain(&mut self, article: &'static str, text: &Text<'_>, formula: String) {
        self.write(article, text, formula, Amount::ZERO);
    }
}
