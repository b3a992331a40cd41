//! A place in the queue of the writer, taken before there is something to put into it: how many commands of one caller
//! wait for their turn without standing in everybody else's way.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::batch::Answer;
use super::sequencer::{Fault, Submission};

type Sender = oneshot::Sender<Result<Answer, Fault>>;

/// Where the answer to a submission goes, and the share of the queue that is given back with it.
pub(super) struct Reply {
    to: Sender,
    share: Option<OwnedSemaphorePermit>,
}

impl Reply {
    /// A reply that takes nobody's share.
    pub(super) const fn to(to: Sender) -> Self {
        Self { to, share: None }
    }

    /// Answers. A caller that went away loses only the answer; its key finds it again.
    pub(super) fn send(self, answer: Result<Answer, Fault>) {
        drop(self.share);
        let _gone = self.to.send(answer);
    }
}

/// A place in the queue. It is free again when it is dropped, or when what was handed in has been answered, whether or
/// not anybody still waits for the answer.
pub struct Place {
    room: mpsc::OwnedPermit<(Submission, Reply)>,
    share: OwnedSemaphorePermit,
}

impl Place {
    pub(super) const fn new(room: mpsc::OwnedPermit<(Submission, Reply)>, share: OwnedSemaphorePermit) -> Self {
        Self { room, share }
    }

    /// Hands in a command. The writer decides what was handed in by one caller in that order.
    #[must_use]
    pub fn hand_in(self, submission: Submission) -> Pending {
        let (to, answer) = oneshot::channel();
        self.room.send((submission, Reply { to, share: Some(self.share) }));
        Pending(answer)
    }
}

/// An answer that is on its way.
pub struct Pending(oneshot::Receiver<Result<Answer, Fault>>);

impl Pending {
    /// The answer, if it is there.
    #[must_use]
    pub fn now(&mut self) -> Option<Result<Answer, Fault>> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => Some(Err(Fault::Stopped)),
        }
    }
}

impl Future for Pending {
    type Output = Result<Answer, Fault>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(Fault::Stopped)))
    }
}
