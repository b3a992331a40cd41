//! A writer that stands still.

use std::sync::{Mutex, mpsc};

use ticun::domain::id::RequestId;
use ticun::ledger::{Sequencer, Submission};
use ticun::store::Connection;

use super::World;

/// The writer of the service's one office.
pub fn sequencer(world: &World) -> Sequencer {
    world.running().offices.values().next().expect("an office").clone()
}

/// Stops the writer inside a batch; it goes on when the answer is dropped.
pub async fn hold(world: &World) -> mpsc::Sender<()> {
    let (go_on, wait) = mpsc::channel::<()>();
    let (entered, inside) = tokio::sync::oneshot::channel();
    let (entered, wait) = (Mutex::new(Some(entered)), Mutex::new(wait));
    let aside = Box::new(move |_: &mut Connection, _: &str| {
        if let Some(entered) = entered.lock().expect("no panic").take() {
            entered.send(()).expect("somebody waits");
        }
        assert!(wait.lock().expect("no panic").recv().is_err(), "nothing is ever sent");
        Ok(())
    });
    let submission = Submission::aside(aside, RequestId::from_bits(1), world.running().clock.now());
    let sequencer = sequencer(world);
    actix_web::rt::spawn(async move { sequencer.submit_patiently(submission).await });
    inside.await.expect("the writer runs");
    go_on
}
