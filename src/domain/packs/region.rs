//! Where a merchant trades: an administrative division of China by its code (GB/T 2260).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::text;

/// An administrative division at any level. Pairs of zeros at the end stand for all that lies below: `310000` is
/// Shanghai, `310105` its district Changning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(u32);

/// Why a text is not a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a code of six digits (GB/T 2260), or a name that begins with a province or municipality")]
pub struct RegionError;

/// The divisions of the first level: code, short name, name in Latin letters.
const FIRST_LEVEL: [(u32, &str, &str); 34] = [
    (11, "北京", "beijing"),
    (12, "天津", "tianjin"),
    (13, "河北", "hebei"),
    (14, "山西", "shanxi"),
    (15, "内蒙古", "neimenggu"),
    (21, "辽宁", "liaoning"),
    (22, "吉林", "jilin"),
    (23, "黑龙江", "heilongjiang"),
    (31, "上海", "shanghai"),
    (32, "江苏", "jiangsu"),
    (33, "浙江", "zhejiang"),
    (34, "安徽", "anhui"),
    (35, "福建", "fujian"),
    (36, "江西", "jiangxi"),
    (37, "山东", "shandong"),
    (41, "河南", "henan"),
    (42, "湖北", "hubei"),
    (43, "湖南", "hunan"),
    (44, "广东", "guangdong"),
    (45, "广西", "guangxi"),
    (46, "海南", "hainan"),
    (50, "重庆", "chongqing"),
    (51, "四川", "sichuan"),
    (52, "贵州", "guizhou"),
    (53, "云南", "yunnan"),
    (54, "西藏", "xizang"),
    (61, "陕西", "shaanxi"),
    (62, "甘肃", "gansu"),
    (63, "青海", "qinghai"),
    (64, "宁夏", "ningxia"),
    (65, "新疆", "xinjiang"),
    (71, "台湾", "taiwan"),
    (81, "香港", "hongkong"),
    (82, "澳门", "macao"),
];

impl Region {
    /// Reads a code of six digits below a division that exists.
    ///
    /// # Errors
    /// [`RegionError`] for anything else.
    pub fn parse(code: &str) -> Result<Self, RegionError> {
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(RegionError);
        }
        let number: u32 = code.parse().map_err(|_| RegionError)?;
        let first = number / 10_000;
        if FIRST_LEVEL.iter().any(|(code, ..)| *code == first) { Ok(Self(number)) } else { Err(RegionError) }
    }

    /// The region that people mean: a code, or a name that begins with that of a province, as in 上海市长宁区.
    ///
    /// # Errors
    /// [`RegionError`] where no province is named.
    pub fn named(text: &str) -> Result<Self, RegionError> {
        let small = text.trim().to_ascii_lowercase();
        let names = |(_, short, latin): &&(u32, &str, &str)| small.starts_with(short) || small.starts_with(latin);
        let found = FIRST_LEVEL.iter().find(names).map(|(code, ..)| Self(code.saturating_mul(10_000)));
        Self::parse(&small).or_else(|_| found.ok_or(RegionError))
    }

    /// Whether `other` lies in it, or is it.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        let size = if self.0.is_multiple_of(10_000) {
            10_000
        } else if self.0.is_multiple_of(100) {
            100
        } else {
            1
        };
        self.0 / size == other.0 / size
    }
}

impl fmt::Display for Region {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:06}", self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        text::read(input, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_found_by_code_and_by_name() {
        let named = |text| Region::named(text).map(|region| region.to_string());
        for text in ["上海", "上海市长宁区", "Shanghai", "310000"] {
            assert_eq!(named(text), Ok("310000".to_owned()), "{text}");
        }
        assert_eq!(named("310105"), Ok("310105".to_owned()));
        assert_eq!(named("陕西省西安市"), Ok("610000".to_owned()));
        for text in ["", "长宁区", "000000", "990000", "31010", "3101055"] {
            assert_eq!(named(text), Err(RegionError), "{text}");
        }
    }

    #[test]
    fn a_region_covers_what_lies_in_it() {
        let covers = |one, other| Region::parse(one).unwrap().covers(Region::parse(other).unwrap());
        assert!(covers("310000", "310105") && covers("310000", "310000") && covers("330100", "330106"));
        assert!(!covers("310000", "320100") && !covers("310105", "310000") && !covers("330100", "330200"));
    }
}
