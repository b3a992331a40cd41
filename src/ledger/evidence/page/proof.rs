//! The part of the page about documents, who vouches, and what is proven and what is only said.

use std::fmt::Write as _;

use super::{Paper, both, escape};
use crate::ledger::evidence::words;

impl Paper<'_> {
    pub(super) fn documents(&mut self) {
        self.heading("三、文书摘要", "Documents and their digests");
        self.add("<table><tbody>");
        for line in &self.summary.documents {
            let held = match &line.file {
                Some(file) => {
                    let name = line.name.as_ref().map(|name| format!(" {}", escape(name))).unwrap_or_default();
                    format!("<code>{file}</code>{name}")
                }
                None => "原件未存于此 <i>not held here</i>".to_owned(),
            };
            let row = format!(
                "<tr><td>{}<br>{held} · <i>entry</i> {}</td><td><i>SHA-256</i> <code>{}</code><br>\
                 <i>SM3</i> <code>{}</code></td></tr>",
                both(words::document(line.kind)),
                line.position,
                line.sha256,
                line.sm3,
            );
            self.add(&row);
        }
        self.add("</tbody></table>");
    }

    pub(super) fn proof(&mut self) {
        self.heading("四、由谁担保", "Who vouches");
        let log = &self.summary.log;
        let mut rows = format!(
            "<tr><td>日志签名 <i>signed by the log</i></td><td><code>{}</code></td><td></td></tr>",
            escape(&log.key)
        );
        for line in &log.cosigned {
            // Writing to a string cannot fail.
            let _infallible = write!(
                rows,
                "<tr><td>见证人 <i>witness</i> {}</td><td><code>{}</code></td><td class=\"n\">{}</td></tr>",
                escape(&line.witness),
                escape(&line.key),
                self.maybe_time(line.at),
            );
        }
        let head = format!(
            "<tr><td>检查点 <i>checkpoint</i></td><td>{} 条 <i>entries</i> · <code>{}</code></td><td></td></tr>",
            log.size,
            escape(&log.root)
        );
        self.add(&format!("<table><tbody>{rows}{head}</tbody></table>"));
        self.heading("五、证明什么，不证明什么", "What is proven, and what is not");
        self.add("<div class=\"proof\">");
        self.add(PROVEN);
        self.add(CLAIMED);
        self.add("</div>");
        self.add(LAW);
    }
}

const PROVEN: &str = "<ul><li><b>已证明 proven：</b>各条记录逐字节就是已签名检查点所承诺的内容；保管人不能否认，也不能换成另一内容。\
<i>Byte for byte, each entry is what the signed checkpoint commits to; the keeper can neither deny it nor show another in its \
place.</i></li>\
<li>有见证人时：自会签之时起未被改动、删除或调换；各条进入日志的时间介于第六项所列两个时刻之间——前一时刻见证人所见日志尚无此条，\
后一时刻已有。<i>With witnesses: not changed, removed or moved since they cosigned; an entry came into the log between the two \
times shown in part 6: at the first they saw a log without it, at the second one with it.</i></li></ul>";

const CLAIMED: &str = "<ul><li><b>未证明 not proven：</b>“保管人记时”、服务发生的时间及所记内容上链前是否属实，均为保管人或当事人的陈述。\
<i>The keeper's clock, when a service took place, and whether what was written was true before it entered are statements of the \
keeper or the parties.</i></li>\
<li>本文件不能单独证明已含该合同的全部记录；持有完整日志者（如监管机构）可以核对。<i>That no further entry of this contract exists \
takes the whole log, which a regulator has.</i></li></ul>";

const LAW: &str = "<p><b>依据 legal basis：</b>《人民法院在线诉讼规则》（法释〔2021〕12号）第十六条（存储后经技术核验一致的，可认定未经篡改）、\
第十七条（保管人的中立、系统与过程的审查）、第十八条（存储前真实性的审查）、第十九条（专门知识的人、鉴定）。本日志为带外部见证的哈希链，是否属于该规则\
所称区块链技术存储，由人民法院认定。<i>Online Litigation Rules of the People's Courts, art. 16 (integrity after storage), 17 \
(neutrality of the keeper, systems and process), 18 (truth before storage), 19 (experts). Whether a hash-chained, witnessed log \
is storage in their sense is for the court to say.</i></p>";
