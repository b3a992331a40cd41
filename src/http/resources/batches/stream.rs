//! A batch under way: lines come in, wait for their answers in the order in which they came, and go out as replies.
//!
//! It is the body of the answer, and does something only while that is asked for more. So a caller that does not read
//! its replies stops being read itself, and one that goes away ends it; what was handed in by then is decided anyway.

use std::collections::VecDeque;
use std::future::pending;
use std::io::Write as _;
use std::time::{Duration, Instant};

use actix_web::error::PayloadError;
use actix_web::web::{Bytes, BytesMut, Data, Payload};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use tokio::sync::OwnedSemaphorePermit;

use super::lines::{Line, Lines};
use super::operations::{Operation, Ready, Refused, read};
use super::{BATCH_SIZE_BYTES_MAX, LINES_MAX};
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::permissions::SendBatch;
use crate::http::problem::Problem;
use crate::http::problems::Language;
use crate::http::reply::{Records, done};
use crate::ledger::rebuild::Object;
use crate::ledger::{Answer, Fault, Pending, Place, Sequencer};
use crate::store::records::{self, Record};

/// How many lines of a batch may be under way: two transactions of the writer, so that it never waits for the next.
const LINES_UNDER_WAY_MAX: usize = 1_024;
/// How much text the lines under way may have.
const TEXT_UNDER_WAY_BYTES_MAX: usize = 1024 * 1024;
/// How much is written before it is sent.
const REPLIES_SIZE_BYTES: usize = 32 * 1024;

/// Where a batch comes from.
pub struct Input {
    /// The body of the request.
    pub body: Payload,
    /// What this batch takes of what all batches may.
    pub share: OwnedSemaphorePermit,
}

/// A batch under way.
pub struct Batch {
    app: Data<App>,
    caller: Caller<SendBatch>,
    language: Language,
    request_id: String,
    sequencer: Sequencer,
    /// What comes in; none once nothing more is read.
    input: Option<Payload>,
    /// How long the caller was waited for, with nothing else to do.
    waited: Duration,
    _share: OwnedSemaphorePermit,
    lines: Lines,
    read_bytes: usize,
    under_way: VecDeque<UnderWay>,
    text_bytes: usize,
    /// A line that waits for a place in the queue, and the place it waits for.
    next: Option<(Ready, LocalBoxFuture<'static, Result<Place, Fault>>)>,
}

/// A line that is not answered yet.
struct UnderWay {
    number: u32,
    text_bytes: usize,
    stands: Stands,
}

/// How it stands with a line.
enum Stands {
    /// It waits for a place in the queue.
    Waits,
    /// It was handed in.
    HandedIn(Asked, Pending),
    /// The ledger has answered.
    Answered(Asked, Result<Answer, Fault>),
    /// It was not handed in.
    Refused(Box<Refused>),
}

/// What is kept of a line that was handed in.
struct Asked {
    operation: &'static Operation,
    path: String,
    records: Vec<Record>,
}

impl Batch {
    /// A batch of which nothing has come yet.
    pub fn new(
        app: Data<App>,
        caller: Caller<SendBatch>,
        language: Language,
        sequencer: Sequencer,
        Input { body, share }: Input,
    ) -> Self {
        Self {
            app,
            language,
            request_id: caller.request.to_string(),
            caller,
            sequencer,
            input: Some(body),
            waited: Duration::ZERO,
            _share: share,
            lines: Lines::default(),
            read_bytes: 0,
            under_way: VecDeque::new(),
            text_bytes: 0,
            next: None,
        }
    }

    /// Takes in what came of the request's body.
    pub fn came(&mut self, chunk: Option<Result<Bytes, PayloadError>>) {
        match chunk {
            Some(Ok(chunk)) => {
                let room = BATCH_SIZE_BYTES_MAX.saturating_sub(self.read_bytes);
                self.read_bytes = self.read_bytes.saturating_add(chunk.len());
                self.lines.push(chunk.get(..room).unwrap_or(&chunk));
            }
            Some(Err(_)) => {
                self.take_lines();
                // What came of the last line may be less than was sent, and is not looked at.
                self.end(Problem::new("malformed_json").because("the body could not be read"));
            }
            None => {
                self.input = None;
                self.take_lines();
            }
        }
    }

    /// The replies that come next, in the order of their lines; none when every line has its reply.
    pub async fn next_replies(&mut self) -> Option<Bytes> {
        let mut out = Vec::new();
        loop {
            self.take_lines();
            self.reply(&mut out).await;
            self.take_lines();
            if !out.is_empty() {
                return Some(out.into());
            }
            if self.input.is_none() && self.under_way.is_empty() {
                return None;
            }
            self.wait().await;
        }
    }

    /// Hands in what has come, as far as there is room.
    fn take_lines(&mut self) {
        while self.has_room() {
            let next = match (self.lines.next_line(), &self.input) {
                (Some(line), _) => Some(line),
                (None, Some(_)) => None,
                (None, None) => self.lines.last_line(),
            };
            match next {
                Some(line) if line.number > LINES_MAX => {
                    return self.end_at(line.number, Problem::new("batch_too_large"));
                }
                Some(line) => self.take(line),
                None if self.input.is_some() && self.read_bytes > BATCH_SIZE_BYTES_MAX => {
                    return self.end(Problem::new("batch_too_large"));
                }
                None => return,
            }
        }
    }

    fn has_room(&self) -> bool {
        let text_fits = self.text_bytes < TEXT_UNDER_WAY_BYTES_MAX;
        self.next.is_none() && self.under_way.len() < LINES_UNDER_WAY_MAX && text_fits
    }

    fn take(&mut self, Line { number, text }: Line) {
        let text_bytes = text.as_ref().map_or(0, BytesMut::len);
        let too_long = || Refused::from(Problem::new("payload_too_large").because("the line is longer than 64 KiB"));
        let ready = text.ok_or_else(too_long).and_then(|text| read(&self.app, &self.caller, &text));
        let stands = match (ready, self.sequencer.place_now()) {
            (Err(refused), _) => Stands::Refused(Box::new(refused)),
            (Ok(ready), Some(place)) => hand_in(ready, place),
            (Ok(ready), None) => {
                self.next = Some((ready, Box::pin(self.sequencer.clone().place())));
                Stands::Waits
            }
        };
        self.text_bytes = self.text_bytes.saturating_add(text_bytes);
        self.under_way.push_back(UnderWay { number, text_bytes, stands });
    }

    /// Reads no more; the line that comes next says why.
    fn end(&mut self, problem: Problem) {
        self.end_at(self.lines.next_number(), problem);
    }

    fn end_at(&mut self, number: u32, problem: Problem) {
        self.input = None;
        self.lines = Lines::default();
        let stands = Stands::Refused(Box::new(problem.into()));
        self.under_way.push_back(UnderWay { number, text_bytes: 0, stands });
    }

    /// Waits until there is something to do.
    async fn wait(&mut self) {
        let may_read = self.has_room();
        // Who waits for its replies before it goes on is not slow.
        let (idle, since) = (self.under_way.is_empty(), Instant::now());
        let left = self.app.limits.body_within(self.read_bytes).saturating_sub(self.waited);
        let Self { input, under_way, next, .. } = self;
        tokio::select! {
            () = answered(under_way.front_mut()) => {}
            place = placed(next.as_mut()) => self.placed(place),
            chunk = more(input.as_mut().filter(|_| may_read)) => self.came(chunk),
            () = tokio::time::sleep(left), if idle => self.end(Problem::new("body_too_slow")),
        }
        if idle {
            self.waited = self.waited.saturating_add(since.elapsed());
        }
    }

    fn placed(&mut self, place: Result<Place, Fault>) {
        let waits = self.under_way.iter_mut().rev().find(|line| matches!(line.stands, Stands::Waits));
        let (Some((ready, _)), Some(line)) = (self.next.take(), waits) else { return };
        line.stands = match place {
            Ok(place) => hand_in(ready, place),
            Err(fault) => Stands::Refused(Box::new(Refused::at(fault.into(), Some(ready.path)))),
        };
    }

    /// Writes the replies of the lines whose turn it is and whose answers are there.
    async fn reply(&mut self, out: &mut Vec<u8>) {
        let mut count = 0;
        while out.len() < REPLIES_SIZE_BYTES
            && let Some(first) = self.under_way.front_mut()
            && first.is_answered()
            && let Some(first) = self.under_way.pop_front()
        {
            self.text_bytes = self.text_bytes.saturating_sub(first.text_bytes);
            let start = out.len();
            let answered = match first.stands {
                Stands::Refused(refused) => Err(*refused),
                Stands::Answered(asked, answer) => self.write(first.number, &asked, answer, out).await,
                Stands::Waits | Stands::HandedIn(..) => Err(Problem::new("internal").into()),
            };
            if let Err(Refused { problem, path }) = answered {
                out.truncate(start);
                let instance = path.as_deref().unwrap_or("/v1/batches");
                let (status, body) = problem.in_words(self.language, instance, &self.request_id);
                let (number, status) = (first.number, status.as_u16());
                // Writing into memory does not fail.
                let _written = write!(out, "{{\"line\":{number},\"status\":{status},\"body\":{body}}}");
            }
            out.push(b'\n');
            count += 1;
        }
        if count > 0 {
            metrics::counter!("ticun_batch_lines_total").increment(count);
        }
    }

    async fn write(
        &self,
        number: u32,
        asked: &Asked,
        answer: Result<Answer, Fault>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refused> {
        let refused = |problem| Refused::at(problem, Some(asked.path.clone()));
        let answer = answer.map_err(|fault| refused(fault.into()))?;
        let done = done(&self.app, self.caller.office, answer).await.map_err(refused)?;
        let records = self.records(asked, &done.object).await.map_err(refused)?;
        let status = asked.operation.status.as_u16();
        // Writing into memory does not fail.
        let _written = write!(out, "{{\"line\":{number},\"status\":{status},\"body\":");
        asked.operation.show(&done.object, &records, self.caller.role, done.position, out).map_err(refused)?;
        out.push(b'}');
        Ok(())
    }

    /// The records that an answer shows: those that came with the line itself need not be read.
    async fn records(&self, asked: &Asked, object: &Object) -> Result<Records, Problem> {
        let mut digests = asked.operation.digests(object);
        let mut found = Records::new();
        digests.retain(|digest| {
            let own = asked.records.iter().find(|record| record.digest == *digest);
            own.is_none_or(|own| found.insert(*digest, own.clone()).is_some())
        });
        if !digests.is_empty() {
            let office = self.caller.office;
            let others = self.app.read(move |connection| records::find(connection, office.as_str(), &digests)).await?;
            found.extend(others.into_iter().map(|record| (record.digest, record)));
        }
        Ok(found)
    }
}

fn hand_in(Ready { operation, path, submission }: Ready, place: Place) -> Stands {
    let records = submission.records.clone();
    Stands::HandedIn(Asked { operation, path, records }, place.hand_in(submission))
}

impl UnderWay {
    /// Whether its reply can be written; looks for the answer, but does not wait for it.
    fn is_answered(&mut self) -> bool {
        let Stands::HandedIn(_, pending) = &mut self.stands else { return !matches!(self.stands, Stands::Waits) };
        let Some(answer) = pending.now() else { return false };
        self.answer(answer);
        true
    }

    fn answer(&mut self, answer: Result<Answer, Fault>) {
        let stands = std::mem::replace(&mut self.stands, Stands::Waits);
        self.stands = match stands {
            Stands::HandedIn(asked, _) => Stands::Answered(asked, answer),
            other => other,
        };
    }
}

/// Waits for the answer to a line that was handed in.
async fn answered(first: Option<&mut UnderWay>) {
    match first {
        Some(UnderWay { stands: Stands::Refused(_) | Stands::Answered(..), .. }) => {}
        Some(first) => match &mut first.stands {
            Stands::HandedIn(_, pending) => {
                let answer = pending.await;
                first.answer(answer);
            }
            _ => pending().await,
        },
        None => pending().await,
    }
}

async fn placed(next: Option<&mut (Ready, LocalBoxFuture<'static, Result<Place, Fault>>)>) -> Result<Place, Fault> {
    match next {
        Some((_, place)) => place.await,
        None => pending().await,
    }
}

async fn more(input: Option<&mut Payload>) -> Option<Result<Bytes, PayloadError>> {
    match input {
        Some(input) => input.next().await,
        None => pending().await,
    }
}
